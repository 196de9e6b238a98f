"""The booking's own page: the truth in every state, for whoever holds the link, safe to bookmark."""

from datetime import timedelta

import icalendar
import pytest
from django.urls import reverse

from beautydrop.bookings import actions
from beautydrop.bookings.messages import keys
from beautydrop.bookings.models import Booking
from tests.factories import (
    NOW,
    a_booking,
    a_person,
    a_world,
    berlin,
    by_customer,
    by_owner,
)
from tests.pages import Page, Visitor, mails

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def _url(booking: Booking, name: str = "show") -> str:
    return reverse(f"bookings:{name}", args=[booking.token])


def _show(booking: Booking) -> Page:
    page = Visitor().get(_url(booking))
    assert page.status == 200
    return page


def test_confirmed():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    page = _show(booking)
    assert page.h1 == "Your time is booked"
    for words in (
        booking.spoken_reference,
        "Thursday 3 December",
        "10:15 to 11:05, Berlin time (CET)",
        "Gel manicure 50 min",
        "Mina Haddad",
        "Torstraße 140",
        "€42",
        "Free to cancel until Wed 2 Dec, 10:15",
        "clara@example.com",
    ):
        assert words in page.text, words
    for name in ("change", "cancel", "calendar"):
        assert page.has_link(_url(booking, name))
    assert page.has_link("calendar.google.com") and page.has_link("outlook")
    assert not page.has_form("Send the e-mail again")


def test_waiting_for_the_e_mail():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"), is_guest=True)
    page = _show(booking)
    assert page.h1 == "One more step: open the e-mail"
    assert "Held until 09:30" in page.text
    assert page.has_form("Send the e-mail again")
    assert page.has_link(_url(booking, "change_address"))
    assert not page.has_link(_url(booking, "calendar"))  # nothing is booked yet
    assert "Confirmed" not in page.text


def test_waiting_for_the_salon():
    world = a_world()
    world.shop.is_auto_confirmed = False
    world.shop.save()
    page = _show(a_booking(world, berlin(3, "10:15")))
    assert page.h1 == "The salon has to agree"
    assert "Waiting for the salon" in page.text
    assert not page.has_form("Send the e-mail again")


def test_a_hold_that_ran_out_says_so_before_and_after_the_clock_noticed(time_machine):
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"), is_guest=True)
    time_machine.move_to(NOW + timedelta(minutes=31), tick=False)
    before = _show(booking)
    actions.expire(booking_id=booking.pk, now=NOW + timedelta(minutes=31))
    after = _show(booking)
    for page in (before, after):
        assert page.h1 == "This time is no longer held"
        assert "Nothing is booked and nothing is due." in page.text
        again = page.link("Book the same time again")
        assert Visitor().get(again).form().values["start"] == ["2026-12-03T09:15Z"]


def test_cancelled_by_either_side():
    world = a_world()
    mine = a_booking(world, berlin(3, "10:15"))
    theirs = a_booking(world, berlin(3, "12:00"))
    actions.cancel(booking_id=mine.pk, by=by_customer(world.customer), now=NOW)
    actions.cancel(booking_id=theirs.pk, by=by_owner(world.client), now=NOW)
    assert _show(mine).h1 == "This booking is cancelled"
    assert _show(theirs).h1 == "The salon cancelled this booking"
    for booking in (mine, theirs):
        page = _show(booking)
        assert page.has_link("Book again")
        assert not page.has_link(_url(booking, "cancel"))
        assert not page.has_link(_url(booking, "change"))


@pytest.mark.parametrize(
    ("act", "heading"),
    [
        (actions.mark_arrived, "Your appointment"),
        (actions.complete, "Your appointment is over"),
        (actions.mark_no_show, "This appointment was missed"),
    ],
)
def test_afterwards(act, heading, time_machine):
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    then = berlin(3, "10:20")
    act(booking_id=booking.pk, by=by_owner(world.client), now=then)
    time_machine.move_to(then, tick=False)
    page = _show(booking)
    assert page.h1 == heading
    assert not page.has_link(_url(booking, "change"))
    if act is actions.mark_no_show:
        assert "€21 is due at the salon" in page.text


def test_what_was_sold_stays_on_the_ticket():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    world.manicure.name, world.manicure.price = "Deluxe manicure", 99
    world.manicure.save()
    page = _show(booking)
    assert "Gel manicure" in page.text and "€42" in page.text
    assert "€99" not in page.text


def test_a_closed_shop_still_shows_the_booking():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    world.shop.is_active = False
    world.shop.save()
    page = _show(booking)
    assert not page.has_link(f"/s/{world.shop.slug}/")
    assert page.has_link(_url(booking, "cancel"))


def test_nobody_keeps_a_copy_and_no_search_engine_reads_it():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    for name in ("show", "change", "cancel", "calendar"):
        response = Visitor().get(_url(booking, name)).response
        assert "no-store" in response.headers["Cache-Control"], name
        assert "private" in response.headers["Cache-Control"], name
    assert "Disallow: /b/" in Visitor().get("/robots.txt").response.content.decode()
    assert Visitor().get(_url(booking)).response.headers["Referrer-Policy"] == "same-origin"  # the token stays here


@pytest.mark.parametrize("token", ["x" * 32, "A" * 20, "0" * 64, "short", "ä" * 32, "../../etc/passwd-and-more-of-it"])
def test_another_token_is_nothing(token):
    world = a_world()
    a_booking(world, berlin(3, "10:15"))
    for tail in ("", "change/", "cancel/", "appointment.ics", "address/"):
        assert Visitor().get(f"/b/{token}/{tail}").status == 404


def test_a_token_with_one_letter_changed_is_nothing():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    swapped = ("A" if booking.token[0] != "A" else "B") + booking.token[1:]
    assert Visitor().get(reverse("bookings:show", args=[swapped])).status == 404
    assert Visitor().get(reverse("bookings:show", args=[booking.token.swapcase()])).status == 404


def test_the_calendar_file():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    response = Visitor().get(_url(booking, "calendar")).response
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{booking.reference.lower()}.ics"'
    event = icalendar.Calendar.from_ical(response.content).walk("VEVENT")[0]
    assert event.decoded("dtstart") == berlin(3, "10:15")
    assert event.decoded("dtend") == berlin(3, "11:05")


def test_the_mail_is_sent_again_three_times_at_most():
    world, visitor = a_world(), Visitor()
    booking = a_booking(world, berlin(3, "10:15"), is_guest=True)
    for _time in range(3):
        page = visitor.submit(visitor.get(_url(booking)), "Send the e-mail again")
        assert "The e-mail is on its way again to guest@example.com." in page.text
    assert len(mails("guest@example.com")) == 3
    page = visitor.submit(visitor.get(_url(booking)), "Send the e-mail again")
    assert page.status == 429
    assert len(mails("guest@example.com")) == 3


def test_sending_again_is_a_post_and_only_while_the_time_is_held():
    world, visitor = a_world(), Visitor()
    booking = a_booking(world, berlin(3, "10:15"), is_guest=True)
    assert visitor.get(_url(booking, "resend")).status == 405
    confirmed = a_booking(world, berlin(4, "10:15"))
    assert visitor.follow(visitor.post(_url(confirmed, "resend"))).h1 == "Your time is booked"
    assert not mails("clara@example.com")


def test_a_mistyped_address_is_put_right_and_the_old_link_stops():
    world, visitor = a_world(), Visitor()
    booking = a_booking(world, berlin(3, "10:15"), is_guest=True)
    old = reverse("bookings:confirm", args=[booking.token, keys.confirm_key(booking)])
    form = visitor.get(_url(booking, "change_address"))
    assert form.form().values["email"] == ["guest@example.com"]
    wrong = visitor.submit(form, email="guest@")
    assert (wrong.status, "Enter an e-mail address like name@example.com" in wrong.text) == (422, True)
    shown = visitor.submit(form, email="Gita@Example.com")
    assert "gita@example.com" in shown.text
    assert len(mails("gita@example.com")) == 1 and not mails("guest@example.com")
    assert visitor.get(old).status == 404
    assert visitor.get(old).h1 == "This link no longer works"
    booking.refresh_from_db()
    assert (booking.status, booking.expires_at) == (
        "pending",
        NOW + timedelta(minutes=30),
    )  # held no longer than before


def test_the_address_of_a_confirmed_booking_stays():
    world, visitor = a_world(), Visitor()
    booking = a_booking(world, berlin(3, "10:15"))
    visitor.post(_url(booking, "change_address"), {"email": "thief@example.com"})
    booking.refresh_from_db()
    assert booking.contact_email == "clara@example.com"


def test_any_holder_of_the_link_sees_it_and_nobody_learns_more_than_it_says():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    other = a_person("other@example.com", name="Olaf Other")
    for visitor in (Visitor(), Visitor(other), Visitor(world.customer.user)):
        page = visitor.get(_url(booking))
        assert page.status == 200
        assert str(booking.pk) not in page.html  # keys of rows are nobody's business


def test_methods():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    client = Visitor().client
    for name in ("show", "calendar"):
        assert client.post(_url(booking, name)).status_code == 405
        assert client.head(_url(booking, name)).status_code == 200
    for name in ("resend", "make_account"):
        assert client.get(_url(booking, name)).status_code == 405
