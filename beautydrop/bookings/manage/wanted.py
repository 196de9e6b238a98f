"""What an entry form asks for, read leniently: service, person, day and time in the shop's wall-clock time."""

import re
import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from django.core.exceptions import PermissionDenied
from django.http import QueryDict

from beautydrop.availability import to_datetime, to_minutes
from beautydrop.bookings.choosing import ANYONE
from beautydrop.shops.access import Level, Standing
from beautydrop.shops.models import Shop, StaffMember
from beautydrop.web import requests

_CLOCK = re.compile(r"(\d{1,2})(?:[:.h ]?(\d{2}))?\s*h?", re.ASCII)


def clock(value: str | None) -> time | None:
    """A typed time: `14:30`, `14.30`, `1430`, `9`; or None."""
    found = _CLOCK.fullmatch((value or "").strip()[:8])
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def at(shop: Shop, day: date | None, clock_time: time | None) -> datetime | None:
    """That wall-clock time in the shop's zone as an aware instant; None when either is missing."""
    if day is None or clock_time is None:
        return None
    return to_datetime(to_minutes(datetime.combine(day, clock_time), shop.zone, opens=True))


def own_column(standing: Standing) -> StaffMember | None:
    """The one person whose time somebody at level STAFF may touch; None for whoever may touch everybody's."""
    return None if standing.level >= Level.MANAGER else standing.staff_member


def require_own_column(standing: Standing, data: QueryDict) -> None:
    """403 for somebody at level STAFF who names another person."""
    own, named = own_column(standing), requests.key(data.get("staff"))
    if own and named not in {None, own.pk}:
        raise PermissionDenied


@dataclass(frozen=True, slots=True)
class Wanted:
    """A service with a person (None: anyone) on a day at a time; all may be missing."""

    service_id: uuid.UUID | None = None
    staff_id: uuid.UUID | None = None
    day: date | None = None
    clock_time: time | None = None
    day_typed: str = ""
    time_typed: str = ""

    @classmethod
    def read(cls, data: QueryDict, standing: Standing) -> "Wanted":
        """From an address or a form. `pick` (`start/staff`, a pressed free time) wins over `date` and `time`,
        and those over `start`.
        """
        zone = standing.shop.zone
        service_id = requests.key(data.get("service"))
        staff_id = requests.key(data.get("staff"))
        day_typed, time_typed = requests.text(data.get("date"), 40), requests.text(data.get("time"), 40)
        raw, _slash, shown_with = (data.get("pick") or "").partition("/")
        start = requests.instant(raw)
        # A pressed time is with the person it shows; for anyone it stays with anyone, who would be that person.
        if start is not None and data.get("staff") != ANYONE:
            staff_id = requests.key(shown_with) or staff_id
        if start is None and not day_typed and not time_typed:
            start = requests.instant((data.get("start") or "").partition("/")[0])
        if start is not None:
            local = start.astimezone(zone)
            day_typed, time_typed = local.date().isoformat(), f"{local:%H:%M}"
        if own := own_column(standing):
            staff_id = own.pk
        return cls(service_id, staff_id, requests.day(day_typed), clock(time_typed), day_typed, time_typed)

    def start(self, shop: Shop) -> datetime | None:
        return at(shop, self.day, self.clock_time)

    def on(self, day: date) -> "Wanted":
        """The same on `day` unless a day was given."""
        return self if self.day_typed else replace(self, day=day, day_typed=day.isoformat())

    @property
    def staff_value(self) -> str:
        return str(self.staff_id) if self.staff_id else ANYONE
