"""The only writers of hours and exceptions. Raise ValidationError with messages by field."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import OperationalError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from beautydrop.scheduling import claims, week
from beautydrop.scheduling.models import Schedule, ScheduleException
from beautydrop.scheduling.week import Row, Season
from beautydrop.shops.models import Shop, StaffMember

_DAY = timedelta(days=1)


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


@transaction.atomic
def set_week(
    *,
    shop: Shop,
    rows: Collection[Row],
    staff_member: StaffMember | None = None,
    season: Season = Season(),  # noqa: B008  # frozen
    replaces: Season | None = None,
    slot_interval_minutes: int | None = None,
) -> None:
    """The weekly hours of the shop, or of one staff member, from now on, in one piece.

    The rows of `replaces` (the season as it was) make way, and so does every other season on the dates of this one:
    it is cut, or split in two. Nobody can be booked while this runs. Raises ValidationError in words for rows that
    overlap, none at all, or more than six a day.
    """
    lock_everyone(shop)
    _check_week(rows, season)
    own = _hours_of(shop, staff_member)
    if replaces is not None:
        own.filter(valid_from=replaces.valid_from, valid_until=replaces.valid_until).delete()
    own.filter(valid_from=season.valid_from, valid_until=season.valid_until).delete()
    for other in own:
        _cut(other, season)
    for row in sorted(rows):
        add_hours(
            shop=shop,
            staff_member=staff_member,
            day_of_week=row.weekday,
            start_time=row.start,
            end_time=row.end,
            valid_from=season.valid_from,
            valid_until=season.valid_until,
            slot_interval_minutes=slot_interval_minutes or shop.slot_interval_minutes,
        )


@transaction.atomic
def remove_season(*, shop: Shop, season: Season, staff_member: StaffMember | None = None) -> None:
    """The hours before the season (or else those after it) hold on its dates too. The only season can't go.

    Raises ValidationError when there is no other.
    """
    lock_everyone(shop)
    own = _hours_of(shop, staff_member)
    before = own.filter(valid_until=season.valid_from - _DAY) if season.valid_from else own.none()
    after = own.filter(valid_from=season.valid_until + _DAY) if season.valid_until else own.none()
    if not before and not after:
        raise ValidationError(_("There are no other hours that could take its place"))
    own.filter(valid_from=season.valid_from, valid_until=season.valid_until).delete()
    if not before:
        after.update(valid_from=season.valid_from)
    elif _shape(before) == _shape(after):
        until = after[0].valid_until
        after.delete()
        before.update(valid_until=until)
    else:
        before.update(valid_until=season.valid_until)


@transaction.atomic
def work_as_the_shop(*, staff_member: StaffMember) -> None:
    """From now on the staff member works whenever the shop is open; their own rows are gone."""
    lock_everyone(staff_member.shop)
    _hours_of(staff_member.shop, staff_member).delete()


@transaction.atomic
def set_exception(
    *,
    shop: Shop,
    reason: str,
    start_date: date,
    end_date: date,
    windows: Sequence[tuple[time, time]] = (),
    staff_member: StaffMember | None = None,
    note: str = "",
    exception_id: uuid.UUID | None = None,
) -> ScheduleException:
    """Closed dates, or special hours with one row for each of `windows`; the first row, which stands for all.

    With the id of an exception that exists, that one is changed, whole; a new one gets the id, so sending it twice
    makes one. Nobody can be booked while this runs. Raises ValidationError.
    """
    lock_everyone(shop)
    if reason == ScheduleException.Reason.SPECIAL:
        _check_windows(windows)
    first = ScheduleException.objects.filter(shop=shop, pk=exception_id).first() if exception_id else None
    is_new = first is None
    if first is None:
        first = ScheduleException(shop=shop, staff_member=staff_member)
        if exception_id:
            first.pk = exception_id
    else:
        exception_rows(first).exclude(pk=first.pk).delete()
    times: Sequence[tuple[time | None, time | None]] = sorted(windows) or [(None, None)]
    first.reason, first.note = reason, note
    first.start_date, first.end_date = start_date, end_date
    first.start_time, first.end_time = times[0]
    first.full_clean()
    first.save(force_insert=is_new)
    for start, end in times[1:]:
        add_exception(
            shop=shop,
            reason=reason,
            start_date=start_date,
            end_date=end_date,
            staff_member=first.staff_member,
            start_time=start,
            end_time=end,
            note=note,
        )
    return first


@transaction.atomic
def remove_exception(*, exception: ScheduleException) -> None:
    """The weekly hours hold again on its dates."""
    exception_rows(exception).delete()


def exception_rows(exception: ScheduleException) -> QuerySet[ScheduleException]:
    """All rows of one entry: special hours with a break are several rows, on the same dates of the same people."""
    return ScheduleException.objects.filter(
        shop=exception.shop_id,
        staff_member=exception.staff_member_id,
        reason=exception.reason,
        start_date=exception.start_date,
        end_date=exception.end_date,
    )


def lock_everyone(shop: Shop) -> None:
    """Nobody of the shop is booked until the transaction ends: whoever claims then reads the new hours.

    Raises ValidationError when somebody else holds on to one of them for too long.
    """
    staff_ids = set(shop.staff_members.values_list("pk", flat=True))
    try:
        claims.lock_staff(staff_ids)
    except OperationalError as error:
        raise ValidationError(_("Somebody is being booked at this very moment. Press the button again.")) from error


def _hours_of(shop: Shop, staff_member: StaffMember | None) -> QuerySet[Schedule]:
    return Schedule.objects.filter(shop=shop, staff_member=staff_member)


def _shape(rows: QuerySet[Schedule]) -> set[tuple[object, ...]]:
    return set(rows.values_list("day_of_week", "start_time", "end_time", "slot_interval_minutes", "is_active"))


def _check_week(rows: Collection[Row], season: Season) -> None:
    if not rows:
        raise ValidationError(_("Enter hours for at least one day"))
    for weekday in range(7):
        if sum(row.weekday == weekday for row in rows) > week.MAX_ROWS_A_DAY:
            raise ValidationError(
                _("%(day)s: enter at most %(count)s rows")
                % {"day": week.day_name(weekday), "count": week.MAX_ROWS_A_DAY}
            )
    if season.valid_from and season.valid_until and season.valid_until < season.valid_from:
        raise ValidationError({"valid_until": _("Choose an end date that is not before the start date")})
    if found := week.clash(list(rows)):
        raise ValidationError(week.clash_words(*found))


def _check_windows(windows: Sequence[tuple[time, time]]) -> None:
    if not windows:
        raise ValidationError({"windows": _("Enter the hours, such as 9:00 to 14:00")})
    if len(windows) > week.MAX_ROWS_A_DAY:
        raise ValidationError({"windows": _("Enter at most %(count)s rows") % {"count": week.MAX_ROWS_A_DAY}})
    rows = sorted(Row(0, start, end) for start, end in windows)
    for row, other in zip(rows, rows[1:], strict=False):
        if row.end > other.start or row.end <= row.start:
            raise ValidationError(
                {
                    "windows": _("%(first)s and %(second)s overlap. Let one end before the other begins.")
                    % {"first": row.words, "second": other.words}
                }
            )


def _cut(row: Schedule, season: Season) -> None:
    """Take the dates of `season` out of another season's row."""
    if not Season(row.valid_from, row.valid_until).meets(season):
        return
    parts: list[tuple[date | None, date | None]] = []
    if season.valid_from and (row.valid_from is None or row.valid_from < season.valid_from):
        parts.append((row.valid_from, season.valid_from - _DAY))
    if season.valid_until and (row.valid_until is None or row.valid_until > season.valid_until):
        parts.append((season.valid_until + _DAY, row.valid_until))
    row.delete()
    for valid_from, valid_until in parts:
        add_hours(
            shop=row.shop,
            staff_member=row.staff_member,
            day_of_week=row.day_of_week,
            start_time=row.start_time,
            end_time=row.end_time,
            slot_interval_minutes=row.slot_interval_minutes,
            valid_from=valid_from,
            valid_until=valid_until,
            is_active=row.is_active,
        )
