"""Bookings in the admin: everything is read, and changed only by the domain's actions."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beautydrop.bookings import actions
from beautydrop.bookings.actions import By
from beautydrop.bookings.errors import BookingError
from beautydrop.bookings.models import Booking, BookingEvent, ClientImport, KeptBooking, ShopClient
from beautydrop.bookings.states import Actor
from beautydrop.web.read_only import ReadOnly


class EventInline(ReadOnly, admin.TabularInline):
    model = BookingEvent
    extra = 0
    fields = ("at", "kind", "actor", "by", "from_status", "to_status", "from_start", "to_start", "note")

    def get_queryset(self, request: HttpRequest) -> QuerySet[BookingEvent]:
        return super().get_queryset(request).select_related("by")


@admin.register(Booking)
class BookingAdmin(ReadOnly, admin.ModelAdmin):
    list_display = (
        "spoken_reference",
        "local_start",
        "timezone",
        "shop",
        "service_name",
        "staff_member",
        "contact_name",
        "status",
    )
    list_select_related = ("shop", "staff_member")
    list_filter = ("status", "pending_for", "source", "cancel_reason")
    search_fields = ("reference", "contact_name", "contact_email", "shop__name")
    date_hierarchy = "starts_at"
    ordering = ("-starts_at",)
    list_per_page = 50
    exclude = ("token", "idempotency_key")
    inlines = (EventInline,)
    show_full_result_count = False
    actions = ("approve", "mark_arrived", "complete", "mark_no_show", "cancel")

    @admin.action(description=gettext_lazy("Confirm (the salon agrees)"), permissions=["work"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Booking]) -> None:
        self._each(request, queryset, actions.approve)

    @admin.action(description=gettext_lazy("Mark as arrived"), permissions=["work"])
    def mark_arrived(self, request: HttpRequest, queryset: QuerySet[Booking]) -> None:
        self._each(request, queryset, actions.mark_arrived)

    @admin.action(description=gettext_lazy("Mark as completed"), permissions=["work"])
    def complete(self, request: HttpRequest, queryset: QuerySet[Booking]) -> None:
        self._each(request, queryset, actions.complete)

    @admin.action(description=gettext_lazy("Mark as no-show"), permissions=["work"])
    def mark_no_show(self, request: HttpRequest, queryset: QuerySet[Booking]) -> None:
        self._each(request, queryset, actions.mark_no_show)

    @admin.action(description=gettext_lazy("Cancel, and tell the customer"), permissions=["work"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Booking]) -> None:
        self._each(request, queryset, actions.cancel)

    def has_work_permission(self, request: HttpRequest) -> bool:
        """Who may change bookings may run the actions, though no field can be edited."""
        return request.user.has_perm("bookings.change_booking")

    def _each(self, request: HttpRequest, queryset: QuerySet[Booking], act: Callable[..., Booking]) -> None:
        by, done = By(Actor.ADMIN, request.user), 0  # type: ignore[arg-type]
        for booking in queryset:
            try:
                act(booking_id=booking.pk, by=by, now=timezone.now())
                done += 1
            except BookingError as error:
                self.message_user(request, f"{booking}: {error.message}", messages.ERROR)
        if done:
            self.message_user(request, _("Done for %(count)s.") % {"count": done}, messages.SUCCESS)


@admin.register(BookingEvent)
class BookingEventAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("at", "booking", "kind", "actor", "by", "from_status", "to_status", "note")
    list_select_related = ("booking", "by")
    list_filter = ("kind", "actor", "to_status")
    search_fields = ("booking__reference", "booking__shop__name", "by__email", "note")
    date_hierarchy = "at"
    list_per_page = 50
    show_full_result_count = False


@admin.register(KeptBooking)
class KeptBookingAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("at", "booking", "closure", "starts_at", "by")
    list_select_related = ("booking", "closure", "by")
    list_filter = ("closure__reason",)
    search_fields = ("booking__reference",)
    date_hierarchy = "at"
    show_full_result_count = False


@admin.register(ShopClient)
class ShopClientAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("name", "email", "phone", "shop", "is_added", "is_erased", "merged_into", "created_at")
    list_select_related = ("shop", "merged_into")
    list_filter = ("is_added", "is_erased")
    search_fields = ("name", "email", "phone", "shop__name")
    date_hierarchy = "created_at"
    show_full_result_count = False


@admin.register(ClientImport)
class ClientImportAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("file_name", "shop", "by", "created_at")
    list_select_related = ("shop", "by")
    list_filter = ("created_at",)
    search_fields = ("file_name", "shop__name")
    date_hierarchy = "created_at"
    exclude = ("text",)
    show_full_result_count = False
