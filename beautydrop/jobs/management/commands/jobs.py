"""`manage.py jobs`: how the periodic jobs stand."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from beautydrop.jobs import registry
from beautydrop.jobs.models import JobRun
from beautydrop.jobs.states import State, state_of


class Command(BaseCommand):
    help = "Print each periodic job: how it stands, when it ran last, how much it did, and its error. Times are UTC."

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        rows = JobRun.objects.in_bulk()
        jobs = registry.every()
        width = max(len(job.name) for job in jobs)
        states = max(len(state.label) for state in State)
        self.stdout.write(f"{'job':<{width}}  {'state':<{states}}  {'last run':<16}  {'took':>8}  {'done':>6}  error")
        for job in jobs:
            row = rows.get(job.name)
            state = state_of(job, row, now)
            # Padded before it is coloured: colours have a length of their own.
            word = self._style(state)(f"{state.label:<{states}}")
            took = f"{row.duration.total_seconds():.2f} s" if row and row.duration is not None else "–"
            line = (
                f"{job.name:<{width}}  {word}  {_shown(row.last_finished_at if row else None):<16}  {took:>8}  "
                f"{row.processed if row else 0:>6}  {row.error if row else ''}"
            )
            self.stdout.write(line.rstrip())

    def _style(self, state: State) -> Any:
        return {
            State.ON_TIME: self.style.SUCCESS,
            State.LATE: self.style.WARNING,
            State.FAILED: self.style.ERROR,
            State.NEVER: self.style.NOTICE,
        }[state]


def _shown(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "–"
