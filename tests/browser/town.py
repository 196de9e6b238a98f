"""The named world on the live server: around today, because browsers can't be told another time."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from beautydrop.accounts.models import User
from beautydrop.bookings import actions
from beautydrop.bookings.models import Booking
from beautydrop.scheduling import openings
from beautydrop.scheduling.openings import Opening
from beautydrop.shops import actions as shops
from tests.factories import GUEST, World, a_guest, a_service, a_shop, a_world, by_customer
from tests.factories import a_booking as booking_at


def a_town() -> World:
    """Studio Nord and two more salons in Berlin, one of them with another kind of service."""
    world = a_world()
    for name, service, category in (("Haarwerk", "Haircut", "hair"), ("Ruhepol", "Back massage", "massage")):
        shop = a_shop(world.client, name, area="Kreuzberg", latitude=52.499, longitude=13.418, is_step_free=True)
        member = shops.create_staff_member(shop=shop, name=f"{name} Person")
        a_service(shop, service, category=category, staff=[member])
    return world


def openings_in(world: World, days: int, *, staff: object = None, limit: int = 60) -> list[Opening]:
    """Free times of the manicure from so many days ahead on."""
    now = timezone.now()
    day = now.astimezone(world.shop.zone).date() + timedelta(days=days)
    staff_id = getattr(staff, "pk", None)
    return openings.next_free(world.manicure, now=now, after=day, staff_id=staff_id, limit=limit)


def a_booking(world: World, days: int, *, nth: int = 0, is_guest: bool = False) -> Booking:
    """The manicure with Mina so many days ahead, at her nth free time; confirmed, or held for a guest."""
    opening = openings_in(world, days, staff=world.mina)[nth]
    return booking_at(world, opening.start, now=timezone.now(), is_guest=is_guest)


def taken_by_somebody(world: World, start: datetime, staff_id: object) -> Booking:
    """Somebody else books that very time."""
    return actions.book(
        service_id=world.manicure.pk,
        staff_id=staff_id,  # type: ignore[arg-type]
        start=start,
        contact=a_guest("faster@example.com"),
        by=GUEST,
        now=timezone.now(),
    )


def cancelled(booking: Booking, world: World) -> Booking:
    return actions.cancel(booking_id=booking.pk, by=by_customer(world.customer), now=timezone.now())


def next_sunday() -> date:
    """A day on which Studio Nord is closed, tomorrow or later."""
    today = timezone.now().date()
    return today + timedelta(days=(6 - today.weekday()) or 7)


def has_account(email: str) -> bool:
    return User.objects.filter(email=email).exists()
