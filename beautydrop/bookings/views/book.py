"""Booking: when and who, details, done."""

import uuid
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from beautydrop.accounts.actions import become_customer
from beautydrop.accounts.models import Customer, User
from beautydrop.availability import Refusal
from beautydrop.bookings import actions
from beautydrop.bookings.actions import By, Contact
from beautydrop.bookings.choosing import Choice, Chooser, iso, summary
from beautydrop.bookings.errors import BookingError, refusal_words
from beautydrop.bookings.forms import DetailsForm
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import LIVE, Actor
from beautydrop.notifications import texting
from beautydrop.scheduling import openings
from beautydrop.scheduling.openings import Opening
from beautydrop.shops.models import Service, Shop
from beautydrop.web import formats, limits
from beautydrop.web.access import public
from beautydrop.web.htmx import render_page
from beautydrop.web.limits import limited

# The session's key for what was typed into a details form that could not be booked.
_TYPED = "typed_details"


def _service(slug: str, service_slug: str) -> Service:
    service = Service.objects.bookable().select_related("shop").filter(shop__slug=slug, slug=service_slug).first()
    if service is None:
        raise Http404
    return service


@public
@require_safe
def when(request: HttpRequest, slug: str, service_slug: str) -> HttpResponse:
    """When and who, each state an address of its own; a chosen time goes on to the details."""
    service = _service(slug, service_slug)
    chooser = Chooser(service, Choice.read(request.GET), path=request.path, now=timezone.now())
    details_url = reverse("bookings:details", args=[slug, service_slug])
    context = {
        **chooser.context(),
        "shop_url": reverse("marketplace:shop", args=[slug]),
        "details_url": details_url,
        "form_action": details_url,
    }
    return render_page(request, "bookings/when.html", context, regions=("slots", "stub"))


@public
@require_http_methods(["GET", "HEAD", "POST"])
@limited("booking")
def details(request: HttpRequest, slug: str, service_slug: str) -> HttpResponse:
    """Who it is for; POST books. A time that cannot be had answers 409 with the nearest ones and all that was typed."""
    service = _service(slug, service_slug)
    now = timezone.now()
    if request.method == "POST":
        return _book(request, service, now)
    choice = Choice.read(request.GET)
    when_url = reverse("bookings:when", args=[slug, service_slug])
    if choice.start is None:
        return redirect(f"{when_url}?{_without_time(request.GET)}")
    opening = _opening(service, choice.start, choice.staff_id, now)
    if opening is None and (own := _own_booking(request, service, choice.start)):
        return redirect("bookings:show", own.token)
    typed = request.session.get(_TYPED, {})
    form = _form(request, service, initial={**_known(request), **typed, "form_token": uuid.uuid4().hex})
    if opening is None:
        return _refused(
            request, service, form, _refusal(service, choice.start, choice.staff_id, now), choice.start, now
        )
    form.initial["start"] = _value(opening)
    return _details_page(request, service, form, opening, now)


def _book(request: HttpRequest, service: Service, now: datetime) -> HttpResponse:
    form = _form(request, service, data=request.POST)
    is_valid = form.is_valid()
    chosen = form.cleaned_data.get("start")
    if chosen is None:
        _keep_typed(request, form)
        when_url = reverse("bookings:when", args=[service.shop.slug, service.slug])
        return redirect(f"{when_url}?{_without_time(request.POST)}")
    start, staff_id = chosen
    if not is_valid:
        opening = _opening(service, start, staff_id, now)
        if opening is None:
            return _refused(request, service, form, _refusal(service, start, staff_id, now), start, now)
        return _details_page(request, service, form, opening, now, status=422)
    user = request.user if isinstance(request.user, User) else None
    if user is None:
        try:
            limits.check("guest_mail", request, target=form.cleaned_data["email"])
        except limits.TooManyRequests:
            _keep_typed(request, form)
            raise
    try:
        booking = actions.book(
            service_id=service.pk,
            staff_id=staff_id,
            start=start,
            contact=Contact(
                name=form.cleaned_data["name"],
                email=user.email if user else form.cleaned_data["email"],
                phone=form.cleaned_data["phone"],
                language=get_language() or "en",
                wants_sms=form.cleaned_data.get("wants_sms", False),
            ),
            by=By(Actor.CUSTOMER if user else Actor.GUEST, user),
            customer=become_customer(user=user) if user else None,
            note=form.cleaned_data["note"],
            idempotency_key=form.cleaned_data["form_token"],
            now=now,
        )
    except BookingError as error:
        return _refused(request, service, form, error, start, now)
    # No new cookie: the page of this form, cached with its token, stays what the back button shows.
    request.session.pop(_TYPED, None)
    return redirect("bookings:show", booking.token)


def _own_booking(request: HttpRequest, service: Service, start: datetime) -> Booking | None:
    """The signed-in person's own booking of this very time: they must not be told that somebody took it."""
    if not isinstance(request.user, User):
        return None
    return Booking.objects.of(request.user).filter(service=service, starts_at=start, status__in=LIVE).first()


def _without_time(data: QueryDict) -> str:
    """The query that asks for a time again, on the day and with the person that were shown."""
    return urlencode({**{name: data[name] for name in ("staff", "day") if name in data}, "start": ""})


def _keep_typed(request: HttpRequest, form: DetailsForm) -> None:
    """What was typed waits in the session while another time is looked for."""
    if form.is_bound:
        names = [name for name in ("name", "email", "phone", "wants_sms", "note") if name in form.fields]
        request.session[_TYPED] = {name: str(form[name].value() or "")[:1000] for name in names}


def _form(request: HttpRequest, service: Service, **kwargs: Any) -> DetailsForm:
    email = request.user.email if isinstance(request.user, User) else ""
    shop = service.shop
    offers_sms = texting.is_on() and shop.sends_sms
    return DetailsForm(shop_name=shop.name, region=shop.country, fixed_email=email, offers_sms=offers_sms, **kwargs)


def _known(request: HttpRequest) -> dict[str, str]:
    """What a signed-in person has told us already."""
    if not isinstance(request.user, User):
        return {}
    customer = Customer.objects.filter(user=request.user).first()
    return {"name": request.user.full_name, "phone": customer.phone if customer else ""}


def _value(opening: Opening) -> str:
    return f"{iso(opening.start)}/{opening.performer.staff.pk}"


def _opening(service: Service, start: datetime, staff_id: uuid.UUID | None, now: datetime) -> Opening | None:
    """The opening as the engine sees it now; the shown person is the one who will be booked."""
    today, horizon = openings.bookable_days(service.shop, now)
    day = start.astimezone(service.shop.zone).date()
    if not today <= day <= horizon:
        return None
    return openings.load(service, now=now, first=day, last=day).at(start, staff_id)


def _refusal(service: Service, start: datetime, staff_id: uuid.UUID | None, now: datetime) -> BookingError:
    """Why there is no such opening, with the nearest ones, before anything is tried."""
    today, horizon = openings.bookable_days(service.shop, now)
    day = min(max(start.astimezone(service.shop.zone).date(), today), horizon)
    reason = openings.load(service, now=now, first=day, last=day).refusal(start, staff_id)
    alternatives = actions.nearest_openings(service.pk, start, now=now)
    if reason is None:  # freed in this very moment
        reason = Refusal.TAKEN
    return BookingError(reason, refusal_words(reason), alternatives)


def _details_page(
    request: HttpRequest,
    service: Service,
    form: DetailsForm,
    opening: Opening,
    now: datetime,
    status: int = 200,
) -> HttpResponse:
    choice = summary(service, opening, now=now)
    query = urlencode({"staff": opening.performer.staff.pk, "start": iso(opening.start)})
    back = f"{reverse('bookings:when', args=[service.shop.slug, service.slug])}?{query}"
    this = f"{reverse('bookings:details', args=[service.shop.slug, service.slug])}?{query}"
    context = {
        "form": form,
        "shop": service.shop,
        "signed_in": request.user.is_authenticated,
        "summary": {**choice, "change_url": back},
        "policy_strong": choice["policy_strong"],
        "policy_rest": choice["policy_rest"],
        "sign_in_url": f"{reverse('account_login')}?{urlencode({'next': this})}",
        "back_url": back,
        # Not this page's own address: posting there would drop this page, and its token, from the browser's cache.
        "form_url": request.path,
    }
    return render(request, "bookings/details.html", context, status=status)


def _refused(
    request: HttpRequest,
    service: Service,
    form: DetailsForm,
    error: BookingError,
    start: datetime,
    now: datetime,
) -> HttpResponse:
    """The 409 page: what happened, the nearest times, and everything that was typed."""
    shop, zone = service.shop, service.shop.zone
    when_url = reverse("bookings:when", args=[shop.slug, service.slug])
    details_url = reverse("bookings:details", args=[shop.slug, service.slug])
    _keep_typed(request, form)
    clock = formats.clock(start, zone)
    heading = (
        _("The %(time)s has just been taken") % {"time": clock}
        if error.is_lost_race
        else _("This time can’t be booked")
    )
    words = error.message
    if error.is_lost_race:
        words = _(
            "Somebody took %(moment)s a moment before you. "
            "Nothing is booked and nothing is due. What you typed is kept."
        ) % {"moment": formats.moment(start, zone)}
        if not request.user.is_authenticated:
            # A guest who comes back to a time they hold: who they are is known to their mailbox only.
            words = f"{words} {_('If that was you, the link to your booking is in your e-mail.')}"
    days = {one.start.astimezone(zone).date() for one in error.alternatives}
    nearest_heading = (
        _("Nearest on %(day)s") % {"day": formats.day_long(next(iter(days)))}
        if len(days) == 1
        else _("Next free times")
    )
    kept = [
        (_("Note") if name == "note" else str(form.fields[name].label), form[name].value())
        for name in ("name", "email", "phone", "note")
        if name in form.fields and form[name].value()
    ]
    if "wants_sms" in form.fields and form["wants_sms"].value():
        kept.append((_("Text messages"), _("Yes")))
    first = error.alternatives[0] if error.alternatives else None
    context = {
        "heading": heading,
        "words": words,
        "kept": kept,
        "taken_time": clock if error.is_lost_race and days == {start.astimezone(zone).date()} else "",
        "nearest_heading": nearest_heading,
        "nearest": [] if len(days) > 1 else [_slot(one, shop) for one in error.alternatives],
        "other_heading": _("Next free times"),
        "other": [_slot(one, shop) for one in error.alternatives] if len(days) > 1 else [],
        "summary": {
            "what": f"{service.name}, {formats.minutes(service.duration_minutes)}",
            "where": shop.name,
            "price": formats.money(first.performer.price if first else service.price, shop.currency),
            "price_words": _("Pay at the salon"),
        },
        "form": form,
        "form_url": details_url,
        "all_times_url": f"{when_url}?{urlencode({'day': start.astimezone(zone).date().isoformat()})}",
        "change_details_url": f"{details_url}?{urlencode({'start': _value(first)})}" if first else when_url,
        "zone_note": formats.zone_label(first.start if first else now, zone),
    }
    return render(request, "bookings/taken.html", context, status=409)


def _slot(opening: Opening, shop: Shop) -> dict[str, str]:
    zone = shop.zone
    clock = formats.clock(opening.start, zone)
    who, price = opening.performer.staff.short_name, formats.money(opening.performer.price, shop.currency)
    return {
        "value": _value(opening),
        "time": clock,
        "who": who,
        "day": formats.day_short(opening.start.astimezone(zone).date()),
        "label": _("%(moment)s, with %(who)s, %(price)s")
        % {"moment": formats.moment(opening.start, zone), "who": who, "price": price},
    }
