"""Hours and claims in the admin. Time is claimed by the one way there is: a block is asked for like a booking."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beautydrop.scheduling import claims
from beautydrop.scheduling.errors import TimeRefused
from beautydrop.scheduling.models import Schedule, ScheduleException, TimeSlot


@admin.register(Schedule)
class ScheduleAdmin(admin.ModelAdmin):
    list_display = (
        "shop",
        "staff_member",
        "day_of_week",
        "start_time",
        "end_time",
        "valid_from",
        "valid_until",
        "is_active",
    )
    list_select_related = ("shop", "staff_member")
    list_filter = ("is_active", "day_of_week")
    search_fields = ("shop__name", "staff_member__name")
    autocomplete_fields = ("shop", "staff_member")
    date_hierarchy = "created_at"


@admin.register(ScheduleException)
class ScheduleExceptionAdmin(admin.ModelAdmin):
    list_display = (
        "shop",
        "staff_member",
        "reason",
        "start_date",
        "end_date",
        "start_time",
        "end_time",
        "note",
    )
    list_select_related = ("shop", "staff_member")
    list_filter = ("reason",)
    search_fields = ("shop__name", "staff_member__name", "note")
    autocomplete_fields = ("shop", "staff_member")
    date_hierarchy = "start_date"


class BlockForm(ModelForm):
    """A block is claimed while the form is checked, so that a refusal stands beside what was typed."""

    class Meta:
        model = TimeSlot
        fields = ("staff_member", "start_at", "end_at", "note")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors or data["start_at"] >= data["end_at"]:
            return data
        try:
            self.claimed = claims.block(
                staff_member=data["staff_member"],
                start=data["start_at"],
                end=data["end_at"],
                now=timezone.now(),
                note=data["note"],
            )
        except TimeRefused as refused:
            raise ValidationError(
                _("This time is already taken: choose another one, or move the booking first.")
            ) from refused
        return data

    def validate_constraints(self) -> None:
        """The claim has been made: checked against itself it would seem taken."""
        if not hasattr(self, "claimed"):
            super().validate_constraints()

    def save(self, commit: bool = True) -> TimeSlot:
        return self.claimed

    def save_m2m(self) -> None:
        """Nothing of the kind here."""


@admin.register(TimeSlot)
class TimeSlotAdmin(admin.ModelAdmin):
    list_display = ("staff_member", "start_at", "end_at", "status", "expires_at")
    list_select_related = ("staff_member",)
    list_filter = ("status",)
    search_fields = ("staff_member__name", "claim_id")
    date_hierarchy = "start_at"
    form = BlockForm
    autocomplete_fields = ("staff_member",)

    def has_change_permission(self, request: HttpRequest, obj: TimeSlot | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: TimeSlot | None = None) -> bool:
        """Blocks can go; the time of a booking goes with the booking."""
        return super().has_delete_permission(request, obj) and obj is not None and obj.status == TimeSlot.Status.BLOCKED

    def save_model(self, request: HttpRequest, obj: TimeSlot, form: ModelForm, change: bool) -> None:
        """claims.block has written it."""

    def delete_model(self, request: HttpRequest, obj: TimeSlot) -> None:
        claims.release(obj.claim_id)
