"""The catalogue in the admin. Rows are validated as everywhere; what has bookings is deactivated, not deleted.

Whether a shop, a service or a person is active is an act of the domain, here as on the salon's own pages.
"""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beautydrop.accounts import audit
from beautydrop.accounts.audit import Kind
from beautydrop.shops import actions as catalogue
from beautydrop.shops import invitations, pictures
from beautydrop.shops.errors import StillNeeded
from beautydrop.shops.models import (
    Service,
    Shop,
    ShopPicture,
    StaffInvitation,
    StaffMember,
    StaffServiceAssignment,
)


class Audited(admin.ModelAdmin):
    """What is changed here goes on record as it does elsewhere: `on_record` are the columns, `kind` what it is."""

    on_record: frozenset[str] = frozenset()
    kind = Kind.PRICE_CHANGED

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        before = audit.facts(obj, self.on_record)
        super().save_model(request, obj, form, change)
        audit.record_changes(self.kind, obj, before)


@admin.register(Shop)
class ShopAdmin(Audited):
    on_record = catalogue.on_record(Shop) | {"client_id"}
    kind = Kind.TERMS_CHANGED
    list_display = ("name", "city", "area", "client", "timezone", "currency", "is_active")
    ordering = ("name",)
    list_select_related = ("client",)
    list_filter = ("is_active", "is_auto_confirmed", "is_step_free", "country", "city")
    search_fields = ("name", "slug", "city", "area", "client__business_name")
    autocomplete_fields = ("client",)
    prepopulated_fields = {"slug": ("name",)}
    date_hierarchy = "created_at"
    readonly_fields = ("is_active",)
    actions = ("open_shops", "close_shops")

    @admin.action(description=_("Open for booking"), permissions=["change"])
    def open_shops(self, request: HttpRequest, queryset: QuerySet[Shop]) -> None:
        for shop in queryset:
            catalogue.set_open(shop=shop, is_open=True)

    @admin.action(description=_("Close for booking: what is booked stands"), permissions=["change"])
    def close_shops(self, request: HttpRequest, queryset: QuerySet[Shop]) -> None:
        for shop in queryset:
            catalogue.set_open(shop=shop, is_open=False)


@admin.register(Service)
class ServiceAdmin(Audited):
    on_record = catalogue.on_record(Service)
    list_display = ("name", "shop", "category", "price", "duration_minutes", "is_active")
    list_select_related = ("shop",)
    list_filter = ("is_active", "category")
    search_fields = ("name", "shop__name")
    autocomplete_fields = ("shop",)
    prepopulated_fields = {"slug": ("name",)}
    date_hierarchy = "created_at"
    readonly_fields = ("is_active",)
    actions = ("offer", "take_off")

    @admin.action(description=_("Put on the menu"), permissions=["change"])
    def offer(self, request: HttpRequest, queryset: QuerySet[Service]) -> None:
        for service in queryset:
            catalogue.set_service_active(service=service, is_active=True)

    @admin.action(description=_("Take off the menu: what is booked stands"), permissions=["change"])
    def take_off(self, request: HttpRequest, queryset: QuerySet[Service]) -> None:
        for service in queryset:
            catalogue.set_service_active(service=service, is_active=False)


class AssignmentInline(admin.TabularInline):
    """Who does what; the shop follows from the person."""

    model = StaffServiceAssignment
    extra = 0
    fields = ("service", "is_primary", "price", "duration_minutes")
    autocomplete_fields = ("service",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[StaffServiceAssignment]:
        return super().get_queryset(request).select_related("service", "staff_member")


@admin.register(StaffMember)
class StaffMemberAdmin(Audited):
    on_record = catalogue.RIGHTS
    kind = Kind.RIGHTS_CHANGED
    list_display = ("name", "shop", "title", "user", "is_active")
    list_select_related = ("shop", "user")
    list_filter = ("is_active", "is_manager", ("user", admin.EmptyFieldListFilter))
    search_fields = ("name", "shop__name", "email")
    autocomplete_fields = ("shop", "user")
    date_hierarchy = "created_at"
    readonly_fields = ("is_active",)
    inlines = (AssignmentInline,)
    actions = ("leave", "come_back")

    @admin.action(description=_("They leave the team"), permissions=["change"])
    def leave(self, request: HttpRequest, queryset: QuerySet[StaffMember]) -> None:
        """Whoever still has bookings ahead stays, and is named."""
        for member in queryset:
            try:
                catalogue.deactivate_staff_member(staff_member=member, now=timezone.now())
            except StillNeeded:
                words = _("%(name)s still has bookings ahead: move or cancel them first.") % {"name": member.name}
                self.message_user(request, words, messages.ERROR)

    @admin.action(description=_("They come back to the team"), permissions=["change"])
    def come_back(self, request: HttpRequest, queryset: QuerySet[StaffMember]) -> None:
        for member in queryset:
            catalogue.reactivate_staff_member(staff_member=member)

    def save_formset(self, request: HttpRequest, form: ModelForm, formset: Any, change: bool) -> None:
        for assignment in formset.save(commit=False):
            assignment.shop = form.instance.shop
            before = audit.facts(assignment, ["price"])
            assignment.save()
            audit.record_changes(Kind.PRICE_CHANGED, assignment, before)
        for gone in formset.deleted_objects:
            gone.delete()


@admin.register(StaffServiceAssignment)
class StaffServiceAssignmentAdmin(admin.ModelAdmin):
    """Who does what, across salons: to find and to change. New ones are entered on the person's page."""

    list_display = ("staff_member", "service", "shop", "is_primary", "price", "duration_minutes")
    list_select_related = ("staff_member", "service", "shop")
    list_filter = ("is_primary", ("price", admin.EmptyFieldListFilter), "service__category")
    search_fields = ("staff_member__name", "service__name", "shop__name")
    date_hierarchy = "created_at"
    fields = ("shop", "staff_member", "service", "is_primary", "price", "duration_minutes")
    readonly_fields = ("shop", "staff_member", "service")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(ShopPicture)
class ShopPictureAdmin(admin.ModelAdmin):
    """Order and words; what is shown is added on the salon's own page, where files are looked at."""

    list_display = ("shop", "alt", "position", "width", "height", "created_at")
    list_select_related = ("shop",)
    list_filter = (("alt", admin.EmptyFieldListFilter), "shop__is_active")
    search_fields = ("shop__name", "alt")
    date_hierarchy = "created_at"
    fields = ("shop", "alt", "position", "width", "height")
    readonly_fields = ("shop", "width", "height")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: ShopPicture) -> None:
        pictures.remove_picture(picture=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ShopPicture]) -> None:
        for picture in queryset:
            pictures.remove_picture(picture=picture)


@admin.register(StaffInvitation)
class StaffInvitationAdmin(admin.ModelAdmin):
    """To read, and to withdraw: links are made by the salon."""

    list_display = (
        "staff_member",
        "email",
        "level",
        "created_by",
        "created_at",
        "expires_at",
        "accepted_at",
        "revoked_at",
    )
    list_select_related = ("staff_member", "created_by")
    list_filter = ("level",)
    search_fields = ("email", "staff_member__name", "staff_member__shop__name")
    date_hierarchy = "created_at"
    fields = (
        "staff_member", "email", "level", "created_by", "created_at", "expires_at", "accepted_at", "accepted_by",
        "revoked_at",
    )  # fmt: skip
    actions = ("withdraw",)

    @admin.action(description=_("Withdraw the chosen invitations"), permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[StaffInvitation]) -> None:
        for invitation in queryset:
            invitations.revoke(invitation=invitation, now=timezone.now())

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("shops.change_staffinvitation")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: StaffInvitation | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: StaffInvitation | None = None) -> bool:
        return False
