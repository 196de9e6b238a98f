"""From working hours in local time to windows in UTC minutes: the only place where a time zone matters.

An instant is a whole number of minutes since 1970-01-01 00:00 UTC. Local times are naive wall-clock times
of the zone given with them, to the minute; seconds are dropped.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from .intervals import Interval, contains, intersect, merge

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ORDINAL = _EPOCH.toordinal()
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_MIDNIGHT = time(0, 0)

type _Hours = tuple[time, time, int]
"""Local opening time, local closing time, minutes of the grid."""


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """One row of the weekly hours of a shop or of a staff member.

    `weekday` is 0 for Monday and names the day on which the hours start. An `end` that is not after `start`
    lies on the next day, so 00:00 closes at midnight and equal times last from one day to the next.
    `interval` is the grid in minutes. `valid_from` and `valid_until` are inclusive; None is unlimited.
    """

    weekday: int
    start: time
    end: time
    interval: int
    valid_from: date | None = None
    valid_until: date | None = None

    def __post_init__(self) -> None:
        _require_grid(self.interval)


@dataclass(frozen=True, slots=True)
class DayException:
    """What replaces the weekly hours for windows that start on the days `first` to `last`, inclusive.

    `opens` holds pairs of local opening and closing time, read like those of `WeeklyHours`; empty is closed.
    `interval` is the grid in minutes; None is the shop's default. `is_time_off` marks a person's absence:
    it never changes what is worked, only the reason that is given.
    """

    first: date
    last: date
    opens: tuple[tuple[time, time], ...] = ()
    interval: int | None = None
    is_time_off: bool = False

    def __post_init__(self) -> None:
        if self.interval is not None:
            _require_grid(self.interval)


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Worked time [start, end) in UTC minutes. Its grid is start + k * interval, in elapsed minutes."""

    start: int
    end: int
    interval: int


class DayState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    TIME_OFF = "time_off"


def to_minutes(local: datetime, zone: ZoneInfo, *, opens: bool) -> int:
    """The instant of a naive local time of `zone`; its `fold` is ignored.

    A time that the clock skips becomes the first instant after the gap. One that occurs twice becomes the
    earlier instant when it `opens` a window and the later one when it closes it.
    """
    if local.fold:
        local = local.replace(fold=0)
    before = zone.utcoffset(local)
    after = zone.utcoffset(local.replace(fold=1))
    assert before is not None and after is not None  # Other tzinfo may answer None, ZoneInfo knows.
    if before == after:
        return _less_offset(local, before)
    if before < after:
        return _end_of_gap(local, zone, before, after)
    return _less_offset(local, before if opens else after)


def minutes_of(aware: datetime) -> int:
    """The minute in which an aware instant lies: rounded down, as fits the start of a claim.

    Raises TypeError for a naive datetime.
    """
    return (aware - _EPOCH) // _MINUTE


def ceil_minutes(aware: datetime) -> int:
    """The first whole minute not before an aware instant: rounded up, as fits the end of a claim or "now".

    Raises TypeError for a naive datetime.
    """
    return -((_EPOCH - aware) // _MINUTE)


def to_datetime(minutes: int) -> datetime:
    """The instant as an aware datetime in UTC."""
    return _EPOCH + timedelta(minutes=minutes)


def local_date(minutes: int, zone: ZoneInfo) -> date:
    """The date that a calendar in `zone` shows at the instant."""
    return to_datetime(minutes).astimezone(zone).date()


def day_bounds(day: date, zone: ZoneInfo) -> Interval:
    """The local day as [start, end), 23 to 25 hours long as a rule; empty for a date that the zone skipped.

    Consecutive days always meet: a midnight that occurs twice ends one day and starts the next when it
    first occurs.
    """
    return _midnight(day, zone), _midnight(day + _DAY, zone)


def working_windows(
    *,
    zone: ZoneInfo,
    first: date,
    last: date,
    shop_hours: Collection[WeeklyHours],
    shop_exceptions: Collection[DayException],
    staff_hours: Collection[WeeklyHours] = (),
    staff_exceptions: Collection[DayException] = (),
    default_interval: int = 15,
) -> list[Window]:
    """The windows of one staff member, or of the shop itself, that start on the local days `first` to `last`.

    Windows of the day before that run past midnight into `first` are included, those of the day after
    `last` are not: whoever asks for starts up to the midnight that ends a day needs that next day's windows
    as well, because a service may begin in one window and end in another that touches it.

    `staff_hours` are all rows of the staff member, whether valid on these days or not: having any means not
    working by the shop's. The result is sorted; windows overlap, or even repeat, when the hours do.
    Raises ValueError when `default_interval` is less than one minute.
    """
    _require_grid(default_interval)
    if last < first:
        return []
    eve = first - _DAY
    hours = _by_weekday(staff_hours or shop_hours)
    shop_exceptions = [item for item in shop_exceptions if item.first <= last and item.last >= eve]
    staff_exceptions = [item for item in staff_exceptions if item.first <= last and item.last >= eve]
    found: list[Window] = []
    day = eve
    while day <= last:
        windows = _windows_of_day(
            day,
            zone,
            hours[day.weekday()],
            has_own_hours=bool(staff_hours),
            shop_exceptions=shop_exceptions,
            staff_exceptions=staff_exceptions,
            default_interval=default_interval,
        )
        if day == eve and windows:
            morning = _midnight(first, zone)
            windows = [window for window in windows if window.end > morning]
        found += windows
        day += _DAY
    return sorted(found, key=_window_order)


def day_state(
    day: date,
    *,
    zone: ZoneInfo,
    shop_hours: Collection[WeeklyHours],
    shop_exceptions: Collection[DayException],
    staff_hours: Collection[WeeklyHours] = (),
    staff_exceptions: Collection[DayException] = (),
    default_interval: int = 15,
) -> DayState:
    """What a local day is, judged by the windows that start on it.

    CLOSED: nobody works, because the shop closes or has no hours that day. TIME_OFF: an exception of the
    staff member takes away all that would be worked, or marks an absence on a day on which the shop is
    open. OPEN: everything else, so also a day on which the shop works and this staff member does not.
    """
    _require_grid(default_interval)

    def windows(hours: Collection[WeeklyHours], exceptions: Collection[DayException]) -> list[Window]:
        return _windows_of_day(
            day,
            zone,
            _by_weekday(hours or shop_hours)[day.weekday()],
            has_own_hours=bool(hours),
            shop_exceptions=shop_exceptions,
            staff_exceptions=exceptions,
            default_interval=default_interval,
        )

    if any(not item.opens for item in _on(day, shop_exceptions)):
        return DayState.CLOSED
    if windows(staff_hours, staff_exceptions):
        return DayState.OPEN
    is_shop_open = bool(windows((), ()))
    absences = _on(day, staff_exceptions)
    if absences and windows(staff_hours, ()):
        return DayState.TIME_OFF
    if is_shop_open and any(item.is_time_off for item in absences):
        return DayState.TIME_OFF
    return DayState.OPEN if is_shop_open else DayState.CLOSED


def state_at(
    start: int,
    duration: int,
    *,
    zone: ZoneInfo,
    shop_hours: Collection[WeeklyHours],
    shop_exceptions: Collection[DayException],
    staff_hours: Collection[WeeklyHours] = (),
    staff_exceptions: Collection[DayException] = (),
    default_interval: int = 15,
) -> DayState:
    """The `day_state` to hand to `refusal` for a service of `duration` minutes that starts at `start`.

    OPEN when the service lies in worked time, TIME_OFF when it would but for an exception of the staff
    member (special hours and the night before included), otherwise the state of the local day of `start`.
    """

    def is_worked(exceptions: Collection[DayException]) -> bool:
        windows = working_windows(
            zone=zone,
            first=local_date(start, zone),
            last=local_date(start + duration, zone),
            shop_hours=shop_hours,
            shop_exceptions=shop_exceptions,
            staff_hours=staff_hours,
            staff_exceptions=exceptions,
            default_interval=default_interval,
        )
        return contains(merge((item.start, item.end) for item in windows), start, start + duration)

    if is_worked(staff_exceptions):
        return DayState.OPEN
    if staff_exceptions and is_worked(()):
        return DayState.TIME_OFF
    return day_state(
        local_date(start, zone),
        zone=zone,
        shop_hours=shop_hours,
        shop_exceptions=shop_exceptions,
        staff_hours=staff_hours,
        staff_exceptions=staff_exceptions,
        default_interval=default_interval,
    )


def _windows_of_day(
    day: date,
    zone: ZoneInfo,
    rows: Sequence[WeeklyHours],
    *,
    has_own_hours: bool,
    shop_exceptions: Iterable[DayException],
    staff_exceptions: Iterable[DayException],
    default_interval: int,
) -> list[Window]:
    """The windows that start on `day`. `rows` are those of its weekday, the staff member's or the shop's."""
    shop_today = _on(day, shop_exceptions)
    if any(not item.opens for item in shop_today):
        return []
    staff_today = _on(day, staff_exceptions)
    if any(not item.opens for item in staff_today):
        return []
    if staff_today:
        return _resolve(day, _special_hours(staff_today, default_interval), zone)
    special = _special_hours(shop_today, default_interval)
    if special and not has_own_hours:
        return _resolve(day, special, zone)
    valid = [
        (row.start, row.end, row.interval)
        for row in rows
        if (row.valid_from is None or row.valid_from <= day) and (row.valid_until is None or day <= row.valid_until)
    ]
    weekly = _resolve(day, valid, zone)
    if not special:
        return weekly
    opened = merge((window.start, window.end) for window in _resolve(day, special, zone))
    return [
        Window(start, end, window.interval)
        for window in weekly
        for start, end in intersect([(window.start, window.end)], opened)
    ]


def _resolve(day: date, hours: Iterable[_Hours], zone: ZoneInfo) -> list[Window]:
    windows: list[Window] = []
    for opening, closing, interval in hours:
        closes_on = day if closing > opening else day + _DAY
        start = to_minutes(datetime.combine(day, opening), zone, opens=True)
        end = to_minutes(datetime.combine(closes_on, closing), zone, opens=False)
        if start < end:
            windows.append(Window(start, end, interval))
    return windows


def _special_hours(exceptions: Iterable[DayException], default_interval: int) -> list[_Hours]:
    return [
        (opening, closing, default_interval if item.interval is None else item.interval)
        for item in exceptions
        for opening, closing in item.opens
    ]


def _on(day: date, exceptions: Iterable[DayException]) -> list[DayException]:
    return [item for item in exceptions if item.first <= day <= item.last]


def _by_weekday(hours: Iterable[WeeklyHours]) -> list[list[WeeklyHours]]:
    rows: list[list[WeeklyHours]] = [[] for _ in range(7)]
    for row in hours:
        rows[row.weekday].append(row)
    return rows


def _window_order(window: Window) -> tuple[int, int, int]:
    return window.start, window.end, window.interval


def _midnight(day: date, zone: ZoneInfo) -> int:
    return to_minutes(datetime.combine(day, _MIDNIGHT), zone, opens=True)


def _less_offset(local: datetime, offset: timedelta) -> int:
    minutes = (local.toordinal() - _EPOCH_ORDINAL) * 1440 + local.hour * 60 + local.minute
    # Offsets of the distant past have seconds; the floor keeps the result a whole minute.
    return minutes + (-offset.days * 86400 - offset.seconds) // 60


def _end_of_gap(local: datetime, zone: ZoneInfo, before: timedelta, after: timedelta) -> int:
    """The first instant after the gap that swallows `local`, by halving: zoneinfo lists no transitions."""
    low = _less_offset(local, after)
    high = _less_offset(local, before)
    while high - low > 1:
        middle = (low + high) // 2
        if to_datetime(middle).astimezone(zone).replace(tzinfo=None, fold=0) > local:
            high = middle
        else:
            low = middle
    return high


def _require_grid(interval: int) -> None:
    if interval < 1:
        raise ValueError(f"The grid must be at least one minute, not {interval}.")
