"""When people work and which of that time is claimed. Free time is derived (see openings.py), never stored."""

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from beautydrop.shops.models import Shop, StaffMember


class Weekday(models.IntegerChoices):
    """Monday is 0, as in `datetime.date.weekday`."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class StaffOfShop(models.Model):
    """Rows of a shop, or of one of its staff members."""

    class Meta:
        abstract = True

    def clean(self) -> None:
        staff_member: StaffMember | None = getattr(self, "staff_member", None)
        if staff_member and staff_member.shop_id != self.shop_id:  # type: ignore[attr-defined]
            raise ValidationError(_("Choose a staff member of this shop"))


class Schedule(StaffOfShop):
    """Weekly working hours in the shop's wall-clock time, of the shop or of one staff member.

    An `end_time` that is not after `start_time` is on the next day (00:00 = midnight). Several rows a
    day make breaks; validity dates (inclusive) make seasons.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="schedules")
    staff_member = models.ForeignKey(
        StaffMember, on_delete=models.CASCADE, null=True, blank=True, related_name="schedules"
    )
    day_of_week = models.PositiveSmallIntegerField(_("day of the week"), choices=Weekday)
    start_time = models.TimeField(_("from"))
    end_time = models.TimeField(_("to"))
    slot_interval_minutes = models.PositiveSmallIntegerField(_("slot interval in minutes"), default=15)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")
        ordering = ["day_of_week", "start_time"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(day_of_week__range=(0, 6)), name="schedule_weekday_is_monday_to_sunday"
            ),
            models.CheckConstraint(
                condition=models.Q(slot_interval_minutes__range=(5, 240)),
                name="schedule_slot_interval_is_5_to_240_minutes",
                violation_error_message=_("Choose a slot interval from 5 to 240 minutes"),
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_until__isnull=True)
                | models.Q(valid_from__lte=models.F("valid_until")),
                name="schedule_validity_does_not_end_before_it_begins",
                violation_error_message=_("Choose an end date that is not before the start date"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_day_of_week_display()} {self.start_time:%H:%M}–{self.end_time:%H:%M}"


class ScheduleException(StaffOfShop):
    """Dates (inclusive) on which a shop or one staff member is closed or has special hours.

    Closed rows have no times; special hours have both, and replace the weekday's.
    """

    class Reason(models.TextChoices):
        HOLIDAY = "holiday", _("Public holiday")
        BLACKOUT = "blackout", _("Closed")
        TIME_OFF = "time_off", _("Time off")
        SPECIAL = "special", _("Special hours")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="schedule_exceptions")
    staff_member = models.ForeignKey(
        StaffMember, on_delete=models.CASCADE, null=True, blank=True, related_name="schedule_exceptions"
    )
    reason = models.CharField(_("reason"), max_length=16, choices=Reason)
    note = models.CharField(_("note"), max_length=120, blank=True)
    start_date = models.DateField(_("first day"))
    end_date = models.DateField(_("last day"))
    start_time = models.TimeField(_("from"), null=True, blank=True)
    end_time = models.TimeField(_("to"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("schedule exception")
        verbose_name_plural = _("schedule exceptions")
        ordering = ["start_date", "start_time"]
        indexes = [models.Index(fields=["shop", "end_date"], name="exception_shop_end")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(start_date__lte=models.F("end_date")),
                name="exception_does_not_end_before_it_begins",
                violation_error_message=_("Choose a last day that is not before the first day"),
            ),
            models.CheckConstraint(
                condition=models.Q(reason="special", start_time__isnull=False, end_time__isnull=False)
                | (~models.Q(reason="special") & models.Q(start_time__isnull=True, end_time__isnull=True)),
                name="exception_has_times_only_for_special_hours",
                violation_error_message=_("Give both times for special hours, and none for a closed day"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} {self.start_date} – {self.end_date}"


class TsTzRange(models.Func):
    """`tstzrange(start, end, '[)')`, as used by the exclusion constraint and its index."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class TimeSlot(models.Model):
    """A claimed piece of a staff member's time: the occupied range, buffers included, UTC, half-open.

    `claim_id` says what claims it: the id of a booking, or of a block. It is no foreign key on purpose:
    deleting an expired hold must not touch (and so lock) the booking that it was for. A trigger made by
    the bookings app makes the database refuse a live booking without its claim.
    """

    class Status(models.TextChoices):
        HELD = "held", _("Held")
        BOOKED = "booked", _("Booked")
        BLOCKED = "blocked", _("Blocked")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # No index of its own: those below begin with it.
    staff_member = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="time_slots", db_index=False)
    claim_id = models.UUIDField(_("claimed for"), default=uuid.uuid4, db_index=True)
    start_at = models.DateTimeField(_("start"))
    end_at = models.DateTimeField(_("end"))
    status = models.CharField(_("status"), max_length=8, choices=Status)
    expires_at = models.DateTimeField(_("held until"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("time slot")
        verbose_name_plural = _("time slots")
        constraints = [
            ExclusionConstraint(
                name="staff_member_is_claimed_once_at_a_time",
                expressions=[
                    ("staff_member", RangeOperators.EQUAL),
                    (TsTzRange("start_at", "end_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This time is already taken"),
            ),
            models.CheckConstraint(
                condition=models.Q(start_at__lt=models.F("end_at")),
                name="time_slot_ends_after_it_starts",
                violation_error_message=_("Choose an end after the start"),
            ),
            models.CheckConstraint(
                condition=models.Q(status="held", expires_at__isnull=False)
                | (~models.Q(status="held") & models.Q(expires_at__isnull=True)),
                name="only_held_time_expires",
            ),
        ]
        indexes = [
            models.Index(
                fields=["staff_member", "start_at"], include=["end_at", "expires_at"], name="slot_staff_start"
            ),
            # Each booking clears away holds that ran out: a few rows, which a person's whole history must not hide.
            models.Index(
                fields=["staff_member", "expires_at"],
                condition=models.Q(expires_at__isnull=False),
                name="slot_staff_hold",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_member_id} {self.start_at:%Y-%m-%d %H:%M}"
