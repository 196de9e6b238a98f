"""Reminders around days of 23 and 25 hours, and where the clock moves by half an hour: elapsed hours, local words."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from beautydrop.bookings import actions
from beautydrop.bookings.actions import Contact
from beautydrop.bookings.models import Booking
from beautydrop.notifications import delivery
from beautydrop.notifications.models import OutboxMessage
from beautydrop.scheduling import actions as scheduling
from beautydrop.shops import actions as shops
from beautydrop.shops.models import Service
from tests.factories import a_person, a_service, a_shop, an_owner, by_customer

pytestmark = [pytest.mark.faults, pytest.mark.django_db]
DAY, HOURS = "booking.reminder_day", "booking.reminder_hours"
BERLIN, LORD_HOWE = "Europe/Berlin", "Australia/Lord_Howe"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def a_salon(zone: str) -> Service:
    """Open round the clock on Sundays too, when clocks are moved."""
    shop = a_shop(an_owner(), timezone=zone, horizon_days=365)
    mina = shops.create_staff_member(shop=shop, name="Mina Haddad")
    scheduling.add_hours(shop=shop, day_of_week=6, start_time=time(0), end_time=time(0))
    return a_service(shop, staff=[mina])


def booked(service: Service, start: datetime, *, before: timedelta = timedelta(days=9)) -> Booking:
    customer = a_person("clara@example.com").customer
    return actions.book(
        service_id=service.pk,
        staff_id=None,
        start=start,
        contact=Contact("Clara Neumann", "clara@example.com"),
        by=by_customer(customer),
        customer=customer,
        now=start - before,
    )


def due(booking: Booking, sequence: int = 0) -> dict[str, datetime]:
    rows = OutboxMessage.objects.filter(
        subject_id=booking.pk, kind__startswith="booking.reminder", sequence=sequence, channel="people"
    )
    return {row.kind: row.due_at for row in rows}


@pytest.fixture
def reminded(time_machine, mailoutbox):
    """Go to that moment, send what is due by then, and return the words of the customer's new reminders."""

    def go(moment: datetime) -> list[str]:
        time_machine.move_to(moment, tick=False)
        before = len(mailoutbox)
        delivery.sweep(moment)
        return [mail.body for mail in mailoutbox[before:] if mail.subject.startswith("Reminder")]

    return go


# Zone, start on the salon's clock, both instants, and how the mail names the time.
TIMES = [
    # Clocks go from 02:00 to 03:00: the day has 23 hours.
    (BERLIN, "2027-03-28T10:15", "2027-03-27T08:15", "2027-03-28T06:15", "10:15", "Berlin time (CEST)"),
    (BERLIN, "2027-03-28T03:30", "2027-03-27T01:30", "2027-03-27T23:30", "03:30", "Berlin time (CEST)"),
    (BERLIN, "2027-03-28T01:45", "2027-03-27T00:45", "2027-03-27T22:45", "01:45", "Berlin time (CET)"),
    # From 03:00 back to 02:00: 25 hours.
    (BERLIN, "2027-10-31T10:15", "2027-10-30T09:15", "2027-10-31T07:15", "10:15", "Berlin time (CET)"),
    (BERLIN, "2027-10-31T03:30", "2027-10-30T02:30", "2027-10-31T00:30", "03:30", "Berlin time (CET)"),
    # Lord Howe, 02:00 back to 01:30.
    (
        LORD_HOWE,
        "2027-04-04T10:15",
        "2027-04-02T23:45",
        "2027-04-03T21:45",
        "10:15",
        "Lord Howe Island time (UTC+10:30)",
    ),
    (
        LORD_HOWE,
        "2027-04-04T03:00",
        "2027-04-02T16:30",
        "2027-04-03T14:30",
        "03:00",
        "Lord Howe Island time (UTC+10:30)",
    ),
    # And 02:00 to 02:30.
    (LORD_HOWE, "2027-10-03T10:15", "2027-10-01T23:15", "2027-10-02T21:15", "10:15", "Lord Howe Island time (UTC+11)"),
    (LORD_HOWE, "2027-10-03T03:00", "2027-10-01T16:00", "2027-10-02T14:00", "03:00", "Lord Howe Island time (UTC+11)"),
]


@pytest.mark.parametrize(("zone", "local", "day_at", "hours_at", "clock", "label"), TIMES)
def test_elapsed_hours_and_the_salons_clock(zone, local, day_at, hours_at, clock, label, reminded):
    start = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    booking = booked(a_salon(zone), start)
    assert due(booking) == {DAY: utc(day_at), HOURS: utc(hours_at)}
    assert (start - utc(day_at), start - utc(hours_at)) == (timedelta(hours=24), timedelta(hours=2))
    second = timedelta(seconds=1)
    assert reminded(utc(day_at) - second) == []
    (day,) = reminded(utc(day_at))
    assert reminded(utc(hours_at) - second) == []
    (hours,) = reminded(utc(hours_at))
    assert reminded(start) == []
    for words, said in ((day, "Your appointment is in 24 hours."), (hours, "Your appointment is in 2 hours.")):
        assert said in words
        assert clock in words
        assert label in words


def test_a_time_that_comes_twice_is_named_by_its_zone(reminded):
    """02:15 is there twice on 31 October 2027 in Berlin; both can be booked, and the mail says which."""
    for fold, label in ((0, "Berlin time (CEST)"), (1, "Berlin time (CET)")):
        start = datetime(2027, 10, 31, 2, 15, tzinfo=ZoneInfo(BERLIN), fold=fold).astimezone(UTC)
        OutboxMessage.objects.all().delete()
        service = Service.objects.first() or a_salon(BERLIN)
        customer = a_person(f"clara-{fold}@example.com").customer
        actions.book(
            service_id=service.pk,
            staff_id=None,
            start=start,
            contact=Contact("Clara Neumann", customer.user.email),
            by=by_customer(customer),
            customer=customer,
            now=start - timedelta(days=9),
        )
        (words,) = reminded(start - timedelta(hours=2))
        assert label in words


@pytest.mark.parametrize(
    ("before", "kinds"),
    [
        (timedelta(hours=24, minutes=2), {DAY, HOURS}),
        (timedelta(hours=24), {HOURS}),
        (timedelta(hours=23), {HOURS}),
        (timedelta(hours=2), set()),
        (timedelta(minutes=75), set()),
    ],
)
@pytest.mark.parametrize(("zone", "local"), [(BERLIN, "2027-03-28T10:15"), (LORD_HOWE, "2027-04-04T10:15")])
def test_who_books_later_than_that_is_not_reminded(zone, local, before, kinds):
    """On the day with 23 hours, 23 hours ahead is the same wall-clock time a day before."""
    start = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert set(due(booked(a_salon(zone), start, before=before))) == kinds


def test_moved_across_the_change_it_reminds_of_the_new_time_only(reminded):
    service = a_salon(BERLIN)
    start = datetime(2027, 3, 27, 12, tzinfo=ZoneInfo(BERLIN)).astimezone(UTC)
    booking = booked(service, start)
    actions.reschedule(
        booking_id=booking.pk,
        staff_id=None,
        start=utc("2027-03-28T08:15"),
        by=by_customer(booking.customer),
        now=start - timedelta(days=8),
    )
    assert due(booking, 1) == {DAY: utc("2027-03-27T08:15"), HOURS: utc("2027-03-28T06:15")}
    assert due(booking) == {DAY: utc("2027-03-26T11:00"), HOURS: utc("2027-03-27T09:00")}
    assert reminded(utc("2027-03-26T11:00")) == []
    # 09:15 the day before, by the clock that is moved in the night between.
    (day,) = reminded(utc("2027-03-27T08:15"))
    assert "10:15" in day
    assert reminded(utc("2027-03-27T09:00")) == []
    (hours,) = reminded(utc("2027-03-28T06:15"))
    assert "Your appointment is in 2 hours." in hours
    assert not OutboxMessage.objects.filter(channel="email", kind__in=[DAY, HOURS], sequence=0).exists()


@pytest.mark.parametrize("when", [timedelta(days=8), timedelta(hours=23), timedelta(hours=2, minutes=1)])
def test_cancelled_it_reminds_of_nothing_more(when, reminded):
    start = utc("2027-03-28T08:15")
    booking = booked(a_salon(BERLIN), start)
    seen = reminded(start - when)
    actions.cancel(booking_id=booking.pk, by=by_customer(booking.customer), now=start - when)
    assert len(seen) == (when < timedelta(hours=24))
    assert [reminded(at) for at in sorted(due(booking).values())] == [[], []]
    assert reminded(start) == []


def test_a_worker_that_was_away_for_a_day_reminds_once(reminded):
    """Both are due by then; one mail says all there is to say."""
    start = utc("2027-03-28T08:15")
    booked(a_salon(BERLIN), start)
    (words,) = reminded(start - timedelta(hours=1, minutes=30))
    assert "Your appointment is in 2 hours." in words
