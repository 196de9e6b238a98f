"""Jobs of the plumbing."""

from django.conf import settings
from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from beautydrop.web import counting


@db_periodic_task(crontab(minute="17"))
def forget_old_counts() -> None:
    if not settings.REDIS_URL:  # which forgets by itself
        counting.forget_old(now=timezone.now())
