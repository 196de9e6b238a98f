"""Jobs of the outbox. They take keys only and may run twice: the rows decide."""

import logging
from datetime import datetime, timedelta
from functools import partial

import psycopg
import redis
from django.db import transaction
from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_task

from beautydrop.jobs.registry import job
from beautydrop.notifications import delivery

logger = logging.getLogger(__name__)


@db_task(name="send_messages")
def _send(message_ids: list[str]) -> None:
    delivery.deliver_many(message_ids, now=timezone.now())


def send_messages(message_ids: list[str]) -> None:
    """Have a worker send these after the commit. A queue that is away fails nobody's booking: the sweep sends them."""
    transaction.on_commit(partial(_queue, message_ids))


def _queue(message_ids: list[str]) -> None:
    try:
        _send(message_ids)
    except (psycopg.Error, redis.RedisError, OSError) as error:
        logger.warning("%s messages are left to the sweep: %s", len(message_ids), type(error).__name__)


@job(crontab(minute="*"), name="notifications.sweep_outbox", overdue_after=timedelta(minutes=5))
def sweep_outbox(now: datetime) -> int:
    """Send what the queue lost, what waits for its next attempt, and what is due now."""
    return delivery.sweep(now)
