"""`manage.py run_worker`: take jobs from the queue until asked to stop, and then finish what was begun.

Huey's own command drops the running job on SIGTERM. Here SIGTERM and SIGINT both mean: take nothing new, finish what
is running (for WORKER_STOP_SECONDS at most), end with exit code 0. What was not begun stays queued. A second signal
doesn't wait. After kill -9 nothing is lost either: the rows say what is still to do.
"""

import logging
import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone
from huey.api import Task
from huey.consumer import Consumer
from huey.consumer_options import ConsumerConfig
from huey.contrib.djhuey import HUEY
from huey.exceptions import CancelExecution

from beautydrop.jobs import actions, registry


class Command(BaseCommand):
    help = "Run queued and periodic jobs. Several of these may run. SIGTERM ends it after the running jobs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--quiet", action="store_true", help="log warnings and errors only")

    def handle(self, *args: Any, quiet: bool, **options: Any) -> None:
        config = ConsumerConfig(**settings.HUEY["consumer"], verbose=False if quiet else None)
        config.validate()
        config.setup_logger(logging.getLogger("huey"))
        actions.make_known([job.name for job in registry.every()], now=timezone.now())
        consumer = _Worker(HUEY, **config.values)
        HUEY.pre_execute(name="leave_for_others")(consumer.leave_for_others)
        consumer.run()


class _Worker(Consumer):
    """Huey's consumer, for which Ctrl-C is as gentle as SIGTERM."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # Signal → (start again, finish what runs).
        self._signal_actions |= {signal.SIGTERM: (False, True), signal.SIGINT: (False, True)}

    def leave_for_others(self, task: Task) -> None:
        """A thread that was waiting for work may still get some for a second after the signal: it goes back."""
        if self.stop_flag.is_set():
            self.huey.enqueue(task)
            raise CancelExecution
