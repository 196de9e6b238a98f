"""/readyz: 200 or 503 with why, at a constant cost; /healthz stays what it was."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import OperationalError
from django.test import Client
from huey.contrib.djhuey import HUEY

from beautydrop.jobs import actions, readiness, registry
from beautydrop.jobs.models import JobRun
from beautydrop.jobs.registry import run_tick
from tests.factories import NOW

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def asked(at, time_machine, query: str = "") -> tuple[int, dict[str, object]]:
    time_machine.move_to(at, tick=False)
    answer = Client().get(f"/readyz{query}")
    assert answer["Content-Type"] == "application/json"
    assert "no-store" in answer["Cache-Control"]
    return answer.status_code, json.loads(answer.content)


@pytest.fixture
def everything_ran() -> None:
    actions.make_known([job.name for job in registry.every()], now=NOW)
    JobRun.objects.update(
        runs=1, last_started_at=NOW, last_finished_at=NOW, last_succeeded_at=NOW, duration=timedelta(0)
    )


def test_ready(everything_ran, time_machine):
    assert asked(NOW, time_machine) == (200, {"ready": True})


def test_ready_right_after_the_first_release_and_not_for_ever(time_machine):
    """`prepare` names the jobs; no worker has run yet."""
    assert asked(NOW, time_machine) == (200, {"ready": True})
    actions.make_known([job.name for job in registry.every()], now=NOW)
    assert asked(NOW + timedelta(minutes=4), time_machine)[0] == 200
    status, found = asked(NOW + timedelta(minutes=6), time_machine)
    assert status == 503
    minutely = ["bookings.expire_holds", "bookings.post_agendas", "jobs.catch_up", "notifications.sweep_outbox"]
    assert found == {"ready": False, "overdue_jobs": minutely}


def test_a_job_that_fails_is_overdue_after_a_while_and_ready_when_it_runs_through(a_job, everything_ran, time_machine):
    problems = [ValueError("clara@example.com")]

    def work(now):
        if problems:
            raise problems[0]
        return 0

    job = a_job(work, overdue_after=timedelta(minutes=3))
    run_tick(job, now=NOW)
    assert asked(NOW + timedelta(minutes=3), time_machine)[0] == 200
    status, found = asked(NOW + timedelta(minutes=4), time_machine)
    assert (status, found) == (503, {"ready": False, "overdue_jobs": ["tests.job"]})
    problems.clear()
    run_tick(job, now=NOW + timedelta(minutes=4))
    assert asked(NOW + timedelta(minutes=4), time_machine)[0] == 200


def test_a_queue_that_nobody_takes_from_is_stuck(everything_ran, time_machine, monkeypatch):
    monkeypatch.setattr(HUEY.storage, "queue_size", lambda: 7)
    JobRun.objects.update(last_succeeded_at=NOW + DAY, last_finished_at=NOW + DAY)
    assert asked(NOW + timedelta(minutes=5), time_machine)[0] == 200
    status, found = asked(NOW + timedelta(minutes=6), time_machine)
    assert (status, found) == (503, {"ready": False, "queue": "stuck: 7 waiting, none taken for 6 min"})


def test_a_queue_that_does_not_answer_is_named_without_its_address(everything_ran, time_machine, monkeypatch):
    def lost() -> int:
        raise ConnectionError("redis://:secret@redis.internal:6379")

    monkeypatch.setattr(HUEY.storage, "queue_size", lost)
    assert asked(NOW, time_machine) == (503, {"ready": False, "queue": "does not answer"})


def test_migrations_that_are_not_applied(everything_ran, time_machine):
    app, name = next(one for one in readiness._last_migrations() if one[0] == "jobs")
    MigrationRecorder(connection).record_unapplied(app, name)
    expected = (503, {"ready": False, "migrations": "1 not applied"})
    assert asked(NOW, time_machine) == expected
    assert asked(NOW, time_machine, "?only=web") == expected


@pytest.mark.django_db(transaction=True)
def test_a_database_before_the_first_migration(time_machine):
    def rename(one: str, other: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {one} RENAME TO {other}")

    rename("django_migrations", "elsewhere")
    try:
        count = len(readiness._last_migrations())
        assert asked(NOW, time_machine) == (503, {"ready": False, "migrations": f"{count} not applied"})
    finally:
        rename("elsewhere", "django_migrations")


def test_a_database_that_does_not_answer(monkeypatch, time_machine):
    def lost() -> None:
        raise OperationalError("connection to server at 10.0.0.7, user beauty, password secret")

    monkeypatch.setattr(readiness, "_missing_migrations", lost)
    assert asked(NOW, time_machine) == (503, {"ready": False, "database": "does not answer"})


def test_only_the_web_part(everything_ran, time_machine):
    assert asked(NOW + 9 * DAY, time_machine)[0] == 503
    assert asked(NOW + 9 * DAY, time_machine, "?only=web") == (200, {"ready": True})


def test_the_cost_is_constant(a_job, everything_ran, django_assert_num_queries):
    client = Client()
    client.get("/readyz")
    with django_assert_num_queries(2):
        client.get("/readyz")
    for number in range(5):
        job = a_job(lambda now: 0, name=f"tests.job_{number}")
        actions.make_known([job.name], now=NOW)
    with django_assert_num_queries(2):
        client.get("/readyz")
    with django_assert_num_queries(1):
        client.get("/readyz?only=web")


def test_it_is_for_looking_and_for_everybody(settings):
    assert Client().post("/readyz").status_code == 405
    assert Client().head("/readyz").status_code == 200
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    assert Client().get("/readyz").status_code == 200
    assert Client().get("/healthz").content == b"ok\n"


def test_inside_tls_is_not_asked_for(settings):
    import re

    for path in ("healthz", "readyz"):
        assert any(re.search(pattern, path) for pattern in settings.SECURE_REDIRECT_EXEMPT)
    assert not any(re.search(pattern, "account/login/") for pattern in settings.SECURE_REDIRECT_EXEMPT)
