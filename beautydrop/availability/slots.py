"""Which starts are free, and why one is not. All instants are UTC minutes; no zone and no clock in here."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from .intervals import Interval, contains, merge, subtract
from .windows import DayState, Window


class Refusal(StrEnum):
    """Why a start is refused. INACTIVE and NOT_OFFERED are for callers: the engine knows no services."""

    INACTIVE = "inactive"
    NOT_OFFERED = "not_offered"
    TOO_SOON = "too_soon"
    TOO_FAR = "too_far"
    CLOSED = "closed"
    TIME_OFF = "time_off"
    OUTSIDE_HOURS = "outside_hours"
    OFF_GRID = "off_grid"
    TAKEN = "taken"
    BUFFER = "buffer"


@dataclass(frozen=True, slots=True)
class Ask:
    """What is wanted: a service of `duration` minutes with its buffers, started in [earliest, latest).

    `earliest` is now plus the shop's lead time, rounded up; `latest` is the booking horizon.
    Raises ValueError for a duration of less than one minute and for negative buffers.
    """

    duration: int
    buffer_before: int = 0
    buffer_after: int = 0
    earliest: int = field(kw_only=True)
    latest: int = field(kw_only=True)

    def __post_init__(self) -> None:
        if self.duration < 1 or self.buffer_before < 0 or self.buffer_after < 0:
            raise ValueError("A service lasts at least one minute and its buffers are not negative.")


def free_starts(
    windows: Iterable[Window],
    busy: Iterable[Interval],
    ask: Ask,
    *,
    frm: int | None = None,
    to: int | None = None,
) -> list[int]:
    """The starts that can be booked: sorted, unique, in [ask.earliest, ask.latest) and in [frm, to).

    At each of them the service lies in the union of the windows, the start is on the grid of a window that
    contains it, and the service with its buffers meets nothing in `busy`. Buffers may reach outside the
    windows. `busy` holds occupied ranges, buffers included, in any order; they may overlap.
    """
    low = ask.earliest if frm is None else max(ask.earliest, frm)
    high = ask.latest if to is None else min(ask.latest, to)
    if low >= high:
        return []
    ordered = sorted(windows, key=_start)
    # The service fits when it starts at least its duration before the end of the worked time.
    late = ask.duration - 1
    fitting = [
        (max(start, low), min(end - late, high))
        for start, end in merge([(window.start, window.end) for window in ordered])
    ]
    # A claim [start, end) is met from every start whose occupied range ends after it starts and starts
    # before it ends.
    reach = ask.duration + ask.buffer_after - 1
    before = ask.buffer_before
    blocked = [
        (start - reach, end + before)
        for start, end in busy
        if start < end and start - reach < high and low < end + before
    ]
    return _on_grids(ordered, subtract(fitting, blocked))


def refusal(
    start: int,
    windows: Collection[Window],
    busy: Collection[Interval],
    ask: Ask,
    *,
    day_state: DayState,
) -> Refusal | None:
    """None when `free_starts` offers `start`, otherwise the reason why it does not.

    `day_state` comes from `state_at` (or `day_state`) and only tells CLOSED, TIME_OFF and OUTSIDE_HOURS
    apart. TAKEN means that the service itself meets a claim, BUFFER that only its buffers do.
    """
    if free_starts(windows, busy, ask, frm=start, to=start + 1):
        return None
    if start < ask.earliest:
        return Refusal.TOO_SOON
    if start >= ask.latest:
        return Refusal.TOO_FAR
    end = start + ask.duration
    if not contains(merge((window.start, window.end) for window in windows), start, end):
        return _NOT_WORKED[day_state]
    if not _on_grids(sorted(windows, key=_start), [(start, start + 1)]):
        return Refusal.OFF_GRID
    is_taken = any(claim[0] < claim[1] and claim[0] < end and start < claim[1] for claim in busy)
    return Refusal.TAKEN if is_taken else Refusal.BUFFER


_NOT_WORKED = {
    DayState.OPEN: Refusal.OUTSIDE_HOURS,
    DayState.CLOSED: Refusal.CLOSED,
    DayState.TIME_OFF: Refusal.TIME_OFF,
}


def _on_grids(windows: Sequence[Window], allowed: Sequence[Interval]) -> list[int]:
    """The minutes of the merged `allowed` that lie on the grid of a window; `windows` is sorted by start."""
    starts: list[int] = []
    count = len(allowed)
    passed = 0
    for window in windows:
        origin, end, interval = window.start, window.end, window.interval
        while passed < count and allowed[passed][1] <= origin:
            passed += 1
        index = passed
        while index < count and allowed[index][0] < end:
            low, high = allowed[index]
            # Rounded up to the grid: -(-a // b) is the ceiling of a / b.
            first = origin if low <= origin else origin - (origin - low) // interval * interval
            starts.extend(range(first, min(high, end), interval))
            index += 1
    # Only overlapping windows can offer a start twice or out of order.
    if any(later.start < earlier.end for earlier, later in pairwise(windows)):
        return sorted(set(starts))
    return starts


def _start(window: Window) -> int:
    return window.start
