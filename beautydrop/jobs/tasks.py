"""The frame's own jobs: catching up what was missed, and deleting what is old."""

from datetime import datetime, timedelta

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import on_commit_task

from beautydrop.jobs import cleanup, registry
from beautydrop.jobs.actions import ABANDONED_AFTER
from beautydrop.jobs.batches import SomeFailed, each
from beautydrop.jobs.models import JobRun
from beautydrop.jobs.registry import Job, job

# What was due just now is on its way.
_ON_ITS_WAY = timedelta(minutes=2)


@on_commit_task()
def run_now(name: str) -> None:
    """Run one job because somebody asked for it. A name that is not known any more is passed over."""
    found = registry.find(name)
    if found:
        registry.run(found, now=timezone.now())


@job(crontab(minute="*"), name="jobs.catch_up", overdue_after=timedelta(minutes=5))
def catch_up(now: datetime) -> int:
    """Queue jobs that were due while no worker ran, or whose run died on the way."""
    rows = JobRun.objects.in_bulk()
    missed = [one for one in registry.every() if one.name in rows and _is_missed(one, rows[one.name], now)]
    for one in missed:
        one.queue_tick()
    return len(missed)


def _is_missed(one: Job, row: JobRun, now: datetime) -> bool:
    if one.name == catch_up.name:
        return False
    due = one.latest_tick(now - _ON_ITS_WAY)
    if row.last_tick is None or row.last_tick < due:
        return row.created_at <= due
    is_unfinished = row.last_started_at is not None and (
        row.last_finished_at is None or row.last_finished_at < row.last_started_at
    )
    is_abandoned = is_unfinished and row.last_started_at <= now - ABANDONED_AFTER  # type: ignore[operator]
    return row.last_tick == due and is_abandoned


@job(crontab(minute="23"), name="jobs.clean_up", overdue_after=timedelta(hours=3))
def clean_up(now: datetime) -> int:
    """Delete what nobody needs any more: sessions that ran out, messages sent long ago, and the like."""
    deleted: dict[str, int] = {}

    def clean(name: str) -> None:
        deleted[name] = cleanup.clean(name, now)

    try:
        each([part.name for part in cleanup.every()], clean)
    except SomeFailed as some:
        raise SomeFailed(sum(deleted.values()), some.failed, some.first) from some
    return sum(deleted.values())
