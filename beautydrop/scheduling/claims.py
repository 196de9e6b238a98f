"""The only way to claim a staff member's time.

The rule, for web, API, admin, owner's calendar and imports alike:

1. The caller has opened the transaction and, when it changes a booking, has locked that booking's row.
2. Lock the staff rows concerned, sorted by key, waiting 3 s at most. Never lock a booking after this.
3. Delete expired holds in the range, and the own old claim when moving.
4. Ask the engine again, with the lock held. What it refuses is refused.
5. Insert. The exclusion constraint has the last word.

Sorted locks cannot deadlock each other; should PostgreSQL still report a deadlock, a serialisation
failure or a lock time-out, that is "just taken" to the person, as a violated constraint is.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, connection, transaction

from beautydrop.availability import Refusal, local_date, minutes_of
from beautydrop.scheduling.errors import TimeRefused
from beautydrop.scheduling.models import TimeSlot
from beautydrop.scheduling.openings import Opening, Openings, load
from beautydrop.shops.models import Service, StaffMember, StaffServiceAssignment

_LOCK_TIMEOUT = "3s"
# No horizon is longer (Shop.horizon_days <= 365, plus a day of zones).
_REACH = timedelta(days=367)
# exclusion violation, deadlock, serialisation failure, lock not available
_LOST_RACE_STATES = frozenset({"23P01", "40P01", "40001", "55P03"})


@dataclass(frozen=True, slots=True)
class Claimed:
    """What was claimed: the row, and the opening (start, person, price, duration) it stands for."""

    slot: TimeSlot
    opening: Opening


@contextmanager
def lost_races_refused(start: datetime) -> Iterator[None]:
    """Turn the database's ways of saying "somebody else was first" into TimeRefused(TAKEN).

    Wrap the whole transaction: after such an error it has to be rolled back.
    """
    try:
        yield
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) in _LOST_RACE_STATES:
            raise TimeRefused(Refusal.TAKEN, start) from error
        raise


def claim(
    *,
    service: Service,
    staff_id: uuid.UUID | None,
    start: datetime,
    claim_id: uuid.UUID,
    now: datetime,
    expires_at: datetime | None = None,
    is_move: bool = False,
    duration_minutes: int | None = None,
    is_shop: bool = False,
) -> Claimed:
    """Claim `service` at `start` (aware) for `claim_id`, with `staff_id` or anyone free.

    Held until `expires_at` when given, else booked. `is_move` first gives up what `claim_id` had: the own old
    time counts as free. `duration_minutes` keeps what was sold when the service has changed since; `is_shop` lets
    the shop's people start now and off the customers' grid. Must run inside a transaction. Raises TimeRefused with
    the engine's reason.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("claim() must run inside a transaction")
    if start < now - _REACH or start > now + _REACH:  # before any arithmetic on absurd dates
        raise TimeRefused(Refusal.TOO_SOON if start < now else Refusal.TOO_FAR, start)
    day = local_date(minutes_of(start), service.shop.zone)
    staff_ids = set(
        StaffServiceAssignment.objects.filter(service=service).values_list("staff_member_id", flat=True)
        if staff_id is None
        else [staff_id]
    )
    lock_staff(staff_ids)
    if is_move:
        TimeSlot.objects.filter(claim_id=claim_id).delete()
    _delete_expired_holds(staff_ids, start, now)
    openings = load(
        service, now=now, first=day, last=day, staff_id=staff_id, duration_minutes=duration_minutes, is_shop=is_shop
    )
    opening = _opening(openings, start, staff_id)
    performer = opening.performer
    slot = TimeSlot.objects.create(
        staff_member=performer.staff,
        claim_id=claim_id,
        start_at=start - timedelta(minutes=service.buffer_before_minutes),
        end_at=opening.end + timedelta(minutes=service.buffer_after_minutes),
        status=TimeSlot.Status.HELD if expires_at else TimeSlot.Status.BOOKED,
        expires_at=expires_at,
    )
    return Claimed(slot, opening)


def keep(claim_id: uuid.UUID, *, expires_at: datetime | None, now: datetime) -> bool:
    """Turn a hold that has not expired into booked time (or, with `expires_at`, hold it longer).

    False when the hold is gone or over: the time has to be claimed anew.
    """
    held = TimeSlot.objects.filter(claim_id=claim_id, status=TimeSlot.Status.HELD, expires_at__gt=now)
    status = TimeSlot.Status.HELD if expires_at else TimeSlot.Status.BOOKED
    return held.update(status=status, expires_at=expires_at) > 0


def release(claim_id: uuid.UUID) -> None:
    """Give the time of `claim_id` back."""
    TimeSlot.objects.filter(claim_id=claim_id).delete()


def block(*, staff_member: StaffMember, start: datetime, end: datetime, now: datetime, note: str = "") -> TimeSlot:
    """Keep [start, end) of a staff member free of bookings. Raises TimeRefused(TAKEN) over a claim."""
    with lost_races_refused(start), transaction.atomic():
        lock_staff({staff_member.pk})
        TimeSlot.objects.filter(
            staff_member=staff_member, expires_at__lte=now, start_at__lt=end, end_at__gt=start
        ).delete()
        return TimeSlot.objects.create(
            staff_member=staff_member, start_at=start, end_at=end, status=TimeSlot.Status.BLOCKED, note=note
        )


def bound_waiting() -> None:
    """From here to the end of the transaction, no lock is waited for longer than 3 s."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [_LOCK_TIMEOUT])


def lock_staff(staff_ids: set[uuid.UUID]) -> None:
    """Lock these staff rows until the end of the transaction, in key order, waiting 3 s at most for each."""
    bound_waiting()
    list(
        StaffMember.objects.filter(pk__in=staff_ids)
        .order_by("pk")
        .select_for_update(no_key=True)
        .values_list("pk", flat=True)
    )


def _delete_expired_holds(staff_ids: set[uuid.UUID], start: datetime, now: datetime) -> None:
    day = timedelta(days=1)
    TimeSlot.objects.filter(
        staff_member__in=staff_ids, expires_at__lte=now, start_at__lt=start + day, end_at__gt=start - day
    ).delete()


def _opening(openings: Openings, start: datetime, staff_id: uuid.UUID | None) -> Opening:
    opening = openings.at(start, staff_id)
    if opening is None:
        raise TimeRefused(openings.refusal(start, staff_id) or Refusal.TAKEN, start)
    return opening
