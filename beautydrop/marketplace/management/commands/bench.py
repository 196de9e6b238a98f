"""`manage.py bench`: how fast are pages, bookings and search, on data of a known size? See docs/performance.md."""

import json
import os
import secrets
import subprocess
import sys
import time
from argparse import SUPPRESS, ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from beautydrop.marketplace.bench import database, inside, outside, report, world
from beautydrop.marketplace.bench.report import Row

_SECONDS, _QUICK_SECONDS = 300, 60


class Command(BaseCommand):
    help = (
        "Measure in a database of the bench's own (made beside the project's, dropped at the end). Ends with 1 only "
        "when a page needs more queries than pinned or a race books twice; timings are shown, never fatal."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--shops", type=int, help="salons of the wide marketplace (2000; with --quick 150)")
        parser.add_argument(
            "--quick", action="store_true", help="a minute, for a first look; less data, fewer repetitions"
        )
        parser.add_argument("--json", metavar="FILE", help="write all figures here as well")
        parser.add_argument("--keep", action="store_true", help="leave the database, and take it as it is next time")
        parser.add_argument("--inside", action="store_true", help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["inside"]:
            self._measure(**options)
            return
        # All settings, in gunicorn's processes too, come from an environment that knows this database only.
        with database.own_database(keep=options["keep"]):
            child = subprocess.Popen([sys.executable, *sys.argv, "--inside"], cwd=os.getcwd(), env=_environment())
            try:
                code = child.wait()
            finally:
                if child.poll() is None:
                    child.terminate()
                    child.wait(30)
        if code:
            sys.exit(code)

    def _measure(self, *, shops: int | None, quick: bool, json: str | None, **options: Any) -> None:
        started, load = time.monotonic(), os.getloadavg()[0]
        deadline = started + (_QUICK_SECONDS if quick else _SECONDS)
        shops = shops or (150 if quick else 2000)
        days = world.QUICK_DAYS if quick else world.DAYS
        about = self._prepare(shops, days)
        self._say(f"The data stands after {time.monotonic() - started:.0f} s.")
        found: list[Row] = []
        left_out = ""
        for row in self._rows(days, quick=quick):
            self._say(f"{row.name}: {row.p50:.2f} ms")
            found.append(row)
            if time.monotonic() > deadline:
                left_out = "The time is over; the rows after these were left out."
                break
        about |= {"measured_on": timezone.now().date().isoformat(), "seconds": round(time.monotonic() - started)}
        busy = f"load average {load:.1f} before, {os.getloadavg()[0]:.1f} after"
        self.stdout.write(f"\n{shops} salons; {_machine()}; {busy}. Milliseconds.\n\n{report.table(found)}")
        if left_out:
            self.stdout.write(left_out)
        if json:
            report.write_json(json, found, about)
        if broken := [f"{row.name}: {row.broken}" for row in found if row.broken]:
            raise CommandError("\n".join(broken))

    def _prepare(self, shops: int, days: int) -> dict[str, object]:
        """An own database filled as asked; one that was kept is taken when it is of today and of that size."""
        about: dict[str, object] = {"shops": shops, "days": days, "today": timezone.now().date().isoformat()}
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
            )
            kept = cursor.fetchone()[0]
        if kept:
            if json.loads(kept) != about:
                raise CommandError("The kept database is of another day or size. Run once without --keep to drop it.")
            return about
        self._say(f"Making {shops} salons and {days} busy days …")
        call_command("prepare", verbosity=0)
        world.make(shops=shops, days=days, today=timezone.now().date())
        with connection.cursor() as cursor:
            name = connection.ops.quote_name(connection.settings_dict["NAME"])
            cursor.execute(f"COMMENT ON DATABASE {name} IS '{json.dumps(about)}'")
        return about

    def _rows(self, days: int, *, quick: bool) -> Iterator[Row]:
        made = world.load(days=days, today=timezone.now().date())
        clock = inside.Clock(40, 1.5) if quick else inside.Clock(120, 5)
        yield from inside.booking_rows(made, clock)
        # Before the rest, so that a busy machine never leaves out the race.
        yield from outside.rows(made, requests=160 if quick else 800, races=2 if quick else 5)
        yield from inside.other_rows(made, clock)

    def _say(self, words: str) -> None:
        self.stderr.write(words)


def _environment() -> dict[str, str]:
    """Production's settings on loopback, with the bench's database and nothing that reaches beyond."""
    return os.environ | {
        "DATABASE_URL": database.bench_url(),
        "DEBUG": "false",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "ALLOWED_HOSTS": "testserver,127.0.0.1",
        "SITE_URL": "http://127.0.0.1",
        "ALLOW_PLAIN_HTTP": "true",
        "TRUSTED_PROXIES": "",
        # All of the load comes from one address.
        "RATE_LIMITS_ENABLED": "false",
        "HASHED_STATIC": "false",
        "REDIS_URL": "",
        "EMAIL_HOST": "",
        "LOG_LEVEL": "ERROR",
        # WhiteNoise misses the folder of collected files, which HASHED_STATIC=false does without.
        "PYTHONWARNINGS": "ignore:No directory at",
    }


def _machine() -> str:
    """What kind of machine it is; nothing that names it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        (postgresql,) = cursor.fetchone()
    versions = f"PostgreSQL {postgresql}, Python {sys.version_info.major}.{sys.version_info.minor}"
    return f"{os.cpu_count()} cores shared with the load, {versions}, gunicorn with 2 sync workers"
