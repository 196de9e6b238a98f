"""A client asks to be forgotten: nothing of them stays at the salon, and its figures stay as they were."""

from datetime import timedelta

import pytest
from django.core import serializers
from django.urls import reverse

from beautydrop.bookings import actions as bookings
from beautydrop.bookings.actions import By, Contact
from beautydrop.bookings.clients import actions as clients
from beautydrop.bookings.clients.actions import ClientError
from beautydrop.bookings.models import Booking, BookingEvent, ShopClient
from beautydrop.bookings.states import Actor, State
from beautydrop.notifications.models import OutboxMessage
from tests.factories import NOW, World, a_world, berlin, by_customer
from tests.pages import Visitor

pytestmark = pytest.mark.django_db

CLARA = Contact("Clara Neumann", "clara@example.com", "+491765550118")
LATER = NOW + timedelta(days=20)


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def visited(world) -> Booking:
    """Clara booked online with a note, and came; another booking of hers she cancelled, saying why."""
    start = berlin(3, "10:00")
    mine = {"by": by_customer(world.customer), "customer": world.customer, "now": NOW, "contact": CLARA}
    booking = bookings.book(
        service_id=world.manicure.pk, staff_id=world.mina.pk, start=start, note="Clara reacts to HEMA",
        idempotency_key="clara-1", **mine,
    )  # fmt: skip
    other = bookings.book(service_id=world.manicure.pk, staff_id=world.mina.pk, start=berlin(4, "10:00"), **mine)
    bookings.cancel(booking_id=other.pk, by=by_customer(world.customer), now=NOW, note="Clara is ill")
    owner = By(Actor.OWNER, world.client.user)
    bookings.write_note(booking_id=booking.pk, note="Clara likes matte", seen="", by=owner, now=NOW)
    return bookings.complete(booking_id=booking.pk, by=owner, now=start + timedelta(hours=1))


def everything_kept() -> str:
    rows = [
        *ShopClient.objects.all(),
        *Booking.objects.all(),
        *BookingEvent.objects.all(),
        *OutboxMessage.objects.all(),
    ]
    return serializers.serialize("json", rows).casefold()


def test_nothing_of_the_person_stays_and_the_figures_do(world, visited):
    client_id = visited.shop_client_id
    clients.edit(
        client_id=client_id, name="Clara Neumann", email="clara@example.com", phone="+491765550118",
        notes="Clara", tags=["Clara"], seen_notes="",
    )  # fmt: skip
    old = Booking.objects.get(pk=visited.pk)
    clients.erase(client_id=client_id, now=LATER)
    kept = everything_kept()
    for trace in ("clara", "neumann", "5550118", "hema", "matte", "is ill", old.token.casefold()):
        assert trace not in kept, trace
    booking = Booking.objects.get(pk=visited.pk)
    assert booking.contact_name == "Erased client"
    assert booking.customer_id is None
    assert booking.is_erased
    same = ("starts_at", "ends_at", "price", "currency", "service_name", "status", "staff_member_id", "reference")
    assert all(getattr(booking, name) == getattr(old, name) for name in same)
    assert booking.events.count() == old.events.count()
    assert not OutboxMessage.objects.filter(status=OutboxMessage.Status.PENDING).exists()


def test_the_links_of_mails_die(world, visited, time_machine):
    time_machine.move_to(LATER, tick=False)
    at = reverse("bookings:show", args=[visited.token])
    assert Visitor().get(at).status == 200
    clients.erase(client_id=visited.shop_client_id, now=LATER)
    assert Visitor().get(at).status == 404
    # The salon still opens the booking.
    page = Visitor(world.client.user).get(reverse("manage:booking", args=[world.shop.slug, visited.pk]))
    assert page.status == 200
    assert "Erased client" in page.text


def test_who_comes_back_is_a_new_client(world, visited):
    clients.erase(client_id=visited.shop_client_id, now=LATER)
    again = bookings.book(
        service_id=world.manicure.pk, staff_id=None, start=LATER + timedelta(days=2, hours=1), contact=CLARA,
        by=By(Actor.OWNER, world.client.user), now=LATER,
    )  # fmt: skip
    assert again.shop_client_id != visited.shop_client_id
    assert not again.shop_client.is_erased


def test_a_merged_second_address_goes_too(world, visited):
    second = clients.create(shop=world.shop, name="Clara N.", email="clara.n@example.com")
    clients.merge(kept_id=visited.shop_client_id, gone_id=second.pk, now=NOW)
    clients.erase(client_id=visited.shop_client_id, now=LATER)
    assert "clara" not in everything_kept()


def test_another_clients_bookings_stay(world, visited):
    other = bookings.book(
        service_id=world.manicure.pk, staff_id=world.ayla.pk, start=berlin(7, "10:00"),
        contact=Contact("Lotte Kühn", "lotte@example.org"), by=By(Actor.OWNER, world.client.user), now=NOW,
    )  # fmt: skip
    clients.erase(client_id=visited.shop_client_id, now=LATER)
    other.refresh_from_db()
    assert (other.contact_name, other.contact_email) == ("Lotte Kühn", "lotte@example.org")
    assert OutboxMessage.objects.filter(recipient="lotte@example.org").exists()


def test_a_booking_ahead_stands_against_it(world, visited, time_machine):
    time_machine.move_to(LATER, tick=False)
    ahead = bookings.book(
        service_id=world.manicure.pk, staff_id=world.mina.pk, start=LATER + timedelta(days=2, hours=1), contact=CLARA,
        by=By(Actor.OWNER, world.client.user), now=LATER,
    )  # fmt: skip
    with pytest.raises(ClientError):
        clients.erase(client_id=visited.shop_client_id, now=LATER)
    owner = Visitor(world.client.user)
    at = reverse("manage:client_erase", args=[world.shop.slug, visited.shop_client_id])
    page = owner.get(at)
    assert page.h1 == "Clara Neumann still has a booking ahead"
    assert page.has_link(str(ahead.pk))
    refused = owner.post(at)
    assert refused.status == 409
    assert "Clara Neumann" in refused.text
    assert Booking.objects.get(pk=visited.pk).contact_name == "Clara Neumann"


def test_the_page_says_what_goes_and_what_stays(world, visited, time_machine):
    time_machine.move_to(LATER, tick=False)
    owner = Visitor(world.client.user)
    at = reverse("manage:client_erase", args=[world.shop.slug, visited.shop_client_id])
    page = owner.get(at)
    assert page.h1 == "Erase the data of Clara Neumann?"
    assert "2 bookings keep their time, service and price" in page.text
    done = owner.post(at)
    assert done.location == reverse("manage:clients", args=[world.shop.slug])
    assert owner.get(at).status == 404
    assert owner.post(at).status == 404
    assert "Clara" not in owner.get(done.location).text
    assert Booking.objects.filter(status=State.COMPLETED).count() == 1
