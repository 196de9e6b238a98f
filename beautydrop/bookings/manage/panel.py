"""One booking as the salon sees it: a page, and the panel beside the calendar. Buttons only as the table allows."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from beautydrop.bookings import actions
from beautydrop.bookings.actions import By
from beautydrop.bookings.errors import BookingError
from beautydrop.bookings.manage import rows
from beautydrop.bookings.manage.facts import entry_url
from beautydrop.bookings.manage.toast import Toast, again_url, by_of, last_change, may_see, toast_of
from beautydrop.bookings.models import Booking, BookingEvent
from beautydrop.bookings.policy import Policy
from beautydrop.bookings.states import LIVE, Actor, Pending, State, may_move
from beautydrop.notifications import reports
from beautydrop.scheduling.models import TimeSlot
from beautydrop.shops.access import Level, Standing, at_shop
from beautydrop.web import formats, requests
from beautydrop.web.htmx import is_htmx, render_page

_MAX_NOTE = 2000
_MAX_REASON = 300


@at_shop(Level.STAFF)
@require_safe
def booking(request: HttpRequest, standing: Standing, booking_id: uuid.UUID) -> HttpResponse:
    """The booking in every state."""
    found = _find(standing, booking_id)
    return _render(request, standing, found, now=timezone.now())


@at_shop(Level.STAFF)
@require_POST
def booking_act(request: HttpRequest, standing: Standing, booking_id: uuid.UUID, act: str) -> HttpResponse:
    """One act of ACTS. 409 with what the booking is now when it can't be done any more."""
    found = _find(standing, booking_id)
    make = ACTS.get(act)
    if make is None:
        raise Http404
    by, now = by_of(request, standing), timezone.now()
    try:
        make(request, found, by, now)
    except BookingError as error:
        fresh = _find(standing, booking_id)
        return _render(request, standing, fresh, now=now, conflict=error.message, typed=request.POST, status=409)
    fresh = _find(standing, booking_id)
    if not is_htmx(request):
        back = requests.own_address(
            request.POST.get("next"), default=reverse("manage:booking", args=[standing.shop.slug, fresh.pk])
        )
        path, _mark, query = back.partition("?")
        kept = "&".join(part for part in query.split("&") if part and not part.startswith("done="))
        return redirect(f"{path}?{kept}{'&' if kept else ''}done={fresh.pk}" if act != "note" else back)
    toast = None if act == "note" else toast_of(fresh, by=by, now=now, last=last_change(fresh))
    response = _render(request, standing, fresh, now=now, toast=toast, is_after_act=True)
    response["HX-Trigger"] = "calendar-changed"
    return response


Act = Callable[[HttpRequest, Booking, By, datetime], object]


def _cancel(request: HttpRequest, found: Booking, by: By, now: datetime) -> None:
    if found.status == State.CANCELLED:
        raise BookingError("conflict", _("This booking was cancelled already."))
    reason = requests.text(request.POST.get("reason"), _MAX_REASON)
    actions.cancel(booking_id=found.pk, by=by, now=now, note=reason, tell=bool(request.POST.get("tell")))


def _note(request: HttpRequest, found: Booking, by: By, now: datetime) -> None:
    actions.write_note(
        booking_id=found.pk,
        note=_lines(request.POST.get("note")),
        seen=_lines(request.POST.get("seen")),
        by=by,
        now=now,
    )


def _undo(request: HttpRequest, found: Booking, by: By, now: datetime) -> None:
    actions.undo(booking_id=found.pk, state=request.POST.get("state", ""), by=by, now=now)


def _lines(value: str | None) -> str:
    """Several lines of text as browsers send them, without other control characters."""
    text = (value or "").replace("\r\n", "\n")
    return "".join(char for char in text if char == "\n" or char.isprintable())[:_MAX_NOTE].strip()


# What one can do here, by the last word of the address.
ACTS: dict[str, Act] = {
    "accept": lambda request, found, by, now: actions.approve(booking_id=found.pk, by=by, now=now),
    "arrived": lambda request, found, by, now: actions.mark_arrived(booking_id=found.pk, by=by, now=now),
    "completed": lambda request, found, by, now: actions.complete(booking_id=found.pk, by=by, now=now),
    "no-show": lambda request, found, by, now: actions.mark_no_show(booking_id=found.pk, by=by, now=now),
    "cancel": _cancel,
    "note": _note,
    "undo": _undo,
}


def _find(standing: Standing, booking_id: uuid.UUID) -> Booking:
    found = (
        Booking.objects.select_related("shop", "service", "staff_member", "customer__user")
        .filter(shop=standing.shop, pk=booking_id)
        .first()
    )
    if found is None:
        raise Http404
    if not may_see(standing, found):
        raise PermissionDenied
    return found


def _render(
    request: HttpRequest,
    standing: Standing,
    found: Booking,
    *,
    now: datetime,
    status: int = 200,
    conflict: str = "",
    typed: Any = None,
    toast: Toast | None = None,
    is_after_act: bool = False,
) -> HttpResponse:
    by = by_of(request, standing)
    events = list(found.events.select_related("by"))
    last = next((one for one in reversed(events) if one.kind == BookingEvent.Kind.STATUS), None)
    slug = standing.shop.slug
    zone = found.zone
    policy = Policy.of_booking(found)
    state = State(found.status)
    visits = _visits(found)
    context = {
        "section": "calendar",
        "booking": found,
        "page_title": f"{found.contact_name}, {formats.moment(found.starts_at, zone)}",
        "state": state.value,
        "state_icon": rows.ICONS[state],
        "state_word": _state_line(found, now),
        "reference": found.spoken_reference,
        "time": f"{formats.clock(found.starts_at, zone)}–{formats.clock(found.ends_at, zone)}",
        "day": formats.day_long(found.starts_at.astimezone(zone).date()),
        "zone": formats.zone_label(found.starts_at, zone),
        "what": _("%(service)s, %(minutes)s, with %(who)s")
        % {
            "service": found.service_name,
            "minutes": formats.minutes(found.duration_minutes),
            "who": found.staff_member.short_name,
        },
        "late": _late_words(found, now),
        "conflict": conflict,
        "acts": _acts(found, by, now),
        "may_cancel": may_move(found.status, State.CANCELLED, by.actor) and now < found.ends_at,
        "cancel_words": _cancel_words(found),
        "unreachable": _unreachable_words(found, now),
        "client_first": found.contact_name.split()[0] if found.contact_name.split() else found.contact_name,
        "move_url": reverse("manage:booking_move", args=[slug, found.pk]) if state == State.CONFIRMED else "",
        "book_next_url": entry_url(found.shop, found.ends_at, found.staff_member_id, again=str(found.pk)),
        "again_url": again_url(found) if state == State.CANCELLED else "",
        "undo_state": state.value if actions.undoable(found, last, by=by, now=now) else "",
        "undo_words": _("Take “%(state)s” back") % {"state": state.label},
        "visits": visits,
        "phone_href": "tel:" + "".join(char for char in found.contact_phone if char in "+0123456789"),
        "price": formats.money(found.price, found.currency),
        "policy": _policy_words(found, policy, now),
        "history": [_event_words(one, zone, found) for one in events],
        "typed_note": typed.get("note", found.staff_notes) if typed is not None and "note" in typed else None,
        "typed_reason": typed.get("reason", "") if typed is not None else "",
        "day_url": f"{reverse('manage:day', args=[slug])}?date={found.starts_at.astimezone(zone).date().isoformat()}",
        "toast": toast,
        "is_after_act": is_after_act,
    }
    if toast is None and not is_htmx(request) and requests.key(request.GET.get("done")) == found.pk:
        context["toast"] = toast_of(found, by=by, now=now, last=last)
    template = "bookings/manage/booking.html"
    if request.method == "POST" and is_htmx(request):
        return render(request, f"{template}#panel", {**context, "is_region": True}, status=status)
    return render_page(request, template, context, regions=["panel"], status=status)


def _state_line(found: Booking, now: datetime) -> str:
    word = str(State(found.status).label)
    if late := rows.minutes_late(found, now):
        return _("%(state)s, %(count)s min late") % {"state": word, "count": late}
    if found.status == State.PENDING:
        waits = _("waits for your answer") if found.pending_for == Pending.APPROVAL else _("waits for the e-mail link")
        return f"{word}, {waits}"
    return word


def _acts(found: Booking, by: By, now: datetime) -> list[dict[str, str]]:
    """The buttons that the table and the clock allow, the likeliest first."""
    slug = found.shop.slug

    def button(act: str, label: str, icon: str, key: str = "") -> dict[str, str]:
        return {
            "act": act,
            "url": reverse("manage:booking_act", args=[slug, found.pk, act]),
            "label": label,
            "icon": icon,
            "key": key,
        }

    def may(target: State) -> bool:
        return may_move(found.status, target, by.actor)

    is_correctable = now <= found.ends_at + timedelta(days=7) or found.status in {State.CONFIRMED, State.ARRIVED}
    buttons = []
    if found.pending_for == Pending.APPROVAL and may(State.CONFIRMED):
        buttons.append(button("accept", _("Accept this booking"), "check", "a"))
    if may(State.ARRIVED) and now >= found.starts_at - timedelta(hours=2):
        buttons.append(button("arrived", _("Arrived"), "user", "a"))
    if may(State.COMPLETED) and now >= found.starts_at and is_correctable:
        buttons.append(button("completed", _("Completed"), "check-double", "c"))
    if may(State.NO_SHOW) and now >= found.starts_at and is_correctable:
        buttons.append(button("no-show", _("No-show"), "user-off", "x"))
    return buttons


def _late_words(found: Booking, now: datetime) -> tuple[str, str] | None:
    """How late, and until when it can still begin before the next claim; one query when it is late at all."""
    late = rows.minutes_late(found, now)
    if not late:
        return None
    strong = ngettext("%(count)s minute late.", "%(count)s minutes late.", late) % {"count": late}
    own = TimeSlot.objects.filter(claim_id=found.pk).order_by("-end_at").first()
    if own is None:
        return strong, ""
    following = (
        TimeSlot.objects.filter(staff_member=found.staff_member_id, start_at__gte=own.end_at)
        .order_by("start_at")
        .first()
    )
    if following is None or following.start_at > own.end_at + timedelta(hours=4):
        return strong, _("Nothing follows soon, so there is still time.")
    latest = following.start_at - (own.end_at - found.starts_at)
    words = {
        "time": formats.clock(latest, found.zone),
        "who": found.staff_member.short_name,
        "next": formats.clock(following.start_at, found.zone),
    }
    if latest <= now:
        return strong, _("%(who)s is taken again at %(next)s, too soon for the whole time.") % words
    return strong, _("Can start until %(time)s, and %(who)s is still ready at %(next)s.") % words


def _visits(found: Booking) -> str:
    """`5th visit` is hard to translate: `4 visits before · 1 no-show`, of this client at this shop. One query."""
    if found.customer_id:
        others = Booking.objects.filter(customer=found.customer_id)
    elif found.contact_email:
        others = Booking.objects.filter(customer=None, contact_email=found.contact_email)
    elif found.contact_phone:
        others = Booking.objects.filter(shop=found.shop_id, contact_phone=found.contact_phone)
    else:
        return ""
    others = others.filter(shop=found.shop_id, starts_at__lt=found.starts_at).exclude(pk=found.pk)
    states = list(others.values_list("status", flat=True)[:500])
    visits, missed = states.count(State.COMPLETED), states.count(State.NO_SHOW)
    if not visits and not missed:
        return _("First visit")
    parts = [ngettext("%(count)s visit before", "%(count)s visits before", visits) % {"count": visits}]
    if missed:
        parts.append(ngettext("%(count)s no-show", "%(count)s no-shows", missed) % {"count": missed})
    return " · ".join(parts)


def _unreachable_words(found: Booking, now: datetime) -> tuple[str, str] | None:
    """That mail to the client comes back, and what to do; one query while there is something to tell them."""
    if not found.contact_email or found.status not in LIVE or now >= found.ends_at:
        return None
    if not reports.takes_no_mail(found.contact_email):
        return None
    strong = _("%(who)s gets no mail from us about this appointment: their address takes none.")
    return strong % {"who": found.contact_name}, _("Call them if something changes, and ask for an address that works.")


def _cancel_words(found: Booking) -> str:
    when = formats.moment(found.starts_at, found.zone)
    return _("%(name)s loses %(when)s, and the time is free for others. This can’t be undone.") % {
        "name": found.contact_name,
        "when": when,
    }


def _policy_words(found: Booking, policy: Policy, now: datetime) -> str:
    if found.status == State.NO_SHOW and found.no_show_percent:
        due = formats.money(policy.share(found.no_show_percent), found.currency)
        return _("%(amount)s is due for the no-show.") % {"amount": due}
    words = [policy.headline(now)]
    if found.late_cancel_percent and now < policy.free_until:
        amount = formats.money(policy.share(found.late_cancel_percent), found.currency)
        words.append(_("After that it costs %(amount)s.") % {"amount": amount})
    if found.no_show_percent:
        amount = formats.money(policy.share(found.no_show_percent), found.currency)
        words.append(_("A no-show costs %(amount)s.") % {"amount": amount})
    return " ".join(words)


def _event_words(event: BookingEvent, zone: Any, found: Booking) -> dict[str, str]:
    """One line of the history: when, what, and who did it."""
    who = _who(event)
    if event.kind == BookingEvent.Kind.CREATED:
        words = _("Entered by the salon") if found.source == Booking.Source.SHOP else _("Booked online")
    elif event.kind == BookingEvent.Kind.MOVED:
        words = _("Moved from %(from)s to %(to)s") % {
            "from": formats.moment(event.from_start, zone) if event.from_start else "?",
            "to": formats.moment(event.to_start, zone) if event.to_start else "?",
        }
    elif event.kind == BookingEvent.Kind.EDITED:
        words = {
            "e-mail address": _("E-mail address changed"),
            "note of the salon": _("Note of the salon changed"),
        }.get(event.note, _("Edited"))
    elif event.note == "undo":
        words = _("Taken back to %(state)s") % {"state": State(event.to_status).label.lower()}
    elif event.to_status == State.CANCELLED and event.actor == Actor.CLOCK:
        words = _("The hold ran out")
    elif event.from_status == State.PENDING and event.to_status == State.PENDING:
        words = _("E-mail address confirmed")
    else:
        words = str(State(event.to_status).label) if event.to_status in State.values else event.to_status
        if event.note:
            words = f"{words}: {event.note}"
    return {"when": formats.moment(event.at, zone), "words": words, "who": who}


def _who(event: BookingEvent) -> str:
    if event.actor == Actor.CLOCK:
        return _("by itself")
    if event.actor in {Actor.GUEST, Actor.CUSTOMER}:
        return _("by the client")
    return _("by %(name)s") % {"name": event.by.full_name or event.by.email} if event.by else _("by the salon")
