"""When and with whom: what the page offers is what the engine offers, and every state has an address."""

from datetime import date, time
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from beautydrop.bookings.choosing import iso
from beautydrop.scheduling import actions as scheduling
from beautydrop.scheduling import openings
from beautydrop.shops import actions as shops
from tests.factories import NOW, a_booking, a_service, a_shop, a_world, an_owner, berlin
from tests.pages import Page, Visitor

pytestmark = pytest.mark.django_db

THURSDAY = date(2026, 12, 3)


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def _url(world) -> str:
    return reverse("bookings:when", args=[world.shop.slug, world.manicure.slug])


def _radios(page: Page) -> list[str]:
    return [got["value"] for tag, got in page.elements if tag == "input" and got.get("type") == "radio"]


def _starts(world, day: date, staff=None) -> list[str]:
    loaded = openings.load(world.manicure, now=NOW, first=day, last=day)
    return [iso(one.start) for one in loaded.on(day, staff and staff.pk)]


def test_the_page_offers_exactly_the_openings_of_the_day():
    world = a_world()
    a_booking(world, berlin(3, "10:15"))
    a_booking(world, berlin(3, "10:30"), staff=world.ayla)
    page = Visitor().get(_url(world), {"day": "2026-12-03"})
    assert page.status == 200
    assert _radios(page) == _starts(world, THURSDAY)
    assert "2026-12-03T09:45Z" not in _radios(page)  # Mina until 11:05, Ayla from 10:30
    assert f"{len(_radios(page))} times, Berlin time (CET)" in page.text
    assert "Thursday 3 December" in page.text


def test_one_persons_times_and_what_they_share():
    world = a_world()
    a_booking(world, berlin(3, "10:15"))
    page = Visitor().get(_url(world), {"day": "2026-12-03", "staff": str(world.mina.pk)})
    assert _radios(page) == _starts(world, THURSDAY, world.mina)
    assert "2026-12-03T09:30Z" not in _radios(page)
    assert page.form().values["staff"] == [str(world.mina.pk)]
    anyone = Visitor().get(_url(world), {"day": "2026-12-03"})
    assert "2026-12-03T09:30Z" in _radios(anyone)
    assert anyone.form().values["staff"] == ["any"]


def test_every_link_is_an_address_of_its_own_state():
    """Following any person, day, or arrow shows what the link said, without anything remembered."""
    world = a_world()
    page = Visitor().get(_url(world), {"day": "2026-12-03"})
    own = [url for url in page.links if urlsplit(url).path == _url(world)]
    assert len(own) == 2 + 7 + 1  # people (anyone is today’s day as well), days, later
    for url in own:
        wanted = parse_qs(urlsplit(url).query)
        reached = Visitor().get(url)
        assert reached.status == 200
        assert reached.form().values["staff"] == wanted["staff"]
        assert f'href="{url.replace("&", "&amp;")}"' in reached.html


def test_a_day_without_times_says_why_and_leads_on():
    world = a_world()
    sunday = Visitor().get(_url(world), {"day": "2026-12-06"})
    assert "Closed on Sunday 6 December" in sunday.text
    assert not _radios(sunday)
    leads = [url for url, words in sunday.links.items() if words.startswith(("Next free:", "Earlier:"))]
    assert len(leads) == 2
    for url in leads:
        start = parse_qs(urlsplit(url).query)["start"][0]
        reached = Visitor().get(url)
        assert reached.form().values["start"] == [start]


def test_a_full_day_stays_a_link():
    world = a_world()
    scheduling.add_exception(
        shop=world.shop,
        reason="special",
        start_date=THURSDAY,
        end_date=THURSDAY,
        start_time=time(10),
        end_time=time(11),
    )
    for staff in (world.mina, world.ayla):
        a_booking(world, berlin(3, "10:00"), staff=staff)
    page = Visitor().get(_url(world), {"day": "2026-12-03"})
    assert "Thursday 3 December is fully booked" in page.text
    assert "Thursday 3 December, full" in page.text
    assert any("day=2026-12-03" in url for url in page.links)


def test_a_persons_time_off_names_the_person():
    world = a_world()
    scheduling.add_exception(
        shop=world.shop, reason="time_off", start_date=THURSDAY, end_date=THURSDAY, staff_member=world.mina
    )
    page = Visitor().get(_url(world), {"day": "2026-12-03", "staff": str(world.mina.pk)})
    assert "Mina doesn’t work on Thursday 3 December" in page.text
    assert _radios(Visitor().get(_url(world), {"day": "2026-12-03"}))


def test_without_a_day_it_opens_on_the_first_free_one():
    world = a_world()
    assert "Monday 30 November" in Visitor().get(_url(world)).text
    scheduling.add_exception(
        shop=world.shop, reason="holiday", start_date=date(2026, 11, 30), end_date=date(2026, 12, 1)
    )
    assert "Wednesday 2 December" in Visitor().get(_url(world)).text


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        ("2026-11-01", "Monday 30 November"),
        ("2999-01-01", "Monday 30 November"),  # no year that anybody means
        ("2027-12-01", "Sunday 28 February"),
        ("nonsense", "Monday 30 November"),
    ],
)
def test_days_beyond_what_can_be_booked_show_the_nearest(day, shown):
    world = a_world()
    assert shown in Visitor().get(_url(world), {"day": day}).text


def test_a_chosen_time_stands_in_the_stub_with_its_policy():
    world = a_world()
    page = Visitor().get(_url(world), {"start": "2026-12-03T09:15Z", "staff": str(world.mina.pk)})
    assert page.form().values["start"] == ["2026-12-03T09:15Z"]
    for words in ("10:15", "to 11:05", "Mina Haddad", "€42", "Free to cancel until Wed 2 Dec, 10:15."):
        assert words in page.text
    assert "50 % of the price" in page.text


def test_a_time_that_is_gone_says_so():
    world = a_world()
    for staff in (world.mina, world.ayla):
        a_booking(world, berlin(3, "10:15"), staff=staff)
    page = Visitor().get(_url(world), {"start": "2026-12-03T09:15Z"})
    assert page.status == 200
    assert "The time you chose is no longer free. Choose another one." in page.text
    assert page.title.startswith("Error: ")
    assert "start" not in page.form().values


def test_continue_without_a_time_asks_for_one():
    world = a_world()
    visitor = Visitor()
    page = visitor.submit(visitor.get(_url(world), {"day": "2026-12-03", "staff": str(world.ayla.pk)}))
    assert page.status == 200
    assert "Select a time" in page.text
    assert page.title.startswith("Error: ")
    assert page.form().values["staff"] == [str(world.ayla.pk)]


def test_regions_hold_their_part_only():
    world = a_world()
    whole = Visitor().get(_url(world), {"day": "2026-12-03"})
    slots = Visitor().get(_url(world), {"day": "2026-12-03"}, region="slots")
    stub = Visitor().get(_url(world), {"start": "2026-12-03T09:15Z"}, region="stub")
    assert "<html" in whole.html
    assert slots.html.lstrip().startswith('<div id="slots"')
    assert _radios(slots) == _radios(whole)
    assert 'hx-swap-oob="true"' in slots.html  # the choice beside the times is brought up to date too
    assert stub.html.lstrip().startswith("<aside")
    assert "10:15" in stub.text and not _radios(stub)
    for page in (whole, slots, stub):
        assert "HX-Request" in page.response.headers["Vary"]
    restored = Visitor().get(_url(world), region="slots", **{"HX-History-Restore-Request": "true"})
    plain = Visitor().get(_url(world), {"region": "slots"})
    unknown = Visitor().get(_url(world), region="secrets")
    for page in (restored, plain, unknown):
        assert "<html" in page.html


def test_own_prices_and_durations_are_shown_and_kept():
    world = a_world()
    dora = shops.create_staff_member(shop=world.shop, name="Dora Weiss", position=2)
    shops.assign(staff_member=dora, service=world.manicure, price=55, duration_minutes=60)
    page = Visitor().get(_url(world), {"start": "2026-12-03T09:15Z", "staff": str(dora.pk)})
    assert "€55" in page.text and "60 min" in page.text and "to 11:15" in page.text


def test_somebody_of_another_shop_is_nobody_here():
    world = a_world()
    other = a_shop(an_owner("other@example.com"), "Elsewhere")
    stranger = shops.create_staff_member(shop=other, name="Otto Other")
    page = Visitor().get(_url(world), {"staff": str(stranger.pk)})
    assert page.form().values["staff"] == ["any"]
    assert "Otto" not in page.text


def test_what_is_not_bookable_is_not_there():
    world = a_world()
    for thing in (world.manicure, world.shop):
        thing.is_active = False
        thing.save()
        assert Visitor().get(_url(world)).status == 404
        thing.is_active = True
        thing.save()
    assert Visitor().get(reverse("bookings:when", args=[world.shop.slug, "no-such-service"])).status == 404
    other = a_shop(an_owner("other@example.com"), "Elsewhere")
    assert Visitor().get(reverse("bookings:when", args=[other.slug, world.manicure.slug])).status == 404
    assert Visitor().post(_url(world)).status == 405


def test_nobody_works_and_the_page_still_answers():
    world = a_world()
    for member in (world.mina, world.ayla):
        member.is_active = False
        member.save()
    page = Visitor().get(_url(world))
    assert page.status == 200
    assert not _radios(page)
    assert "Nothing is free as far ahead as the salon takes bookings." in page.text


def test_the_zone_is_the_shops():
    """23:30 in Los Angeles is a day later in UTC, and the page stays on the shop's day."""
    owner = an_owner()
    shop = a_shop(owner, "Night Owl", timezone="America/Los_Angeles", city="Los Angeles", country="US", currency="USD")
    for weekday in range(7):
        scheduling.add_hours(shop=shop, day_of_week=weekday, start_time=time(20), end_time=time(0))
    owl = shops.create_staff_member(shop=shop, name="Olga Owl")
    cut = a_service(shop, "Late cut", staff=[owl], category="hair", duration_minutes=30)
    url = reverse("bookings:when", args=[shop.slug, cut.slug])
    page = Visitor().get(url, {"start": "2026-12-04T07:30Z"})
    assert "Thursday 3 December" in page.text
    assert "Los Angeles time (PST)" in page.text
    assert page.form().values["start"] == ["2026-12-04T07:30Z"]
