"""Local time to UTC and back, at the clock changes that hurt."""

import ast
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import beautydrop.availability
from beautydrop.availability import (
    ceil_minutes,
    day_bounds,
    local_date,
    minutes_of,
    to_datetime,
    to_minutes,
)

from .clock import on, shown, utc


@pytest.mark.parametrize(
    ("zone", "local", "instant"),
    [
        ("Europe/Berlin", "2026-01-15 09:00", "2026-01-15 08:00"),
        ("Europe/Berlin", "2026-07-15 09:00", "2026-07-15 07:00"),
        ("Europe/Berlin", "2026-03-28 09:00", "2026-03-28 08:00"),
        ("Europe/Berlin", "2026-03-29 09:00", "2026-03-29 07:00"),
        ("Europe/Berlin", "2026-10-25 01:59", "2026-10-24 23:59"),
        ("Europe/Berlin", "2026-10-25 03:00", "2026-10-25 02:00"),
        ("America/Los_Angeles", "2026-07-04 20:00", "2026-07-05 03:00"),
        ("America/Los_Angeles", "2026-12-31 23:30", "2027-01-01 07:30"),
        ("Asia/Kolkata", "2026-05-01 09:00", "2026-05-01 03:30"),
        ("Asia/Kolkata", "2026-05-01 00:15", "2026-04-30 18:45"),
        ("Asia/Kathmandu", "2026-05-01 09:00", "2026-05-01 03:15"),
        ("Australia/Lord_Howe", "2026-07-01 09:00", "2026-06-30 22:30"),
        ("Australia/Lord_Howe", "2026-01-01 09:00", "2025-12-31 22:00"),
        ("Pacific/Apia", "2011-12-29 20:00", "2011-12-30 06:00"),
        ("Pacific/Apia", "2011-12-31 09:00", "2011-12-30 19:00"),
        ("Europe/Dublin", "2026-07-01 09:00", "2026-07-01 08:00"),
        ("Europe/Dublin", "2026-01-01 09:00", "2026-01-01 09:00"),
    ],
)
def test_a_time_that_occurs_once_is_that_instant(zone: str, local: str, instant: str) -> None:
    for opens in (True, False):
        assert shown(to_minutes(datetime.fromisoformat(local), ZoneInfo(zone), opens=opens)) == instant


@pytest.mark.parametrize(
    ("zone", "local", "instant"),
    [
        ("Europe/Berlin", "2026-03-29 02:00", "2026-03-29 01:00"),
        ("Europe/Berlin", "2026-03-29 02:30", "2026-03-29 01:00"),
        ("Europe/Berlin", "2026-03-29 02:59", "2026-03-29 01:00"),
        ("America/Los_Angeles", "2026-03-08 02:30", "2026-03-08 10:00"),
        ("Europe/Dublin", "2026-03-29 01:30", "2026-03-29 01:00"),
        # Half an hour only: 02:00 to 02:30 is missing.
        ("Australia/Lord_Howe", "2026-10-04 02:00", "2026-10-03 15:30"),
        ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:30"),
        ("Australia/Lord_Howe", "2026-10-04 02:29", "2026-10-03 15:30"),
        # Midnight itself is missing.
        ("America/Sao_Paulo", "2018-11-04 00:00", "2018-11-04 03:00"),
        ("America/Sao_Paulo", "2018-11-04 00:30", "2018-11-04 03:00"),
        ("Africa/Cairo", "2024-04-26 00:00", "2024-04-25 22:00"),
        ("Africa/Cairo", "2024-04-26 00:45", "2024-04-25 22:00"),
        ("Asia/Beirut", "2026-03-29 00:00", "2026-03-28 22:00"),
        ("America/Asuncion", "2023-10-01 00:20", "2023-10-01 04:00"),
        # A whole day is missing.
        ("Pacific/Apia", "2011-12-30 00:00", "2011-12-30 10:00"),
        ("Pacific/Apia", "2011-12-30 12:00", "2011-12-30 10:00"),
        ("Pacific/Apia", "2011-12-30 23:59", "2011-12-30 10:00"),
    ],
)
def test_a_time_that_does_not_exist_is_the_end_of_the_gap(zone: str, local: str, instant: str) -> None:
    for opens in (True, False):
        for fold in (0, 1):
            naive = datetime.fromisoformat(local).replace(fold=fold)
            assert shown(to_minutes(naive, ZoneInfo(zone), opens=opens)) == instant


@pytest.mark.parametrize(
    ("zone", "local", "earlier", "later"),
    [
        ("Europe/Berlin", "2026-10-25 02:00", "2026-10-25 00:00", "2026-10-25 01:00"),
        ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25 00:30", "2026-10-25 01:30"),
        ("America/Los_Angeles", "2026-11-01 01:30", "2026-11-01 08:30", "2026-11-01 09:30"),
        ("Europe/Dublin", "2026-10-25 01:30", "2026-10-25 00:30", "2026-10-25 01:30"),
        ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04 14:45", "2026-04-04 15:15"),
        ("America/Sao_Paulo", "2018-02-17 23:30", "2018-02-18 01:30", "2018-02-18 02:30"),
        ("Africa/Cairo", "2024-10-31 23:30", "2024-10-31 20:30", "2024-10-31 21:30"),
        ("America/Havana", "2025-11-02 00:00", "2025-11-02 04:00", "2025-11-02 05:00"),
    ],
)
def test_a_time_that_occurs_twice_opens_early_and_closes_late(zone: str, local: str, earlier: str, later: str) -> None:
    for fold in (0, 1):
        naive = datetime.fromisoformat(local).replace(fold=fold)
        assert shown(to_minutes(naive, ZoneInfo(zone), opens=True)) == earlier
        assert shown(to_minutes(naive, ZoneInfo(zone), opens=False)) == later


def test_minutes_round_down_and_up() -> None:
    exact = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    late = exact + timedelta(seconds=1)
    early = exact - timedelta(microseconds=1)
    assert minutes_of(exact) == ceil_minutes(exact) == utc("2026-03-29 01:00")
    assert minutes_of(late) == utc("2026-03-29 01:00")
    assert ceil_minutes(late) == utc("2026-03-29 01:01")
    assert minutes_of(early) == utc("2026-03-29 00:59")
    assert ceil_minutes(early) == utc("2026-03-29 01:00")


def test_minutes_before_the_epoch_round_the_same_way() -> None:
    assert minutes_of(datetime(1969, 12, 31, 23, 59, 30, tzinfo=UTC)) == -1
    assert ceil_minutes(datetime(1969, 12, 31, 23, 59, 30, tzinfo=UTC)) == 0


def test_minutes_of_any_zone_are_utc() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert minutes_of(datetime(2026, 10, 25, 2, 30, tzinfo=berlin)) == utc("2026-10-25 00:30")
    assert minutes_of(datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=berlin)) == utc("2026-10-25 01:30")
    assert ceil_minutes(datetime(2026, 5, 1, 9, 0, tzinfo=timezone(timedelta(hours=5, minutes=45)))) == utc(
        "2026-05-01 03:15"
    )


def test_a_naive_datetime_is_no_instant() -> None:
    with pytest.raises(TypeError):
        minutes_of(datetime(2026, 1, 1))
    with pytest.raises(TypeError):
        ceil_minutes(datetime(2026, 1, 1))


def test_to_datetime_is_aware_utc() -> None:
    answer = to_datetime(utc("2026-03-29 01:00"))
    assert answer == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert answer.tzinfo is UTC


@pytest.mark.parametrize(
    ("zone", "instant", "day"),
    [
        ("America/Los_Angeles", "2026-07-05 03:00", "2026-07-04"),
        ("Asia/Kolkata", "2026-04-30 18:29", "2026-04-30"),
        ("Asia/Kolkata", "2026-04-30 18:30", "2026-05-01"),
        ("Pacific/Apia", "2011-12-30 09:59", "2011-12-29"),
        ("Pacific/Apia", "2011-12-30 10:00", "2011-12-31"),
    ],
)
def test_local_date(zone: str, instant: str, day: str) -> None:
    assert local_date(utc(instant), ZoneInfo(zone)) == on(day)


@pytest.mark.parametrize(
    ("zone", "day", "start", "end"),
    [
        ("Europe/Berlin", "2026-03-29", "2026-03-28 23:00", "2026-03-29 22:00"),
        ("Europe/Berlin", "2026-10-25", "2026-10-24 22:00", "2026-10-25 23:00"),
        ("America/Los_Angeles", "2026-07-04", "2026-07-04 07:00", "2026-07-05 07:00"),
        ("Australia/Lord_Howe", "2026-10-04", "2026-10-03 13:30", "2026-10-04 13:00"),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-04 13:00", "2026-04-05 13:30"),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04 03:00", "2018-11-05 02:00"),
        ("Pacific/Apia", "2011-12-30", "2011-12-30 10:00", "2011-12-30 10:00"),
    ],
)
def test_a_local_day_is_not_always_24_hours(zone: str, day: str, start: str, end: str) -> None:
    begins, ends = day_bounds(on(day), ZoneInfo(zone))
    assert (shown(begins), shown(ends)) == (start, end)


def test_the_engine_needs_nothing_but_the_standard_library() -> None:
    for source in Path(beautydrop.availability.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            else:
                continue
            for name in names:
                assert name.partition(".")[0] in sys.stdlib_module_names, f"{source.name} imports {name}"
