"""A small named world for tests: made by the actions, so that it obeys the rules.

The world: Studio Nord in Berlin, open Monday to Saturday 10:00–18:00, with Mina (first choice) and Ayla who
both do the gel manicure (50 minutes, €42). NOW is a Monday morning.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from beautydrop.accounts import actions as accounts
from beautydrop.accounts.models import Client, Customer, Role, User
from beautydrop.bookings import actions as bookings
from beautydrop.bookings.actions import By, Contact
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import Actor
from beautydrop.notifications.models import OutboxMessage
from beautydrop.scheduling import actions as scheduling
from beautydrop.shops import actions as shops
from beautydrop.shops.models import Service, Shop, StaffMember

BERLIN = ZoneInfo("Europe/Berlin")
# Monday 30 November 2026, 09:00 in Berlin.
NOW = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
PASSWORD = "a-password-for-tests-7"


def berlin(day: int, clock: str, *, month: int = 12, year: int = 2026) -> datetime:
    """An aware instant: that wall-clock time in Berlin, by default in December 2026."""
    hour, minute = clock.split(":")
    return datetime(year, month, day, int(hour), int(minute), tzinfo=BERLIN)


def a_person(email: str, *, role: str = Role.CUSTOMER, name: str = "Clara Neumann", is_verified: bool = True) -> User:
    first, _space, last = name.partition(" ")
    return accounts.register(
        email=email, password=PASSWORD, first_name=first, last_name=last, role=role, is_verified=is_verified
    )


def an_owner(email: str = "owner@example.com") -> Client:
    return a_person(email, role=Role.CLIENT, name="Nora Nord").client


def a_shop(client: Client, name: str = "Studio Nord", **fields: object) -> Shop:
    """Open Monday to Saturday, 10:00–18:00."""
    values = {
        "address": "Torstraße 140",
        "area": "Mitte",
        "city": "Berlin",
        "postal_code": "10119",
        "country": "DE",
        "latitude": 52.5296,
        "longitude": 13.3950,
        "timezone": "Europe/Berlin",
        "currency": "EUR",
        "phone": "+49305550140",
        "late_cancel_percent": 50,
        "no_show_percent": 50,
        **fields,
    }
    shop = shops.create_shop(client=client, name=name, **values)
    for weekday in range(6):
        scheduling.add_hours(shop=shop, day_of_week=weekday, start_time=time(10), end_time=time(18))
    return shop


def a_service(
    shop: Shop, name: str = "Gel manicure", *, staff: list[StaffMember] | None = None, **fields: object
) -> Service:
    values = {"price": Decimal(42), "duration_minutes": 50, "category": "nails", **fields}
    service = shops.create_service(shop=shop, name=name, **values)
    for position, member in enumerate(staff or []):
        shops.assign(staff_member=member, service=service, is_primary=position == 0)
    return service


@dataclass
class World:
    """The named world; see the module's docstring."""

    client: Client
    shop: Shop
    mina: StaffMember
    ayla: StaffMember
    manicure: Service
    customer: Customer


def a_world() -> World:
    client = an_owner()
    shop = a_shop(client)
    mina = shops.create_staff_member(shop=shop, name="Mina Haddad")
    ayla = shops.create_staff_member(shop=shop, name="Ayla Demir", position=1)
    manicure = a_service(shop, staff=[mina, ayla])
    customer = a_person("clara@example.com").customer
    return World(client, shop, mina, ayla, manicure, customer)


def a_guest(email: str = "guest@example.com") -> Contact:
    return Contact("Gita Guest", email)


def to_customer() -> QuerySet[OutboxMessage]:
    """The e-mails to customers that bookings wrote: beside them stand what the salon hears, and reminders."""
    return OutboxMessage.objects.filter(channel="email", kind__startswith="booking.")


GUEST = By(Actor.GUEST)


def by_customer(customer: Customer) -> By:
    return By(Actor.CUSTOMER, customer.user)


def by_owner(client: Client) -> By:
    return By(Actor.OWNER, client.user)


def a_booking(
    world: World,
    start: datetime,
    *,
    staff: StaffMember | None = None,
    now: datetime = NOW,
    is_guest: bool = False,
    key: str = "",
) -> Booking:
    """The manicure with Mina (or `staff`) at `start`: confirmed for Clara, or held for a guest."""
    contact = a_guest() if is_guest else Contact("Clara Neumann", "clara@example.com")
    return bookings.book(
        service_id=world.manicure.pk,
        staff_id=(staff or world.mina).pk,
        start=start,
        contact=contact,
        by=GUEST if is_guest else by_customer(world.customer),
        customer=None if is_guest else world.customer,
        now=now,
        idempotency_key=key,
    )
