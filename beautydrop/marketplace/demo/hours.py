"""Opening hours in a short notation, seasons, and the public holidays of the demo's countries."""

from dataclasses import dataclass, replace
from datetime import date, time, timedelta

_DAYS = {"Mo": 0, "Tu": 1, "We": 2, "Th": 3, "Fr": 4, "Sa": 5, "Su": 6}

# Past midnight on Friday and Saturday.
NIGHT_HOURS = "Tu-Th 11:00-20:00, Fr-Sa 14:00-01:30, Su 13:00-18:00"


@dataclass(frozen=True, slots=True)
class HoursRow:
    """One row of weekly hours in local time (Monday is 0); an end not after its start is on the next day."""

    weekday: int
    start: time
    end: time
    valid_from: date | None = None
    valid_until: date | None = None


def parse(words: str) -> list[HoursRow]:
    """`Tu-Fr 09:00-13:00 14:00-18:30, Sa 09:00-14:00`: days, then one or more windows."""
    rows = []
    for part in words.split(", "):
        days, *windows = part.split(" ")
        first, _, last = days.partition("-")
        for weekday in range(_DAYS[first], _DAYS[last or first] + 1):
            for window in windows:
                start, _, end = window.partition("-")
                rows.append(HoursRow(weekday, time.fromisoformat(start), time.fromisoformat(end)))
    return rows


def in_seasons(rows: list[HoursRow], first: date, last: date) -> list[HoursRow]:
    """The rows for each winter (October to March), and for each summer with an hour more in the evening.

    Covers every season that touches `first`..`last`.
    """
    result = []
    for year in range(first.year - 1, last.year + 1):
        winter = (date(year, 10, 1), date(year + 1, 4, 1) - timedelta(days=1))
        summer = (date(year, 4, 1), date(year, 9, 30))
        for begins, ends in (summer, winter):
            if ends < first or begins > last:
                continue
            for row in rows:
                end = row.end
                if begins == summer[0] and 17 <= end.hour <= 21:
                    end = end.replace(hour=end.hour + 1)
                result.append(replace(row, end=end, valid_from=begins, valid_until=ends))
    return result


def holidays(country: str, first: date, last: date) -> list[tuple[date, str]]:
    """Public holidays on which salons of `country` close, within `first`..`last`, by date."""
    found = []
    for year in range(first.year, last.year + 1):
        easter = _easter(year)
        for month, day, name in _FIXED[country]:
            found.append((date(year, month, day), name))
        for offset, name in _BY_EASTER.get(country, ()):
            found.append((easter + timedelta(days=offset), name))
        for month, weekday, number, name in _BY_WEEKDAY.get(country, ()):
            found.append((_nth(year, month, weekday, number), name))
    by_day = {day: name for day, name in found if first <= day <= last}
    return sorted(by_day.items())


def _easter(year: int) -> date:
    """Easter Sunday by the anonymous Gregorian algorithm."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    rest = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * rest) // 451
    month, day = divmod(h + rest - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _nth(year: int, month: int, weekday: int, number: int) -> date:
    """The `number`-th such weekday of the month; -1 for its last."""
    if number < 0:
        last = date(year, month, 31) if month == 12 else date(year, month + 1, 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


_NEW_YEAR = (1, 1, "New Year’s Day")
_LABOUR = (5, 1, "Labour Day")
_CHRISTMAS = (12, 25, "Christmas Day")

_FIXED: dict[str, tuple[tuple[int, int, str], ...]] = {
    "DE": (
        _NEW_YEAR,
        (3, 8, "International Women’s Day"),
        _LABOUR,
        (10, 3, "German Unity Day"),
        _CHRISTMAS,
        (12, 26, "Second day of Christmas"),
    ),
    "GB": (_NEW_YEAR, _CHRISTMAS, (12, 26, "Boxing Day")),
    "FR": (
        _NEW_YEAR,
        _LABOUR,
        (5, 8, "Victory Day"),
        (7, 14, "Bastille Day"),
        (8, 15, "Assumption"),
        (11, 1, "All Saints’ Day"),
        (11, 11, "Armistice Day"),
        _CHRISTMAS,
    ),
    "ES": (
        _NEW_YEAR,
        (1, 6, "Epiphany"),
        _LABOUR,
        (8, 15, "Assumption"),
        (9, 24, "La Mercè"),
        (10, 12, "Fiesta Nacional"),
        (11, 1, "All Saints’ Day"),
        (12, 6, "Constitution Day"),
        (12, 8, "Immaculate Conception"),
        _CHRISTMAS,
        (12, 26, "Sant Esteve"),
    ),
    "US": (_NEW_YEAR, (7, 4, "Independence Day"), _CHRISTMAS),
    "BR": (
        _NEW_YEAR,
        (4, 21, "Tiradentes"),
        _LABOUR,
        (9, 7, "Independence Day"),
        (10, 12, "Our Lady of Aparecida"),
        (11, 2, "All Souls’ Day"),
        (11, 15, "Republic Day"),
        _CHRISTMAS,
    ),
    "KE": (
        _NEW_YEAR,
        _LABOUR,
        (6, 1, "Madaraka Day"),
        (10, 20, "Mashujaa Day"),
        (12, 12, "Jamhuri Day"),
        _CHRISTMAS,
    ),
    "NG": (_NEW_YEAR, (10, 1, "Independence Day"), _CHRISTMAS, (12, 26, "Boxing Day")),
    "IN": ((1, 26, "Republic Day"), (8, 15, "Independence Day"), (10, 2, "Gandhi Jayanti"), _CHRISTMAS),
    "JP": ((1, 1, "New Year"), (1, 2, "New Year"), (1, 3, "New Year"), (12, 31, "New Year’s Eve")),
    "AU": (_NEW_YEAR, (1, 26, "Australia Day"), (4, 25, "Anzac Day"), _CHRISTMAS, (12, 26, "Boxing Day")),
}
_GOOD_FRIDAY, _EASTER_MONDAY = (-2, "Good Friday"), (1, "Easter Monday")
_BY_EASTER: dict[str, tuple[tuple[int, str], ...]] = {
    "DE": (_GOOD_FRIDAY, _EASTER_MONDAY, (39, "Ascension Day"), (50, "Whit Monday")),
    "GB": (_GOOD_FRIDAY, _EASTER_MONDAY),
    "FR": (_EASTER_MONDAY, (39, "Ascension Day"), (50, "Whit Monday")),
    "ES": (_GOOD_FRIDAY, _EASTER_MONDAY),
    "BR": ((-47, "Carnival"), _GOOD_FRIDAY),
    "KE": (_GOOD_FRIDAY, _EASTER_MONDAY),
    "NG": (_GOOD_FRIDAY, _EASTER_MONDAY),
    "AU": (_GOOD_FRIDAY, _EASTER_MONDAY),
}
# Month, weekday (Monday is 0), which one in the month (-1 is the last), name.
_BY_WEEKDAY: dict[str, tuple[tuple[int, int, int, str], ...]] = {
    "GB": (
        (5, 0, 1, "Early May bank holiday"),
        (5, 0, -1, "Spring bank holiday"),
        (8, 0, -1, "Summer bank holiday"),
    ),
    "US": ((5, 0, -1, "Memorial Day"), (9, 0, 1, "Labor Day"), (11, 3, 4, "Thanksgiving")),
    "AU": ((6, 0, 2, "King’s Birthday"),),
}
