"""Two marketplaces of a known size, by bulk inserts: data to measure on, not a way of booking.

The busy part: four salons in Berlin. `one` (6 people, DAYS days, 50 bookings a day each) is what pages are
timed on, `full` has no free time for as long, `eight` (8 people) is booked over HTTP, `twelve` (12 people, 200
bookings a day) is what its owner looks at. The wide part: many salons in 20 cities with 3 people each, busier the
sooner the day; on `crowded_day` nobody in the first city is free at all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, models, transaction
from django.utils.text import slugify

from beautydrop.accounts import actions as accounts
from beautydrop.accounts.models import Client, Customer, Role, User
from beautydrop.bookings.models import Booking
from beautydrop.scheduling.models import Schedule, ScheduleException, TimeSlot
from beautydrop.shops.models import Category, Service, Shop, StaffMember, StaffServiceAssignment

BERLIN = (52.5200, 13.4050)
DAYS, QUICK_DAYS = 90, 30
# Days of the past among them, so that there is a history to page through.
_PAST_DAYS = 5
_OWNER, _CUSTOMER = "owner@bench.example", "customer@bench.example"

# Name, country, zone, currency, middle in degrees; the nth city has a share of 1/n.
_CITIES = (
    ("Berlin", "DE", "Europe/Berlin", "EUR", *BERLIN),
    ("London", "GB", "Europe/London", "GBP", 51.5074, -0.1278),
    ("New York", "US", "America/New_York", "USD", 40.7128, -74.0060),
    ("Paris", "FR", "Europe/Paris", "EUR", 48.8566, 2.3522),
    ("Madrid", "ES", "Europe/Madrid", "EUR", 40.4168, -3.7038),
    ("Tokyo", "JP", "Asia/Tokyo", "JPY", 35.6762, 139.6503),
    ("Sydney", "AU", "Australia/Sydney", "AUD", -33.8688, 151.2093),
    ("São Paulo", "BR", "America/Sao_Paulo", "BRL", -23.5505, -46.6333),
    ("Hamburg", "DE", "Europe/Berlin", "EUR", 53.5511, 9.9937),
    ("Chicago", "US", "America/Chicago", "USD", 41.8781, -87.6298),
    ("Vienna", "AT", "Europe/Vienna", "EUR", 48.2082, 16.3738),
    ("Lisbon", "PT", "Europe/Lisbon", "EUR", 38.7223, -9.1393),
    ("Dublin", "IE", "Europe/Dublin", "EUR", 53.3498, -6.2603),
    ("Rome", "IT", "Europe/Rome", "EUR", 41.9028, 12.4964),
    ("Mumbai", "IN", "Asia/Kolkata", "INR", 19.0760, 72.8777),
    ("Cape Town", "ZA", "Africa/Johannesburg", "ZAR", -33.9249, 18.4241),
    ("Los Angeles", "US", "America/Los_Angeles", "USD", 34.0522, -118.2437),
    ("Toronto", "CA", "America/Toronto", "CAD", 43.6532, -79.3832),
    ("Zurich", "CH", "Europe/Zurich", "CHF", 47.3769, 8.5417),
    ("Munich", "DE", "Europe/Berlin", "EUR", 48.1351, 11.5820),
)
_PEOPLE = ("Mina", "Ayla", "Jo", "Kim", "Lea", "Tom", "Ida", "Ben", "Eva", "Sam", "Pia", "Leo")
_AREAS = ("Centre", "North", "East", "South", "West", "Riverside")
_MENU = (
    ("Gel manicure", Category.NAILS, 30, 42),
    ("Haircut", Category.HAIR, 45, 55),
    ("Brow shaping", Category.BROWS, 20, 24),
    ("Back massage", Category.MASSAGE, 60, 70),
    ("Facial", Category.SKIN, 60, 80),
    ("Beard trim", Category.BARBER, 30, 28),
    ("Evening make-up", Category.MAKEUP, 60, 75),
    ("Leg wax", Category.WAX, 45, 38),
    ("Pedicure", Category.NAILS, 50, 48),
    ("Colour and cut", Category.HAIR, 120, 140),
    ("Lash lift", Category.BROWS, 60, 60),
    ("Head massage", Category.MASSAGE, 30, 35),
)


@dataclass(frozen=True, slots=True)
class World:
    """What the measurements stand on; services have their shop loaded."""

    one: Service
    full: Service
    eight: Service
    twelve: Shop
    owner: User
    customer: User
    crowded_day: date
    today: date
    days: int


def crowded_day(today: date) -> date:
    """On this day nobody in the first city has free time; not a Sunday, when the wide part is closed."""
    day = today + timedelta(days=9)
    return day + timedelta(days=1) if day.weekday() == 6 else day


def make(*, shops: int, days: int, today: date) -> None:
    """Fill an empty, migrated database."""
    owner = accounts.register(email=_OWNER, password="not-used-7", role=Role.CLIENT, is_verified=True).client
    customer = accounts.register(email=_CUSTOMER, password="not-used-7", first_name="Clara", is_verified=True).customer
    with transaction.atomic():
        _make_busy_part(owner, customer, days, today)
    # Nobody owns a marketplace: the wide part has an owner of its own.
    others = accounts.register(email="others@bench.example", password="not-used-7", role=Role.CLIENT, is_verified=True)
    for cities in _in_parts(others.client, shops):
        with transaction.atomic():
            _fill_wide_part(cities, today)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def load(*, days: int, today: date) -> World:
    """The world that `make` left."""

    def first_service(slug: str) -> Service:
        return Service.objects.select_related("shop").get(shop__slug=slug, position=0)

    return World(
        one=first_service("bench-one"),
        full=first_service("bench-full"),
        eight=first_service("bench-eight"),
        twelve=Shop.objects.get(slug="bench-twelve"),
        owner=User.objects.get(email=_OWNER),
        customer=User.objects.get(email=_CUSTOMER),
        crowded_day=crowded_day(today),
        today=today,
        days=days,
    )


# --- The busy part -------------------------------------------------------------------------------


def _make_busy_part(owner: Client, customer: Customer, days: int, today: date) -> None:
    # 750 minutes are twenty-five half hours.
    _shop(owner, "bench-one", people=6, closes=time(20))
    _shop(owner, "bench-full", people=6, closes=time(20, 30), horizon_days=days + 2)
    _shop(owner, "bench-eight", people=8, closes=time(20))
    _shop(owner, "bench-twelve", people=12, closes=time(20))
    first = today - timedelta(days=_PAST_DAYS)
    # Fifty of seventy-two pieces are booked; what is free comes in runs of half an hour to an hour.
    loose = (
        "(tick + 7 * person + 5 * day) %% 72 NOT IN (3,4,5,6,7,8, 19,20,21,22,23, 36,37,38,39, 50,51,52,53, 64,65,66)"
    )
    _book("bench-one", first=first, days=days, ticks=72, minutes=10, where=loose)
    _book("bench-eight", first=today, days=14, ticks=72, minutes=10, where=loose)
    # Sixteen for everybody, and one more for eight of the twelve.
    _book("bench-twelve", first=today, days=3, ticks=17, minutes=40, where="(tick < 16 OR person <= 8)")
    _book("bench-full", first=today, days=days, ticks=25, minutes=30, where="true")
    # The customer's own: what is coming and what was.
    mine = Booking.objects.filter(shop__slug="bench-one")
    day = timedelta(days=1)
    for own in (mine.filter(starts_at__date__gt=today + day)[:12], mine.filter(starts_at__date__lt=today - day)[:30]):
        Booking.objects.filter(pk__in=[booking.pk for booking in own]).update(customer=customer)


def _shop(owner: Client, slug: str, *, people: int, closes: time, horizon_days: int = 120) -> None:
    shop = Shop.objects.create(
        client=owner,
        name=slug.replace("-", " ").title(),
        slug=slug,
        address="Torstraße 1",
        area="Mitte",
        city="Berlin",
        country="DE",
        latitude=BERLIN[0],
        longitude=BERLIN[1],
        timezone="Europe/Berlin",
        currency="EUR",
        horizon_days=horizon_days,
        late_cancel_percent=50,
    )
    staff = StaffMember.objects.bulk_create(
        StaffMember(shop=shop, name=f"{name} Bench", position=n) for n, name in enumerate(_PEOPLE[:people])
    )
    services = Service.objects.bulk_create(_service(shop, n) for n in range(len(_MENU)))
    StaffServiceAssignment.objects.bulk_create(
        StaffServiceAssignment(shop=shop, staff_member=member, service=service)
        for member in staff
        for service in services
    )
    hours = [
        Schedule(shop=shop, staff_member=member, day_of_week=weekday, start_time=time(8), end_time=closes)
        for member in (None, staff[0])  # one person has hours of their own
        for weekday in range(7)
    ]
    Schedule.objects.bulk_create(hours)
    ScheduleException.objects.create(
        shop=shop, reason="holiday", start_date=date(2000, 1, 1), end_date=date(2000, 1, 1)
    )


def _service(shop: Shop, n: int) -> Service:
    name, category, minutes, price = _MENU[n % len(_MENU)]
    return Service(
        shop=shop,
        name=name,
        slug=slugify(name),
        category=category,
        price=Decimal(price),
        duration_minutes=minutes,
        position=n,
    )


# --- The wide part -------------------------------------------------------------------------------


def _in_parts(owner: Client, count: int) -> Iterator[list[str]]:
    """Make the shops, some hundred at a time; yields their slugs."""
    weights = [1 / (n + 1) for n in range(len(_CITIES))]
    cities = [n for n, weight in enumerate(weights) for _unused in range(round(count * weight / sum(weights)))]
    for start in range(0, len(cities), 250):
        shops = [_wide_shop(owner, number, cities[number]) for number in range(start, min(start + 250, len(cities)))]
        Shop.objects.bulk_create(shops)
        people, offers, rows, hours = [], [], [], []
        for shop in shops:
            staff = [StaffMember(shop=shop, name=name, position=n) for n, name in enumerate(("Ana", "Bo", "Cem"))]
            number = int(shop.slug.rpartition("-")[2])
            services = [_service(shop, number + n) for n in range(4)]
            people += staff
            offers += services
            rows += [
                StaffServiceAssignment(shop=shop, staff_member=member, service=service)
                for member in staff
                for service in services
            ]
            hours += [
                Schedule(shop=shop, day_of_week=weekday, start_time=time(10), end_time=time(20)) for weekday in range(6)
            ]
        StaffMember.objects.bulk_create(people)
        Service.objects.bulk_create(offers)
        StaffServiceAssignment.objects.bulk_create(rows)
        Schedule.objects.bulk_create(hours)
        yield [shop.slug for shop in shops]


def _wide_shop(owner: Client, number: int, city: int) -> Shop:
    name, country, zone, currency, latitude, longitude = _CITIES[city]
    # Spread over some ten kilometres by two irrational steps.
    north, east = (number * 0.6180339887) % 1 - 0.5, (number * 0.7548776662) % 1 - 0.5
    return Shop(
        client=owner,
        name=f"Salon {number}",
        slug=f"salon-{number}",
        address=f"Street {number}",
        area=_AREAS[number % len(_AREAS)],
        city=name,
        country=country,
        latitude=latitude + north * 0.15,
        longitude=longitude + east * 0.2,
        timezone=zone,
        currency=currency,
        is_auto_confirmed=number % 5 != 0,
        is_step_free=number % 3 == 0,
    )


def _fill_wide_part(slugs: list[str], today: date) -> None:
    """Claims of an hour each, two weeks ahead: half of the next days, a seventh of the last."""
    load = "(('x' || substr(md5(member.id::text || day || '/' || tick), 1, 4))::bit(16)::int %% 100) < 50 - 3 * day"
    crowded = crowded_day(today)
    free = f"NOT (shop.city = 'Berlin' AND day = {(crowded - today).days})"
    # Blocks: search reads claims only, and a block needs no booking to stand.
    params = _claim(
        slugs, first=today, days=14, ticks=10, minutes=60, opens="10:00", status="blocked", where=f"{load} AND {free}"
    )
    _insert(
        TimeSlot,
        {
            "staff_member_id": "member.id",
            "claim_id": "gen_random_uuid()",
            "start_at": "(%(day)s::date + time '00:00') AT TIME ZONE shop.timezone",
            "end_at": "(%(day)s::date + time '23:59') AT TIME ZONE shop.timezone",
            "status": "'blocked'",
        },
        """FROM shops_staffmember member JOIN shops_shop shop ON shop.id = member.shop_id
          WHERE shop.slug = ANY(%(slugs)s) AND shop.city = 'Berlin'""",
        params | {"day": crowded},
    )


# --- Rows by the server --------------------------------------------------------------------------


def _claim(
    slugs: list[str],
    *,
    first: date,
    days: int,
    ticks: int,
    minutes: int,
    where: str,
    opens: str = "08:00",
    status: str = "booked",
) -> dict[str, Any]:
    """Claims of the shops' people; the parameters that it used.

    `where` picks among `ticks` pieces of `minutes` a day, by day, tick and person (numbers from 0).
    """
    params: dict[str, Any] = {"slugs": slugs, "first": first, "opens": opens, "status": status, "minutes": minutes}
    params |= {"days": days - 1, "ticks": ticks - 1}
    opens_at = "%(first)s::date + day + %(opens)s::time"
    start = f"({opens_at} + tick * %(minutes)s * interval '1 minute') AT TIME ZONE shop.timezone"
    _insert(
        TimeSlot,
        {
            "staff_member_id": "member.id",
            "claim_id": "gen_random_uuid()",
            "start_at": start,
            "end_at": f"{start} + %(minutes)s * interval '1 minute'",
            "status": "%(status)s",
        },
        f"""FROM (SELECT *, row_number() OVER (PARTITION BY shop_id ORDER BY position) AS person
                    FROM shops_staffmember) member
            JOIN shops_shop shop ON shop.id = member.shop_id
           CROSS JOIN generate_series(0, %(days)s) AS day CROSS JOIN generate_series(0, %(ticks)s) AS tick
           WHERE shop.slug = ANY(%(slugs)s) AND {where}
           ORDER BY member.id, day, tick""",
        params,
    )
    with connection.cursor() as cursor:
        # The trigger that looks at each claim at the end of the transaction plans by what is known now.
        cursor.execute("ANALYZE scheduling_timeslot")
    return params


def _book(slug: str, *, first: date, days: int, ticks: int, minutes: int, where: str) -> None:
    """Confirmed bookings of the shop's first service with their claims; see _claim."""
    params = _claim([slug], first=first, days=days, ticks=ticks, minutes=minutes, where=where)
    _insert(
        Booking,
        {
            "id": "slot.claim_id",
            "reference": "upper(substr(md5(slot.claim_id::text), 1, 12))",
            "token": "md5('token' || slot.claim_id::text)",
            "shop_id": "shop.id",
            "service_id": "service.id",
            "staff_member_id": "member.id",
            "contact_name": "'Gita Guest'",
            "contact_email": "'guest@bench.example'",
            "email_proved_at": "now()",
            "status": "'confirmed'",
            "starts_at": "slot.start_at",
            "ends_at": "slot.end_at",
            "local_start": "to_char(slot.start_at AT TIME ZONE shop.timezone, 'YYYY-MM-DD\"T\"HH24:MI')",
            "timezone": "shop.timezone",
            "service_name": "service.name",
            "price": "service.price",
            "currency": "shop.currency",
            "duration_minutes": "%(minutes)s",
            "cancellation_cutoff_hours": "24",
            "late_cancel_percent": "50",
            "no_show_percent": "50",
            "idempotency_key": "NULL",
        },
        """FROM scheduling_timeslot slot
           JOIN shops_staffmember member ON member.id = slot.staff_member_id
           JOIN shops_shop shop ON shop.id = member.shop_id
           JOIN LATERAL (SELECT * FROM shops_service WHERE shop_id = shop.id ORDER BY position LIMIT 1) service ON true
          WHERE shop.slug = ANY(%(slugs)s)
          ORDER BY slot.start_at""",
        params,
    )


def _insert(model: type[models.Model], values: dict[str, str], source: str, params: dict[str, Any]) -> None:
    """INSERT … SELECT of a row per row of `source`; a column without a value here gets its model's default."""
    columns, expressions, filled = [], [], dict(params)
    for column in model._meta.concrete_fields:
        if column.column in values:
            expression = values[column.column]
        elif isinstance(column, models.AutoField):
            continue
        elif column.primary_key:
            expression = "gen_random_uuid()"
        elif isinstance(column, models.DateTimeField) and (column.auto_now or column.auto_now_add):
            expression = "now()"
        else:
            expression = f"%(default_{column.column})s"
            filled[f"default_{column.column}"] = column.get_db_prep_save(column.get_default(), connection)
        columns.append(connection.ops.quote_name(str(column.column)))
        expressions.append(expression)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(expressions)} {source}", filled)
