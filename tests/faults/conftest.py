"""Faults are about whole processes: nothing here runs jobs in the process that queues them."""

from collections.abc import Iterator

import pytest

# Their assertions say what they compared, as those of tests do.
pytest.register_assert_rewrite("tests.faults.people", "tests.faults.checker", "tests.faults.site")

from tests.faults.sink import Sink  # noqa: E402


@pytest.fixture
def sink() -> Iterator[Sink]:
    made = Sink()
    made.up()
    yield made
    made.down()
