"""What came from Clerk, to look at: Clerk is where it is changed."""

from django.contrib import admin

from beautydrop.accounts.models import ClerkEvent, ClerkPerson, ClerkSession
from beautydrop.web.read_only import ReadOnly


@admin.register(ClerkEvent)
class ClerkEventAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("received_at", "kind", "subject_id", "outcome", "note", "attempts")
    list_filter = ("outcome", "kind")
    search_fields = ("event_id", "subject_id")
    date_hierarchy = "received_at"


@admin.register(ClerkPerson)
class ClerkPersonAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("clerk_user_id", "email", "first_name", "last_name", "welcomed_at", "deleted_at")
    list_filter = ("welcomed_at", "deleted_at")
    search_fields = ("clerk_user_id", "email")
    date_hierarchy = "welcomed_at"


@admin.register(ClerkSession)
class ClerkSessionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("sid", "clerk_user_id", "began_at", "ended_at")
    list_filter = ("ended_at",)
    search_fields = ("sid", "clerk_user_id")
    date_hierarchy = "began_at"
