"""`manage.py run_job NAME`: run one periodic job here, now."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from beautydrop.jobs import registry


class Command(BaseCommand):
    help = "Run one periodic job now, in this process, and record it as any run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="as `manage.py jobs` lists it")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        job = registry.find(name)
        if job is None:
            known = "\n  ".join(job.name for job in registry.every())
            raise CommandError(f"No job is named {name}. Choose one of:\n  {known}")
        outcome = registry.run(job, now=timezone.now())
        if outcome.error:
            raise CommandError(f"{name} failed (done before: {outcome.processed}): {outcome.error}")
        self.stdout.write(f"{name}: {outcome.processed} done")
