"""A due minute runs once; what went wrong is kept, without anybody's data; and nothing blocks the next one."""

import logging
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction
from huey.contrib.djhuey import HUEY

from beautydrop.bookings import tasks as bookings
from beautydrop.jobs import actions, registry
from beautydrop.jobs.actions import ABANDONED_AFTER
from beautydrop.jobs.batches import SomeFailed, each
from beautydrop.jobs.models import JobRun
from beautydrop.jobs.registry import run, run_tick
from beautydrop.jobs.words import in_words
from tests.concurrency.racing import at_once
from tests.factories import NOW

MINUTE = timedelta(minutes=1)


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-30T{clock}+00:00")


def row() -> JobRun:
    return JobRun.objects.get(pk="tests.job")


# --- When it is due -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schedule", "now", "tick"),
    [
        ({"minute": "*"}, "10:00:00", "10:00:00"),
        ({"minute": "*"}, "10:00:59.999999", "10:00:00"),
        ({"minute": "7"}, "10:07:00", "10:07:00"),
        ({"minute": "7"}, "10:06:59", "09:07:00"),
        ({"minute": "*/15"}, "10:44:10", "10:30:00"),
        ({"minute": "30", "hour": "3"}, "03:30:00", "03:30:00"),
        ({"minute": "30", "hour": "3"}, "23:59:59", "03:30:00"),
    ],
)
def test_the_latest_tick_is_the_last_due_minute(a_job, schedule, now, tick):
    assert a_job(lambda now: 0, **schedule).latest_tick(at(now)) == at(tick)


def test_ticks_are_minutes_in_utc(a_job):
    """02:30 happens twice in Berlin on 25 October 2026, and is two different ticks here."""
    job = a_job(lambda now: 0, minute="30")
    from tests.factories import BERLIN

    first = datetime(2026, 10, 25, 2, 40, tzinfo=BERLIN, fold=0)
    second = datetime(2026, 10, 25, 2, 40, tzinfo=BERLIN, fold=1)
    assert job.latest_tick(first) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert job.latest_tick(second) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_a_name_is_given_once(a_job):
    a_job(lambda now: 0)
    with pytest.raises(ValueError, match="tests.job already"):
        a_job(lambda now: 0)


def test_the_projects_jobs_say_what_they_do():
    names = [job.name for job in registry.every()]
    assert {"bookings.expire_holds", "bookings.complete_past", "notifications.sweep_outbox"} <= set(names)
    assert names == sorted(names)
    for job in registry.every():
        assert job.summary.endswith(".") and len(job.summary) <= 120, job.name


# --- Once -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_tick_runs_once_and_the_next_one_again(a_job):
    seen: list[datetime] = []
    job = a_job(lambda now: seen.append(now) or 3)
    assert run_tick(job, now=at("10:00:01")).processed == 3
    assert run_tick(job, now=at("10:00:02")) is None
    assert run_tick(job, now=at("10:00:59")) is None
    assert run_tick(job, now=at("10:01:00")).processed == 3
    assert seen == [at("10:00:01"), at("10:01:00")]
    kept = row()
    assert (kept.runs, kept.failures, kept.processed, kept.error) == (2, 0, 3, "")
    assert (kept.last_tick, kept.last_started_at) == (at("10:01:00"), at("10:01:00"))
    assert kept.last_finished_at == kept.last_succeeded_at == at("10:01:00") + kept.duration


@pytest.mark.django_db
def test_a_late_copy_of_a_daily_tick_is_not_a_tick_of_its_own(a_job):
    """Two schedulers queued it; one copy waited until the minute was over."""
    seen: list[datetime] = []
    job = a_job(lambda now: seen.append(now) or 0, minute="30", hour="3")
    run_tick(job, now=at("03:30:58"))
    assert run_tick(job, now=at("03:31:02")) is None
    assert run_tick(job, now=at("09:00:00")) is None
    assert len(seen) == 1


@pytest.mark.django_db
def test_a_worker_whose_clock_is_behind_does_not_go_back(a_job):
    job = a_job(lambda now: 0)
    run_tick(job, now=at("10:01:00"))
    assert run_tick(job, now=at("10:00:30")) is None
    assert row().last_tick == at("10:01:00")


@pytest.mark.django_db
def test_a_clock_that_ran_ahead_for_days_does_not_stop_the_job(a_job):
    job = a_job(lambda now: 0)
    run_tick(job, now=NOW + timedelta(days=400))
    assert run_tick(job, now=NOW) is not None
    assert row().last_tick == NOW


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_known", [True, False])
def test_many_workers_at_once_run_a_tick_once(a_job, is_known):
    seen: list[datetime] = []
    job = a_job(lambda now: seen.append(now) or 1)
    if is_known:
        actions.make_known([job.name], now=NOW)
    for minute in range(5):
        outcomes = at_once([partial(run_tick, job, now=NOW + minute * MINUTE)] * 6).values
        assert [outcome.processed for outcome in outcomes if outcome] == [1]
    assert len(seen) == row().runs == 5


@pytest.mark.django_db(transaction=True)
def test_without_the_condition_many_would_run_it(a_job, monkeypatch):
    """The control: the same race turns red when claiming doesn't look at the tick."""

    def careless(*, name: str, tick: datetime, now: datetime) -> bool:
        is_free = not JobRun.objects.filter(name=name, last_tick=tick).exists()
        everyone_looked.wait(10)
        JobRun.objects.filter(name=name).update(last_tick=tick, last_started_at=now, runs=row().runs + 1)
        return is_free

    import threading

    everyone_looked = threading.Barrier(4)
    seen: list[datetime] = []
    job = a_job(lambda now: seen.append(now) or 1)
    actions.make_known([job.name], now=NOW)
    monkeypatch.setattr(actions, "claim", careless)
    at_once([partial(run_tick, job, now=NOW)] * 4)
    assert len(seen) == 4


# --- A run that died ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_run_that_died_does_not_block_the_next_tick(a_job):
    job = a_job(lambda now: 1)
    assert actions.claim(name=job.name, tick=NOW, now=NOW)  # and then kill -9
    assert run_tick(job, now=NOW + 59 * timedelta(seconds=1)) is None
    assert run_tick(job, now=NOW + MINUTE).processed == 1


@pytest.mark.django_db
def test_its_own_tick_is_free_again_after_a_while(a_job):
    job = a_job(lambda now: 1, minute="0", hour="8")
    assert job.latest_tick(NOW) == NOW
    assert actions.claim(name=job.name, tick=NOW, now=NOW)  # and then kill -9
    assert run_tick(job, now=NOW + ABANDONED_AFTER - timedelta(seconds=1)) is None
    assert run_tick(job, now=NOW + ABANDONED_AFTER).processed == 1
    assert run_tick(job, now=NOW + 3 * ABANDONED_AFTER) is None


# --- What goes wrong ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_failure_is_kept_counted_and_logged_without_personal_data(a_job, caplog):
    def work(now: datetime) -> int:
        raise ValueError(message)

    message = "clara.neumann@example.com rang from +49 30 5550140\nClara Neumann"

    job = a_job(work)
    with caplog.at_level(logging.INFO):
        outcome = run_tick(job, now=NOW)
    assert outcome.error == "ValueError: (e-mail) rang from (number)"
    kept = row()
    assert (kept.error, kept.failures, kept.runs, kept.last_succeeded_at) == (outcome.error, 1, 1, None)
    assert kept.last_finished_at is not None
    assert "job tests.job failed: ValueError" in caplog.text
    assert "test_registry.py" in caplog.text  # where it happened
    for word in ("clara", "Clara", "5550140"):
        assert word not in caplog.text


@pytest.mark.django_db
def test_the_next_run_that_goes_well_clears_the_error(a_job):
    problems = [ValueError("once")]

    def work(now: datetime) -> int:
        if problems:
            raise problems.pop()
        return 2

    job = a_job(work)
    run_tick(job, now=NOW)
    run_tick(job, now=NOW + MINUTE)
    kept = row()
    assert (kept.error, kept.failures, kept.runs, kept.processed) == ("", 1, 2, 2)
    assert kept.last_succeeded_at == kept.last_finished_at


@pytest.mark.django_db(transaction=True)
def test_an_error_of_the_database_is_recorded_too(a_job):
    def work(now: datetime) -> int:
        with transaction.atomic():
            JobRun.objects.create(name="tests.other", created_at=now, failures=1)
        return 0

    run_tick(a_job(work), now=NOW)
    kept = row()
    assert kept.error.startswith("IntegrityError: ")
    assert "job_fails_at_most_as_often_as_it_runs" in kept.error
    assert "DETAIL" not in kept.error


@pytest.mark.django_db
def test_one_failing_row_does_not_stop_the_others(a_job):
    done: list[int] = []

    def act(key: int) -> bool:
        if key % 3 == 0:
            raise ValueError(f"row of anna{key}@example.com")
        done.append(key)
        return key != 4  # there was nothing to do

    job = a_job(lambda now: each(range(7), act))
    outcome = run_tick(job, now=NOW)
    assert done == [1, 2, 4, 5]
    assert outcome.processed == 3
    assert outcome.error == "3 failed. The first: ValueError: row of (e-mail)"
    kept = row()
    # It ran through to its end: one bad row is shown, and does not make the job overdue for ever.
    assert (kept.processed, kept.failures) == (3, 1)
    assert kept.last_succeeded_at == kept.last_finished_at


def test_others_that_were_quicker_are_no_failure():
    def act(key: int) -> None:
        if key == 1:
            raise KeyError

    assert each([0, 1, 2], act, passing=(KeyError,)) == 2
    with pytest.raises(SomeFailed):
        each([0, 1, 2], act)


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("", "ValueError"),
        ("what it is", "ValueError: what it is"),
        ("Key (email)=(clara@example.com) exists", "ValueError: Key (email)=((e-mail)) exists"),
        ("call 030 / 555 01 40 now", "ValueError: call (number) now"),
        ("https://site.example/b/SECRET-key/?x=1 is gone", "ValueError: (link) is gone"),
        ("first\nDETAIL: Clara", "ValueError: first"),
        ("x" * 900, f"ValueError: {'x' * 288}"),
        ("booking 0192f1c2-7d7e-7b8c-9a52-112233445566", "ValueError: booking 0192f1c2-7d7e-7b8c-9a52-112233445566"),
    ],
)
def test_words_of_an_error(message, kept):
    assert in_words(ValueError(message)) == kept


# --- Asked for, and by the queue ------------------------------------------------------------------


@pytest.mark.django_db
def test_a_run_that_is_asked_for_takes_no_tick(a_job):
    job = a_job(lambda now: 1)
    assert run(job, now=NOW).processed == 1
    assert run(job, now=NOW).processed == 1
    assert (row().runs, row().last_tick) == (2, None)
    assert run_tick(job, now=NOW).processed == 1


@pytest.mark.django_db
def test_what_the_scheduler_queues_is_the_tick(a_job, time_machine):
    """By Huey's own lists: which of the jobs are due in this minute, and what running one does."""
    time_machine.move_to(NOW, tick=False)
    seen: list[datetime] = []
    a_job(lambda now: seen.append(now) or 1, minute="0")
    names = {task.name for task in HUEY.read_periodic(NOW.replace(tzinfo=None))}
    assert {"expire_holds", "sweep_outbox"} <= names and "complete_past" not in names
    (task,) = [task for task in HUEY.read_periodic(NOW.replace(tzinfo=None)) if "tests.job" in repr(type(task))]
    for _copy in range(3):
        HUEY.enqueue(task)
    assert seen == [NOW]


@pytest.mark.django_db
def test_a_bookings_job_is_recorded_with_its_count(time_machine):
    from tests.factories import a_booking, a_world, berlin

    a_booking(a_world(), berlin(3, "10:15"), is_guest=True)
    assert run_tick(bookings.expire_holds, now=NOW + timedelta(minutes=29)).processed == 0
    assert run_tick(bookings.expire_holds, now=NOW + timedelta(minutes=31)).processed == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("job_that_ran_says_when", {"runs": 1}),
        ("job_that_ran_says_when", {"last_started_at": NOW}),
        ("job_fails_at_most_as_often_as_it_runs", {"failures": 1}),
        ("job_that_finished_says_how_long_it_took", {"last_finished_at": NOW}),
        (
            "job_runs_through_when_it_finishes",
            {"last_finished_at": NOW, "duration": MINUTE, "last_succeeded_at": NOW + MINUTE},
        ),
    ],
)
def test_the_database_refuses_records_that_can_not_be(rule, values):
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        JobRun.objects.create(name="tests.job", created_at=NOW, **values)
