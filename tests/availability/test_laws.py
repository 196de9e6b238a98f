"""What holds for every shop, day and zone: the engine against the oracle, and against itself."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from beautydrop.availability import (
    Ask,
    DayState,
    Interval,
    Refusal,
    Window,
    day_bounds,
    free_starts,
    refusal,
    state_at,
    working_windows,
)

from . import oracle
from .worlds import DAY, Hours, World, worlds

CI = settings.get_profile("ci")
DAY_STATES = {
    DayState.OPEN: Refusal.OUTSIDE_HOURS,
    DayState.CLOSED: Refusal.CLOSED,
    DayState.TIME_OFF: Refusal.TIME_OFF,
}


def windows_of(world: World) -> list[Window]:
    return working_windows(first=world.first, last=world.last, **world.hours)


def triples(windows: list[Window]) -> set[tuple[int, int, int]]:
    return {(window.start, window.end, window.interval) for window in windows}


def occupied(start: int, ask: Ask) -> Interval:
    return start - ask.buffer_before, start + ask.duration + ask.buffer_after


@settings(CI, max_examples=500)
@given(worlds())
def test_windows_are_the_minutes_at_which_the_wall_clock_says_so(world: World) -> None:
    windows = windows_of(world)
    found = oracle.worked(first=world.first, last=world.last, **world.hours)
    assert triples(windows) == oracle.window_tuples(found)
    assert windows == sorted(windows)


@settings(CI, max_examples=400)
@given(worlds(), st.sampled_from(DayState))
def test_what_is_offered_can_be_booked_and_nothing_else(world: World, day_state: DayState) -> None:
    windows = windows_of(world)
    found = oracle.worked(first=world.first, last=world.last, **world.hours)
    begin = (world.first.toordinal() - oracle.EPOCH_ORDINAL - 2) * 1440
    minutes = range(begin, begin + ((world.last - world.first).days + 5) * 1440)
    verdicts = oracle.verdicts(found, world.busy, world.ask, minutes)

    offered = free_starts(windows, world.busy, world.ask, frm=minutes.start, to=minutes.stop)
    assert offered == [start for start in minutes if verdicts[start] == "free"]

    # Refusals at every free start and wherever the verdict changes.
    tried = {start for start in minutes[1:] if verdicts[start] != verdicts[start - 1]}
    tried |= {start - 1 for start in tried} | set(offered)
    for start in sorted(tried)[:80]:
        answer = refusal(start, windows, world.busy, world.ask, day_state=day_state)
        expected = verdicts[start]
        assert (answer is None) == (start in offered)
        assert (answer or "free") == (DAY_STATES[day_state] if expected == "not_worked" else expected)


@settings(CI, max_examples=250)
@given(worlds(), st.randoms(use_true_random=False))
def test_booking_takes_exactly_what_overlaps_and_cancelling_gives_it_back(world: World, chance: random.Random) -> None:
    windows = windows_of(world)
    busy = list(world.busy)
    before = free_starts(windows, busy, world.ask)
    if not before:
        return
    booked = chance.choice(before)
    claim = occupied(booked, world.ask)
    busy.append(claim)
    after = free_starts(windows, busy, world.ask)
    assert after == [
        start
        for start in before
        if occupied(start, world.ask)[1] <= claim[0] or claim[1] <= occupied(start, world.ask)[0]
    ]
    assert booked not in after
    assert refusal(booked, windows, busy, world.ask, day_state=DayState.OPEN) is Refusal.TAKEN
    busy.remove(claim)
    assert free_starts(windows, busy, world.ask) == before


@settings(CI, max_examples=150)
@given(worlds(), st.randoms(use_true_random=False))
def test_no_two_claims_overlap_when_a_day_is_booked_out(world: World, chance: random.Random) -> None:
    windows = windows_of(world)
    ask = Ask(
        max(world.ask.duration, 30),
        world.ask.buffer_before,
        world.ask.buffer_after,
        earliest=world.ask.earliest,
        latest=world.ask.latest,
    )
    busy = list(world.busy)
    claims: list[Interval] = []
    while starts := free_starts(windows, busy, ask):
        claims.append(occupied(chance.choice(starts), ask))
        busy.append(claims[-1])
    claims.sort()
    assert all(earlier[1] <= later[0] for earlier, later in zip(claims, claims[1:], strict=False))


@settings(CI, max_examples=150)
@given(worlds())
def test_a_buffer_is_the_same_as_a_longer_claim_on_the_other_side(world: World) -> None:
    windows = windows_of(world)
    ask = world.ask
    bare = Ask(ask.duration, earliest=ask.earliest, latest=ask.latest)
    claims = [claim for claim in world.busy if claim[0] < claim[1]]
    longer = [(start - ask.buffer_after, end + ask.buffer_before) for start, end in claims]
    assert free_starts(windows, claims, ask) == free_starts(windows, longer, bare)


@settings(CI, max_examples=150)
@given(worlds())
def test_before_and_after_are_mirror_images(world: World) -> None:
    """Time run backwards swaps the buffers; on a grid of one minute everything else stays the same."""
    ask = world.ask
    windows = [Window(window.start, window.end, 1) for window in windows_of(world)]
    mirrored = Ask(
        ask.duration,
        ask.buffer_after,
        ask.buffer_before,
        earliest=1 - ask.latest - ask.duration,
        latest=1 - ask.earliest - ask.duration,
    )
    answer = free_starts(
        [Window(-window.end, -window.start, 1) for window in windows],
        [(-end, -start) for start, end in world.busy],
        mirrored,
    )
    assert [-start - ask.duration for start in reversed(answer)] == free_starts(windows, world.busy, ask)


@settings(CI, max_examples=150)
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_what_is_given_does_not_matter(world: World, chance: random.Random) -> None:
    windows = windows_of(world)
    starts = free_starts(windows, world.busy, world.ask)
    for given_list in (
        world.hours["shop_hours"],
        world.hours["shop_exceptions"],
        world.hours["staff_hours"],
        world.hours["staff_exceptions"],
        world.busy,
    ):
        chance.shuffle(given_list)
    assert windows_of(world) == windows
    chance.shuffle(windows)
    assert free_starts(windows, world.busy, world.ask) == starts


@settings(CI, max_examples=200)
@given(worlds())
def test_asking_day_by_day_gives_the_same_as_asking_at_once(world: World) -> None:
    days = [world.first + DAY * index for index in range((world.last - world.first).days + 1)]
    each = [working_windows(first=day, last=day, **world.hours) for day in days]
    assert {triple for windows in each for triple in triples(windows)} == triples(windows_of(world))

    # A service may end in the hours of a later day; two days more are enough for Samoa's missing one.
    further = DAY * (2 + world.ask.duration // (23 * 60))
    begin, end = day_bounds(world.first, world.zone)[0], day_bounds(world.last, world.zone)[1]
    windows = working_windows(first=world.first, last=world.last + further, **world.hours)
    at_once = free_starts(windows, world.busy, world.ask, frm=begin, to=end)
    day_by_day: list[int] = []
    for day in days:
        midnight, next_midnight = day_bounds(day, world.zone)
        windows = working_windows(first=day, last=day + further, **world.hours)
        day_by_day += free_starts(windows, world.busy, world.ask, frm=midnight, to=next_midnight)
    assert day_by_day == at_once


@settings(CI, max_examples=150)
@given(worlds(), st.integers(-300, 1800), st.integers(1, 90))
def test_time_off_is_what_would_be_worked_but_for_the_staff_members_exceptions(
    world: World, offset: int, duration: int
) -> None:
    start = day_bounds(world.first, world.zone)[0] + offset
    service = range(start, start + duration)

    def is_worked(hours: Hours) -> bool:
        found = oracle.worked(first=world.first - 2 * DAY, last=world.last + 2 * DAY, **hours)
        return {minute for item in found for minute in item.minutes}.issuperset(service)

    answer = state_at(start, duration, **world.hours)
    if is_worked(world.hours):
        assert answer is DayState.OPEN
    elif is_worked({**world.hours, "staff_exceptions": []}):
        assert answer is DayState.TIME_OFF
