"""Logs tell what went wrong, and never what opens a booking or an account."""

import io
import logging

import pytest
from django.urls import reverse

from beautydrop.web.redaction import RedactingFormatter
from tests.factories import NOW, a_booking, a_world, berlin
from tests.pages import Visitor

pytestmark = pytest.mark.django_db

KEY = "MTIzNDU2:1abcDE:a-signature-that-was-mailed"


@pytest.fixture
def log(monkeypatch):
    """What the console's handler writes, as the settings made it."""
    (handler,) = [one for one in logging.getLogger().handlers if isinstance(one.formatter, RedactingFormatter)]
    written = io.StringIO()
    monkeypatch.setattr(handler, "stream", written)
    return written


def test_no_token_of_a_booking_or_an_account_is_logged(log, time_machine):
    time_machine.move_to(NOW, tick=False)
    booking = a_booking(a_world(), berlin(3, "10:15"), is_guest=True)
    for path in (
        reverse("bookings:confirm", args=[booking.token, KEY]),
        f"/b/{booking.token}/none/",
        f"/account/confirm-email/{KEY}/none/",
        f"/manage/invitations/{KEY}/none/",
    ):
        assert Visitor().get(path).status == 404
    logging.getLogger("django.request").error("Internal Server Error: %s", f"/account/password/reset/key/abc-{KEY}/")
    assert log.getvalue().count("Not Found: ") == 4
    assert "Not Found: /b/[hidden]/confirm/[hidden]/" in log.getvalue()
    assert booking.token not in log.getvalue()
    assert "a-signature" not in log.getvalue()


def test_other_addresses_are_logged_as_they_are(log):
    Visitor().get("/s/no-salon/")
    logging.getLogger("beautydrop").warning("%s of %s", 3, "/salons/?what=nails")
    assert "Not Found: /s/no-salon/" in log.getvalue()
    assert "3 of /salons/?what=nails" in log.getvalue()
