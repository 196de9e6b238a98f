"""The outbox in the admin: what was sent, what failed and why; dead messages can be sent again."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beautydrop.notifications import outbox
from beautydrop.notifications.models import MailboxMessage, OutboxMessage


@admin.register(OutboxMessage)
class OutboxMessageAdmin(admin.ModelAdmin):
    list_display = ("kind", "recipient", "status", "attempts", "due_at", "sent_at")
    list_filter = ("status", "kind")
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

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: OutboxMessage | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: OutboxMessage | None = None) -> bool:
        return False


@admin.register(MailboxMessage)
class MailboxMessageAdmin(admin.ModelAdmin):
    """The demo's mails by envelope; /demo/mailbox/ shows what is in them."""

    list_display = ("received_at", "recipient", "subject")
    list_filter = ("received_at",)
    search_fields = ("recipient", "subject")
    date_hierarchy = "received_at"
    fields = ("received_at", "recipient", "subject")  # the rest may hold links that sign in

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: MailboxMessage | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: MailboxMessage | None = None) -> bool:
        return False
