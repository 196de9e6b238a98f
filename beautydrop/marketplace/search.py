"""Finding salons: SQL narrows and orders candidates, the engine has the last word on what is free.

No count here decides a booking. With a date, candidates are looked at in their order, a batch at a time,
until the page is full: the cost is that of the page, not of the marketplace.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import translation

from beautydrop.availability import to_datetime, to_minutes
from beautydrop.marketplace.places import Place
from beautydrop.scheduling import openings
from beautydrop.scheduling.openings import Opening
from beautydrop.shops.models import Category, Service
from beautydrop.web import requests
from beautydrop.web.requests import number, text

# Local hours of the parts of a day, as on the page of times.
PARTS = {"morning": (time(0), time(12)), "afternoon": (time(12), time(17)), "evening": (time(17), time(0))}
SORTS = ("near", "soon", "price", "name")
PAGE_SIZE = 10
NEAR_KM = 30.0
MOST_CANDIDATES = 2000
_BATCH = 40
# The home page asks so many for two weeks, to show the six that are free soonest.
_HOME_ASKED = 15
# At most so many salons are asked for their free times in one request.
_MOST_ASKED = 320
_DAY = timedelta(days=1)
_LOOK_AHEAD = timedelta(days=14)
_KM_PER_DEGREE = 111.32


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. `day` with or without `part` asks for a real free time then; distances in km."""

    what: str = ""
    place: Place | None = None
    latitude: float | None = None
    longitude: float | None = None
    day: date | None = None
    part: str = ""
    radius_km: float | None = None
    max_price: Decimal | None = None
    is_instant: bool = False
    is_step_free: bool = False
    sort: str = "near"

    @property
    def centre(self) -> tuple[float, float] | None:
        """Where distances are measured from: the visitor, else the middle of the place."""
        if self.latitude is not None and self.longitude is not None:
            return self.latitude, self.longitude
        if self.place and self.place.latitude is not None and self.place.longitude is not None:
            return self.place.latitude, self.place.longitude
        return None

    @property
    def is_timed(self) -> bool:
        """True when only salons with a real free time then are wanted."""
        return self.day is not None or self.part in PARTS

    @property
    def is_near_me(self) -> bool:
        return self.latitude is not None and self.longitude is not None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A salon that fits all but the time, with its best fitting service; `price` is that of who does it for least."""

    shop_id: UUID
    service_id: UUID
    price: Decimal
    is_instant: bool
    is_step_free: bool
    distance_km: float | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A salon on the page: its service (with shop), what those who do it take for it, its first free times,
    how many `more` fit, how many are `free`."""

    service: Service
    prices: set[Decimal]
    distance_km: float | None
    openings: list[Opening]
    more: int = 0
    free: int = 0


@dataclass(frozen=True, slots=True)
class Results:
    """One page. `total` is None when there are more than were counted; `near_misses` are free at another time."""

    hits: list[Hit]
    total: int | None
    has_next: bool
    near_misses: list[Hit]
    is_fuzzy: bool = False


@cache
def _categories_by_word() -> dict[str, str]:
    """`Nails`, `Nägel`, `uñas` … → `nails`."""
    words = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            words.update({str(category.label).casefold(): category.value for category in Category})
    return words


_SQL = """
    SELECT shop.id, offer.id, offer.price, shop.is_auto_confirmed, shop.is_step_free, {distance} AS km
      FROM shops_shop shop
      JOIN LATERAL (
           SELECT service.id,
                  (SELECT min(COALESCE(assignment.price, service.price)) FROM shops_staffserviceassignment assignment
                     JOIN shops_staffmember member ON member.id = assignment.staff_member_id
                    WHERE assignment.service_id = service.id AND member.is_active) AS price
             FROM shops_service service
            WHERE service.shop_id = shop.id AND service.is_active AND ({offered})
              AND EXISTS (SELECT FROM shops_staffserviceassignment assignment
                            JOIN shops_staffmember member ON member.id = assignment.staff_member_id
                           WHERE assignment.service_id = service.id AND member.is_active)
            ORDER BY {best}, service.position, service.name
            LIMIT 1) offer ON true
     WHERE {where}
     ORDER BY {order}
     LIMIT %(limit)s
"""


def candidates(query: Query, *, is_fuzzy: bool = False) -> list[Candidate]:
    """Salons that fit everything but the time, in the order asked for: one query, at most MOST_CANDIDATES."""
    where = ["shop.is_active"]
    params: dict[str, Any] = {"limit": MOST_CANDIDATES}
    offered, best = "true", "service.position"
    if query.what:
        category = _categories_by_word().get(query.what.casefold())
        params["what"] = query.what
        params["like"] = f"%{_escaped(query.what)}%"
        if category:
            offered = "service.category = %(category)s"
            params["category"] = category
        elif is_fuzzy:
            offered = """word_similarity(upper(%(what)s), upper(service.name)) > 0.42
                OR word_similarity(upper(%(what)s), upper(shop.name)) > 0.42"""
            best = "-word_similarity(upper(%(what)s), upper(service.name))"
        else:
            offered = "upper(service.name) LIKE upper(%(like)s) OR upper(shop.name) LIKE upper(%(like)s)"
            best = "(upper(service.name) NOT LIKE upper(%(like)s))"
    distance, centre = "NULL::float8", query.centre
    if centre:
        params["lat"], params["lng"] = centre
        distance = """2 * 6371 * asin(least(1, sqrt(
            sin(radians(shop.latitude - %(lat)s) / 2) ^ 2
            + cos(radians(%(lat)s)) * cos(radians(shop.latitude)) * sin(radians(shop.longitude - %(lng)s) / 2) ^ 2)))"""
    if query.place:
        where.append("upper(shop.city) = upper(%(city)s)")
        params["city"] = query.place.city
        if query.place.area and query.radius_km is None and not centre:
            where.append("shop.area = %(area)s")
            params["area"] = query.place.area
    radius = query.radius_km or (NEAR_KM if query.is_near_me else None)
    if centre and radius:
        params["radius"] = radius
        reach = radius / _KM_PER_DEGREE
        lng_reach = reach / max(0.05, math.cos(math.radians(centre[0])))
        params |= {"south": centre[0] - reach, "north": centre[0] + reach}
        params |= {"west": centre[1] - lng_reach, "east": centre[1] + lng_reach}
        where.append(
            "point(shop.longitude, shop.latitude) <@ box(point(%(west)s, %(south)s), point(%(east)s, %(north)s))"
            f" AND {distance} <= %(radius)s"
        )
    if query.max_price is not None:
        where.append("offer.price <= %(max_price)s")
        params["max_price"] = query.max_price
    if query.is_instant:
        where.append("shop.is_auto_confirmed")
    if query.is_step_free:
        where.append("shop.is_step_free")
    order = {"price": "offer.price, shop.name", "name": "shop.name"}.get(query.sort, "km NULLS LAST, shop.name")
    sql = _SQL.format(
        distance=distance, offered=offered, best=best, where=" AND ".join(where), order=order + ", shop.id"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [Candidate(*row) for row in cursor.fetchall()]


def search(query: Query, *, now: datetime, page: int = 1, found: list[Candidate] | None = None) -> Results:
    """One page of salons; with a day, only those with a real free time then.

    `found` are candidates already loaded. Nothing exact: the same, forgiving typos.
    """
    is_fuzzy = False
    rows = candidates(query) if found is None else found
    if not rows and query.what:
        rows, is_fuzzy = candidates(query, is_fuzzy=True), True
    first = (page - 1) * PAGE_SIZE
    if not query.is_timed and query.sort != "soon":
        hits = _hits(rows[first : first + PAGE_SIZE], query, now=now)
        return Results(hits, len(rows), len(rows) > first + PAGE_SIZE, [], is_fuzzy)
    # Without a day two weeks are loaded for each: fewer salons are asked then.
    most = _MOST_ASKED if query.day else 2 * _BATCH
    asked = rows[:most]
    free: list[Hit] = []
    busy: list[Candidate] = []
    is_exhausted = True
    for batch in _batches(asked):
        found_hits = _hits(batch, query, now=now)
        with_time = [hit for hit in found_hits if hit.openings]
        free += with_time
        here = {hit.service.pk for hit in with_time}
        busy += [one for one in batch if one.service_id not in here]
        if len(free) > first + PAGE_SIZE and query.sort != "soon":
            is_exhausted = False
            break
    if query.sort == "soon":
        free.sort(key=lambda hit: hit.openings[0].start)
    hits = free[first : first + PAGE_SIZE]
    is_counted = is_exhausted and len(rows) <= most
    near = _near_misses(busy, query, now=now) if page == 1 and query.day and len(hits) < PAGE_SIZE else []
    return Results(hits, len(free) if is_counted else None, len(free) > first + PAGE_SIZE, near, is_fuzzy)


def soonest(query: Query, *, now: datetime, limit: int) -> list[Hit]:
    """The `limit` salons with the earliest free times among the first candidates: the home page."""
    first, last = now.date() - _DAY, now.date() + _LOOK_AHEAD
    loaded = list(_loaded(candidates(query)[:_HOME_ASKED], first, last, now=now))
    found = [
        (openings_[0].start, row.shop_id, row, one, openings_)
        for row, one in loaded
        if (openings_ := one.first_free(limit=3))
    ]
    return [
        Hit(one.service, one.prices, row.distance_km, openings_, free=one.count())
        for _start, _id, row, one, openings_ in sorted(found, key=lambda item: item[:2])[:limit]
    ]


def read_number(value: str | None, limit: float) -> float | None:
    """A coordinate in ±limit degrees, or None."""
    return number(value, lowest=-limit, highest=limit)


def read_day(value: str | None, today: date) -> date | None:
    """The day in `value` when somebody may be looking for it: from yesterday (it is that day somewhere) a year on."""
    found = requests.day(value)
    return found if found and today - _DAY <= found <= today + timedelta(days=366) else None


def read_what(value: str | None) -> str:
    """The words that are looked for, bounded."""
    return text(value, 80)


def _hits(rows: list[Candidate], query: Query, *, now: datetime) -> list[Hit]:
    """Their services, shops and free times, in four queries whatever the number."""
    if query.day:
        first = last = query.day
    else:  # a day of margin, because "today" is each shop's own
        first, last = now.date() - _DAY, now.date() + _LOOK_AHEAD
    hits = []
    for row, loaded in _loaded(rows, first, last, now=now):
        found, more = _openings(loaded, query)
        hits.append(Hit(loaded.service, loaded.prices, row.distance_km, found, more))
    return hits


def _loaded(
    rows: list[Candidate], first: date, last: date, *, now: datetime
) -> Iterator[tuple[Candidate, openings.Openings]]:
    wanted = Service.objects.filter(pk__in=[row.service_id for row in rows]).select_related("shop")
    services = {service.pk: service for service in wanted}
    if not services:
        return
    loaded = openings.load_many(list(services.values()), now=now, first=first, last=last)
    for row in rows:
        if row.service_id in loaded:
            yield row, loaded[row.service_id]


def _openings(loaded: openings.Openings, query: Query, limit: int = 3) -> tuple[list[Opening], int]:
    """The first openings that fit the day and the part of it, and (with a day) how many more there are then."""
    if not query.is_timed:
        return loaded.first_free(limit=limit), 0
    days = (loaded.last - loaded.first).days + 1
    found: list[Opening] = []
    for day in [loaded.first + ahead * _DAY for ahead in range(days)]:
        found += loaded.between(*_bounds(loaded, day, query.part))
        if query.day is None and len(found) >= limit:
            break
    return found[:limit], max(0, len(found) - limit) if query.day else 0


def _bounds(loaded: openings.Openings, day: date, part: str) -> tuple[int, int]:
    """The local day, or that part of it, as UTC minutes."""
    frm, to = loaded.bounds(day)
    if part in PARTS:
        begins, ends = PARTS[part]
        frm = to_minutes(datetime.combine(day, begins), loaded.zone, opens=True)
        if ends != time(0):
            to = to_minutes(datetime.combine(day, ends), loaded.zone, opens=True)
    return frm, to


def _near_misses(rows: list[Candidate], query: Query, *, now: datetime, limit: int = 3) -> list[Hit]:
    """Salons that are not free then, each with its free time closest to it, two days before to four after."""
    assert query.day is not None
    near = []
    middle = datetime.combine(query.day, time({"morning": 10, "evening": 19}.get(query.part, 14)))
    for row, loaded in _loaded(rows[: 2 * limit], query.day - 2 * _DAY, query.day + 4 * _DAY, now=now):
        frm, to = loaded.bounds(loaded.first)[0], loaded.bounds(loaded.last)[1]
        wanted = to_datetime(to_minutes(middle, loaded.zone, opens=True))
        closest = openings.nearest(loaded.between(frm, to), wanted, 1)
        if closest:
            near.append(Hit(loaded.service, loaded.prices, row.distance_km, closest))
    return near[:limit]


def _batches(rows: list[Candidate]) -> Iterator[list[Candidate]]:
    """A page's worth first; each further batch is three times as large, so that a full city costs few queries."""
    start, size = 0, _BATCH
    while start < len(rows):
        yield rows[start : start + size]
        start, size = start + size, size * 3


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
