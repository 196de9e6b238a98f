"""The link that stops mails like one: a page with a button, and one click for mail programs (RFC 8058)."""

import uuid

import pytest
from django.urls import reverse

from beautydrop.notifications import stopping
from beautydrop.notifications.models import OutboxMessage, Preference, Suppression
from tests.factories import NOW, a_person
from tests.pages import Visitor

pytestmark = pytest.mark.django_db

KIND = "booking.reminder_day"


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def link(address="guest@example.com", user=None, kind=KIND) -> str:
    message = OutboxMessage(kind=kind, subject_id=uuid.uuid4(), recipient=address, user=user)
    return stopping.url_of(message).removeprefix("http://testserver")


def test_opening_it_changes_nothing_and_a_button_stops():
    visitor = Visitor()
    page = visitor.get(link("Guest@Example.com"))
    assert page.h1 == "Stop mails like this one" and "Reminder a day ahead" in page.text
    assert not Suppression.objects.exists()
    stopped = visitor.submit(page, "Stop them")
    assert stopped.h1 == "These mails are stopped"
    row = Suppression.objects.get()
    assert (row.address, row.kind, row.reason) == ("guest@example.com", KIND, "unsubscribed")
    visitor.submit(stopped, "Send them again", resume="1")
    assert not Suppression.objects.exists()


def test_one_click_needs_no_cookie_and_no_page():
    visitor = Visitor(enforce_csrf_checks=True)
    for _again in range(2):
        sent = visitor.post(link(), {"List-Unsubscribe": "One-Click"})
        assert sent.status == 204 and not sent.html
        assert not visitor.client.cookies
    assert Suppression.objects.count() == 1


def test_for_an_account_it_is_a_preference():
    user = a_person("clara@example.com")
    visitor = Visitor(enforce_csrf_checks=True)
    visitor.post(link(user.email, user), {"List-Unsubscribe": "One-Click"})
    row = Preference.objects.get()
    assert (row.user, row.kind, row.channel, row.is_on) == (user, KIND, "email", False)
    assert not Suppression.objects.exists()
    assert Visitor().get(link(user.email, user)).has_link(reverse("notifications:preferences"))
    assert not Visitor().get(link()).has_link(reverse("notifications:preferences"))


def test_a_link_that_we_did_not_make_stops_nothing():
    good = link()
    token = good.rstrip("/").rpartition("/")[2]
    for bad in (token[:-1], "A" + token, "x", token.replace(":", "::", 1)):
        url = reverse("notifications:stop", args=[bad])
        assert Visitor().get(url).status == 404
        assert Visitor().post(url).status == 404
    assert Visitor().get(link(kind="gone.kind")).status == 404
    assert Visitor().client.put(good).status_code == 405
    assert not Suppression.objects.exists()
