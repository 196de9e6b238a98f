"""A job of the tests, registered as an app's would be, and taken off again."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from huey import crontab

from beautydrop.jobs import registry
from beautydrop.jobs.registry import Job, job

Register = Callable[..., Job]


@pytest.fixture
def a_job() -> Iterator[Register]:
    """`a_job(work, minute="*", …)` registers `work` under the name tests.job and answers it."""
    made: list[Job] = []

    def register(
        work: Callable[[datetime], int],
        *,
        name: str = "tests.job",
        overdue_after: timedelta = timedelta(minutes=5),
        **schedule: str,
    ) -> Job:
        work.__module__ = f"tests.{name}"
        made.append(job(crontab(**schedule), name=name, overdue_after=overdue_after)(work))
        return made[-1]

    yield register
    for one in made:
        registry._jobs.pop(one.name)
        one._task.unregister()  # type: ignore[attr-defined]
