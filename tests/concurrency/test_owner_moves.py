"""Two of the salon's people at once, each with a booking in hand: what they drag never overlaps."""

from datetime import timedelta
from functools import partial

import pytest

from beautydrop.bookings import actions
from beautydrop.bookings.errors import BookingError
from beautydrop.scheduling.models import TimeSlot
from tests.concurrency.legal import assert_legal, assert_no_overlap
from tests.concurrency.racing import at_once
from tests.factories import NOW, a_booking, a_world, berlin, by_owner

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_people_drag_two_bookings_to_one_time():
    world = a_world()
    owner = by_owner(world.client)
    first, second = a_booking(world, berlin(3, "10:00")), a_booking(world, berlin(3, "12:00"))
    for minute in range(0, 60, 10):
        target = berlin(4, "14:00") + timedelta(minutes=minute)
        race = at_once(
            [
                partial(
                    actions.reschedule,
                    booking_id=booking.pk,
                    staff_id=world.mina.pk,
                    start=target + timedelta(minutes=offset),
                    by=owner,
                    now=NOW,
                )
                for booking, offset in ((first, 0), (second, 5))
            ]
        )
        assert_no_overlap()
        assert len(race.values) == 1
        assert race.refusals[0].code == "taken"
        assert race.refusals[0].alternatives
    assert_legal()


def test_two_people_drag_the_same_booking():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:00"))
    race = at_once(
        [
            partial(
                actions.reschedule,
                booking_id=booking.pk,
                staff_id=world.ayla.pk,
                start=berlin(4, clock),
                by=by_owner(world.client),
                now=NOW,
            )
            for clock in ("11:05", "15:40")
        ]
    )
    # One after the other, each knowing the other's: both moves are in the history, and one time is claimed.
    assert len(race.values) == 2
    assert booking.events.filter(kind="moved").count() == 2
    assert_legal()


def test_one_marks_arrived_while_the_other_cancels():
    world = a_world()
    owner = by_owner(world.client)
    for day in (1, 2, 3, 4):
        start = berlin(day, "10:00")
        booking = a_booking(world, start)
        race = at_once(
            [
                partial(actions.mark_arrived, booking_id=booking.pk, by=owner, now=start),
                partial(actions.cancel, booking_id=booking.pk, by=owner, now=start),
            ]
        )
        assert len(race.values) == 1
        assert isinstance(race.refusals[0], BookingError)
        assert race.refusals[0].code == "conflict"
        booking.refresh_from_db()
        has_time = TimeSlot.objects.filter(claim_id=booking.pk).exists()
        assert (booking.status, has_time) in {("arrived", True), ("cancelled", False)}
