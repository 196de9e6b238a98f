"""Figures: counted by the shop's days, from what took place, with definitions that hold."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from beautydrop.bookings import actions
from beautydrop.insights import attention, charts, figures
from beautydrop.insights.figures import Period
from tests.factories import NOW, a_booking, a_person, a_world, an_owner, berlin, by_customer, by_owner

pytestmark = pytest.mark.django_db

WEEK = (date(2026, 12, 1), date(2026, 12, 7))


def completed(world, start, **more):
    booking = a_booking(world, start, **more)
    return actions.complete(booking_id=booking.pk, by=by_owner(world.client), now=start + timedelta(hours=1))


def week(world) -> Period:
    return Period(world.shop, *WEEK)


def test_totals_count_what_took_place():
    world = a_world()
    completed(world, berlin(3, "10:00"))
    completed(world, berlin(4, "10:00"), staff=world.ayla)
    missed = a_booking(world, berlin(5, "12:00"))
    actions.mark_no_show(booking_id=missed.pk, by=by_owner(world.client), now=berlin(5, "13:00"))
    late = a_booking(world, berlin(5, "15:00"))
    actions.cancel(booking_id=late.pk, by=by_customer(world.customer), now=berlin(5, "10:00"))
    early = a_booking(world, berlin(5, "16:00"))
    actions.cancel(booking_id=early.pk, by=by_customer(world.customer), now=NOW)
    a_booking(world, berlin(7, "10:00"), is_guest=True)  # held, not sold

    period = week(world)
    worked = figures.work(period, [world.mina, world.ayla])
    totals = figures.totals(period, worked)
    assert (totals.revenue, totals.appointments) == (Decimal(84), 2)
    assert totals.average_ticket == Decimal(42)
    # Tuesday to Saturday and Monday, eight hours a day, two people.
    assert totals.working_minutes == 6 * 8 * 60 * 2
    assert totals.booked_minutes == 3 * 50
    assert (totals.missed, totals.missed_of) == (2, 4)
    assert (totals.new_clients, totals.clients) == (1, 1)


def test_days_and_hours_are_the_shops():
    world = a_world()
    completed(world, berlin(3, "17:00"))
    period = week(world)
    assert figures.by_day(period) == {date(2026, 12, 3): (Decimal(42), 1)}
    assert figures.by_hour(period) == {(3, 17): 50}
    worked = figures.work(period, [world.mina])
    assert worked.by_hour[3, 17] == 60
    assert (3, 18) not in worked.by_hour


def test_a_client_is_new_once():
    world = a_world()
    completed(world, berlin(1, "10:00"))
    completed(world, berlin(8, "10:00"))
    later = Period(world.shop, date(2026, 12, 8), date(2026, 12, 14))
    worked = figures.work(later, [world.mina])
    totals = figures.totals(later, worked)
    assert (totals.new_clients, totals.clients) == (0, 1)


def test_nothing_to_divide_by_is_none():
    world = a_world()
    period = Period(world.shop, date(2026, 12, 6), date(2026, 12, 6))  # a Sunday
    totals = figures.totals(period, figures.work(period, [world.mina]))
    assert totals.occupancy is None
    assert totals.average_ticket is None
    assert totals.missed_share is None


@pytest.mark.parametrize(("value", "top"), [(0, 1), (1, 1), (1.1, 2), (42, 50), (180, 200), (210, 250), (501, 1000)])
def test_charts_end_at_round_numbers(value, top):
    assert charts.nice_ceiling(value) == top


def test_attention_names_the_late_client():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:00"))
    tasks = attention.tasks(world.shop, [world.mina, world.ayla], now=berlin(3, "10:20"))
    assert [task.title for task in tasks] == ["Clara Neumann is 20 min late"]
    assert tasks[0].url == reverse("manage:booking", args=[world.shop.slug, booking.pk])
    assert attention.tasks(world.shop, [world.mina, world.ayla], now=berlin(3, "10:05")) == []


def test_the_page_for_managers_only_with_constant_queries(time_machine, django_assert_num_queries):
    world = a_world()
    completed(world, berlin(1, "10:00"))
    time_machine.move_to(berlin(9, "11:00"), tick=False)
    address = reverse("manage:figures", args=[world.shop.slug])
    client = Client()
    client.force_login(world.client.user)
    client.get(address)
    with django_assert_num_queries(24):
        page = client.get(address).content.decode()
    assert "€42" in page
    completed(world, berlin(2, "10:00"))
    completed(world, berlin(3, "10:00"), staff=world.ayla)
    with django_assert_num_queries(24):
        client.get(address + "?days=7")
    for days in ("364", "91", "x", "\x00"):
        assert client.get(address, {"days": days}).status_code == 200

    world.mina.user = a_person("mina@example.com", name="Mina Haddad")
    world.mina.save()
    for user, status in ((world.mina.user, 403), (world.customer.user, 404), (an_owner("o@example.com").user, 404)):
        other = Client()
        other.force_login(user)
        assert other.get(address).status_code == status
    assert Client().get(address).status_code == 302
