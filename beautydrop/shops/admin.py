"""The catalogue in the admin. Rows are validated as everywhere; what has bookings is deactivated, not deleted."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from beautydrop.shops.models import Service, Shop, StaffMember, StaffServiceAssignment


@admin.register(Shop)
class ShopAdmin(admin.ModelAdmin):
    list_display = ("name", "city", "area", "client", "timezone", "currency", "is_active")
    list_select_related = ("client",)
    list_filter = ("is_active", "is_auto_confirmed", "is_step_free", "country", "city")
    search_fields = ("name", "slug", "city", "area", "client__business_name")
    autocomplete_fields = ("client",)
    prepopulated_fields = {"slug": ("name",)}
    date_hierarchy = "created_at"


@admin.register(Service)
class ServiceAdmin(admin.ModelAdmin):
    list_display = ("name", "shop", "category", "price", "duration_minutes", "is_active")
    list_select_related = ("shop",)
    list_filter = ("is_active", "category")
    search_fields = ("name", "shop__name")
    autocomplete_fields = ("shop",)
    prepopulated_fields = {"slug": ("name",)}


class AssignmentInline(admin.TabularInline):
    """Who does what; the shop follows from the person."""

    model = StaffServiceAssignment
    extra = 0
    fields = ("service", "is_primary", "price", "duration_minutes")
    autocomplete_fields = ("service",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[StaffServiceAssignment]:
        return super().get_queryset(request).select_related("service", "staff_member")


@admin.register(StaffMember)
class StaffMemberAdmin(admin.ModelAdmin):
    list_display = ("name", "shop", "title", "user", "is_active")
    list_select_related = ("shop", "user")
    list_filter = ("is_active",)
    search_fields = ("name", "shop__name", "email")
    autocomplete_fields = ("shop", "user")
    inlines = (AssignmentInline,)

    def save_formset(self, request: HttpRequest, form: ModelForm, formset: Any, change: bool) -> None:
        for assignment in formset.save(commit=False):
            assignment.shop = form.instance.shop
            assignment.save()
        for gone in formset.deleted_objects:
            gone.delete()
