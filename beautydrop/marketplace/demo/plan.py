"""What the demo will hold, decided without the database: the same for a seed, a date and a count of shops."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from random import Random

from beautydrop.marketplace.demo import hours, menus, people, texts
from beautydrop.marketplace.demo.cities import CITIES, ROUND, City, District, Place
from beautydrop.marketplace.demo.hours import HoursRow
from beautydrop.marketplace.demo.menus import ServicePlan
from beautydrop.marketplace.demo.names import Salon, SalonNames

_IDS = uuid.UUID("6b9f1c52-5d0b-4b63-9a54-0f6f7b1c2a11")
_SLOT_MINUTES = {"massage": 30, "barber": 15, "makeup": 15, "skin": 30}
_BUSY = {0, 6, 18}  # of each round of cities
OWN_SHOPS = 3  # of owner@demo.example, all in Berlin


@dataclass(frozen=True, slots=True)
class Skill:
    """That a staff member does a service: its place in the menu, own price and minutes where they differ."""

    service: int
    is_primary: bool
    price: Decimal | None
    minutes: int | None


@dataclass(frozen=True, slots=True)
class StaffPlan:
    """Somebody who works at the salon; `hours` empty: by the salon's."""

    name: str
    title: str
    skills: tuple[Skill, ...]
    hours: tuple[HoursRow, ...]
    time_off: tuple[date, date] | None


@dataclass(frozen=True, slots=True)
class Closure:
    """Dates (inclusive) on which the salon is closed, or has the special hours `start`–`end`."""

    reason: str
    note: str
    first: date
    last: date
    start: time | None = None
    end: time | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """As the fields of Shop: minutes, days, minutes, yes or no, hours, percent, percent."""

    lead_time_minutes: int
    horizon_days: int
    slot_interval_minutes: int
    is_auto_confirmed: bool
    cancellation_cutoff_hours: int
    late_cancel_percent: int
    no_show_percent: int


@dataclass(frozen=True, slots=True)
class ShopPlan:
    """One salon. `load` is the least and the most share of a coming day that is booked."""

    number: int
    seed: int
    salon: Salon
    city: City
    place: Place
    district: District
    address: str
    latitude: float
    longitude: float
    description: str
    finding_note: str
    phone: str
    is_step_free: bool
    is_owners: bool
    is_popular: bool
    policy: Policy
    hours: tuple[HoursRow, ...]
    closures: tuple[Closure, ...]
    services: tuple[ServicePlan, ...]
    staff: tuple[StaffPlan, ...]
    load: tuple[float, float]

    def id_of(self, *what: object) -> uuid.UUID:
        """The id of the shop, or of something of it, that stays the same from one making to the next."""
        return uuid.uuid5(_IDS, "/".join(map(str, (self.seed, self.number, *what))))

    def rng(self, what: str) -> Random:
        """Chance for one purpose, the same from one making to the next."""
        return Random(f"{self.seed}/{self.number}/{what}")


def make(count: int, seed: int, today: date, places: Mapping[str, Place]) -> list[ShopPlan]:
    """The first `count` salons of `seed`, as they stand on `today`."""
    names = SalonNames(seed)
    cities = [CITIES[ROUND[number % len(ROUND)]] for number in range(count)]
    salons = [names.next(city.key, [one.name for one in city.districts]) for city in cities]
    night = next((number for number, salon in enumerate(salons) if salon.categories[0] == "barber"), None)
    seasonal = next((number for number, salon in enumerate(salons) if salon.categories[0] == "massage"), count - 1)
    owned = [number for number, city in enumerate(cities) if city.key == "berlin"][:OWN_SHOPS]
    return [
        _shop(
            number,
            seed,
            today,
            salon,
            city,
            places[city.key],
            is_night=number == night,
            is_seasonal=number == seasonal,
            is_owners=number in owned,
            is_quiet=count > 2 and number == count - 1,
        )
        for number, (salon, city) in enumerate(zip(salons, cities, strict=True))
    ]


def _shop(
    number: int,
    seed: int,
    today: date,
    salon: Salon,
    city: City,
    place: Place,
    *,
    is_night: bool,
    is_seasonal: bool,
    is_owners: bool,
    is_quiet: bool,
) -> ShopPlan:
    rng = Random(f"{seed}/{number}")
    district = next(one for one in city.districts if one.name == salon.district)
    is_step_free = rng.random() < 0.5
    week = hours.parse(
        hours.NIGHT_HOURS if is_night else city.hours[0 if number == 0 else rng.randrange(len(city.hours))]
    )
    services = menus.menu(salon.categories, city, rng)
    is_busy = number % len(ROUND) in _BUSY and not is_quiet
    people_here = 4 if number == 0 else rng.randint(3, 4) if is_busy else rng.randint(2, 4)
    rows = hours.in_seasons(week, today - timedelta(days=60), today + timedelta(days=200)) if is_seasonal else week
    return ShopPlan(
        number=number,
        seed=seed,
        salon=salon,
        city=city,
        place=place,
        district=district,
        address=city.address.format(
            street=rng.choice(district.streets),
            n=rng.randint(3, 148),
            a=rng.randint(1, 5),
            b=rng.randint(1, 28),
        ),
        latitude=round(district.latitude + rng.uniform(-0.004, 0.004), 5),
        longitude=round(district.longitude + rng.uniform(-0.004, 0.004), 5),
        description=" ".join(
            [*(rng.choice(texts.ABOUT[category]) for category in salon.categories), rng.choice(texts.ALSO)]
        ),
        finding_note=_finding_note(city, rng, is_step_free=is_step_free, is_first=number == 0),
        phone=people.phone_number(city, rng),
        is_step_free=is_step_free,
        is_owners=is_owners,
        is_popular=number == 0,
        policy=_policy(number, salon.categories[0], rng),
        hours=tuple(rows),
        closures=tuple(_closures(number, place.country, today, rng)),
        services=tuple(services),
        staff=tuple(_staff(number, city, salon, services, week, today, people_here, rng)),
        load=_load(number, is_busy=is_busy, is_quiet=is_quiet),
    )


def _load(number: int, *, is_busy: bool, is_quiet: bool) -> tuple[float, float]:
    if is_quiet:
        return 0.0, 0.01
    if is_busy:
        return 0.3, 0.8 if number == 0 else 0.6
    return (0.04, 0.12) if number % 2 else (0.02, 0.06)


def _finding_note(city: City, rng: Random, *, is_step_free: bool, is_first: bool) -> str:
    if is_first:
        return city.way_in
    if is_step_free:
        return rng.choice((city.way_in, *rng.sample(texts.DOORS, 2), ""))
    return rng.choice((city.way_in, city.way_up, rng.choice(texts.STAIRS), rng.choice(texts.DOORS)))


def _policy(number: int, category: str, rng: Random) -> Policy:
    if number == 0:
        return Policy(60, 90, 15, True, 24, 50, 50)
    late = rng.choice((0, 0, 25, 50, 50, 100))
    return Policy(
        lead_time_minutes=rng.choice((30, 60, 60, 120, 240, 1440)),
        horizon_days=rng.choice((30, 45, 60, 60, 90, 120)),
        slot_interval_minutes=_SLOT_MINUTES.get(category) or rng.choice((15, 15, 20, 30)),
        is_auto_confirmed=number % len(ROUND) != 2,
        cancellation_cutoff_hours=rng.choice((2, 6, 12, 24, 24, 48)),
        late_cancel_percent=late,
        no_show_percent=max(late, rng.choice((0, 50, 100))),
    )


def _closures(number: int, country: str, today: date, rng: Random) -> list[Closure]:
    found = []
    eve = date(today.year, 12, 24)
    if eve < today:
        eve = date(today.year + 1, 12, 24)
    for day, name in hours.holidays(country, today - timedelta(days=45), today + timedelta(days=150)):
        found.append(Closure("holiday", name, day, day))
    if number == 1 or number % 11 == 7:
        found.append(Closure("special", "Christmas Eve", eve, eve, time(9), time(13)))
    if number % 8 == 5:
        day = today + timedelta(days=rng.randint(8, 25))
        found.append(Closure("blackout", rng.choice(texts.CLOSED_NOTES), day, day))
    return found


def _staff(
    number: int,
    city: City,
    salon: Salon,
    services: list[ServicePlan],
    week: list[HoursRow],
    today: date,
    count: int,
    rng: Random,
) -> list[StaffPlan]:
    names = people.first_staff_names(city, count) if number == 0 else people.staff_names(city, count, rng)
    skills = _skills(salon, services, count, city, rng)
    monday = today + timedelta(days=7 - today.weekday())
    team = []
    for place, name in enumerate(names):
        category = salon.categories[place % len(salon.categories)]
        titles = texts.TITLES[category]
        is_away = number % 3 == 1 and place == count - 1
        team.append(
            StaffPlan(
                name=name,
                title=titles[-1] if _is_junior(place, count) else titles[place % (len(titles) - 1)],
                skills=tuple(skills[place]),
                hours=tuple(_part_time(week, rng)) if count > 2 and place in {1, 4} else (),
                time_off=(monday, monday + timedelta(days=rng.choice((2, 4, 6)))) if is_away else None,
            )
        )
    return team


def _skills(salon: Salon, services: list[ServicePlan], count: int, city: City, rng: Random) -> list[list[Skill]]:
    """Who does what: each their own category, the first and some others both; a rest falls to the first."""
    doers: list[list[int]] = []
    for service in services:
        found = []
        for place in range(count):
            is_own = salon.categories[place % len(salon.categories)] == service.category
            if _is_junior(place, count) and service.minutes > 90:
                continue
            if (is_own and rng.random() < 0.85) or (not is_own and (place == 0 or rng.random() < 0.2)):
                found.append(place)
        doers.append(found or [0])
    for place in range(count):  # everybody does something
        if not any(place in found for found in doers):
            doers[0].append(place)
    skills: list[list[Skill]] = [[] for _place in range(count)]
    for index, (service, found) in enumerate(zip(services, doers, strict=True)):
        primary = min(found) if rng.random() < 0.7 else None
        for place in found:
            price, minutes = None, None
            if place == 0 and count > 2 and rng.random() < 0.35:
                price = _dearer(service.price, 1.15, city)
            if _is_junior(place, count):
                price = _dearer(service.price, 0.88, city)
                minutes = service.minutes + 10 if service.minutes >= 30 else None
            skills[place].append(Skill(index, place == primary, price, minutes))
    return skills


def _is_junior(place: int, count: int) -> bool:
    return count > 3 and place == count - 1


def _dearer(price: Decimal, factor: float, city: City) -> Decimal | None:
    """An own price, or None where it rounds to the usual one."""
    own = Decimal(max(1, round(float(price) * factor / city.price_step)) * city.price_step)
    return own if own != price else None


def _part_time(week: list[HoursRow], rng: Random) -> list[HoursRow]:
    """Three or four of the salon's days, on some of them until 15:00 only."""
    days = sorted({row.weekday for row in week})
    chosen = set(rng.sample(days, min(len(days), rng.choice((3, 4)))))
    short = set(rng.sample(sorted(chosen), 1))
    rows = []
    for row in week:
        if row.weekday not in chosen or (row.weekday in short and row.start >= time(14)):
            continue
        is_cut = row.weekday in short and (row.end > time(15) or row.end <= row.start)
        rows.append(HoursRow(row.weekday, row.start, time(15)) if is_cut else row)
    return rows
