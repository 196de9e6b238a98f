"""The queue may lose everything: what is to be sent stands in the outbox, and the sweep finds it."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import QuerySet
from django.utils import timezone
from huey import RedisHuey
from huey.contrib.djhuey import HUEY

from beautydrop.notifications import delivery
from beautydrop.notifications.models import OutboxMessage
from tests.factories import a_world
from tests.faults import trace
from tests.faults.checker import assert_delivered
from tests.faults.people import book
from tests.faults.sink import Sink
from tests.faults.site import KilledSite
from tests.jobs.processes import free_port, redis_database, until

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=["postgres", "redis"])
def site(request, sink: Sink, tmp_path: Path) -> Iterator[KilledSite]:
    """On each of the two queues. The Redis database is an empty one of the test's own; no other is touched."""
    with redis_database() if request.param == "redis" else nullcontext("") as redis_url, trace.tracing():
        if redis_url is None:
            pytest.skip("NOT TESTED: the queue in Redis loses everything. No Redis answers on 127.0.0.1:6379")
        made = KilledSite(tmp_path, sink, redis_url=redis_url)
        yield made
        made.close()


def test_what_the_queue_lost_is_sent_by_the_sweep(site: KilledSite):
    world = a_world()
    with site.queueing():
        bookings = [book(world, hour) for hour in range(10, 16)]
    assert site.queue.pending_count() == len(bookings)
    site.queue.storage.flush_all()
    assert site.queue.pending_count() == 0
    worker = site.worker()
    until(lambda: not _waiting().exists(), "everything is sent", worker)
    site.stop(worker)
    assert "Executing beautydrop.notifications.tasks.send_messages" not in worker.output()
    assert_delivered(site.sink, killed_threads=0, now=timezone.now())
    assert len(site.sink.of("clara@example.com")) == len(site.sink.of("owner@example.com")) == len(bookings)


def test_what_the_queue_loses_while_workers_are_at_it(site: KilledSite):
    """Emptied again and again; later a worker finds the rest."""
    world = a_world()
    site.sink.pauses = lambda: (0.1, 0)
    worker = site.worker()
    with site.queueing():
        for hour in range(10, 18):
            book(world, hour)
            if hour % 3 == 0:
                site.queue.storage.flush_all()
    site.kill_worker(worker)
    site.sink.pauses = lambda: (0, 0)
    site.queue.storage.flush_all()
    site.catch_up()
    assert_delivered(site.sink, killed_threads=site.killed_threads, now=timezone.now() + timedelta(minutes=45))


def test_a_queue_that_does_not_answer_fails_no_booking(monkeypatch, mailoutbox):
    """The booking stands, whoever booked is told so, and the sweep sends what the queue did not take."""
    away = RedisHuey("beautydrop", url=f"redis://127.0.0.1:{free_port()}/0")
    monkeypatch.setattr(HUEY, "_immediate", False)
    monkeypatch.setattr(HUEY, "storage", away.storage)
    booking = book(a_world())
    booking.refresh_from_db()
    assert booking.status == "confirmed"
    assert mailoutbox == []
    assert _waiting().exists()
    delivery.sweep(timezone.now())
    assert sorted(mail.to[0] for mail in mailoutbox) == ["clara@example.com", "owner@example.com"]


def _waiting() -> QuerySet[OutboxMessage]:
    return OutboxMessage.objects.filter(status="pending", due_at__lte=timezone.now())
