"""The demo's mailbox: what a mail server would have got, and only where DEBUG is on."""

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import override_settings
from django.urls import reverse

from beautydrop.bookings import actions
from beautydrop.notifications.models import MailboxMessage
from tests.factories import GUEST, NOW, a_booking, a_world, berlin
from tests.pages import Visitor

pytestmark = pytest.mark.django_db

# The addresses that DEBUG adds.
with_mailbox = override_settings(ROOT_URLCONF="tests.urls_with_debug")


@pytest.fixture(autouse=True)
def _frozen(time_machine, settings):
    time_machine.move_to(NOW, tick=False)
    settings.MAILERS = {"default": {"BACKEND": "beautydrop.notifications.mailbox.MailboxBackend"}}


@pytest.mark.parametrize("path", ["/demo/mailbox/", "/demo/mailbox/1/", "/demo/mailbox/1/html/", "/styleguide/"])
def test_without_debug_there_is_none(path):
    MailboxMessage.objects.create(recipient="a@example.com", subject="Secret", text="A link")
    assert Visitor().get(path).status == 404


@with_mailbox
def test_a_guests_mail_arrives_and_its_link_confirms():
    world, visitor = a_world(), Visitor()
    details = visitor.get(
        reverse("bookings:details", args=[world.shop.slug, world.manicure.slug]), {"start": "2026-12-03T09:15Z"}
    )
    visitor.submit(details, name="Gita Guest", email="gita@example.com")
    box = visitor.get("/demo/mailbox/")
    mail = visitor.get(box.link("Confirm your booking"))
    assert "gita@example.com" in mail.text
    link = mail.link("/confirm/")
    shown = visitor.submit(visitor.get(link.removeprefix("http://testserver")), "Confirm booking")
    assert shown.h1 == "Your time is booked"
    confirmed = visitor.get(visitor.get("/demo/mailbox/").link("Confirmed:"))
    assert "BEGIN:VCALENDAR" in confirmed.text


@with_mailbox
def test_newest_first_and_by_pages():
    for number in range(31):
        MailboxMessage.objects.create(recipient="a@example.com", subject=f"Number {number}.", text="…")
    first = Visitor().get("/demo/mailbox/")
    assert first.text.index("Number 30.") < first.text.index("Number 29.")
    assert "Number 0." not in first.text
    assert "Number 0." in Visitor().get("/demo/mailbox/", {"page": "2"}).text
    assert Visitor().get("/demo/mailbox/", {"page": "nonsense"}).status == 200


@with_mailbox
def test_nothing_yet_says_what_to_do():
    assert "No mail yet" in Visitor().get("/demo/mailbox/").text
    assert Visitor().get("/demo/mailbox/99/").status == 404
    assert Visitor().post("/demo/mailbox/").status == 405


@with_mailbox
def test_the_html_of_a_mail_runs_nothing_and_stands_only_in_our_frame():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"), is_guest=True)
    actions.confirm_by_link(booking_id=booking.pk, by=GUEST, now=NOW)
    row = MailboxMessage.objects.create(
        recipient="a@example.com", subject="S", text="T", html="<html><head></head><script>alert(1)</script></html>"
    )
    response = Visitor().get(f"/demo/mailbox/{row.pk}/html/").response
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy  # so default-src holds: none
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert '<base target="_top">' in response.content.decode()


def test_one_row_for_each_recipient():
    message = EmailMultiAlternatives("Subject", "Text", to=["a@example.com", "b@example.com"])
    message.attach_alternative("<p>HTML", "text/html")
    message.attach("appointment.ics", b"BEGIN:VCALENDAR", "text/calendar; method=PUBLISH; charset=utf-8")
    message.send()
    rows = MailboxMessage.objects.order_by("recipient").values_list("recipient", "html", "calendar")
    assert list(rows) == [
        ("a@example.com", "<p>HTML", "BEGIN:VCALENDAR"),
        ("b@example.com", "<p>HTML", "BEGIN:VCALENDAR"),
    ]
