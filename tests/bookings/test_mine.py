"""My bookings: one's own, and nobody else's."""

from datetime import timedelta

import pytest
from django.urls import reverse

from beautydrop.bookings import actions
from beautydrop.bookings.actions import Contact
from beautydrop.bookings.models import Booking
from tests.factories import GUEST, NOW, a_booking, a_person, a_world, berlin, by_customer, by_owner
from tests.pages import Visitor

pytestmark = pytest.mark.django_db

MINE = "/bookings/"


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def _past(world, count: int) -> list[Booking]:
    """That many appointments of Clara's, one a day in the order made, all over by the 30th of December."""
    return [a_booking(world, berlin(1, "10:00") + timedelta(days=7 * (n // 5) + n % 5)) for n in range(count)]


def test_strangers_sign_in_first_and_come_back():
    page = Visitor().get(MINE, {"page": "2"})
    assert page.status == 302
    assert page.location == f"{reverse('account_login')}?next=/bookings/%3Fpage%3D2"


def test_nothing_yet():
    world = a_world()
    page = Visitor(world.customer.user).get(MINE)
    assert "Nothing booked yet" in page.text
    assert page.has_link("Find a free time")


def test_the_next_one_stands_out_and_the_others_follow():
    world = a_world()
    later = a_booking(world, berlin(5, "12:00"))
    first = a_booking(world, berlin(3, "10:15"))
    page = Visitor(world.customer.user).get(MINE)
    assert "Thursday, in 3 days" in page.text
    assert "10:15 to 11:05, 3 Dec, Berlin time (CET)" in page.text
    assert page.text.index("10:15") < page.text.index("Coming up") < page.text.index("12:00")
    for booking in (first, later):
        for name in ("show", "change", "cancel"):
            assert page.has_link(reverse(f"bookings:{name}", args=[booking.token]))


@pytest.mark.parametrize(
    ("now", "words"),
    [("2 23:59", "Tomorrow"), ("3 00:00", "Today"), ("3 10:30", "Today"), ("1 12:00", "Thursday, in 2 days")],
)
def test_days_are_counted_where_the_shop_is(now, words, time_machine):
    world = a_world()
    a_booking(world, berlin(3, "10:15"))
    day, clock = now.split()
    time_machine.move_to(berlin(int(day), clock), tick=False)
    page = Visitor(world.customer.user).get(MINE)
    assert words in page.text


def test_nobody_sees_anothers():
    world = a_world()
    a_booking(world, berlin(3, "10:15"))
    other = a_person("other@example.com", name="Olaf Other")
    assert "Nothing booked yet" in Visitor(other).get(MINE).text
    assert "Nothing booked yet" in Visitor(world.client.user).get(MINE).text  # the owner's own page, not the shop's


def _guest_booking(world, email: str, *, is_proved: bool) -> Booking:
    booking = actions.book(
        service_id=world.manicure.pk,
        staff_id=world.mina.pk,
        start=berlin(3, "10:15"),
        contact=Contact("Somebody", email),
        by=GUEST,
        now=NOW,
    )
    if is_proved:
        actions.confirm_by_link(booking_id=booking.pk, by=GUEST, now=NOW)
    return booking


@pytest.mark.parametrize(
    ("is_proved", "is_verified", "is_seen"),
    [(True, True, True), (False, True, False), (True, False, False), (False, False, False)],
)
def test_a_guests_booking_belongs_to_an_account_only_when_both_proved_the_address(is_proved, is_verified, is_seen):
    world = a_world()
    person = a_person("gita@example.com", is_verified=is_verified)
    booking = _guest_booking(world, "gita@example.com", is_proved=is_proved)
    page = Visitor(person).get(MINE)
    assert page.has_link(reverse("bookings:show", args=[booking.token])) is is_seen


def test_the_past_comes_in_pages(time_machine):
    world = a_world()
    bookings = _past(world, 12)
    time_machine.move_to(berlin(30, "12:00"), tick=False)
    visitor = Visitor(world.customer.user)
    first = visitor.get(MINE)
    shown = [booking for booking in bookings if first.has_link(reverse("bookings:show", args=[booking.token]))]
    assert shown == bookings[2:]  # the latest ten
    assert "1 to 10 of 12" in first.text
    second = visitor.get(MINE + first.link("Older").partition("/bookings/")[2])
    shown = [booking for booking in bookings if second.has_link(reverse("bookings:show", args=[booking.token]))]
    assert shown == bookings[:2]
    assert "11 to 12 of 12" in second.text
    assert not second.has_link("Older") and second.has_link("Newer")


@pytest.mark.parametrize("number", ["0", "-1", "999", "nonsense", "1e3", "9" * 50])
def test_absurd_pages_show_one_that_there_is(number, time_machine):
    world = a_world()
    _past(world, 12)
    time_machine.move_to(berlin(30, "12:00"), tick=False)
    page = Visitor(world.customer.user).get(MINE, {"page": number})
    assert page.status == 200
    assert "of 12" in page.text


def test_what_is_coming_stands_on_the_first_page_only(time_machine):
    world = a_world()
    _past(world, 12)
    time_machine.move_to(berlin(30, "12:00"), tick=False)
    coming = a_booking(world, berlin(31, "10:00"), now=berlin(30, "12:00"))
    url = reverse("bookings:show", args=[coming.token])
    visitor = Visitor(world.customer.user)
    assert visitor.get(MINE).has_link(url)
    assert not visitor.get(MINE, {"page": "2"}).has_link(url)


def test_a_cancelled_one_is_past_and_one_that_ran_out_is_nowhere(time_machine):
    world = a_world()
    mine, theirs = a_booking(world, berlin(3, "10:15")), a_booking(world, berlin(3, "12:00"))
    actions.cancel(booking_id=mine.pk, by=by_customer(world.customer), now=NOW)
    actions.cancel(booking_id=theirs.pk, by=by_owner(world.client), now=NOW)
    page = Visitor(world.customer.user).get(MINE)
    assert "Cancelled by you" in page.text and "Cancelled by the salon" in page.text
    assert "Coming up" not in page.text
    world.shop.is_auto_confirmed = False
    world.shop.save()
    pending = a_booking(world, berlin(4, "10:15"))
    url = reverse("bookings:show", args=[pending.token])
    assert Visitor(world.customer.user).get(MINE).has_link(url)
    time_machine.move_to(NOW + timedelta(hours=25), tick=False)
    assert not Visitor(world.customer.user).get(MINE).has_link(url)


def test_booking_again_is_three_presses(time_machine):
    """Book again, a time, confirm: nothing to type."""
    world = a_world()
    _past(world, 1)
    time_machine.move_to(berlin(7, "08:00"), tick=False)
    visitor = Visitor(world.customer.user)
    times = visitor.get(visitor.get(MINE).link("Book again"))
    assert times.form().values["staff"] == [str(world.mina.pk)]
    details = visitor.submit(times, start=times.form().choices["start"][0])
    shown = visitor.submit(details)
    assert shown.h1 == "Your time is booked"


def test_the_page_costs_the_same_for_one_and_for_three(django_assert_num_queries):
    world = a_world()
    visitor = Visitor(world.customer.user)
    a_booking(world, berlin(3, "10:15"))
    a_booking(world, berlin(4, "10:15"))
    visitor.get(MINE)
    with django_assert_num_queries(4):
        visitor.get(MINE)
    for clock in ("12:00", "14:00", "16:00"):
        a_booking(world, berlin(5, clock))
    with django_assert_num_queries(4):
        visitor.get(MINE)


def test_it_is_kept_by_nobody_and_takes_no_post():
    world = a_world()
    visitor = Visitor(world.customer.user)
    assert "no-store" in visitor.get(MINE).response.headers["Cache-Control"]
    assert visitor.post(MINE).status == 405
