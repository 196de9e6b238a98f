"""Real workers and a real web server, stopped gently and killed: nothing is lost, and nothing is done twice."""

import json
import signal
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from beautydrop.bookings.models import Booking, BookingEvent
from beautydrop.jobs.models import JobRun
from beautydrop.jobs.tasks import run_now
from tests.factories import BERLIN, World, a_booking, a_world
from tests.jobs.processes import Site, free_port, procfile, redis_database, until

pytestmark = pytest.mark.django_db(transaction=True)
MINUTELY = {"bookings.expire_holds", "jobs.catch_up", "notifications.sweep_outbox"}
QUEUES = ["postgres", "redis"]


@pytest.fixture
def site(request, tmp_path: Path) -> Iterator[Site]:
    """A site on the queue that the test names; without a name, on PostgreSQL."""
    with redis_database() if getattr(request, "param", "") == "redis" else nullcontext("") as redis_url:
        if redis_url is None:
            pytest.skip("no Redis answers on this machine, or it has no empty database")
        made = Site(tmp_path, redis_url=redis_url)
        yield made
        made.close()


@pytest.fixture
def ticks() -> Iterator[None]:
    """Every claimed tick is noted by the database itself, so that none can hide behind the next one."""
    with connection.cursor() as cursor:
        cursor.execute("""
            CREATE TABLE noted (name text, tick timestamptz);
            CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN INSERT INTO noted VALUES (NEW.name, NEW.last_tick); RETURN NULL; END $$;
            CREATE TRIGGER note AFTER UPDATE OF last_tick ON jobs_jobrun FOR EACH ROW EXECUTE FUNCTION note();
        """)
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER note ON jobs_jobrun; DROP FUNCTION note(); DROP TABLE noted")


def noted(name: str) -> list[datetime]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tick FROM noted WHERE name = %s ORDER BY tick", [name])
        return [tick for (tick,) in cursor.fetchall()]


def row(name: str) -> JobRun:
    return JobRun.objects.get(pk=name)


def have_run(*names: str) -> bool:
    return JobRun.objects.filter(name__in=names, last_finished_at__isnull=False).count() == len(names)


def holds(world: World, count: int, *, made_at: datetime) -> list[Booking]:
    """Guests' bookings, made at that time and never confirmed."""
    day = (made_at + timedelta(days=4)).astimezone(BERLIN).date()
    if day.weekday() == 6:
        day += timedelta(days=1)
    bookings = []
    for number in range(count):
        member = (world.mina, world.ayla)[number % 2]
        start = datetime(day.year, day.month, day.day, 10 + number // 2, 0, tzinfo=BERLIN)
        bookings.append(a_booking(world, start, staff=member, now=made_at, is_guest=True))
    return bookings


def expiries() -> dict[object, int]:
    """Booking → how often it was closed."""
    found: dict[object, int] = {}
    for pk in BookingEvent.objects.filter(to_status="cancelled").values_list("booking_id", flat=True):
        found[pk] = found.get(pk, 0) + 1
    return found


# --- Asked to stop --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("site", "number"),
    [("postgres", signal.SIGTERM), ("postgres", signal.SIGINT), ("redis", signal.SIGTERM)],
    indirect=["site"],
)
def test_the_running_job_is_finished_and_the_rest_stays_queued(site, number):
    Session.objects.create(session_key="old", session_data="", expire_date=timezone.now() - timedelta(days=1))
    with site.queueing():
        run_now("jobs.clean_up")
    with site.holding("SELECT FROM django_session WHERE session_key = 'old' FOR UPDATE"):
        worker = site.worker(WORKER_THREADS="1")
        until(site.somebody_waits_for_a_lock, "the job waits for the row", worker)
        until(lambda: site.queue.pending_count() >= 3, "the scheduler has queued what is due", worker)
        worker.send(number)
        until(lambda: "Shutting down gracefully" in worker.output(), "it has understood", worker)
        with site.queueing():
            run_now("bookings.discard_old_lists")
        time.sleep(1.5)  # longer than a worker waits for work: it would have taken some by now
        assert worker.runs()
        assert site.queue.pending_count() >= 4
    assert worker.ended() == 0, worker.output()
    done = row("jobs.clean_up")
    # What other tests left in tables without a model (counts of requests, the cache) goes too.
    assert (done.runs, done.failures, done.error) == (1, 0, "") and done.processed >= 1
    assert not Session.objects.exists()
    assert site.queue.pending_count() >= 4
    assert set(JobRun.objects.filter(runs=0).values_list("name", flat=True)) >= MINUTELY

    # The next worker does what was left.
    worker = site.worker()
    until(lambda: have_run(*MINUTELY, "bookings.discard_old_lists"), "everything queued has run", worker)
    until(lambda: site.queue.pending_count() == 0, "nothing is left over", worker)
    worker.send(number)
    assert worker.ended() == 0, worker.output()
    assert row("jobs.clean_up").runs == 1


@pytest.mark.parametrize("site", QUEUES, indirect=True)
def test_a_worker_with_nothing_to_do_ends_at_once_and_takes_nothing_new(site):
    """Its threads are waiting for work when the signal comes, and what comes then wakes one of them."""
    worker = site.worker()
    until(lambda: have_run(*MINUTELY) and site.queue.pending_count() == 0, "all is done", worker)
    began = time.monotonic()
    worker.send(signal.SIGTERM)
    until(lambda: "Shutting down gracefully" in worker.output(), "it has understood")
    with site.queueing():
        run_now("bookings.discard_old_lists")
    assert worker.ended() == 0, worker.output()
    assert time.monotonic() - began < 5
    assert site.queue.pending_count() == 1
    assert row("bookings.discard_old_lists").runs == 0


def test_it_waits_no_longer_than_it_may(site):
    """A job that hangs: the worker ends within the bound, and the job's transaction is undone."""
    Session.objects.create(session_key="old", session_data="", expire_date=timezone.now() - timedelta(days=1))
    with site.queueing():
        run_now("jobs.clean_up")
    with site.holding("SELECT FROM django_session WHERE session_key = 'old' FOR UPDATE"):
        worker = site.worker(WORKER_THREADS="1", WORKER_STOP_SECONDS="2")
        until(site.somebody_waits_for_a_lock, "the job waits for the row", worker)
        began = time.monotonic()
        worker.send(signal.SIGTERM)
        assert worker.ended() == 0, worker.output()
        assert 1.5 < time.monotonic() - began < 10


def test_the_web_server_finishes_its_requests(site):
    port = free_port()
    bind = ["--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    answers: list[tuple[int, dict[str, object]]] = []

    def ask() -> None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=30) as answer:
                answers.append((answer.status, json.loads(answer.read())))
        except urllib.error.HTTPError as error:
            answers.append((error.code, json.loads(error.read())))

    web = site.start([*procfile("web"), *bind])
    until(lambda: "Listening at" in web.output(), "it listens", web)
    asking = threading.Thread(target=ask, daemon=True)
    with site.holding("LOCK TABLE jobs_jobrun IN ACCESS EXCLUSIVE MODE"):
        asking.start()
        until(site.somebody_waits_for_a_lock, "the request waits for the table", web)
        web.send(signal.SIGTERM)
        until(lambda: "Handling signal: term" in web.output(), "it has understood", web)
        time.sleep(0.5)
        assert web.runs() and not answers
    asking.join(30)
    assert answers == [(200, {"ready": True})], web.output()
    assert web.ended() == 0, web.output()


# --- Killed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("site", QUEUES, indirect=True)
def test_after_a_kill_the_next_one_catches_up_and_does_nothing_twice(site, ticks):
    now = timezone.now()
    bookings = holds(a_world(), 8, made_at=now - timedelta(minutes=45))
    locked = bookings[5].pk
    with site.holding("SELECT FROM bookings_booking WHERE id = %s FOR UPDATE", locked):
        worker = site.worker()
        until(site.somebody_waits_for_a_lock, "the job waits for the booking", worker)
        worker.send(signal.SIGKILL)
        assert worker.ended() == -signal.SIGKILL
        killed = row("bookings.expire_holds")
        assert killed.last_started_at is not None and killed.last_finished_at is None
        # Whoever was closed is closed whole: with its event, and its time free.
        before = expiries()
        assert locked not in before and set(before.values()) <= {1}
        closed = Booking.objects.filter(status="cancelled").values_list("pk", flat=True)
        assert set(closed) == set(before)

    # A minute later, the next worker. (Its clock says so, to save the minute.)
    worker = site.hurried_worker(time.time(), ahead=60)
    until(lambda: have_run("bookings.expire_holds"), "it ran again", worker)
    worker.send(signal.SIGTERM)
    assert worker.ended() == 0, worker.output()
    assert expiries() == {booking.pk: 1 for booking in bookings}
    caught_up = row("bookings.expire_holds")
    assert (caught_up.processed, caught_up.failures) == (8 - len(before), 0)
    assert len(noted("bookings.expire_holds")) == len(set(noted("bookings.expire_holds"))) == caught_up.runs >= 2


# --- Several at once ------------------------------------------------------------------------------


def test_three_workers_run_each_tick_once(site, ticks):
    workers = [site.worker() for _number in range(3)]
    for worker in workers:
        until(lambda worker=worker: worker.output().count("Enqueueing periodic task") >= 3, "it schedules", worker)
    until(lambda: have_run(*MINUTELY) and site.queue.pending_count() == 0, "everything queued has run", *workers)
    for worker in workers:
        worker.send(signal.SIGTERM)
    assert [worker.ended() for worker in workers] == [0, 0, 0]
    for name in MINUTELY:
        # Each of three schedulers queued it; the minute may have changed while they started.
        assert len(noted(name)) == len(set(noted(name))) == row(name).runs <= 2, name


@pytest.mark.parametrize("site", QUEUES, indirect=True)
def test_two_workers_over_many_minutes(site, ticks):
    """Twelve minutes at thirty times the speed, on two clocks that differ by ten seconds; guests' holds run out."""
    base = time.time()
    now = datetime.fromtimestamp(base, UTC)
    world = a_world()
    # One runs out every minute, from now on: a hold is for 30 minutes.
    bookings = holds(world, 12, made_at=now - timedelta(minutes=30))
    for number, booking in enumerate(bookings):
        Booking.objects.filter(pk=booking.pk).update(expires_at=now + number * timedelta(minutes=1))
    workers = [site.hurried_worker(base, speed=30, ahead=ahead) for ahead in (0, 10)]
    until(lambda: len(expiries()) == len(bookings), "every hold has run out", *workers)
    until(lambda: len(noted("bookings.expire_holds")) >= 10, "ten minutes have passed", *workers)
    for worker in workers:
        worker.send(signal.SIGTERM)
    assert [worker.ended() for worker in workers] == [0, 0], workers[0].output()
    assert expiries() == {booking.pk: 1 for booking in bookings}
    for name in MINUTELY:
        seen = noted(name)
        assert len(seen) == len(set(seen)) == row(name).runs, name
        assert row(name).failures == 0, row(name).error
    queued = sum(worker.output().count("beautydrop.bookings.tasks.expire_holds") for worker in workers)
    assert queued > 2 * len(noted("bookings.expire_holds"))  # both schedulers asked for it


def test_a_connection_that_is_gone_fails_one_row_and_not_the_batch(site):
    """Somebody ends the job's connection in the middle: the rest of the batch goes on with a new one."""
    from beautydrop.jobs.batches import SomeFailed, each

    def act(number: int) -> None:
        with connection.cursor() as cursor:
            if number == 1:
                cursor.execute("SELECT pg_backend_pid()")
                (pid,) = cursor.fetchone()
                with psycopg.connect(site.url, autocommit=True) as other:
                    other.execute("SELECT pg_terminate_backend(%s)", [pid])
            cursor.execute("SELECT 1")

    with pytest.raises(SomeFailed) as caught:
        each(range(4), act)
    assert (caught.value.done, caught.value.failed) == (3, 1)
