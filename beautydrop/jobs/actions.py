"""The only writers of JobRun. Each is one short statement: a job's own work is never inside its transaction."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.db.models.functions import Greatest

from beautydrop.jobs.models import JobRun

# A run that has not finished by then is taken for dead, and its tick may be claimed once more.
ABANDONED_AFTER = timedelta(minutes=15)
# A tick further ahead than this was claimed by a clock that ran wrong.
_WRONG_CLOCK = timedelta(hours=1)


def make_known(names: Iterable[str], *, now: datetime) -> None:
    """A row for each job, so that one that never runs is noticed too. Rows that are there stay."""
    JobRun.objects.bulk_create([JobRun(name=name, created_at=now) for name in names], ignore_conflicts=True)


def claim(*, name: str, tick: datetime, now: datetime) -> bool:
    """Take the run of `name` that is due at `tick` (a whole minute); False when it was taken already.

    The condition is checked by the UPDATE itself, so of any number of workers exactly one gets it. A run that
    died blocks nothing: the next tick is later, and ABANDONED_AFTER frees its own.
    """
    unfinished = Q(last_finished_at=None) | Q(last_finished_at__lt=F("last_started_at"))
    due = Q(last_tick=None) | Q(last_tick__lt=tick) | Q(last_tick__gt=now + _WRONG_CLOCK)
    abandoned = unfinished & Q(last_tick=tick, last_started_at__lte=now - ABANDONED_AFTER)
    free = JobRun.objects.filter(due | abandoned, name=name)
    begun = {"last_tick": tick, "last_started_at": now, "runs": F("runs") + 1}
    if free.update(**begun):
        return True
    if JobRun.objects.filter(name=name).exists():
        return False
    make_known([name], now=now)
    return bool(free.update(**begun))


def begin(*, name: str, now: datetime) -> None:
    """A run that somebody asked for: it takes no tick."""
    make_known([name], now=now)
    JobRun.objects.filter(name=name).update(last_started_at=now, runs=F("runs") + 1)


def finish(*, name: str, now: datetime, duration: timedelta, processed: int, error: str, ran_through: bool) -> None:
    """Record how a run ended. `error` is "" or words without personal data; `ran_through`: it got to its end."""
    values: dict[str, object] = {
        # Never back: of two runs at once the one that began first may be recorded last, by another clock.
        "last_finished_at": Greatest("last_finished_at", now),
        "duration": duration,
        "processed": processed,
        "error": error,
    }
    if error:
        values["failures"] = F("failures") + 1
    if ran_through:
        values["last_succeeded_at"] = Greatest("last_succeeded_at", now)
    JobRun.objects.filter(name=name).update(**values)
