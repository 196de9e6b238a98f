"""Moving, cancelling, and the salon's own note."""

import uuid
from datetime import datetime

from django.utils.translation import gettext as _

from beautydrop.bookings import messages
from beautydrop.bookings.actions.writing import (
    By,
    changing,
    is_of_shop,
    not_changeable,
    record,
    require_move,
    set_status,
    take_time,
)
from beautydrop.bookings.errors import BookingError
from beautydrop.bookings.models import Booking, BookingEvent
from beautydrop.bookings.states import State
from beautydrop.scheduling import claims


def reschedule(
    *,
    booking_id: uuid.UUID,
    staff_id: uuid.UUID | None,
    start: datetime,
    by: By,
    now: datetime,
    note: str = "",
    tell: bool = True,
) -> Booking:
    """Move a confirmed booking in one transaction: the old time stands until the new one is claimed.

    What was sold stays sold (price, duration and policy are the booking's); the own old time counts as free.
    Moving to where it already is changes nothing; `note` is the salon's word to the customer; without `tell` the
    customer gets no mail. Raises BookingError with the nearest free times.
    """
    with changing(booking_id, now) as booking:
        if booking.status != State.CONFIRMED:
            raise BookingError("conflict", not_changeable(booking))
        if not is_of_shop(by) and not booking.is_movable(now):
            raise BookingError("too_late", _("It is too late to change the time here. Call the salon."))
        if start == booking.starts_at and staff_id in {None, booking.staff_member_id}:
            return booking
        old = booking.starts_at
        claimed = claims.claim(
            service=booking.service,
            staff_id=staff_id,
            start=start,
            claim_id=booking.pk,
            now=now,
            is_move=True,
            duration_minutes=booking.duration_minutes,
            is_shop=is_of_shop(by),
        )
        take_time(booking, claimed)
        booking.sequence += 1
        booking.save()
        record(booking, BookingEvent.Kind.MOVED, by=by, now=now, from_start=old, to_start=booking.starts_at, note=note)
        messages.moved(booking, now=now, by_user_id=by.user_id, note=note, tell=tell)
        return booking


def cancel(*, booking_id: uuid.UUID, by: By, now: datetime, note: str = "", tell: bool = True) -> Booking:
    """Cancel and give the time back; without `tell` the customer gets no mail. Raises BookingError.

    Cancelling what is already cancelled changes nothing.
    """
    with changing(booking_id, now) as booking:
        if booking.status == State.CANCELLED:
            return booking
        require_move(booking, State.CANCELLED, by)
        if now >= booking.ends_at:
            raise BookingError("too_late", _("This appointment is over, so it can’t be cancelled."))
        booking.cancel_reason = Booking.CancelReason.BY_SHOP if is_of_shop(by) else Booking.CancelReason.BY_CUSTOMER
        was_pending = booking.status == State.PENDING
        claims.release(booking.pk)
        booking.sequence += 1
        set_status(booking, State.CANCELLED, by=by, now=now, note=note)
        messages.cancelled(booking, now=now, was_pending=was_pending, by_user_id=by.user_id, tell=tell)
        return booking


def write_note(*, booking_id: uuid.UUID, note: str, seen: str, by: By, now: datetime) -> Booking:
    """Replace the salon's own note, which read `seen` when it was opened.

    Raises BookingError (`conflict`) when somebody else has changed it meanwhile.
    """
    with changing(booking_id, now) as booking:
        if booking.staff_notes == note:
            return booking
        if booking.staff_notes != seen:
            raise BookingError(
                "conflict", _("Somebody else has changed this note meanwhile. Theirs is shown above yours.")
            )
        booking.staff_notes = note
        booking.save(update_fields=["staff_notes", "updated_at"])
        record(booking, BookingEvent.Kind.EDITED, by=by, now=now, note="note of the salon")
        return booking
