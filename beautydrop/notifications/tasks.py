"""Jobs of the outbox. They take keys only and may run twice: the rows decide."""

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, on_commit_task

from beautydrop.notifications import outbox


@on_commit_task()
def send_message(message_id: str) -> None:
    outbox.deliver(message_id, now=timezone.now())


@db_periodic_task(crontab(minute="*"))
def sweep_outbox() -> None:
    """Send what the queue lost, and what waits for its next attempt."""
    for message_id in outbox.due(timezone.now()):
        outbox.deliver(message_id, now=timezone.now())
