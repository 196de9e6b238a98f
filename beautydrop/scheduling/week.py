"""A week of working hours as people write it: typed times, rows of a day, what is wrong with them in words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time

from django.utils.translation import gettext as _

from beautydrop.scheduling.models import Weekday

MAX_ROWS_A_DAY = 6
_DAY_MINUTES = 24 * 60
_WEEK_MINUTES = 7 * _DAY_MINUTES
_CLOCK = re.compile(r"(\d{1,2})(?:\s*[:.h]\s*(\d{2})?|(\d{2}))?\s*(?:h|uhr)?\s*(am|pm)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Row:
    """Local hours of one weekday (Monday is 0); an `end` that is not after `start` is on the next day."""

    weekday: int
    start: time
    end: time

    @property
    def minutes(self) -> int:
        """Wall-clock minutes, 1 to 1440."""
        return (_minute(self.end) - _minute(self.start) - 1) % _DAY_MINUTES + 1

    @property
    def is_overnight(self) -> bool:
        """True when it ends after midnight; 00:00 itself is the end of the day."""
        return self.end <= self.start and self.end != time(0)

    @property
    def words(self) -> str:
        """`9:00–12:30`"""
        return f"{clock(self.start)}–{clock(self.end)}"


@dataclass(frozen=True, slots=True, order=True)
class Season:
    """The inclusive dates on which a set of rows holds; None is unlimited."""

    valid_from: date | None = None
    valid_until: date | None = None

    @property
    def key(self) -> str:
        """As it stands in addresses and forms."""
        return f"{self.valid_from or ''}_{self.valid_until or ''}"

    def holds_on(self, day: date) -> bool:
        return (self.valid_from or date.min) <= day <= (self.valid_until or date.max)

    def meets(self, other: "Season") -> bool:
        """True when both hold on some day."""
        return (self.valid_from or date.min) <= (other.valid_until or date.max) and (other.valid_from or date.min) <= (
            self.valid_until or date.max
        )


def parse_clock(text: str) -> time | None:
    """A typed time: `9`, `9:00`, `0900`, `900`, `9.30`, `9h30`, `2 pm`; `24:00` is midnight. Otherwise None."""
    found = _CLOCK.fullmatch(text.strip()[:12])
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or found[3] or 0)
    half = (found[4] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour == 24 and minute == 0:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


def clock(at: time) -> str:
    """`9:00`"""
    return f"{at.hour}:{at.minute:02d}"


def total_minutes(rows: Iterable[Row]) -> int:
    return sum(row.minutes for row in rows)


def day_name(weekday: int) -> str:
    return str(Weekday(weekday).label)


def clash(rows: Sequence[Row]) -> tuple[Row, Row] | None:
    """The first two rows that overlap, also where a night runs into the next day (Sunday's into Monday)."""
    spans = sorted((row.weekday * _DAY_MINUTES + _minute(row.start), row) for row in rows)
    for (start, row), (following, other) in zip(spans, [*spans[1:], *spans[:1]], strict=True):
        if len(spans) > 1 and start + row.minutes > following + (_WEEK_MINUTES if following < start else 0):
            return row, other
    return None


def clash_words(first: Row, second: Row) -> str:
    """Two overlapping rows, and what to do."""
    if first.weekday == second.weekday:
        return _("%(day)s: %(first)s and %(second)s overlap. Let one end before the other begins.") % {
            "day": day_name(first.weekday),
            "first": first.words,
            "second": second.words,
        }
    return _("%(day)s’s %(first)s runs into %(next_day)s’s %(second)s. Let one end before the other begins.") % {
        "day": day_name(first.weekday),
        "first": first.words,
        "next_day": day_name(second.weekday),
        "second": second.words,
    }


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
