"""The project's own PostgreSQL: shared by processes, stopped by the last, mended after any kill."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

USER = """
import sys
from pathlib import Path
from beautydrop.embedded import ensure_running
print(ensure_running(Path(sys.argv[1])), flush=True)
sys.stdin.readline()
"""


class User:
    """A process that uses the server in `folder` until `leave` or `kill`."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def url(self) -> str:
        assert self.process.stdout and self.process.stderr
        return self.process.stdout.readline().strip() or pytest.fail(self.process.stderr.read())

    def leave(self) -> None:
        self.process.communicate("\n", timeout=120)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=120)


@pytest.fixture(scope="module")
def fresh() -> Iterator[Path]:
    """A folder with a server's data that has run once, to be copied by each test."""
    # Not pytest's tmp_path: when root runs the tests, the server's user must reach it.
    with tempfile.TemporaryDirectory(prefix="bd-") as path:
        user = User(Path(path) / "fresh")
        user.url()
        user.leave()
        yield Path(path)


@pytest.fixture
def folder(fresh: Path) -> Iterator[Path]:
    folder = fresh / "it's a folder"
    shutil.copytree(fresh / "fresh", folder, ignore=shutil.ignore_patterns("socket"))
    if os.geteuid() == 0:
        owner = (fresh / "fresh" / "data").stat()
        for path in ((folder / "data"), *(folder / "data").rglob("*")):
            os.chown(path, owner.st_uid, owner.st_gid)
    yield folder
    if pid := server_pid(folder):
        os.kill(pid, signal.SIGQUIT)
        psutil.Process(pid).wait(10)
    shutil.rmtree(folder)


def server_pid(folder: Path) -> int | None:
    """The server's process id, None when it is stopped."""
    file = folder / "data" / "postmaster.pid"
    pid = int(file.read_text().split()[0]) if file.exists() else 0
    return pid if pid and psutil.pid_exists(pid) else None


def answers(url: str) -> bool:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT current_database()").fetchone() == ("beautydrop",)


def test_processes_that_come_at_once_share_one_server(folder: Path) -> None:
    users = [User(folder) for _ in range(4)]
    urls = {user.url() for user in users}
    assert len(urls) == 1
    assert answers(urls.pop())
    for user in users:
        user.leave()
    assert server_pid(folder) is None


def test_the_server_outlives_who_started_it(folder: Path) -> None:
    first, second = User(folder), User(folder)
    url = first.url()
    second.url()
    first.leave()
    assert answers(url)
    second.leave()
    assert server_pid(folder) is None


def test_a_killed_process_does_not_count_as_a_user(folder: Path) -> None:
    killed, last = User(folder), User(folder)
    killed.url()
    last.url()
    killed.kill()
    last.leave()
    assert server_pid(folder) is None


def test_a_server_left_by_killed_processes_is_used_and_then_stopped(folder: Path) -> None:
    killed = User(folder)
    killed.url()
    killed.kill()
    left = server_pid(folder)
    assert left
    user = User(folder)
    assert answers(user.url())
    assert server_pid(folder) == left
    user.leave()
    assert server_pid(folder) is None


def test_it_starts_again_after_the_server_was_killed(folder: Path) -> None:
    user = User(folder)
    user.url()
    killed = server_pid(folder)
    assert killed
    server = psutil.Process(killed)
    server.kill()
    server.wait(10)
    again = User(folder)
    assert answers(again.url())
    assert server_pid(folder) not in (None, killed)
    user.leave()
    again.leave()
    assert server_pid(folder) is None


@pytest.mark.parametrize("content", ["", "not a number\n", "{stranger}\n/elsewhere\n1\n5432\n/tmp\n\n 1 1\nready\n"])
def test_a_stale_pid_file_does_not_hinder_the_start(folder: Path, content: str) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    pid_file = folder / "data" / "postmaster.pid"
    pid_file.write_text(content.format(stranger=stranger.pid))
    user = User(folder)
    assert answers(user.url())
    user.leave()
    assert stranger.poll() is None
    stranger.communicate(b"\n")


def test_a_path_too_long_for_a_socket(fresh: Path) -> None:
    folder = fresh / ("long-" * 25)
    user = User(folder)
    url = user.url()
    assert "host=/tmp/beautydrop-" in url
    assert answers(url)
    user.leave()
    shutil.rmtree(url.split("host=")[1].split("&")[0])


def test_nobody_else_may_enter_the_socket(folder: Path) -> None:
    user = User(folder)
    user.url()
    assert (folder / "socket").stat().st_mode & 0o777 == 0o700
    user.leave()


def test_data_of_another_version_are_named(folder: Path) -> None:
    (folder / "data" / "PG_VERSION").write_text("12\n")
    user = User(folder)
    _, errors = user.process.communicate("\n", timeout=120)
    assert "holds data of PostgreSQL 12" in errors


def test_a_forked_child_counts_for_itself(folder: Path) -> None:
    script = """
import os, sys, time
from pathlib import Path
from beautydrop.embedded import ensure_running
os.register_at_fork(after_in_child=lambda: time.sleep(1))
url = ensure_running(Path(sys.argv[1]))
if os.fork():
    sys.exit()              # the parent leaves before the child has come to itself
import psycopg
psycopg.connect(url).close()
print("still there", flush=True)
"""
    done = subprocess.run([sys.executable, "-c", script, str(folder)], capture_output=True, text=True, timeout=120)
    assert done.stdout == "still there\n", done.stderr
    assert server_pid(folder) is None
