"""Why not? Each reason of the engine in words, with the fact behind it, by the rules that customers meet."""

from datetime import date, time

import pytest
from django.urls import reverse

from beautydrop.scheduling import actions as scheduling
from beautydrop.scheduling import claims
from beautydrop.shops import actions as shops
from tests.factories import NOW, a_booking, a_person, a_world, an_owner, berlin
from tests.pages import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def _ask(world, clock, day="2026-12-03", staff=None, who=None, **more):
    query = {"service": str(world.manicure.pk), "staff": str((staff or world.mina).pk), "date": day, "time": clock}
    url = reverse("manage:why_not", args=[world.shop.slug])
    return (who or Visitor(world.client.user)).get(url, {**query, **more})


def test_without_a_question_there_is_only_the_form():
    world = a_world()
    page = Visitor(world.client.user).get(reverse("manage:why_not", args=[world.shop.slug]))
    assert page.status == 200
    assert page.h1 == "Why not?"
    assert "booked" not in page.text


def test_what_is_free_can_be_booked_from_here():
    world = a_world()
    page = _ask(world, "14:30")
    assert "It can be booked" in page.text
    url = page.link("bookings/new")
    assert "start=2026-12-03T13%3A30Z" in url and str(world.mina.pk) in url


def test_taken_names_the_booking():
    world = a_world()
    booking = a_booking(world, berlin(3, "14:00"))
    page = _ask(world, "14:30")
    assert "It can’t be booked" in page.text
    assert "Mina has Clara Neumann from 14:00 to 14:50" in page.text
    assert page.has_link(reverse("manage:booking", args=[world.shop.slug, booking.pk]))
    assert not page.has_link("bookings/new/?start")


def test_taken_names_the_block():
    world = a_world()
    claims.block(staff_member=world.mina, start=berlin(3, "14:00"), end=berlin(3, "15:00"), now=NOW, note="Dentist")
    page = _ask(world, "14:30")
    assert "Mina’s time from 14:00 to 15:00 is blocked: Dentist" in page.text
    assert page.has_link("/blocks/")


def test_a_buffer_names_what_it_meets():
    world = a_world()
    world.manicure.buffer_after_minutes = 15
    world.manicure.save()
    a_booking(world, berlin(3, "15:00"))
    page = _ask(world, "14:00")
    assert "Gel manicure needs 0 min before and 15 min after, from 14:00 to 15:05" in page.text
    assert "Mina has Clara Neumann from 15:00 to 15:50" in page.text


def test_too_soon_says_the_lead_time_and_that_the_salon_may():
    world = a_world()
    world.shop.lead_time_minutes = 180
    world.shop.save()
    page = _ask(world, "10:30", day="2026-11-30")
    assert "Customers book at least 3 h ahead: now the first start is Mon 30 Nov, 12:00" in page.text
    assert page.has_link("Book it all the same")


def test_past_is_said_as_past():
    world = a_world()
    page = _ask(world, "10:30", day="2026-11-28")
    assert "Sat 28 Nov, 10:30 is past" in page.text
    assert not page.has_link("Book it")


def test_too_far_says_the_horizon():
    world = a_world()
    world.shop.horizon_days = 10
    world.shop.save()
    assert (
        "Customers book up to 10 days ahead: now until Thursday 10 December" in _ask(world, "10:30", "2026-12-14").text
    )
    assert _ask(world, "10:30", "2199-12-14").status == 200


def test_outside_hours_says_the_hours():
    world = a_world()
    scheduling.add_hours(
        shop=world.shop, staff_member=world.ayla, day_of_week=3, start_time=time(12), end_time=time(16)
    )
    assert "Mina works 10:00–18:00 that day" in _ask(world, "19:00").text
    assert "Ayla works 12:00–16:00 that day" in _ask(world, "10:00", staff=world.ayla).text
    assert "Gel manicure takes 50 min, until 16:20" in _ask(world, "15:30", staff=world.ayla).text
    assert "Ayla doesn’t work on Friday, 4 Dec" in _ask(world, "10:00", "2026-12-04", staff=world.ayla).text


def test_closed_says_which_closure():
    world = a_world()
    scheduling.add_exception(
        shop=world.shop,
        reason="holiday",
        start_date=date(2026, 12, 24),
        end_date=date(2026, 12, 26),
        note="Christmas",
    )
    page = _ask(world, "12:00", "2026-12-25")
    assert "Studio Nord is closed on Friday 25 December" in page.text
    assert "Studio Nord: Public holiday, Thu 24 Dec to Sat 26 Dec (Christmas)" in page.text
    assert "Studio Nord has no opening hours on Sunday, 6 Dec" in _ask(world, "12:00", "2026-12-06").text


def test_time_off_is_the_persons_own():
    world = a_world()
    scheduling.add_exception(
        shop=world.shop,
        staff_member=world.mina,
        reason="time_off",
        start_date=date(2026, 12, 3),
        end_date=date(2026, 12, 3),
    )
    page = _ask(world, "12:00")
    assert "Mina is off on Thursday 3 December" in page.text
    assert "Mina: Time off, Thu 3 Dec" in page.text


def test_off_the_grid_says_the_starts():
    page = _ask(a_world(), "14:20")
    assert "Starts are every 15 minutes, counted from 10:00" in page.text
    assert "Choose 14:15 or 14:30" in page.text
    assert page.has_link("Book it all the same")


def test_who_does_not_do_it_and_who_does():
    world = a_world()
    jonas = shops.create_staff_member(shop=world.shop, name="Jonas Park", position=3)
    page = _ask(world, "14:30", staff=jonas)
    assert "Jonas doesn’t do Gel manicure" in page.text
    assert "Choose somebody who does: Mina, Ayla." in page.text


def test_for_anyone_each_person_has_their_own_reason():
    world = a_world()
    a_booking(world, berlin(3, "14:00"))
    scheduling.add_exception(
        shop=world.shop,
        staff_member=world.ayla,
        reason="time_off",
        start_date=date(2026, 12, 3),
        end_date=date(2026, 12, 3),
    )
    page = Visitor(world.client.user).get(
        reverse("manage:why_not", args=[world.shop.slug]),
        {"service": str(world.manicure.pk), "staff": "any", "date": "2026-12-03", "time": "14:30"},
    )
    assert "It can’t be booked" in page.text
    assert "Mina has Clara Neumann from 14:00 to 14:50" in page.text
    assert "Ayla is off on Thursday 3 December" in page.text


def test_switched_off_and_not_published():
    world = a_world()
    world.manicure.is_active = False
    world.manicure.save()
    assert "Gel manicure is switched off" in _ask(world, "14:30").text
    world.manicure.is_active = True
    world.manicure.save()
    world.shop.is_active = False
    world.shop.save()
    assert "Studio Nord takes no bookings yet" in _ask(world, "14:30").text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"service": ""}, "Choose a service"),
        ({"service": "\x00"}, "Choose a service"),
        ({"date": "x"}, "Enter a day"),
        ({"time": "x"}, "Enter a time like 14:30"),
    ],
)
def test_what_is_missing_is_asked_for(changes, words):
    page = _ask(a_world(), "14:30", **changes)
    assert page.status == 200
    assert page.title.startswith("Error: ")
    assert words in page.text


def test_staff_ask_about_their_own_column():
    world = a_world()
    world.mina.user = a_person("mina@example.com", name="Mina Haddad")
    world.mina.save()
    a_booking(world, berlin(3, "14:00"), staff=world.ayla)
    page = _ask(world, "14:30", staff=world.ayla, who=Visitor(world.mina.user))
    assert "It can be booked" in page.text
    assert "Clara" not in page.text
    closed = _ask(world, "19:00", who=Visitor(world.mina.user))
    assert "Mina works 10:00–18:00 that day" in closed.text
    assert not closed.has_link("Opening hours")


def test_strangers_customers_other_owners_and_methods():
    world = a_world()
    url = reverse("manage:why_not", args=[world.shop.slug])
    assert Visitor().get(url).status == 302
    assert Visitor(world.customer.user).get(url).status == 404
    assert Visitor(an_owner("other@example.com").user).get(url).status == 404
    for method in ("post", "put", "delete"):
        assert getattr(Visitor(world.client.user).client, method)(url).status_code == 405
