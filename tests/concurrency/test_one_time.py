"""Many people, one time: exactly as many bookings as there are people to do it."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import transaction

from beautydrop.bookings import actions
from beautydrop.bookings.models import Booking
from beautydrop.scheduling.models import TimeSlot
from beautydrop.shops import actions as shops
from beautydrop.shops.models import Service, StaffMember
from tests.concurrency.legal import assert_legal
from tests.concurrency.racing import at_once
from tests.factories import GUEST, NOW, a_guest, a_service, a_shop, a_world, an_owner, berlin

pytestmark = pytest.mark.django_db(transaction=True)


def book(service: Service, start: datetime, number: int, *, staff: StaffMember | None = None, key: str = "") -> Booking:
    """Guest number `number` books; guests have distinct addresses."""
    return actions.book(
        service_id=service.pk,
        staff_id=staff.pk if staff else None,
        start=start,
        contact=a_guest(f"guest-{number}@example.com"),
        by=GUEST,
        now=NOW,
        idempotency_key=key,
    )


def assert_can_be_booked(service: Service, start: datetime, staff: StaffMember) -> None:
    with transaction.atomic():
        assert book(service, start, 1000, staff=staff).staff_member == staff
        transaction.set_rollback(True)


def test_32_people_at_one_start():
    world = a_world()
    start = berlin(3, "10:15")
    race = at_once([partial(book, world.manicure, start, n, staff=world.mina) for n in range(32)])
    assert len(race.values) == Booking.objects.count() == TimeSlot.objects.count() == 1
    assert [error.code for error in race.refusals] == ["taken"] * 31
    assert all(error.is_lost_race for error in race.refusals)
    offered = {(one.start, one.performer.staff) for error in race.refusals for one in error.alternatives}
    assert all(len(error.alternatives) == 4 for error in race.refusals)
    assert (start, world.mina) not in offered
    for other, staff in offered:
        assert_can_be_booked(world.manicure, other, staff)
    assert_legal()


@pytest.mark.parametrize(("people", "rounds"), [(2, 8), (8, 4), (32, 2)])
def test_one_start_again_and_again(people, rounds):
    world = a_world()
    for number in range(rounds):
        start = berlin(3, "10:00") + timedelta(hours=number % 7, days=number // 7)
        race = at_once([partial(book, world.manicure, start, n, staff=world.ayla) for n in range(people)])
        assert [one.starts_at for one in race.values] == [start]
        assert [error.code for error in race.refusals] == ["taken"] * (people - 1)
    assert Booking.objects.count() == rounds
    assert_legal()


@pytest.mark.parametrize(("grid", "buffer_minutes"), [(5, 0), (10, 0), (15, 0), (15, 10)])
def test_32_people_at_starts_that_partly_overlap(grid, buffer_minutes):
    shop = a_shop(an_owner(), slot_interval_minutes=grid)
    mina = shops.create_staff_member(shop=shop, name="Mina Haddad")
    manicure = a_service(
        shop, staff=[mina], buffer_before_minutes=buffer_minutes // 2, buffer_after_minutes=buffer_minutes
    )
    first = berlin(3, "10:00")
    # At most 29 starts fit the day on the widest grid; the rest ask for the earliest ones again.
    starts = [first + timedelta(minutes=grid * (n % 28)) for n in range(32)]
    race = at_once([partial(book, manicure, start, n, staff=mina) for n, start in enumerate(starts)])

    occupied = timedelta(minutes=50 + buffer_minutes // 2 + buffer_minutes)
    won = sorted(booking.starts_at for booking in race.values)
    assert len(won) >= 2
    assert all(later - earlier >= occupied for earlier, later in zip(won, won[1:], strict=False))
    lost = [start for start, one in zip(starts, race.outcomes, strict=True) if one.error]
    assert len(lost) == 32 - len(won)
    assert all(any(abs(start - winner) < occupied for winner in won) for start in lost)
    assert all(error.is_lost_race for error in race.refusals)
    assert_legal()


@pytest.mark.parametrize("people", [2, 16])
def test_anyone_free_takes_as_many_as_there_are_staff(people):
    world = a_world()
    third = shops.create_staff_member(shop=world.shop, name="Zoe Third", position=2)
    shops.assign(staff_member=third, service=world.manicure)
    race = at_once([partial(book, world.manicure, berlin(3, "10:15"), n) for n in range(people)])
    who = [booking.staff_member for booking in race.values]
    # The primary first, then by name while nobody has anything booked that day.
    assert sorted(one.name for one in who) == sorted(["Mina Haddad", "Ayla Demir", "Zoe Third"][:people])
    assert [error.code for error in race.refusals] == ["taken"] * max(0, people - 3)
    assert_legal()


@pytest.mark.parametrize("is_anyone", [True, False])
def test_a_form_that_is_sent_eight_times_is_one_booking(is_anyone):
    world = a_world()
    staff = None if is_anyone else world.mina
    race = at_once([partial(book, world.manicure, berlin(3, "10:15"), 1, staff=staff, key="form")] * 8)
    assert len(race.values) == 8
    assert {booking.pk for booking in race.values} == {Booking.objects.get().pk}
    assert_legal()


def test_no_race_between_people_of_different_staff():
    world = a_world()
    people = [world.mina, world.ayla]
    starts = [berlin(3, "10:00") + timedelta(hours=n) for n in range(4)]
    jobs = [partial(book, world.manicure, start, 1, staff=staff) for start in starts for staff in people]
    race = at_once(jobs)
    assert race.refusals == []
    assert TimeSlot.objects.count() == 8
    assert_legal()
