"""Jobs of the outbox. They take keys only and may run twice: the rows decide."""

from datetime import datetime, timedelta

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import on_commit_task

from beautydrop.jobs.registry import job
from beautydrop.notifications import delivery


@on_commit_task()
def send_messages(message_ids: list[str]) -> None:
    delivery.deliver_many(message_ids, now=timezone.now())


@job(crontab(minute="*"), name="notifications.sweep_outbox", overdue_after=timedelta(minutes=5))
def sweep_outbox(now: datetime) -> int:
    """Send what the queue lost, what waits for its next attempt, and what is due now."""
    statuses = delivery.deliver_many(delivery.due(now), now=now)
    return sum(status == "sent" for status in statuses.values())
