"""Times, dates, zones and money as people read them, in the active language.

English is shown the European way (24 hours, day before month), like the other languages.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_timedelta, get_timezone_location
from babel.numbers import format_currency, format_decimal
from django.utils.translation import get_language
from django.utils.translation import gettext as _

_DATE_LOCALES = {"en": "en_GB", "de": "de", "es": "es", "fr": "fr"}
_SHORT = {"en": "EEE d MMM", "de": "ccc d.M.", "es": "EEE d MMM", "fr": "EEE d MMM"}
_LONG = {"en": "EEEE d MMMM", "de": "EEEE, d. MMMM", "es": "EEEE, d 'de' MMMM", "fr": "EEEE d MMMM"}
_DAY_MONTH = {"en": "d MMM", "de": "d. MMM", "es": "d MMM", "fr": "d MMM"}
_YEAR = {"en": " y", "de": " y", "es": " 'de' y", "fr": " y"}


def _language() -> str:
    language = (get_language() or "en").split("-")[0]
    return language if language in _DATE_LOCALES else "en"


@cache
def _locale(name: str) -> Locale:
    return Locale.parse(name)


def _date(day: date, patterns: dict[str, str], *, with_year: bool = False) -> str:
    language = _language()
    pattern = patterns[language] + (_YEAR[language] if with_year else "")
    return str(format_date(day, pattern, locale=_locale(_DATE_LOCALES[language])))


def clock(at: datetime, zone: ZoneInfo) -> str:
    """`10:15`, the wall-clock time of an aware instant in `zone`."""
    local = at.astimezone(zone)
    return f"{local.hour:02d}:{local.minute:02d}"


def ago(at: datetime, now: datetime) -> str:
    """`3 hours ago`: for lists of what came from salons in several zones."""
    locale = _locale(_DATE_LOCALES[_language()])
    return str(format_timedelta(min(at - now, timedelta()), add_direction=True, threshold=1.5, locale=locale))


def weekday_short(day: date) -> str:
    """`Thu`"""
    return _date(day, dict.fromkeys(_DATE_LOCALES, "EEE"))


def weekday_long(day: date) -> str:
    """`Thursday`"""
    return _date(day, dict.fromkeys(_DATE_LOCALES, "EEEE"))


def day_month(day: date) -> str:
    """`3 Dec`"""
    return _date(day, _DAY_MONTH)


def day_short(day: date, today: date | None = None) -> str:
    """`Thu 3 Dec`; `Today` when it is `today`; with the year when that is another than `today`'s."""
    if today is not None and day == today:
        return _("Today")
    return _date(day, _SHORT, with_year=today is not None and day.year != today.year and abs((day - today).days) > 180)


def day_long(day: date) -> str:
    """`Thursday 3 December`"""
    return _date(day, _LONG)


def moment(at: datetime, zone: ZoneInfo) -> str:
    """`Wed 2 Dec, 10:15` in `zone`."""
    return f"{_date(at.astimezone(zone).date(), _SHORT)}, {clock(at, zone)}"


def zone_abbreviation(at: datetime, zone: ZoneInfo) -> str:
    """`CET`; zones without a name of their own give `UTC−3` or `UTC+10:30`."""
    local = at.astimezone(zone)
    name = local.tzname() or ""
    if name and name[0].isalpha():
        return name
    offset = local.utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset is not None else 0
    hours, rest = divmod(abs(minutes), 60)
    return "UTC" + ("−" if minutes < 0 else "+") + str(hours) + (f":{rest:02d}" if rest else "")


@cache
def _zone_city(key: str, language: str) -> str:
    return str(get_timezone_location(key, locale=_locale(_DATE_LOCALES[language]), return_city=True))


def zone_city(zone: ZoneInfo) -> str:
    """`Berlin`, in the active language."""
    return _zone_city(zone.key, _language())


def zone_label(at: datetime, zone: ZoneInfo) -> str:
    """`Berlin time (CET)`, with the abbreviation that holds at the instant."""
    return _("%(city)s time (%(zone)s)") % {"city": zone_city(zone), "zone": zone_abbreviation(at, zone)}


def money(amount: Decimal, currency: str) -> str:
    """`€42`, `€42.50`, `¥3,000`: whole amounts without decimals, in the active language's order and signs."""
    locale = _locale(_language())
    if amount == amount.to_integral_value():
        pattern = locale.currency_formats["standard"].pattern.replace(".00", "")
        return str(format_currency(amount, currency, pattern, locale=locale, currency_digits=False))
    return str(format_currency(amount, currency, locale=locale))


def whole(number: int) -> str:
    """`1,284` with the language's grouping."""
    return str(format_decimal(number, locale=_locale(_language())))


def minutes(count: int) -> str:
    """`50 min`, `1 h 30 min` from two hours on."""
    if count < 120:
        return _("%(count)s min") % {"count": count}
    hours, rest = divmod(count, 60)
    return (
        _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}
        if rest
        else _("%(hours)s h") % {"hours": hours}
    )


def distance(kilometres: float) -> str:
    """`0.8 km` below ten, `12 km` above, with the language's decimal sign."""
    if kilometres >= 10:
        return f"{kilometres:.0f} km"
    text = f"{max(kilometres, 0.1):.1f}"
    return f"{text if _language() == 'en' else text.replace('.', ',')} km"
