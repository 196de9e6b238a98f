"""What comes, and how: a plain form that keeps what was typed."""

from datetime import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from beautydrop.notifications import preferences
from beautydrop.notifications.models import Preference, Reach, Suppression
from tests.factories import NOW, a_person, a_world
from tests.pages import Visitor

pytestmark = pytest.mark.django_db

URL = reverse("notifications:preferences")
PHONE = "+493055501234"


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def form_of(visitor: Visitor):
    return visitor.get(URL).form("Quiet hours")


def test_a_customer_sees_what_concerns_a_customer():
    world = a_world()
    page = Visitor(world.customer.user).get(URL)
    assert "When you book" in page.text and "At your salon" not in page.text
    form = page.form("Quiet hours")
    assert "booking.reminder_day:email" in form.values["on"]
    assert "booking.confirmed:site" in form.values["on"]
    # Essential mails are not to be chosen, and a way that a kind never takes neither.
    assert not {"booking.confirmed:email", "booking.please_confirm:site", "account.mail:email"} & set(
        form.choices["on"]
    )
    assert "Always" in page.text and "a booking needs these mails" in page.text
    assert (form.values["quiet_from"], form.values["quiet_until"]) == (["21:00"], ["08:00"])
    for user in (world.client.user,):
        owner = Visitor(user).get(URL)
        assert "When you book" in owner.text and "At your salon" in owner.text
    world.mina.user = a_person("mina@example.com")
    world.mina.save()
    assert "At your salon" in Visitor(world.mina.user).get(URL).text


def test_choices_are_kept_and_only_what_differs_has_a_row():
    user = a_person("clara@example.com")
    visitor = Visitor(user)
    form = form_of(visitor)
    ticked = [one for one in form.values["on"] if one != "booking.reminder_hours:email"]
    shown = visitor.submit(visitor.get(URL), "Quiet hours", on=ticked, quiet_from="22:30", quiet_until="06:15")
    assert "Your choices are saved." in shown.text
    row = Preference.objects.get()
    assert (row.user, row.kind, row.channel, row.is_on) == (user, "booking.reminder_hours", "email", False)
    reach = Reach.objects.get()
    assert (reach.quiet_from, reach.quiet_until, reach.sms_phone) == (time(22, 30), time(6, 15), "")
    again = form_of(visitor)
    assert "booking.reminder_hours:email" not in again.values["on"]
    assert again.values["quiet_from"] == ["22:30"]
    visitor.submit(visitor.get(URL), "Quiet hours", on=[*ticked, "booking.reminder_hours:email"])
    assert not Preference.objects.exists()


def test_what_is_not_on_the_form_cannot_be_sent():
    user = a_person("clara@example.com")
    visitor = Visitor(user)
    page = visitor.get(URL)
    forged = ["booking.confirmed:email", "salon.booked:email", "x:y", "account.mail:email", "\x00"]
    visitor.submit(page, "Quiet hours", on=forged)
    turned_off = {(row.kind, row.channel) for row in Preference.objects.filter(is_on=False)}
    assert ("booking.confirmed", "email") not in turned_off
    assert ("salon.booked", "email") not in turned_off and ("booking.reminder_day", "email") in turned_off
    assert not Preference.objects.filter(is_on=True).exists()


def test_the_number_for_sms_is_read_and_dated():
    user = a_person("clara@example.com")
    Suppression.objects.create(address=PHONE, reason="stopped", at=NOW)
    visitor = Visitor(user)
    wrong = visitor.submit(visitor.get(URL), "Quiet hours", follow=False, sms_phone="call me", on=["booking.moved:sms"])
    assert wrong.status == 422 and wrong.title.startswith("Error:")
    assert "Enter a phone number with its country code, like +49 30 5550123" in wrong.text
    kept = wrong.form("Quiet hours")
    assert kept.values["sms_phone"] == ["call me"] and kept.values["on"] == ["booking.moved:sms"]
    assert not Reach.objects.exists() and not Preference.objects.exists()
    visitor.submit(wrong, "Quiet hours", sms_phone="+49 30 555 01234")
    reach = Reach.objects.get()
    assert (reach.sms_phone, reach.sms_since) == (PHONE, NOW)
    assert not Suppression.objects.exists()  # asked for anew
    visitor.submit(visitor.get(URL), "Quiet hours", sms_phone="")
    reach.refresh_from_db()
    assert (reach.sms_phone, reach.sms_since) == ("", None)


@pytest.mark.parametrize(
    ("begin", "end", "words"),
    [
        ("21:00", "", "Enter when the quiet hours end, or empty both times"),
        ("", "08:00", "Enter when the quiet hours begin, or empty both times"),
        ("08:00", "08:00", "Enter a time that differs from the beginning"),
        ("soon", "08:00", "Enter a time like 21:00"),
        ("21:00", "99:99", "Enter a time like 08:00"),
    ],
)
def test_quiet_hours_that_are_none(begin, end, words):
    visitor = Visitor(a_person("clara@example.com"))
    page = visitor.submit(visitor.get(URL), "Quiet hours", follow=False, quiet_from=begin, quiet_until=end)
    assert page.status == 422 and page.text.count(words) == 2
    assert page.form("Quiet hours").values["quiet_from"] == [begin]


def test_emptied_quiet_hours_are_the_usual_ones():
    visitor = Visitor(a_person("clara@example.com"))
    visitor.submit(visitor.get(URL), "Quiet hours", quiet_from="", quiet_until="")
    assert Reach.objects.get().quiet_from is None
    assert form_of(visitor).values["quiet_from"] == ["21:00"]


def test_without_sms_there_is_no_number_and_the_kept_one_stays(settings):
    user = a_person("clara@example.com")
    preferences.save(user=user, groups=[], sms_phone=PHONE, quiet_from=None, quiet_until=None, now=NOW)
    Preference.objects.create(user=user, kind="booking.moved", channel="sms", is_on=False)
    settings.SMS_BY = ""
    visitor = Visitor(user)
    assert "SMS" not in visitor.get(URL).text
    visitor.submit(visitor.get(URL), "Quiet hours", sms_phone="+4911111")
    assert Reach.objects.get().sms_phone == PHONE
    assert Preference.objects.get().channel == "sms"


def test_only_for_who_is_signed_in_and_only_ones_own():
    assert Visitor().get(URL).location == f"/account/login/?next={URL}"
    user, other = a_person("clara@example.com"), a_person("carl@example.com")
    visitor = Visitor(user)
    visitor.submit(visitor.get(URL), "Quiet hours", on=[])
    assert not Preference.objects.filter(user=other).exists()
    assert Visitor(user, enforce_csrf_checks=True).post(URL).status == 403
    assert visitor.get(reverse("notifications:device_new")).status == 405
    assert visitor.get("/account/").has_link(URL)


@pytest.mark.parametrize("size", [1, 3])
def test_the_page_takes_the_same_queries_for_any_number_of_choices(size):
    user = a_person("clara@example.com")
    for kind in ("booking.moved", "booking.reminder_day", "booking.reminder_hours")[:size]:
        Preference.objects.create(user=user, kind=kind, channel="site", is_on=False)
    visitor = Visitor(user)
    with CaptureQueriesContext(connection) as sent:
        visitor.get(URL)
    # Session, person, choices, whether they work somewhere, how they are reached.
    assert len(sent.captured_queries) == 5
