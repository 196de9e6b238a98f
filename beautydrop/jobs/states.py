"""How a job stands, from its row. Asks nothing of the database."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from beautydrop.jobs.models import JobRun
from beautydrop.jobs.registry import Job


class State(models.TextChoices):
    ON_TIME = "on-time", _("On time")
    LATE = "late", _("Late")
    FAILED = "failed", _("Failed")
    NEVER = "never", _("Never ran")


def is_overdue(job: Job, row: JobRun | None, now: datetime) -> bool:
    """It has not run through for longer than it may. One that never did counts from when it became known."""
    if row is None:
        return False
    return now - (row.last_succeeded_at or row.created_at) > job.overdue_after


def state_of(job: Job, row: JobRun | None, now: datetime) -> State:
    """The one word for it. What failed is named so even when it is late too: that is where to look."""
    if row is None or row.last_started_at is None:
        return State.LATE if is_overdue(job, row, now) else State.NEVER
    if row.error:
        return State.FAILED
    return State.LATE if is_overdue(job, row, now) else State.ON_TIME
