"""The rules once more, slow and obvious, to judge the engine by.

It walks UTC minutes one by one, lets zoneinfo say what the wall clock shows at each, and finds out from that
alone which minutes are worked. It never turns a local time into UTC and uses nothing of the engine but the
shapes of its arguments.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from beautydrop.availability import Ask, DayException, WeeklyHours

DAY = timedelta(days=1)
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class WorkedTime:
    """Consecutive worked minutes with one grid, which begins at the first of them."""

    minutes: range
    interval: int


def wall(day: date, clock: time) -> int:
    """A reading of the wall clock as one number: minutes since 1970-01-01 00:00 on that clock."""
    return (day.toordinal() - EPOCH_ORDINAL) * 1440 + clock.hour * 60 + clock.minute


@lru_cache(maxsize=4000)
def wall_clock(zone_name: str, utc_day: int) -> tuple[int, ...]:
    """What the wall clock shows at each of the 1,440 minutes of a day of UTC."""
    zone = ZoneInfo(zone_name)
    shown = []
    for minute in range(utc_day * 1440, utc_day * 1440 + 1440):
        local = datetime.fromtimestamp(minute * 60, zone)
        shown.append((local.toordinal() - EPOCH_ORDINAL) * 1440 + local.hour * 60 + local.minute)
    return tuple(shown)


@lru_cache(maxsize=64)
def walk(zone_name: str, day: date) -> tuple[int, tuple[int, ...]]:
    """All UTC minutes that may belong to a local day or the next: the first, and the clock from there."""
    first = day.toordinal() - EPOCH_ORDINAL - 1
    return first * 1440, tuple(shown for utc_day in range(first, first + 4) for shown in wall_clock(zone_name, utc_day))


def minutes_between(zone_name: str, day: date, opening: time, closing: time) -> range:
    """The UTC minutes worked when the hours of `day` are opening to closing."""
    begin = wall(day, opening)
    finish = wall(day if closing > opening else day + DAY, closing)
    first, clock = walk(zone_name, day)
    # Open from the first minute at which the clock shows the opening time, or from the end of the gap.
    after = next((index for index, shown in enumerate(clock) if shown > begin), None)
    opened = clock.index(begin) if begin in clock else after
    assert opened is not None
    # Closed from the last minute at which it shows the closing time, or from the end of the gap.
    if finish in clock:
        closed = len(clock) - 1 - clock[::-1].index(finish)
    else:
        closed = next(index for index, shown in enumerate(clock) if shown > finish)
    return range(first + opened, first + closed)


def runs(minutes: Collection[int]) -> Iterator[range]:
    """Minutes as stretches without a hole."""
    begin: int | None = None
    for minute in sorted(minutes):
        if begin is None:
            begin = minute
        if minute + 1 not in minutes:
            yield range(begin, minute + 1)
            begin = None


def worked_on(
    day: date,
    *,
    zone: ZoneInfo,
    shop_hours: Collection[WeeklyHours],
    shop_exceptions: Collection[DayException],
    staff_hours: Collection[WeeklyHours] = (),
    staff_exceptions: Collection[DayException] = (),
    default_interval: int = 15,
) -> list[WorkedTime]:
    """What is worked on the hours of one local day."""

    def today(exceptions: Iterable[DayException]) -> list[DayException]:
        return [item for item in exceptions if item.first <= day and day <= item.last]

    def stretch(opening: time, closing: time, interval: int) -> WorkedTime:
        return WorkedTime(minutes_between(zone.key, day, opening, closing), interval)

    def special(exceptions: Iterable[DayException]) -> list[WorkedTime]:
        return [
            stretch(opening, closing, item.interval or default_interval)
            for item in today(exceptions)
            for opening, closing in item.opens
        ]

    def weekly(hours: Iterable[WeeklyHours]) -> list[WorkedTime]:
        return [
            stretch(row.start, row.end, row.interval)
            for row in hours
            if row.weekday == day.weekday()
            and (row.valid_from or date.min) <= day
            and day <= (row.valid_until or date.max)
        ]

    if any(item.opens == () for item in [*today(shop_exceptions), *today(staff_exceptions)]):
        found = []
    elif today(staff_exceptions):
        found = special(staff_exceptions)
    elif not staff_hours:
        found = special(shop_exceptions) if today(shop_exceptions) else weekly(shop_hours)
    elif today(shop_exceptions):
        opened = {minute for item in special(shop_exceptions) for minute in item.minutes}
        found = [
            WorkedTime(run, item.interval)
            for item in weekly(staff_hours)
            for run in runs(opened.intersection(item.minutes))
        ]
    else:
        found = weekly(staff_hours)
    return [item for item in found if item.minutes]


def first_minute(day: date, zone: ZoneInfo) -> int:
    """The first UTC minute at which the wall clock shows `day` or, when the zone skipped it, a later one."""
    first, clock = walk(zone.key, day)
    return first + next(index for index, shown in enumerate(clock) if shown >= wall(day, time(0)))


def worked(*, zone: ZoneInfo, first: date, last: date, **hours: object) -> list[WorkedTime]:
    """What is worked on the days first to last, and what reaches into `first` from the day before."""
    found = []
    for offset in range(-1, (last - first).days + 1):
        for item in worked_on(first + offset * DAY, zone=zone, **hours):  # type: ignore[arg-type]
            if offset >= 0 or item.minutes[-1] >= first_minute(first, zone):
                found.append(item)
    return found


def window_tuples(found: Iterable[WorkedTime]) -> set[tuple[int, int, int]]:
    """(start, end, interval) of each stretch, to compare with the engine's windows."""
    return {(item.minutes.start, item.minutes.stop, item.interval) for item in found}


def verdicts(
    found: list[WorkedTime], busy: Iterable[tuple[int, int]], ask: Ask, minutes: Iterable[int]
) -> dict[int, str]:
    """For each minute as a start: "free", or why it is not."""
    open_minutes = {minute for item in found for minute in item.minutes}
    grid = {minute for item in found for minute in item.minutes[:: item.interval]}
    taken = {minute for start, end in busy for minute in range(start, end)}

    def verdict(start: int) -> str:
        if start < ask.earliest:
            return "too_soon"
        if start >= ask.latest:
            return "too_far"
        end = start + ask.duration
        if not open_minutes.issuperset(range(start, end)):
            return "not_worked"
        if start not in grid:
            return "off_grid"
        if not taken.isdisjoint(range(start, end)):
            return "taken"
        if not taken.isdisjoint(range(start - ask.buffer_before, end + ask.buffer_after)):
            return "buffer"
        return "free"

    return {start: verdict(start) for start in minutes}
