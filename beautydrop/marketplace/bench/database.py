"""A database of the bench's own, beside the project's on the same server. The project's own is never written."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlsplit, urlunsplit

from django.db import connection


def bench_name() -> str:
    return f"{connection.settings_dict['NAME']}_bench"


def bench_url() -> str:
    """The address of the bench's database: that of the project's with another name."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        from beautydrop.embedded import ensure_running

        url = ensure_running()
    return urlunsplit(urlsplit(url)._replace(path="/" + quote(bench_name())))


@contextmanager
def own_database(*, keep: bool) -> Iterator[None]:
    """Made empty before, dropped afterwards unless `keep`; one that was kept earlier is taken as it is."""
    name = connection.ops.quote_name(bench_name())
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [bench_name()])
        is_there = cursor.fetchone() is not None
        if is_there and not keep:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
        if not (is_there and keep):
            cursor.execute(f"CREATE DATABASE {name}")
    try:
        yield
    finally:
        if not keep:
            with connection._nodb_cursor() as cursor:
                cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
