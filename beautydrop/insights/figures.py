"""A salon's figures over a period of whole local days, as SQL aggregates. Definitions stand beside each figure.

Money is in the shop's currency. Days, weekdays and hours are the shop's. Only bookings that took place count as
sold; what is still to come is never mixed in.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from beautydrop.availability import day_bounds, to_datetime
from beautydrop.scheduling import openings
from beautydrop.shops.models import Shop, StaffMember

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole local days first..last of a shop."""

    shop: Shop
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def before(self) -> "Period":
        """As many days, directly before."""
        return Period(self.shop, self.first - self.days * _DAY, self.first - _DAY)

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        """The period as instants [from, to)."""
        zone = self.shop.zone
        return to_datetime(day_bounds(self.first, zone)[0]), to_datetime(day_bounds(self.last, zone)[1])

    def params(self) -> dict[str, Any]:
        start, end = self.bounds
        return {"shop": self.shop.pk, "start": start, "end": end, "zone": self.shop.timezone}


@dataclass(frozen=True, slots=True)
class Totals:
    """The tiles of one period. Shares are in percent, None where there is nothing to divide by."""

    revenue: Decimal
    appointments: int
    booked_minutes: int
    working_minutes: int
    missed: int
    missed_of: int
    new_clients: int
    clients: int

    @property
    def occupancy(self) -> float | None:
        """Booked minutes ÷ working minutes."""
        return 100 * self.booked_minutes / self.working_minutes if self.working_minutes else None

    @property
    def missed_share(self) -> float | None:
        """No-shows and cancellations after the free time ÷ those and the appointments that took place."""
        return 100 * self.missed / self.missed_of if self.missed_of else None

    @property
    def new_share(self) -> float | None:
        """Clients whose first visit lies in the period ÷ all clients of the period."""
        return 100 * self.new_clients / self.clients if self.clients else None

    @property
    def average_ticket(self) -> Decimal | None:
        """Revenue ÷ appointments."""
        return self.revenue / self.appointments if self.appointments else None


_TOTALS = """
    SELECT coalesce(sum(price) FILTER (WHERE status = 'completed'), 0),
           count(*) FILTER (WHERE status = 'completed'),
           coalesce(sum(duration_minutes) FILTER (WHERE status IN ('completed', 'confirmed', 'arrived', 'no_show')), 0),
           count(*) FILTER (WHERE status = 'no_show' OR is_late),
           count(*) FILTER (WHERE status IN ('completed', 'no_show') OR is_late)
      FROM (SELECT booking.price, booking.status, booking.duration_minutes,
                   booking.status = 'cancelled' AND booking.cancel_reason = 'customer' AND EXISTS (
                     SELECT FROM bookings_bookingevent event
                      WHERE event.booking_id = booking.id AND event.to_status = 'cancelled'
                        AND event.at >= booking.starts_at - booking.cancellation_cutoff_hours * interval '1 hour'
                   ) AS is_late
              FROM bookings_booking booking
             WHERE booking.shop_id = %(shop)s AND booking.starts_at >= %(start)s AND booking.starts_at < %(end)s
           ) AS period
"""
# A client is known by e-mail, else by phone; without either every visit is somebody new.
_CLIENTS = """
    WITH visits AS (
      SELECT coalesce(nullif(contact_email, ''), nullif(contact_phone, ''), id::text) AS who, starts_at
        FROM bookings_booking
       WHERE shop_id = %(shop)s AND status = 'completed' AND starts_at < %(end)s
    ), firsts AS (SELECT who, min(starts_at) AS first, max(starts_at) AS last FROM visits GROUP BY who)
    SELECT count(*) FILTER (WHERE first >= %(start)s), count(*) FROM firsts WHERE last >= %(start)s
"""
_BY_DAY = """
    SELECT (starts_at AT TIME ZONE %(zone)s)::date, sum(price), count(*)
      FROM bookings_booking
     WHERE shop_id = %(shop)s AND starts_at >= %(start)s AND starts_at < %(end)s AND status = 'completed'
     GROUP BY 1
"""
_TOP_SERVICES = """
    SELECT booking.service_name, service.category, count(*), sum(booking.price)
      FROM bookings_booking booking JOIN shops_service service ON service.id = booking.service_id
     WHERE booking.shop_id = %(shop)s AND booking.starts_at >= %(start)s AND booking.starts_at < %(end)s
       AND booking.status = 'completed'
     GROUP BY 1, 2 ORDER BY 4 DESC, 1 LIMIT 7
"""
_BY_PERSON = """
    SELECT staff_member_id, count(*) FILTER (WHERE status = 'completed'),
           coalesce(sum(price) FILTER (WHERE status = 'completed'), 0), coalesce(sum(duration_minutes), 0)
      FROM bookings_booking
     WHERE shop_id = %(shop)s AND starts_at >= %(start)s AND starts_at < %(end)s
       AND status IN ('completed', 'confirmed', 'arrived', 'no_show')
     GROUP BY 1
"""
_BY_HOUR = """
    SELECT extract(isodow FROM hour)::int - 1, extract(hour FROM hour)::int,
           sum(extract(epoch FROM least(ends, hour + interval '1 hour') - greatest(starts, hour)) / 60)::int
      FROM (SELECT starts_at AT TIME ZONE %(zone)s AS starts, ends_at AT TIME ZONE %(zone)s AS ends
              FROM bookings_booking
             WHERE shop_id = %(shop)s AND starts_at >= %(start)s AND starts_at < %(end)s
               AND status IN ('completed', 'confirmed', 'arrived', 'no_show')) AS booked
     CROSS JOIN LATERAL
           generate_series(date_trunc('hour', starts), ends - interval '1 minute', interval '1 hour') AS hour
     WHERE ends > starts
     GROUP BY 1, 2
"""


def _rows(sql: str, period: Period) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, period.params())
        return list(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Work:
    """Working minutes of a period: by person, and by (weekday, hour)."""

    by_person: dict[UUID, int]
    by_hour: dict[tuple[int, int], int]

    @property
    def minutes(self) -> int:
        return sum(self.by_person.values())


def work(period: Period, staff: list[StaffMember]) -> Work:
    """What the people of the shop worked, by their hours as they stand now: two queries."""
    shop = period.shop
    hours = openings.load_hours([shop], [member.pk for member in staff], first=period.first, last=period.last)[shop.pk]
    by_person: dict[UUID, int] = {}
    by_hour: dict[tuple[int, int], int] = defaultdict(int)
    low, high = (int(edge.timestamp()) // 60 for edge in period.bounds)
    for member in staff:
        total = 0
        for window in hours.windows(member.pk, shop, first=period.first, last=period.last - _DAY):
            start, end = max(window.start, low), min(window.end, high)
            if start >= end:
                continue
            total += end - start
            while start < end:
                local = to_datetime(start).astimezone(shop.zone)
                step = min(end - start, 60 - local.minute)
                by_hour[local.weekday(), local.hour] += step
                start += step
        by_person[member.pk] = total
    return Work(by_person, dict(by_hour))


def totals(period: Period, worked: Work) -> Totals:
    """The tiles: two queries."""
    revenue, appointments, minutes, missed, missed_of = _rows(_TOTALS, period)[0]
    new_clients, clients = _rows(_CLIENTS, period)[0]
    return Totals(revenue, appointments, minutes, worked.minutes, missed, missed_of, new_clients, clients)


def by_day(period: Period) -> dict[date, tuple[Decimal, int]]:
    """Revenue and appointments of each day that had any: one query."""
    return {day: (revenue, count) for day, revenue, count in _rows(_BY_DAY, period)}


def top_services(period: Period) -> list[tuple[str, str, int, Decimal]]:
    """(name as sold, category, sold, revenue) of the seven that brought most: one query."""
    return [(name, kind, count, revenue) for name, kind, count, revenue in _rows(_TOP_SERVICES, period)]


def by_person(period: Period) -> dict[UUID, tuple[int, Decimal, int]]:
    """(appointments, revenue, booked minutes) by staff member: one query."""
    return {who: (count, revenue, minutes) for who, count, revenue, minutes in _rows(_BY_PERSON, period)}


def by_hour(period: Period) -> dict[tuple[int, int], int]:
    """Booked minutes by (weekday from Monday, hour): one query."""
    return {(weekday, hour): minutes for weekday, hour, minutes in _rows(_BY_HOUR, period)}
