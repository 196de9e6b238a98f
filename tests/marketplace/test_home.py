"""The start page: what is free soon, where most salons are or where one asks."""

import pytest

from beautydrop.bookings.choosing import iso
from beautydrop.scheduling import openings
from beautydrop.shops import actions as shops
from tests.factories import NOW, a_booking, a_service, a_shop, a_world, berlin
from tests.pages import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def _elsewhere(client, name="Wiener Bürste", **fields):
    place = {
        "address": "Graben 1",
        "area": "Innere Stadt",
        "city": "Wien",
        "country": "AT",
        "timezone": "Europe/Vienna",
        "latitude": 48.2085,
        "longitude": 16.3690,
    }
    shop = a_shop(client, name, **(place | fields))
    member = shops.create_staff_member(shop=shop, name="Vroni Huber")
    return shop, a_service(shop, "Haarschnitt", category="hair", staff=[member])


def test_an_empty_marketplace_still_answers():
    page = Visitor().get("/")
    assert page.status == 200
    assert page.h1 == "Find a free time"
    assert "No free times here in the next days" in page.text


def test_the_first_free_times_are_links_to_themselves():
    world = a_world()
    page = Visitor().get("/")
    loaded = openings.load(world.manicure, now=NOW, first=NOW.date(), last=NOW.date())
    first = [iso(one.start) for one in loaded.on(NOW.date())][:3]
    links = [url for url in page.links if "start=" in url]
    assert [url.split("start=")[1].replace("%3A", ":") for url in links] == first
    for url in links:
        times = Visitor().get(url)
        chosen = times.form().values["start"]
        assert chosen == [url.split("start=")[1].replace("%3A", ":")]
        details = Visitor().submit(times)
        assert details.h1 == "Your details"


def test_what_is_taken_meanwhile_is_not_shown():
    world = a_world()
    before = [url for url in Visitor().get("/").links if "start=" in url]
    for staff in (world.mina, world.ayla):
        a_booking(world, berlin(30, "10:00", month=11), staff=staff)
    after = [url for url in Visitor().get("/").links if "start=" in url]
    assert after and before[0] not in after


def test_the_city_with_most_salons_or_the_one_asked_for():
    world = a_world()
    a_shop(world.client, "Second in Berlin")
    _elsewhere(world.client)
    page = Visitor().get("/")
    assert "Free soon near Berlin" in page.text and "Studio Nord" in page.text
    assert "All times are Berlin time (CET)." in page.text
    vienna = Visitor().get("/", {"where": "wien"})
    assert "Wiener Bürste" in vienna.text and "Studio Nord" not in vienna.text
    assert vienna.form("Where").values["where"] == ["Wien"]


def test_closed_salons_are_not_there():
    world = a_world()
    world.shop.is_active = False
    world.shop.save()
    assert "Studio Nord" not in Visitor().get("/").text


def test_doors_lead_to_their_treatments():
    a_world()
    page = Visitor().get("/")
    nails = Visitor().get(page.link("what=Nails"))
    assert "Studio Nord" in nails.text
    wax = Visitor().get(page.link("what=Wax"))
    assert "Studio Nord" not in wax.text


def test_hearts_are_for_who_is_signed_in():
    world = a_world()
    assert "favourite" not in Visitor().get("/").html
    assert Visitor(world.customer.user).get("/").has_form("/favourite/")


def test_it_costs_the_same_for_one_and_for_three_salons(django_assert_num_queries):
    world = a_world()
    visitor = Visitor()
    visitor.get("/")
    with django_assert_num_queries(7):
        visitor.get("/")
    for number in range(2):
        shop = a_shop(world.client, f"Salon {number}")
        a_service(shop, staff=[])
    with django_assert_num_queries(7):
        visitor.get("/")


def test_plain_pages():
    for name in ("help", "privacy", "terms", "imprint"):
        page = Visitor().get(f"/about/{name}/")
        assert (page.status, bool(page.h1)) == (200, True)
        assert Visitor().post(f"/about/{name}/").status == 405
    for name in ("secrets", "page_help", "..", "home"):
        assert Visitor().get(f"/about/{name}/").status == 404
