"""What every test stands on: the environment that the settings read, jobs that run at once, quick passwords.

The product never asks whether it is being tested; only values of its documented settings differ here.
"""

import contextlib
import os
from collections.abc import Iterator
from typing import Any

import django
import psutil
import pytest

# A developer's .env never reaches the tests: what it might hold is set here first. DATABASE_URL alone is
# taken as found (unset: the project's own server), so that the suite can run on any PostgreSQL.
os.environ.update(
    {
        "DJANGO_SETTINGS_MODULE": "beautydrop.settings",
        "DEBUG": "false",
        "SECRET_KEY": "a-key-for-the-tests-only-it-is-long-enough-to-be-accepted-0123456789",
        "SECRET_KEY_FALLBACKS": "",
        "ADMIN_REQUIRES_TWO_FACTOR": "false",
        "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        "SITE_URL": "http://testserver",
        "ALLOW_PLAIN_HTTP": "true",
        "ALLOW_CLERK_USER_ID_HEADER": "false",
        "TRUSTED_PROXIES": "",
        # They have tests of their own (tests/web/test_limits.py), and would answer for what others test.
        "RATE_LIMITS_ENABLED": "false",
        "HASHED_STATIC": "false",
        "DATABASE_CONN_MAX_AGE": "0",
        "REDIS_URL": "",
        "WORKER_THREADS": "2",
        "WORKER_STOP_SECONDS": "25",
        "EMAIL_HOST": "",
        "DEFAULT_FROM_EMAIL": "BeautyDrop <bookings@beautydrop.example>",
        "CLERK_SECRET_KEY": "",
        "CLERK_PUBLISHABLE_KEY": "",
        "CLERK_WEBHOOK_SECRET": "",
        "CLERK_API_URL": "",
        "CLERK_AUTHORIZED_PARTIES": "",
        "CONTACT_EMAIL": "hello@beautydrop.example",
        "GUEST_HOLD_MINUTES": "30",
        "APPROVAL_HOLD_HOURS": "24",
        "LOG_LEVEL": "WARNING",
    }
)
# Names this run in the names of its databases; pytest-xdist's processes inherit it.
RUN = os.environ.setdefault("TEST_RUN", str(os.getpid()))

# pytest-django sets Django up only when it finds the settings' name before it reads this file.
django.setup()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_keepdb: bool, django_db_blocker: Any
) -> None:
    """Give each run databases of its own, so that two at once don't meet. With --reuse-db the name stays."""
    from django.conf import settings

    if django_db_keepdb:
        return
    database = settings.DATABASES["default"]
    name = database["TEST"]["NAME"] or f"test_{database['NAME']}"
    database["TEST"]["NAME"] = f"{name}_run{RUN}"
    with django_db_blocker.unblock():
        _drop_what_killed_runs_left()


def _drop_what_killed_runs_left() -> None:
    from django.db import DatabaseError, connection

    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname ~ '^test_.*_run[0-9]+$'")
        for (name,) in cursor.fetchall():
            if not psutil.pid_exists(int(name.rpartition("_run")[2])):
                # Without FORCE: a database that somebody uses stays.
                with contextlib.suppress(DatabaseError):
                    cursor.execute(f'DROP DATABASE "{name}"')


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Hash passwords with one round: the real hasher takes a third of a second each time, by design."""
    from django.test import override_settings

    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def _jobs_run_at_once() -> Iterator[None]:
    """A queued job runs in the process that queues it (after its commit), not in a worker."""
    from huey.contrib.djhuey import HUEY

    HUEY.immediate = True
    yield
    HUEY.immediate = False
