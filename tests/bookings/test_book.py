"""Booking: the rule as the domain states it, without HTTP."""

from datetime import timedelta

import pytest
from django.db import connection

from beautydrop.bookings import actions
from beautydrop.bookings.actions import Contact
from beautydrop.bookings.errors import BookingError
from beautydrop.bookings.models import Booking
from beautydrop.scheduling.models import TimeSlot
from tests.factories import GUEST, NOW, a_booking, a_guest, a_world, berlin, by_customer, by_owner, to_customer

pytestmark = pytest.mark.django_db


def test_a_verified_customer_is_confirmed_at_once():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    assert booking.status == "confirmed"
    assert (booking.starts_at, booking.ends_at) == (berlin(3, "10:15"), berlin(3, "11:05"))
    assert booking.local_start == "2026-12-03T10:15"
    slot = TimeSlot.objects.get(claim_id=booking.pk)
    assert (slot.status, slot.staff_member, slot.start_at) == ("booked", world.mina, berlin(3, "10:15"))
    assert list(booking.events.values_list("kind", "actor", "to_status")) == [("created", "customer", "confirmed")]
    assert to_customer().get(subject_id=booking.pk).kind == "booking.confirmed"


def test_a_guest_holds_the_time_until_the_link_is_pressed():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"), is_guest=True)
    assert (booking.status, booking.pending_for) == ("pending", "email")
    assert booking.expires_at == NOW + timedelta(minutes=30)
    assert TimeSlot.objects.get(claim_id=booking.pk).status == "held"
    assert to_customer().get(subject_id=booking.pk).kind == "booking.please_confirm"
    confirmed = actions.confirm_by_link(booking_id=booking.pk, by=GUEST, now=NOW + timedelta(minutes=5))
    assert (confirmed.status, confirmed.expires_at) == ("confirmed", None)
    assert TimeSlot.objects.get(claim_id=booking.pk).status == "booked"
    again = actions.confirm_by_link(booking_id=booking.pk, by=GUEST, now=NOW + timedelta(minutes=6))
    assert again.pk == booking.pk
    assert to_customer().filter(subject_id=booking.pk, kind="booking.confirmed").count() == 1


def test_a_taken_time_is_refused_with_the_nearest_free_ones():
    world = a_world()
    a_booking(world, berlin(3, "10:15"))
    with pytest.raises(BookingError) as refused:
        a_booking(world, berlin(3, "10:30"), is_guest=True)
    assert refused.value.code == "taken"
    assert refused.value.is_lost_race
    starts = [one.start for one in refused.value.alternatives]
    assert berlin(3, "10:30") in starts  # with Ayla
    assert len(starts) == 4


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (berlin(3, "10:07"), "off_grid"),
        (berlin(3, "09:00"), "outside_hours"),
        (berlin(3, "17:30"), "outside_hours"),
        (berlin(6, "12:00"), "closed"),
        (NOW - timedelta(days=3), "too_soon"),
        (NOW + timedelta(minutes=30), "too_soon"),
        (NOW + timedelta(days=200), "too_far"),
        (NOW + timedelta(days=2900), "too_far"),
    ],
)
def test_what_is_not_offered_is_refused(start, code):
    world = a_world()
    with pytest.raises(BookingError) as refused:
        a_booking(world, start)
    assert refused.value.code == code
    assert not Booking.objects.exists()
    assert not TimeSlot.objects.exists()


def test_anyone_free_is_the_primary_then_the_other_then_nobody():
    world = a_world()
    names = []
    for email in ("one@example.com", "two@example.com"):
        booking = actions.book(
            service_id=world.manicure.pk,
            staff_id=None,
            start=berlin(3, "10:15"),
            contact=a_guest(email),
            by=GUEST,
            now=NOW,
        )
        names.append(booking.staff_member.name)
    assert names == ["Mina Haddad", "Ayla Demir"]
    with pytest.raises(BookingError):
        actions.book(
            service_id=world.manicure.pk,
            staff_id=None,
            start=berlin(3, "10:15"),
            contact=a_guest(),
            by=GUEST,
            now=NOW,
        )


def test_the_same_key_gives_the_same_booking_to_its_person_only():
    world = a_world()
    first = a_booking(world, berlin(3, "10:15"), key="abc")
    again = a_booking(world, berlin(3, "10:15"), key="abc")
    assert first.pk == again.pk
    with pytest.raises(BookingError):
        a_booking(world, berlin(3, "10:15"), key="abc", is_guest=True)
    assert to_customer().count() == 1


def test_an_expired_hold_gives_way():
    world = a_world()
    a_booking(world, berlin(3, "10:15"), is_guest=True)
    later = NOW + timedelta(minutes=31)
    booking = a_booking(world, berlin(3, "10:30"), now=later)
    assert booking.status == "confirmed"


def test_a_late_click_takes_the_time_again_if_it_is_free():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"), is_guest=True)
    late = NOW + timedelta(minutes=45)
    confirmed = actions.confirm_by_link(booking_id=booking.pk, by=GUEST, now=late)
    assert (confirmed.pk, confirmed.status) == (booking.pk, "confirmed")


def test_a_late_click_on_a_closed_hold_makes_a_new_booking():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"), is_guest=True)
    late = NOW + timedelta(minutes=45)
    assert actions.expire(booking_id=booking.pk, now=late)
    assert not actions.expire(booking_id=booking.pk, now=late)
    newer = actions.confirm_by_link(booking_id=booking.pk, by=GUEST, now=late)
    assert newer.pk != booking.pk
    assert newer.status == "confirmed"
    assert actions.confirm_by_link(booking_id=booking.pk, by=GUEST, now=late).pk == newer.pk
    booking.refresh_from_db()
    assert booking.status == "cancelled"


def test_a_late_click_on_a_time_that_is_gone_says_so():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"), is_guest=True)
    late = NOW + timedelta(minutes=45)
    a_booking(world, berlin(3, "10:15"), now=late)
    with pytest.raises(BookingError) as refused:
        actions.confirm_by_link(booking_id=booking.pk, by=GUEST, now=late)
    assert refused.value.code == "expired"
    assert refused.value.alternatives


def test_a_shop_that_approves_each_booking_holds_the_time():
    world = a_world()
    world.shop.is_auto_confirmed = False
    world.shop.save()
    booking = a_booking(world, berlin(3, "10:15"))
    assert (booking.status, booking.pending_for) == ("pending", "approval")
    assert not to_customer().filter(kind="booking.confirmed").exists()
    approved = actions.approve(
        booking_id=booking.pk,
        by=by_owner(world.client),
        now=NOW + timedelta(hours=1),
    )
    assert approved.status == "confirmed"
    assert to_customer().filter(kind="booking.confirmed").count() == 1


def test_snapshots_outlive_edits():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    world.manicure.price, world.manicure.duration_minutes, world.manicure.name = 99, 120, "Other"
    world.manicure.save()
    world.shop.late_cancel_percent = 100
    world.shop.save()
    moved = actions.reschedule(
        booking_id=booking.pk,
        staff_id=None,
        start=berlin(3, "12:00"),
        by=by_customer(world.customer),
        now=NOW,
    )
    assert (moved.price, moved.duration_minutes, moved.service_name) == (42, 50, "Gel manicure")
    assert moved.ends_at == berlin(3, "12:50")
    assert moved.late_cancel_percent == 50


def test_the_database_refuses_a_booking_without_its_time():
    from django.db import IntegrityError

    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    TimeSlot.objects.filter(claim_id=booking.pk).delete()
    with pytest.raises(IntegrityError, match="without its time"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    # What the failed check left behind would fail again at the end of the test.
    connection.needs_rollback = True


def test_a_contact_without_an_address_is_for_the_salon_only():
    from django.db import IntegrityError

    world = a_world()
    with pytest.raises(IntegrityError, match="online_bookings_have_an_email"):
        actions.book(
            service_id=world.manicure.pk,
            staff_id=None,
            start=berlin(3, "10:15"),
            contact=Contact("Nobody"),
            by=GUEST,
            now=NOW,
        )
