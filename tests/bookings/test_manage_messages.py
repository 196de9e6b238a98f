"""The salon reads what its customers get, and switches SMS on and off."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from beautydrop.bookings.messages import example
from beautydrop.bookings.models import Booking
from beautydrop.notifications import segments
from beautydrop.notifications.models import OutboxMessage
from beautydrop.shops import actions as shops
from tests.factories import NOW, a_person, a_service, a_world, an_owner
from tests.pages import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def world():
    return a_world()


def page_of(world, user=None, **query):
    return Visitor(user or world.client.user).get(reverse("manage:messages", args=[world.shop.slug]), query)


def test_every_text_that_a_customer_gets_is_shown_as_it_is(world):
    page = page_of(world)
    assert page.h1 == "Messages to customers"
    for words in (
        "Confirm your booking: Gel manicure, Thu 3 Dec 10:15 — Studio Nord",
        "Confirmed: Gel manicure, Thu 3 Dec 10:15 — Studio Nord",
        "Studio Nord: your appointment is now Thu 3 Dec 10:15. http://testserver/b/",
        "Studio Nord: your appointment on Thu 3 Dec 10:15 is cancelled.",
        "Studio Nord: reminder of your appointment Tue 1 Dec 09:15 with Mina.",
    ):
        assert words in page.text, words
    assert page.text.count("1 SMS segment,") == 4
    assert not Booking.objects.exists() and not OutboxMessage.objects.exists()


def test_each_kind_of_booking_mail_has_a_preview_and_every_text_fits_two_segments(world):
    """In each language, also with a name as long as a name may be: a new kind is held to it too."""
    world.shop.name = (
        "Salon für Haare, Nägel und alles, was irgendwer je wollte, von Maximiliane von Hohenfels & Töchter"
    )
    for language in ("en", "de", "es", "fr"):
        shown = example.examples(world.shop, language=language, now=NOW)
        assert len(shown) == len(example.customer_kinds()) >= 6
        for one in shown:
            assert one.mail is not None, one.kind.name
            assert not one.sms or segments.measure(one.sms).count <= 2, one.sms
    assert translation.get_language() == "en"


def test_the_mail_itself_stands_in_a_frame_of_its_own(world):
    page = page_of(world, language="de")
    frames = [got for tag, got in page.elements if tag == "iframe"]
    assert len(frames) == len(example.customer_kinds())
    assert all("sandbox" in got and "language=de" in got["src"] and got["title"] for got in frames)
    mail = Visitor(world.client.user).get(frames[1]["src"])
    assert mail.status == 200 and "Gel manicure" in mail.text
    assert mail.response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "default-src 'none'" in mail.response.headers["Content-Security-Policy"]
    for kind in ("salon.booked", "account.mail", "gone.kind", "%00"):
        where = reverse("manage:message_mail", args=[world.shop.slug, "x"]).replace("/x/", f"/{kind}/")
        assert Visitor(world.client.user).get(where).status == 404, kind


def test_a_salon_without_menu_or_team_sees_them_too():
    owner = an_owner()
    shop = shops.create_shop(
        client=owner,
        name="New",
        address="Torstraße 1",
        city="Berlin",
        country="DE",
        timezone="Europe/Berlin",
        currency="EUR",
    )
    page = Visitor(owner.user).get(reverse("manage:messages", args=[shop.slug]))
    assert page.status == 200 and "Confirmed: Haircut" in page.text


def test_the_switch(world):
    owner = Visitor(world.client.user)
    page = page_of(world)
    assert "Customers get mail only." in page.text
    on = owner.submit(page, "Send SMS", sends_sms="on")
    world.shop.refresh_from_db()
    assert world.shop.sends_sms and "SMS is on." in on.text
    off = owner.submit(on, "Stop sending SMS", sends_sms="off")
    world.shop.refresh_from_db()
    assert not world.shop.sends_sms and "SMS is off." in off.text
    where = reverse("manage:messages_sms", args=[world.shop.slug])
    assert owner.get(where).status == 405
    assert Visitor(world.client.user, enforce_csrf_checks=True).post(where, {"sends_sms": "on"}).status == 403


def test_without_a_service_there_is_no_switch_and_no_text(world, settings):
    settings.SMS_BY = ""
    page = page_of(world)
    assert "This site has no SMS service" in page.text and not page.has_form("Send SMS")
    assert "SMS segment" not in page.text
    where = reverse("manage:messages_sms", args=[world.shop.slug])
    assert Visitor(world.client.user).post(where, {"sends_sms": "on"}).status == 404


def test_for_the_owner_only(world):
    world.mina.user, world.mina.is_manager = a_person("mina@example.com"), True
    world.mina.save()
    assert page_of(world, world.mina.user).status == 403
    assert page_of(world, world.customer.user).status == 404
    assert page_of(world, language="xx").status == 200
    settings_page = Visitor(world.client.user).get(reverse("manage:settings", args=[world.shop.slug]))
    assert settings_page.has_link(reverse("manage:messages", args=[world.shop.slug]))


@pytest.mark.parametrize("size", [1, 3])
def test_the_page_takes_the_same_queries_for_any_menu(world, size):
    for number in range(size - 1):
        a_service(world.shop, f"Number {number}", staff=[world.mina])
    where = reverse("manage:messages", args=[world.shop.slug])
    visitor = Visitor(world.client.user)
    with CaptureQueriesContext(connection) as sent:
        assert visitor.get(where).status == 200
    # Session, person, shop, standing, the person's shops, the client's person; the first service, the first person.
    assert len(sent.captured_queries) == 8
