"""A salon's page: what it sells, who works there, when it is open, what cancelling costs, and what is free next."""

import json
import re
from datetime import date, time

import pytest
from django.urls import reverse

from beautydrop.bookings.choosing import iso
from beautydrop.scheduling import actions as scheduling
from beautydrop.scheduling import openings
from beautydrop.shops import actions as shops
from tests.factories import NOW, a_booking, a_service, a_shop, a_world, an_owner, berlin
from tests.pages import Page, Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def _page(world, **query: str) -> Page:
    page = Visitor().get(reverse("marketplace:shop", args=[world.shop.slug]), query)
    assert page.status == 200
    return page


def test_what_one_wants_to_know():
    page = _page(a_world())
    assert page.h1 == "Studio Nord"
    for words in ("Torstraße 140", "10119 Berlin", "Gel manicure", "50 min", "€42", "Mina Haddad", "Ayla Demir"):
        assert words in page.text, words
    assert "2 people work here" in page.text
    assert page.has_link("tel:+49305550140")
    assert "Berlin time (CET)" in page.text


def test_services_by_section_with_the_lowest_price():
    world = a_world()
    a_service(world.shop, "Removal", staff=[world.mina], price=15, menu_section="Extras", position=2)
    cut = a_service(world.shop, "Cut", staff=[world.mina], price=50, category="hair", position=1)
    shops.assign(staff_member=world.ayla, service=cut, price=45)
    alone = a_service(world.shop, "Nobody does this", category="wax", position=3)
    page = _page(world)
    assert page.text.index("Nails") < page.text.index("Hair") < page.text.index("Extras")
    assert "from €45" in page.text
    assert page.has_link(f"/book/{cut.slug}/")
    assert "Nobody does this" in page.text
    assert not page.has_link(f"/book/{alone.slug}/")  # no dead end


def test_what_is_not_sold_any_more_is_gone():
    world = a_world()
    world.manicure.is_active = False
    world.manicure.save()
    page = _page(world)
    assert "Gel manicure" not in page.text
    assert "Nothing is free at the moment." in page.text


def test_the_next_free_times_are_the_first_openings():
    world = a_world()
    loaded = openings.load(world.manicure, now=NOW, first=NOW.date(), last=NOW.date())
    first = [iso(one.start).replace(":", "%3A") for one in loaded.on(NOW.date())][:3]
    page = _page(world)
    starts = [url.partition("start=")[2] for url in page.links if "?start=" in url]
    assert starts[:3] == first
    for staff in (world.mina, world.ayla):
        a_booking(world, berlin(30, "10:00", month=11), staff=staff)
    again = [url.partition("start=")[2] for url in _page(world).links if "?start=" in url]
    assert first[0] not in again


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (berlin(30, "09:00", month=11), "Opens today at 10:00"),
        (berlin(30, "10:00", month=11), "Open until 18:00"),
        (berlin(30, "17:59", month=11), "Open until 18:00"),
        (berlin(30, "18:00", month=11), "Closed for today"),
        (berlin(6, "12:00"), "Closed today"),
    ],
)
def test_whether_it_is_open_now(now, words, time_machine):
    world = a_world()
    time_machine.move_to(now, tick=False)
    assert words in _page(world).text


def test_hours_and_special_days():
    world = a_world()
    scheduling.add_exception(
        shop=world.shop, reason="holiday", start_date=date(2026, 12, 24), end_date=date(2026, 12, 27)
    )
    scheduling.add_exception(
        shop=world.shop,
        reason="special",
        start_date=date(2026, 12, 31),
        end_date=date(2026, 12, 31),
        start_time=time(9),
        end_time=time(13),
    )
    page = _page(world)
    assert "Monday, today 10:00 – 18:00" in page.text
    assert "Sunday Closed" in page.text
    assert "Thu 24 Dec to Sun 27 Dec Closed" in page.text
    assert "Thu 31 Dec 09:00 – 13:00" in page.text


def test_what_cancelling_costs():
    page = _page(a_world())
    assert "Free to cancel until 24 hours before" in page.text
    assert "50 % of the price is due: €21 for Gel manicure." in page.text


def test_what_search_engines_read_is_json_and_nothing_else():
    world = a_world()
    world.shop.name = 'Studio </script><script>alert("x")</script> & Söhne'
    world.shop.save()
    html = _page(world).html
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    data = json.loads(block)
    assert data["name"] == world.shop.name
    assert data["@type"] == "BeautySalon"
    assert data["makesOffer"][0]["price"] == "42.00"
    assert data["geo"]["latitude"] == world.shop.latitude
    assert '<script>alert("x")' not in html


def test_names_are_words_never_markup():
    world = a_world()
    evil = "<img src=x onerror=alert(1)>\"'"
    world.shop.name = world.shop.finding_note = world.shop.area = evil
    world.shop.save()
    world.manicure.name = world.manicure.description = evil
    world.manicure.save()
    world.mina.name = evil
    world.mina.save()
    own = reverse("bookings:when", args=[world.shop.slug, world.manicure.slug])
    details = reverse("bookings:details", args=[world.shop.slug, world.manicure.slug])
    for url in (
        reverse("marketplace:shop", args=[world.shop.slug]),
        "/",
        "/salons/",
        own,
        f"{details}?start=2026-12-03T09:15Z",
    ):
        page = Visitor().get(url)
        assert evil in page.text, url
        assert "<img src=x" not in page.html, url


def test_a_favourite_shows_it_is_one():
    world = a_world()
    visitor = Visitor(world.customer.user)
    url = reverse("marketplace:shop", args=[world.shop.slug])
    assert not _page(world).has_form("/favourite/")
    page = visitor.submit(visitor.get(url), "/favourite/")
    assert page.url == url
    pressed = [
        got["aria-pressed"] for tag, got in page.elements if tag == "button" and "linklike" in got.get("class", "")
    ]
    assert pressed == ["true"]


def test_a_closed_shop_and_no_shop():
    world = a_world()
    world.shop.is_active = False
    world.shop.save()
    assert Visitor().get(reverse("marketplace:shop", args=[world.shop.slug])).status == 404
    assert Visitor().get("/s/no-such-salon/").status == 404
    assert Visitor().post(reverse("marketplace:shop", args=[world.shop.slug])).status == 405


def test_an_empty_shop_has_a_page():
    shop = a_shop(an_owner(), "Just opened", phone="", area="", postal_code="", latitude=None, longitude=None)
    page = Visitor().get(reverse("marketplace:shop", args=[shop.slug]))
    assert page.status == 200
    assert page.h1 == "Just opened"
    assert "0 people" not in page.text
    assert not page.has_link("tel:")


def test_nobodys_private_numbers_are_shown():
    world = a_world()
    world.mina.email, world.mina.phone = "mina.private@example.com", "+49170000001"
    world.mina.save()
    html = _page(world).html
    assert "mina.private" not in html and "170000001" not in html
    assert "owner@example.com" not in html


def test_the_same_queries_for_one_service_and_for_four(django_assert_max_num_queries):
    world = a_world()
    _page(world)
    with django_assert_max_num_queries(8):
        _page(world)
    for number in range(3):
        a_service(world.shop, f"Service {number}", staff=[world.mina, world.ayla])
    with django_assert_max_num_queries(8):
        _page(world)
