"""Claimed time, as the engine reads it."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import compress

from django.db import connection

from beautydrop.availability import Interval, day_bounds, to_datetime
from beautydrop.shops.models import Shop

# A window of the day before may run past midnight, and a claim may begin before its service.
_MARGIN_MINUTES = 24 * 60

# One row a person, not one a claim: a week of a busy salon is some thousand claims. Epochs as floats are exact to
# the microsecond here, and much cheaper than numerics.
_BUSY_SQL = """
    SELECT person.id, claimed.*
      FROM unnest(%(staff)s::uuid[]) AS person(id)
     CROSS JOIN LATERAL (
           SELECT array_agg(floor(date_part('epoch', start_at) / 60)::int),
                  array_agg(ceil(date_part('epoch', end_at) / 60)::int),
                  array_agg(status <> 'blocked')
             FROM scheduling_timeslot
            WHERE staff_member_id = person.id
              AND tstzrange(start_at, end_at, '[)') && tstzrange(%(start)s, %(end)s, '[)')
              AND (expires_at IS NULL OR expires_at > %(now)s)
              AND claim_id IS DISTINCT FROM %(own)s) AS claimed
"""

# The same, with touching claims joined by the server: a fully booked day is one interval, not fifty.
_MERGED_BUSY_SQL = """
    SELECT person.id, merged.*
      FROM unnest(%(staff)s::uuid[]) AS person(id)
     CROSS JOIN LATERAL (
           SELECT array_agg(floor(date_part('epoch', lower(busy)) / 60)::int),
                  array_agg(ceil(date_part('epoch', upper(busy)) / 60)::int),
                  array_agg(true)
             FROM unnest((
                  SELECT range_agg(tstzrange(start_at, end_at, '[)'))
                    FROM scheduling_timeslot
                   WHERE staff_member_id = person.id
                     AND tstzrange(start_at, end_at, '[)') && tstzrange(%(start)s, %(end)s, '[)')
                     AND (expires_at IS NULL OR expires_at > %(now)s)
                     AND claim_id IS DISTINCT FROM %(own)s)) AS busy) AS merged
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
    result: dict[uuid.UUID, Busy] = {}
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
        for staff_id, starts, ends, are_bookings in cursor.fetchall():
            if starts is not None:
                intervals = list(zip(starts, ends, strict=True))
                result[staff_id] = Busy(intervals, list(compress(intervals, are_bookings)))
    return result
