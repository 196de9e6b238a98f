"""Cancelling: a page of its own that says what it costs, and a button; never by opening a link."""

import pytest
from django.urls import reverse

from beautydrop.bookings.models import Booking
from beautydrop.scheduling.models import TimeSlot
from tests.factories import NOW, a_booking, a_world, berlin
from tests.pages import Visitor, mails

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def _url(booking: Booking) -> str:
    return reverse("bookings:cancel", args=[booking.token])


def test_in_time_it_costs_nothing_and_gives_the_time_back():
    world, visitor = a_world(), Visitor()
    booking = a_booking(world, berlin(3, "10:15"))
    page = visitor.get(_url(booking))
    assert page.h1 == "Cancel this booking?"
    assert "Cancelling now costs nothing. From Wed 2 Dec, 10:15 on it costs €21." in page.text
    assert TimeSlot.objects.exists()  # looking changes nothing
    shown = visitor.submit(page, "Cancel this booking", reason="I caught a cold")
    assert shown.h1 == "This booking is cancelled"
    booking.refresh_from_db()
    assert (booking.status, booking.cancel_reason) == ("cancelled", "customer")
    assert booking.events.get(to_status="cancelled").note == "I caught a cold"
    assert not TimeSlot.objects.exists()
    (mail,) = mails("clara@example.com")
    assert mail.subject == "Cancelled: Gel manicure, Thu 3 Dec 10:15 — Studio Nord"
    assert "Nothing is due." in mail.body
    assert "I caught a cold" not in mail.body
    offered = Visitor().get(
        reverse("bookings:when", args=[world.shop.slug, world.manicure.slug]), {"start": "2026-12-03T09:15Z"}
    )
    assert offered.form().values["start"] == ["2026-12-03T09:15Z"]


def test_late_it_says_the_price_before_the_button(time_machine):
    world, visitor = a_world(), Visitor()
    booking = a_booking(world, berlin(3, "10:15"))
    time_machine.move_to(berlin(2, "10:15"), tick=False)
    page = visitor.get(_url(booking))
    assert "€21 is due at the salon. It was free until Wed 2 Dec, 10:15." in page.text
    visitor.submit(page, "Cancel this booking")
    assert "€21 is due" in mails("clara@example.com")[-1].body


def test_a_hold_costs_nothing_and_its_unproved_address_gets_no_mail():
    world, visitor = a_world(), Visitor()
    booking = a_booking(world, berlin(3, "10:15"), is_guest=True)
    page = visitor.get(_url(booking))
    assert "Cancelling now costs nothing." in page.text
    visitor.submit(page, "Cancel this booking")
    booking.refresh_from_db()
    assert booking.status == "cancelled"
    assert not mails("guest@example.com")


def test_twice_is_once():
    world, visitor = a_world(), Visitor()
    booking = a_booking(world, berlin(3, "10:15"))
    page = visitor.get(_url(booking))
    for _press in range(2):
        assert visitor.submit(page, "Cancel this booking").h1 == "This booking is cancelled"
    assert booking.events.filter(to_status="cancelled").count() == 1
    assert len(mails("clara@example.com")) == 1
    assert visitor.follow(visitor.get(_url(booking))).h1 == "This booking is cancelled"


def test_a_reason_too_long_is_refused_and_kept():
    world, visitor = a_world(), Visitor()
    booking = a_booking(world, berlin(3, "10:15"))
    page = visitor.submit(visitor.get(_url(booking)), "Cancel this booking", reason="x" * 301)
    assert page.status == 422
    assert page.text.count("Shorten the reason to 300 characters") == 2
    assert page.form().values["reason"] == ["x" * 301]
    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_what_is_over_cannot_be_cancelled(time_machine):
    world, visitor = a_world(), Visitor()
    booking = a_booking(world, berlin(3, "10:15"))
    page = visitor.get(_url(booking))
    time_machine.move_to(berlin(3, "11:05"), tick=False)
    for answer in (visitor.get(_url(booking)), visitor.submit(page, "Cancel this booking")):
        assert answer.status == 409
        assert answer.h1 == "This booking can’t be cancelled any more"
        assert "+49305550140" in answer.text
    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_keeping_it_leads_back():
    world, visitor = a_world(), Visitor()
    booking = a_booking(world, berlin(3, "10:15"))
    kept = visitor.get(visitor.get(_url(booking)).link("Keep it"))
    assert kept.h1 == "Your time is booked"


def test_methods():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    assert Visitor().client.head(_url(booking)).status_code == 200
    for method in ("put", "patch", "delete"):
        assert getattr(Visitor().client, method)(_url(booking)).status_code == 405
    booking.refresh_from_db()
    assert booking.status == "confirmed"
