"""Every window of a whole year in six zones, against the oracle that walks its half a million minutes."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from beautydrop.availability import DayException, WeeklyHours, working_windows

from . import oracle
from .worlds import Hours

DAY = timedelta(days=1)

# Nights, breaks, whole days, minutes that clocks skip and minutes that they repeat.
WEEK = [
    (0, "00:00", "00:00"),
    (1, "09:00", "13:00"),
    (1, "14:00", "23:59"),
    (2, "20:00", "02:30"),
    (3, "22:00", "00:00"),
    (4, "23:30", "01:45"),
    (5, "21:00", "06:00"),
    (6, "00:00", "01:30"),
    (6, "02:15", "02:45"),
    (6, "10:00", "18:00"),
]


@pytest.mark.parametrize(
    ("zone", "year"),
    [
        ("Europe/Berlin", 2026),
        ("America/Los_Angeles", 2026),
        ("Australia/Lord_Howe", 2026),
        ("America/Sao_Paulo", 2018),
        ("Africa/Cairo", 2024),
        ("Pacific/Apia", 2011),
    ],
)
def test_a_year_of_windows(zone: str, year: int) -> None:
    first = date(year, 1, 1)
    last = first + 364 * DAY
    shop = [
        WeeklyHours(weekday, time.fromisoformat(start), time.fromisoformat(end), 15) for weekday, start, end in WEEK
    ]
    own = [WeeklyHours(row.weekday, row.start, row.end, 20, date(year, 3, 1), date(year, 10, 28)) for row in shop[::2]]
    every_tenth = [first + DAY * index for index in range(0, 365, 10)]
    hours: Hours = {
        "zone": ZoneInfo(zone),
        "shop_hours": shop,
        "shop_exceptions": [DayException(day, day, ((time(1, 30), time(2, 30)),)) for day in every_tenth],
        "staff_hours": [],
        "staff_exceptions": [DayException(day + DAY, day + DAY) for day in every_tenth],
        "default_interval": 30,
    }
    for staff_hours in ([], own):
        hours["staff_hours"] = staff_hours
        windows = working_windows(first=first, last=last, **hours)
        found = oracle.worked(first=first, last=last, **hours)
        assert {(item.start, item.end, item.interval) for item in windows} == oracle.window_tuples(found)
        assert len(windows) > 100
