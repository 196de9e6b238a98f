"""Another time: the old one stands until the new one is claimed, and what was sold stays sold."""

from datetime import timedelta

import pytest
from django.urls import reverse

from beautydrop.bookings import actions
from beautydrop.bookings.models import Booking
from beautydrop.scheduling.models import TimeSlot
from tests.factories import GUEST, NOW, a_booking, a_world, berlin, by_owner
from tests.pages import Visitor, mails

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def _url(booking: Booking) -> str:
    return reverse("bookings:change", args=[booking.token])


def test_from_the_ticket_to_another_time():
    world, visitor = a_world(), Visitor()
    booking = a_booking(world, berlin(3, "10:15"))
    page = visitor.get(_url(booking))
    assert page.h1 == "Change the time"
    assert "is on Thu 3 Dec, 10:15 with Mina Haddad. It stays yours until you move it." in page.text
    assert "Thursday 3 December" in page.text
    value = f"2026-12-04T13:00Z/{world.ayla.pk}"
    shown = visitor.submit(page, "Move to this time", start=value)
    assert "Your appointment is moved." in shown.text
    booking.refresh_from_db()
    assert (booking.starts_at, booking.staff_member) == (berlin(4, "14:00"), world.ayla)
    assert TimeSlot.objects.get().start_at == berlin(4, "14:00")
    assert [mail.subject for mail in mails("clara@example.com")] == [
        "Moved: Gel manicure, Fri 4 Dec 14:00 — Studio Nord"
    ]


def test_the_own_old_time_counts_as_free():
    world, visitor = a_world(), Visitor()
    booking = a_booking(world, berlin(3, "10:15"))
    page = visitor.get(_url(booking), {"staff": str(world.mina.pk), "day": "2026-12-03"})
    starts = [value.partition("/")[0] for value in page.form("Move to this time").choices["start"]]
    assert {"2026-12-03T09:15Z", "2026-12-03T09:30Z"} <= set(starts)
    visitor.submit(page, "Move to this time", start=f"2026-12-03T09:30Z/{world.mina.pk}")
    booking.refresh_from_db()
    assert booking.starts_at == berlin(3, "10:30")


def test_moving_to_where_it_is_changes_nothing():
    world, visitor = a_world(), Visitor()
    booking = a_booking(world, berlin(3, "10:15"))
    shown = visitor.submit(visitor.get(_url(booking)), start=f"2026-12-03T09:15Z/{world.mina.pk}")
    assert shown.status == 200
    booking.refresh_from_db()
    assert booking.sequence == 0
    assert not mails("clara@example.com")


def test_a_lost_race_leaves_the_old_time_and_says_why():
    world, visitor = a_world(), Visitor()
    booking = a_booking(world, berlin(3, "10:15"))
    page = visitor.get(_url(booking), {"day": "2026-12-04"})
    a_booking(world, berlin(4, "14:00"))
    lost = visitor.submit(page, start=f"2026-12-04T13:00Z/{world.mina.pk}")
    assert lost.status == 409
    assert lost.title.startswith("Error: ")
    assert "This time has just been taken. Choose another one." in lost.text
    assert "Friday 4 December" in lost.text  # still on the day that was looked at
    booking.refresh_from_db()
    assert booking.starts_at == berlin(3, "10:15")
    assert TimeSlot.objects.filter(claim_id=booking.pk, start_at=berlin(3, "10:15")).exists()


@pytest.mark.parametrize("start", ["", "nonsense", "9999-12-31T23:59Z"])
def test_without_a_time_one_is_asked_for_on_the_same_day(start):
    world, visitor = a_world(), Visitor()
    booking = a_booking(world, berlin(3, "10:15"))
    page = visitor.submit(visitor.get(_url(booking), {"day": "2026-12-04"}), "Move to this time", start=start)
    assert page.status == 422
    assert "Select a time" in page.text
    assert "Friday 4 December" in page.text


@pytest.mark.parametrize(
    ("start", "why"),
    [
        ("2026-12-06T13:00Z", "The salon is closed on this day."),
        ("2026-11-29T13:00Z", "This time is too soon or already past."),
        ("2027-12-04T13:00Z", "This time is further ahead than the salon takes bookings."),
        ("2026-12-04T13:07Z", "This time isn’t one of the salon’s starting times."),
        ("2026-12-04T19:00Z", "This time is outside working hours."),
    ],
)
def test_what_is_not_offered_is_refused_with_the_reason(start, why):
    world, visitor = a_world(), Visitor()
    booking = a_booking(world, berlin(3, "10:15"))
    page = visitor.post(_url(booking), {"start": start, "staff": "any"})
    assert page.status == 409
    assert why in page.text
    booking.refresh_from_db()
    assert booking.starts_at == berlin(3, "10:15")


def test_price_duration_and_policy_stay_as_sold():
    world, visitor = a_world(), Visitor()
    booking = a_booking(world, berlin(3, "10:15"))
    world.manicure.price, world.manicure.duration_minutes = 99, 120
    world.manicure.save()
    world.shop.cancellation_cutoff_hours, world.shop.late_cancel_percent = 72, 100
    world.shop.save()
    page = visitor.get(_url(booking), {"start": f"2026-12-04T13:00Z/{world.mina.pk}"})
    assert "14:00, with Mina, €42" in page.text and "€99" not in page.text
    assert "to 14:50" in page.text
    assert "Free to cancel until Thu 3 Dec, 14:00. After that, or if you don’t come, €21" in page.text
    visitor.submit(page, start=f"2026-12-04T13:00Z/{world.mina.pk}")
    booking.refresh_from_db()
    assert (booking.price, booking.ends_at) == (42, berlin(4, "14:50"))


def test_regions():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    slots = Visitor().get(_url(booking), {"day": "2026-12-04"}, region="slots")
    stub = Visitor().get(_url(booking), {"start": "2026-12-04T13:00Z"}, region="stub")
    assert slots.html.lstrip().startswith('<div id="slots"')
    assert stub.html.lstrip().startswith("<aside")
    assert "Instead of Thu 3 Dec, 10:15" in stub.text
    for page in (slots, stub):
        assert "HX-Request" in page.response.headers["Vary"]


@pytest.mark.parametrize("state", ["pending", "cancelled", "late", "past"])
def test_when_it_cannot_be_moved_any_more_the_page_says_whom_to_call(state, time_machine):
    world, visitor = a_world(), Visitor()
    booking = a_booking(world, berlin(3, "10:15"), is_guest=state == "pending")
    if state == "cancelled":
        actions.cancel(booking_id=booking.pk, by=by_owner(world.client), now=NOW)
    if state == "late":
        time_machine.move_to(berlin(2, "10:16"), tick=False)
    if state == "past":
        time_machine.move_to(berlin(4, "10:00"), tick=False)
    before = booking.starts_at
    for page in (visitor.get(_url(booking)), visitor.post(_url(booking), {"start": "2026-12-05T13:00Z"})):
        assert page.status == 409
        assert page.h1 == "The time can’t be changed here any more"
        assert "+49305550140" in page.text
    booking.refresh_from_db()
    assert booking.starts_at == before


def test_until_the_last_free_minute_it_can_be_moved(time_machine):
    world, visitor = a_world(), Visitor()
    booking = a_booking(world, berlin(3, "10:15"))
    time_machine.move_to(berlin(2, "10:15"), tick=False)
    assert visitor.get(_url(booking)).status == 200
    time_machine.move_to(berlin(2, "10:15") + timedelta(seconds=1), tick=False)
    assert visitor.get(_url(booking)).status == 409


def test_a_guest_moves_a_confirmed_booking_by_its_link():
    world, visitor = a_world(), Visitor()
    booking = a_booking(world, berlin(3, "10:15"), is_guest=True)
    actions.confirm_by_link(booking_id=booking.pk, by=GUEST, now=NOW)
    visitor.submit(visitor.get(_url(booking)), start=f"2026-12-04T13:00Z/{world.mina.pk}")
    booking.refresh_from_db()
    assert booking.starts_at == berlin(4, "14:00")
    event = booking.events.get(kind="moved")
    assert (event.actor, event.from_start, event.to_start) == ("guest", berlin(3, "10:15"), berlin(4, "14:00"))


def test_a_service_that_is_no_longer_sold_offers_no_times():
    world, visitor = a_world(), Visitor()
    booking = a_booking(world, berlin(3, "10:15"))
    world.manicure.is_active = False
    world.manicure.save()
    page = visitor.get(_url(booking))
    assert page.status == 200
    assert not page.form().choices.get("start")
    assert visitor.post(_url(booking), {"start": "2026-12-04T13:00Z"}).status == 409


def test_methods():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    for method in ("put", "patch", "delete"):
        assert getattr(Visitor().client, method)(_url(booking)).status_code == 405
