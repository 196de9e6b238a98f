"""What the mail service reports: signed or refused, read or refused, and what it stops."""

import base64
import json

import pytest
from django.test import Client

from beautydrop.notifications.models import Suppression

pytestmark = pytest.mark.django_db

URL = "/messages/events/"
SECRET = "beautydrop:a-shared-secret-of-the-tests"
BOUNCE = {
    "RecordType": "Bounce",
    "Type": "HardBounce",
    "TypeCode": 1,
    "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
    "Email": "Clara@Example.com",
    "BouncedAt": "2026-11-30T08:00:00Z",
    "Details": "no such user",
    "Description": "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
}


@pytest.fixture(autouse=True)
def _postmark(settings):
    settings.EMAIL_EVENTS_FROM, settings.EMAIL_EVENTS_SECRET = "postmark", SECRET


def report(body: object, secret: str = SECRET) -> int:
    content = body if isinstance(body, str) else json.dumps(body)
    signed = base64.b64encode(secret.encode()).decode()
    answer = Client(enforce_csrf_checks=True).post(
        URL, content, content_type="application/json", headers={"Authorization": f"Basic {signed}"}
    )
    return answer.status_code


def test_a_bounce_stops_mail_to_the_address_once():
    assert report(BOUNCE) == report(BOUNCE) == 200
    row = Suppression.objects.get()
    assert (row.address, row.kind, row.reason) == ("clara@example.com", "", "bounced")
    assert row.detail.startswith("Postmark: ")


def test_a_complaint_stops_it_too_and_a_delay_does_not():
    assert report({**BOUNCE, "Type": "Transient", "TypeCode": 2}) == 200
    assert not Suppression.objects.exists()
    assert report({**BOUNCE, "RecordType": "SpamComplaint", "Type": "SpamComplaint", "TypeCode": 512}) == 200
    assert Suppression.objects.get().reason == "complained"


def test_unsigned_wrongly_signed_and_unreadable_reports_are_refused():
    assert Client().post(URL, json.dumps(BOUNCE), content_type="application/json").status_code == 400
    assert report(BOUNCE, secret="beautydrop:another-secret-of-somebody") == 400
    for body in ("", "{", "[]", "null", '"x"', '{"RecordType": 3}', "\x00", "[" * 5000):
        assert report(body) in {200, 400}, body[:20]
    assert not Suppression.objects.exists()
    assert Client().get(URL).status_code == 405


def test_without_a_service_there_is_nothing_there(settings):
    settings.EMAIL_EVENTS_FROM = ""
    assert report(BOUNCE) == 404
