"""What a booking's changes say, and to whom: rows in the booking's transaction, made into words when they are sent.

Each file holds kinds of message and registers them. Another kind is another file here (or in another app), and
nothing else changes.
"""

from datetime import datetime, timedelta

from beautydrop.bookings.messages import agenda, customer, reminders, salon, undeliverable  # noqa: F401
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import Pending, State
from beautydrop.notifications import outbox
from beautydrop.notifications.models import OutboxMessage

__all__ = ["booked", "cancelled", "expired", "moved"]


def booked(booking: Booking, *, now: datetime, by_user_id: object = None, tell: bool = True) -> None:
    """After booking and after each step of confirming: the link, or the confirmation, or nothing yet.

    The salon hears of what it can count on or has to approve; the reminders are written along.
    """
    rows: list[OutboxMessage] = []
    if booking.pending_for == Pending.EMAIL:
        rows += _to_customer(customer.PLEASE_CONFIRM, booking, now) if tell else []
    elif booking.status == State.CONFIRMED:
        rows += _to_customer(customer.CONFIRMED, booking, now) if tell else []
        rows += _reminders(booking, now)
    if booking.pending_for != Pending.EMAIL:
        rows.append(_announce(salon.BOOKED, booking, now, by_user_id))
    outbox.write(rows, now=now)


def moved(booking: Booking, *, now: datetime, by_user_id: object = None, note: str = "", tell: bool = True) -> None:
    """The new time, with the salon's own words when it gave some."""
    rows = _to_customer(customer.MOVED, booking, now, note=note) if tell else []
    rows += _reminders(booking, now)
    rows.append(_announce(salon.MOVED, booking, now, by_user_id))
    outbox.write(rows, now=now)


def cancelled(
    booking: Booking, *, now: datetime, was_pending: bool, by_user_id: object = None, tell: bool = True
) -> None:
    """Nobody is told of cancelling a hold whose address they never proved to be theirs, unless the salon did it."""
    is_unproved = was_pending and booking.is_guest and booking.email_proved_at is None
    by_customer = booking.cancel_reason == Booking.CancelReason.BY_CUSTOMER
    rows = _to_customer(customer.CANCELLED, booking, now) if tell and not (is_unproved and by_customer) else []
    if not is_unproved:
        rows.append(_announce(salon.CANCELLED, booking, now, by_user_id))
    outbox.write(rows, now=now)


def expired(booking: Booking, *, now: datetime) -> None:
    """A hold that waited for the salon ends with word of it; one that waited for the e-mail ends silently."""
    if booking.email_proved_at is not None or not booking.is_guest:
        outbox.write(_to_customer(customer.CANCELLED, booking, now), now=now)


def _to_customer(kind: str, booking: Booking, now: datetime, *, note: str = "") -> list[OutboxMessage]:
    """The mail, and beside it whatever other ways the customer chose."""
    rows = []
    if booking.contact_email:
        rows.append(
            outbox.letter_to(
                kind,
                subject_id=booking.pk,
                recipient=booking.contact_email,
                language=booking.language,
                sequence=booking.sequence,
                payload={"note": note} if note else None,
                now=now,
            )
        )
    if kind != customer.PLEASE_CONFIRM and (booking.customer_id is not None or booking.wants_sms):
        rows.append(
            outbox.announcement(
                kind, subject_id=booking.pk, sequence=booking.sequence, language=booking.language, due_at=now
            )
        )
    return rows


def _reminders(booking: Booking, now: datetime) -> list[OutboxMessage]:
    """Those that lie ahead: who books later than that needs none."""
    return [
        outbox.announcement(
            kind, subject_id=booking.pk, sequence=booking.sequence, language=booking.language, due_at=due_at
        )
        for kind, before in reminders.BEFORE.items()
        if (due_at := booking.starts_at - before) > now + timedelta(minutes=1)
    ]


def _announce(kind: str, booking: Booking, now: datetime, by_user_id: object) -> OutboxMessage:
    return outbox.announcement(
        kind,
        subject_id=booking.pk,
        sequence=booking.sequence,
        due_at=now,
        payload={"by": str(by_user_id)} if by_user_id else None,
    )
