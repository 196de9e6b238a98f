"""Jobs of the outbox. They take keys only and may run twice: the rows decide."""

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, on_commit_task

from beautydrop.notifications import delivery


@on_commit_task()
def send_messages(message_ids: list[str]) -> None:
    delivery.deliver_many(message_ids, now=timezone.now())


@db_periodic_task(crontab(minute="*"))
def sweep_outbox() -> None:
    """Send what the queue lost, what waits for its next attempt, and what is due now."""
    delivery.deliver_many(delivery.due(timezone.now()), now=timezone.now())
