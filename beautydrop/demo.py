"""`python -m beautydrop.demo` (`make demo`): the whole site with demo data, on one machine, in one command.

It starts the same two programs as production does (gunicorn and the job worker, see Procfile) as child processes,
brings the database up to date and fills an empty marketplace, until Ctrl-C. Beside them stands one that speaks Clerk's
protocol, unless Clerk's own keys are set: signing in with Clerk needs no account anywhere.

No command of manage.py, which would first load all of Django: the web server loads it meanwhile.
"""

import base64
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from pathlib import Path
from types import FrameType

from django.core.exceptions import ImproperlyConfigured

_ROOT = Path(__file__).resolve().parent.parent
_LOOPBACK = {"127.0.0.1", "localhost"}
START_SECONDS = 60
STOP_SECONDS = 15

SIGN_INS = [
    ("customer@demo.example", "books appointments"),
    ("owner@demo.example", "owns salons"),
    ("stylist@demo.example", "works in one"),
    ("admin@demo.example", "runs the marketplace"),
]
PASSWORD = "demo-pass"


class Stop(Exception):
    """Ctrl-C, or the request to end."""


class Failed(Exception):
    """Why there is no demo, in words for whoever started it."""


def main(arguments: list[str] | None = None) -> None:
    parser = ArgumentParser(prog="python -m beautydrop.demo", description="The site with demo data, until Ctrl-C.")
    parser.add_argument("--port", type=int, default=8002)
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"), help="default: $HOST or 127.0.0.1")
    parser.add_argument("--shops", type=int, default=24, help="salons to make in an empty marketplace")
    parser.add_argument("--seed", type=int, default=1, help="another number, other salons")
    chosen = parser.parse_args(arguments)
    try:
        run(host=chosen.host, port=chosen.port, shops=chosen.shops, seed=chosen.seed)
    except (Failed, ImproperlyConfigured) as error:
        sys.exit(str(error))


def run(*, host: str, port: int, shops: int, seed: int) -> None:
    """Until somebody stops it; Failed when it cannot come up or a part of it ends."""
    from beautydrop import settings  # starts the embedded database, if it is to be that one

    if not settings.DEBUG:
        raise Failed("The demo signs in with known passwords, so it runs with DEBUG=true only.")
    _refuse_taken_port(host, port)
    children: dict[str, subprocess.Popen[bytes]] = {}
    clerk = "" if settings.CLERK_SECRET_KEY or host not in _LOOPBACK else _free_address(port + 1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        print("Starting the web server …", flush=True)
        # It loads while the data is made ready, and nobody is told its address before.
        keys = _clerk_keys(clerk) if clerk else {}
        children["web server"] = _start(_gunicorn(host, port), host, port, keys)
        children["data"] = _start(_prepare(shops, seed), host, port)
        if clerk:
            children["Clerk stand-in"] = _start(_clerk_stand_in(clerk, _site(host, port)), host, port, keys)
        _wait_for_the_data(children)
        _wait_until_it_answers(children, _address(host, port))
        # Last: it shall not take the processor from the pages that somebody is waiting for.
        children["worker"] = _start([sys.executable, "manage.py", "run_worker", "--quiet"], host, port, keys)
        _welcome(host, port, clerk)
        while True:
            _fail_if_one_ended(children)
            time.sleep(0.5)
    except Stop:
        print("\nStopping.", flush=True)
    finally:
        # A second Ctrl-C must not leave anything running.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        _end(children)


def _welcome(host: str, port: int, clerk: str) -> None:
    address = _address(host, port)
    lines = ["", f"BeautyDrop is ready: {address}", "", "Sign in with:"]
    lines += [f"  {email:<24}{PASSWORD:<12}{words}" for email, words in SIGN_INS]
    if clerk:
        lines += ["", f"Or with Clerk, that is its stand-in on http://{clerk}/: choose somebody there, or sign up."]
    lines += ["", f"Mails that it sends land on {address}demo/mailbox/", "Ctrl-C stops it.", ""]
    print("\n".join(lines), flush=True)


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Failed(
                f"Port {port} on {host} cannot be used ({error.strerror}). Perhaps another demo runs there. "
                f"Choose another port: make demo PORT={port + 1}"
            ) from error


def _address(host: str, port: int) -> str:
    """The site's address for a browser on this machine."""
    if host in {"127.0.0.1", "0.0.0.0", "::", "::1"}:
        host = "localhost" if host != "::1" else "[::1]"
    return f"http://{host}:{port}/"


def _site(host: str, port: int) -> str:
    return os.environ.get("SITE_URL") or _address(host, port).rstrip("/")


def _free_address(port: int) -> str:
    """`port` on this machine, or any that is free. Never as "localhost": browsers share cookies between its ports."""
    for wanted in (port, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", wanted))
            except (OSError, OverflowError):
                continue
            return f"127.0.0.1:{probe.getsockname()[1]}"
    raise Failed("No port is free on this machine.")


def _clerk_keys(clerk: str) -> dict[str, str]:
    """Keys for this one run, in the form of Clerk's own; the children find them in their environment."""
    return {
        "CLERK_SECRET_KEY": f"sk_test_{secrets.token_urlsafe(24)}",
        "CLERK_PUBLISHABLE_KEY": f"pk_test_{base64.b64encode(f'{clerk}$'.encode()).decode()}",
        "CLERK_WEBHOOK_SECRET": f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}",
        "CLERK_API_URL": f"http://{clerk}",
        "CLERK_AUTHORIZED_PARTIES": "",
    }


def _clerk_stand_in(clerk: str, site: str) -> list[str]:
    command = [sys.executable, "-m", "beautydrop.standins.clerk", "--port", clerk.rpartition(":")[2]]
    return [*command, "--site", site]


def _gunicorn(host: str, port: int) -> list[str]:
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return [
        *(sys.executable, "-m", "gunicorn", "beautydrop.wsgi", "--bind", bind, "--workers", "2"),
        *("--threads", "4", "--log-level", "warning", "--graceful-timeout", "5", "--no-control-socket"),
        "--preload",  # both workers from one start, which somebody waits for
    ]


def _prepare(shops: int, seed: int) -> list[str]:
    return [sys.executable, "manage.py", "prepare_demo", f"--shops={shops}", f"--seed={seed}"]


def _start(command: list[str], host: str, port: int, keys: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start a child on the terms of the demo. It stays in our process group, so that no kill misses it."""
    environment = os.environ | {"DEBUG": "true", "SITE_URL": _site(host, port)} | (keys or {})
    if host not in {"127.0.0.1", "::1"}:
        # Shown to others: they come by a name or number that we cannot know.
        environment["ALLOWED_HOSTS"] = os.environ.get("ALLOWED_HOSTS") or "*"
    return subprocess.Popen(command, cwd=_ROOT, env=environment)


def _wait_for_the_data(children: dict[str, subprocess.Popen[bytes]]) -> None:
    data = children["data"]
    while data.poll() is None:
        _fail_if_one_ended({name: child for name, child in children.items() if child is not data})
        time.sleep(0.05)
    del children["data"]
    if data.returncode:
        raise Failed("The data could not be made ready; see above.")


def _wait_until_it_answers(children: dict[str, subprocess.Popen[bytes]], address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        _fail_if_one_ended(children)
        try:
            with urllib.request.urlopen(address, timeout=10):
                return
        except urllib.error.HTTPError as error:
            raise Failed(f"{address} answers with status {error.code}; see above.") from error
        except OSError as error:
            if time.monotonic() > deadline:
                raise Failed(f"{address} did not answer in {START_SECONDS} s: {error}") from error
        time.sleep(0.1)


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stop


def _fail_if_one_ended(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, child in children.items():
        if child.poll() is not None:
            raise Failed(f"The {name} ended by itself (exit code {child.returncode}); see above.")


def _end(children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Ask every child to end, wait, and kill what does not (gunicorn's workers then end by themselves)."""
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children.values():
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


if __name__ == "__main__":
    main()
