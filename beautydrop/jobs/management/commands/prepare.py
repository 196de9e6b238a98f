"""`manage.py prepare`: bring the database up to date — what every release and every demo start needs."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from beautydrop.jobs import actions, registry


class Command(BaseCommand):
    help = "Migrate the database, make the tables of cache and job queue, and name the jobs. Safe to run again."

    def handle(self, *args: Any, verbosity: int = 1, **options: Any) -> None:
        from huey.contrib.djhuey import HUEY

        call_command("migrate", interactive=False, verbosity=verbosity)
        # Both do nothing where Redis holds the cache and the queue.
        call_command("createcachetable", verbosity=verbosity)
        if hasattr(HUEY.storage, "initialize_schema"):
            HUEY.storage.initialize_schema()
        # From now on a job that never runs is noticed.
        actions.make_known([job.name for job in registry.every()], now=timezone.now())
