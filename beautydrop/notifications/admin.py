"""The outbox in the admin: what was sent, what failed and why; dead messages can be sent again."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beautydrop.notifications import outbox
from beautydrop.notifications.models import (
    MailboxMessage,
    Notification,
    OutboxMessage,
    Preference,
    PushSubscription,
    Reach,
    Suppression,
)
from beautydrop.web.read_only import ReadOnly


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("kind", "channel", "recipient", "status", "attempts", "due_at", "sent_at", "error")
    list_filter = ("status", "channel", "kind")
    search_fields = ("recipient", "subject_id")
    date_hierarchy = "created_at"
    exclude = ("payload",)  # may hold links that sign in
    show_full_result_count = False
    actions = ("send_again",)

    @admin.action(description=gettext_lazy("Send again"), permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[OutboxMessage]) -> None:
        for message in queryset:
            outbox.post_again(message, now=timezone.now())
        self.message_user(request, _("On their way again: %(count)s.") % {"count": queryset.count()}, messages.SUCCESS)

    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("notifications.change_outboxmessage")


@admin.register(Suppression)
class SuppressionAdmin(ReadOnly, admin.ModelAdmin):
    """Deleting a row lets mail go to the address again."""

    list_display = ("address", "kind", "reason", "detail", "at")
    list_filter = ("reason", "kind")
    search_fields = ("address", "detail")
    date_hierarchy = "at"

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return bool(request.user.has_perm("notifications.delete_suppression"))


@admin.register(Notification)
class NotificationAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("at", "user", "kind", "title", "read_at")
    list_select_related = ("user",)
    list_filter = ("kind",)
    search_fields = ("user__email", "title")
    date_hierarchy = "at"
    show_full_result_count = False


@admin.register(Preference)
class PreferenceAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("user", "kind", "channel", "is_on", "changed_at")
    list_select_related = ("user",)
    list_filter = ("kind", "channel", "is_on")
    search_fields = ("user__email",)
    date_hierarchy = "changed_at"


@admin.register(Reach)
class ReachAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("user", "sms_phone", "sms_since", "quiet_from", "quiet_until")
    list_select_related = ("user",)
    list_filter = ("sms_since", "quiet_from")
    search_fields = ("user__email", "sms_phone")
    date_hierarchy = "changed_at"


@admin.register(PushSubscription)
class PushSubscriptionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("user", "device", "created_at")
    list_select_related = ("user",)
    list_filter = ("created_at",)
    search_fields = ("user__email", "device")
    date_hierarchy = "created_at"
    exclude = ("endpoint", "p256dh", "auth")  # whoever has them can write to the device


@admin.register(MailboxMessage)
class MailboxMessageAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("received_at", "channel", "recipient", "subject")
    list_filter = ("channel",)
    search_fields = ("recipient", "subject")
    date_hierarchy = "received_at"
    fields = ("received_at", "channel", "recipient", "subject")  # the rest may hold links that sign in
