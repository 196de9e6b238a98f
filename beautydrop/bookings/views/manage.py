"""A booking's own page, by its unguessable link: see, confirm, change, cancel. Nothing happens by GET."""

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beautydrop.accounts import actions as account_actions
from beautydrop.accounts.models import User
from beautydrop.bookings import actions, calendar_file, rows
from beautydrop.bookings.access import by_token
from beautydrop.bookings.actions import By
from beautydrop.bookings.choosing import Choice, Chooser
from beautydrop.bookings.errors import BookingError
from beautydrop.bookings.forms import AccountForm, AddressForm, CancelForm, StartField
from beautydrop.bookings.messages import customer, keys
from beautydrop.bookings.models import Booking
from beautydrop.bookings.policy import Policy
from beautydrop.bookings.states import Actor, Pending, State
from beautydrop.notifications import outbox
from beautydrop.notifications.models import OutboxMessage
from beautydrop.web import formats, limits
from beautydrop.web.errors import error_page, too_many_requests
from beautydrop.web.htmx import render_page
from beautydrop.web.limits import limited

# The session's key: the address whose mailed link was opened in this browser.
_PROVED = "proved_email"
_MAX_RESENDS = 3


def _by(request: HttpRequest, booking: Booking) -> By:
    """Who acts on a booking by its link."""
    user = request.user if isinstance(request.user, User) else None
    return By(Actor.CUSTOMER if booking.customer_id else Actor.GUEST, user)


@by_token
@require_safe
def show(request: HttpRequest, booking: Booking) -> HttpResponse:
    """The ticket in every state; safe to bookmark and to reload."""
    return _show(request, booking, AccountForm())


def _show(request: HttpRequest, booking: Booking, account_form: AccountForm, status: int = 200) -> HttpResponse:
    now = timezone.now()
    offer_account = (
        booking.is_guest
        and not request.user.is_authenticated
        and booking.status == State.CONFIRMED
        and request.session.get(_PROVED) == booking.contact_email
        and not User.objects.filter(email=booking.contact_email).exists()
    )
    context = {
        "booking_view": rows.ticket(booking, now),
        "offer_account": offer_account,
        "account_form": account_form,
        **rows.links(booking, now),
    }
    return render(request, "bookings/show.html", context, status=status)


@by_token
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, booking: Booking, key: str) -> HttpResponse:
    """The mailed link: a page with one button; pressing it confirms. Opening it changes nothing."""
    now = timezone.now()
    if not keys.is_confirm_key(booking, key):
        return error_page(
            request,
            status=404,
            heading=_("This link no longer works"),
            words=_(
                "The booking has changed since this e-mail was sent. Open the newest e-mail, or look at the booking."
            ),
            actions=[(_("See the booking"), reverse("bookings:show", args=[booking.token]))],
        )
    if request.method == "POST":
        try:
            confirmed = actions.confirm_by_link(booking_id=booking.pk, by=_by(request, booking), now=now)
        except BookingError as error:
            return _gone(request, booking, error)
        request.session[_PROVED] = confirmed.contact_email
        return redirect("bookings:show", confirmed.token)
    view = rows.ticket(booking, now)
    waits = booking.pending_for == Pending.EMAIL or booking.cancel_reason == Booking.CancelReason.EXPIRED
    if not waits:
        return redirect("bookings:show", booking.token)
    if view["state"] == "pending_email":
        view["heading"] = _("Confirm your booking")
        view["lead"] = _("Press the button and the time is yours.")
    else:
        view["lead"] = _("The hold ran out. If the time is still free, the button books it.")
    context = {"booking_view": view, "confirm_button": booking.starts_at > now, **rows.links(booking, now)}
    return render(request, "bookings/confirm.html", context)


def _gone(request: HttpRequest, booking: Booking, error: BookingError) -> HttpResponse:
    """A hold that ran out and whose time somebody else has now."""
    path = reverse("bookings:when", args=[booking.shop.slug, booking.service.slug])
    choose = [(_("Choose another time"), path)] if booking.service.is_active and booking.shop.is_active else []
    choose.append((_("See the booking"), reverse("bookings:show", args=[booking.token])))
    heading = _("The time you held is gone") if error.code == "expired" else _("This can’t be done any more")
    return error_page(request, status=409, heading=heading, words=error.message, actions=choose)


@by_token
@require_http_methods(["GET", "HEAD", "POST"])
@limited("booking")
def change(request: HttpRequest, booking: Booking) -> HttpResponse:
    """Another time, in one step: the old one stands until the new one is claimed."""
    now = timezone.now()
    if not booking.is_movable(now):
        return _not_possible(request, booking, _("The time can’t be changed here any more"))
    notice, status = "", 200
    if request.method == "POST":
        chosen = StartField().to_python(request.POST.get("start"))
        if chosen is None:
            notice, status = _("Select a time"), 422
        else:
            start, staff_id = chosen
            try:
                actions.reschedule(
                    booking_id=booking.pk, staff_id=staff_id, start=start, by=_by(request, booking), now=now
                )
            except BookingError as error:
                notice, status = error.message, 409
            else:
                messages.success(request, _("Your appointment is moved. The new time is on its way by e-mail."))
                return redirect("bookings:show", booking.token)
    choice = Choice.read(request.POST if notice else request.GET)
    if choice.day is None and choice.start is None:
        choice = Choice(
            choice.staff_id or booking.staff_member_id,
            booking.starts_at.astimezone(booking.zone).date(),
            None,
        )
    context = Chooser(booking.service, choice, path=request.path, now=now, moved=booking).context()
    if notice:
        context["notice"] = notice
    context["old"] = {
        "day": formats.day_short(booking.starts_at.astimezone(booking.zone).date()),
        "time": formats.clock(booking.starts_at, booking.zone),
        "who": booking.staff_member.name,
    }
    return render_page(request, "bookings/change.html", context, regions=("slots", "stub"), status=status)


@by_token
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, booking: Booking) -> HttpResponse:
    """A page of its own that says what cancelling costs; POST cancels."""
    now = timezone.now()
    if not booking.is_cancellable(now) and booking.status != State.CANCELLED:
        return _not_possible(request, booking, _("This booking can’t be cancelled any more"))
    form = CancelForm(request.POST or None)
    if booking.status == State.CANCELLED:
        return redirect("bookings:show", booking.token)
    if request.method == "POST":
        form = CancelForm(request.POST)
        if form.is_valid():
            try:
                actions.cancel(
                    booking_id=booking.pk, by=_by(request, booking), now=now, note=form.cleaned_data["reason"]
                )
            except BookingError as error:
                return _not_possible(request, booking, error.message)
            return redirect("bookings:show", booking.token)
    policy = Policy.of_booking(booking)
    due = policy.due_if_cancelled(now) if booking.status == State.CONFIRMED else 0
    amount = formats.money(policy.share(booking.late_cancel_percent), booking.currency)
    strong = _("%(amount)s is due at the salon.") % {"amount": amount} if due else _("Cancelling now costs nothing.")
    rest = ""
    if due:
        rest = _("It was free until %(moment)s.") % {"moment": formats.moment(policy.free_until, booking.zone)}
    elif booking.late_cancel_percent and booking.status == State.CONFIRMED:
        rest = _("From %(moment)s on it costs %(amount)s.") % {
            "moment": formats.moment(policy.free_until, booking.zone),
            "amount": amount,
        }
    view = rows.ticket(booking, now)
    context = {
        "form": form,
        "summary": {**view, "what": f"{view['what']}, {view['minutes']}", "where": booking.shop.name},
        "consequence_strong": strong,
        "consequence_rest": rest,
        "keep_url": reverse("bookings:show", args=[booking.token]),
    }
    return render(request, "bookings/cancel.html", context, status=422 if form.errors else 200)


def _not_possible(request: HttpRequest, booking: Booking, heading: str) -> HttpResponse:
    """The booking's state or the hour does not allow it; the salon can still be called."""
    phone = booking.shop.phone
    words = _("Call %(shop)s: %(phone)s.") % {"shop": booking.shop.name, "phone": phone} if phone else ""
    return error_page(
        request,
        status=409,
        heading=heading,
        words=words or _("Ask %(shop)s.") % {"shop": booking.shop.name},
        actions=[(_("See the booking"), reverse("bookings:show", args=[booking.token]))],
    )


@by_token
@require_safe
def calendar(request: HttpRequest, booking: Booking) -> HttpResponse:
    """The .ics file."""
    response = HttpResponse(
        calendar_file.render(booking, now=timezone.now()), content_type="text/calendar; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{booking.reference.lower()}.ics"'
    return response


@by_token
@require_POST
@limited("mail")
def resend(request: HttpRequest, booking: Booking) -> HttpResponse:
    """The please-confirm mail once more, a few times at most."""
    now = timezone.now()
    if booking.pending_for != Pending.EMAIL or booking.is_hold_over(now):
        return redirect("bookings:show", booking.token)
    resent = int(request.session.get(f"resent-{booking.pk}", 0))
    if resent >= _MAX_RESENDS:
        return too_many_requests(request)
    message = OutboxMessage.objects.filter(
        subject_id=booking.pk, kind=customer.PLEASE_CONFIRM, sequence=booking.sequence
    ).first()
    if message is not None:
        outbox.post_again(message, now=now)
        request.session[f"resent-{booking.pk}"] = resent + 1
    messages.success(request, _("The e-mail is on its way again to %(email)s.") % {"email": booking.contact_email})
    return redirect("bookings:show", booking.token)


@by_token
@require_http_methods(["GET", "HEAD", "POST"])
@limited("mail")
def change_address(request: HttpRequest, booking: Booking) -> HttpResponse:
    """For a mistyped address while the time is held."""
    now = timezone.now()
    if booking.pending_for != Pending.EMAIL or booking.is_hold_over(now):
        return redirect("bookings:show", booking.token)
    form = AddressForm(request.POST or None, initial={"email": booking.contact_email})
    if request.method == "POST":
        form = AddressForm(request.POST)
        if form.is_valid():
            if booking.sequence >= _MAX_RESENDS:
                return too_many_requests(request)
            limits.check("guest_mail", request, target=form.cleaned_data["email"])
            try:
                actions.change_address(
                    booking_id=booking.pk, email=form.cleaned_data["email"], by=_by(request, booking), now=now
                )
            except BookingError as error:
                return _not_possible(request, booking, error.message)
            return redirect("bookings:show", booking.token)
    return render(request, "bookings/change_address.html", {"form": form}, status=422 if form.errors else 200)


@by_token
@require_POST
@limited("sign_up")
def make_account(request: HttpRequest, booking: Booking) -> HttpResponse:
    """A password makes an account of a guest who opened the mailed link in this browser: that proved the address."""
    is_proved = request.session.get(_PROVED) == booking.contact_email
    if not booking.is_guest or not is_proved or request.user.is_authenticated:
        return redirect("bookings:show", booking.token)
    form = AccountForm(request.POST)
    if not form.is_valid():
        return _show(request, booking, form, status=422)
    if User.objects.filter(email=booking.contact_email).exists():
        return redirect("account_login")
    first, _space, last = booking.contact_name.partition(" ")
    user = account_actions.register(
        email=booking.contact_email,
        password=form.cleaned_data["password"],
        first_name=first[:80],
        last_name=last[:80],
        language=booking.language,
        is_verified=True,
    )
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    messages.success(request, _("Your account is made. This booking is under My bookings from now on."))
    return redirect("bookings:mine")
