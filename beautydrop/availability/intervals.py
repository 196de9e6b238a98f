"""Arithmetic on half-open intervals [start, end) of integer minutes.

A *merged* list is sorted, and its intervals are non-empty and neither overlap nor touch. Every function
that returns a list returns a merged one. Empty and inverted intervals hold no minute and are dropped.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

type Interval = tuple[int, int]


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """The minutes that lie in any of `intervals`, as a merged list."""
    merged: list[Interval] = []
    ordered = iter(sorted([interval for interval in intervals if interval[0] < interval[1]]))
    for open_start, open_end in ordered:
        for start, end in ordered:
            if start > open_end:
                merged.append((open_start, open_end))
                open_start, open_end = start, end
            elif end > open_end:
                open_end = end
        merged.append((open_start, open_end))
    return merged


def subtract(a: Iterable[Interval], b: Iterable[Interval]) -> list[Interval]:
    """The minutes of `a` that do not lie in `b`."""
    remaining: list[Interval] = []
    holes = merge(b)
    count = len(holes)
    passed = 0
    for start, end in merge(a):
        while passed < count and holes[passed][1] <= start:
            passed += 1
        # A hole may reach into the next interval, so `passed` stays behind at the first that still matters.
        index = passed
        while index < count and holes[index][0] < end:
            hole_start, hole_end = holes[index]
            if hole_start > start:
                remaining.append((start, hole_start))
            start = hole_end
            index += 1
        if start < end:
            remaining.append((start, end))
    return remaining


def intersect(a: Iterable[Interval], b: Iterable[Interval]) -> list[Interval]:
    """The minutes that lie in both `a` and `b`."""
    common: list[Interval] = []
    left, right = merge(a), merge(b)
    i = j = 0
    while i < len(left) and j < len(right):
        start = max(left[i][0], right[j][0])
        end = min(left[i][1], right[j][1])
        if start < end:
            common.append((start, end))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return common


def contains(merged: Sequence[Interval], start: int, end: int) -> bool:
    """Whether the non-empty [start, end) lies wholly in one interval of `merged`, which must be merged."""
    index = bisect_right(merged, start, key=lambda interval: interval[0]) - 1
    return index >= 0 and start < end <= merged[index][1]
