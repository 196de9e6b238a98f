"""A real worker whose clock runs `speed` times as fast: started by test_processes.py, for runs over many minutes.

Arguments: the real time at which the clock stood right, the speed, and the seconds by which it is ahead. The site's
code and Huey's run as they are; only what the system's clock says is changed, for this process.
"""

import os
import sys
import threading
import time
from pathlib import Path

import time_machine

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
base, speed, ahead = (float(argument) for argument in sys.argv[1:4])


def hurry(clock: time_machine.Traveller) -> None:
    while True:
        time_machine.escape_hatch.time.sleep(0.02)
        clock.move_to(hurried(), tick=True)


def hurried() -> float:
    return base + ahead + (time_machine.escape_hatch.time.time() - base) * speed


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "beautydrop.settings"
    clock = time_machine.travel(time.time(), tick=True).start()
    clock.move_to(hurried(), tick=True)
    assert abs(time.time() - hurried()) < speed
    threading.Thread(target=hurry, args=(clock,), daemon=True).start()

    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", "run_worker"])
