"""The weekly editor without its page: what was typed stays as it was typed until it can be saved.

Fields: `start-<weekday>-<n>`, `end-<weekday>-<n>`, `to-<weekday>` (days to copy to), `interval`, `valid_from`,
`valid_until`. Buttons are named `act`: `add-<weekday>`, `remove-<weekday>-<n>`, `copy-<weekday>`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from beautydrop.scheduling import week
from beautydrop.scheduling.models import Schedule
from beautydrop.scheduling.week import MAX_ROWS_A_DAY, Row, Season
from beautydrop.web import requests

INTERVALS = (5, 10, 15, 20, 30, 45, 60, 90, 120)
# What a form may carry at most, however it was made.
_MOST_TYPED = 12


@dataclass(slots=True)
class Typed:
    """One row as it was typed."""

    start: str = ""
    end: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.start.strip() and not self.end.strip()


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong, and the id of the control to go to."""

    control: str
    words: str


@dataclass(slots=True)
class WeekForm:
    """A week as typed; `rows` and `season` hold once `check` has found no mistakes."""

    days: list[list[Typed]]
    interval: str
    valid_from: str = ""
    valid_until: str = ""
    mistakes: list[Mistake] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    @classmethod
    def of(cls, rows: Iterable[Schedule], season: Season, *, default_interval: int) -> "WeekForm":
        """The stored rows of one season."""
        days: list[list[Typed]] = [[] for _weekday in range(7)]
        interval = default_interval
        for row in sorted(rows, key=lambda one: (one.day_of_week, one.start_time)):
            days[row.day_of_week].append(Typed(week.clock(row.start_time), week.clock(row.end_time)))
            interval = row.slot_interval_minutes
        return cls(
            days,
            str(interval),
            season.valid_from.isoformat() if season.valid_from else "",
            season.valid_until.isoformat() if season.valid_until else "",
        )

    @classmethod
    def read(cls, sent: QueryDict) -> "WeekForm":
        days = []
        for weekday in range(7):
            names = [(f"start-{weekday}-{n}", f"end-{weekday}-{n}") for n in range(_MOST_TYPED)]
            days.append(
                [
                    Typed(requests.text(sent.get(start), 12), requests.text(sent.get(end), 12))
                    for start, end in names
                    if start in sent or end in sent
                ]
            )
        return cls(
            days,
            requests.text(sent.get("interval"), 8),
            requests.text(sent.get("valid_from"), 12),
            requests.text(sent.get("valid_until"), 12),
        )

    def act(self, name: str, copy_to: Sequence[str]) -> str:
        """Press one of the buttons; the id of the control to go to, "" for a button that isn't known.

        Nothing that was typed is lost, except what is removed or copied over.
        """
        verb, _dash, rest = name.partition("-")
        raw_weekday, _dash, raw_position = rest.partition("-")
        weekday, position = (
            requests.whole(raw_weekday, 7, lowest=0, highest=6),
            requests.whole(raw_position, 0, lowest=0),
        )
        if weekday > 6:
            return ""
        day = self.days[weekday]
        if verb == "add":
            if len(day) >= MAX_ROWS_A_DAY:
                words = _("%(day)s: enter at most %(count)s rows") % {
                    "day": week.day_name(weekday),
                    "count": MAX_ROWS_A_DAY,
                }
                self.mistakes.append(Mistake(f"start-{weekday}-0", words))
                return f"start-{weekday}-0"
            day.append(Typed())
            return f"start-{weekday}-{len(day) - 1}"
        if verb == "remove":
            if position < len(day):
                del day[position]
            return f"start-{weekday}-{len(day) - 1}" if day else f"add-{weekday}"
        if verb == "copy":
            targets = {requests.whole(one, 7, lowest=0, highest=6) for one in copy_to} - {7, weekday}
            if not targets:
                words = _("Select the days to copy %(day)s to") % {"day": week.day_name(weekday)}
                self.mistakes.append(Mistake(f"to-{weekday}", words))
                return f"to-{weekday}"
            for target in targets:
                self.days[target] = [Typed(row.start, row.end) for row in day]
            return f"copy-{weekday}"
        return ""

    def season(self) -> Season:
        return Season(requests.day(self.valid_from), requests.day(self.valid_until))

    def interval_minutes(self) -> int:
        """0 when it can't be read."""
        return requests.whole(self.interval, 0, lowest=5, highest=240)

    def check(self) -> bool:
        """Read all of it; what can't be saved stands in `mistakes`, in order."""
        self.rows = []
        for weekday, day in enumerate(self.days):
            for position, typed in enumerate(day):
                if typed.is_empty:
                    continue
                start, end = week.parse_clock(typed.start), week.parse_clock(typed.end)
                for name, text, found in (("start", typed.start, start), ("end", typed.end, end)):
                    if found is None:
                        self._mistake(f"{name}-{weekday}-{position}", _unread(weekday, text))
                if start is not None and end is not None:
                    self.rows.append(Row(weekday, start, end))
        if not self.rows and not self.mistakes:
            self._mistake("start-0-0" if self.days[0] else "add-0", _("Enter hours for at least one day"))
        if found_clash := week.clash(self.rows):
            first = found_clash[0]
            position = next(
                n
                for n, typed in enumerate(self.days[first.weekday])
                if (week.parse_clock(typed.start), week.parse_clock(typed.end)) == (first.start, first.end)
            )
            self._mistake(f"end-{first.weekday}-{position}", week.clash_words(*found_clash))
        for weekday, day in enumerate(self.days):
            if sum(not typed.is_empty for typed in day) > MAX_ROWS_A_DAY:
                words = _("%(day)s: enter at most %(count)s rows")
                words %= {"day": week.day_name(weekday), "count": MAX_ROWS_A_DAY}
                self._mistake(f"start-{weekday}-0", words)
        if not self.interval_minutes():
            self._mistake("interval", _("Choose a slot interval from 5 to 240 minutes"))
        season = self.season()
        for name, text, day_read in (
            ("valid_from", self.valid_from, season.valid_from),
            ("valid_until", self.valid_until, season.valid_until),
        ):
            if text and day_read is None:
                self._mistake(name, _("Enter a date such as 2026-06-01"))
        if season.valid_from and season.valid_until and season.valid_until < season.valid_from:
            self._mistake("valid_until", _("Choose an end date that is not before the start date"))
        return not self.mistakes

    def readable_rows(self) -> list[Row]:
        """What can be read so far: for the bars and the sum."""
        found = []
        for weekday, day in enumerate(self.days):
            for typed in day:
                start, end = week.parse_clock(typed.start), week.parse_clock(typed.end)
                if start is not None and end is not None:
                    found.append(Row(weekday, start, end))
        return found

    def _mistake(self, control: str, words: str) -> None:
        self.mistakes.append(Mistake(control, words))


def _unread(weekday: int, typed: str) -> str:
    day = week.day_name(weekday)
    if not typed.strip():
        return _("%(day)s: enter both times, or leave both empty") % {"day": day}
    return _("%(day)s: enter a time such as 9:00 instead of “%(typed)s”") % {"day": day, "typed": typed}


def intervals(chosen: str) -> list[tuple[str, bool]]:
    """The grids to choose from, with the one in use whatever it is: (minutes, is chosen)."""
    values = [str(one) for one in INTERVALS]
    if chosen and chosen not in values and requests.whole(chosen, 0, lowest=5, highest=240):
        values = sorted([*values, chosen], key=int)
    return [(value, value == chosen) for value in values]


@dataclass(frozen=True, slots=True)
class Axis:
    """The hours that the bars span: whole steps of four, 8 to 20 at least."""

    first: int
    last: int

    @classmethod
    def around(cls, rows: Iterable[Row]) -> "Axis":
        first, last = 8, 20
        for row in rows:
            first = min(first, row.start.hour // 4 * 4)
            end = row.start.hour * 60 + row.start.minute + row.minutes
            last = max(last, -(-end // 240) * 4)
        return cls(first, last)

    @property
    def labels(self) -> list[str]:
        """`8`, `12`, …, past midnight again from 0."""
        return [str(hour % 24) for hour in range(self.first, self.last + 1, 4)]

    @property
    def minutes(self) -> int:
        return (self.last - self.first) * 60

    @property
    def ticks(self) -> list[int]:
        """Every two hours, in minutes from the start."""
        return list(range(0, self.minutes + 1, 120))

    def spans(self, rows: Iterable[Row]) -> list[tuple[int, int]]:
        """(offset, length) in minutes of each row; a day's own, past midnight included."""
        return [(row.start.hour * 60 + row.start.minute - self.first * 60, row.minutes) for row in rows]


def day_contexts(
    form: WeekForm, *, axis: Axis, shop_rows: Sequence[Row] | None = None, stored: Sequence[Row] = (), focus: str = ""
) -> list[dict[str, Any]]:
    """The seven days, ready for the template. `shop_rows` (None: it is the shop's own week) are drawn behind.

    `stored` is what holds until this is saved.
    """
    rows = form.readable_rows()
    wrong = {one.control: one.words for one in form.mistakes}
    found = []
    for weekday, typed in enumerate(form.days):
        own = sorted(row for row in rows if row.weekday == weekday)
        shop = [row for row in shop_rows or () if row.weekday == weekday]
        was = sorted(row for row in stored if row.weekday == weekday)
        found.append(
            {
                "number": weekday,
                "name": week.day_name(weekday),
                "rows": [
                    {
                        "position": position,
                        "start": row.start,
                        "end": row.end,
                        "label": _("%(day)s, row %(number)s") % {"day": week.day_name(weekday), "number": position + 1},
                        "start_error": wrong.get(f"start-{weekday}-{position}"),
                        "end_error": wrong.get(f"end-{weekday}-{position}"),
                        "note": _overnight(row),
                        "has_focus": focus == f"start-{weekday}-{position}",
                    }
                    for position, row in enumerate(typed)
                ],
                "may_add": len(typed) < MAX_ROWS_A_DAY,
                "closed_words": _("Closed") if shop_rows is None else _("Day off") if shop else _("Shop closed"),
                "length": duration(week.total_minutes(own)) if own else "",
                "spans": axis.spans(own),
                "shop_spans": axis.spans(shop),
                "until_now": _until_now(was) if was != own else "",
                "copy_error": wrong.get(f"to-{weekday}"),
                "others": [{"number": other, "name": week.day_name(other)} for other in range(7) if other != weekday],
            }
        )
    return found


def _until_now(rows: Sequence[Row]) -> str:
    if not rows:
        return _("Until now a day off")
    return _("Until now %(hours)s") % {"hours": ", ".join(row.words for row in rows)}


def _overnight(typed: Typed) -> str:
    start, end = week.parse_clock(typed.start), week.parse_clock(typed.end)
    if start is None or end is None or not Row(0, start, end).is_overnight:
        return ""
    return _("until %(time)s the next day") % {"time": f"{end:%H:%M}"}


def duration(minutes: int) -> str:
    """`8 h 30`, `8 h`"""
    hours, rest = divmod(minutes, 60)
    return _("%(hours)s h %(minutes)s") % {"hours": hours, "minutes": f"{rest:02d}"} if rest else f"{hours} h"


def season_on(seasons: Sequence[Season], day: date) -> Season | None:
    """The season to show first: the one that holds on the day, else the next, else the last."""
    holding = [one for one in seasons if one.holds_on(day)]
    coming = [one for one in seasons if one.valid_from and one.valid_from > day]
    return (holding or coming or list(seasons[-1:]) or [None])[0]  # type: ignore[list-item]
