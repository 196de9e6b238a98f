"""When can somebody be booked? Pure functions on whole UTC minutes: no Django, no database, no clock.

How the answer comes about:

1. `working_windows` turns hours kept as local wall-clock times into windows [start, end) in UTC minutes.
   A window belongs to the local day on which it starts, and what is said about a day (its weekday, season,
   closure, special hours, time off) concerns the windows that start on it, also where they run past midnight.
   - A time the clock skips moves forward to the first instant after the gap; one that occurs twice is the
     earlier instant when it opens a window and the later one when it closes it.
   - A closed shop is closed for all. Otherwise an exception of the staff member decides, then the staff
     member's own rows if there are any at all, else the shop's. Special hours of the shop replace the
     weekday's for whoever works by the shop's hours, and cut the hours of whoever has rows of their own.
2. `free_starts` offers the starts on the fixed grid of the windows at which the service fits the worked time
   and the service with its buffers meets nobody's claim. Grids count elapsed minutes from the start of their
   window, so that booking or cancelling never shifts one.
3. `refusal` says why a start is not offered. It asks `free_starts`, so what is offered can be booked and what
   is not offered is refused.

At the edges: claims come in through `minutes_of` (start) and `ceil_minutes` (end), answers go out through
`to_datetime`. To ask about the starts of some days, load the windows of one day more (see
`working_windows`) and cut with `frm` and `to`, for which `day_bounds` gives a local day.
"""

from .intervals import Interval, contains, intersect, merge, subtract
from .slots import Ask, Refusal, free_starts, refusal
from .windows import (
    DayException,
    DayState,
    WeeklyHours,
    Window,
    ceil_minutes,
    day_bounds,
    day_state,
    local_date,
    minutes_of,
    state_at,
    to_datetime,
    to_minutes,
    working_windows,
)

__all__ = [
    "Ask",
    "DayException",
    "DayState",
    "Interval",
    "Refusal",
    "WeeklyHours",
    "Window",
    "ceil_minutes",
    "contains",
    "day_bounds",
    "day_state",
    "free_starts",
    "intersect",
    "local_date",
    "merge",
    "minutes_of",
    "refusal",
    "state_at",
    "subtract",
    "to_datetime",
    "to_minutes",
    "working_windows",
]
