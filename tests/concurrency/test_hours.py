"""Somebody books while the salon changes its hours: either the booking is refused, or the salon is asked about it."""

from datetime import date, time
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from beautydrop.bookings import actions, closures
from beautydrop.bookings.closures import FallOutside
from beautydrop.scheduling import actions as scheduling
from beautydrop.scheduling import claims
from beautydrop.scheduling.models import Schedule, ScheduleException
from beautydrop.scheduling.week import Row, Season
from beautydrop.shops.models import StaffMember
from tests.concurrency.legal import assert_legal
from tests.concurrency.racing import at_once
from tests.factories import NOW, World, a_booking, a_world, berlin, by_owner

pytestmark = pytest.mark.django_db(transaction=True)

OPEN, SHORT = (Row(3, time(10), time(18)),), (Row(3, time(12), time(18)),)


def _shorten(world: World) -> str:
    try:
        closures.set_week(shop=world.shop, rows=SHORT, season=Season(), replaces=Season(), now=NOW)
    except FallOutside:
        return "asked"
    return "saved"


def test_new_hours_never_pass_over_a_booking_made_at_the_same_moment():
    world = a_world()
    for day in (3, 10, 17):
        for booking in closures.coming(world.shop, NOW):
            actions.cancel(booking_id=booking.pk, by=by_owner(world.client), now=NOW)
        scheduling.set_week(shop=world.shop, rows=OPEN)
        race = at_once([partial(_shorten, world), partial(a_booking, world, berlin(day, "10:15"))])
        if race.refusals:
            assert race.values == ["saved"]
            assert race.refusals[0].code == "outside_hours"
        else:
            assert race.values[0] == "asked"
            assert Schedule.objects.get().start_time == time(10)


def test_a_closure_finds_the_booking_made_at_the_same_moment():
    world = a_world()
    for day in (1, 2, 3, 4):
        closed = partial(
            scheduling.set_exception,
            shop=world.shop,
            reason=ScheduleException.Reason.BLACKOUT,
            start_date=date(2026, 12, day),
            end_date=date(2026, 12, day),
        )
        race = at_once([closed, partial(a_booking, world, berlin(day, "10:15"))])
        rows = ScheduleException.objects.filter(pk=race.values[0].pk)
        closure = closures.stored(rows, world.shop)[0]
        found = closures.Overview(world.shop, [closure], now=NOW).undecided(closure)
        if race.refusals:
            assert race.refusals[0].code == "closed"
            assert found == []
        else:
            assert found == [race.values[1]]
    assert_legal()


def test_whoever_waits_too_long_is_told_so_and_nothing_is_written(monkeypatch):
    monkeypatch.setattr(claims, "_LOCK_TIMEOUT", "50ms")
    world = a_world()

    def save() -> str:
        try:
            scheduling.set_week(shop=world.shop, rows=SHORT)
        except ValidationError as error:
            return error.messages[0]
        finally:
            connection.close()
        return "saved"

    with transaction.atomic():
        list(StaffMember.objects.select_for_update().filter(pk=world.mina.pk))
        race = at_once([save])
    assert race.values == ["Somebody is being booked at this very moment. Press the button again."]
    assert Schedule.objects.filter(shop=world.shop).count() == 6
