"""Opening a salon: from somebody with an account to a published salon that can be booked."""

from datetime import time

import pytest
from django.test import Client
from django.urls import reverse

from beautydrop.marketplace.manage import setup
from beautydrop.scheduling import actions as scheduling
from beautydrop.shops import actions as shops
from beautydrop.shops.models import Shop
from tests import factories
from tests.factories import NOW, a_booking, a_person, a_world, berlin

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


SALON = {
    "name": "Haus Zopf",
    "address": "Weserstraße 12",
    "city": "Berlin",
    "country": "DE",
    "timezone": "Europe/Berlin",
    "currency": "EUR",
    "postal_code": "12047",
}


def test_from_an_account_to_a_published_salon():
    person = a_person("new@example.com", name="Nele Neu")
    client = signed_in(person)
    assert client.get(reverse("manage:home")).url == reverse("manage:start")
    assert client.get(reverse("manage:start")).status_code == 200
    assert client.post(reverse("manage:start"), {"business_name": "Nele GmbH"}).url == reverse("manage:new_shop")
    made = client.post(reverse("manage:new_shop"), SALON)
    shop = Shop.objects.get(slug="haus-zopf")
    assert made.url == reverse("manage:setup", args=[shop.slug])
    assert not shop.is_active
    assert Client().get(reverse("marketplace:shop", args=[shop.slug])).status_code == 404

    page = client.get(reverse("manage:setup", args=[shop.slug])).content.decode()
    assert "0 of 6 steps done" in page
    assert client.post(reverse("manage:publish", args=[shop.slug]), {"open": "1"}).url == made.url
    shop.refresh_from_db()
    assert not shop.is_active

    for weekday in range(5):
        scheduling.add_hours(shop=shop, day_of_week=weekday, start_time=time(9), end_time=time(17))
    assert [step.name for step in setup.missing(shop)] == ["services", "people"]
    shops.create_staff_member(shop=shop, name="Nele Neu")
    client.post(reverse("manage:take_menu", args=[shop.slug]), {"kind": "hair"})
    assert shop.services.count() == 6
    assert setup.missing(shop) == []
    assert client.get(reverse("manage:preview", args=[shop.slug])).status_code == 200

    client.post(reverse("manage:publish", args=[shop.slug]), {"open": "1"})
    public = Client().get(reverse("marketplace:shop", args=[shop.slug])).content.decode()
    assert "Cut and finish" in public
    assert "10:00" in public  # a free time: today, from 10:00 on (one hour's lead time)


def test_a_menu_taken_twice_adds_nothing():
    world = a_world()
    before = world.shop.services.count()
    first = shops.take_over_menu(shop=world.shop, kind="nails")
    assert len(first) == 5  # the gel manicure is there already
    assert shops.take_over_menu(shop=world.shop, kind="nails") == []
    assert world.shop.services.count() == before + 5
    assert first[0].assignments.count() == 2


def test_an_unknown_kind_is_refused_in_words():
    world = a_world()
    client = signed_in(world.client.user)
    response = client.post(reverse("manage:take_menu", args=[world.shop.slug]), {"kind": "\x00x"}, follow=True)
    assert "Choose a kind of salon" in response.content.decode()


def test_mistakes_in_the_salon_are_told_and_nothing_is_lost():
    owner = factories.an_owner()
    client = signed_in(owner.user)
    wrong = {**SALON, "name": "", "timezone": "Mars/Base", "latitude": "52.5", "email": "nobody"}
    response = client.post(reverse("manage:new_shop"), wrong)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Enter the name of the salon" in page
    assert "Give both latitude and longitude, or neither" in page
    assert "Enter an e-mail address like name@example.com" in page
    assert "Weserstraße 12" in page
    assert not Shop.objects.exists()


def test_the_policy_shows_its_sentence_while_it_is_typed():
    world = a_world()
    client = signed_in(world.client.user)
    address = reverse("manage:policy", args=[world.shop.slug])
    fields = {
        "cancellation_cutoff_hours": "48",
        "late_cancel_percent": "100",
        "no_show_percent": "100",
        "lead_time_minutes": "60",
        "horizon_days": "90",
        "slot_interval_minutes": "15",
        "is_auto_confirmed": "on",
    }
    trial = client.get(address, {**fields, "region": "sentence"}, headers={"HX-Request": "true"}).content.decode()
    assert "100 % of the price" in trial
    assert "<html" not in trial
    world.shop.refresh_from_db()
    assert world.shop.cancellation_cutoff_hours == 24
    assert client.post(address, fields).status_code == 302
    world.shop.refresh_from_db()
    assert (world.shop.cancellation_cutoff_hours, world.shop.late_cancel_percent) == (48, 100)
    wrong = client.post(address, {**fields, "late_cancel_percent": "101"})
    assert wrong.status_code == 422
    assert "Enter a whole number from 0 to 100" in wrong.content.decode()
    world.shop.refresh_from_db()
    assert world.shop.late_cancel_percent == 100


def test_charging_nothing_is_a_policy_too():
    world = a_world()
    client = signed_in(world.client.user)
    page, where = (reverse(f"manage:{name}", args=[world.shop.slug]) for name in ("setup", "policy"))
    assert "Look at it" in client.get(page).content.decode()
    terms = {
        "cancellation_cutoff_hours": 0, "late_cancel_percent": 0, "no_show_percent": 0, "lead_time_minutes": 60,
        "horizon_days": 90, "slot_interval_minutes": 15, "is_auto_confirmed": "on",
    }  # fmt: skip
    assert client.post(where, terms).status_code == 302
    world.shop.refresh_from_db()
    assert world.shop.terms_settled_at == NOW
    assert "Look at it" not in client.get(page).content.decode()


def test_closing_keeps_what_is_booked():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    client = signed_in(world.client.user)
    assert "1 booking stands" in client.get(reverse("manage:publish", args=[world.shop.slug])).content.decode()
    client.post(reverse("manage:publish", args=[world.shop.slug]), {"open": "0"})
    assert Client().get(reverse("marketplace:shop", args=[world.shop.slug])).status_code == 404
    assert Client().get(reverse("bookings:show", args=[booking.token])).status_code == 200
    booking.refresh_from_db()
    assert booking.status == "confirmed"


@pytest.mark.parametrize("name", ["setup", "publish", "preview", "policy", "settings"])
def test_only_the_owner(name):
    world = a_world()
    world.mina.user = a_person("mina@example.com", name="Mina Haddad")
    world.mina.save()
    other = factories.a_shop(factories.an_owner("other@example.com"), "Other")
    address = reverse(f"manage:{name}", args=[world.shop.slug])
    assert signed_in(world.client.user).get(address).status_code == 200
    assert Client().get(address).status_code == 302
    assert signed_in(world.customer.user).get(address).status_code == 404
    assert signed_in(other.client.user).get(address).status_code == 404
    assert signed_in(world.mina.user).get(address).status_code == 403
