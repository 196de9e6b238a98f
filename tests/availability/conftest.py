"""The profile of the laws: reproducible, and without a deadline because the oracle is slow on purpose."""

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


# The engine knows no Django, and its tests also run without (`-p no:django`): what ../conftest.py sets up
# for every other test stays out.


@pytest.fixture(scope="session")
def _quick_passwords() -> None:
    pass


@pytest.fixture
def _jobs_run_at_once() -> None:
    pass
