"""Favourites and contact messages in the admin: what people wrote is read, and marked once it is answered."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beautydrop.marketplace import actions
from beautydrop.marketplace.models import ContactMessage, Favourite


@admin.register(Favourite)
class FavouriteAdmin(admin.ModelAdmin):
    list_display = ("user", "shop", "created_at")
    list_select_related = ("user", "shop")
    list_filter = ("shop__is_active", "shop__country")
    search_fields = ("user__email", "shop__name")
    autocomplete_fields = ("user", "shop")
    date_hierarchy = "created_at"


@admin.register(ContactMessage)
class ContactMessageAdmin(admin.ModelAdmin):
    list_display = ("created_at", "name", "email", "salon", "answered_at")
    list_filter = (("answered_at", admin.EmptyFieldListFilter),)
    search_fields = ("name", "email", "salon", "message")
    date_hierarchy = "created_at"
    fields = ("name", "email", "salon", "message", "user", "created_at", "answered_at")
    actions = ("mark_answered",)

    @admin.action(description=_("Mark as answered"), permissions=["answer"])
    def mark_answered(self, request: HttpRequest, queryset: QuerySet[ContactMessage]) -> None:
        for message in queryset:
            actions.mark_answered(message=message, now=timezone.now())

    def has_answer_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("marketplace.change_contactmessage")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ContactMessage | None = None) -> bool:
        return False
