"""Real workers and web servers on the tests' own database, and a look at what they do."""

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis
from django.db import connection
from huey import PostgresHuey, RedisHuey
from huey.contrib.djhuey import HUEY

ROOT = Path(__file__).resolve().parents[2]
# The Redis of this machine, where there is one.
REDIS = "redis://127.0.0.1:6379"
_REDIS_DATABASES = 16
LIMIT_SECONDS = 40.0


def database_url() -> str:
    """Of the database that this test writes to."""
    from beautydrop.embedded import ensure_running

    server = os.environ.get("DATABASE_URL") or ensure_running()
    return urlunsplit(urlsplit(server)._replace(path=f"/{connection.settings_dict['NAME']}"))


def procfile(name: str) -> list[str]:
    """The command that production runs, with this Python."""
    lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
    command = next(line.partition(":")[2] for line in lines if line.startswith(f"{name}:"))
    program, *arguments = shlex.split(command)
    return [sys.executable, *(["-m", program] if program != "python" else []), *arguments]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(is_so: Callable[[], Any], what: str, *processes: "Running") -> Any:
    """Wait until `is_so()` is true and return what it answered; give up with the processes' output."""
    deadline = time.monotonic() + LIMIT_SECONDS
    while True:
        found = is_so()
        if found:
            return found
        if time.monotonic() > deadline or not all(process.runs() for process in processes):
            outputs = "\n".join(process.output() for process in processes)
            raise AssertionError(f"not so (within {LIMIT_SECONDS:.0f} s): {what}\n{outputs}")
        time.sleep(0.05)


class Running:
    """A process of ours, and what it wrote."""

    def __init__(self, command: list[str], log: Path, **environment: str) -> None:
        self.log = log
        with log.open("a") as file:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | environment, stdout=file, stderr=subprocess.STDOUT
            )

    def output(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def runs(self) -> bool:
        return self.process.poll() is None

    def ended(self) -> int:
        """Its exit code, as soon as it has one."""
        return self.process.wait(LIMIT_SECONDS)


@contextmanager
def redis_database() -> Iterator[str | None]:
    """The address of an empty database in this machine's Redis, ours until the end of the block; None without one."""
    with ExitStack() as at_the_end:
        for number in range(1, _REDIS_DATABASES):
            client = at_the_end.enter_context(redis.Redis.from_url(f"{REDIS}/{number}", socket_connect_timeout=1))
            try:
                is_ours = client.dbsize() == 0 and client.set("taken-by-a-test", "1", nx=True, ex=600)
            except redis.RedisError:
                break
            if is_ours:
                at_the_end.callback(client.flushdb)
                yield f"{REDIS}/{number}"
                return
        yield None


class Site:
    """The processes of one test, with their queue in the tests' database or, where it is given, in Redis."""

    def __init__(self, folder: Path, *, redis_url: str = "") -> None:
        self.folder = folder
        self.running: list[Running] = []
        self.url = database_url()
        self.environment = {"DATABASE_URL": self.url, "REDIS_URL": redis_url, "LOG_LEVEL": "INFO"}
        self.queue = (
            RedisHuey("beautydrop", url=redis_url)
            if redis_url
            else PostgresHuey("beautydrop", dsn=self.url, create_tables=True)
        )
        self.queue.storage.flush_all()

    def start(self, command: list[str], **environment: str) -> Running:
        log = self.folder / f"{len(self.running)}.log"
        self.running.append(Running(command, log, **self.environment, **environment))
        return self.running[-1]

    def worker(self, **environment: str) -> Running:
        return self.start(procfile("worker"), **environment)

    def hurried_worker(self, base: float, *, speed: float = 1, ahead: float = 0) -> Running:
        script = str(ROOT / "tests" / "jobs" / "hurried_worker.py")
        return self.start([sys.executable, script, str(base), str(speed), str(ahead)])

    @contextmanager
    def queueing(self) -> Iterator[None]:
        """What is queued inside goes to the workers of this site, as from a web process."""
        before = HUEY._immediate, HUEY.storage
        HUEY._immediate, HUEY.storage = False, self.queue.storage
        try:
            yield
        finally:
            HUEY._immediate, HUEY.storage = before

    def somebody_waits_for_a_lock(self) -> bool:
        with psycopg.connect(self.url, autocommit=True) as other:
            found = other.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            ).fetchone()
        return bool(found and found[0])

    @contextmanager
    def holding(self, sql: str, *values: Any) -> Iterator[psycopg.Connection]:
        """A transaction that holds what `sql` locks, until it is rolled back at the end of the block."""
        with psycopg.connect(self.url) as other:
            other.execute(sql, values)  # type: ignore[arg-type]
            yield other
            other.rollback()

    def close(self) -> None:
        for one in self.running:
            if one.runs():
                one.process.kill()
                one.process.wait()
        self.queue.storage.flush_all()
        self.queue.storage.close()
