"""What of messages is deleted with time (see docs/rules.md)."""

from datetime import datetime, timedelta

from beautydrop.jobs.cleanup import delete_some, part
from beautydrop.notifications.models import MailboxMessage, Notification, OutboxMessage


@part("notifications.messages", kept=timedelta(days=90))
def delete_messages(before: datetime, limit: int) -> int:
    """Messages that were sent, dropped, blocked or given up on. Those that wait stay, however old."""
    finished = OutboxMessage.objects.exclude(status=OutboxMessage.Status.PENDING)
    return delete_some(finished.filter(created_at__lt=before, due_at__lt=before), limit)


@part("notifications.list", kept=timedelta(days=365))
def delete_lines(before: datetime, limit: int) -> int:
    """Lines of people's lists in the site, read or not."""
    return delete_some(Notification.objects.filter(at__lt=before), limit)


@part("notifications.mailbox", kept=timedelta(days=30))
def delete_mailbox(before: datetime, limit: int) -> int:
    """Mails on the demo's mailbox page."""
    return delete_some(MailboxMessage.objects.filter(received_at__lt=before), limit)
