"""Every address under /manage/ × every kind of person: a walk over the URLconf, so that no page can be forgotten."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from beautydrop import urls
from beautydrop.shops import actions as shops
from tests import factories
from tests.factories import NOW, a_booking, a_person, a_world, an_owner, berlin

pytestmark = pytest.mark.django_db

LEVELS = {"shop:staff": 1, "shop:manager": 2, "shop:owner": 3}


def patterns() -> list[URLPattern]:
    return [pattern for pattern in urls.manage_patterns if isinstance(pattern, URLPattern)]


def of_a_shop() -> list[URLPattern]:
    return [pattern for pattern in patterns() if "slug" in pattern.pattern.converters]


@pytest.fixture
def people(time_machine) -> dict[str, Any]:
    """The world's shop seen by everybody there is."""
    time_machine.move_to(NOW, tick=False)
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    for member, email, is_manager in ((world.mina, "mina@example.com", False), (world.ayla, "ayla@example.com", True)):
        member.user = a_person(email, name=member.name)
        member.is_manager = is_manager
        member.save()
    elsewhere = factories.a_shop(an_owner("other@example.com"), "Elsewhere")
    stranger = shops.create_staff_member(shop=elsewhere, name="Sam Other")
    stranger.user = a_person("sam@example.com", name="Sam Other")
    stranger.save()
    return {
        "world": world,
        "booking": booking,
        "outside": {
            "customer": world.customer.user,
            "other customer": a_person("carl@example.com", name="Carl Other"),
            "other owner": elsewhere.client.user,
            "other staff": stranger.user,
        },
        "inside": {1: world.mina.user, 2: world.ayla.user, 3: world.client.user},
    }


def address(pattern: URLPattern, people: dict[str, Any]) -> str:
    """The pattern's address with things of the world's shop; what does not exist gets a random id."""
    world, booking = people["world"], people["booking"]
    known: dict[str, Any] = {
        "slug": world.shop.slug,
        "booking_id": booking.pk,
        "staff_id": world.mina.pk,
        "service_id": world.manicure.pk,
        "client_id": booking.shop_client_id or uuid.uuid4(),
        "act": "arrived",
    }
    kwargs = {
        name: known.get(name, 1 if type(converter).__name__ == "IntConverter" else uuid.uuid4())
        for name, converter in pattern.pattern.converters.items()
    }
    return reverse(f"manage:{pattern.name}", kwargs=kwargs)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_there_is_something_to_walk():
    assert len(of_a_shop()) > 20


@pytest.mark.parametrize("method", ["get", "post"])
def test_outsiders_are_refused_everywhere(people, method):
    clients = {who: signed_in(user) for who, user in people["outside"].items()}
    for pattern in of_a_shop():
        where = address(pattern, people)
        answer = getattr(Client(), method)(where)
        assert answer.status_code == 302, where
        assert answer.url.startswith("/account/login/"), where
        for who, client in clients.items():
            assert getattr(client, method)(where).status_code == 404, (who, method, where)


@pytest.mark.parametrize("method", ["get", "post"])
def test_insiders_need_the_standing_that_the_view_names(people, method):
    clients = {level: signed_in(user) for level, user in people["inside"].items()}
    for pattern in of_a_shop():
        where = address(pattern, people)
        needed = LEVELS[pattern.callback.access]
        for level, client in clients.items():
            if level < needed:
                assert getattr(client, method)(where).status_code == 403, (level, method, where)


def test_pages_open_for_the_owner(people):
    """No page is a fault, whoever is inside: each answers, asks for another method, or says what is not there."""
    for level, user in people["inside"].items():
        client = signed_in(user)
        for pattern in of_a_shop():
            if level >= LEVELS[pattern.callback.access]:
                status = client.get(address(pattern, people)).status_code
                assert status in {200, 302, 403, 404, 405, 409}, (level, pattern.name, status)
    owner = signed_in(people["inside"][3])
    for name in ("day", "week", "agenda", "figures", "settings", "setup", "policy", "publish", "preview"):
        where = reverse(f"manage:{name}", args=[people["world"].shop.slug])
        assert owner.get(where).status_code == 200, where


def test_things_of_another_shop_are_not_found(people):
    """With the own shop's address and somebody else's things: 404, for every id an address can carry."""
    world = people["world"]
    other = factories.a_shop(an_owner("third@example.com"), "Third")
    owner = signed_in(other.client.user)
    for pattern in of_a_shop():
        names = set(pattern.pattern.converters) - {"slug", "act"}
        if not names:
            continue
        where = address(pattern, people).replace(f"/{world.shop.slug}/", f"/{other.slug}/")
        for method in ("get", "post"):
            status = getattr(owner, method)(where).status_code
            assert status in {404, 405}, (method, where, status)


@pytest.mark.parametrize("name", ["home", "start", "new_shop"])
def test_the_way_in(name):
    where = reverse(f"manage:{name}")
    stranger = Client().get(where)
    assert stranger.status_code == (200 if name == "start" else 302)
    person = signed_in(a_person("new@example.com"))
    assert person.get(where).status_code in {200, 302}
