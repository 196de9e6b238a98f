"""Where a new salon probably is: first choices of a form that its owner reads and changes, never facts."""

import zoneinfo
from datetime import UTC, datetime, timedelta

import phonenumbers
from babel.core import get_global
from babel.numbers import get_territory_currencies

from beautydrop.accounts.models import Client
from beautydrop.shops.models import Shop


def guesses(client: Client, *, languages: str, now: datetime) -> dict[str, str]:
    """Initial values for country, timezone and currency; what nobody can know is left out.

    As the client's newest salon; else by the country of their phone number, else by that of the browser's
    `languages` (an Accept-Language header). A language does not say where its speaker is, so the zone is then left
    to the browser, which knows its own.
    """
    last = Shop.objects.filter(client=client).order_by("-created_at").first()
    if last:
        return {"country": last.country, "timezone": last.timezone, "currency": last.currency}
    by_phone = _of_phone(client.phone)
    country = by_phone or _of_languages(languages)
    if not country:
        return {}
    found = {"country": country}
    if currencies := get_territory_currencies(country):
        found["currency"] = currencies[0]
    if by_phone and (zone := _only_zone(country, now)):
        found["timezone"] = zone
    return found


def _of_phone(phone: str) -> str:
    try:
        return _country(phonenumbers.region_code_for_number(phonenumbers.parse(phone, None)) or "")
    except phonenumbers.NumberParseException:
        return ""


def _of_languages(header: str) -> str:
    """`de-AT,de;q=0.9` → `AT`; "" when the first language names no country, and for English, which is everywhere."""
    parts = header.split(",")[0].split(";")[0].strip().split("-")
    return _country(parts[-1].upper()) if len(parts) > 1 and parts[0].lower() != "en" else ""


def _country(code: str) -> str:
    """The code, when it is a country's: numbers such as +800 belong to the whole world, "001"."""
    return code if len(code) == 2 and code in set(get_global("zone_territories").values()) else ""


def _only_zone(country: str, now: datetime) -> str:
    """The country's time zone when all its clocks agree all year, the first by name; "" when they don't."""
    known = zoneinfo.available_timezones()
    zones = sorted(
        name for name, territory in get_global("zone_territories").items() if territory == country and name in known
    )
    days = [now.astimezone(UTC) + timedelta(days=30 * month) for month in range(12)]
    clocks = {tuple(day.astimezone(zoneinfo.ZoneInfo(name)).utcoffset() for day in days) for name in zones}
    return zones[0] if len(clocks) == 1 else ""
