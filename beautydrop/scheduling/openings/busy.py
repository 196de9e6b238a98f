"""Claimed time, as the engine reads it."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection

from beautydrop.availability import Interval, day_bounds, to_datetime
from beautydrop.shops.models import Shop

# A window of the day before may run past midnight, and a claim may begin before its service.
_MARGIN_MINUTES = 24 * 60

_BUSY_SQL = """
    SELECT staff_member_id,
           floor(extract(epoch FROM start_at) / 60)::bigint,
           ceil(extract(epoch FROM end_at) / 60)::bigint,
           status <> 'blocked'
      FROM scheduling_timeslot
     WHERE staff_member_id = ANY(%(staff)s)
       AND tstzrange(start_at, end_at, '[)') && tstzrange(%(start)s, %(end)s, '[)')
       AND (expires_at IS NULL OR expires_at > %(now)s)
       AND claim_id IS DISTINCT FROM %(own)s
"""

# The same, with touching claims joined by the server: a fully booked day is a few rows, not fifty.
_MERGED_BUSY_SQL = """
    SELECT staff_member_id,
           floor(extract(epoch FROM lower(busy)) / 60)::bigint,
           ceil(extract(epoch FROM upper(busy)) / 60)::bigint,
           true
      FROM (SELECT staff_member_id, unnest(range_agg(tstzrange(start_at, end_at, '[)'))) AS busy
              FROM scheduling_timeslot
             WHERE staff_member_id = ANY(%(staff)s)
               AND tstzrange(start_at, end_at, '[)') && tstzrange(%(start)s, %(end)s, '[)')
               AND (expires_at IS NULL OR expires_at > %(now)s)
               AND claim_id IS DISTINCT FROM %(own)s
             GROUP BY staff_member_id) AS merged
"""


@dataclass(frozen=True, slots=True)
class Busy:
    """Claimed time of one staff member: intervals, and those of them that are bookings (not blocks)."""

    intervals: list[Interval] = field(default_factory=list)
    bookings: list[Interval] = field(default_factory=list)


def load_busy(
    staff_ids: Iterable[uuid.UUID],
    *,
    first: date,
    last: date,
    shops: Iterable[Shop],
    now: datetime,
    own_claim: uuid.UUID | None = None,
    merged: bool = False,
) -> dict[uuid.UUID, Busy]:
    """Claims of the staff members that touch the local days first..last (with a day's margin): one query."""
    ids = sorted(staff_ids)
    bounds = [edge for shop in shops for edge in (day_bounds(first, shop.zone)[0], day_bounds(last, shop.zone)[1])]
    if not ids or not bounds:
        return {}
    result: dict[uuid.UUID, Busy] = defaultdict(Busy)
    with connection.cursor() as cursor:
        cursor.execute(
            _MERGED_BUSY_SQL if merged else _BUSY_SQL,
            {
                "staff": ids,
                "start": to_datetime(min(bounds) - _MARGIN_MINUTES),
                "end": to_datetime(max(bounds) + _MARGIN_MINUTES),
                "now": now,
                "own": own_claim,
            },
        )
        for staff_id, start, end, is_booking in cursor.fetchall():
            busy = result[staff_id]
            busy.intervals.append((start, end))
            if is_booking:
                busy.bookings.append((start, end))
    return result
