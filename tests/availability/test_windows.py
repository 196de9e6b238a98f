"""Working hours to windows: whose hours count on which day, and what the clock changes make of them."""

from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from beautydrop.availability import (
    DayException,
    DayState,
    WeeklyHours,
    Window,
    day_state,
    state_at,
    working_windows,
)

from .clock import at, on, spans, utc

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
# In the first week of June 2026 Berlin is two hours ahead of UTC.
JUNE_1 = on("2026-06-01")  # a Monday
JUNE_2 = on("2026-06-02")
JUNE_3 = on("2026-06-03")


def row(weekday: int, start: str, end: str, interval: int = 15, **season: Any) -> WeeklyHours:
    return WeeklyHours(weekday, at(start), at(end), interval, **season)


def daily(start: str, end: str, interval: int = 15) -> list[WeeklyHours]:
    return [row(weekday, start, end, interval) for weekday in range(7)]


def closed(first: date, last: date | None = None, *, is_time_off: bool = False) -> DayException:
    return DayException(first, last or first, is_time_off=is_time_off)


def special(day: date, *opens: str, interval: int | None = None) -> DayException:
    pairs = [item.split("-") for item in opens]
    return DayException(day, day, tuple((at(start), at(end)) for start, end in pairs), interval)


def windows(
    first: date,
    last: date | None = None,
    *,
    zone: ZoneInfo = BERLIN,
    shop: list[WeeklyHours] | None = None,
    shop_exceptions: list[DayException] | None = None,
    **rest: Any,
) -> list[Window]:
    return working_windows(
        zone=zone,
        first=first,
        last=last or first,
        shop_hours=shop or [],
        shop_exceptions=shop_exceptions or [],
        **rest,
    )


# Weekly hours


def test_each_row_gives_a_window_on_its_weekday() -> None:
    shop = [row(MONDAY, "09:00", "18:00", 30), row(WEDNESDAY, "10:00", "14:00", 20)]
    assert windows(JUNE_1, on("2026-06-08"), shop=shop) == [
        Window(utc("2026-06-01 07:00"), utc("2026-06-01 16:00"), 30),
        Window(utc("2026-06-03 08:00"), utc("2026-06-03 12:00"), 20),
        Window(utc("2026-06-08 07:00"), utc("2026-06-08 16:00"), 30),
    ]


def test_several_rows_a_day_leave_breaks() -> None:
    shop = [row(MONDAY, "15:00", "20:00"), row(MONDAY, "10:00", "14:00")]
    assert spans(windows(JUNE_1, shop=shop)) == [
        ("2026-06-01 08:00", "2026-06-01 12:00"),
        ("2026-06-01 13:00", "2026-06-01 18:00"),
    ]


def test_no_hours_no_windows() -> None:
    assert windows(JUNE_1, JUNE_3) == []


def test_no_days_no_windows() -> None:
    assert windows(JUNE_2, JUNE_1, shop=daily("20:00", "02:00")) == []


def test_seasons_include_their_first_and_last_day() -> None:
    summer: dict[str, Any] = {"valid_from": on("2026-06-02"), "valid_until": on("2026-06-03")}
    shop = [row(weekday, "08:00", "12:00", **summer) for weekday in range(7)]
    assert spans(windows(JUNE_1, on("2026-06-04"), shop=shop)) == [
        ("2026-06-02 06:00", "2026-06-02 10:00"),
        ("2026-06-03 06:00", "2026-06-03 10:00"),
    ]


def test_seasons_may_be_open_at_one_end() -> None:
    shop = [
        row(MONDAY, "08:00", "12:00", valid_until=on("2026-06-07")),
        row(MONDAY, "10:00", "12:00", valid_from=on("2026-06-08")),
    ]
    assert spans(windows(JUNE_1, on("2026-06-14"), shop=shop)) == [
        ("2026-06-01 06:00", "2026-06-01 10:00"),
        ("2026-06-08 08:00", "2026-06-08 10:00"),
    ]


def test_a_night_of_the_last_day_of_a_season_runs_its_course() -> None:
    shop = [row(weekday, "22:00", "04:00", valid_until=JUNE_1) for weekday in range(7)]
    assert spans(windows(JUNE_2, shop=shop)) == [("2026-06-01 20:00", "2026-06-02 02:00")]


# Past midnight


def test_an_end_not_after_the_start_lies_on_the_next_day() -> None:
    shop = [row(MONDAY, "20:00", "02:00")]
    assert spans(windows(JUNE_1, shop=shop)) == [("2026-06-01 18:00", "2026-06-02 00:00")]


def test_what_runs_past_midnight_is_found_from_the_next_day_too() -> None:
    shop = [row(MONDAY, "20:00", "02:00")]
    assert spans(windows(JUNE_2, shop=shop)) == [("2026-06-01 18:00", "2026-06-02 00:00")]
    assert windows(JUNE_3, shop=shop) == []


def test_what_ends_at_midnight_does_not_reach_the_next_day() -> None:
    shop = [row(MONDAY, "23:00", "00:00")]
    assert spans(windows(JUNE_1, shop=shop)) == [("2026-06-01 21:00", "2026-06-01 22:00")]
    assert windows(JUNE_2, shop=shop) == []


def test_midnight_to_midnight_is_24_hours() -> None:
    shop = [row(MONDAY, "00:00", "00:00")]
    assert spans(windows(JUNE_1, shop=shop)) == [("2026-05-31 22:00", "2026-06-01 22:00")]
    assert windows(JUNE_2, shop=shop) == []


def test_equal_times_last_until_the_next_day() -> None:
    shop = [row(MONDAY, "09:00", "09:00")]
    assert spans(windows(JUNE_2, shop=shop)) == [("2026-06-01 07:00", "2026-06-02 07:00")]


# Clock changes


@pytest.mark.parametrize(
    ("zone", "day", "start", "end", "window"),
    [
        # 23 and 25 hours of the same row.
        ("Europe/Berlin", "2026-03-29", "00:00", "00:00", ("2026-03-28 23:00", "2026-03-29 22:00")),
        ("Europe/Berlin", "2026-10-25", "00:00", "00:00", ("2026-10-24 22:00", "2026-10-25 23:00")),
        # A night over the change is an hour shorter or longer.
        ("Europe/Berlin", "2026-03-28", "20:00", "06:00", ("2026-03-28 19:00", "2026-03-29 04:00")),
        ("Europe/Berlin", "2026-10-24", "20:00", "06:00", ("2026-10-24 18:00", "2026-10-25 05:00")),
        ("America/Los_Angeles", "2026-03-07", "22:00", "03:00", ("2026-03-08 06:00", "2026-03-08 10:00")),
        ("America/Los_Angeles", "2026-10-31", "22:00", "03:00", ("2026-11-01 05:00", "2026-11-01 11:00")),
        # Opening or closing at a time that is skipped.
        ("Europe/Berlin", "2026-03-29", "02:30", "05:00", ("2026-03-29 01:00", "2026-03-29 03:00")),
        ("Europe/Berlin", "2026-03-28", "22:00", "02:30", ("2026-03-28 21:00", "2026-03-29 01:00")),
        # Opening or closing at a time that occurs twice.
        ("Europe/Berlin", "2026-10-25", "02:30", "05:00", ("2026-10-25 00:30", "2026-10-25 04:00")),
        ("Europe/Berlin", "2026-10-24", "22:00", "02:30", ("2026-10-24 20:00", "2026-10-25 01:30")),
        ("Europe/Berlin", "2026-10-25", "02:00", "02:30", ("2026-10-25 00:00", "2026-10-25 01:30")),
        ("Europe/Dublin", "2026-10-25", "01:00", "02:00", ("2026-10-25 00:00", "2026-10-25 02:00")),
        ("Australia/Lord_Howe", "2026-10-04", "00:00", "04:00", ("2026-10-03 13:30", "2026-10-03 17:00")),
        ("Australia/Lord_Howe", "2026-10-04", "01:00", "02:15", ("2026-10-03 14:30", "2026-10-03 15:30")),
        ("Australia/Lord_Howe", "2026-04-05", "01:30", "02:00", ("2026-04-04 14:30", "2026-04-04 15:30")),
        ("Asia/Kathmandu", "2026-05-01", "22:00", "02:00", ("2026-05-01 16:15", "2026-05-01 20:15")),
        ("Asia/Kolkata", "2026-05-01", "09:00", "17:00", ("2026-05-01 03:30", "2026-05-01 11:30")),
        # The midnight that opens the day is missing, or the hour before it comes twice.
        ("America/Sao_Paulo", "2018-11-04", "00:00", "06:00", ("2018-11-04 03:00", "2018-11-04 08:00")),
        ("America/Sao_Paulo", "2018-11-03", "20:00", "00:00", ("2018-11-03 23:00", "2018-11-04 03:00")),
        ("America/Sao_Paulo", "2018-02-17", "20:00", "00:00", ("2018-02-17 22:00", "2018-02-18 03:00")),
        ("America/Sao_Paulo", "2018-02-17", "20:00", "23:30", ("2018-02-17 22:00", "2018-02-18 02:30")),
        ("Africa/Cairo", "2024-04-26", "00:00", "02:00", ("2024-04-25 22:00", "2024-04-25 23:00")),
        ("Africa/Cairo", "2024-10-31", "22:00", "00:00", ("2024-10-31 19:00", "2024-10-31 22:00")),
        # Midnight occurs twice: the evening lasts until the second.
        ("America/Havana", "2025-11-01", "20:00", "00:00", ("2025-11-02 00:00", "2025-11-02 05:00")),
        # Around the day that Samoa left out.
        ("Pacific/Apia", "2011-12-29", "20:00", "02:00", ("2011-12-30 06:00", "2011-12-30 10:00")),
        ("Pacific/Apia", "2011-12-30", "20:00", "02:00", ("2011-12-30 10:00", "2011-12-30 12:00")),
    ],
)
def test_windows_at_clock_changes(zone: str, day: str, start: str, end: str, window: tuple[str, str]) -> None:
    shop = [row(on(day).weekday(), start, end)]
    assert spans(windows(on(day), zone=ZoneInfo(zone), shop=shop)) == [window]


@pytest.mark.parametrize(
    ("zone", "day", "start", "end"),
    [
        ("Europe/Berlin", "2026-03-29", "02:00", "03:00"),
        ("Europe/Berlin", "2026-03-29", "02:15", "02:45"),
        ("Australia/Lord_Howe", "2026-10-04", "02:00", "02:30"),
        ("America/Sao_Paulo", "2018-11-04", "00:00", "01:00"),
        ("Pacific/Apia", "2011-12-30", "09:00", "17:00"),
        ("Pacific/Apia", "2011-12-30", "00:00", "00:00"),
    ],
)
def test_hours_wholly_inside_a_gap_are_dropped(zone: str, day: str, start: str, end: str) -> None:
    shop = [row(on(day).weekday(), start, end)]
    assert windows(on(day), zone=ZoneInfo(zone), shop=shop) == []


def test_an_evening_that_lasts_to_the_second_midnight_reaches_into_the_next_day() -> None:
    shop = [row(SATURDAY, "20:00", "00:00")]
    assert spans(windows(on("2025-11-02"), zone=ZoneInfo("America/Havana"), shop=shop)) == [
        ("2025-11-02 00:00", "2025-11-02 05:00")
    ]


# Exceptions of the shop


def test_a_closed_shop_is_closed_on_each_of_the_days() -> None:
    shop = daily("09:00", "17:00")
    assert spans(windows(JUNE_1, on("2026-06-04"), shop=shop, shop_exceptions=[closed(JUNE_2, JUNE_3)])) == [
        ("2026-06-01 07:00", "2026-06-01 15:00"),
        ("2026-06-04 07:00", "2026-06-04 15:00"),
    ]


def test_a_closure_does_not_cut_the_night_before() -> None:
    shop = daily("20:00", "02:00")
    assert spans(windows(JUNE_2, shop=shop, shop_exceptions=[closed(JUNE_2)])) == [
        ("2026-06-01 18:00", "2026-06-02 00:00")
    ]


def test_a_closure_the_day_before_takes_its_night_away() -> None:
    shop = daily("20:00", "02:00")
    assert spans(windows(JUNE_2, shop=shop, shop_exceptions=[closed(JUNE_1)])) == [
        ("2026-06-02 18:00", "2026-06-03 00:00")
    ]


def test_a_closed_shop_is_closed_for_staff_with_hours_and_exceptions_of_their_own() -> None:
    assert (
        windows(
            JUNE_1,
            shop=daily("09:00", "17:00"),
            shop_exceptions=[closed(JUNE_1)],
            staff_hours=daily("10:00", "12:00"),
            staff_exceptions=[special(JUNE_1, "10:00-20:00")],
        )
        == []
    )


def test_special_hours_replace_those_of_the_weekday() -> None:
    answer = windows(
        JUNE_1,
        JUNE_2,
        shop=daily("09:00", "17:00", 30),
        shop_exceptions=[special(JUNE_1, "11:00-13:00", "18:00-22:00")],
        default_interval=20,
    )
    assert answer == [
        Window(utc("2026-06-01 09:00"), utc("2026-06-01 11:00"), 20),
        Window(utc("2026-06-01 16:00"), utc("2026-06-01 20:00"), 20),
        Window(utc("2026-06-02 07:00"), utc("2026-06-02 15:00"), 30),
    ]


def test_special_hours_open_a_day_without_weekly_hours() -> None:
    assert spans(windows(JUNE_1, shop_exceptions=[special(JUNE_1, "22:00-02:00")])) == [
        ("2026-06-01 20:00", "2026-06-02 00:00")
    ]


def test_special_hours_may_bring_a_grid_of_their_own() -> None:
    (window,) = windows(JUNE_1, shop_exceptions=[special(JUNE_1, "10:00-12:00", interval=40)])
    assert window.interval == 40


def test_several_special_hours_of_one_day_add_up_each_with_its_grid() -> None:
    answer = windows(
        JUNE_1,
        shop=daily("09:00", "17:00"),
        shop_exceptions=[
            special(JUNE_1, "10:00-12:00", interval=30),
            special(JUNE_1, "11:00-13:00", interval=20),
        ],
    )
    assert answer == [
        Window(utc("2026-06-01 08:00"), utc("2026-06-01 10:00"), 30),
        Window(utc("2026-06-01 09:00"), utc("2026-06-01 11:00"), 20),
    ]


def test_closed_wins_over_special_hours_of_the_same_owner() -> None:
    shop = daily("09:00", "17:00")
    both = [special(JUNE_1, "10:00-12:00"), closed(JUNE_1)]
    assert windows(JUNE_1, shop=shop, shop_exceptions=both) == []
    assert windows(JUNE_1, shop=shop, staff_exceptions=both) == []


# Staff


def test_staff_without_rows_work_by_the_shops_hours() -> None:
    assert spans(windows(JUNE_1, shop=daily("09:00", "17:00"), staff_hours=[])) == [
        ("2026-06-01 07:00", "2026-06-01 15:00")
    ]


def test_staff_with_rows_work_by_those_even_outside_the_shops() -> None:
    answer = windows(JUNE_1, JUNE_3, shop=daily("09:00", "17:00"), staff_hours=[row(TUESDAY, "07:00", "19:00")])
    assert spans(answer) == [("2026-06-02 05:00", "2026-06-02 17:00")]


def test_staff_whose_rows_are_out_of_season_do_not_fall_back_to_the_shops() -> None:
    past = [row(MONDAY, "09:00", "12:00", valid_until=on("2026-05-31"))]
    assert windows(JUNE_1, shop=daily("09:00", "17:00"), staff_hours=past) == []


def test_time_off_takes_the_day_away() -> None:
    answer = windows(
        JUNE_1,
        JUNE_3,
        shop=daily("09:00", "17:00"),
        staff_exceptions=[closed(JUNE_2, is_time_off=True)],
    )
    assert spans(answer) == [
        ("2026-06-01 07:00", "2026-06-01 15:00"),
        ("2026-06-03 07:00", "2026-06-03 15:00"),
    ]


@pytest.mark.parametrize("staff_hours", [[], daily("08:00", "10:00")])
def test_special_hours_of_staff_beat_every_other_opening(staff_hours: list[WeeklyHours]) -> None:
    answer = windows(
        JUNE_1,
        shop=daily("09:00", "17:00"),
        shop_exceptions=[special(JUNE_1, "12:00-14:00")],
        staff_hours=staff_hours,
        staff_exceptions=[special(JUNE_1, "06:00-07:00", "18:00-21:00", interval=10)],
    )
    assert answer == [
        Window(utc("2026-06-01 04:00"), utc("2026-06-01 05:00"), 10),
        Window(utc("2026-06-01 16:00"), utc("2026-06-01 19:00"), 10),
    ]


def test_own_hours_are_cut_to_the_shops_special_hours_and_the_grid_starts_at_the_cut() -> None:
    answer = windows(
        JUNE_1,
        shop=daily("09:00", "17:00"),
        shop_exceptions=[special(JUNE_1, "10:10-12:00", "13:00-20:00")],
        staff_hours=[row(MONDAY, "08:00", "15:00", 30)],
    )
    assert answer == [
        Window(utc("2026-06-01 08:10"), utc("2026-06-01 10:00"), 30),
        Window(utc("2026-06-01 11:00"), utc("2026-06-01 13:00"), 30),
    ]


def test_special_hours_that_touch_do_not_cut_in_two() -> None:
    answer = windows(
        JUNE_1,
        shop_exceptions=[special(JUNE_1, "09:00-12:10", "12:10-18:00")],
        staff_hours=[row(MONDAY, "10:00", "15:00", 30)],
    )
    assert answer == [Window(utc("2026-06-01 08:00"), utc("2026-06-01 13:00"), 30)]


def test_special_hours_cut_nights_too() -> None:
    answer = windows(
        JUNE_1,
        shop_exceptions=[special(JUNE_1, "18:00-01:00")],
        staff_hours=[row(MONDAY, "22:00", "04:00")],
    )
    assert spans(answer) == [("2026-06-01 20:00", "2026-06-01 23:00")]


def test_own_hours_beside_the_special_hours_are_not_worked() -> None:
    answer = windows(
        JUNE_1,
        shop_exceptions=[special(JUNE_1, "10:00-12:00")],
        staff_hours=[row(MONDAY, "12:00", "15:00")],
    )
    assert answer == []


def test_special_hours_swallowed_by_a_gap_leave_nothing() -> None:
    spring = on("2026-03-29")
    for staff_hours in ([], daily("00:00", "00:00")):
        answer = windows(
            spring,
            shop=daily("09:00", "17:00"),
            shop_exceptions=[special(spring, "02:00-03:00")],
            staff_hours=staff_hours,
        )
        assert [window for window in answer if window.start >= utc("2026-03-28 23:00")] == []


# Limits


@pytest.mark.parametrize("interval", [0, -15])
def test_a_grid_without_steps_is_refused(interval: int) -> None:
    with pytest.raises(ValueError, match="grid"):
        WeeklyHours(MONDAY, time(9), time(17), interval)
    with pytest.raises(ValueError, match="grid"):
        DayException(JUNE_1, JUNE_1, interval=interval)
    with pytest.raises(ValueError, match="grid"):
        windows(JUNE_1, default_interval=interval)


# What to call the time that is not worked


def state(
    day: date,
    *,
    shop: list[WeeklyHours] | None = None,
    closures: list[DayException] | None = None,
    **rest: Any,
) -> DayState:
    return day_state(day, zone=BERLIN, shop_hours=shop or [], shop_exceptions=closures or [], **rest)


def test_a_day_with_windows_is_open() -> None:
    assert state(JUNE_1, shop=daily("09:00", "17:00")) is DayState.OPEN
    assert state(JUNE_1, staff_hours=daily("09:00", "17:00")) is DayState.OPEN
    assert state(JUNE_1, closures=[special(JUNE_1, "10:00-12:00")]) is DayState.OPEN


def test_a_day_without_hours_or_with_a_closure_is_closed() -> None:
    assert state(JUNE_1) is DayState.CLOSED
    assert state(JUNE_1, shop=[row(TUESDAY, "09:00", "17:00")]) is DayState.CLOSED
    assert state(JUNE_1, shop=daily("09:00", "17:00"), closures=[closed(JUNE_1)]) is DayState.CLOSED


def test_a_closed_shop_explains_more_than_time_off() -> None:
    away = [closed(JUNE_1, is_time_off=True)]
    shop = daily("09:00", "17:00")
    assert state(JUNE_1, shop=shop, closures=[closed(JUNE_1)], staff_exceptions=away) is DayState.CLOSED
    assert state(JUNE_1, staff_exceptions=away) is DayState.CLOSED


@pytest.mark.parametrize("is_time_off", [True, False])
def test_a_day_taken_away_from_staff_is_time_off(is_time_off: bool) -> None:
    away = [closed(JUNE_1, is_time_off=is_time_off)]
    assert state(JUNE_1, shop=daily("09:00", "17:00"), staff_exceptions=away) is DayState.TIME_OFF
    assert state(JUNE_2, shop=daily("09:00", "17:00"), staff_exceptions=away) is DayState.OPEN
    assert state(JUNE_1, staff_hours=daily("09:00", "17:00"), staff_exceptions=away) is DayState.TIME_OFF


def test_an_absence_on_a_free_day_of_staff_counts_when_the_shop_is_open() -> None:
    shop, own = daily("09:00", "17:00"), [row(TUESDAY, "09:00", "17:00")]
    off = [closed(JUNE_1, is_time_off=True)]
    assert state(JUNE_1, shop=shop, staff_hours=own, staff_exceptions=off) is DayState.TIME_OFF
    assert state(JUNE_1, shop=shop, staff_hours=own, staff_exceptions=[closed(JUNE_1)]) is DayState.OPEN


def test_a_free_day_of_staff_in_an_open_shop_is_open() -> None:
    own = [row(TUESDAY, "09:00", "17:00")]
    assert state(JUNE_1, shop=daily("09:00", "17:00"), staff_hours=own) is DayState.OPEN


def test_an_open_day_of_staff_in_a_shop_without_hours_is_open() -> None:
    assert state(JUNE_1, staff_exceptions=[special(JUNE_1, "09:00-12:00")]) is DayState.OPEN


def state_when(start: str, duration: int = 30, **rest: Any) -> DayState:
    given: dict[str, Any] = {"zone": BERLIN, "shop_hours": daily("09:00", "17:00"), "shop_exceptions": []}
    return state_at(utc(start), duration, **(given | rest))


def test_worked_time_is_open() -> None:
    assert state_when("2026-06-01 07:00") is DayState.OPEN


def test_time_that_special_hours_of_staff_take_away_is_time_off() -> None:
    shorter = [special(JUNE_1, "10:00-12:00")]
    assert state_when("2026-06-01 08:00", staff_exceptions=shorter) is DayState.OPEN
    assert state_when("2026-06-01 11:00", staff_exceptions=shorter) is DayState.TIME_OFF
    assert state_when("2026-06-01 09:45", staff_exceptions=shorter) is DayState.TIME_OFF
    # Nobody would work at 18:00 without the exception either.
    assert state_when("2026-06-01 16:00", staff_exceptions=shorter) is DayState.OPEN


def test_the_night_that_time_off_takes_away_is_time_off_on_the_next_day_too() -> None:
    night: dict[str, Any] = {
        "shop_hours": [row(MONDAY, "20:00", "02:00")],
        "staff_exceptions": [closed(JUNE_1)],
    }
    assert state_when("2026-06-01 23:00", **night) is DayState.TIME_OFF
    assert state_when("2026-06-02 10:00", **night) is DayState.CLOSED


def test_a_night_that_runs_into_a_closed_day_is_open() -> None:
    night: dict[str, Any] = {"shop_hours": daily("20:00", "02:00"), "shop_exceptions": [closed(JUNE_2)]}
    assert state_when("2026-06-01 23:00", **night) is DayState.OPEN
    assert state_when("2026-06-02 10:00", **night) is DayState.CLOSED


def test_worked_time_may_reach_over_midnight_into_the_next_days_hours() -> None:
    around: dict[str, Any] = {"shop_hours": [row(MONDAY, "20:00", "00:00"), row(TUESDAY, "00:00", "02:00")]}
    assert state_when("2026-06-01 21:30", 60, **around) is DayState.OPEN
    assert state_when("2026-06-01 21:30", 180, **around) is DayState.OPEN
    assert state_when("2026-06-01 21:30", 60, staff_exceptions=[closed(JUNE_2)], **around) is DayState.TIME_OFF
