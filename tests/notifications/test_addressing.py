"""From an announcement to rows: by what people want, when nothing may ring, and what is suppressed."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from beautydrop.notifications import addressing, kinds, outbox, preferences
from beautydrop.notifications.addressing import quiet_over
from beautydrop.notifications.kinds import Audience, Kind, Note, Person
from beautydrop.notifications.models import Channel, OutboxMessage, Preference, PushSubscription, Reach, Suppression
from tests.factories import BERLIN, NOW, a_person

NAME = "test.news"
PHONE = "+493055501234"
SUBJECT = uuid.uuid4()
GUEST = Person(zone=BERLIN, language="de", email="guest@example.com", phone=PHONE, may_text=True)


def a_kind(**changes) -> Kind:
    values = {
        "mail": lambda message, subject: None,
        "sms": lambda message, subject: None,
        "note": lambda message, subject: Note("Title", "Text", "/"),
    }
    return Kind(NAME, "News", Audience.CUSTOMER, **{**values, **changes})


def rows(kind: Kind, *people: Person, now=NOW, django_assert=None) -> dict[str, OutboxMessage]:
    """By way: what an announcement to these people becomes."""
    kind = replace(kind, people=lambda subject, message: people)
    message = outbox.announcement(NAME, subject_id=SUBJECT, due_at=now)
    made = addressing.address(kind, [message], {SUBJECT: object()}, now)
    assert len({(row.channel, row.recipient) for row in made}) == len(made)
    return {row.channel: row for row in made}


@pytest.fixture
def person(db, settings) -> Person:
    """With every way there is."""
    settings.VAPID_PUBLIC_KEY = settings.VAPID_PRIVATE_KEY = "keys"
    user = a_person("clara@example.com")
    Reach.objects.create(user=user, sms_phone=PHONE, sms_since=NOW)
    PushSubscription.objects.create(user=user, endpoint="https://push.example/1", created_at=NOW)
    return Person(zone=BERLIN, language="en", user=user, email=user.email, may_text=True)


def choose(person: Person, channel: str, *, is_on: bool) -> None:
    Preference.objects.create(user=person.user, kind=NAME, channel=channel, is_on=is_on)


# --- Preferences ----------------------------------------------------------------------------------


def test_by_every_way_unless_something_was_chosen(person):
    made = rows(a_kind(), person)
    assert {way: row.recipient for way, row in made.items()} == {
        "email": "clara@example.com",
        "sms": PHONE,
        "site": str(person.user.pk),
        "push": str(person.user.pk),
    }
    for channel in made:
        choose(person, channel, is_on=False)
    assert rows(a_kind(), person) == {}


def test_essential_mail_cannot_be_turned_off_the_other_ways_can(person):
    for channel in Channel.values:
        choose(person, channel, is_on=False)
    assert set(rows(a_kind(is_essential=True), person)) == {"email"}


def test_what_a_kind_has_off_is_asked_for_first(person):
    kind = a_kind(default_off=frozenset({Channel.PUSH, Channel.EMAIL}))
    assert set(rows(kind, person)) == {"sms", "site"}
    choose(person, "push", is_on=True)
    assert set(rows(kind, person)) == {"sms", "site", "push"}


def test_a_kind_goes_only_the_ways_that_it_has(person):
    assert set(rows(a_kind(sms=None, note=None), person)) == {"email"}


def test_anothers_choice_is_not_mine(person):
    other = a_person("carl@example.com")
    Preference.objects.create(user=other, kind=NAME, channel="email", is_on=False)
    Preference.objects.create(user=person.user, kind="test.other", channel="email", is_on=False)
    assert "email" in rows(a_kind(), person)


def test_without_keys_nothing_is_pushed(person, settings):
    settings.VAPID_PRIVATE_KEY = ""
    assert "push" not in rows(a_kind(), person)


# --- SMS ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_guest_is_texted_when_they_asked(settings):
    assert set(rows(a_kind(), GUEST)) == {"email"}
    assert rows(a_kind(), replace(GUEST, wants_sms=True))["sms"].recipient == PHONE
    assert set(rows(a_kind(), replace(GUEST, wants_sms=True, phone=""))) == {"email"}


def test_a_person_is_texted_at_the_number_of_their_account(person):
    with_phone = replace(person, phone="+4911111", wants_sms=True)
    assert rows(a_kind(), with_phone)["sms"].recipient == PHONE
    Reach.objects.all().delete()
    assert rows(a_kind(), with_phone)["sms"].recipient == "+4911111"
    assert "sms" not in rows(a_kind(), replace(with_phone, wants_sms=False))


def test_nobody_is_texted_where_the_salon_sends_none_or_nobody_carries_it(person, settings):
    for one in (person, replace(GUEST, wants_sms=True)):
        assert "sms" not in rows(a_kind(), replace(one, may_text=False))
    settings.SMS_BY = ""
    for one in (person, replace(GUEST, wants_sms=True)):
        assert "sms" not in rows(a_kind(), one)


# --- Suppressed -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_suppressed_addresses_get_nothing_and_unsubscribed_ones_what_is_essential():
    guest = replace(GUEST, email="Guest@Example.com")
    Suppression.objects.create(address="guest@example.com", kind=NAME, reason="unsubscribed", at=NOW)
    assert rows(a_kind(), guest) == {}
    assert set(rows(a_kind(is_essential=True), guest)) == {"email"}
    Suppression.objects.create(address="guest@example.com", reason="bounced", at=NOW)
    assert rows(a_kind(is_essential=True), guest) == {}


def test_a_number_that_answered_stop_still_gets_the_other_ways(person):
    Suppression.objects.create(address=PHONE, reason="stopped", at=NOW)
    assert set(rows(a_kind(), person)) == {"email", "site", "push"}


# --- Quiet hours ----------------------------------------------------------------------------------


def berlin(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold)


def test_what_rings_waits_until_the_morning_and_the_rest_does_not(person):
    late = berlin("2026-12-01T22:30").astimezone(UTC)
    made = rows(a_kind(), person, now=late)
    assert made["email"].due_at == made["site"].due_at == late
    assert made["sms"].due_at == made["push"].due_at == berlin("2026-12-02T08:00")
    assert rows(a_kind(is_essential=True), person, now=late)["sms"].due_at == late


def test_own_quiet_hours_in_the_salons_zone(person):
    Reach.objects.update(quiet_from=time(13), quiet_until=time(15))
    noon = berlin("2026-12-01T14:00").astimezone(UTC)
    assert rows(a_kind(), person, now=noon)["sms"].due_at == berlin("2026-12-01T15:00")
    elsewhere = replace(person, zone=ZoneInfo("America/New_York"))  # 08:00 there
    assert rows(a_kind(), elsewhere, now=noon)["sms"].due_at == noon
    late = berlin("2026-12-01T23:00").astimezone(UTC)
    assert rows(a_kind(), person, now=late)["sms"].due_at == late


@pytest.mark.django_db
def test_a_guest_has_the_usual_quiet_hours():
    late = berlin("2026-12-01T06:00").astimezone(UTC)
    assert rows(a_kind(), replace(GUEST, wants_sms=True), now=late)["sms"].due_at == berlin("2026-12-01T08:00")


@pytest.mark.parametrize(
    ("now", "begin", "end", "over"),
    [
        (berlin("2026-12-01T20:59"), "21:00", "08:00", "now"),
        (berlin("2026-12-01T21:00"), "21:00", "08:00", berlin("2026-12-02T08:00")),
        (berlin("2026-12-01T23:59"), "21:00", "08:00", berlin("2026-12-02T08:00")),
        (berlin("2026-12-02T00:00"), "21:00", "08:00", berlin("2026-12-02T08:00")),
        (berlin("2026-12-02T07:59"), "21:00", "08:00", berlin("2026-12-02T08:00")),
        (berlin("2026-12-02T08:00"), "21:00", "08:00", "now"),
        (berlin("2026-12-31T22:00"), "21:00", "08:00", berlin("2027-01-01T08:00")),
        (berlin("2026-12-01T00:00"), "00:00", "06:00", berlin("2026-12-01T06:00")),
        (berlin("2026-12-01T22:30"), "22:00", "00:00", berlin("2026-12-02T00:00")),
        # The clock goes forward at 02:00 on 28 March 2027, and back at 03:00 on 31 October 2027.
        (berlin("2027-03-27T23:00"), "21:00", "08:00", datetime(2027, 3, 28, 6, tzinfo=UTC)),
        (berlin("2027-03-27T23:00"), "21:00", "02:30", datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        (berlin("2027-10-30T23:00"), "21:00", "08:00", datetime(2027, 10, 31, 7, tzinfo=UTC)),
        (berlin("2027-10-30T23:00"), "21:00", "02:30", datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        (berlin("2027-10-31T02:10", 1), "21:00", "02:30", datetime(2027, 10, 31, 1, 30, tzinfo=UTC)),
    ],
)
def test_quiet_hours(now, begin, end, over):
    found = quiet_over(now.astimezone(UTC), BERLIN, time.fromisoformat(begin), time.fromisoformat(end))
    assert found == (now if over == "now" else over).astimezone(UTC)
    assert found >= now


def test_half_hours_and_far_zones():
    kathmandu = ZoneInfo("Asia/Kathmandu")
    now = datetime(2026, 12, 1, 16, 0, tzinfo=UTC)  # 21:45 there
    assert quiet_over(now, kathmandu, time(21), time(8)) == datetime(2026, 12, 2, 2, 15, tzinfo=UTC)


# --- Many -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 3])
def test_any_number_of_people_takes_the_same_queries(person, size, django_assert_num_queries):
    people = [person] + [
        Person(zone=BERLIN, language="en", user=user, email=user.email, may_text=True)
        for user in (a_person(f"p{number}@example.com") for number in range(size - 1))
    ]
    kind = replace(a_kind(), people=lambda subject, message: people)
    announced = [outbox.announcement(NAME, subject_id=SUBJECT, due_at=NOW, sequence=n) for n in range(size)]
    with django_assert_num_queries(4):
        made = addressing.address(kind, announced, {SUBJECT: object()}, NOW)
    assert len(made) == size * (4 + 2 * (size - 1))


# --- What waits when somebody changes their mind --------------------------------------------------


@pytest.mark.django_db
def test_what_waits_for_the_morning_is_dropped_when_it_is_no_longer_wanted(monkeypatch):
    monkeypatch.setitem(kinds._kinds, NAME, a_kind())
    user = a_person("clara@example.com")

    def waiting(channel: str, to: str) -> OutboxMessage:
        return OutboxMessage.objects.create(
            kind=NAME,
            subject_id=uuid.uuid4(),
            channel=channel,
            recipient=to,
            user=user,
            due_at=NOW + timedelta(hours=9),
        )

    preferences.save(user=user, groups=[], sms_phone=PHONE, quiet_from=None, quiet_until=None, now=NOW)
    text, push = waiting("sms", PHONE), waiting("push", str(user.pk))

    def save(ticked: set[str], phone: str) -> None:
        groups = preferences.as_ticked(preferences.table(user), ticked)
        preferences.save(user=user, groups=groups, sms_phone=phone, quiet_from=None, quiet_until=None, now=NOW)
        text.refresh_from_db()
        push.refresh_from_db()

    save({f"{NAME}:sms"}, "+4922222")
    assert (text.status, text.recipient, push.status) == ("pending", "+4922222", "pending")
    save({f"{NAME}:sms"}, "")
    assert (text.status, push.status) == ("stale", "pending")
