"""The contact page: stored, mailed, bounded."""

import pytest
from django.test import Client
from django.urls import reverse

from beautydrop.marketplace.models import ContactMessage
from beautydrop.notifications.models import OutboxMessage

pytestmark = pytest.mark.django_db

WORDS = {
    "name": "Nora Nord",
    "email": "nora@example.com",
    "salon": "Studio Nord",
    "message": "How do I move two salons?",
}


def test_a_message_is_stored_and_mailed(django_capture_on_commit_callbacks, settings, mailoutbox):
    settings.CONTACT_EMAIL = "desk@example.com"
    with django_capture_on_commit_callbacks(execute=True):
        response = Client().post(reverse("marketplace:contact"), WORDS)
    assert response.status_code == 302
    stored = ContactMessage.objects.get()
    assert (stored.name, stored.message) == ("Nora Nord", "How do I move two salons?")
    (mail,) = mailoutbox
    assert mail.to == ["desk@example.com"]
    assert mail.extra_headers["Reply-To"] == "nora@example.com"
    assert "How do I move two salons?" in mail.body
    assert OutboxMessage.objects.get().status == "sent"


def test_mistakes_keep_what_was_typed():
    response = Client().post(reverse("marketplace:contact"), {**WORDS, "email": "nora@"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "Enter an e-mail address like name@example.com" in page
    assert "How do I move two salons?" in page
    assert Client().post(reverse("marketplace:contact"), {**WORDS, "message": "x" * 3001}).status_code == 422
    assert not ContactMessage.objects.exists()


def test_too_much_from_one_place_waits(settings):
    settings.RATE_LIMITS_ENABLED = True
    for _time in range(9):  # mistakes are not messages
        assert Client().post(reverse("marketplace:contact"), {**WORDS, "email": "nora@"}).status_code == 422
    for _time in range(5):
        assert Client().post(reverse("marketplace:contact"), WORDS).status_code == 302
    refused = Client().post(reverse("marketplace:contact"), WORDS)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"]
    assert ContactMessage.objects.count() == 5
    assert Client(REMOTE_ADDR="203.0.113.9").post(reverse("marketplace:contact"), WORDS).status_code == 302


def test_header_injection_is_no_header(django_capture_on_commit_callbacks, mailoutbox):
    with django_capture_on_commit_callbacks(execute=True):
        Client().post(reverse("marketplace:contact"), {**WORDS, "name": "Nora\r\nBcc: all@example.com"})
    (mail,) = mailoutbox
    assert mail.recipients() == ["hello@beautydrop.example"]
    assert "\n" not in mail.subject
