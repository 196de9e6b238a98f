"""The frame's own jobs: what was missed is caught up, and what is old goes, in bounded batches."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache

from beautydrop.jobs import actions, cleanup, tasks
from beautydrop.jobs.actions import ABANDONED_AFTER
from beautydrop.jobs.models import CacheRow, JobRun
from beautydrop.jobs.registry import run_tick
from beautydrop.marketplace.models import ContactMessage
from beautydrop.notifications.models import MailboxMessage, Notification, OutboxMessage
from beautydrop.shops import invitations
from beautydrop.shops.models import StaffInvitation
from tests.factories import NOW, a_person, a_world

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


# --- Catching up ----------------------------------------------------------------------------------


@pytest.fixture
def nightly(a_job, time_machine):
    """Due at 08:00 each day, that is at NOW; known since yesterday noon. `.seen` is when it ran."""
    seen = []
    job = a_job(lambda now: seen.append(now) or 1, minute="0", hour="8")
    actions.make_known([job.name], now=NOW - timedelta(hours=20))

    def caught_up(at) -> list:
        time_machine.move_to(at, tick=False)
        tasks.catch_up.call_local()
        return list(seen)

    return job, caught_up


def test_a_tick_that_no_worker_saw_is_run_later_and_once(nightly):
    job, caught_up = nightly
    assert caught_up(NOW - timedelta(minutes=1)) == []  # yesterday's was before it was known
    assert caught_up(NOW + timedelta(minutes=1)) == []  # on its way
    late = NOW + timedelta(hours=5)
    assert caught_up(late) == [late]
    assert caught_up(late + timedelta(minutes=1)) == [late]
    assert run_tick(job, now=late) is None


def test_what_ran_is_left_alone(nightly):
    job, caught_up = nightly
    run_tick(job, now=NOW)
    assert caught_up(NOW + timedelta(hours=5)) == [NOW]


def test_a_run_that_died_is_run_again(nightly):
    job, caught_up = nightly
    actions.claim(name=job.name, tick=NOW, now=NOW)  # and then kill -9
    assert caught_up(NOW + ABANDONED_AFTER - timedelta(seconds=1)) == []
    assert caught_up(NOW + ABANDONED_AFTER) == [NOW + ABANDONED_AFTER]
    assert len(caught_up(NOW + 3 * ABANDONED_AFTER)) == 1


def test_catching_up_asks_once_for_all_jobs(nightly, django_assert_num_queries, time_machine):
    job, _caught_up = nightly
    run_tick(job, now=NOW)
    time_machine.move_to(NOW + timedelta(minutes=1), tick=False)
    with django_assert_num_queries(1):
        assert tasks.catch_up.call_local() == 0


# --- Cleaning up ----------------------------------------------------------------------------------


def test_sessions_go_when_they_have_run_out():
    Session.objects.create(session_key="old", session_data="", expire_date=NOW - timedelta(seconds=1))
    Session.objects.create(session_key="new", session_data="", expire_date=NOW + timedelta(seconds=1))
    assert cleanup.clean("sessions", NOW) == 1
    assert list(Session.objects.values_list("pk", flat=True)) == ["new"]


def test_cached_values_go_when_they_have_run_out(time_machine):
    time_machine.move_to(NOW, tick=False)
    cache.set("short", 1, 60)
    cache.set("long", 1, 6000)
    assert cleanup.clean("cache", NOW + timedelta(minutes=2)) == 1
    assert [row.cache_key for row in CacheRow.objects.all()] == [":1:long"]
    assert cache.get("long") == 1


def test_redis_cleans_itself(settings):
    CacheRow.objects.create(cache_key="left from before", value="", expires=NOW - DAY)
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://x"}}
    assert cleanup.clean("cache", NOW) == 0


def test_messages_go_90_days_after_they_were_done_with():
    ages = {"sent": 91, "stale": 91, "blocked": 91, "dead": 91, "pending": 400}
    for status, days in ages.items():
        sent_at = NOW - days * DAY if status == "sent" else None
        row = OutboxMessage.objects.create(
            kind="test.note", subject_id=uuid.uuid4(), recipient=f"{status}@example.com", status=status,
            due_at=NOW - days * DAY, sent_at=sent_at,
        )  # fmt: skip
        OutboxMessage.objects.filter(pk=row.pk).update(created_at=NOW - days * DAY)
    young = OutboxMessage.objects.create(
        kind="test.note", subject_id=uuid.uuid4(), recipient="young@example.com", status="sent", due_at=NOW, sent_at=NOW
    )
    OutboxMessage.objects.filter(pk=young.pk).update(created_at=NOW - 89 * DAY)
    assert cleanup.clean("notifications.messages", NOW) == 4
    kept = OutboxMessage.objects.values_list("recipient", flat=True)
    assert sorted(kept) == ["pending@example.com", "young@example.com"]


def test_the_mailbox_the_list_and_the_contact_page_forget():
    reader = a_person("reader@example.com")
    for days in (29, 31):
        mail = MailboxMessage.objects.create(recipient="a@example.com", subject=str(days), text="")
        MailboxMessage.objects.filter(pk=mail.pk).update(received_at=NOW - days * DAY)
    for days in (364, 366):
        Notification.objects.create(
            user=reader, message_id=uuid.uuid4(), kind="test.note", title=str(days), path="/", at=NOW - days * DAY
        )
        message = ContactMessage.objects.create(name="Nora", email="n@example.com", message=str(days))
        ContactMessage.objects.filter(pk=message.pk).update(created_at=NOW - days * DAY)
    assert cleanup.clean("notifications.mailbox", NOW) == 1
    assert cleanup.clean("marketplace.contact_messages", NOW) == 1
    assert cleanup.clean("notifications.list", NOW) == 1
    assert Notification.objects.get().title == "364"
    assert MailboxMessage.objects.get().subject == "29"
    assert ContactMessage.objects.get().message == "364"


def test_invitations_go_90_days_after_they_ran_out():
    world = a_world()
    invite = {"email": "mina@example.com", "level": "staff", "by": world.client.user}
    invitations.invite(staff_member=world.mina, now=NOW - 98 * DAY, **invite)
    assert cleanup.clean("shops.invitations", NOW - DAY) == 0
    kept = invitations.invite(staff_member=world.ayla, now=NOW - 96 * DAY, **invite)
    assert cleanup.clean("shops.invitations", NOW) == 1
    assert StaffInvitation.objects.get() == kept


def test_a_run_is_bounded_and_the_next_goes_on(monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(cleanup, "AT_ONCE", 3)
    monkeypatch.setattr(cleanup, "MOST_ROUNDS", 2)
    for number in range(8):
        Session.objects.create(session_key=str(number), session_data="", expire_date=NOW - DAY)
    with django_assert_max_num_queries(4):
        assert cleanup.clean("sessions", NOW) == 6
    assert cleanup.clean("sessions", NOW) == 2
    assert cleanup.clean("sessions", NOW) == 0


def test_one_part_that_fails_does_not_stop_the_others(monkeypatch):
    def broken(before, limit):
        raise ValueError("clara@example.com")

    monkeypatch.setitem(
        cleanup._parts, "accounts.confirmations", cleanup.Part("accounts.confirmations", timedelta(0), broken)
    )
    Session.objects.create(session_key="old", session_data="", expire_date=NOW - DAY)
    outcome = run_tick(tasks.clean_up, now=NOW)
    assert outcome.processed == 1
    assert outcome.error == "1 failed. The first: ValueError: (e-mail)"
    assert JobRun.objects.get().failures == 1


def test_every_part_is_in_the_rules():
    """docs/rules.md names each part with how long its rows are kept."""
    from pathlib import Path

    rules = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
    for part in cleanup.every():
        days = part.kept.days
        assert f"`{part.name}`" in rules, part.name
        row = next(line for line in rules.splitlines() if f"`{part.name}`" in line)
        assert (f"{days} days" if days else "at once") in row, row
