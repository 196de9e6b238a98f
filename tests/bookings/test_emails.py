"""What a booking's mails say, in which zone and language, where they lead, and the calendar they carry."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse
from django.utils import translation

from beautydrop.bookings import actions, calendar_file
from beautydrop.bookings.actions import Contact
from beautydrop.bookings.messages import customer, keys, parts
from beautydrop.bookings.models import Booking
from beautydrop.notifications import delivery
from beautydrop.scheduling import actions as scheduling
from beautydrop.scheduling.models import Schedule
from beautydrop.shops import actions as shops
from beautydrop.shops.models import Service, Shop
from tests.factories import (
    GUEST,
    NOW,
    World,
    a_booking,
    a_guest,
    a_service,
    a_shop,
    a_world,
    an_owner,
    berlin,
    by_customer,
    by_owner,
    to_customer,
)

pytestmark = pytest.mark.django_db

START = berlin(3, "10:15")


@pytest.fixture
def world(time_machine) -> World:
    time_machine.move_to(NOW, tick=False)
    return a_world()


def send(booking: Booking, kind: str, mailoutbox: list[EmailMultiAlternatives]) -> EmailMultiAlternatives:
    """Send the booking's waiting message of that kind and return the mail."""
    message = to_customer().get(subject_id=booking.pk, kind=f"booking.{kind}", status="pending")
    assert delivery.deliver(message.pk, now=NOW) == "sent", to_customer().get(pk=message.pk).error
    return mailoutbox[-1]


def html_of(mail: EmailMultiAlternatives) -> str:
    ((content, mimetype),) = mail.alternatives
    assert mimetype == "text/html"
    return str(content)


def calendar_of(mail: EmailMultiAlternatives) -> icalendar.Calendar:
    (attachment,) = mail.attachments
    return icalendar.Calendar.from_ical(attachment[1])


def event_of(calendar: icalendar.Calendar) -> icalendar.Event:
    (event,) = calendar.walk("VEVENT")
    return event


# --- Each kind ------------------------------------------------------------------------------------


def a_mail(
    world: World, kind: str, mailoutbox: list[EmailMultiAlternatives], language: str = "en"
) -> tuple[Booking, EmailMultiAlternatives]:
    """A booking that came to the point where that mail is sent, and the mail."""
    is_held = kind == "please_confirm"
    booking = actions.book(
        service_id=world.manicure.pk,
        staff_id=world.mina.pk,
        start=START,
        contact=Contact("Clara Neumann", "clara@example.com", language=language),
        customer=None if is_held else world.customer,
        by=GUEST if is_held else by_customer(world.customer),
        now=NOW,
    )
    if kind == "moved":
        actions.reschedule(
            booking_id=booking.pk, staff_id=world.ayla.pk, start=berlin(4, "12:00"), by=by_owner(world.client), now=NOW
        )
    if kind == "cancelled":
        actions.cancel(booking_id=booking.pk, by=by_owner(world.client), now=NOW)
    booking.refresh_from_db()
    return booking, send(booking, kind, mailoutbox)


SUBJECTS = {
    "please_confirm": "Confirm your booking: Gel manicure, Thu 3 Dec 10:15 — Studio Nord",
    "confirmed": "Confirmed: Gel manicure, Thu 3 Dec 10:15 — Studio Nord",
    "moved": "Moved: Gel manicure, Fri 4 Dec 12:00 — Studio Nord",
    "cancelled": "Cancelled: Gel manicure, Thu 3 Dec 10:15 — Studio Nord",
}
KINDS = list(SUBJECTS)


@pytest.mark.parametrize("kind", KINDS)
def test_what_each_says(world, kind, mailoutbox):
    booking, mail = a_mail(world, kind, mailoutbox)
    assert mail.subject == SUBJECTS[kind]
    assert (mail.to, mail.from_email) == (["clara@example.com"], "BeautyDrop <bookings@beautydrop.example>")
    day, time, until, who = (
        ("Friday 4 December", "12:00", "12:50", "Ayla Demir")
        if kind == "moved"
        else ("Thursday 3 December", "10:15", "11:05", "Mina Haddad")
    )
    html = html_of(mail)
    for part in (
        day,
        time,
        until,
        "Berlin time (CET)",
        "Gel manicure, 50 min",
        "Studio Nord",
        "Torstraße 140, 10119 Berlin",
        who,
        "€42",
        booking.spoken_reference,
    ):
        assert part in mail.body, part
        assert part in html, part
    assert '<html lang="en"' in html
    # Nothing of another day, nothing left of the templates, nothing loaded from elsewhere.
    for text in (mail.body, html):
        assert "{{" not in text and "{%" not in text
        assert "None" not in text
    assert not re.search(r'src="http|<script|url\(http', html)


@pytest.mark.parametrize("kind", KINDS)
def test_in_german(world, kind, mailoutbox):
    _booking, mail = a_mail(world, kind, mailoutbox, language="de")
    day, short = ("Freitag, 4. Dezember", "Fr") if kind == "moved" else ("Donnerstag, 3. Dezember", "Do")
    html = html_of(mail)
    assert mail.subject != SUBJECTS[kind]
    assert re.search(
        rf"Gel manicure, {short}\b.*\b{'12:00' if kind == 'moved' else '10:15'} — Studio Nord$", mail.subject
    )
    for text in (mail.body, html):
        assert day in text
        assert "CET" in text or "MEZ" in text
        assert "42\xa0€" in text
    assert '<html lang="de"' in html
    assert translation.get_language() == "en"


def test_a_guest_is_told_how_long_the_time_is_held(world, mailoutbox):
    _booking, mail = a_mail(world, "please_confirm", mailoutbox)
    assert "09:30" in mail.body and "09:30" in html_of(mail)  # Berlin; it is 08:30 in UTC
    assert mail.attachments == []  # nothing to put into a calendar yet


def test_the_confirmation_names_the_exact_moment_until_which_it_is_free(world, mailoutbox):
    _booking, mail = a_mail(world, "confirmed", mailoutbox)
    assert "Free to cancel until Wed 2 Dec, 10:15." in mail.body
    assert "€21" in mail.body


@pytest.mark.parametrize(
    ("now", "by_salon", "is_due"),
    [
        (NOW, False, False),
        (START - timedelta(hours=23), False, True),
        (START - timedelta(hours=23), True, False),
    ],
)
def test_a_cancellation_says_what_is_due(world, mailoutbox, time_machine, now, by_salon, is_due):
    booking = a_booking(world, START)
    by = by_owner(world.client) if by_salon else by_customer(world.customer)
    actions.cancel(booking_id=booking.pk, by=by, now=now)
    time_machine.move_to(now, tick=False)
    message = to_customer().get(subject_id=booking.pk, kind="booking.cancelled")
    assert delivery.deliver(message.pk, now=now) == "sent"
    assert ("€21" in mailoutbox[-1].body) is is_due
    assert ("Nothing is due" in mailoutbox[-1].body) is not is_due


def test_what_the_customer_writes_to_the_salon_does_not_come_back_in_the_mail(world, mailoutbox):
    booking = a_booking(world, START)
    actions.cancel(booking_id=booking.pk, by=by_customer(world.customer), now=NOW, note="A private reason")
    assert "private" not in send(booking, "cancelled", mailoutbox).body
    other = a_booking(world, START)
    actions.cancel(booking_id=other.pk, by=by_owner(world.client), now=NOW, note="A burst pipe")
    assert "A burst pipe" in send(other, "cancelled", mailoutbox).body


def test_names_are_text_and_never_markup(world, mailoutbox):
    world.shop.name = "Nails <b>& more</b>\r\nBcc: x@example.com"[:120]
    world.shop.save()
    _booking, mail = a_mail(world, "confirmed", mailoutbox)
    assert "\n" not in mail.subject and "\r" not in mail.subject
    assert "Nails <b>& more</b>" in mail.body
    assert "<b>& more" not in html_of(mail)
    assert "Nails &lt;b&gt;&amp; more&lt;/b&gt;" in html_of(mail)
    assert mail.message()["Bcc"] is None


# --- Zones ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Elsewhere:
    """A zone, a start in UTC, and how the mail has to show it."""

    zone: str
    start: datetime
    day: str
    time: str
    until: str
    label: str
    is_second: bool = False  # at the second occurrence of a local time that occurs twice


PLACES = [
    # Evening in Los Angeles: tomorrow in UTC.
    Elsewhere(
        "America/Los_Angeles", datetime(2026, 12, 5, 1, 0, tzinfo=UTC), "Friday 4 December", "17:00", "17:50", "PST"
    ),
    Elsewhere(
        "America/Los_Angeles", datetime(2027, 7, 2, 0, 0, tzinfo=UTC), "Thursday 1 July", "17:00", "17:50", "PDT"
    ),
    # Morning on Lord Howe: yesterday in UTC, and a summer time of half an hour.
    Elsewhere(
        "Australia/Lord_Howe", datetime(2026, 12, 3, 23, 0, tzinfo=UTC), "Friday 4 December", "10:00", "10:50", "UTC+11"
    ),
    Elsewhere(
        "Australia/Lord_Howe", datetime(2027, 7, 1, 23, 30, tzinfo=UTC), "Friday 2 July", "10:00", "10:50", "UTC+10:30"
    ),
    # The nights in which Berlin puts its clocks: 50 minutes from 01:45 end at 03:35, and at 02:35 for the first time.
    Elsewhere("Europe/Berlin", datetime(2027, 3, 28, 0, 45, tzinfo=UTC), "Sunday 28 March", "01:45", "03:35", "CET"),
    Elsewhere(
        "Europe/Berlin", datetime(2026, 10, 24, 23, 45, tzinfo=UTC), "Sunday 25 October", "01:45", "02:35", "CEST"
    ),
    Elsewhere(
        "Europe/Berlin", datetime(2026, 10, 25, 1, 15, tzinfo=UTC), "Sunday 25 October", "02:15", "03:05", "CET", True
    ),
]


def a_shop_there(zone: str) -> tuple[Shop, Service]:
    shop = a_shop(an_owner(), timezone=zone, horizon_days=365)
    Schedule.objects.all().delete()
    for weekday in range(7):
        scheduling.add_hours(shop=shop, day_of_week=weekday, start_time=time(0), end_time=time(0))
    mina = shops.create_staff_member(shop=shop, name="Mina Haddad")
    return shop, a_service(shop, staff=[mina])


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.zone}-{place.start:%m-%d}")
def test_times_are_the_salons(place, mailoutbox, time_machine):
    now = place.start - timedelta(days=5)
    time_machine.move_to(now, tick=False)
    shop, service = a_shop_there(place.zone)
    booking = actions.book(
        service_id=service.pk,
        staff_id=None,
        start=place.start,
        contact=Contact("Clara", "clara@example.com"),
        by=by_owner(shop.client),
        now=now,
    )
    message = to_customer().get()
    assert delivery.deliver(message.pk, now=now) == "sent", to_customer().get().error
    (mail,) = mailoutbox
    assert place.time in mail.subject
    for text in (mail.body, html_of(mail)):
        for part in (place.day, place.time, place.until, f"({place.label})"):
            assert part in text, part

    calendar = calendar_of(mail)
    event = event_of(calendar)
    # In UTC, because Python finds no time that occurs twice equal to one of another zone.
    written = [event[name].dt.astimezone(UTC) for name in ("DTSTART", "DTEND")]
    assert written == [booking.starts_at, booking.ends_at]
    if place.is_second:
        assert "TZID" not in event["DTSTART"].params and "TZID" not in event["DTEND"].params
        return
    assert event["DTSTART"].params["TZID"] == event["DTEND"].params["TZID"] == place.zone
    assert str(event["DTSTART"].dt.tzinfo) == place.zone
    assert event["DTSTART"].dt.strftime("%H:%M") == place.time
    # The instants are right, too, for whoever knows zones only from the file.
    (described,) = calendar.walk("VTIMEZONE")
    assert described["TZID"] == place.zone
    zone = described.to_tz(lookup_tzid=False)
    read = [event[name].dt.replace(tzinfo=zone).astimezone(UTC) for name in ("DTSTART", "DTEND")]
    assert read == [booking.starts_at, booking.ends_at]


# --- Links ----------------------------------------------------------------------------------------


LINKS = {
    "please_confirm": {"confirm"},
    "confirmed": {"show", "change", "cancel", "calendar"},
    "moved": {"show", "change", "cancel", "calendar"},
    "cancelled": set(),
}


@pytest.mark.parametrize("kind", KINDS)
def test_links_lead_to_pages_and_change_nothing_when_followed(world, kind, mailoutbox):
    """A scanner of mails follows every link: nothing may come of it."""
    booking, mail = a_mail(world, kind, mailoutbox)
    found = set(re.findall(r"http://testserver(/\S*)", mail.body))
    assert found <= set(re.findall(r'href="http://testserver([^"]*)"', html_of(mail)))
    expected = {
        name: reverse(f"bookings:{name}", args=[booking.token, *([keys.confirm_key(booking)] * (name == "confirm"))])
        for name in LINKS[kind]
    }
    assert set(expected.values()) <= found
    if kind == "cancelled":
        assert found == {reverse("marketplace:shop", args=[world.shop.slug])}
    before = Booking.objects.values().get()
    for path in found:
        response = Client().get(path)
        assert response.status_code == 200, path
    assert Booking.objects.values().get() == before


def test_pressing_the_button_behind_the_link_confirms(world, mailoutbox):
    booking, mail = a_mail(world, "please_confirm", mailoutbox)
    (path,) = re.findall(r"http://testserver(/b/\S+/confirm/\S+)", mail.body)
    response = Client().post(path)
    assert response.status_code == 302
    booking.refresh_from_db()
    assert booking.status == "confirmed"


# --- The key of the link --------------------------------------------------------------------------


def test_the_key_is_of_this_booking_and_this_address(world):
    booking, other = a_booking(world, START, is_guest=True), a_booking(world, berlin(4, "10:15"), is_guest=True)
    key = keys.confirm_key(booking)
    assert keys.is_confirm_key(booking, key)
    assert not keys.is_confirm_key(other, key)
    assert not keys.is_confirm_key(booking, keys.confirm_key(other))
    for wrong in (
        "",
        "x",
        key[:-1],
        key + "A",
        key.swapcase(),
        f"{key[:10]}{'A' if key[10] != 'A' else 'B'}{key[11:]}",
    ):
        assert not keys.is_confirm_key(booking, wrong), wrong
    changed = actions.change_address(booking_id=booking.pk, email="right@example.com", by=GUEST, now=NOW)
    assert not keys.is_confirm_key(changed, key)
    assert keys.is_confirm_key(changed, keys.confirm_key(changed))


def test_a_key_signed_for_something_else_is_none(world):
    booking = a_booking(world, START, is_guest=True)
    assert not keys.is_confirm_key(booking, signing.dumps([str(booking.pk), booking.sequence]))
    assert not keys.is_confirm_key(booking, signing.dumps([str(booking.pk), booking.sequence], salt="other"))


@pytest.mark.parametrize("wrong", ["tampered", "of another booking", "of the old address"])
def test_a_wrong_key_confirms_nothing(world, wrong):
    booking = a_booking(world, START, is_guest=True)
    match wrong:
        case "tampered":
            key = keys.confirm_key(booking)
            key = f"{key[:-1]}{'A' if key[-1] != 'A' else 'B'}"
        case "of another booking":
            key = keys.confirm_key(a_booking(world, berlin(4, "10:15"), is_guest=True))
        case "of the old address":
            key = keys.confirm_key(booking)
            actions.change_address(booking_id=booking.pk, email="right@example.com", by=GUEST, now=NOW)
    path = reverse("bookings:confirm", args=[booking.token, key])
    for response in (Client().get(path), Client().post(path)):
        assert response.status_code in {400, 403, 404, 410}
    booking.refresh_from_db()
    assert booking.status == "pending"


def test_a_new_address_gets_the_new_link_and_the_old_message_is_dropped(world, mailoutbox):
    booking = a_booking(world, START, is_guest=True)
    old = to_customer().get()
    actions.change_address(booking_id=booking.pk, email="Right@Example.com", by=GUEST, now=NOW)
    assert delivery.deliver(old.pk, now=NOW) == "stale"
    mail = send(booking, "please_confirm", mailoutbox)
    assert mail.to == ["right@example.com"]
    booking.refresh_from_db()
    assert keys.confirm_key(booking) in mail.body
    assert len(mailoutbox) == 1


# --- The calendar ---------------------------------------------------------------------------------


def test_the_calendar_through_the_life_of_a_booking(world, mailoutbox):
    booking = a_booking(world, START)
    calendars = [calendar_of(send(booking, "confirmed", mailoutbox))]
    for clock in ("12:00", "13:00"):
        actions.reschedule(
            booking_id=booking.pk, staff_id=None, start=berlin(3, clock), by=by_owner(world.client), now=NOW
        )
        calendars.append(calendar_of(send(booking, "moved", mailoutbox)))
    actions.cancel(booking_id=booking.pk, by=by_owner(world.client), now=NOW)
    calendars.append(calendar_of(send(booking, "cancelled", mailoutbox)))

    assert [str(one["METHOD"]) for one in calendars] == ["PUBLISH"] * 4
    assert all(str(one["VERSION"]) == "2.0" and one["PRODID"] for one in calendars)
    events = [event_of(one) for one in calendars]
    assert {str(event["UID"]) for event in events} == {f"{booking.pk}@beautydrop"}
    assert [int(event["SEQUENCE"]) for event in events] == [0, 1, 2, 3]
    assert [str(event["STATUS"]) for event in events] == ["CONFIRMED", "CONFIRMED", "CONFIRMED", "CANCELLED"]
    starts = [berlin(3, clock) for clock in ("10:15", "12:00", "13:00", "13:00")]
    assert [event["DTSTART"].dt for event in events] == starts
    assert [event["DTEND"].dt for event in events] == [start + timedelta(minutes=50) for start in starts]
    for event in events:
        assert event["DTSTAMP"].dt == NOW
        assert event["DTSTAMP"].dt.utcoffset() == timedelta(0)
        assert str(event["SUMMARY"]) == "Gel manicure, Studio Nord"
        assert "Torstraße 140, 10119 Berlin" in str(event["LOCATION"])
        assert calendar_file.page_url(booking) in str(event["DESCRIPTION"])


def test_how_the_calendar_is_attached(world, mailoutbox):
    _booking, mail = a_mail(world, "confirmed", mailoutbox)
    (part,) = [one for one in mail.message().walk() if one.get_content_type() == "text/calendar"]
    assert part.get_filename() == "appointment.ics"
    assert part.get_param("method") == "PUBLISH"
    assert part.get_content_charset() == "utf-8"
    payload = part.get_payload(decode=True)
    assert "Torstraße" in str(event_of(icalendar.Calendar.from_ical(payload))["LOCATION"])


def test_lines_of_the_calendar_are_folded_and_text_escaped(world, mailoutbox):
    world.shop.name = "Nails, Brows; & more\nATTENDEE:mailto:x@example.com"
    world.shop.save()
    booking = a_booking(world, START)
    raw = calendar_file.render(booking, now=NOW)
    assert b"\r\nATTENDEE" not in raw
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert str(event_of(icalendar.Calendar.from_ical(raw))["SUMMARY"]).endswith("x@example.com")


def test_the_file_on_the_page_is_the_one_in_the_mail(world, mailoutbox):
    booking, mail = a_mail(world, "confirmed", mailoutbox)
    response = Client().get(reverse("bookings:calendar", args=[booking.token]))
    assert response.headers["Content-Type"].startswith("text/calendar")
    assert event_of(icalendar.Calendar.from_ical(response.content)) == event_of(calendar_of(mail))


def test_a_hold_is_tentative_in_a_calendar(world):
    booking = a_booking(world, START, is_guest=True)
    event = event_of(icalendar.Calendar.from_ical(calendar_file.render(booking, now=NOW)))
    assert str(event["STATUS"]) == "TENTATIVE"


def test_google_and_outlook_get_the_same_instants(world):
    booking = a_booking(world, START)
    assert "dates=20261203T091500Z%2F20261203T100500Z" in calendar_file.google_url(booking)
    assert "startdt=2026-12-03T09%3A15%3A00Z" in calendar_file.outlook_url(booking)
    assert "enddt=2026-12-03T10%3A05%3A00Z" in calendar_file.outlook_url(booking)


def test_a_name_from_the_contact_reaches_the_salon_only(world):
    """Nothing that a stranger types is mailed to an address that they name, so nobody sends their ads through us."""
    booking = actions.book(
        service_id=world.manicure.pk,
        staff_id=None,
        start=START,
        contact=Contact("WIN 1000 EUR", a_guest().email),
        by=GUEST,
        now=NOW,
        note="http://spam.example",
    )
    message = to_customer().get(subject_id=booking.pk)
    mail = customer.please_confirm_mail(message, parts.load([message], NOW)[booking.pk])
    for text in (mail.subject, mail.text, mail.html):
        assert "1000 EUR" not in text
        assert "spam.example" not in text


def test_zone_of_the_booking_is_what_it_was_booked_in(world):
    """A shop that moves to another zone does not move its customers' appointments."""
    booking = a_booking(world, START)
    world.shop.timezone = "America/Los_Angeles"
    world.shop.save()
    booking = Booking.objects.select_related("shop").get()
    event = event_of(icalendar.Calendar.from_ical(calendar_file.render(booking, now=NOW)))
    assert event["DTSTART"].dt == START.astimezone(ZoneInfo("Europe/Berlin"))
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
