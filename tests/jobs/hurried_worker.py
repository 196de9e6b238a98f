"""A real worker whose clock runs `speed` times as fast: started by test_processes.py, for runs over many minutes.

Arguments: the real time at which the clock stood right, the speed, and the seconds by which it is ahead. The site's
code and Huey's run as they are; they are only told another time, and the scheduler looks so much more often.
"""

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
base, speed, ahead = (float(argument) for argument in sys.argv[1:4])


def hurried() -> datetime:
    return datetime.fromtimestamp(base + ahead + (time.time() - base) * speed, UTC)


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "beautydrop.settings"

    from django.core.management import execute_from_command_line
    from django.utils import timezone
    from huey.consumer import Scheduler
    from huey.contrib.djhuey import HUEY

    timezone.now = hurried
    HUEY._get_timestamp = lambda: hurried().replace(tzinfo=None)
    Scheduler.periodic_task_seconds = max(1, int(60 / speed))
    execute_from_command_line(["manage.py", "run_worker"])
