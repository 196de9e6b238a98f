"""The jobs in the admin, and on a shell."""

from datetime import timedelta
from io import StringIO

import pytest
import redis
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from beautydrop.accounts.models import User
from beautydrop.jobs import actions, registry, tasks
from beautydrop.jobs.models import JobRun
from beautydrop.jobs.registry import run_tick
from beautydrop.jobs.states import State, state_of
from tests import factories
from tests.factories import NOW
from tests.pages import Visitor

pytestmark = pytest.mark.django_db
LIST = "admin:jobs_jobrun_changelist"


def failing(now):
    raise ValueError("no such thing")


@pytest.fixture
def admin_user(time_machine) -> User:
    time_machine.move_to(NOW, tick=False)
    return User.objects.create_superuser("admin@example.com", factories.PASSWORD)


def test_a_job_stands_in_one_word(a_job):
    job = a_job(lambda now: 1)
    broken = a_job(failing, name="tests.broken")
    assert state_of(job, None, NOW) == State.NEVER
    actions.make_known([job.name], now=NOW)
    assert state_of(job, JobRun.objects.get(), NOW) == State.NEVER
    assert state_of(job, JobRun.objects.get(), NOW + timedelta(minutes=6)) == State.LATE
    run_tick(job, now=NOW)
    run_tick(broken, now=NOW)
    row, bad = JobRun.objects.get(pk=job.name), JobRun.objects.get(pk=broken.name)
    assert state_of(job, row, NOW + timedelta(minutes=5)) == State.ON_TIME
    assert state_of(job, row, NOW + timedelta(minutes=6)) == State.LATE
    assert state_of(broken, bad, NOW) == state_of(broken, bad, NOW + timedelta(days=1)) == State.FAILED


def test_the_list_says_how_each_stands(admin_user, a_job, time_machine):
    run_tick(a_job(lambda now: 12), now=NOW)
    run_tick(a_job(failing, name="tests.broken"), now=NOW)
    actions.make_known(["tests.retired", "bookings.expire_holds"], now=NOW)
    page = Visitor(admin_user).get(reverse(LIST))
    for word in ("tests.job On time", "tests.broken Failed", "bookings.expire_holds Never ran", "no such thing"):
        assert word in page.text, word
    assert "tests.retired" not in page.text
    states = [got.get("class") for tag, got in page.elements if tag == "span" and "job-state" in got.get("class", "")]
    assert states == ["job-state is-never", "job-state is-failed", "job-state is-on-time"]
    time_machine.move_to(NOW + timedelta(hours=1), tick=False)
    assert "tests.job Late" in Visitor(admin_user).get(reverse(LIST)).text


def test_the_list_takes_the_same_queries_for_one_and_many(admin_user, django_assert_num_queries):
    client = Client()
    client.force_login(admin_user)
    actions.make_known(["bookings.expire_holds"], now=NOW)
    client.get(reverse(LIST))
    with django_assert_num_queries(7):
        client.get(reverse(LIST))
    actions.make_known([job.name for job in registry.every()], now=NOW)
    with django_assert_num_queries(7):
        client.get(reverse(LIST))


def test_run_now_queues_it(admin_user, a_job):
    job = a_job(lambda now: 5)
    actions.make_known([job.name], now=NOW)
    asked = {"action": "run_now", "_selected_action": [job.name]}
    answer = Visitor(admin_user).post(reverse(LIST), asked)
    assert answer.status == 302
    row = JobRun.objects.get(pk=job.name)
    assert (row.runs, row.processed, row.last_tick) == (1, 5, None)


def test_a_queue_that_is_away_is_told(admin_user, a_job, monkeypatch):
    def lost(name: str) -> None:
        raise redis.ConnectionError("redis.internal:6379")

    job = a_job(lambda now: 5)
    actions.make_known([job.name], now=NOW)
    monkeypatch.setattr(tasks, "run_now", lost)
    visitor = Visitor(admin_user)
    page = visitor.follow(visitor.post(reverse(LIST), {"action": "run_now", "_selected_action": [job.name]}))
    assert "The queue doesn’t answer" in page.text and "redis.internal" not in page.text


def test_nobody_writes_here(admin_user, a_job):
    run_tick(a_job(lambda now: 5), now=NOW)
    visitor = Visitor(admin_user)
    page = visitor.get(reverse("admin:jobs_jobrun_change", args=["tests.job"]))
    assert page.status == 200 and "On time" in page.text
    assert visitor.post(reverse("admin:jobs_jobrun_change", args=["tests.job"])).status == 403
    assert visitor.post(reverse("admin:jobs_jobrun_delete", args=["tests.job"])).status == 403
    assert visitor.get(reverse("admin:jobs_jobrun_add")).status == 403


def test_looking_is_not_running(a_job, time_machine):
    """Staff who may only look get no action."""
    from django.contrib.auth.models import Permission

    time_machine.move_to(NOW, tick=False)
    job = a_job(lambda now: 5)
    actions.make_known([job.name], now=NOW)
    user = factories.a_person("helper@example.com")
    user.is_staff = True
    user.save()
    user.user_permissions.add(Permission.objects.get(codename="view_jobrun"))
    visitor = Visitor(user)
    assert "tests.job" in visitor.get(reverse(LIST)).text
    visitor.post(reverse(LIST), {"action": "run_now", "_selected_action": [job.name]})
    assert JobRun.objects.get(pk=job.name).runs == 0


def test_a_release_names_every_job():
    call_command("prepare", verbosity=0)
    assert set(JobRun.objects.values_list("name", "runs")) == {(job.name, 0) for job in registry.every()}


# --- On a shell -----------------------------------------------------------------------------------


def printed(*command: str) -> str:
    out = StringIO()
    call_command(*command, stdout=out, no_color=True)
    return out.getvalue()


def test_the_table(a_job, time_machine):
    time_machine.move_to(NOW, tick=False)
    run_tick(a_job(lambda now: 12), now=NOW)
    run_tick(a_job(failing, name="tests.broken"), now=NOW)
    lines = {line.split()[0]: " ".join(line.split()) for line in printed("jobs").splitlines()}
    assert lines["tests.job"].startswith("tests.job On time 2026-11-30 08:00 0.0")
    assert lines["tests.job"].endswith("s 12")
    assert lines["tests.broken"].endswith("0 ValueError: no such thing")
    assert lines["bookings.complete_past"] == "bookings.complete_past Never ran – – 0"


def test_run_one_here(a_job):
    a_job(lambda now: 7)
    assert printed("run_job", "tests.job") == "tests.job: 7 done\n"
    assert JobRun.objects.get().runs == 1


def test_run_one_that_fails_or_is_not_there(a_job):
    a_job(failing)
    with pytest.raises(CommandError, match=r"tests.job failed \(done before: 0\): ValueError: no such thing"):
        printed("run_job", "tests.job")
    with pytest.raises(CommandError, match="No job is named tests.jop. Choose one of:\n(.|\n)*tests.job"):
        printed("run_job", "tests.jop")
