"""Free starts and refusals. Plain small numbers: the engine knows no dates."""

import pytest

from beautydrop.availability import Ask, DayState, Interval, Refusal, Window, free_starts, refusal

HOUR = 60
NINE = 9 * HOUR
TEN = 10 * HOUR
TWELVE = 12 * HOUR
MORNING = [Window(NINE, TWELVE, 30)]


def ask(duration: int = 60, before: int = 0, after: int = 0, *, earliest: int = 0, latest: int = 9999) -> Ask:
    return Ask(duration, before, after, earliest=earliest, latest=latest)


def clock(*times: str) -> list[int]:
    return [int(item[:2]) * HOUR + int(item[3:]) for item in times]


def why(
    start: str,
    windows: list[Window] = MORNING,
    busy: list[Interval] | None = None,
    wanted: Ask | None = None,
    day_state: DayState = DayState.OPEN,
) -> Refusal | None:
    return refusal(clock(start)[0], windows, busy or [], wanted or ask(), day_state=day_state)


# The grid


def test_starts_lie_on_the_grid_and_the_last_service_ends_with_the_window() -> None:
    assert free_starts(MORNING, [], ask()) == clock("09:00", "09:30", "10:00", "10:30", "11:00")


def test_a_service_as_long_as_the_window_fits_once() -> None:
    assert free_starts(MORNING, [], ask(180)) == [NINE]
    assert free_starts(MORNING, [], ask(181)) == []


def test_the_grid_begins_with_the_window_not_with_the_hour() -> None:
    windows = [Window(NINE + 10, TEN + 10, 25)]
    assert free_starts(windows, [], ask(10)) == clock("09:10", "09:35", "10:00")


def test_the_grid_stays_where_it_is_when_only_a_part_is_asked_for() -> None:
    windows = [Window(NINE + 10, TEN + 10, 25)]
    assert free_starts(windows, [], ask(10, earliest=NINE + 11)) == clock("09:35", "10:00")
    assert free_starts(windows, [], ask(10), frm=NINE + 35) == clock("09:35", "10:00")
    assert free_starts(windows, [], ask(10), frm=NINE + 36, to=TEN + 1) == clock("10:00")


def test_windows_may_come_in_any_order() -> None:
    windows = [Window(TEN + 20, TEN + 80, 30), Window(NINE, TEN, 30)]
    assert free_starts(windows, [], ask(30)) == clock("09:00", "09:30", "10:20", "10:50")
    assert why("10:30", windows, wanted=ask(30)) is Refusal.OFF_GRID


def test_the_grid_need_not_divide_the_window() -> None:
    assert free_starts([Window(NINE, TEN, 45)], [], ask(15)) == clock("09:00", "09:45")


def test_a_booking_never_shifts_the_grid() -> None:
    busy = [(NINE, NINE + 50)]
    assert free_starts(MORNING, busy, ask()) == clock("10:00", "10:30", "11:00")


def test_each_window_has_its_own_grid() -> None:
    windows = [Window(NINE, TEN, 30), Window(TEN + 20, TEN + 80, 30)]
    assert free_starts(windows, [], ask(30)) == clock("09:00", "09:30", "10:20", "10:50")


# The worked time


def test_a_service_may_not_run_into_a_break() -> None:
    windows = [Window(NINE, TEN, 30), Window(TEN + 15, TWELVE, 30)]
    assert free_starts(windows, [], ask(60)) == clock("09:00", "10:15", "10:45")


def test_a_service_may_run_from_a_window_into_one_that_touches() -> None:
    windows = [Window(NINE, TEN, 30), Window(TEN, TWELVE, 40)]
    assert free_starts(windows, [], ask(60)) == clock("09:00", "09:30", "10:00", "10:40")


def test_overlapping_windows_offer_both_grids_once_each() -> None:
    windows = [Window(NINE, TWELVE, 60), Window(TEN, TWELVE, 30), Window(NINE, TEN, 60)]
    assert free_starts(windows, [], ask(30)) == clock("09:00", "10:00", "10:30", "11:00", "11:30")


def test_a_short_window_inside_a_long_one_offers_its_grid_only_within_itself() -> None:
    windows = [Window(NINE, TWELVE, 180), Window(TEN, TEN + 30, 20)]
    assert free_starts(windows, [], ask(30)) == clock("09:00", "10:00", "10:20")


def test_no_windows_no_starts() -> None:
    assert free_starts([], [], ask()) == []
    assert free_starts([Window(TEN, TEN, 15), Window(TEN, NINE, 15)], [], ask(1)) == []


# Claims and buffers


def test_a_claim_blocks_what_it_overlaps_and_not_what_it_touches() -> None:
    busy = [(TEN, TEN + 30)]
    assert free_starts(MORNING, busy, ask(30)) == clock("09:00", "09:30", "10:30", "11:00", "11:30")
    assert free_starts(MORNING, busy, ask(31)) == clock("09:00", "10:30", "11:00")


def test_different_starts_that_overlap_clash() -> None:
    assert clock("10:30")[0] not in free_starts(MORNING, [(TEN, TEN + 60)], ask())


def test_a_claim_of_one_minute_blocks() -> None:
    assert free_starts([Window(NINE, TEN, 60)], [(NINE + 59, TEN)], ask()) == []
    assert free_starts([Window(NINE, TEN, 60)], [(NINE, NINE + 1)], ask()) == []


def test_an_empty_claim_blocks_nothing() -> None:
    assert free_starts([Window(NINE, TEN, 60)], [(NINE + 30, NINE + 30)], ask()) == [NINE]
    assert why("09:00", busy=[(NINE + 30, NINE + 30)]) is None


def test_buffer_before_keeps_its_distance_from_the_claim_before() -> None:
    busy = [(NINE, TEN)]
    assert free_starts(MORNING, busy, ask(30, before=0))[0] == TEN
    assert free_starts(MORNING, busy, ask(30, before=1))[0] == TEN + 30
    assert free_starts(MORNING, busy, ask(30, before=30))[0] == TEN + 30
    assert free_starts(MORNING, busy, ask(30, before=31))[0] == TEN + 60


def test_buffer_after_keeps_its_distance_from_the_claim_after() -> None:
    busy = [(11 * HOUR, TWELVE)]
    assert free_starts(MORNING, busy, ask(30, after=0))[-1] == TEN + 30
    assert free_starts(MORNING, busy, ask(30, after=1))[-1] == TEN
    assert free_starts(MORNING, busy, ask(30, after=30))[-1] == TEN
    assert free_starts(MORNING, busy, ask(30, after=31))[-1] == NINE + 30


def test_buffers_may_stick_out_of_the_window() -> None:
    assert free_starts([Window(NINE, TEN, 60)], [], ask(60, before=15, after=15)) == [NINE]


def test_buffers_that_stick_out_still_meet_claims() -> None:
    assert free_starts([Window(NINE, TEN, 60)], [(TEN + 10, TEN + 20)], ask(60, after=15)) == []
    assert free_starts([Window(NINE, TEN, 60)], [(NINE - 20, NINE - 10)], ask(60, before=15)) == []


def test_claims_outside_the_windows_are_harmless() -> None:
    assert free_starts(MORNING, [(0, NINE), (TWELVE, 9999)], ask(180)) == [NINE]


# Earliest, latest and the range


def test_earliest_is_included_and_latest_is_not() -> None:
    wanted = ask(30, earliest=NINE + 30, latest=TEN + 30)
    assert free_starts(MORNING, [], wanted) == clock("09:30", "10:00")
    wanted = ask(30, earliest=NINE + 31, latest=TEN + 31)
    assert free_starts(MORNING, [], wanted) == clock("10:00", "10:30")


def test_latest_bounds_starts_not_ends() -> None:
    assert free_starts(MORNING, [], ask(180, latest=NINE + 1)) == [NINE]


def test_from_and_to_narrow_the_answer_half_open() -> None:
    assert free_starts(MORNING, [], ask(30), frm=NINE + 30, to=TEN + 30) == clock("09:30", "10:00")
    assert free_starts(MORNING, [], ask(30), frm=TEN, to=TEN) == []


def test_from_and_to_never_widen_earliest_and_latest() -> None:
    wanted = ask(30, earliest=TEN, latest=TEN + 30)
    assert free_starts(MORNING, [], wanted, frm=NINE, to=TWELVE) == [TEN]


@pytest.mark.parametrize(("duration", "before", "after"), [(0, 0, 0), (-5, 0, 0), (30, -1, 0), (30, 0, -1)])
def test_nonsense_is_refused_at_once(duration: int, before: int, after: int) -> None:
    with pytest.raises(ValueError, match="at least one minute"):
        ask(duration, before, after)


# Refusals


def test_what_is_offered_is_not_refused() -> None:
    assert why("09:30") is None


def test_too_soon_and_too_far() -> None:
    wanted = ask(earliest=NINE + 1, latest=TEN)
    assert why("09:00", wanted=wanted) is Refusal.TOO_SOON
    assert why("10:00", wanted=wanted) is Refusal.TOO_FAR
    assert why("09:30", wanted=wanted) is None
    assert why("09:10", wanted=ask(earliest=NINE + 10)) is Refusal.OFF_GRID


def test_time_that_is_not_worked_is_named_by_the_state_of_the_day() -> None:
    assert why("08:00", day_state=DayState.OPEN) is Refusal.OUTSIDE_HOURS
    assert why("08:00", day_state=DayState.CLOSED) is Refusal.CLOSED
    assert why("08:00", day_state=DayState.TIME_OFF) is Refusal.TIME_OFF


def test_a_service_that_ends_after_closing_is_outside_hours() -> None:
    assert why("11:30") is Refusal.OUTSIDE_HOURS


def test_off_grid() -> None:
    assert why("09:10") is Refusal.OFF_GRID


def test_taken_when_the_service_itself_meets_a_claim() -> None:
    assert why("10:00", busy=[(TEN + 59, TEN + 70)]) is Refusal.TAKEN
    assert why("10:00", busy=[(NINE, TEN + 1)]) is Refusal.TAKEN


def test_buffer_when_only_the_buffers_meet_one() -> None:
    wanted = ask(60, before=10, after=10)
    assert why("10:00", busy=[(TEN + 60, TEN + 70)], wanted=wanted) is Refusal.BUFFER
    assert why("10:00", busy=[(NINE, TEN)], wanted=wanted) is Refusal.BUFFER
    assert why("10:00", busy=[(NINE, TEN), (TEN + 20, TEN + 20)], wanted=wanted) is Refusal.BUFFER
    assert why("10:00", busy=[(NINE, TEN), (TEN + 30, TEN + 40)], wanted=wanted) is Refusal.TAKEN


def test_the_first_reason_in_order_is_given() -> None:
    busy = [(0, 9999)]
    assert why("08:10", busy=busy, wanted=ask(earliest=NINE), day_state=DayState.CLOSED) is Refusal.TOO_SOON
    assert why("08:10", busy=busy, day_state=DayState.CLOSED) is Refusal.CLOSED
    assert why("09:10", busy=busy, day_state=DayState.CLOSED) is Refusal.OFF_GRID
    assert why("09:00", busy=busy, day_state=DayState.CLOSED) is Refusal.TAKEN


def test_reasons_are_lower_case_words() -> None:
    assert [str(item) for item in Refusal] == [
        "inactive",
        "not_offered",
        "too_soon",
        "too_far",
        "closed",
        "time_off",
        "outside_hours",
        "off_grid",
        "taken",
        "buffer",
    ]
