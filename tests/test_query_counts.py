"""How many queries a page may send: one literal number each, the same for one and for three of everything.

Counted is what a request sends to the database: SELECT, INSERT, UPDATE, DELETE and the settings of a transaction.
Statements that only open, keep or close a transaction (BEGIN, SAVEPOINT, RELEASE, COMMIT) are left out: their number
differs between a test, which is itself a transaction, and a server. Jobs put into the queue use a connection of
their own. `manage.py bench` counts in the same way and stops at the same numbers.
"""

from datetime import UTC, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from beautydrop.bookings import actions as bookings
from beautydrop.bookings.choosing import iso
from beautydrop.marketplace.actions import toggle_favourite
from beautydrop.scheduling import claims
from beautydrop.shops import actions as shops
from beautydrop.shops.models import StaffMember
from tests.factories import NOW, World, a_booking, a_person, a_service, a_shop, an_owner, berlin, by_customer

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("size", [1, 3])]

_TRANSACTION = ("BEGIN", "SAVEPOINT", "RELEASE SAVEPOINT", "COMMIT")
_HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def _world(size: int) -> World:
    """A salon with `size` people who all offer `size` services, each person booked `size` times on Thursday."""
    client = an_owner()
    shop = a_shop(client)
    staff = [shops.create_staff_member(shop=shop, name=f"Mina {n}", position=n) for n in range(size)]
    manicure = [a_service(shop, f"Gel manicure {n}", staff=staff, position=n) for n in range(size)][0]
    world = World(client, shop, staff[0], staff[-1], manicure, a_person("clara@example.com").customer)
    for member in staff:
        for n in range(size):
            a_booking(world, berlin(3, f"{11 + n}:00"), staff=member)
    return world


def _more_salons(world: World, size: int) -> None:
    """`size` salons in all, so that lists have as many rows."""
    for n in range(1, size):
        shop = a_shop(world.client, f"Studio {n}")
        a_service(shop, staff=[shops.create_staff_member(shop=shop, name=f"Jo {n}")])


def _signed_in(world: World) -> Client:
    client = Client()
    client.force_login(world.customer.user)
    return client


def _queries(client: Client, url: str, data: dict[str, str] | None = None, *, status: int = 200, **headers: str) -> int:
    with CaptureQueriesContext(connection) as sent:
        response = client.get(url, headers=headers) if data is None else client.post(url, data)
    assert response.status_code == status, url
    return sum(not query["sql"].startswith(_TRANSACTION) for query in sent.captured_queries)


def _when(world: World, **query: str) -> str:
    url = reverse("bookings:when", args=[world.shop.slug, world.manicure.slug])
    return f"{url}?{'&'.join(f'{name}={value}' for name, value in query.items())}"


def _details(world: World) -> str:
    return reverse("bookings:details", args=[world.shop.slug, world.manicure.slug])


def _typed(world: World, clock: str, shown_with: StaffMember | None = None) -> dict[str, str]:
    start = iso(berlin(3, clock).astimezone(UTC))
    return {
        "start": f"{start}/{shown_with.pk}" if shown_with else start,
        "name": "Gita Guest",
        "email": "gita@example.com",
        "form_token": f"{clock}-0123456789",
    }


# --- Choosing a time -------------------------------------------------------------------------------


def test_times_of_a_day(size):
    """The service with its shop; who does it; hours and exceptions; claims."""
    world = _world(size)
    assert _queries(Client(), _when(world, day="2026-12-03")) == 4


def test_times_of_a_day_as_a_fragment(size):
    world = _world(size)
    assert _queries(Client(), _when(world, day="2026-12-03", region="slots"), **_HTMX) == 4
    chosen = _when(world, start="2026-12-03T09:15Z", region="stub")
    assert _queries(Client(), chosen, **_HTMX) == 4


def test_a_full_week_looks_ahead_with_one_more(size):
    world = _world(size)
    for member in world.shop.staff_members.all():
        begin = berlin(7, "00:00")
        claims.block(staff_member=member, start=begin, end=begin + timedelta(days=8), now=NOW)
    assert _queries(Client(), _when(world, day="2026-12-08")) == 5


# --- Booking ---------------------------------------------------------------------------------------


def test_details_of_a_chosen_time(size):
    world = _world(size)
    start = _typed(world, "10:00")["start"]
    assert _queries(Client(), f"{_details(world)}?start={start}") == 4
    # Session, person, and what is known of the customer.
    assert _queries(_signed_in(world), f"{_details(world)}?start={start}") == 7


def test_booking_as_a_guest(size):
    """As the details page sends it, with the person who was shown; for anyone, one more asks who does it."""
    world = _world(size)
    assert _queries(Client(), _details(world), _typed(world, "10:00", world.mina), status=302) == 14
    assert _queries(Client(), _details(world), _typed(world, "15:00"), status=302) == 15


def test_booking_signed_in(size):
    """Beside a guest's: session, person, customer."""
    world = _world(size)
    assert _queries(_signed_in(world), _details(world), _typed(world, "10:00", world.mina), status=302) == 17


def test_a_time_that_is_taken(size):
    """What the form needs, what was tried, the nearest other times, and what was typed into the session."""
    world = _world(size)
    assert _queries(Client(), _details(world), _typed(world, "11:00", world.mina), status=409) == 16


# --- After booking ---------------------------------------------------------------------------------


def test_a_bookings_own_page(size):
    world = _world(size)
    booking = a_booking(world, berlin(4, "10:00"))
    assert _queries(Client(), reverse("bookings:show", args=[booking.token])) == 1


def test_moving(size):
    world = _world(size)
    booking = a_booking(world, berlin(4, "10:00"))
    assert _queries(Client(), reverse("bookings:change", args=[booking.token])) == 4


def test_my_bookings(size):
    """Session, person, what is coming, the past and how much of it there is."""
    world = _world(size)
    for n in range(size):
        past = a_booking(world, berlin(4, f"{10 + n}:00"))
        bookings.cancel(booking_id=past.pk, by=by_customer(world.customer), now=NOW)
    assert _queries(_signed_in(world), reverse("bookings:mine")) == 5


# --- The marketplace -------------------------------------------------------------------------------


def test_home(size):
    world = _world(size)
    _more_salons(world, size)
    assert _queries(Client(), reverse("marketplace:home")) == 7


def test_a_salons_page(size):
    world = _world(size)
    assert _queries(Client(), reverse("marketplace:shop", args=[world.shop.slug])) == 7


def test_search_of_a_city(size):
    world = _world(size)
    _more_salons(world, size)
    assert _queries(Client(), reverse("marketplace:search") + "?where=Berlin") == 7


def test_search_with_words(size):
    world = _world(size)
    _more_salons(world, size)
    assert _queries(Client(), reverse("marketplace:search") + "?where=Berlin&what=gel") == 7


def test_search_of_a_day(size):
    world = _world(size)
    _more_salons(world, size)
    url = reverse("marketplace:search") + "?where=Berlin&date=2026-12-03&part=afternoon"
    assert _queries(Client(), url) == 7


def test_search_of_a_day_when_nobody_is_free(size):
    """Four more look for the nearest time of the first salons, and one for what these offer."""
    world = _world(size)
    _more_salons(world, size)
    for member in StaffMember.objects.all():
        begin = berlin(5, "00:00")
        claims.block(staff_member=member, start=begin, end=begin + timedelta(days=1), now=NOW)
    url = reverse("marketplace:search") + "?where=Berlin&date=2026-12-05"
    assert _queries(Client(), url) == 11


def test_favourites(size):
    world = _world(size)
    _more_salons(world, size)
    for shop in world.client.shops.all():
        toggle_favourite(user=world.customer.user, shop=shop)
    assert _queries(_signed_in(world), reverse("marketplace:favourites")) == 9
