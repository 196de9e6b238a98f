"""The day of the appointment: arrived, completed, no-show, and taking a slip back."""

import uuid
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from beautydrop.bookings import messages
from beautydrop.bookings.actions.writing import By, changing, not_changeable, require_move, set_status
from beautydrop.bookings.errors import BookingError
from beautydrop.bookings.models import Booking, BookingEvent
from beautydrop.bookings.states import Actor, State, may_undo
from beautydrop.scheduling import claims

# For how long a slip of the hand can be taken back.
UNDO_MINUTES = 15
# The note of the event that took one back; that itself is not taken back again.
_UNDONE = "undo"


def expire(*, booking_id: uuid.UUID, now: datetime) -> bool:
    """The clock closes a pending booking whose hold is over; False when it no longer is one."""
    with changing(booking_id, now) as booking:
        if booking.status != State.PENDING or not booking.is_hold_over(now):
            return False
        booking.cancel_reason = Booking.CancelReason.EXPIRED
        claims.release(booking.pk)
        set_status(booking, State.CANCELLED, by=By(Actor.CLOCK), now=now)
        messages.expired(booking, now=now)
        return True


def mark_arrived(*, booking_id: uuid.UUID, by: By, now: datetime) -> Booking:
    """The customer is here; from two hours before the start. Raises BookingError."""
    with changing(booking_id, now) as booking:
        require_move(booking, State.ARRIVED, by)
        if now < booking.starts_at - timedelta(hours=2):
            raise BookingError("conflict", _("This can be marked from two hours before the start."))
        set_status(booking, State.ARRIVED, by=by, now=now)
        return booking


def complete(*, booking_id: uuid.UUID, by: By, now: datetime) -> Booking:
    """The appointment took place; after its start (the clock: 12 hours after its end). Raises BookingError."""
    with changing(booking_id, now) as booking:
        require_move(booking, State.COMPLETED, by)
        earliest = booking.ends_at + timedelta(hours=12) if by.actor == Actor.CLOCK else booking.starts_at
        _require_not_before(earliest, now)
        _require_correctable(booking, now)
        set_status(booking, State.COMPLETED, by=by, now=now)
        return booking


def mark_no_show(*, booking_id: uuid.UUID, by: By, now: datetime) -> Booking:
    """The customer did not come; after the start. Raises BookingError."""
    with changing(booking_id, now) as booking:
        require_move(booking, State.NO_SHOW, by)
        _require_not_before(booking.starts_at, now)
        _require_correctable(booking, now)
        set_status(booking, State.NO_SHOW, by=by, now=now)
        return booking


def undoable(booking: Booking, last: BookingEvent | None, *, by: By, now: datetime) -> State | None:
    """The state that undoing `last`, the latest change of status, would bring back; None when that may not be.

    Arrived can be taken back until it is completed; completed and no-show for UNDO_MINUTES, where the salon set them.
    """
    if last is None or last.to_status != booking.status or last.actor == Actor.CLOCK or last.note == _UNDONE:
        return None
    if not last.from_status or not may_undo(booking.status, last.from_status, by.actor):
        return None
    if booking.status != State.ARRIVED and now > last.at + timedelta(minutes=UNDO_MINUTES):
        return None
    return State(last.from_status)


def undo(*, booking_id: uuid.UUID, state: str, by: By, now: datetime) -> Booking:
    """Take back the change that led to `state`, for slips of the hand. Raises BookingError.

    When the booking is no longer in `state`, somebody else has changed it meanwhile, and theirs stands.
    """
    with changing(booking_id, now) as booking:
        if booking.status != state:
            raise BookingError("conflict", not_changeable(booking))
        last = booking.events.filter(kind=BookingEvent.Kind.STATUS).last()
        before = undoable(booking, last, by=by, now=now)
        if before is None:
            raise BookingError("too_late", _("This can’t be taken back any more."))
        set_status(booking, before, by=by, now=now, note=_UNDONE)
        return booking


def _require_not_before(earliest: datetime, now: datetime) -> None:
    if now < earliest:
        raise BookingError("conflict", _("This can be marked once the appointment has begun."))


def _require_correctable(booking: Booking, now: datetime) -> None:
    """Completed ↔ no-show can be put right for seven days after the end."""
    if booking.status in {State.COMPLETED, State.NO_SHOW} and now > booking.ends_at + timedelta(days=7):
        raise BookingError("too_late", _("This can be put right for seven days after the appointment."))
