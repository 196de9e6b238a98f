"""Rows → engine → free times. Pages, claims, search and the API all read free time here.

Loading costs at most four queries, whatever the number of days, staff members and bookings: who does
the service, the weekly hours, the exceptions, the claims. Instants inside are whole UTC minutes.
"""

import uuid
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Q

from beautydrop.availability import (
    Ask,
    DayException,
    Interval,
    Refusal,
    WeeklyHours,
    Window,
    ceil_minutes,
    day_bounds,
    free_starts,
    local_date,
    minutes_of,
    refusal,
    state_at,
    to_datetime,
    working_windows,
)
from beautydrop.scheduling.models import Schedule, ScheduleException
from beautydrop.shops.models import Service, Shop, StaffMember, StaffServiceAssignment

# A window of the day before may run past midnight, and a claim may begin before its service.
_MARGIN_MINUTES = 24 * 60
# A service may begin in a window of one day and end in a touching one of the next.
_DAY = timedelta(days=1)

_BUSY_SQL = """
    SELECT staff_member_id,
           floor(extract(epoch FROM start_at) / 60)::bigint,
           ceil(extract(epoch FROM end_at) / 60)::bigint,
           status <> 'blocked'
      FROM scheduling_timeslot
     WHERE staff_member_id = ANY(%(staff)s)
       AND tstzrange(start_at, end_at, '[)') && tstzrange(%(start)s, %(end)s, '[)')
       AND (expires_at IS NULL OR expires_at > %(now)s)
       AND claim_id IS DISTINCT FROM %(own)s
"""

# The same, with touching claims joined by the server: a fully booked day is a few rows, not fifty.
_MERGED_BUSY_SQL = """
    SELECT staff_member_id,
           floor(extract(epoch FROM lower(busy)) / 60)::bigint,
           ceil(extract(epoch FROM upper(busy)) / 60)::bigint,
           true
      FROM (SELECT staff_member_id, unnest(range_agg(tstzrange(start_at, end_at, '[)'))) AS busy
              FROM scheduling_timeslot
             WHERE staff_member_id = ANY(%(staff)s)
               AND tstzrange(start_at, end_at, '[)') && tstzrange(%(start)s, %(end)s, '[)')
               AND (expires_at IS NULL OR expires_at > %(now)s)
               AND claim_id IS DISTINCT FROM %(own)s
             GROUP BY staff_member_id) AS merged
"""


@dataclass(frozen=True, slots=True)
class Busy:
    """Claimed time of one staff member: intervals, and those of them that are bookings (not blocks)."""

    intervals: list[Interval] = field(default_factory=list)
    bookings: list[Interval] = field(default_factory=list)


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

    def free(self, frm: int | None = None, to: int | None = None) -> list[int]:
        """Free starts (UTC minutes) in [frm, to)."""
        return free_starts(self.windows, self.busy.intervals, self.ask, frm=frm, to=to)


@dataclass(frozen=True, slots=True)
class Opening:
    """A start that can be booked now: an aware UTC instant and who would do it."""

    start: datetime
    performer: Performer

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.performer.duration_minutes)


@dataclass(frozen=True, slots=True)
class Hours:
    """Weekly hours and exceptions of a shop and its staff, ready for the engine."""

    shop: tuple[WeeklyHours, ...]
    shop_exceptions: tuple[DayException, ...]
    staff: Mapping[uuid.UUID, tuple[WeeklyHours, ...]]
    staff_exceptions: Mapping[uuid.UUID, tuple[DayException, ...]]

    def windows(self, staff_id: uuid.UUID, shop: Shop, *, first: date, last: date) -> list[Window]:
        """What the staff member works on first..last; with the day after, where a service may end."""
        return working_windows(
            zone=shop.zone,
            first=first,
            last=last + _DAY,
            shop_hours=self.shop,
            shop_exceptions=self.shop_exceptions,
            staff_hours=self.staff.get(staff_id, ()),
            staff_exceptions=self.staff_exceptions.get(staff_id, ()),
            default_interval=shop.slot_interval_minutes,
        )


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
        self._booked: dict[tuple[uuid.UUID, date], int] = {}

    def bounds(self, day: date) -> Interval:
        """The local day as UTC minutes [midnight, next midnight)."""
        return day_bounds(day, self.zone)

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
        """How many different starts are free in all that is loaded."""
        return len({start for performer in self._candidates(None) for start in performer.free()})

    def first_free(
        self,
        staff_id: uuid.UUID | None = None,
        *,
        frm: int | None = None,
        to: int | None = None,
        limit: int = 1,
    ) -> list[Opening]:
        """The first `limit` openings in [frm, to)."""
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
        return min(
            free,
            key=lambda one: (
                not one.is_primary,
                self._booked_minutes(one, day),
                one.staff.name,
                one.staff.pk,
            ),
        )

    def _booked_minutes(self, performer: Performer, day: date) -> int:
        key = (performer.staff.pk, day)
        if key not in self._booked:
            frm, to = self.bounds(day)
            self._booked[key] = sum(
                min(end, to) - max(start, frm) for start, end in performer.busy.bookings if start < to and end > frm
            )
        return self._booked[key]


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


def bookable_days(shop: Shop, now: datetime) -> tuple[date, date]:
    """Today and the last bookable day, both local dates of the shop."""
    today = now.astimezone(shop.zone).date()
    return today, today + timedelta(days=shop.horizon_days)


def load(
    service: Service,
    *,
    now: datetime,
    first: date,
    last: date,
    staff_id: uuid.UUID | None = None,
    own_claim: uuid.UUID | None = None,
    merged: bool = False,
    duration_minutes: int | None = None,
) -> Openings:
    """The openings of `service` (with its shop loaded) on the local days first..last, as of `now`.

    Time claimed by `own_claim` counts as free (rescheduling into one's own time), and `duration_minutes` is what
    was sold, whatever the service takes today. `merged` lets the server
    join touching claims: far faster over months, but then "least booked" counts blocks too.
    """
    loaded = load_many(
        [service],
        now=now,
        first=first,
        last=last,
        staff_id=staff_id,
        own_claim=own_claim,
        merged=merged,
        duration_minutes=duration_minutes,
    )
    return loaded[service.pk]


def load_many(
    services: Sequence[Service],
    *,
    now: datetime,
    first: date,
    last: date,
    staff_id: uuid.UUID | None = None,
    own_claim: uuid.UUID | None = None,
    merged: bool = False,
    duration_minutes: int | None = None,
) -> dict[uuid.UUID, Openings]:
    """As `load`, for several services of any shops (each day is local to its shop) in the same four queries."""
    by_service: dict[uuid.UUID, list[StaffServiceAssignment]] = defaultdict(list)
    assignments = StaffServiceAssignment.objects.filter(
        service__in=[service.pk for service in services], staff_member__is_active=True
    ).select_related("staff_member")
    if staff_id is not None:
        assignments = assignments.filter(staff_member=staff_id)
    for assignment in assignments:
        by_service[assignment.service_id].append(assignment)
    staff_ids = {one.staff_member_id for rows in by_service.values() for one in rows}
    shops = {service.shop_id: service.shop for service in services}

    # To the horizon, so that looking ahead needs no second look: there are few exceptions.
    furthest = max([last, *(bookable_days(shop, now)[1] for shop in shops.values())])
    hours = load_hours(list(shops.values()), staff_ids, first=first, last=furthest)
    busy = load_busy(
        staff_ids, first=first, last=last, shops=shops.values(), now=now, own_claim=own_claim, merged=merged
    )

    windows: dict[uuid.UUID, list[Window]] = {}
    result = {}
    for service in services:
        shop, rules = service.shop, hours[service.shop_id]
        zone = shop.zone
        _today, horizon = bookable_days(shop, now)
        earliest = ceil_minutes(now + timedelta(minutes=shop.lead_time_minutes))
        latest = day_bounds(horizon, zone)[1]
        performers = []
        for assignment in by_service[service.pk]:
            staff = assignment.staff_member
            assignment.service = service
            duration = duration_minutes or assignment.actual_duration_minutes
            if staff.pk not in windows:
                windows[staff.pk] = rules.windows(staff.pk, shop, first=first, last=last)
            performers.append(
                Performer(
                    staff=staff,
                    price=assignment.actual_price,
                    duration_minutes=duration,
                    is_primary=assignment.is_primary,
                    ask=Ask(
                        duration=duration,
                        buffer_before=service.buffer_before_minutes,
                        buffer_after=service.buffer_after_minutes,
                        earliest=earliest,
                        latest=latest,
                    ),
                    windows=windows[staff.pk],
                    busy=busy.get(staff.pk) or Busy(),
                )
            )
        performers.sort(key=lambda one: (one.staff.position, one.staff.name))
        result[service.pk] = Openings(
            service=service,
            zone=zone,
            first=first,
            last=last,
            hours=rules,
            performers=performers,
            own_claim=own_claim,
        )
    return result


def load_hours(
    shops: Sequence[Shop], staff_ids: Iterable[uuid.UUID], *, first: date, last: date
) -> dict[uuid.UUID, Hours]:
    """Weekly hours and the exceptions that touch first-1..last+1, by shop: two queries."""
    shop_ids = [shop.pk for shop in shops]
    mine = Q(staff_member=None) | Q(staff_member__in=list(staff_ids))
    weekly: dict[tuple[uuid.UUID, uuid.UUID | None], list[WeeklyHours]] = defaultdict(list)
    for row in Schedule.objects.filter(mine, shop__in=shop_ids, is_active=True):
        weekly[row.shop_id, row.staff_member_id].append(
            WeeklyHours(
                weekday=row.day_of_week,
                start=row.start_time,
                end=row.end_time,
                interval=row.slot_interval_minutes,
                valid_from=row.valid_from,
                valid_until=row.valid_until,
            )
        )
    exceptions: dict[tuple[uuid.UUID, uuid.UUID | None], list[DayException]] = defaultdict(list)
    for special in ScheduleException.objects.filter(
        mine, shop__in=shop_ids, end_date__gte=first - _DAY, start_date__lte=last + _DAY
    ):
        opens = ((special.start_time, special.end_time),) if special.start_time and special.end_time else ()
        exceptions[special.shop_id, special.staff_member_id].append(
            DayException(
                first=special.start_date,
                last=special.end_date,
                opens=opens,
                interval=None,
                is_time_off=special.reason == ScheduleException.Reason.TIME_OFF,
            )
        )
    result = {}
    for shop_id in shop_ids:
        result[shop_id] = Hours(
            shop=tuple(weekly[shop_id, None]),
            shop_exceptions=tuple(exceptions[shop_id, None]),
            staff={who: tuple(rows) for (where, who), rows in weekly.items() if who and where == shop_id},
            staff_exceptions={
                who: tuple(rows) for (where, who), rows in exceptions.items() if who and where == shop_id
            },
        )
    return result


def shop_windows(shop: Shop, hours: Hours, *, first: date, last: date) -> list[Window]:
    """When the shop itself is open: the windows that start on first..last."""
    return working_windows(
        zone=shop.zone,
        first=first,
        last=last,
        shop_hours=hours.shop,
        shop_exceptions=hours.shop_exceptions,
        default_interval=shop.slot_interval_minutes,
    )


def load_busy(
    staff_ids: Iterable[uuid.UUID],
    *,
    first: date,
    last: date,
    shops: Iterable[Shop],
    now: datetime,
    own_claim: uuid.UUID | None = None,
    merged: bool = False,
) -> dict[uuid.UUID, Busy]:
    """Claims of the staff members that touch the local days first..last (with a day's margin): one query."""
    ids = sorted(staff_ids)
    bounds = [edge for shop in shops for edge in (day_bounds(first, shop.zone)[0], day_bounds(last, shop.zone)[1])]
    if not ids or not bounds:
        return {}
    result: dict[uuid.UUID, Busy] = defaultdict(Busy)
    with connection.cursor() as cursor:
        cursor.execute(
            _MERGED_BUSY_SQL if merged else _BUSY_SQL,
            {
                "staff": ids,
                "start": to_datetime(min(bounds) - _MARGIN_MINUTES),
                "end": to_datetime(max(bounds) + _MARGIN_MINUTES),
                "now": now,
                "own": own_claim,
            },
        )
        for staff_id, start, end, is_booking in cursor.fetchall():
            busy = result[staff_id]
            busy.intervals.append((start, end))
            if is_booking:
                busy.bookings.append((start, end))
    return result


def next_free(
    service: Service,
    *,
    now: datetime,
    staff_id: uuid.UUID | None = None,
    after: date | None = None,
    limit: int = 1,
    own_claim: uuid.UUID | None = None,
    duration_minutes: int | None = None,
) -> list[Opening]:
    """The first `limit` openings from the local day `after` (default: today) to the shop's horizon; four queries."""
    today, horizon = bookable_days(service.shop, now)
    first = max(after or today, today)
    if first > horizon:
        return []
    openings = load(
        service,
        now=now,
        first=first,
        last=horizon,
        staff_id=staff_id,
        own_claim=own_claim,
        merged=True,
        duration_minutes=duration_minutes,
    )
    return openings.first_free(staff_id, frm=day_bounds(first, openings.zone)[0], limit=limit)


def nearest(openings: list[Opening], start: datetime, limit: int = 3) -> list[Opening]:
    """The `limit` openings nearest to `start`, in order of time."""
    position = bisect_left([one.start for one in openings], start)
    around = openings[max(0, position - limit) : position + limit]
    return sorted(sorted(around, key=lambda one: abs(one.start - start))[:limit], key=lambda one: one.start)
