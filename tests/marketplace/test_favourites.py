"""Salons that a person keeps at hand: one's own, on and off, and back to where the heart was."""

import pytest
from django.urls import reverse

from beautydrop.marketplace.models import Favourite
from tests.factories import NOW, a_person, a_service, a_shop, a_world
from tests.pages import Visitor

pytestmark = pytest.mark.django_db

FAVOURITES = "/favourites/"


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def _toggle(world) -> str:
    return reverse("marketplace:toggle_favourite", args=[world.shop.slug])


def test_on_and_off():
    world = a_world()
    visitor = Visitor(world.customer.user)
    assert "No favourites yet" in visitor.get(FAVOURITES).text
    home = visitor.submit(visitor.get("/"), "/favourite/")
    assert home.url == "/"
    page = visitor.get(FAVOURITES)
    assert "Studio Nord" in page.text
    assert page.has_link("?start=")  # with its next free times
    page = visitor.submit(page, "/favourite/")
    assert page.url == FAVOURITES
    assert "No favourites yet" in page.text


def test_nobody_sees_anothers():
    world = a_world()
    other = a_person("other@example.com", name="Olaf Other")
    Visitor(other).post(_toggle(world))
    assert "Studio Nord" not in Visitor(world.customer.user).get(FAVOURITES).text
    assert Favourite.objects.get().user == other


def test_the_heart_alone_comes_back_for_htmx():
    world = a_world()
    visitor = Visitor(world.customer.user)
    response = visitor.post(_toggle(world), {"next": "/"}, **{"HX-Request": "true"})
    page = visitor.follow(response)
    assert f'id="heart-{world.shop.pk}"' in page.html  # what hx-select takes from the page
    assert 'aria-pressed="true"' in page.html


def test_strangers_sign_in_and_come_back_to_the_page_of_the_heart():
    world = a_world()
    page = Visitor().post(_toggle(world), {"next": "/"}, Referer="http://testserver/salons/?what=nails")
    assert page.status == 302
    assert page.location.startswith("/account/login/?next=")
    assert not Favourite.objects.exists()
    assert Visitor().get(FAVOURITES).location == "/account/login/?next=/favourites/"


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "", "foo", "javascript:1"]
)
def test_it_leads_nowhere_else(target):
    world = a_world()
    page = Visitor(world.customer.user).post(_toggle(world), {"next": target})
    assert page.response.headers["Location"] == f"/s/{world.shop.slug}/"


def test_what_is_closed_is_not_kept_in_sight_and_comes_back():
    world = a_world()
    visitor = Visitor(world.customer.user)
    visitor.post(_toggle(world))
    world.shop.is_active = False
    world.shop.save()
    assert "Studio Nord" not in visitor.get(FAVOURITES).text
    assert visitor.post(_toggle(world)).status == 404
    world.shop.is_active = True
    world.shop.save()
    assert "Studio Nord" in visitor.get(FAVOURITES).text


def test_the_same_queries_for_one_and_for_three(django_assert_num_queries):
    world = a_world()
    visitor = Visitor(world.customer.user)
    visitor.post(_toggle(world))
    visitor.get(FAVOURITES)
    with django_assert_num_queries(9):
        visitor.get(FAVOURITES)
    for number in range(2):
        shop = a_shop(world.client, f"Salon {number}")
        a_service(shop, staff=[])
        visitor.post(reverse("marketplace:toggle_favourite", args=[shop.slug]))
    with django_assert_num_queries(9):
        visitor.get(FAVOURITES)


def test_methods():
    world = a_world()
    visitor = Visitor(world.customer.user)
    assert visitor.get(_toggle(world)).status == 405
    assert visitor.post(FAVOURITES).status == 405
    assert "no-store" in visitor.get(FAVOURITES).response.headers["Cache-Control"]
    assert not Favourite.objects.exists()
