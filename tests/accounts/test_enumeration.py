"""Nobody learns who has an account or a booking: same words, same address, same kind and amount of work."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from beautydrop.bookings.messages import keys
from tests.factories import NOW, PASSWORD, a_booking, a_person, a_world, berlin
from tests.pages import Visitor, mails

pytestmark = pytest.mark.django_db

KNOWN, UNKNOWN = "clara@example.com", "carla@example.com"
FORMS = {
    "account_login": ("login", {"password": "wrong-password-7"}),
    "account_signup": ("email", {"first_name": "Clara", "password1": PASSWORD}),
    "account_reset_password": ("email", {}),
}


@pytest.fixture
def hashed(monkeypatch) -> Iterator[list[str]]:
    """One entry for each time that a password was hashed: that alone takes long enough to be timed from outside."""
    found: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self, *args, **kwargs):
        found.append("once")
        return encode(self, *args, **kwargs)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    yield found


@pytest.mark.parametrize("name", FORMS)
def test_a_form_answers_alike(name, hashed, time_machine):
    time_machine.move_to(NOW, tick=False)
    a_person(KNOWN)
    field, values = FORMS[name]
    answers, work = [], []
    for email in (KNOWN, UNKNOWN):
        visitor = Visitor()
        visitor.get(reverse(name))
        hashed.clear()
        with CaptureQueriesContext(connection) as sent:
            page = visitor.post(reverse(name), {field: email, **values})
        work.append((len(hashed), len(mails(email)), len(sent) < 40))
        end = visitor.follow(page)
        headers = {key: value for key, value in page.response.headers.items() if key != "Content-Length"}
        answers.append((page.status, end.url, end.text.replace(email, "…"), headers, sorted(page.response.cookies)))
    assert answers[0] == answers[1]
    assert work[0] == work[1]


def test_booking_as_a_guest_never_tells_whose_address_it_is(time_machine):
    time_machine.move_to(NOW, tick=False)
    world = a_world()
    a_booking(world, berlin(4, "10:00"), is_guest=True)
    details = reverse("bookings:details", args=[world.shop.slug, world.manicure.slug])
    told = set()
    for hour, email in ((10, "clara@example.com"), (11, "guest@example.com"), (12, "nobody@example.com")):
        start = f"2026-12-03T{hour}:15Z"
        visitor = Visitor()
        shown = visitor.follow(
            visitor.post(details, {"start": start, "name": "Gita", "email": email, "form_token": email})
        )
        assert shown.h1 == "One more step: open the e-mail"
        told.add(re.sub(r"\d\d:\d\d|[A-Z]{4} \d{4}", "…", shown.text).replace(email, "…"))
    assert len(told) == 1


def test_a_link_to_no_booking_says_the_same_whatever_it_looks_like(time_machine):
    time_machine.move_to(NOW, tick=False)
    world = a_world()
    booking = a_booking(world, berlin(3, "10:00"), is_guest=True)
    key = keys.confirm_key(booking)
    almost = ("A" if booking.token[0] != "A" else "B") + booking.token[1:]
    texts = set()
    for path in (f"/b/{almost}/", f"/b/{'x' * 32}/", f"/b/{almost}/confirm/{key}/", f"/b/{almost}/appointment.ics"):
        page = Visitor().get(path)
        assert page.status == 404
        texts.add(page.text)
    assert len(texts) == 1
    assert booking.reference not in texts.pop()
    # The speakable reference and the row's id open nothing; the token has 128 bits or more.
    for guess in (booking.reference, str(booking.pk), booking.pk.hex):
        assert Visitor().get(f"/b/{guess}/").status == 404
    assert len(booking.token) >= 22
