"""The mailed link: opening it changes nothing, pressing the button does, once; and the account a guest may make."""

from datetime import timedelta

import pytest
from django.urls import reverse

from beautydrop.accounts.models import User
from beautydrop.bookings import actions
from beautydrop.bookings.messages import keys
from beautydrop.bookings.models import Booking
from beautydrop.scheduling.models import TimeSlot
from tests.factories import GUEST, NOW, PASSWORD, a_booking, a_person, a_world, berlin
from tests.pages import Visitor, mailed_link, mails

pytestmark = pytest.mark.django_db

GUEST_ADDRESS = "gita@example.com"


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def _book_as_guest(world, visitor: Visitor) -> Booking:
    url = reverse("bookings:details", args=[world.shop.slug, world.manicure.slug])
    details = visitor.get(url, {"start": "2026-12-03T09:15Z"})
    visitor.submit(details, name="Gita Guest", email=GUEST_ADDRESS)
    return Booking.objects.get(contact_email=GUEST_ADDRESS)


def _link(booking: Booking) -> str:
    return reverse("bookings:confirm", args=[booking.token, keys.confirm_key(booking)])


def _status(booking: Booking) -> str:
    booking.refresh_from_db()
    return booking.status


def test_from_the_mail_to_a_booked_time():
    world, visitor = a_world(), Visitor()
    booking = _book_as_guest(world, visitor)
    link = mailed_link(GUEST_ADDRESS, "/confirm/")
    for _scanner in range(3):  # mail scanners open links
        page = Visitor().get(link)
    assert Visitor().client.head(link).status_code == 200
    assert page.h1 == "Confirm your booking"
    assert _status(booking) == "pending"
    shown = visitor.submit(visitor.get(link), "Confirm booking")
    assert _status(booking) == "confirmed"
    assert shown.h1 == "Your time is booked"
    assert shown.url == reverse("bookings:show", args=[booking.token])
    assert TimeSlot.objects.get().status == "booked"
    assert [mail.subject.partition(":")[0] for mail in mails(GUEST_ADDRESS)] == ["Confirm your booking", "Confirmed"]


def test_pressing_it_again_is_harmless():
    world, visitor = a_world(), Visitor()
    booking = _book_as_guest(world, visitor)
    page = visitor.get(_link(booking))
    visitor.submit(page, "Confirm booking")
    again = visitor.submit(page, "Confirm booking")
    assert again.h1 == "Your time is booked"
    assert len(mails(GUEST_ADDRESS)) == 2
    assert visitor.follow(visitor.get(_link(booking))).h1 == "Your time is booked"


@pytest.mark.parametrize("change", ["other_booking", "tampered", "nonsense"])
def test_a_key_opens_its_own_booking_only(change):
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"), is_guest=True)
    other = a_booking(world, berlin(4, "10:15"), is_guest=True)
    good = keys.confirm_key(booking)
    key = {
        "other_booking": keys.confirm_key(other),
        "tampered": good[:-1] + ("A" if good[-1] != "A" else "B"),
        "nonsense": "a" * 40,
    }[change]
    url = reverse("bookings:confirm", args=[booking.token, key])
    for page in (Visitor().get(url), Visitor().post(url)):
        assert page.status == 404
        assert page.h1 == "This link no longer works"
    assert _status(booking) == "pending"


def test_the_token_alone_confirms_nothing():
    world, visitor = a_world(), Visitor()
    booking = _book_as_guest(world, visitor)
    page = visitor.get(reverse("bookings:show", args=[booking.token]))
    assert not page.has_form("Confirm booking")
    assert "/confirm/" not in page.html


def test_after_the_hold_the_time_is_taken_again_if_it_is_free(time_machine):
    world, visitor = a_world(), Visitor()
    booking = _book_as_guest(world, visitor)
    link = _link(booking)
    time_machine.move_to(NOW + timedelta(minutes=45), tick=False)
    late = visitor.get(link)
    assert "The hold ran out. If the time is still free, the button books it." in late.text
    shown = visitor.submit(late, "Confirm booking")
    assert shown.h1 == "Your time is booked"
    assert _status(booking) == "confirmed"


def test_after_the_clock_closed_it_a_new_booking_takes_its_place(time_machine):
    world, visitor = a_world(), Visitor()
    booking = _book_as_guest(world, visitor)
    link, later = _link(booking), NOW + timedelta(hours=2)
    actions.expire(booking_id=booking.pk, now=later)
    time_machine.move_to(later, tick=False)
    shown = visitor.submit(visitor.get(link), "Confirm booking")
    assert shown.h1 == "Your time is booked"
    assert _status(booking) == "cancelled"  # never comes back to life by itself
    newer = Booking.objects.get(rebooked_from=booking)
    assert shown.url == reverse("bookings:show", args=[newer.token])
    visitor.submit(visitor.get(link), "Confirm booking")
    assert Booking.objects.count() == 2


@pytest.mark.parametrize("is_closed_by_the_clock", [False, True])
def test_after_the_hold_somebody_else_may_have_it(is_closed_by_the_clock, time_machine):
    world, visitor = a_world(), Visitor()
    booking = _book_as_guest(world, visitor)
    link, later = _link(booking), NOW + timedelta(minutes=45)
    if is_closed_by_the_clock:
        actions.expire(booking_id=booking.pk, now=later)
    a_booking(world, berlin(3, "10:15"), staff=booking.staff_member, now=later)
    time_machine.move_to(later, tick=False)
    gone = visitor.submit(visitor.get(link), "Confirm booking")
    assert gone.status == 409
    assert gone.h1 == "The time you held is gone"
    assert visitor.get(gone.link("Choose another time")).status == 200


def test_a_hold_whose_hour_has_passed_offers_no_button(time_machine):
    world, visitor = a_world(), Visitor()
    booking = _book_as_guest(world, visitor)
    link = _link(booking)
    time_machine.move_to(berlin(3, "12:00"), tick=False)
    page = visitor.get(link)
    assert page.status == 200
    assert not page.has_form("Confirm booking")
    assert visitor.post(link).status == 409


def test_a_cancelled_booking_is_not_confirmed():
    world, visitor = a_world(), Visitor()
    booking = _book_as_guest(world, visitor)
    link = _link(booking)
    actions.cancel(booking_id=booking.pk, by=GUEST, now=NOW)
    page = visitor.follow(visitor.post(link))
    assert _status(booking) == "cancelled"
    assert page.status in {404, 409}


def test_when_the_salon_approves_the_link_is_only_the_first_step():
    world, visitor = a_world(), Visitor()
    world.shop.is_auto_confirmed = False
    world.shop.save()
    booking = _book_as_guest(world, visitor)
    shown = visitor.submit(visitor.get(_link(booking)), "Confirm booking")
    assert shown.h1 == "The salon has to agree"
    booking.refresh_from_db()
    assert (booking.status, booking.pending_for) == ("pending", "approval")


def test_who_opened_the_mailed_link_here_may_make_an_account():
    world, visitor = a_world(), Visitor()
    booking = _book_as_guest(world, visitor)
    show = reverse("bookings:show", args=[booking.token])
    assert "Keep your bookings together" not in visitor.get(show).text
    shown = visitor.submit(visitor.get(mailed_link(GUEST_ADDRESS, "/confirm/")), "Confirm booking")
    assert "Keep your bookings together" in shown.text
    weak = visitor.submit(shown, "Make an account", password="123")
    assert weak.status == 422
    assert weak.title.startswith("Error: ")
    assert not User.objects.filter(email=GUEST_ADDRESS).exists()
    mine = visitor.submit(weak, "Make an account", password=PASSWORD)
    assert mine.h1 == "Your bookings"
    assert "Gel manicure" in mine.text
    user = User.objects.get(email=GUEST_ADDRESS)
    assert user.email_verified and user.check_password(PASSWORD)
    assert (user.first_name, user.last_name) == ("Gita", "Guest")
    assert Visitor(user).get(reverse("bookings:mine")).text.count("Gel manicure") >= 1


def test_the_bare_link_of_the_booking_makes_no_account():
    """Who was sent the ticket, or pressed nothing here, has proved no address."""
    world, visitor = a_world(), Visitor()
    booking = _book_as_guest(world, visitor)
    visitor.submit(visitor.get(_link(booking)), "Confirm booking")
    friend = Visitor()
    assert "Keep your bookings together" not in friend.get(reverse("bookings:show", args=[booking.token])).text
    friend.post(reverse("bookings:make_account", args=[booking.token]), {"password": PASSWORD})
    assert not User.objects.filter(email=GUEST_ADDRESS).exists()


def test_a_proved_address_counts_for_its_own_bookings_only():
    world, visitor = a_world(), Visitor()
    booking = _book_as_guest(world, visitor)
    visitor.submit(visitor.get(_link(booking)), "Confirm booking")
    other = a_booking(world, berlin(4, "10:15"), is_guest=True)  # guest@example.com
    visitor.post(reverse("bookings:make_account", args=[other.token]), {"password": PASSWORD})
    assert not User.objects.filter(email=other.contact_email).exists()


def test_no_account_is_offered_where_there_is_one():
    world, visitor = a_world(), Visitor()
    a_person(GUEST_ADDRESS)
    booking = _book_as_guest(world, visitor)
    shown = visitor.submit(visitor.get(_link(booking)), "Confirm booking")
    assert "Keep your bookings together" not in shown.text
    before = User.objects.get(email=GUEST_ADDRESS).password
    visitor.post(reverse("bookings:make_account", args=[booking.token]), {"password": "another-password-8"})
    assert User.objects.get(email=GUEST_ADDRESS).password == before
