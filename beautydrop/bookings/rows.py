"""Bookings as rows ready for their templates."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beautydrop.bookings import calendar_file
from beautydrop.bookings.choosing import ANYONE, iso
from beautydrop.bookings.models import Booking
from beautydrop.bookings.policy import Policy
from beautydrop.bookings.states import Pending, State
from beautydrop.web import formats


def state_of(booking: Booking, now: datetime) -> str:
    """The state as pages name it.

    Pending splits by what it waits for, cancelled by why; a hold that ran out is expired, closed by the clock or not.
    """
    if booking.status == State.PENDING:
        if booking.is_hold_over(now):
            return "expired"
        return "pending_email" if booking.pending_for == Pending.EMAIL else "pending_approval"
    if booking.cancel_reason == Booking.CancelReason.EXPIRED:
        return "expired"
    return str(booking.status)


def status_words(booking: Booking, now: datetime) -> tuple[str, str, str]:
    """(icon, words, tone) of the present state."""
    state = state_of(booking, now)
    held = formats.clock(booking.expires_at, booking.zone) if booking.expires_at else ""
    by_shop = booking.cancel_reason == Booking.CancelReason.BY_SHOP
    return {
        "pending_email": ("mail", _("Held until %(time)s") % {"time": held}, "warn"),
        "pending_approval": ("clock", _("Waiting for the salon"), "warn"),
        "confirmed": ("check", _("Confirmed"), "ok"),
        "arrived": ("check", _("You are there"), "info"),
        "completed": ("check", _("Completed"), "ok"),
        "no_show": ("x", _("Missed"), "error"),
        "cancelled": ("x", _("Cancelled by the salon") if by_shop else _("Cancelled by you"), ""),
        "expired": ("clock", _("No longer held"), ""),
    }[state]


def ticket(booking: Booking, now: datetime) -> dict[str, Any]:
    """The booking as its ticket shows it."""
    shop, zone = booking.shop, booking.zone
    policy = Policy.of_booking(booking)
    state = state_of(booking, now)
    icon, words, _tone = status_words(booking, now)
    heading, lead = _heading(booking, state, now)
    is_free_yet = state in {"confirmed", "pending_approval"} and now < policy.free_until
    return {
        "state": state,
        "status_icon": icon,
        "status_words": words,
        "heading": heading,
        "lead": lead,
        "day": formats.day_long(booking.starts_at.astimezone(zone).date()),
        "time": formats.clock(booking.starts_at, zone),
        "until": _("to %(time)s") % {"time": formats.clock(booking.ends_at, zone)},
        "zone": formats.zone_label(booking.starts_at, zone),
        "what": booking.service_name,
        "minutes": formats.minutes(booking.duration_minutes),
        "who": booking.staff_member.name,
        "where_lines": [line for line in (shop.name, shop.address, f"{shop.postal_code} {shop.city}".strip()) if line],
        "price": formats.money(booking.price, booking.currency),
        "price_words": _("at the salon"),
        "reference": booking.spoken_reference,
        "free_until": formats.moment(policy.free_until, zone) if is_free_yet else "",
        "shop_name": shop.name,
        "shop_url": reverse("marketplace:shop", args=[shop.slug]) if shop.is_active else "",
        "shop_id": shop.pk,
        "categories": [booking.service.category],
    }


def _heading(booking: Booking, state: str, now: datetime) -> tuple[str, str | SafeString]:
    email = format_html("<strong>{}</strong>", booking.contact_email)
    held = formats.clock(booking.expires_at, booking.zone) if booking.expires_at else ""
    shop = booking.shop.name
    if state == "pending_email":
        lead = _(
            "We hold this time for you until %(time)s. Press the button in the e-mail to %(email)s and it is yours."
        )
        return _("One more step: open the e-mail"), format_html(
            lead.replace("%(email)s", "{email}").replace("%(time)s", "{time}"), email=email, time=held
        )
    if state == "pending_approval":
        return _("The salon has to agree"), _(
            "%(shop)s confirms each booking. The time is held for you meanwhile, "
            "and you get an e-mail as soon as they answer."
        ) % {"shop": shop}
    if state == "confirmed" and now < booking.starts_at:
        if not booking.contact_email:
            return _("Your time is booked"), ""
        lead = _("The confirmation is on its way to %(email)s.")
        return _("Your time is booked"), format_html(lead.replace("%(email)s", "{email}"), email=email)
    if state in {"confirmed", "arrived"}:
        return (_("Your appointment"), "")
    if state == "completed":
        return _("Your appointment is over"), ""
    if state == "no_show":
        share = Policy.of_booking(booking)
        due = share.share(booking.no_show_percent)
        words = _("You didn’t come, so %(amount)s is due at the salon.") % {
            "amount": formats.money(due, booking.currency)
        }
        return _("This appointment was missed"), words if due else ""
    if state == "expired":
        return _("This time is no longer held"), _(
            "Nothing is booked and nothing is due. If the time is still free, you can take it again."
        )
    if booking.cancel_reason == Booking.CancelReason.BY_SHOP:
        return _("The salon cancelled this booking"), _("Nothing is due.")
    return _("This booking is cancelled"), _("The time was given back to the salon.")


def links(booking: Booking, now: datetime) -> dict[str, Any]:
    """Where one goes from the ticket."""
    token = booking.token
    service = booking.service
    rebook = ""
    if service.is_active and booking.shop.is_active:
        path = reverse("bookings:when", args=[booking.shop.slug, service.slug])
        rebook = f"{path}?staff={booking.staff_member_id if booking.staff_member.is_active else ANYONE}"
        if state_of(booking, now) == "expired" and booking.starts_at > now:
            rebook += f"&start={iso(booking.starts_at)}"
    return {
        "calendar_url": reverse("bookings:calendar", args=[token]),
        "google_url": calendar_file.google_url(booking),
        "outlook_url": calendar_file.outlook_url(booking),
        "directions_url": calendar_file.directions_url(booking),
        "resend_url": reverse("bookings:resend", args=[token]),
        "change_address_url": reverse("bookings:change_address", args=[token]),
        "rebook_url": rebook,
        "can_change": booking.is_movable(now),
        "can_cancel": booking.is_cancellable(now),
        "timeline": _timeline(booking, now),
        "more": _more(booking, now, rebook),
    }


def _timeline(booking: Booking, now: datetime) -> list[dict[str, Any]]:
    if state_of(booking, now) != "confirmed" or now >= booking.starts_at:
        return []
    policy = Policy.of_booking(booking)
    steps = []
    if now < policy.free_until < booking.starts_at and booking.late_cancel_percent:
        steps.append((policy.free_until, _("Until then you can change or cancel for free.")))
    words = _("You pay %(price)s there.") % {"price": formats.money(booking.price, booking.currency)}
    if booking.shop.finding_note:
        words = f"{booking.shop.finding_note} {words}"
    steps.append((booking.starts_at, words))
    return [
        {"when": formats.moment(at, booking.zone), "words": text, "is_last": at == booking.starts_at}
        for at, text in steps
    ]


def _more(booking: Booking, now: datetime, rebook: str) -> list[dict[str, str]]:
    policy = Policy.of_booking(booking)
    free_until = formats.moment(policy.free_until, booking.zone)
    token = booking.token
    rows = []
    if booking.is_movable(now):
        rows.append(
            {
                "icon": "swap",
                "title": _("Change the time"),
                "words": _("Free until %(moment)s") % {"moment": free_until},
                "url": reverse("bookings:change", args=[token]),
            }
        )
    if booking.is_cancellable(now) and state_of(booking, now) != "expired":
        due = policy.share(booking.late_cancel_percent)
        amount = formats.money(due, booking.currency)
        if not due or booking.status == State.PENDING:
            words = _("Costs nothing")
        elif now < policy.free_until:
            words = _("Free until %(moment)s, then %(amount)s") % {"moment": free_until, "amount": amount}
        else:
            words = _("%(amount)s is due") % {"amount": amount}
        rows.append(
            {
                "icon": "x",
                "title": _("Cancel the booking"),
                "words": words,
                "url": reverse("bookings:cancel", args=[token]),
            }
        )
    if rebook and booking.status in {State.CONFIRMED, State.ARRIVED}:
        who = {"service": booking.service_name, "who": booking.staff_member.short_name}
        rows.append(
            {
                "icon": "refresh",
                "title": _("Book again"),
                "words": _("%(service)s with %(who)s") % who,
                "url": rebook,
            }
        )
    return rows


def in_words(booking: Booking, now: datetime) -> str:
    """`Today`, `Tomorrow`, `Thursday, in 3 days`, counted in the shop's days."""
    day = booking.starts_at.astimezone(booking.zone).date()
    days = (day - now.astimezone(booking.zone).date()).days
    if days <= 0:
        return _("Today")
    if days == 1:
        return _("Tomorrow")
    return ngettext("%(day)s, in %(count)s day", "%(day)s, in %(count)s days", days) % {
        "day": formats.weekday_long(day),
        "count": days,
    }


def next_booking(booking: Booking, now: datetime) -> dict[str, Any]:
    """The first of the upcoming ones, as the big ticket."""
    view = ticket(booking, now)
    view["day"] = formats.day_month(booking.starts_at.astimezone(booking.zone).date())
    return {
        "booking_view": view,
        "url": reverse("bookings:show", args=[booking.token]),
        "in_words": in_words(booking, now),
        "address_line": calendar_file.address_line(booking),
        "price_line": _("%(price)s at the salon") % {"price": view["price"]},
        "directions_url": calendar_file.directions_url(booking),
        **_change_and_cancel(booking, now),
    }


def coming_row(booking: Booking, now: datetime) -> dict[str, Any]:
    icon, words, tone = status_words(booking, now)
    zone = booking.zone
    return {
        "day": formats.day_short(booking.starts_at.astimezone(zone).date(), now.astimezone(zone).date()),
        "time": formats.clock(booking.starts_at, zone),
        "zone": f"{formats.zone_city(zone)} ({formats.zone_abbreviation(booking.starts_at, zone)})",
        "what": booking.service_name,
        "where": ", ".join(part for part in (booking.shop.name, booking.shop.area or booking.shop.city) if part),
        "who_price": f"{booking.staff_member.name}, {formats.money(booking.price, booking.currency)}",
        "status_icon": icon,
        "status_words": words,
        "status_tone": tone,
        "url": reverse("bookings:show", args=[booking.token]),
        **_change_and_cancel(booking, now),
    }


def past_row(booking: Booking, now: datetime) -> dict[str, Any]:
    icon, words, _tone = status_words(booking, now)
    day = booking.starts_at.astimezone(booking.zone).date()
    return {
        "day": formats.day_short(day, now.astimezone(booking.zone).date()),
        "what": booking.service_name,
        "where": f"{booking.shop.name}, {booking.shop.city}",
        "status_icon": icon,
        "status_words": words,
        "price": "" if booking.status == State.CANCELLED else formats.money(booking.price, booking.currency),
        "rebook_url": links(booking, now)["rebook_url"],
        "url": reverse("bookings:show", args=[booking.token]),
    }


def _change_and_cancel(booking: Booking, now: datetime) -> dict[str, str]:
    token = booking.token
    return {
        "change_url": reverse("bookings:change", args=[token]) if booking.is_movable(now) else "",
        "cancel_url": reverse("bookings:cancel", args=[token]) if booking.is_cancellable(now) else "",
    }
