"""`make demo`: up with data, down without a trace, and plain words when it cannot."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
import psycopg
import pytest

from beautydrop import demo
from beautydrop import settings as site_settings

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def empty_database() -> Iterator[str]:
    """The URL of a fresh database on the server that the tests use."""
    from beautydrop.embedded import ensure_running

    server = os.environ.get("DATABASE_URL") or ensure_running()
    name = f"demo_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_taken_port_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_settings, "DEBUG", True)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(SystemExit, match=f"Port {taken} .* make demo PORT={taken + 1}"):
            demo.main([f"--port={taken}"])


@pytest.mark.parametrize("command", [["-m", "beautydrop.demo"], ["manage.py", "prepare_demo"]])
def test_it_refuses_a_production_set_up(command: list[str]) -> None:
    found = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=os.environ | {"DEBUG": "false"}, capture_output=True, text=True
    )
    assert found.returncode == 1
    assert "DEBUG=true only" in found.stderr


def test_keys_of_ones_own_win_over_the_stand_in(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    started: list[tuple[list[str], dict[str, str]]] = []

    class Child:
        returncode = None

        def poll(self) -> None: ...
        def terminate(self) -> None: ...
        def wait(self, *_seconds: float) -> None: ...

    def start(command: list[str], _host: str, _port: int, keys: dict[str, str] | None = None) -> Child:
        started.append((command, keys or {}))
        if "prepare_demo" in command:
            raise demo.Stop
        return Child()

    monkeypatch.setattr(demo, "_start", start)
    monkeypatch.setattr(demo.signal, "signal", lambda *_signal: None)
    monkeypatch.setattr(site_settings, "DEBUG", True)
    monkeypatch.setattr(site_settings, "CLERK_SECRET_KEY", "sk_test_own")
    demo.main([f"--port={port}"])
    monkeypatch.setattr(site_settings, "CLERK_SECRET_KEY", "")
    demo.main([f"--port={port}", "--host=0.0.0.0"])  # shown around, where nobody reaches the stand-in
    demo.main([f"--port={port}"])
    servers = [keys for command, keys in started if "gunicorn" in command]
    assert servers[:2] == [{}, {}]
    assert servers[2]["CLERK_SECRET_KEY"].startswith("sk_test_")


def test_it_comes_up_with_data_and_leaves_nothing_running(empty_database: str, port: int, tmp_path: Path) -> None:
    output = tmp_path / "output"
    process = subprocess.Popen(
        [sys.executable, "-m", "beautydrop.demo", f"--port={port}", "--shops=2"],
        cwd=ROOT,
        env=os.environ | {"DEBUG": "true", "DATABASE_URL": empty_database, "SITE_URL": f"http://localhost:{port}"},
        stdout=output.open("w"),
        stderr=subprocess.STDOUT,
    )
    try:
        deadline = time.monotonic() + 120
        while "Ctrl-C stops it" not in output.read_text():
            assert process.poll() is None and time.monotonic() < deadline, output.read_text()
            time.sleep(0.1)
        for path in ("/", "/demo/mailbox/"):
            with urllib.request.urlopen(f"http://localhost:{port}{path}") as answer:
                assert answer.status == 200
        with pytest.raises(urllib.error.HTTPError) as nothing:
            urllib.request.urlopen(f"http://localhost:{port}/nothing/")
        assert "There is nothing here" in nothing.value.read().decode()
        with psycopg.connect(empty_database) as connection:
            assert connection.execute("SELECT count(*) FROM shops_shop").fetchone() == (2,)
        # Signing in with Clerk leads to the stand-in, which knows its people.
        (clerk,) = re.findall(r"http://127\.0\.0\.1:\d+/", output.read_text())
        with urllib.request.urlopen(f"http://localhost:{port}/account/clerk/start/") as answer:
            assert answer.url.startswith(f"{clerk}sign-in?redirect_url=http%3A%2F%2Flocalhost%3A{port}%2F")
            assert "clerk-customer@demo.example" in answer.read().decode()
        children = psutil.Process(process.pid).children(recursive=True)
        assert len(children) >= 5  # gunicorn, its two workers, the job worker, the stand-in of Clerk
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    assert process.returncode == 0, output.read_text()
    assert not [child for child in children if child.is_running()]
