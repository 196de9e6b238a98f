"""Jobs that start at the same moment, each on a database connection of its own."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from beautydrop.bookings.errors import BookingError

# Far more than any race takes: a job that hangs fails its test instead of stopping the suite.
LIMIT_SECONDS = 90


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one job returned or raised."""

    value: Any = None
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of all jobs, in their order. Anything but success and BookingError fails at once."""

    outcomes: Sequence[Outcome]

    @property
    def values(self) -> list[Any]:
        """What the jobs that succeeded returned."""
        return [one.value for one in self.outcomes if one.error is None]

    @property
    def refusals(self) -> list[BookingError]:
        """What the jobs that were refused raised."""
        return [one.error for one in self.outcomes if isinstance(one.error, BookingError)]


def at_once(jobs: Sequence[Callable[[], Any]]) -> Result:
    """Run the jobs in threads that connect first and then leave one barrier together.

    Raises the first exception that is no BookingError: nothing else may reach a caller of an action.
    """
    outcomes: list[Outcome | None] = [None] * len(jobs)
    barrier = threading.Barrier(len(jobs))

    def run(position: int) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(LIMIT_SECONDS)
            outcomes[position] = Outcome(jobs[position]())
        except Exception as error:
            outcomes[position] = Outcome(error=error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,), daemon=True) for n in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT_SECONDS)
    done = [one for one in outcomes if one is not None]
    assert len(done) == len(jobs), f"{len(jobs) - len(done)} of {len(jobs)} jobs hang"
    for one in done:
        if one.error is not None and not isinstance(one.error, BookingError):
            raise one.error
    return Result(done)
