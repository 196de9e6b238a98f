"""Random shops, people, claims and wishes, most of them on the days when clocks change."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TypedDict
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from beautydrop.availability import Ask, DayException, Interval, WeeklyHours

DAY = timedelta(days=1)
FIRST_DAY, LAST_DAY = date(2005, 1, 2), date(2032, 12, 30)

ZONES = [
    "Europe/Berlin",
    "America/Los_Angeles",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Africa/Cairo",
    "Asia/Beirut",
    "Pacific/Apia",
    "Europe/Dublin",
    "America/Asuncion",
    "America/Havana",
    "Atlantic/Azores",
    "Africa/Casablanca",
    "Antarctica/Troll",
    "Pacific/Chatham",
    "America/Caracas",
    # Until 2011 its clocks went back at 00:01, into the day before.
    "America/St_Johns",
    # No change in these years, but odd offsets.
    "Asia/Kolkata",
    "Asia/Kathmandu",
]

# Around midnight and the hours at which clocks change, and some of a working day.
CLOCK_TIMES = """
    00:00 00:00 00:00 00:01 00:15 00:30 00:45 01:00 01:15 01:30 01:45 01:59 02:00 02:01 02:15 02:30 02:45
    03:00 03:01 03:30 04:00 06:00 09:00 09:10 12:00 13:30 17:00 20:00 22:00 22:30 23:00 23:01 23:30 23:59
"""


class Hours(TypedDict):
    """The arguments that say who works when."""

    zone: ZoneInfo
    shop_hours: list[WeeklyHours]
    shop_exceptions: list[DayException]
    staff_hours: list[WeeklyHours]
    staff_exceptions: list[DayException]
    default_interval: int


@dataclass(frozen=True)
class World:
    hours: Hours
    first: date
    last: date
    busy: list[Interval]
    ask: Ask

    @property
    def zone(self) -> ZoneInfo:
        return self.hours["zone"]


@lru_cache
def days_of_change(zone_name: str) -> list[date]:
    """The days on which, or on whose eve, the zone changed its offset from UTC."""
    zone = ZoneInfo(zone_name)
    noons = [datetime.combine(FIRST_DAY, time(12)) + DAY * index for index in range((LAST_DAY - FIRST_DAY).days)]
    offsets = [noon.replace(tzinfo=zone).utcoffset() for noon in noons]
    return [
        noon.date() for noon, before, after in zip(noons[1:], offsets, offsets[1:], strict=False) if before != after
    ]


clock_times = st.sampled_from([time.fromisoformat(text) for text in CLOCK_TIMES.split()]) | st.builds(
    time, st.integers(0, 23), st.integers(0, 59)
)
pairs = st.tuples(clock_times, clock_times)
grids = st.sampled_from([15, 30, 10, 5, 20, 60, 45, 90, 7, 1])


@st.composite
def rows(draw: st.DrawFn, first: date, last: date) -> WeeklyHours:
    """A row that is likely to matter on the days first to last."""
    span = (last - first).days
    near = st.dates(first - 3 * DAY, last + 3 * DAY)
    is_season = draw(st.integers(0, 4)) == 0
    return WeeklyHours(
        weekday=(first + DAY * draw(st.integers(-1, span + 1))).weekday(),
        start=draw(clock_times),
        end=draw(clock_times),
        interval=draw(grids),
        valid_from=draw(st.none() | near) if is_season else None,
        valid_until=draw(st.none() | near) if is_season else None,
    )


@st.composite
def exceptions(draw: st.DrawFn, first: date, last: date) -> DayException:
    begin = draw(st.integers(-2, (last - first).days + 1))
    return DayException(
        first=first + DAY * begin,
        last=first + DAY * (begin + draw(st.integers(0, 2))),
        opens=tuple(draw(st.lists(pairs, min_size=1, max_size=3))) if draw(st.integers(0, 3)) else (),
        interval=draw(st.none() | grids),
        is_time_off=draw(st.booleans()),
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """One to three days in the life of a shop and one staff member."""
    zone = draw(st.sampled_from(ZONES))
    changes = days_of_change(zone)
    is_ordinary = draw(st.integers(0, 5)) == 5
    if changes and not is_ordinary:
        first = draw(st.sampled_from(changes)) + DAY * draw(st.sampled_from([-1, 0, -1, 0, -2, 1]))
    else:
        first = draw(st.dates(FIRST_DAY, LAST_DAY))
    last = first + DAY * draw(st.integers(0, 2))
    some_rows = rows(first, last)
    some_exceptions = exceptions(first, last)
    hours: Hours = {
        "zone": ZoneInfo(zone),
        "shop_hours": draw(st.lists(some_rows, min_size=draw(st.sampled_from([4, 0])), max_size=8)),
        "shop_exceptions": draw(st.lists(some_exceptions, max_size=2)) if draw(st.booleans()) else [],
        "staff_hours": draw(st.lists(some_rows, min_size=3, max_size=6)) if draw(st.booleans()) else [],
        "staff_exceptions": draw(st.lists(some_exceptions, max_size=2)) if draw(st.booleans()) else [],
        "default_interval": draw(grids),
    }
    # Midnight in Greenwich is near enough to spread claims and bounds over the days.
    base = (first.toordinal() - date(1970, 1, 1).toordinal()) * 1440
    span = ((last - first).days + 1) * 1440
    claims = st.tuples(st.integers(-900, span + 900), st.sampled_from([30, 60, 1, 15, 45, 90, 300, 0]))
    return World(
        hours,
        first,
        last,
        busy=[(base + offset, base + offset + length) for offset, length in draw(st.lists(claims, max_size=10))],
        ask=draw(asks(base, span)),
    )


@st.composite
def asks(draw: st.DrawFn, base: int, span: int) -> Ask:
    buffers = st.sampled_from([0, 5, 10, 15, 1, 30, 61])
    is_bounded = draw(st.booleans())
    return Ask(
        duration=draw(st.sampled_from([30, 60, 15, 1, 45, 75, 120, 20, 240, 600]) | st.integers(1, 1600)),
        buffer_before=draw(buffers),
        buffer_after=draw(buffers),
        earliest=base + draw(st.integers(-900, span)) if is_bounded else base - 3000,
        latest=base + draw(st.integers(0, span + 1500)) if is_bounded else base + span + 3000,
    )
