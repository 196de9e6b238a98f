"""Counts what happens within a time, shared by all processes: in Redis, or in a table of its own in PostgreSQL.

Django's cache is not used for it: without Redis its `incr` reads and writes in two steps, and two requests at once
would count as one. Here each call is one round trip, however many keys it counts, and atomic.
"""

import logging
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection, transaction

logger = logging.getLogger(__name__)

_TIMEOUT_SECONDS = 0.5
# So long a Redis that did not answer is not asked again: waiting for it would slow every page down.
_PAUSE_SECONDS = 10.0
_paused_until = 0.0


@dataclass(frozen=True, slots=True)
class Count:
    """How often within the running window, this time included, and the seconds until it ends."""

    number: int
    seconds_left: int


def hit(keys: Sequence[tuple[str, int]], *, now: datetime) -> list[Count] | None:
    """Count each (key, seconds of its window) once more, in order. A window begins with its first hit.

    None when the store doesn't answer (that is logged): then nobody knows, and the caller lets people through.
    """
    try:
        return _in_redis(keys) if settings.REDIS_URL else _in_database(keys, now)
    except (redis.RedisError, DatabaseError) as error:
        logger.error("Cannot count requests, so none is refused: %s", error.__class__.__name__)
        return None


_HIT = """
INSERT INTO web_requestcount AS kept (key, number, ends_at)
SELECT key, 1, %(now)s + make_interval(secs => seconds)
FROM unnest(%(keys)s::text[], %(seconds)s::int[]) AS asked (key, seconds)
ORDER BY key -- everybody locks in this order
ON CONFLICT (key) DO UPDATE SET
    number = CASE WHEN kept.ends_at <= %(now)s THEN 1 ELSE kept.number + 1 END,
    ends_at = CASE WHEN kept.ends_at <= %(now)s THEN excluded.ends_at ELSE kept.ends_at END
RETURNING key, number, ends_at
"""


def _in_database(keys: Sequence[tuple[str, int]], now: datetime) -> list[Count]:
    values: dict[str, Any] = {
        "now": now,
        "keys": [key for key, _seconds in keys],
        "seconds": [seconds for _key, seconds in keys],
    }
    # A failure must not spoil a transaction of the caller's.
    with transaction.atomic() if connection.in_atomic_block else nullcontext(), connection.cursor() as cursor:
        cursor.execute(_HIT, values)
        found = {key: (number, ends_at) for key, number, ends_at in cursor.fetchall()}
    return [Count(found[key][0], _whole_seconds(found[key][1] - now)) for key, _seconds in keys]


def forget_old(before: datetime, limit: int) -> int:
    """Delete up to `limit` counts of windows that were over by then; how many. Redis forgets by itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH old AS (SELECT key FROM web_requestcount WHERE ends_at <= %(before)s LIMIT %(limit)s) "
            "DELETE FROM web_requestcount USING old WHERE web_requestcount.key = old.key "
            "AND web_requestcount.ends_at <= %(before)s",
            {"before": before, "limit": limit},
        )
        return int(cursor.rowcount)


def _in_redis(keys: Sequence[tuple[str, int]]) -> list[Count] | None:
    global _paused_until
    if time.monotonic() < _paused_until:
        return None
    pipeline = _client(settings.REDIS_URL).pipeline(transaction=False)
    for key, seconds in keys:
        pipeline.set(f"count:{key}", 0, ex=seconds, nx=True)
        pipeline.incr(f"count:{key}")
        pipeline.pttl(f"count:{key}")
    try:
        answers = pipeline.execute()
    except redis.RedisError:
        _paused_until = time.monotonic() + _PAUSE_SECONDS
        raise
    return [
        Count(int(answers[place * 3 + 1]), max(1, -(-int(answers[place * 3 + 2]) // 1000)))
        for place in range(len(keys))
    ]


@lru_cache(maxsize=2)
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=_TIMEOUT_SECONDS, socket_connect_timeout=_TIMEOUT_SECONDS)


def _whole_seconds(left: timedelta) -> int:
    return max(1, -(-left // timedelta(seconds=1)))
