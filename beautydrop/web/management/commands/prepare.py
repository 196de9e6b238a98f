"""`manage.py prepare`: bring the database up to date — what every release and every demo start needs."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Migrate the database and make the tables of cache and job queue. Safe to run again."

    def handle(self, *args: Any, verbosity: int = 1, **options: Any) -> None:
        from huey.contrib.djhuey import HUEY

        call_command("migrate", interactive=False, verbosity=verbosity)
        # Both do nothing where Redis holds the cache and the queue.
        call_command("createcachetable", verbosity=verbosity)
        if hasattr(HUEY.storage, "initialize_schema"):
            HUEY.storage.initialize_schema()
