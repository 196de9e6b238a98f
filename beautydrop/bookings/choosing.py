"""The page where one picks who and when, as rows ready for its template. Booking and moving share it."""

import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beautydrop.bookings.models import Booking
from beautydrop.bookings.policy import Policy, short_terms
from beautydrop.scheduling import openings
from beautydrop.scheduling.openings import Opening, Openings
from beautydrop.shops.models import Service
from beautydrop.web import formats, requests

ANYONE = "any"
_WEEK = 7
_NOON, _EVENING = 12, 17


def iso(start: datetime) -> str:
    """An instant as it stands in addresses and forms: `2026-12-03T09:15Z`."""
    return f"{start:%Y-%m-%dT%H:%M}Z"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the address says: the person (None: anyone), the local day, the start. All may be absent."""

    staff_id: uuid.UUID | None
    day: date | None
    start: datetime | None
    # A form was sent without a time, or with one that can't be read.
    is_start_missing: bool = False

    @classmethod
    def read(cls, query: QueryDict) -> "Choice":
        """From an address or a form; a start may name the person it was shown with (`start/staff`)."""
        raw, _slash, shown_with = (query.get("start") or "").partition("/")
        start = requests.instant(raw)
        return cls(
            staff_id=requests.key(shown_with) or requests.key(query.get("staff")),
            day=requests.day(query.get("day")),
            start=start,
            is_start_missing="start" in query and start is None,
        )


class Chooser:
    """Loads a week of openings around a choice (three queries) and lays it out.

    `moved` is the booking whose time is to be changed: its own time counts as free, and what was sold stays sold.
    """

    def __init__(
        self,
        service: Service,
        choice: Choice,
        *,
        path: str,
        now: datetime,
        moved: Booking | None = None,
    ) -> None:
        self.moved = moved
        self.service, self.path, self.now = service, path, now
        self.zone = service.shop.zone
        self.today, self.horizon = openings.bookable_days(service.shop, now)
        wanted = choice.day or (choice.start.astimezone(self.zone).date() if choice.start else None)
        inside = min(max(wanted or self.today, self.today), self.horizon)
        self.first = self.today + timedelta(days=(inside - self.today).days // _WEEK * _WEEK)
        self.last = min(self.first + timedelta(days=_WEEK - 1), self.horizon)
        self.openings: Openings = openings.load(
            service,
            now=now,
            first=self.first,
            last=self.last,
            own_claim=moved.pk if moved else None,
            duration_minutes=moved.duration_minutes if moved else None,
        )
        self.staff_id = choice.staff_id if choice.staff_id and self.openings.performer(choice.staff_id) else None
        self._by_day: dict[date, list[Opening]] = {}
        self.day = inside if wanted else self._first_free_day()
        self.chosen = self.openings.at(choice.start, self.staff_id) if choice.start else None
        self.is_start_gone = choice.start is not None and self.chosen is None
        self.is_start_missing = choice.is_start_missing

    def openings_on(self, day: date) -> list[Opening]:
        """The openings of one shown day for the chosen person."""
        if day not in self._by_day:
            self._by_day[day] = self.openings.on(day, self.staff_id)
        return self._by_day[day]

    def context(self) -> dict[str, Any]:
        """Everything the template shows."""
        service, shop = self.service, self.service.shop
        price, duration = self._price_and_duration()
        on_day = self.openings_on(self.day)
        return {
            "shop": shop,
            "service_line": {
                "name": self.moved.service_name if self.moved else service.name,
                "minutes": formats.minutes(duration),
                "price": formats.money(price, shop.currency),
            },
            "people": self._people(),
            "strip_heading": self._strip_heading(),
            "previous_url": self._url(day=self.first - timedelta(days=_WEEK)) if self.first > self.today else "",
            "next_url": self._url(day=self.last + timedelta(days=1)) if self.last < self.horizon else "",
            "days": [self._day(self.first + timedelta(days=n)) for n in range((self.last - self.first).days + 1)],
            "day_value": self.day.isoformat(),
            "day_heading": formats.day_long(self.day),
            "count_line": self._count_line(on_day),
            "parts": self._parts(on_day),
            "chosen": summary(service, self.chosen, now=self.now, moved=self.moved) if self.chosen else None,
            "empty": None if on_day else self._empty(),
            "notice": self._notice(),
            "policy_short": short_terms(self.moved or shop),
        }

    def _notice(self) -> str:
        if self.is_start_gone:
            return _("The time you chose is no longer free. Choose another one.")
        return _("Select a time") if self.is_start_missing else ""

    def _url(self, *, day: date | None = None, start: datetime | None = None, staff: str | None = None) -> str:
        who = staff if staff is not None else (str(self.staff_id) if self.staff_id else ANYONE)
        query = {"staff": who, "day": (day or self.day).isoformat()}
        if start:
            query["start"] = iso(start)
        return f"{self.path}?{urlencode(query)}"

    def _first_free_day(self) -> date:
        days = [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]
        return next((day for day in days if self.openings_on(day)), self.first)

    def _price_and_duration(self) -> tuple[Any, int]:
        if self.moved:
            return self.moved.price, self.moved.duration_minutes
        if self.chosen:
            return self.chosen.performer.price, self.chosen.performer.duration_minutes
        if self.staff_id and (performer := self.openings.performer(self.staff_id)):
            return performer.price, performer.duration_minutes
        return self.service.price, self.service.duration_minutes

    def _people(self) -> list[dict[str, Any]]:
        bounds = self.openings.bounds(self.day)
        anyone = self.openings.starts_on(self.day)
        people = [
            {
                "value": ANYONE,
                "name": _("Anyone"),
                "full_name": _("Anyone free"),
                "category": self.service.category,
                "free": anyone,
                "free_words": _free_words(anyone),
                "url": self._url(staff=ANYONE, start=self.chosen.start if self.chosen else None),
                "selected": self.staff_id is None,
                "is_anyone": True,
            }
        ]
        for performer in self.openings.performers:
            free = len(performer.free(*bounds))
            keeps = self.chosen is not None and bool(_at(performer, self.chosen.start))
            people.append(
                {
                    "value": str(performer.staff.pk),
                    "name": performer.staff.short_name,
                    "full_name": performer.staff.name,
                    "category": self.service.category,
                    "free": free,
                    "free_words": _free_words(free),
                    "url": self._url(
                        staff=str(performer.staff.pk),
                        start=self.chosen.start if self.chosen and keeps else None,
                    ),
                    "selected": performer.staff.pk == self.staff_id,
                    "is_anyone": False,
                }
            )
        return people

    def _strip_heading(self) -> str:
        return _("%(first)s to %(last)s") % {
            "first": formats.day_month(self.first),
            "last": formats.day_month(self.last),
        }

    def _day(self, day: date) -> dict[str, Any]:
        known = self._by_day.get(day)
        free = self.openings.starts_on(day, self.staff_id) if known is None else len(known)
        is_open = free > 0 or self.openings.is_worked(day, self.staff_id)
        words = _free_words(free) if free else (_("full") if is_open else _("closed"))
        if free:
            aria = ngettext("%(day)s, %(count)s free time", "%(day)s, %(count)s free times", free) % {
                "day": formats.day_long(day),
                "count": free,
            }
        else:
            aria = f"{formats.day_long(day)}, {words}"
        return {
            "url": self._url(day=day),
            "name": _("Today") if day == self.today else formats.weekday_short(day),
            "number": day.day,
            "free": free,
            "free_words": words,
            "aria": aria,
            "selected": day == self.day,
            "is_open": is_open,
            "is_full": is_open and not free,
        }

    def _count_line(self, on_day: list[Opening]) -> str:
        zone = formats.zone_label(on_day[0].start if on_day else self.now, self.zone)
        count = ngettext("%(count)s time", "%(count)s times", len(on_day)) % {"count": len(on_day)}
        return f"{count}, {zone}"

    def _parts(self, on_day: list[Opening]) -> list[dict[str, Any]]:
        names = [
            (_("Morning"), _("until 12:00")),
            (_("Afternoon"), _("12:00 to 17:00")),
            (_("Evening"), _("from 17:00")),
        ]
        slots: list[list[dict[str, Any]]] = [[], [], []]
        currency = self.service.shop.currency
        prices: dict[Any, str] = {}
        for opening in on_day:
            local = opening.start.astimezone(self.zone)
            price = self.moved.price if self.moved else opening.performer.price
            if price not in prices:
                prices[price] = formats.money(price, currency)
            who = opening.performer.staff.short_name
            clock = local.strftime("%H:%M")
            slots[(local.hour >= _NOON) + (local.hour >= _EVENING)].append(
                {
                    # Moving is one step: the value names the person who was shown.
                    "value": f"{iso(opening.start)}/{opening.performer.staff.pk}" if self.moved else iso(opening.start),
                    "time": clock,
                    "who": who,
                    "label": _("%(time)s, with %(who)s, %(price)s")
                    % {"time": clock, "who": who, "price": prices[price]},
                    "selected": self.chosen is not None and opening.start == self.chosen.start,
                }
            )
        return [
            {"name": name, "hint": hint, "slots": found}
            for (name, hint), found in zip(names, slots, strict=True)
            if found
        ]

    def _empty(self) -> dict[str, Any]:
        is_open = self.openings.is_worked(self.day, self.staff_id)
        performer = self.openings.performer(self.staff_id) if self.staff_id else None
        day = formats.day_long(self.day)
        if not is_open and performer:
            heading = _("%(who)s doesn’t work on %(day)s") % {"who": performer.staff.short_name, "day": day}
        elif not is_open:
            heading = _("Closed on %(day)s") % {"day": day}
        elif self.day == self.today:
            heading = _("Nothing free today any more")
        else:
            heading = _("%(day)s is fully booked") % {"day": day}
        links = []
        frm = self.openings.bounds(self.day)[1]
        later = self.openings.first_free(self.staff_id, frm=frm) or self.openings.look_ahead(
            self.last + timedelta(days=1), now=self.now, staff_id=self.staff_id
        )
        for opening in later:
            links.append(self._next(_("Next free:"), opening))
        start_of_strip, start_of_day = self.openings.bounds(self.first)[0], self.openings.bounds(self.day)[0]
        if earlier := self.openings.last_free(self.staff_id, frm=start_of_strip, to=start_of_day):
            links.append(self._next(_("Earlier:"), earlier))
        words = _("For %(service)s with %(who)s at %(shop)s.") % {
            "service": self.service.name,
            "who": performer.staff.name if performer else _("anyone"),
            "shop": self.service.shop.name,
        }
        if not links:
            words += " " + _("Nothing is free as far ahead as the salon takes bookings.")
        return {"heading": heading, "words": words, "next": links}

    def _next(self, prefix: str, opening: Opening) -> dict[str, str]:
        day = opening.start.astimezone(self.zone).date()
        return {
            "prefix": prefix,
            "words": formats.day_short(day, self.today) + ",",
            "time": formats.clock(opening.start, self.zone),
            "url": self._url(day=day, start=opening.start),
        }


def _at(performer: openings.Performer, start: datetime) -> list[int]:
    minute = int(start.timestamp()) // 60
    return performer.free(minute, minute + 1)


def _free_words(count: int) -> str:
    return ngettext("%(count)s free", "%(count)s free", count) % {"count": count}


def summary(service: Service, opening: Opening, *, now: datetime, moved: Booking | None = None) -> dict[str, Any]:
    """A chosen time as the stub shows it; for a booking that is `moved`, on the terms on which it was sold."""
    shop, performer = service.shop, opening.performer
    zone = shop.zone
    if moved:
        policy = replace(Policy.of_booking(moved), starts_at=opening.start)
    else:
        policy = Policy.of_shop(shop, starts_at=opening.start, price=performer.price)
    return {
        "day": formats.day_long(opening.start.astimezone(zone).date()),
        "time": formats.clock(opening.start, zone),
        "until": _("to %(time)s") % {"time": formats.clock(opening.end, zone)},
        "zone": formats.zone_label(opening.start, zone),
        "what": f"{moved.service_name if moved else service.name}, {formats.minutes(performer.duration_minutes)}",
        "where": shop.name,
        "who": performer.staff.name,
        "price": formats.money(policy.price, policy.currency),
        "policy_strong": policy.headline(now),
        "policy_rest": policy.rest(now),
        "value": iso(opening.start),
    }
