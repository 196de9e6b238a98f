"""SMS: who is texted, and how it goes to Twilio; a stand-in speaks for Twilio on loopback."""

import base64
from urllib.parse import parse_qs

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from beautydrop.bookings import actions
from beautydrop.bookings.models import Booking
from beautydrop.notifications import delivery, preferences, segments
from beautydrop.notifications.models import MailboxMessage, OutboxMessage, Suppression
from tests.factories import GUEST, NOW, a_booking, a_world, berlin, by_owner
from tests.notifications.settings_of import settings_with
from tests.notifications.standins import serve, twilio_error
from tests.pages import Visitor, mailed_link

pytestmark = pytest.mark.django_db

PHONE = "+493055501234"
TAKEN = (201, {"Content-Type": "application/json"}, b'{"sid": "SM1", "status": "queued"}')
SECRET = "a-secret-token-of-twilio"


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def twilio(settings, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serve(TAKEN) as standin:
        settings.SMS_BY = "twilio"
        settings.TWILIO_ACCOUNT_SID = "AC123"
        settings.TWILIO_AUTH_TOKEN = SECRET
        settings.TWILIO_FROM = "+493099999"
        settings.TWILIO_API_URL = standin.url
        yield standin


def texting_world():
    world = a_world()
    world.shop.sends_sms = True
    world.shop.save()
    return world


def a_texted_booking(world, day=3):
    """Clara asked for texts in her preferences."""
    preferences.save(user=world.customer.user, groups=[], sms_phone=PHONE, quiet_from=None, quiet_until=None, now=NOW)
    return a_booking(world, berlin(day, "10:15"))


def moved(world, booking, clock="12:00"):
    return actions.reschedule(
        booking_id=booking.pk, staff_id=None, start=berlin(3, clock), by=by_owner(world.client), now=NOW
    )


def texts():
    return OutboxMessage.objects.filter(channel="sms").order_by("created_at")


def deliver_all(now=NOW):
    delivery.deliver_many(delivery.due(now), now=now)


# --- To Twilio ------------------------------------------------------------------------------------


def test_a_move_is_texted_as_twilio_wants_it(twilio):
    world = texting_world()
    booking = a_texted_booking(world)
    moved(world, booking)
    deliver_all()
    (request,) = twilio.requests
    assert request.path == "/2010-04-01/Accounts/AC123/Messages.json"
    assert base64.b64decode(request.headers["Authorization"].removeprefix("Basic ")).decode() == f"AC123:{SECRET}"
    sent = parse_qs(request.body.decode())
    assert sent["To"] == [PHONE] and sent["From"] == ["+493099999"]
    (body,) = sent["Body"]
    assert body.startswith("Studio Nord: your appointment is now Thu 3 Dec 12:00. http://testserver/b/")
    assert segments.measure(body).count == 1
    assert texts().get().status == "sent"


def test_a_messaging_service_sends_in_place_of_a_number(twilio, settings):
    settings.TWILIO_FROM = "MG777"
    world = texting_world()
    moved(world, a_texted_booking(world))
    deliver_all()
    sent = parse_qs(twilio.requests[0].body.decode())
    assert sent["MessagingServiceSid"] == ["MG777"] and "From" not in sent


@pytest.mark.parametrize(("code", "reason"), [(21610, "stopped"), (21211, "bounced"), (21614, "bounced")])
def test_a_number_that_takes_nothing_is_left_alone_from_then_on(twilio, code, reason):
    twilio.usual = twilio_error(code)
    world = texting_world()
    booking = a_texted_booking(world)
    moved(world, booking)
    deliver_all()
    assert texts().get().status == "dead"
    row = Suppression.objects.get()
    assert (row.address, row.kind, row.reason) == (PHONE, "", reason)
    moved(world, booking, "14:00")
    deliver_all()
    assert len(twilio.requests) == 1
    assert texts().count() == 1


@pytest.mark.parametrize(
    "answer",
    [
        twilio_error(20429, 429),
        twilio_error(20003, 401),
        (500, {}, b"<html>"),
        (302, {"Location": "http://127.0.0.1:1/elsewhere"}, b""),
    ],
)
def test_other_troubles_are_tried_again_and_nothing_secret_is_logged(twilio, answer, caplog):
    twilio.usual = answer
    world = texting_world()
    moved(world, a_texted_booking(world))
    deliver_all()
    message = texts().get()
    assert (message.status, message.attempts, len(twilio.requests)) == ("pending", 1, 1)
    assert not Suppression.objects.exists()
    for told in (caplog.text, message.error):
        assert SECRET not in told and PHONE not in told and "QUMxMj" not in told
    twilio.usual = TAKEN
    delivery.deliver(message.pk, now=message.due_at)
    assert texts().get().status == "sent"


def test_a_service_that_is_away_is_tried_again(twilio, settings):
    settings.TWILIO_API_URL = "http://127.0.0.1:1"
    world = texting_world()
    moved(world, a_texted_booking(world))
    deliver_all()
    assert (texts().get().status, texts().get().attempts) == ("pending", 1)


# --- Who is texted --------------------------------------------------------------------------------


def test_a_guest_ticks_the_box_and_lands_in_the_demos_mailbox():
    world, visitor = texting_world(), Visitor()
    url = reverse("bookings:details", args=[world.shop.slug, world.manicure.slug])
    page = visitor.get(url, {"start": "2026-12-03T09:15Z"})
    form = page.form("Confirm booking")
    assert form.choices["wants_sms"] == ["on"] and "wants_sms" not in form.values
    typed = {"name": "Gita Guest", "email": "gita@example.com", "wants_sms": "on"}
    wrong = visitor.submit(page, "Confirm booking", follow=False, **typed)
    assert wrong.status == 422
    assert "Enter your phone number, or untick the text messages" in wrong.text
    assert wrong.form("Confirm booking").values["wants_sms"] == ["on"]
    visitor.submit(wrong, "Confirm booking", phone="030 55501234")
    booking = Booking.objects.get()
    assert booking.wants_sms and booking.contact_phone == PHONE
    visitor.submit(visitor.get(mailed_link("gita@example.com", "/confirm/")), "Confirm booking")
    moved(world, booking)
    deliver_all()
    mailbox = MailboxMessage.objects.get(channel="sms")
    assert mailbox.recipient == PHONE and "12:00" in mailbox.text


def test_a_guest_who_does_not_ask_is_not_texted():
    world = texting_world()
    booking = a_booking(world, berlin(3, "10:15"), is_guest=True)
    actions.confirm_by_link(booking_id=booking.pk, by=GUEST, now=NOW)
    moved(world, booking)
    deliver_all()
    assert not texts().exists()


@pytest.mark.parametrize("why", ["the salon does not", "nobody carries it"])
def test_where_sms_is_off_none_is_offered_or_written(why, settings):
    world = texting_world()
    if why == "the salon does not":
        world.shop.sends_sms = False
        world.shop.save()
    else:
        settings.SMS_BY = ""
    url = reverse("bookings:details", args=[world.shop.slug, world.manicure.slug])
    assert "Text me" not in Visitor().get(url, {"start": "2026-12-03T09:15Z"}).text
    moved(world, a_texted_booking(world))
    deliver_all()
    assert not texts().exists()


def test_what_was_ticked_is_kept_when_the_time_is_lost():
    world, visitor = texting_world(), Visitor()
    url = reverse("bookings:details", args=[world.shop.slug, world.manicure.slug])
    page = visitor.get(url, {"start": f"2026-12-03T09:15Z/{world.mina.pk}"})
    a_booking(world, berlin(3, "10:15"))
    typed = {"name": "Gita Guest", "email": "gita@example.com", "phone": PHONE, "wants_sms": "on"}
    lost = visitor.submit(page, "Confirm booking", follow=False, **typed)
    assert lost.status == 409 and "Text messages Yes" in lost.text
    visitor.submit(lost, "Confirm the new time", start=lost.form("Confirm the new time").choices["start"][0])
    assert Booking.objects.get(contact_name="Gita Guest").wants_sms


def test_no_number_no_text_even_when_ticked_by_hand():
    world = texting_world()
    booking = actions.book(
        service_id=world.manicure.pk,
        staff_id=world.mina.pk,
        start=berlin(3, "10:15"),
        contact=actions.Contact("Gita", "gita@example.com", wants_sms=True),
        by=GUEST,
        now=NOW,
    )
    assert not booking.wants_sms


# --- Settings -------------------------------------------------------------------------------------


def test_half_a_setting_refuses_to_start():
    for given in (["TWILIO_ACCOUNT_SID"], ["TWILIO_AUTH_TOKEN", "TWILIO_FROM"]):
        with pytest.raises(ImproperlyConfigured, match="TWILIO_"):
            settings_with(**dict.fromkeys(given, "something"))
    whole = settings_with(TWILIO_ACCOUNT_SID="AC1", TWILIO_AUTH_TOKEN="secret", TWILIO_FROM="+491")
    assert whole["SMS_BY"] == "twilio"
    assert settings_with()["SMS_BY"] == "mailbox"
    with pytest.raises(ImproperlyConfigured, match="TWILIO_API_URL"):
        settings_with(TWILIO_API_URL="http://api.example.com")
