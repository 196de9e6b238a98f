"""Web servers and workers are killed at random moments, over hundreds of bookings, moves and cancellations."""

import os
import random
import threading
import time
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from beautydrop.bookings.models import BookingEvent
from beautydrop.notifications.models import OutboxMessage
from tests.concurrency.legal import assert_legal
from tests.factories import a_world
from tests.faults import trace
from tests.faults.checker import assert_delivered
from tests.faults.people import Crowd, assert_stored
from tests.faults.sink import Answer, Sink
from tests.faults.site import AHEAD, KilledSite, Killer

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
GUESTS = int(os.environ.get("FAULTS_GUESTS", "120"))
SEED = int(os.environ.get("FAULTS_SEED") or random.randrange(10**6))


def a_moody_server(sink: Sink, seed: int) -> None:
    """One mail in ten meets a fault, and each takes its time."""
    chance, lock = random.Random(seed), threading.Lock()
    faults = [Answer.BUSY, Answer.FULL, Answer.HANG_UP, Answer.VANISH]

    def answer(recipient: str) -> Answer:
        with lock:
            return chance.choice(faults) if chance.random() < 0.1 else Answer.TAKE

    def pauses() -> tuple[float, float]:
        with lock:
            return chance.uniform(0, 0.03), chance.uniform(0, 0.06)

    sink.answer, sink.pauses = answer, pauses


def test_killed_at_random(sink: Sink, tmp_path: Path):
    print(f"FAULTS_SEED={SEED} FAULTS_GUESTS={GUESTS}")
    began = time.monotonic()
    world = a_world()
    a_moody_server(sink, SEED)
    with trace.tracing():
        site = KilledSite(tmp_path, sink)
        try:
            crowd = Crowd(world, sink, site.port, SEED, GUESTS)
            killer = Killer(site, seed=SEED, web_work=lambda: crowd.answers)
            killer.start()
            crowd.run()
            killer.stop()
            driven = time.monotonic() - began
            sink.answer, sink.pauses = lambda recipient: Answer.TAKE, lambda: (0, 0)
            site.catch_up()
        finally:
            site.close()
        print(
            f"{crowd.answers} answers, {crowd.retries} tried again, {crowd.refusals} refused, "
            f"{crowd.by_mail} confirmed by mail; killed {site.kills}; {len(sink.taken())} mails; "
            f"{BookingEvent.objects.count()} changes; {driven:.0f} s and {time.monotonic() - began - driven:.0f} s"
        )
        assert crowd.faults == []
        assert all(count > 0 for count in site.kills.values()), site.kills
        assert_stored(crowd.told)
        assert_legal()
        assert_delivered(sink, killed_threads=site.killed_threads, now=timezone.now() + AHEAD)
        again = len(sink.taken()) - len({one.message_id for one in sink.taken()})
        dropped = OutboxMessage.objects.filter(status="stale", channel="email").count()
        print(f"{again} came again with the same Message-ID; {dropped} were dropped as overtaken")
    connection.close()
