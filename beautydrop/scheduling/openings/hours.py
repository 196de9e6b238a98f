"""Working hours and exceptions, as the engine reads them."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from beautydrop.availability import DayException, WeeklyHours, Window, working_windows
from beautydrop.scheduling.models import Schedule, ScheduleException
from beautydrop.shops.models import Shop

# A service may begin in a window of one day and end in a touching one of the next.
_DAY = timedelta(days=1)


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
    """Weekly hours and the exceptions that touch first-1..last+1, by shop: two queries."""
    shop_ids = [shop.pk for shop in shops]
    mine = Q(staff_member=None) | Q(staff_member__in=list(staff_ids))
    weekly: dict[tuple[uuid.UUID, uuid.UUID | None], list[WeeklyHours]] = defaultdict(list)
    for row in Schedule.objects.filter(mine, shop__in=shop_ids, is_active=True):
        weekly[row.shop_id, row.staff_member_id].append(
            WeeklyHours(
                weekday=row.day_of_week,
                start=row.start_time,
                end=row.end_time,
                interval=row.slot_interval_minutes,
                valid_from=row.valid_from,
                valid_until=row.valid_until,
            )
        )
    exceptions: dict[tuple[uuid.UUID, uuid.UUID | None], list[DayException]] = defaultdict(list)
    for special in ScheduleException.objects.filter(
        mine, shop__in=shop_ids, end_date__gte=first - _DAY, start_date__lte=last + _DAY
    ):
        opens = ((special.start_time, special.end_time),) if special.start_time and special.end_time else ()
        exceptions[special.shop_id, special.staff_member_id].append(
            DayException(
                first=special.start_date,
                last=special.end_date,
                opens=opens,
                interval=None,
                is_time_off=special.reason == ScheduleException.Reason.TIME_OFF,
            )
        )
    result = {}
    for shop_id in shop_ids:
        result[shop_id] = Hours(
            shop=tuple(weekly[shop_id, None]),
            shop_exceptions=tuple(exceptions[shop_id, None]),
            staff={who: tuple(rows) for (where, who), rows in weekly.items() if who and where == shop_id},
            staff_exceptions={
                who: tuple(rows) for (where, who), rows in exceptions.items() if who and where == shop_id
            },
        )
    return result


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
