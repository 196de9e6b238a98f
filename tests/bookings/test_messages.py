"""Whom a booking's changes are told, when, and what no longer is."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from beautydrop.bookings import actions
from beautydrop.bookings.messages import agenda
from beautydrop.bookings.models import Booking
from beautydrop.notifications import delivery, reports
from beautydrop.notifications.models import Notification, OutboxMessage
from beautydrop.shops import actions as shops
from tests.factories import (
    GUEST,
    NOW,
    World,
    a_booking,
    a_person,
    a_service,
    a_shop,
    a_world,
    berlin,
    by_customer,
    by_owner,
)

pytestmark = pytest.mark.django_db

START = berlin(3, "10:15")


@pytest.fixture
def world(time_machine) -> World:
    time_machine.move_to(NOW, tick=False)
    return a_world()


@pytest.fixture
def at(time_machine):
    """Go to that moment and send what is due by then."""

    def go(moment) -> None:
        time_machine.move_to(moment, tick=False)
        while ids := delivery.due(moment):
            delivery.deliver_many(ids, now=moment)

    return go


def told(mailoutbox, address: str) -> list[str]:
    return [mail.subject for mail in mailoutbox if mail.to == [address]]


# --- Reminders --------------------------------------------------------------------------------------


def test_a_day_and_two_hours_ahead_to_the_minute(world, at, mailoutbox):
    a_booking(world, berlin(3, "10:45"))
    at(NOW)
    mailoutbox.clear()
    at(berlin(2, "10:45") - timedelta(seconds=1))
    assert told(mailoutbox, "clara@example.com") == []
    at(berlin(2, "10:45"))
    assert told(mailoutbox, "clara@example.com") == ["Reminder: Gel manicure, Thu 3 Dec 10:45 — Studio Nord"]
    assert "Your appointment is in 24 hours." in mailoutbox[0].body
    at(berlin(3, "08:44"))
    assert len(mailoutbox) == 1
    at(berlin(3, "08:45"))
    assert "Your appointment is in 2 hours." in mailoutbox[1].body
    at(berlin(3, "12:00"))
    assert len(mailoutbox) == 2


@pytest.mark.parametrize(
    ("before", "kinds"), [(timedelta(hours=30), 2), (timedelta(hours=20), 1), (timedelta(hours=1, minutes=30), 0)]
)
def test_who_books_later_than_that_is_not_reminded(world, before, kinds):
    booking = a_booking(world, START, now=START - before)
    assert OutboxMessage.objects.filter(subject_id=booking.pk, kind__startswith="booking.reminder").count() == kinds


def test_a_held_booking_reminds_nobody_until_it_is_confirmed(world):
    booking = a_booking(world, START, is_guest=True)
    reminders = OutboxMessage.objects.filter(subject_id=booking.pk, kind__startswith="booking.reminder")
    assert not reminders.exists()
    actions.confirm_by_link(booking_id=booking.pk, by=GUEST, now=NOW)
    assert reminders.count() == 2


def test_a_moved_booking_reminds_of_its_new_time_only(world, at, mailoutbox):
    booking = a_booking(world, START)
    actions.reschedule(
        booking_id=booking.pk, staff_id=None, start=berlin(5, "12:00"), by=by_owner(world.client), now=NOW
    )
    at(START)
    mailoutbox.clear()
    at(berlin(4, "12:00"))
    at(berlin(5, "10:00"))
    assert told(mailoutbox, "clara@example.com") == ["Reminder: Gel manicure, Sat 5 Dec 12:00 — Studio Nord"] * 2
    old = OutboxMessage.objects.filter(subject_id=booking.pk, kind__startswith="booking.reminder", sequence=0)
    assert {row.status for row in old} == {"sent"}  # addressed: to nobody
    assert not OutboxMessage.objects.filter(channel="email", kind__startswith="booking.reminder", sequence=0).exists()


def test_a_cancelled_booking_reminds_of_nothing(world, at, mailoutbox):
    booking = a_booking(world, START)
    actions.cancel(booking_id=booking.pk, by=by_customer(world.customer), now=NOW)
    at(NOW)
    mailoutbox.clear()
    at(START)
    assert mailoutbox == []


def test_a_worker_that_was_away_sends_no_reminder_of_what_has_begun(world, at, mailoutbox):
    a_booking(world, START)
    at(NOW)
    mailoutbox.clear()
    at(START + timedelta(minutes=1))
    assert told(mailoutbox, "clara@example.com") == []


# --- The salon --------------------------------------------------------------------------------------


def test_the_owner_and_whoever_does_it_hear_of_bookings_but_not_of_their_own_doing(world, at, mailoutbox):
    mina = a_person("mina@example.com", name="Mina Haddad")
    world.mina.user = mina
    world.mina.save()
    booking = a_booking(world, START)
    at(NOW)
    subject = "Booked: Clara Neumann, Thu 3 Dec 10:15 — Studio Nord"
    assert told(mailoutbox, "owner@example.com") == told(mailoutbox, "mina@example.com") == [subject]
    mailoutbox.clear()
    actions.reschedule(
        booking_id=booking.pk, staff_id=None, start=berlin(3, "12:00"), by=by_owner(world.client), now=NOW, tell=False
    )
    at(NOW)
    assert [mail.to for mail in mailoutbox] == [["mina@example.com"]]  # the owner did it; the client is not told
    mailoutbox.clear()
    actions.cancel(booking_id=booking.pk, by=by_customer(world.customer), now=NOW, note="Ill")
    at(NOW)
    assert told(mailoutbox, "owner@example.com") == ["Cancelled: Clara Neumann, Thu 3 Dec 12:00 — Studio Nord"]
    assert any("Clara Neumann writes: Ill" in mail.body for mail in mailoutbox)
    titles = set(Notification.objects.filter(user=world.client.user).values_list("title", flat=True))
    assert titles == {"Cancelled: Clara Neumann, Thu 3 Dec 12:00", "Booked: Clara Neumann, Thu 3 Dec 10:15"}


def test_a_booking_that_waits_for_the_salon_is_to_confirm(world, at, mailoutbox):
    world.shop.is_auto_confirmed = False
    world.shop.save()
    a_booking(world, START)
    at(NOW)
    assert told(mailoutbox, "owner@example.com") == ["To confirm: Clara Neumann, Thu 3 Dec 10:15 — Studio Nord"]


def test_a_hold_that_nobody_confirmed_is_not_told_to_the_salon(world, at, mailoutbox):
    booking = a_booking(world, START, is_guest=True)
    at(NOW)
    actions.expire(booking_id=booking.pk, now=NOW + timedelta(minutes=31))
    at(NOW + timedelta(minutes=31))
    assert told(mailoutbox, "owner@example.com") == []


# --- Closures ---------------------------------------------------------------------------------------


def test_what_the_salon_writes_about_a_closure_reaches_whom_it_moves_or_cancels(world, at, mailoutbox):
    one, other = a_booking(world, START), a_booking(world, berlin(3, "14:00"))
    owner = by_owner(world.client)
    actions.reschedule(
        booking_id=one.pk, staff_id=None, start=berlin(4, "10:15"), by=owner, now=NOW, note="A burst pipe"
    )
    actions.cancel(booking_id=other.pk, by=owner, now=NOW, note="A burst pipe")
    at(NOW)
    for subject in ("Moved: ", "Cancelled: "):
        (mail,) = [mail for mail in mailoutbox if mail.subject.startswith(subject) and mail.to == ["clara@example.com"]]
        assert "Studio Nord writes: A burst pipe" in mail.body


# --- The day's agenda -------------------------------------------------------------------------------


def test_at_seven_where_the_salon_is_once(world, at, mailoutbox, time_machine):
    sydney = a_shop(world.client, "Studio South", timezone="Australia/Lord_Howe", latitude=None, longitude=None)
    service = a_service(sydney, staff=[shops.create_staff_member(shop=sydney, name="Kim Lee")])
    a_booking(world, START)
    a_booking(world, berlin(3, "12:00"), staff=world.ayla)
    actions.book(
        service_id=service.pk, staff_id=None, start=_lord_howe("2026-12-03T11:00"),
        contact=actions.Contact("Sue South"), by=by_owner(world.client), now=NOW,
    )  # fmt: skip
    mailoutbox.clear()
    times = {}
    moment = berlin(2, "00:00")
    while moment < berlin(4, "00:00"):
        time_machine.move_to(moment, tick=False)
        before = OutboxMessage.objects.filter(kind="salon.agenda").count()
        agenda.post_due(moment)
        for row in OutboxMessage.objects.filter(kind="salon.agenda").order_by("created_at")[before:]:
            times[row.subject_id] = moment
        moment += timedelta(minutes=15)
    assert times == {world.shop.pk: berlin(3, "07:00"), sydney.pk: _lord_howe("2026-12-03T07:00")}
    time_machine.move_to(berlin(3, "07:00"), tick=False)
    at(berlin(3, "07:00"))
    subjects = [subject for subject in told(mailoutbox, "owner@example.com") if "appointment" in subject]
    assert subjects == ["Thursday 3 December: 2 appointments — Studio Nord"]
    body = next(mail.body for mail in mailoutbox if "2 appointments" in mail.subject)
    assert body.index("10:15  Clara Neumann") < body.index("12:00  Clara Neumann")
    assert "All times in Berlin time (CET)." in body


def _lord_howe(local: str) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo("Australia/Lord_Howe"))


def test_staff_get_their_own_day_and_nobody_an_empty_one(world, at, mailoutbox):
    for member, email in ((world.mina, "mina@example.com"), (world.ayla, "ayla@example.com")):
        member.user = a_person(email, name=member.name)
        member.save()
    a_booking(world, START)
    at(NOW)
    mailoutbox.clear()
    agenda.post_due(berlin(3, "07:00"))
    at(berlin(3, "07:00"))
    agendas = {mail.to[0] for mail in mailoutbox if "appointment" in mail.subject and "Reminder" not in mail.subject}
    assert agendas == {"owner@example.com", "mina@example.com"}
    mailoutbox.clear()
    assert agenda.post_due(berlin(4, "07:00")) == 0


# --- Mail that comes back ---------------------------------------------------------------------------


def test_an_address_that_bounces_gets_nothing_more_and_the_salon_is_told(world, at, mailoutbox):
    booking = a_booking(world, START)
    at(NOW)
    mailoutbox.clear()
    assert reports.record("Clara@Example.com", "bounced", detail="550 no such user", now=NOW)
    assert not reports.record("clara@example.com", "bounced", detail="again", now=NOW)
    at(NOW)
    assert told(mailoutbox, "owner@example.com") == ["Mail to Clara Neumann comes back — Studio Nord"]
    actions.cancel(booking_id=booking.pk, by=by_owner(world.client), now=NOW)
    at(NOW)
    assert told(mailoutbox, "clara@example.com") == []
    blocked = OutboxMessage.objects.get(kind="booking.cancelled", channel="email")
    assert blocked.status == "blocked" and blocked.error.startswith("Came back")


def test_the_salons_mail_comes_in_the_language_of_its_reader(world, at, mailoutbox):
    world.client.user.language = "de"
    world.client.user.save()
    a_booking(world, START)
    at(NOW)
    (mail,) = [mail for mail in mailoutbox if mail.to == ["owner@example.com"]]
    assert "Donnerstag, 3. Dezember" in mail.body
    assert Booking.objects.get().language == "en"
