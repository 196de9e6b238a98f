"""What is deleted with time. Each app registers its part in its cleanup.py, with how long its rows are kept:

    @part("notifications.messages", kept=timedelta(days=90))
    def delete_messages(before: datetime, limit: int) -> int:
        return delete_some(OutboxMessage.objects.filter(created_at__lt=before), limit)

A part deletes at most `limit` rows from before that instant and returns how many; it is called until nothing is left,
within a bound. See docs/rules.md, "What is kept, and for how long".
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from beautydrop.jobs.models import CacheRow
from beautydrop.web import counting

Delete = Callable[[datetime, int], int]

# Rows of one statement, and statements of one part in one run: the next run goes on where this one stopped.
AT_ONCE = 500
MOST_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    kept: timedelta
    delete: Delete


_parts: dict[str, Part] = {}


def part(name: str, *, kept: timedelta = timedelta(0)) -> Callable[[Delete], Delete]:
    """Decorator: this function is the cleanup of rows that are older than `kept`; see the module's docstring."""

    def add(delete: Delete) -> Delete:
        if name in _parts:
            raise ValueError(f"There is a cleanup named {name} already")
        _parts[name] = Part(name, kept, delete)
        return delete

    return add


def every() -> list[Part]:
    """All parts, by name."""
    return [_parts[name] for name in sorted(_parts)]


def clean(name: str, now: datetime) -> int:
    """Delete what is old in one part; how many rows."""
    one = _parts[name]
    deleted = 0
    for _round in range(MOST_ROUNDS):
        count = one.delete(now - one.kept, AT_ONCE)
        deleted += count
        if count < AT_ONCE:
            break
    return deleted


def delete_some(rows: QuerySet[Any], limit: int) -> int:
    """Delete up to `limit` of these rows, each only if it is still among them; how many."""
    keys = list(rows.order_by().values_list("pk", flat=True)[:limit])
    return rows.filter(pk__in=keys).delete()[1].get(rows.model._meta.label, 0) if keys else 0


# --- The framework's own leftovers ----------------------------------------------------------------


@part("sessions")
def delete_sessions(before: datetime, limit: int) -> int:
    """Sign-ins that have run out."""
    return delete_some(Session.objects.filter(expire_date__lt=before), limit)


@part("cache")
def delete_cache_rows(before: datetime, limit: int) -> int:
    """Cached values that have run out, where the cache is in the database. Redis forgets by itself."""
    if not settings.CACHES["default"]["BACKEND"].endswith(".DatabaseCache"):
        return 0
    return delete_some(CacheRow.objects.filter(expires__lt=before), limit)


@part("request_counts")
def delete_request_counts(before: datetime, limit: int) -> int:
    """Counts of the rate limits whose time is over, where they are in the database."""
    return counting.forget_old(before, limit)
