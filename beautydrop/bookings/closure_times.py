"""Other times for the bookings that a closure covers."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import chain, takewhile

from beautydrop.availability import to_datetime
from beautydrop.bookings.closures import MOVE, Closure, Worked, choices
from beautydrop.bookings.models import Booking
from beautydrop.scheduling import openings
from beautydrop.scheduling.openings import Opening
from beautydrop.shops.models import StaffMember

MAX_OFFERS = 3
_DAY = timedelta(days=1)
# How far from a closed day a time is looked for, in days before and after.
_LOOK_BACK, _LOOK_AHEAD = 3, 14


def offers(
    bookings: Sequence[Booking], closure: Closure, *, now: datetime, only: StaffMember | None = None
) -> dict[uuid.UUID, list[Opening]]:
    """Up to three other times for each booking that can move, the best first; three queries a service and duration.

    First the same time with somebody else, then the nearest with the same person, then with anyone. No time is
    offered first to two bookings. `only`: the one person whose time the asker may touch.
    """
    shop = closure.shop
    today, horizon = openings.bookable_days(shop, now)
    first = max(today, closure.first - _LOOK_BACK * _DAY)
    last = min(horizon, closure.last + _LOOK_AHEAD * _DAY)
    movable = [booking for booking in bookings if MOVE in choices(booking)]
    if first > last or not movable:
        return {}
    loaded: dict[tuple[uuid.UUID, int], list[Opening]] = {}
    result: dict[uuid.UUID, list[Opening]] = {}
    promised: list[tuple[uuid.UUID, datetime, datetime]] = []
    for booking in movable:
        kind = (booking.service_id, booking.duration_minutes)
        booking.service.shop = shop
        if kind not in loaded:
            found = openings.load(
                booking.service, now=now, first=first, last=last, duration_minutes=booking.duration_minutes
            )
            under = Worked(shop, closure.added_to(closure.taken_from(found.hours)), first=first, last=last)
            loaded[kind] = [
                Opening(to_datetime(minute), performer)
                for performer in found.performers
                if found.service.is_active and shop.is_active
                for minute in performer.free()
                if under.is_worked(
                    performer.staff.pk,
                    to_datetime(minute),
                    to_datetime(minute + performer.duration_minutes),
                )
            ]
        result[booking.pk] = _best(booking, loaded[kind], promised, only)
        if result[booking.pk]:
            top = result[booking.pk][0]
            service = booking.service
            promised.append(
                (
                    top.performer.staff.pk,
                    top.start - timedelta(minutes=service.buffer_before_minutes),
                    top.end + timedelta(minutes=service.buffer_after_minutes),
                )
            )
    return result


def _best(
    booking: Booking,
    found: list[Opening],
    promised: list[tuple[uuid.UUID, datetime, datetime]],
    only: StaffMember | None,
) -> list[Opening]:
    def is_promised(one: Opening) -> bool:
        service = booking.service
        start = one.start - timedelta(minutes=service.buffer_before_minutes)
        end = one.end + timedelta(minutes=service.buffer_after_minutes)
        return any(who == one.performer.staff.pk and start < to and frm < end for who, frm, to in promised)

    def rank(one: Opening) -> tuple[bool, timedelta, bool]:
        is_same_time = one.start == booking.starts_at
        is_same_person = one.performer.staff.pk == booking.staff_member_id
        return not is_same_time, abs(one.start - booking.starts_at), not is_same_person

    ordered = sorted((one for one in found if only is None or one.performer.staff.pk == only.pk), key=rank)
    same_time = takewhile(lambda one: one.start == booking.starts_at, ordered)
    same_person = (one for one in ordered if one.performer.staff.pk == booking.staff_member_id)
    chosen: list[Opening] = []
    for one in chain(same_time, same_person, ordered):
        # Not three times in a row a quarter of an hour apart: the next one is at least an hour from those before.
        if all(abs(one.start - other.start) >= timedelta(hours=1) for other in chosen) and not is_promised(one):
            chosen.append(one)
        if len(chosen) == MAX_OFFERS:
            break
    return chosen
