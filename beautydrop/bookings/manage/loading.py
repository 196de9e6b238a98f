"""What a calendar shows, read in three queries: people with their blocks and absences, bookings, working hours."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from beautydrop.availability import Interval, day_bounds, merge, to_datetime
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import State
from beautydrop.scheduling.models import ScheduleException, TimeSlot
from beautydrop.scheduling.openings import load_hours
from beautydrop.shops.models import Shop, StaffMember

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Blocked:
    """Time that is kept free of bookings, [start, end), and the words for it."""

    id: uuid.UUID
    start: datetime
    end: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Absence:
    """An exception of the hours on the local days first..last; `is_closed` without special hours."""

    first: date
    last: date
    is_of_shop: bool
    is_closed: bool
    words: str


@dataclass(slots=True)
class Person:
    """One staff member with all that lies in the range. `windows` are merged UTC minutes."""

    staff: StaffMember
    windows: list[Interval] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)
    blocks: list[Blocked] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)

    def absence_on(self, day: date) -> Absence | None:
        """What closes the local `day` for this person, the shop's closure first."""
        found = [one for one in self.absences if one.is_closed and one.first <= day <= one.last]
        return min(found, key=lambda one: not one.is_of_shop, default=None)


def people_between(
    shop: Shop, *, first: date, last: date, now: datetime, only: Iterable[uuid.UUID] | None = None
) -> list[Person]:
    """Everybody who takes bookings, and whoever has some, on the local days first..last: three queries.

    Bookings that touch the range, soonest first, each with `claimed_from` and `claimed_to` (None without claimed
    time). Holds that ran out are left out.
    """
    begin, end = to_datetime(day_bounds(first, shop.zone)[0]), to_datetime(day_bounds(last, shop.zone)[1])
    # Hours that begin on the last day may run past its midnight.
    reach = end + _DAY
    wanted = set(only) if only is not None else None
    staff = StaffMember.objects.filter(shop=shop).annotate(
        blocked=ArraySubquery(
            TimeSlot.objects.filter(
                staff_member=OuterRef("pk"), status=TimeSlot.Status.BLOCKED, start_at__lt=reach, end_at__gt=begin
            )
            .order_by("start_at")
            .values(row=JSONObject(id="id", start="start_at", end="end_at", note="note"))
        ),
        exceptions=ArraySubquery(
            ScheduleException.objects.filter(
                Q(staff_member=OuterRef("pk")) | Q(staff_member=None),
                shop=shop,
                start_date__lte=last,
                end_date__gte=first,
            ).values(
                row=JSONObject(
                    first="start_date", last="end_date", reason="reason", note="note", staff="staff_member_id"
                )
            )
        ),
    )
    if wanted is not None:
        staff = staff.filter(pk__in=wanted)
    by_id = {row.pk: _person(row) for row in staff}
    hours = load_hours([shop], by_id, first=first, last=last)[shop.pk]
    edge = day_bounds(last, shop.zone)[1]
    for one in by_id.values():
        windows = hours.windows(one.staff.pk, shop, first=first, last=last)
        one.windows = merge((item.start, item.end) for item in windows if item.start < edge)
    worked_until = to_datetime(max([edge, *(item[1] for one in by_id.values() for item in one.windows)]))
    for booking in _bookings(shop, begin, worked_until, now):
        if booking.staff_member_id in by_id:
            by_id[booking.staff_member_id].bookings.append(booking)
    return [one for one in by_id.values() if one.staff.is_active or one.bookings or one.blocks]


def _bookings(shop: Shop, begin: datetime, end: datetime, now: datetime) -> Iterable[Booking]:
    claim = TimeSlot.objects.filter(claim_id=OuterRef("pk"))
    return (
        Booking.objects.filter(shop=shop, starts_at__gte=begin - _DAY, starts_at__lt=end, ends_at__gt=begin)
        .exclude(cancel_reason=Booking.CancelReason.EXPIRED)
        .exclude(status=State.PENDING, expires_at__lte=now)
        .annotate(
            claimed_from=Subquery(claim.order_by("start_at").values("start_at")[:1]),
            claimed_to=Subquery(claim.order_by("-end_at").values("end_at")[:1]),
        )
        .order_by("starts_at", "pk")
    )


def _person(row: StaffMember) -> Person:
    blocked: list[dict[str, Any]] = row.blocked  # type: ignore[attr-defined]
    exceptions: list[dict[str, Any]] = row.exceptions  # type: ignore[attr-defined]
    return Person(
        staff=row,
        blocks=[
            Blocked(
                uuid.UUID(one["id"]),
                datetime.fromisoformat(one["start"]),
                datetime.fromisoformat(one["end"]),
                one["note"],
            )
            for one in blocked
        ],
        absences=[
            Absence(
                first=date.fromisoformat(one["first"]),
                last=date.fromisoformat(one["last"]),
                is_of_shop=one["staff"] is None,
                is_closed=one["reason"] != ScheduleException.Reason.SPECIAL,
                words=one["note"] or str(ScheduleException.Reason(one["reason"]).label),
            )
            for one in exceptions
        ],
    )


def by_day(bookings: Iterable[Booking]) -> dict[date, list[Booking]]:
    """Bookings by the local day on which they start."""
    found: dict[date, list[Booking]] = defaultdict(list)
    for booking in bookings:
        found[booking.starts_at.astimezone(booking.zone).date()].append(booking)
    return found
