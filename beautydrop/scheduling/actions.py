"""The only writers of hours and exceptions. Raise ValidationError with messages by field."""

from datetime import date, time
from typing import Any

from django.db import transaction

from beautydrop.scheduling.models import Schedule, ScheduleException
from beautydrop.shops.models import Shop, StaffMember


@transaction.atomic
def add_hours(
    *,
    shop: Shop,
    day_of_week: int,
    start_time: time,
    end_time: time,
    staff_member: StaffMember | None = None,
    **fields: Any,
) -> Schedule:
    """One row of weekly hours, of the shop or of one staff member; the grid is the shop's unless given."""
    fields.setdefault("slot_interval_minutes", shop.slot_interval_minutes)
    row = Schedule(
        shop=shop,
        staff_member=staff_member,
        day_of_week=day_of_week,
        start_time=start_time,
        end_time=end_time,
        **fields,
    )
    row.full_clean()
    row.save(force_insert=True)
    return row


@transaction.atomic
def add_exception(
    *,
    shop: Shop,
    reason: str,
    start_date: date,
    end_date: date,
    staff_member: StaffMember | None = None,
    start_time: time | None = None,
    end_time: time | None = None,
    note: str = "",
) -> ScheduleException:
    """Closed dates (no times) or special hours (both times), inclusive, of the shop or of one staff member."""
    row = ScheduleException(
        shop=shop,
        staff_member=staff_member,
        reason=reason,
        start_date=start_date,
        end_date=end_date,
        start_time=start_time,
        end_time=end_time,
        note=note,
    )
    row.full_clean()
    row.save(force_insert=True)
    return row
