"""One booking as the salon sees it: the buttons the table allows, acts, undo, two people at once, who may."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse

from beautydrop.accounts.models import User
from beautydrop.bookings import actions
from beautydrop.bookings.actions import Contact
from beautydrop.bookings.models import Booking
from beautydrop.notifications import reports
from tests.factories import NOW, World, a_booking, a_person, a_shop, a_world, an_owner, berlin, by_owner, to_customer

pytestmark = pytest.mark.django_db

START = berlin(3, "10:15")
HTMX = {"HTTP_HX_REQUEST": "true"}


def signed_in(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


@pytest.fixture
def world(time_machine) -> World:
    time_machine.move_to(NOW, tick=False)
    return a_world()


@pytest.fixture
def owner(world) -> Browser:
    return signed_in(world.client.user)


def url(world: World, booking: Booking) -> str:
    return reverse("manage:booking", args=[world.shop.slug, booking.pk])


def act_url(world: World, booking: Booking, act: str) -> str:
    return reverse("manage:booking_act", args=[world.shop.slug, booking.pk, act])


def a_stylist(world: World) -> User:
    user = a_person("mina@example.com", name="Mina Haddad")
    world.mina.user = user
    world.mina.save()
    return user


# --- Who may ---------------------------------------------------------------------------------------


def test_who_sees_a_booking(world, owner):
    booking = a_booking(world, START)
    path = url(world, booking)
    act = act_url(world, booking, "cancel")
    other_owner = an_owner("other@example.com")
    other_shop = a_shop(other_owner, "Other")
    assert Browser().get(path).status_code == 302
    for stranger in (world.customer.user, other_owner.user):
        assert signed_in(stranger).get(path).status_code == 404
        assert signed_in(stranger).post(act).status_code == 404
    # Not through one's own shop either.
    through = reverse("manage:booking", args=[other_shop.slug, booking.pk])
    assert signed_in(other_owner.user).get(through).status_code == 404
    assert owner.get(path).status_code == 200
    assert owner.get(url(world, Booking(pk=uuid.uuid4()))).status_code == 404
    assert owner.post(path).status_code == 405
    assert owner.get(act).status_code == 405
    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_staff_see_and_change_only_their_own(world):
    own = a_booking(world, START)
    other = a_booking(world, START, staff=world.ayla, is_guest=True)
    stylist = signed_in(a_stylist(world))
    assert stylist.get(url(world, own)).status_code == 200
    assert stylist.get(url(world, other)).status_code == 403
    assert stylist.post(act_url(world, other, "cancel")).status_code == 403


# --- What it shows -----------------------------------------------------------------------------------


def test_page_and_region_say_the_same(world, owner):
    booking = a_booking(world, START)
    page = owner.get(url(world, booking)).content.decode()
    region = owner.get(url(world, booking) + "?region=panel", **HTMX).content.decode()
    for words in (
        "10:15–11:05",
        "Clara Neumann",
        "Gel manicure, 50 min, with Mina",
        "€42",
        "Booked online",
        "First visit",
    ):
        assert words in page
        assert words in region
    assert page.count("<h1") == 1
    assert "<html" not in region
    assert "<h1" not in region
    assert "A no-show costs €21." in page


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [
        (-600, set()),
        (-90, {"arrived"}),
        (5, {"arrived", "completed", "no-show"}),
        (120, {"arrived", "completed", "no-show"}),
    ],
)
def test_buttons_only_where_the_table_and_the_clock_allow_them(world, owner, time_machine, minutes, shown):
    booking = a_booking(world, START)
    time_machine.move_to(START + timedelta(minutes=minutes), tick=False)
    page = owner.get(url(world, booking)).content.decode()
    for act in ("accept", "arrived", "completed", "no-show"):
        assert (f'action="{act_url(world, booking, act)}"' in page) is (act in shown)
    assert (act_url(world, booking, "cancel") in page) is (minutes < 50)


def test_staff_do_not_correct_what_is_closed(world, time_machine):
    booking = a_booking(world, START)
    actions.complete(booking_id=booking.pk, by=by_owner(world.client), now=START)
    time_machine.move_to(START + timedelta(hours=1), tick=False)
    path, act = url(world, booking), act_url(world, booking, "no-show")
    assert act in signed_in(world.client.user).get(path).content.decode()
    stylist = signed_in(a_stylist(world))
    assert act not in stylist.get(path).content.decode()
    assert stylist.post(act).status_code == 409


def test_a_late_client_and_who_comes_next(world, owner, time_machine):
    booking = a_booking(world, START)
    a_booking(world, berlin(3, "12:00"), is_guest=True, now=berlin(3, "10:20"))
    time_machine.move_to(berlin(3, "10:35"), tick=False)
    page = owner.get(url(world, booking)).content.decode()
    assert "20 minutes late." in page
    assert "Can start until 11:10, and Mina is still ready at 12:00." in page


def test_a_booking_that_waits_for_the_salon_is_accepted(world, owner):
    world.shop.is_auto_confirmed = False
    world.shop.save()
    booking = a_booking(world, START)
    assert "Accept this booking" in owner.get(url(world, booking)).content.decode()
    assert owner.post(act_url(world, booking, "accept")).status_code == 302
    booking.refresh_from_db()
    assert booking.status == "confirmed"


# --- Acts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("act", "state"), [("arrived", "arrived"), ("completed", "completed"), ("no-show", "no_show")])
def test_an_act_and_its_undo(world, owner, time_machine, act, state):
    booking = a_booking(world, START)
    time_machine.move_to(START, tick=False)
    done = owner.post(act_url(world, booking, act), **HTMX)
    assert done.status_code == 200
    assert done["HX-Trigger"] == "calendar-changed"
    booking.refresh_from_db()
    assert booking.status == state
    words = done.content.decode()
    assert 'id="toast"' in words
    assert act_url(world, booking, "undo") in words
    back = owner.post(act_url(world, booking, "undo"), {"state": state}, **HTMX)
    assert back.status_code == 200
    booking.refresh_from_db()
    assert booking.status == "confirmed"
    assert "Taken back to confirmed" in back.content.decode()


@pytest.mark.parametrize(("tell", "mails"), [("on", 2), ("", 1)])
def test_cancelling_with_a_reason_and_the_choice_to_tell(world, owner, tell, mails):
    booking = a_booking(world, START)
    answer = owner.post(act_url(world, booking, "cancel"), {"reason": "Burst pipe", "tell": tell}, follow=True)
    booking.refresh_from_db()
    assert (booking.status, booking.cancel_reason) == ("cancelled", "shop")
    assert to_customer().count() == mails
    page = answer.content.decode()
    assert "Cancelled: Burst pipe" in page
    assert "Book again" in page
    assert act_url(world, booking, "undo") not in page


def test_two_people_at_once_get_the_answer_in_words(world, owner, time_machine):
    booking = a_booking(world, START)
    actions.cancel(booking_id=booking.pk, by=by_owner(world.client), now=NOW)
    time_machine.move_to(START, tick=False)
    for act, data in [("arrived", {}), ("cancel", {"reason": "Ill"}), ("undo", {"state": "arrived"})]:
        answer = owner.post(act_url(world, booking, act), data, **HTMX)
        assert answer.status_code == 409
        words = answer.content.decode()
        assert "That was not done" in words
        assert "The booking is now: Cancelled." in words
        assert "<html" not in words
    assert owner.post(act_url(world, booking, "arrived")).status_code == 409  # the same without JavaScript, as a page


def test_the_note_of_the_salon(world, owner):
    booking = a_booking(world, START)
    path = act_url(world, booking, "note")
    assert owner.post(path, {"note": "Retinol\r\nno steam", "seen": ""}).status_code == 302
    booking.refresh_from_db()
    assert booking.staff_notes == "Retinol\nno steam"
    # Somebody else's note is never written over, and nothing typed is lost.
    clash = owner.post(path, {"note": "Latex", "seen": ""}, **HTMX)
    assert clash.status_code == 409
    assert "Retinol" in clash.content.decode()
    assert "Latex" in clash.content.decode()
    assert owner.post(path, {"note": "x" * 5000, "seen": "Retinol\r\nno steam"}).status_code == 302
    booking.refresh_from_db()
    assert len(booking.staff_notes) == 2000


def test_bad_input_is_never_a_crash(world, owner):
    booking = a_booking(world, START)
    assert owner.post(act_url(world, booking, "undo"), {"state": "\x00"}).status_code == 409
    assert owner.post(act_url(world, booking, "note"), {"note": "a\x00b", "seen": ""}).status_code == 302
    answer = owner.post(act_url(world, booking, "cancel"), {"reason": "x" * 9999, "next": "https://evil.example/"})
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"/manage/{world.shop.slug}/bookings/")
    for path in (f"/manage/{world.shop.slug}/bookings/{booking.pk}/dance/", f"/manage/{world.shop.slug}/bookings/x/"):
        assert owner.post(path).status_code == 404


def test_visits_before_are_counted(world, owner):
    for day, step in ((1, actions.complete), (2, actions.mark_no_show)):
        past = a_booking(world, berlin(day, "10:15"))
        step(booking_id=past.pk, by=by_owner(world.client), now=berlin(day, "11:00"))
    page = owner.get(url(world, a_booking(world, START))).content.decode()
    assert "1 visit before · 1 no-show" in page


def test_a_client_whose_mail_comes_back_is_to_be_called(world, owner, time_machine):
    booking = a_booking(world, START)
    words = "Clara Neumann gets no mail from us about this appointment: their address takes none."
    assert words not in owner.get(url(world, booking)).content.decode()
    reports.record(booking.contact_email.upper(), "bounced", detail="550", now=NOW)
    page = owner.get(url(world, booking)).content.decode()
    assert page.count(words) == 2  # beside the address, and where cancelling would offer to write to it
    # Nothing to choose, and what reaches them in another way still does.
    assert '<input type="hidden" name="tell" value="on">' in page
    assert 'type="checkbox" name="tell"' not in page
    time_machine.move_to(booking.ends_at + timedelta(minutes=1))
    assert words not in owner.get(url(world, booking)).content.decode()


def test_a_walk_in_without_contact(world, owner):
    booking = actions.book(
        service_id=world.manicure.pk,
        staff_id=world.mina.pk,
        start=START,
        contact=Contact("Walk-in"),
        by=by_owner(world.client),
        now=NOW,
    )
    page = owner.get(url(world, booking)).content.decode()
    assert "Entered by the salon" in page
    assert "nobody is told" in page


@pytest.mark.parametrize("events", [1, 3])
def test_queries_do_not_grow(world, owner, time_machine, django_assert_num_queries, events):
    booking = a_booking(world, START)
    by = by_owner(world.client)
    for number in range(events):
        actions.write_note(
            booking_id=booking.pk, note=str(number), seen="" if not number else str(number - 1), by=by, now=NOW
        )
    with django_assert_num_queries(9):
        owner.get(url(world, booking))
