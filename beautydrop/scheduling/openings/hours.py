"""Working hours and exceptions, as the engine reads them."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from beautydrop.availability import DayException, WeeklyHours, Window, working_windows
from beautydrop.shops.models import Shop

# A service may begin in a window of one day and end in a touching one of the next.
_DAY = timedelta(days=1)

_HOURS_SQL = """
    SELECT shop_id, staff_member_id, day_of_week, start_time, end_time, slot_interval_minutes,
           valid_from, valid_until, false
      FROM scheduling_schedule
     WHERE shop_id = ANY(%(shops)s::uuid[]) AND is_active
       AND (staff_member_id IS NULL OR staff_member_id = ANY(%(staff)s::uuid[]))
     UNION ALL
    SELECT shop_id, staff_member_id, NULL, start_time, end_time, NULL,
           start_date, end_date, reason = 'time_off'
      FROM scheduling_scheduleexception
     WHERE shop_id = ANY(%(shops)s::uuid[]) AND end_date >= %(first)s AND start_date <= %(last)s
       AND (staff_member_id IS NULL OR staff_member_id = ANY(%(staff)s::uuid[]))
"""


@dataclass(frozen=True, slots=True)
class Hours:
    """Weekly hours and exceptions of a shop and its staff, ready for the engine."""

    shop: tuple[WeeklyHours, ...]
    shop_exceptions: tuple[DayException, ...]
    staff: Mapping[uuid.UUID, tuple[WeeklyHours, ...]]
    staff_exceptions: Mapping[uuid.UUID, tuple[DayException, ...]]

    def windows(self, staff_id: uuid.UUID, shop: Shop, *, first: date, last: date) -> list[Window]:
        """What the staff member works on first..last; with the day after, where a service may end."""
        return working_windows(
            zone=shop.zone,
            first=first,
            last=last + _DAY,
            shop_hours=self.shop,
            shop_exceptions=self.shop_exceptions,
            staff_hours=self.staff.get(staff_id, ()),
            staff_exceptions=self.staff_exceptions.get(staff_id, ()),
            default_interval=shop.slot_interval_minutes,
        )


def bookable_days(shop: Shop, now: datetime) -> tuple[date, date]:
    """Today and the last bookable day, both local dates of the shop."""
    today = now.astimezone(shop.zone).date()
    return today, today + timedelta(days=shop.horizon_days)


def load_hours(
    shops: Sequence[Shop], staff_ids: Iterable[uuid.UUID], *, first: date, last: date
) -> dict[uuid.UUID, Hours]:
    """Weekly hours and the exceptions that touch first-1..last+1, by shop: one query."""
    shop_ids = [shop.pk for shop in shops]
    # By shop, then by staff member (None: the shop's own).
    weekly: dict[uuid.UUID, dict[uuid.UUID | None, list[WeeklyHours]]] = {key: {} for key in shop_ids}
    exceptions: dict[uuid.UUID, dict[uuid.UUID | None, list[DayException]]] = {key: {} for key in shop_ids}
    with connection.cursor() as cursor:
        cursor.execute(
            _HOURS_SQL,
            {"shops": shop_ids, "staff": list(staff_ids), "first": first - _DAY, "last": last + _DAY},
        )
        for shop_id, staff_id, weekday, start, end, interval, begins, ends, is_time_off in cursor.fetchall():
            if weekday is not None:
                row = WeeklyHours(weekday, start, end, interval, begins, ends)
                weekly[shop_id].setdefault(staff_id, []).append(row)
            else:
                opens = ((start, end),) if start and end else ()
                special = DayException(begins, ends, opens, None, is_time_off)
                exceptions[shop_id].setdefault(staff_id, []).append(special)
    return {
        shop_id: Hours(
            shop=tuple(weekly[shop_id].pop(None, ())),
            shop_exceptions=tuple(exceptions[shop_id].pop(None, ())),
            staff={who: tuple(rows) for who, rows in weekly[shop_id].items() if who},
            staff_exceptions={who: tuple(rows) for who, rows in exceptions[shop_id].items() if who},
        )
        for shop_id in shop_ids
    }


def shop_windows(shop: Shop, hours: Hours, *, first: date, last: date) -> list[Window]:
    """When the shop itself is open: the windows that start on first..last."""
    return working_windows(
        zone=shop.zone,
        first=first,
        last=last,
        shop_hours=hours.shop,
        shop_exceptions=hours.shop_exceptions,
        default_interval=shop.slot_interval_minutes,
    )
