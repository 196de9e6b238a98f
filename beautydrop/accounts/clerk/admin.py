"""What came from Clerk, to look at: Clerk is where it is changed."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from beautydrop.accounts.models import ClerkEvent, ClerkPerson, ClerkSession


class OnlyToLookAt(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(ClerkEvent)
class ClerkEventAdmin(OnlyToLookAt):
    list_display = ("received_at", "kind", "subject_id", "outcome", "note", "attempts")
    list_filter = ("outcome", "kind")
    search_fields = ("event_id", "subject_id")
    date_hierarchy = "received_at"


@admin.register(ClerkPerson)
class ClerkPersonAdmin(OnlyToLookAt):
    list_display = ("clerk_user_id", "email", "first_name", "last_name", "welcomed_at", "deleted_at")
    list_filter = ("welcomed_at", "deleted_at")
    search_fields = ("clerk_user_id", "email")
    date_hierarchy = "welcomed_at"


@admin.register(ClerkSession)
class ClerkSessionAdmin(OnlyToLookAt):
    list_display = ("sid", "clerk_user_id", "began_at", "ended_at")
    list_filter = ("ended_at",)
    search_fields = ("sid", "clerk_user_id")
    date_hierarchy = "began_at"
