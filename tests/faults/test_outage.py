"""The mail server is away, busy or cuts off for hours: nothing is lost, and it goes in the order of being due.

Time is passed in: a sweep a minute, as the worker does it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.conf import settings as django_settings

from beautydrop.bookings import actions
from beautydrop.notifications import delivery, tasks
from beautydrop.notifications.channels.email import message_id
from beautydrop.notifications.models import OutboxMessage
from tests.factories import NOW, World, a_booking, a_world, berlin, by_owner
from tests.faults.sink import Answer, Sink

pytestmark = [pytest.mark.faults, pytest.mark.django_db]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(sink: Sink, settings, monkeypatch, time_machine) -> Iterator[World]:
    """Mail goes to the sink; what a worker would be told is left to the sweep."""
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {**_smtp_options(), "host": "127.0.0.1", "port": sink.port},
        }
    }
    monkeypatch.setattr(tasks, "send_messages", lambda message_ids: None)
    time_machine.move_to(NOW, tick=False)
    yield a_world()


def _smtp_options() -> dict[str, object]:
    """As the settings make them, without a password: the sink asks for none."""
    assert django_settings.MAILERS["default"]["BACKEND"].endswith(("locmem.EmailBackend", "MailboxBackend"))
    return {"username": "", "password": "", "use_tls": False, "timeout": 20}


def book_a_day(world: World, *, made_at: datetime) -> None:
    """Seven appointments, each booked a minute after the one before, with a mail to the client and one to the owner."""
    for number in range(7):
        a_booking(world, berlin(3, f"{10 + number}:00"), now=made_at + number * MINUTE)


def minutes(begin: datetime, count: int, time_machine) -> None:
    for number in range(count):
        moment = begin + number * MINUTE
        time_machine.move_to(moment, tick=False)
        delivery.sweep(moment)


@pytest.mark.parametrize("hours", [3, 30])
def test_away_for_hours(hours, world, sink, time_machine, caplog):
    """However long it is away, it is no message's fault: in the first minute that it is back, everything goes."""
    book_a_day(world, made_at=NOW)
    sink.down()
    minutes(NOW + 7 * MINUTE, 20, time_machine)
    for hour in range(1, hours + 1):
        minutes(NOW + hour * 60 * MINUTE, 1, time_machine)
    back = NOW + hours * 60 * MINUTE + 8 * MINUTE
    assert sink.taken() == []
    letters = OutboxMessage.objects.filter(channel="email").order_by("due_at", "created_at")
    assert set(letters.values_list("status", "attempts", "claimed_until")) == {("pending", 0, None)}
    due_at = {message_id(row): row.due_at for row in letters}
    assert len(due_at) == 14
    assert letters[0].error == "Unreachable: ConnectionRefusedError: [Errno 111] Connection refused"
    # One knock a sweep, and one line of log for it.
    lines = [record for record in caplog.records if "nobody answers for email" in record.message]
    assert len(lines) == 20 + hours

    sink.up()
    minutes(back, 1, time_machine)
    arrived = [due_at.pop(one.message_id) for one in sink.taken()]
    assert arrived == sorted(arrived)
    assert not due_at
    assert set(letters.values_list("status", "attempts", "error")) == {("sent", 1, "")}
    minutes(back + MINUTE, 5, time_machine)
    assert len(sink.taken()) == 14


def test_first_come_first_served_whatever_the_kind(world, sink, time_machine):
    """Confirmations, cancellations and the salon's news go in the order in which they were written."""
    sink.down()
    for number in range(4):
        booking = a_booking(world, berlin(3, f"{10 + 2 * number}:00"), now=NOW + 2 * number * MINUTE)
        actions.cancel(
            booking_id=booking.pk, by=by_owner(world.client), now=NOW + 2 * number * MINUTE + MINUTE, note="Ill"
        )
        a_booking(world, berlin(4, f"{10 + 2 * number}:00"), now=NOW + 2 * number * MINUTE + MINUTE)
    sink.up()
    minutes(NOW + 10 * MINUTE, 1, time_machine)
    letters = {message_id(row): row for row in OutboxMessage.objects.filter(channel="email", status="sent")}
    arrived = [letters.pop(one.message_id) for one in sink.taken()]
    assert not letters
    assert [row.due_at for row in arrived] == sorted(row.due_at for row in arrived)
    assert {row.kind for row in arrived[:8]} == {"booking.confirmed", "booking.cancelled"}
    # The four confirmations of what was cancelled meanwhile were dropped.
    assert OutboxMessage.objects.filter(kind="booking.confirmed", channel="email", status="stale").count() == 4


@pytest.mark.parametrize("answer", [Answer.BUSY, Answer.FULL, Answer.HANG_UP])
def test_there_and_no_use_for_an_hour(answer, world, sink, time_machine):
    """It answers, and takes nothing: each message is tried, later and later."""
    book_a_day(world, made_at=NOW)
    sink.answer = lambda recipient: answer
    minutes(NOW + 7 * MINUTE, 60, time_machine)
    letters = OutboxMessage.objects.filter(channel="email")
    assert set(letters.values_list("status", flat=True)) == {"pending"}
    assert set(letters.values_list("attempts", flat=True)) == {5}
    assert sink.taken() == []
    sink.answer = lambda recipient: Answer.TAKE
    minutes(NOW + 67 * MINUTE, 64, time_machine)
    assert set(letters.values_list("status", flat=True)) == {"sent"}
    assert len(sink.taken()) == 14


def test_taken_but_never_said_so_is_the_same_mail_again(world, sink, time_machine):
    book_a_day(world, made_at=NOW)
    answers = iter([Answer.VANISH] * 3)
    sink.answer = lambda recipient: next(answers, Answer.TAKE)
    minutes(NOW + 7 * MINUTE, 3, time_machine)
    taken = sink.taken()
    assert len(taken) == 17
    assert len({one.message_id for one in taken}) == 14


def test_one_address_that_the_server_never_answers_for_holds_up_nobody(world, sink, time_machine):
    book_a_day(world, made_at=NOW)
    sink.answer = lambda recipient: Answer.HANG_UP if recipient == "owner@example.com" else Answer.TAKE
    minutes(NOW + 7 * MINUTE, 2, time_machine)
    assert len(sink.of("clara@example.com")) == 7
    assert sink.of("owner@example.com") == []


def test_no_time_left_gives_back_what_was_not_begun(world, sink, time_machine):
    book_a_day(world, made_at=NOW)
    now = NOW + 7 * MINUTE
    time_machine.move_to(now, tick=False)
    assert delivery.sweep(now, seconds=0) == 0
    run = delivery._Run(now, now + 5 * MINUTE, stop_at=0)
    run.deliver(delivery.due(now))
    # The announcements became letters and lines of lists; none was begun, and none counts as tried.
    letters = OutboxMessage.objects.filter(channel__in=["email", "site"])
    assert (sink.taken(), run.left, letters.count()) == ([], 28, 28)
    assert set(letters.values_list("status", "attempts", "claimed_until")) == {("pending", 0, None)}
    assert delivery.sweep(now) == 28
    assert len(sink.taken()) == 14
