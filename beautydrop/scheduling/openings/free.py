"""The free times of a service, and who would do it."""

import uuid
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from beautydrop.availability import (
    Ask,
    Interval,
    Refusal,
    Window,
    ceil_minutes,
    day_bounds,
    free_starts,
    local_date,
    minutes_of,
    refusal,
    state_at,
    to_datetime,
)
from beautydrop.scheduling.openings.busy import Busy, load_busy
from beautydrop.scheduling.openings.hours import Hours, bookable_days
from beautydrop.shops.models import Service, StaffMember


@dataclass(frozen=True, slots=True)
class Performer:
    """A staff member who does the service, with their own price and duration, hours and claims."""

    staff: StaffMember
    price: Decimal
    duration_minutes: int
    is_primary: bool
    ask: Ask
    windows: Sequence[Window]
    busy: Busy
    # All free starts once they were asked for: a week's strip asks for each of its days.
    _found: list[list[int]] = field(default_factory=list, init=False, repr=False, compare=False)

    def free(self, frm: int | None = None, to: int | None = None) -> list[int]:
        """Free starts (UTC minutes) in [frm, to)."""
        if not self._found:
            self._found.append(free_starts(self.windows, self.busy.intervals, self.ask))
        starts = self._found[0]
        low = 0 if frm is None else bisect_left(starts, frm)
        return starts[low:] if to is None else starts[low : bisect_left(starts, to)]


@dataclass(frozen=True, slots=True)
class Opening:
    """A start that can be booked now: an aware UTC instant and who would do it."""

    start: datetime
    performer: Performer

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.performer.duration_minutes)


class Openings:
    """The free times of one service on the local days `first`..`last` of its shop."""

    def __init__(
        self,
        *,
        service: Service,
        zone: ZoneInfo,
        first: date,
        last: date,
        hours: Hours,
        performers: list[Performer],
        own_claim: uuid.UUID | None = None,
    ) -> None:
        self.service = service
        self.zone = zone
        self.first = first
        self.last = last
        self.hours = hours
        self.performers = performers
        self.own_claim = own_claim
        # By day, the place of each performer (by identity) in the order of preference.
        self._order: dict[date, dict[int, int]] = {}

    def bounds(self, day: date) -> Interval:
        """The local day as UTC minutes [midnight, next midnight)."""
        return day_bounds(day, self.zone)

    @property
    def prices(self) -> set[Decimal]:
        """What those who do it take for it; the service's own price while nobody does."""
        return {one.price for one in self.performers} or {self.service.price}

    def performer(self, staff_id: uuid.UUID) -> Performer | None:
        return next((one for one in self.performers if one.staff.pk == staff_id), None)

    def on(self, day: date, staff_id: uuid.UUID | None = None) -> list[Opening]:
        """Openings that start on the local `day`, by time; for anyone, each with the person who would get it."""
        frm, to = self.bounds(day)
        return self.between(frm, to, staff_id)

    def between(self, frm: int, to: int, staff_id: uuid.UUID | None = None) -> list[Opening]:
        """Openings with frm <= start < to (UTC minutes), one per start."""
        free: dict[int, list[Performer]] = defaultdict(list)
        for performer in self._candidates(staff_id):
            for start in performer.free(frm, to):
                free[start].append(performer)
        return [Opening(to_datetime(start), self._choose(start, free[start])) for start in sorted(free)]

    def starts_on(self, day: date, staff_id: uuid.UUID | None = None) -> int:
        """How many different starts are free on the local `day`."""
        frm, to = self.bounds(day)
        starts: set[int] = set()
        for performer in self._candidates(staff_id):
            starts.update(performer.free(frm, to))
        return len(starts)

    def count(self) -> int:
        """How many different starts are free on the loaded days."""
        end = self.bounds(self.last)[1]
        return len({start for performer in self._candidates(None) for start in performer.free(to=end)})

    def first_free(
        self,
        staff_id: uuid.UUID | None = None,
        *,
        frm: int | None = None,
        to: int | None = None,
        limit: int = 1,
    ) -> list[Opening]:
        """The first `limit` openings in [frm, to), and never after the loaded days: claims are known for those only."""
        end = self.bounds(self.last)[1]
        to = end if to is None else min(to, end)
        free: dict[int, list[Performer]] = defaultdict(list)
        for performer in self._candidates(staff_id):
            for start in performer.free(frm, to)[:limit]:
                free[start].append(performer)
        chosen = sorted(free)[:limit]
        for performer in self._candidates(staff_id):  # whoever is free later than their own first few
            for start in chosen:
                if performer not in free[start] and performer.free(start, start + 1):
                    free[start].append(performer)
        return [Opening(to_datetime(start), self._choose(start, free[start])) for start in chosen]

    def last_free(self, staff_id: uuid.UUID | None = None, *, frm: int, to: int) -> Opening | None:
        """The latest opening in [frm, to)."""
        starts = [found[-1] for one in self._candidates(staff_id) if (found := one.free(frm, to))]
        return self.at(to_datetime(max(starts)), staff_id) if starts else None

    def look_ahead(
        self, after: date, *, now: datetime, staff_id: uuid.UUID | None = None, limit: int = 1
    ) -> list[Opening]:
        """The first `limit` openings from the local day `after` to the horizon: one more query."""
        _today, horizon = bookable_days(self.service.shop, now)
        if after > horizon:
            return []
        candidates = self._candidates(staff_id)
        busy = load_busy(
            [one.staff.pk for one in candidates],
            first=after,
            last=horizon,
            shops=[self.service.shop],
            now=now,
            own_claim=self.own_claim,
            merged=True,
        )
        later = [
            replace(
                one,
                windows=self.hours.windows(one.staff.pk, self.service.shop, first=after, last=horizon),
                busy=busy.get(one.staff.pk) or Busy(),
            )
            for one in candidates
        ]
        ahead = Openings(
            service=self.service,
            zone=self.zone,
            first=after,
            last=horizon,
            hours=self.hours,
            performers=later,
            own_claim=self.own_claim,
        )
        return ahead.first_free(staff_id, frm=self.bounds(after)[0], limit=limit)

    def at(self, start: datetime, staff_id: uuid.UUID | None = None) -> Opening | None:
        """The opening at this very start, or None when it cannot be booked."""
        if minutes_of(start) != ceil_minutes(start):
            return None
        minute = minutes_of(start)
        found = self.between(minute, minute + 1, staff_id)
        return found[0] if found else None

    def refusal(self, start: datetime, staff_id: uuid.UUID | None = None) -> Refusal | None:
        """Why `start` cannot be booked (for anyone: the reason of whoever comes closest), or None if it can."""
        if self.at(start, staff_id) is not None:
            return None
        if not self.service.is_active or not self.service.shop.is_active:
            return Refusal.INACTIVE
        candidates = self._candidates(staff_id)
        if not candidates:
            return Refusal.NOT_OFFERED
        if minutes_of(start) != ceil_minutes(start):
            return Refusal.OFF_GRID
        minute = minutes_of(start)
        reasons = {self._refusal_by(one, minute) for one in candidates}
        return next((reason for reason in _CLOSEST_FIRST if reason in reasons), Refusal.TAKEN)

    def _refusal_by(self, performer: Performer, minute: int) -> Refusal | None:
        state = state_at(
            minute,
            performer.duration_minutes,
            zone=self.zone,
            shop_hours=self.hours.shop,
            shop_exceptions=self.hours.shop_exceptions,
            staff_hours=self.hours.staff.get(performer.staff.pk, ()),
            staff_exceptions=self.hours.staff_exceptions.get(performer.staff.pk, ()),
        )
        return refusal(minute, performer.windows, performer.busy.intervals, performer.ask, day_state=state)

    def is_worked(self, day: date, staff_id: uuid.UUID | None = None) -> bool:
        """True when somebody who does the service works on the local `day`."""
        frm, to = self.bounds(day)
        return any(
            window.start < to and window.end > frm for one in self._candidates(staff_id) for window in one.windows
        )

    def _candidates(self, staff_id: uuid.UUID | None) -> list[Performer]:
        if not self.service.is_active or not self.service.shop.is_active:
            return []
        return self.performers if staff_id is None else [one for one in self.performers if one.staff.pk == staff_id]

    def _choose(self, start: int, free: list[Performer]) -> Performer:
        """ "Anyone free": primary staff first, then who has least booked that day, then by name."""
        if len(free) == 1:
            return free[0]
        day = local_date(start, self.zone)
        if day not in self._order:
            self._order[day] = {id(one): rank for rank, one in enumerate(self._by_preference(day))}
        order = self._order[day]
        return min(free, key=lambda one: order[id(one)])

    def _by_preference(self, day: date) -> list[Performer]:
        frm, to = self.bounds(day)

        def booked_minutes(one: Performer) -> int:
            return sum(min(end, to) - max(start, frm) for start, end in one.busy.bookings if start < to and end > frm)

        return sorted(
            self.performers,
            key=lambda one: (not one.is_primary, booked_minutes(one), one.staff.name, one.staff.pk),
        )


_CLOSEST_FIRST = (
    Refusal.TAKEN,
    Refusal.BUFFER,
    Refusal.OFF_GRID,
    Refusal.TOO_SOON,
    Refusal.TOO_FAR,
    Refusal.OUTSIDE_HOURS,
    Refusal.TIME_OFF,
    Refusal.CLOSED,
)


def nearest(openings: list[Opening], start: datetime, limit: int = 3) -> list[Opening]:
    """The `limit` openings nearest to `start`, in order of time."""
    position = bisect_left([one.start for one in openings], start)
    around = openings[max(0, position - limit) : position + limit]
    return sorted(sorted(around, key=lambda one: abs(one.start - start))[:limit], key=lambda one: one.start)
