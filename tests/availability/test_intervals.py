"""Interval arithmetic: by example, then against sets of minutes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from beautydrop.availability import Interval, contains, intersect, merge, subtract


@pytest.mark.parametrize(
    ("intervals", "merged"),
    [
        ([], []),
        ([(5, 9), (1, 3)], [(1, 3), (5, 9)]),
        ([(1, 3), (3, 5)], [(1, 5)]),
        ([(1, 9), (2, 3), (8, 12)], [(1, 12)]),
        ([(1, 3), (1, 3)], [(1, 3)]),
        ([(4, 4), (6, 5)], []),
        ([(1, 3), (4, 6)], [(1, 3), (4, 6)]),
    ],
)
def test_merge_sorts_joins_touching_and_drops_empty(intervals: list[Interval], merged: list[Interval]) -> None:
    assert merge(intervals) == merged


@pytest.mark.parametrize(
    ("a", "b", "rest"),
    [
        ([(0, 10)], [], [(0, 10)]),
        ([(0, 10)], [(3, 5)], [(0, 3), (5, 10)]),
        ([(0, 10)], [(0, 3), (7, 10)], [(3, 7)]),
        ([(0, 10)], [(-5, 20)], []),
        ([(0, 10)], [(10, 12), (-2, 0)], [(0, 10)]),
        ([(0, 10), (20, 30)], [(5, 25)], [(0, 5), (25, 30)]),
        ([(0, 4), (6, 9), (11, 15)], [(2, 13)], [(0, 2), (13, 15)]),
        ([(0, 10)], [(5, 5)], [(0, 10)]),
    ],
)
def test_subtract(a: list[Interval], b: list[Interval], rest: list[Interval]) -> None:
    assert subtract(a, b) == rest


@pytest.mark.parametrize(
    ("a", "b", "common"),
    [
        ([(0, 10)], [(5, 15)], [(5, 10)]),
        ([(0, 10)], [(10, 15)], []),
        ([(0, 10), (20, 30)], [(5, 25)], [(5, 10), (20, 25)]),
        ([(0, 10)], [(2, 3), (4, 5)], [(2, 3), (4, 5)]),
        ([(0, 10)], [], []),
    ],
)
def test_intersect(a: list[Interval], b: list[Interval], common: list[Interval]) -> None:
    assert intersect(a, b) == common
    assert intersect(b, a) == common


@pytest.mark.parametrize(
    ("start", "end", "answer"),
    [
        (0, 10, True),
        (3, 4, True),
        (-1, 5, False),
        (5, 11, False),
        (9, 21, False),
        (10, 11, False),
        (20, 25, True),
        (19, 25, False),
        (40, 41, False),
        (5, 5, False),
    ],
)
def test_contains(start: int, end: int, answer: bool) -> None:
    assert contains([(0, 10), (20, 30)], start, end) is answer


def test_contains_nothing_in_nothing() -> None:
    assert not contains([], 0, 1)


def minutes(intervals: list[Interval]) -> set[int]:
    return {minute for start, end in intervals for minute in range(start, end)}


some_intervals = st.lists(st.tuples(st.integers(-30, 30), st.integers(-30, 30)), max_size=8)


@settings(settings.get_profile("ci"), max_examples=300)
@given(some_intervals, some_intervals, st.integers(-35, 35), st.integers(1, 20))
def test_intervals_behave_like_sets_of_minutes(a: list[Interval], b: list[Interval], start: int, length: int) -> None:
    for answer, expected in [
        (merge(a), minutes(a)),
        (subtract(a, b), minutes(a) - minutes(b)),
        (intersect(a, b), minutes(a) & minutes(b)),
    ]:
        assert minutes(answer) == expected
        assert answer == merge(answer)
    assert contains(merge(a), start, start + length) == minutes(a).issuperset(range(start, start + length))
