"""Periodic jobs. An app writes one in its tasks.py:

    @job(crontab(minute="*"), name="bookings.expire_holds", overdue_after=timedelta(minutes=5))
    def expire_holds(now: datetime) -> int:
        \"\"\"Close pending bookings whose hold is over.\"\"\"

It takes the time and returns how many things it did. It must be safe to run twice or at once, work in small batches
with a bound (see batches.each) and leave the rest for the next time. Each due minute ("tick", in UTC) runs once,
however many workers there are; how it went is kept in its JobRun row.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from django.utils import timezone
from huey.contrib.djhuey import db_periodic_task

from beautydrop.jobs import actions
from beautydrop.jobs.batches import SomeFailed, let_go_of_a_lost_connection, log_error
from beautydrop.jobs.words import in_words

logger = logging.getLogger(__name__)

Work = Callable[[datetime], int]
# As huey.crontab makes it: is this minute (UTC) one of its?
Schedule = Callable[[datetime], bool]

_MINUTE = timedelta(minutes=1)
# A job is due at least this often.
_RAREST = timedelta(days=32)


@dataclass(frozen=True, slots=True)
class Job:
    """A registered job: when it is due, what it does, and for how long it may not have run through."""

    name: str
    schedule: Schedule
    overdue_after: timedelta
    work: Work
    _task: Callable[[], Any]

    @property
    def summary(self) -> str:
        """The first line of its docstring: what it does."""
        return (self.work.__doc__ or "").strip().split("\n")[0]

    def call_local(self, now: datetime | None = None) -> int:
        """Do the work here, at once and unrecorded."""
        return self.work(now or timezone.now())

    def latest_tick(self, now: datetime) -> datetime:
        """The minute at which it was due last: `now`'s own or one before."""
        minute = now.astimezone(UTC).replace(second=0, microsecond=0)
        earliest = minute - _RAREST
        while not self.schedule(minute):
            minute -= _MINUTE
            if minute < earliest:
                raise ValueError(f"{self.name} is due less often than every {_RAREST.days} days")
        return minute

    def queue_tick(self) -> None:
        """Have a worker run its latest tick, unless another does."""
        self._task()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run went: how many things were done, and words for what went wrong ("" when nothing)."""

    processed: int
    error: str


_jobs: dict[str, Job] = {}


def job(schedule: Schedule, *, name: str, overdue_after: timedelta) -> Callable[[Work], Job]:
    """Decorator: this function is a periodic job, named "app.what_it_does"; see the module's docstring."""

    def add(work: Work) -> Job:
        if name in _jobs:
            raise ValueError(f"There is a job named {name} already")

        @wraps(work)
        def tick() -> None:
            run_tick(_jobs[name], now=timezone.now())

        task = db_periodic_task(schedule, name=work.__name__)(tick)
        _jobs[name] = Job(name, schedule, overdue_after, work, task)
        return _jobs[name]

    return add


def every() -> list[Job]:
    """All jobs, by name."""
    return [_jobs[name] for name in sorted(_jobs)]


def find(name: str) -> Job | None:
    return _jobs.get(name)


def run_tick(job: Job, *, now: datetime) -> Outcome | None:
    """Run what is due, and record it; None when that tick was run already."""
    if not actions.claim(name=job.name, tick=job.latest_tick(now), now=now):
        return None
    return _run(job, now)


def run(job: Job, *, now: datetime) -> Outcome:
    """Run it now, due or not, and record it."""
    actions.begin(name=job.name, now=now)
    return _run(job, now)


def _run(job: Job, now: datetime) -> Outcome:
    began = time.monotonic()
    processed, error, ran_through = 0, "", True
    try:
        processed = job.work(now)
    except SomeFailed as some:
        # It ran through: rows that fail are shown, but don't make it overdue.
        processed, error = some.done, str(some)
        logger.error("job %s: %s", job.name, error)
    except Exception as problem:
        error, ran_through = in_words(problem), False
        log_error(f"job {job.name} failed", problem)
        let_go_of_a_lost_connection()
    duration = timedelta(seconds=time.monotonic() - began)
    actions.finish(
        name=job.name,
        now=now + duration,
        duration=duration,
        processed=processed,
        error=error,
        ran_through=ran_through,
    )
    if processed or error:
        logger.info("job %s did %s in %.3f s", job.name, processed, duration.total_seconds())
    return Outcome(processed, error)
