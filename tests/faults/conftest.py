"""Faults are about whole processes: nothing here runs jobs in the process that queues them."""

from collections.abc import Iterator

import pytest

from tests.faults.sink import Sink


@pytest.fixture
def sink() -> Iterator[Sink]:
    made = Sink()
    made.up()
    yield made
    made.down()
