"""The outbox: what is written is sent once, later if need be, and never when it is no longer true."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from beautydrop.bookings import actions
from beautydrop.notifications import delivery, kinds, outbox, tasks
from beautydrop.notifications.kinds import Audience, Kind, Mail
from beautydrop.notifications.models import OutboxMessage
from tests.concurrency.racing import LIMIT_SECONDS, at_once
from tests.factories import GUEST, NOW, PASSWORD, a_booking, a_person, a_world, berlin, by_owner, to_customer

KIND = "test.note"


@pytest.fixture
def rendered(monkeypatch) -> list[str]:
    """Registers a kind of message; what was rendered of it, by recipient."""
    done: list[str] = []

    def render(message: OutboxMessage, _subject: object) -> Mail | None:
        done.append(message.recipient)
        return Mail(subject="A note", text="Text", html="<p>Text</p>") if message.payload["is_true"] else None

    monkeypatch.setitem(kinds._kinds, KIND, a_kind(render))
    return done


@pytest.fixture
def mail_is_down(settings) -> None:
    settings.MAILERS = {"default": {"BACKEND": "tests.notifications.servers.Unreachable"}}


def a_message(recipient: str = "clara@example.com", *, is_true: bool = True, **fields: object) -> OutboxMessage:
    values = {"kind": KIND, "subject_id": uuid.uuid4(), "due_at": NOW, **fields}
    return OutboxMessage.objects.create(recipient=recipient, payload={"is_true": is_true}, **values)


def a_kind(render: Callable[[OutboxMessage, object], Mail | None]) -> Kind:
    return Kind(KIND, "A note", Audience.ACCOUNT, mail=render, is_essential=True)


def post(subject_id: uuid.UUID, *, recipient: str = "clara@example.com", sequence: int = 0, kind: str = KIND) -> None:
    outbox.post(
        kind,
        subject_id=subject_id,
        recipient=recipient,
        language="en",
        now=NOW,
        sequence=sequence,
        payload={"is_true": True},
    )


def again(message: OutboxMessage) -> OutboxMessage:
    message.refresh_from_db()
    return message


# --- Sent once ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_due_message_is_sent_once(rendered, mailoutbox):
    message = a_message()
    assert delivery.deliver(message.pk, now=NOW) == "sent"
    assert delivery.deliver(message.pk, now=NOW + timedelta(days=1)) == ""
    (mail,) = mailoutbox
    assert (mail.to, mail.subject, mail.body) == (["clara@example.com"], "A note", "Text")
    assert mail.alternatives[0][0] == "<p>Text</p>"
    sent = again(message)
    assert (sent.status, sent.sent_at, sent.attempts, sent.claimed_until, sent.error) == ("sent", NOW, 1, None, "")


@pytest.mark.django_db
def test_not_before_it_is_due(rendered, mailoutbox):
    message = a_message(due_at=NOW + timedelta(seconds=1))
    assert delivery.deliver(message.pk, now=NOW) == ""
    assert (rendered, mailoutbox, again(message).attempts) == ([], [], 0)
    assert delivery.deliver(message.pk, now=NOW + timedelta(seconds=1)) == "sent"


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_one_mail(monkeypatch, mailoutbox):
    """The one that takes the message renders it only when the other has tried in vain."""
    other_is_done = threading.Event()
    rendered = []

    def render(message: OutboxMessage, _subject: object) -> Mail:
        rendered.append(message.pk)
        assert other_is_done.wait(LIMIT_SECONDS), "both took it, or neither gave up"
        return Mail(subject="A note", text="Text")

    monkeypatch.setitem(kinds._kinds, KIND, a_kind(render))
    message = a_message()

    def worker() -> str:
        status = delivery.deliver(message.pk, now=NOW)
        other_is_done.set()
        return status

    assert sorted(at_once([worker, worker]).values) == ["", "sent"]
    assert rendered == [message.pk]
    assert len(mailoutbox) == 1
    assert again(message).attempts == 1


@pytest.mark.django_db(transaction=True)
def test_many_sweeps_at_once_send_each_message_once(rendered, mailoutbox, time_machine):
    time_machine.move_to(NOW, tick=False)
    addresses = [f"person-{number}@example.com" for number in range(12)]
    for address in addresses:
        a_message(address)
    at_once([tasks.sweep_outbox.call_local] * 4)
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted(addresses)
    assert set(OutboxMessage.objects.values_list("status", "attempts")) == {("sent", 1)}


@pytest.mark.django_db(transaction=True)
def test_one_message_per_key_even_when_posted_at_once(monkeypatch):
    monkeypatch.setattr(tasks, "send_messages", lambda message_ids: None)
    subject = uuid.uuid4()
    at_once([partial(post, subject)] * 6)
    assert OutboxMessage.objects.count() == 1


@pytest.mark.django_db
def test_the_key_is_cause_kind_sequence_and_recipient(rendered):
    one, other = uuid.uuid4(), uuid.uuid4()
    keys = [
        {"subject_id": one},
        {"subject_id": other},
        {"subject_id": one, "sequence": 1},
        {"subject_id": one, "kind": "test.other"},
        {"subject_id": one, "recipient": "second@example.com"},
    ]
    for _again in range(2):
        for key in keys:
            post(**key)
    assert OutboxMessage.objects.count() == len(keys)
    with pytest.raises(IntegrityError, match="message_is_sent_once_per_cause"), transaction.atomic():
        a_message(subject_id=one)


# --- After the commit, not before, and not without it ---------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_sent_after_the_commit(rendered, mailoutbox, time_machine):
    time_machine.move_to(NOW, tick=False)
    with transaction.atomic():
        post(uuid.uuid4())
        assert mailoutbox == []
    assert len(mailoutbox) == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_of_what_was_rolled_back(rendered, mailoutbox):
    with pytest.raises(RuntimeError), transaction.atomic():
        post(uuid.uuid4())
        raise RuntimeError
    assert mailoutbox == []
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_booking_stands_when_the_mail_server_is_down(mail_is_down, time_machine):
    time_machine.move_to(NOW, tick=False)
    booking = a_booking(a_world(), berlin(3, "10:15"))
    booking.refresh_from_db()
    assert booking.status == "confirmed"
    message = to_customer().get()
    assert (message.status, message.attempts) == ("pending", 1)


@pytest.mark.django_db(transaction=True)
def test_made_up_data_writes_to_nobody(rendered, mailoutbox):
    with outbox.unsent():
        post(uuid.uuid4())
    assert mailoutbox == []
    assert OutboxMessage.objects.get().status == "stale"
    assert delivery.due(NOW) == []
    post(uuid.uuid4())
    assert OutboxMessage.objects.filter(status="pending").count() == 1


# --- Failures -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_failure_is_retried_later_and_later_and_then_given_up(rendered, mail_is_down, caplog):
    message = a_message()
    now, waits = NOW, []
    for attempt in range(1, delivery.MAX_ATTEMPTS):
        assert delivery.deliver(message.pk, now=now) == "pending"
        failed = again(message)
        assert (failed.attempts, failed.claimed_until, failed.sent_at) == (attempt, None, None)
        assert failed.error == "SMTPServerDisconnected: Connection unexpectedly closed"
        # Not a moment sooner.
        assert delivery.deliver(message.pk, now=failed.due_at - timedelta(seconds=1)) == ""
        assert delivery.due(failed.due_at - timedelta(seconds=1)) == []
        assert delivery.due(failed.due_at) == [message.pk]
        waits.append((failed.due_at - now).total_seconds())
        now = failed.due_at
    assert waits == [15, 60, 240, 960, 3840, 15360, 61440]  # about 23 hours in all
    assert delivery.deliver(message.pk, now=now) == "dead"
    dead = again(message)
    assert (dead.status, dead.attempts) == ("dead", 8)
    assert "SMTPServerDisconnected" in dead.error
    assert delivery.due(now + timedelta(days=30)) == []
    assert delivery.deliver(message.pk, now=now + timedelta(days=30)) == ""
    assert "clara@example.com" not in caplog.text  # addresses stay out of the log


@pytest.mark.django_db
def test_what_failed_is_sent_when_the_server_is_back(rendered, mail_is_down, settings, mailoutbox):
    message = a_message()
    delivery.deliver(message.pk, now=NOW)
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    assert delivery.deliver(message.pk, now=NOW + timedelta(minutes=1)) == "sent"
    assert (again(message).error, again(message).attempts, len(mailoutbox)) == ("", 2, 1)


@pytest.mark.django_db
def test_a_template_that_fails_or_a_kind_nobody_knows_loses_no_message(monkeypatch, mailoutbox):
    def render(message: OutboxMessage, _subject: object) -> Mail:
        raise ValueError("no such thing")

    monkeypatch.setitem(kinds._kinds, KIND, a_kind(render))
    for message, error in ((a_message(), "ValueError: no such thing"), (a_message(kind="test.gone"), "KeyError")):
        assert delivery.deliver(message.pk, now=NOW) == "pending"
        assert again(message).error.startswith(error)
    assert mailoutbox == []


@pytest.mark.django_db
def test_a_kind_that_nobody_knows_any_more_is_given_up_with_its_reason(mailoutbox):
    message = a_message(kind="test.gone", attempts=delivery.MAX_ATTEMPTS - 1)
    assert delivery.deliver(message.pk, now=NOW) == "dead"
    assert again(message).error.startswith("KeyError")


@pytest.mark.django_db
def test_a_dead_message_can_be_sent_again(rendered, mailoutbox, django_capture_on_commit_callbacks, time_machine):
    time_machine.move_to(NOW, tick=False)
    message = a_message(status="dead", attempts=8, error="gone")
    with django_capture_on_commit_callbacks(execute=True):
        outbox.post_again(message, now=NOW)
        assert mailoutbox == []
    assert len(mailoutbox) == 1
    assert (again(message).status, again(message).attempts, again(message).error) == ("sent", 1, "")


# --- The sweep ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_sweep_finds_what_the_queue_lost(rendered, mailoutbox, time_machine):
    lost = a_message("lost@example.com", due_at=NOW - timedelta(minutes=3))
    later = a_message("later@example.com", due_at=NOW + timedelta(minutes=3))
    a_message("dead@example.com", status="dead")
    a_message("stale@example.com", status="stale")
    a_message("sent@example.com", status="sent", sent_at=NOW)
    assert delivery.due(NOW) == [lost.pk]
    time_machine.move_to(NOW, tick=False)
    tasks.sweep_outbox.call_local()
    assert [mail.to for mail in mailoutbox] == [["lost@example.com"]]
    time_machine.move_to(NOW + timedelta(minutes=3), tick=False)
    tasks.sweep_outbox.call_local()
    assert [mail.to for mail in mailoutbox] == [["lost@example.com"], ["later@example.com"]]
    assert again(later).status == "sent"


@pytest.mark.django_db
def test_a_message_whose_worker_died_is_taken_over_when_its_claim_ran_out(monkeypatch, rendered, mailoutbox):
    message = a_message()

    def killed(message: OutboxMessage, _subject: object) -> Mail:
        raise KeyboardInterrupt  # what no `except Exception` sees: the process is gone

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setitem(kinds._kinds, KIND, a_kind(killed))
        delivery.deliver(message.pk, now=NOW)
    claimed_until = again(message).claimed_until
    assert NOW + timedelta(minutes=5) <= claimed_until < NOW + timedelta(minutes=5, seconds=5)
    just_before = claimed_until - timedelta(seconds=1)
    assert delivery.due(just_before) == []
    assert delivery.deliver(message.pk, now=just_before) == ""
    assert delivery.due(claimed_until) == [message.pk]
    assert delivery.deliver(message.pk, now=claimed_until) == "sent"
    assert len(mailoutbox) == 1


@pytest.mark.django_db
def test_the_sweep_takes_the_oldest_first_and_not_all_at_once(rendered):
    messages = [a_message(due_at=NOW - timedelta(minutes=number)) for number in range(4)]
    assert delivery.due(NOW, limit=3) == [message.pk for message in reversed(messages[1:])]


# --- True when sent -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_is_no_longer_true_is_dropped(rendered, mailoutbox):
    message = a_message(is_true=False)
    assert delivery.deliver(message.pk, now=NOW) == "stale"
    assert delivery.deliver(message.pk, now=NOW) == ""
    assert (rendered, mailoutbox, again(message).sent_at) == (["clara@example.com"], [], None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("what_happens", "kind"),
    [
        ("cancel", "booking.confirmed"),
        ("move", "booking.confirmed"),
        ("new address", "booking.please_confirm"),
        ("confirm", "booking.please_confirm"),
        ("hold runs out", "booking.please_confirm"),
        ("expire", "booking.please_confirm"),
    ],
)
def test_a_booking_that_changed_meanwhile(what_happens, kind, mailoutbox, time_machine):
    world = a_world()
    time_machine.move_to(NOW, tick=False)
    booking = a_booking(world, berlin(3, "10:15"), is_guest=kind == "booking.please_confirm")
    message = to_customer().get()
    assert message.kind == kind
    owner, late = by_owner(world.client), NOW + timedelta(minutes=30)
    match what_happens:
        case "cancel":
            actions.cancel(booking_id=booking.pk, by=owner, now=NOW)
        case "move":
            actions.reschedule(booking_id=booking.pk, staff_id=None, start=berlin(3, "12:00"), by=owner, now=NOW)
        case "new address":
            actions.change_address(booking_id=booking.pk, email="new@example.com", by=GUEST, now=NOW)
        case "confirm":
            actions.confirm_by_link(booking_id=booking.pk, by=GUEST, now=NOW)
        case "hold runs out":
            time_machine.move_to(late, tick=False)
        case "expire":
            actions.expire(booking_id=booking.pk, now=late)
    assert delivery.deliver(message.pk, now=NOW) == "stale"
    assert mailoutbox == []


@pytest.mark.django_db
def test_a_message_about_nothing_is_dropped(mailoutbox):
    message = a_message(kind="booking.confirmed")
    assert delivery.deliver(message.pk, now=NOW) == "stale"


@pytest.mark.django_db
def test_rendered_in_the_language_of_its_reader(monkeypatch):
    seen = []

    def render(message: OutboxMessage, _subject: object) -> None:
        seen.append(translation.get_language())

    monkeypatch.setitem(kinds._kinds, KIND, a_kind(render))
    with translation.override("fr"):
        delivery.deliver(a_message(language="de").pk, now=NOW)
        assert translation.get_language() == "fr"
    assert seen == ["de"]


@pytest.mark.django_db
def test_a_subject_is_one_line(monkeypatch, mailoutbox):
    """A line break in a name would otherwise add a header of the name-giver's choice, or stop the mail."""
    mail = Mail(subject="Confirmed:\r\nBcc: everyone@example.com\n  Gel", text="Text")
    monkeypatch.setitem(kinds._kinds, KIND, a_kind(lambda _message, _subject: mail))
    assert delivery.deliver(a_message().pk, now=NOW) == "sent"
    assert mailoutbox[0].subject == "Confirmed: Bcc: everyone@example.com Gel"
    assert mailoutbox[0].message()["Bcc"] is None


# --- Account mails --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_signing_up_writes_a_message_and_sends_it_after_the_commit(mailoutbox, django_capture_on_commit_callbacks):
    form = {"first_name": "Clara Neumann", "email": "Clara@Example.com", "password1": PASSWORD}
    with django_capture_on_commit_callbacks() as callbacks:
        response = Client().post(reverse("account_signup"), form, headers={"accept-language": "de"})
    assert response.status_code == 302
    assert mailoutbox == []
    message = OutboxMessage.objects.get()
    assert (message.kind, message.recipient, message.language, message.status) == (
        "account.mail",
        "clara@example.com",
        "de",
        "pending",
    )
    for callback in callbacks:
        callback()
    (mail,) = mailoutbox
    assert mail.to == ["clara@example.com"]
    assert "http://testserver/account/confirm-email/" in mail.body
    assert "http://testserver/account/confirm-email/" in mail.alternatives[0][0]


@pytest.mark.django_db
def test_a_lost_password_is_asked_for_and_the_mail_retried(mail_is_down, settings, mailoutbox, time_machine):
    time_machine.move_to(NOW, tick=False)
    a_person("clara@example.com")
    Client().post(reverse("account_reset_password"), {"email": "clara@example.com"})
    message = OutboxMessage.objects.get()
    assert delivery.deliver(message.pk, now=NOW) == "pending"
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    time_machine.move_to(NOW + timedelta(seconds=15), tick=False)
    tasks.sweep_outbox.call_local()
    assert "http://testserver/account/password/reset/key/" in mailoutbox[0].body


@pytest.mark.django_db
def test_the_same_account_mail_may_be_wanted_twice(mailoutbox):
    """Each asking is a cause of its own: nobody waits for a link that was sent yesterday."""
    a_person("clara@example.com")
    for _again in range(2):
        Client().post(reverse("account_reset_password"), {"email": "clara@example.com"})
    assert OutboxMessage.objects.filter(recipient="clara@example.com").count() == 2
