"""Every page of the customer's side answers, for whom it should and for nobody else."""

import pytest
from django.test import Client
from django.urls import reverse

from beautydrop.bookings.messages import keys
from tests import factories
from tests.factories import a_booking, a_world, berlin

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(factories.NOW, tick=False)


def test_public_pages():
    world = a_world()
    client = Client()
    pages = [
        reverse("marketplace:home"),
        reverse("marketplace:search"),
        reverse("marketplace:search") + "?what=gel&where=Berlin&date=2026-12-03&part=evening",
        reverse("marketplace:shop", args=[world.shop.slug]),
        reverse("bookings:when", args=[world.shop.slug, world.manicure.slug]),
        *(reverse("marketplace:page", args=[name]) for name in ("help", "privacy", "terms", "imprint")),
        reverse("account_login"),
        reverse("account_signup"),
        reverse("account_reset_password"),
    ]
    for page in pages:
        response = client.get(page)
        assert response.status_code == 200, page
        assert b"<h1" in response.content, page


def test_a_booking_in_every_state():
    world = a_world()
    client = Client()
    held = a_booking(world, berlin(3, "10:15"), is_guest=True)
    confirmed = a_booking(world, berlin(4, "10:15"))
    for name in ("show", "change_address", "cancel", "calendar"):
        assert client.get(reverse(f"bookings:{name}", args=[held.token])).status_code == 200, name
    key = keys.confirm_key(held)
    assert client.get(reverse("bookings:confirm", args=[held.token, key])).status_code == 200
    for name in ("show", "change", "cancel", "calendar"):
        assert client.get(reverse(f"bookings:{name}", args=[confirmed.token])).status_code == 200, name


def test_own_pages():
    world = a_world()
    a_booking(world, berlin(4, "10:15"))
    client = Client()
    client.force_login(world.customer.user)
    for name in ("bookings:mine", "marketplace:favourites", "accounts:profile"):
        assert client.get(reverse(name)).status_code == 200, name
        assert Client().get(reverse(name)).status_code == 302, name
