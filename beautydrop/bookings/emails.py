"""The mails of a booking: rows in the booking's transaction, rendered when sent, dropped when no longer true."""

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.core import signing
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from beautydrop.bookings import calendar_file
from beautydrop.bookings.models import Booking
from beautydrop.bookings.policy import Policy
from beautydrop.bookings.states import Pending, State
from beautydrop.notifications import outbox
from beautydrop.notifications.models import OutboxMessage
from beautydrop.web import formats

PLEASE_CONFIRM = "booking.please_confirm"
CONFIRMED = "booking.confirmed"
MOVED = "booking.moved"
CANCELLED = "booking.cancelled"

_SALT = "bookings.confirm"


def booked(booking: Booking, *, now: datetime) -> None:
    """After booking and after each step of confirming: the link, or the confirmation, or nothing yet."""
    if booking.pending_for == Pending.EMAIL:
        _post(PLEASE_CONFIRM, booking, now)
    elif booking.status == State.CONFIRMED:
        _post(CONFIRMED, booking, now)


def moved(booking: Booking, *, now: datetime) -> None:
    _post(MOVED, booking, now)


def cancelled(booking: Booking, *, now: datetime, was_pending: bool) -> None:
    """Nobody is told of cancelling a hold whose address they never proved to be theirs, unless the salon did it."""
    is_unproved = was_pending and booking.is_guest and booking.email_proved_at is None
    if is_unproved and booking.cancel_reason == Booking.CancelReason.BY_CUSTOMER:
        return
    _post(CANCELLED, booking, now)


def expired(booking: Booking, *, now: datetime) -> None:
    """A hold that waited for the salon ends with word of it; one that waited for the e-mail ends silently."""
    if booking.email_proved_at is not None or not booking.is_guest:
        _post(CANCELLED, booking, now)


def confirm_key(booking: Booking) -> str:
    """What the mailed link carries besides the token: only who reads the mail can confirm."""
    return signing.dumps([str(booking.pk), booking.sequence], salt=_SALT, compress=False)


def is_confirm_key(booking: Booking, key: str) -> bool:
    """True for the key of this booking and its present address."""
    try:
        value = signing.loads(key, salt=_SALT)
    except signing.BadSignature:
        return False
    return value == [str(booking.pk), booking.sequence]


def _post(kind: str, booking: Booking, now: datetime) -> None:
    if booking.contact_email:
        outbox.post(
            kind,
            subject_id=booking.pk,
            recipient=booking.contact_email,
            language=booking.language,
            sequence=booking.sequence,
            now=now,
        )


def _booking(message: OutboxMessage) -> Booking | None:
    """The booking as it is now; None when the message is about an earlier time or another address."""
    booking = Booking.objects.select_related("shop", "staff_member").filter(pk=message.subject_id).first()
    if booking is None or booking.sequence != message.sequence or booking.contact_email != message.recipient:
        return None
    return booking


@outbox.register(PLEASE_CONFIRM)
def render_please_confirm(message: OutboxMessage) -> outbox.Mail | None:
    booking = _booking(message)
    if booking is None or booking.pending_for != Pending.EMAIL or booking.is_hold_over(timezone.now()):
        return None
    path = reverse("bookings:confirm", args=[booking.token, confirm_key(booking)])
    return _mail(
        booking,
        "please_confirm",
        _("Confirm your booking: %(what)s") % {"what": _what(booking)},
        confirm_url=settings.SITE_URL + path,
        held_until=formats.clock(booking.expires_at or booking.starts_at, booking.zone),
    )


@outbox.register(CONFIRMED)
def render_confirmed(message: OutboxMessage) -> outbox.Mail | None:
    return _true_while_confirmed(message, "confirmed", _("Confirmed: %(what)s"))


@outbox.register(MOVED)
def render_moved(message: OutboxMessage) -> outbox.Mail | None:
    return _true_while_confirmed(message, "moved", _("Moved: %(what)s"))


@outbox.register(CANCELLED)
def render_cancelled(message: OutboxMessage) -> outbox.Mail | None:
    booking = _booking(message)
    if booking is None or booking.status != State.CANCELLED:
        return None
    event = booking.events.filter(to_status=State.CANCELLED).order_by("at").last()
    by_customer = booking.cancel_reason == Booking.CancelReason.BY_CUSTOMER
    due = Policy.of_booking(booking).due_if_cancelled(event.at) if event and by_customer else Decimal(0)
    return _mail(
        booking,
        "cancelled",
        _("Cancelled: %(what)s") % {"what": _what(booking)},
        with_calendar=True,
        due=formats.money(due, booking.currency) if due else "",
        # What the salon wrote is for the customer; what the customer wrote is for the salon.
        note=event.note if event and not by_customer else "",
    )


def _true_while_confirmed(message: OutboxMessage, template: str, subject: str) -> outbox.Mail | None:
    booking = _booking(message)
    if booking is None or booking.status not in {State.CONFIRMED, State.ARRIVED}:
        return None
    return _mail(booking, template, subject % {"what": _what(booking)}, with_calendar=True)


def _what(booking: Booking) -> str:
    """`Gel manicure, Thu 3 Dec 10:15 — Studio Nord`"""
    moment = formats.moment(booking.starts_at, booking.zone).replace(",", "")
    return f"{booking.service_name}, {moment} — {booking.shop.name}"


def _mail(
    booking: Booking, template: str, subject: str, *, with_calendar: bool = False, **extra: object
) -> outbox.Mail:
    now = timezone.now()
    policy = Policy.of_booking(booking)
    local = booking.starts_at.astimezone(booking.zone)
    context = {
        "booking": booking,
        "subject": subject,
        "day": formats.day_long(local.date()),
        "time": formats.clock(booking.starts_at, booking.zone),
        "until": formats.clock(booking.ends_at, booking.zone),
        "zone": formats.zone_label(booking.starts_at, booking.zone),
        "minutes": formats.minutes(booking.duration_minutes),
        "price": formats.money(booking.price, booking.currency),
        "address": calendar_file.address_line(booking),
        "policy": f"{policy.headline(now)} {policy.rest(now)}",
        "page_url": calendar_file.page_url(booking),
        "change_url": settings.SITE_URL + reverse("bookings:change", args=[booking.token]),
        "cancel_url": settings.SITE_URL + reverse("bookings:cancel", args=[booking.token]),
        "calendar_url": settings.SITE_URL + reverse("bookings:calendar", args=[booking.token]),
        "shop_url": settings.SITE_URL + reverse("marketplace:shop", args=[booking.shop.slug]),
        "directions_url": calendar_file.directions_url(booking),
        "language": booking.language,
        **extra,
    }
    return outbox.Mail(
        subject=subject,
        text=render_to_string(f"bookings/emails/{template}.txt", context).strip() + "\n",
        html=render_to_string(f"bookings/emails/{template}.html", context),
        calendar=calendar_file.render(booking, now=now) if with_calendar else b"",
    )
