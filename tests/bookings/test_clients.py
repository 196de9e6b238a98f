"""Bookings find their client; clients are found by what one types, counted, merged and forgotten."""

import pytest

from beautydrop.bookings import actions as bookings
from beautydrop.bookings.actions import By, Contact
from beautydrop.bookings.clients import actions as clients
from beautydrop.bookings.clients import listing
from beautydrop.bookings.models import Booking, ShopClient
from beautydrop.bookings.states import Actor
from tests.factories import GUEST, NOW, World, a_shop, a_world, an_owner, berlin

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return a_world()


def book(world: World, clock: str, contact: Contact, *, day: int = 3, is_shop: bool = True) -> Booking:
    return bookings.book(
        service_id=world.manicure.pk,
        staff_id=world.mina.pk,
        start=berlin(day, clock),
        contact=contact,
        by=By(Actor.OWNER, world.client.user) if is_shop else GUEST,
        now=NOW,
    )


def test_the_first_booking_makes_the_client_and_the_next_finds_it(world):
    first = book(world, "10:00", Contact("Ana Ruiz", "Ana@Example.org", "+491765550118"), is_shop=False)
    second = book(world, "11:00", Contact("A. Ruiz", "ana@example.org"))
    assert first.shop_client_id == second.shop_client_id
    client = ShopClient.objects.get()
    assert (client.name, client.email, client.phone) == ("Ana Ruiz", "ana@example.org", "+491765550118")
    assert client.is_added is False


def test_a_phone_number_finds_who_has_no_other_address(world):
    caller = book(world, "10:00", Contact("Ana Ruiz", phone="+491765550118"))
    again = book(world, "11:00", Contact("Ana Ruiz", phone="+491765550118"))
    online = book(world, "12:00", Contact("Ana Ruiz", "ana@example.org", "+491765550118"))
    assert caller.shop_client_id == again.shop_client_id == online.shop_client_id
    # The same number with two addresses is two people: a family shares it.
    clients.edit(
        client_id=caller.shop_client_id,
        name="Ana Ruiz",
        email="ana@example.org",
        phone="+491765550118",
        notes="",
        tags=[],
        seen_notes="",
    )
    brother = book(world, "13:00", Contact("Leo Ruiz", "leo@example.org", "+491765550118"))
    assert brother.shop_client_id != caller.shop_client_id


def test_a_name_alone_makes_no_client(world):
    assert book(world, "10:00", Contact("Walk-in")).shop_client_id is None
    assert not ShopClient.objects.exists()


def test_another_salon_knows_nothing_of_them(world):
    book(world, "10:00", Contact("Ana Ruiz", "ana@example.org"))
    other = a_shop(an_owner("other@example.com"), "Studio Süd")
    assert not listing.people(other).exists()
    assert listing.find(other, "Ana") == []


def test_a_mended_address_goes_to_its_own_client(world):
    booking = book(world, "10:00", Contact("Ana Ruiz", "ana@exampel.org"), is_shop=False)
    mended = bookings.change_address(booking_id=booking.pk, email="ana@example.org", by=GUEST, now=NOW)
    assert mended.shop_client.email == "ana@example.org"
    spans = listing.Spans.of(world.shop, NOW)
    # Neither is anybody's client until the address is proved.
    assert not listing.counted(world.shop, spans).exists()
    bookings.confirm_by_link(booking_id=booking.pk, by=GUEST, now=NOW)
    assert [one.email for one in listing.counted(world.shop, spans)] == ["ana@example.org"]


@pytest.mark.parametrize("typed", ["lotte", "KÜHN", "Lote Kun", "0151 555", "+49 151 5550107", "l.kuehn@exa"])
def test_found_as_one_types(world, typed):
    clients.create(shop=world.shop, name="Ana Ruiz", email="ana@mail.example", phone="+491765550118")
    lotte = clients.create(shop=world.shop, name="Lotte Kühn", email="l.kuehn@example.org", phone="+491515550107")
    assert listing.find(world.shop, typed) == [lotte]


def test_one_letter_finds_nobody(world):
    clients.create(shop=world.shop, name="Ana Ruiz")
    assert listing.find(world.shop, "A") == []
