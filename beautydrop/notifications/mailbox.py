"""Mail for a machine without a mail server: kept in the database and shown on /demo/mailbox/."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from beautydrop.notifications.models import MailboxMessage


class MailboxBackend(BaseEmailBackend):
    """Stores each message once per recipient."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            html = next((str(part[0]) for part in getattr(message, "alternatives", []) if part[1] == "text/html"), "")
            calendar = ""
            for attachment in message.attachments:
                content, mimetype = attachment[1], str(attachment[2] or "")
                if mimetype.startswith("text/calendar"):
                    calendar = content.decode() if isinstance(content, bytes) else str(content)
            for recipient in message.recipients():
                MailboxMessage.objects.create(
                    recipient=recipient,
                    subject=str(message.subject),
                    text=str(message.body),
                    html=html,
                    calendar=calendar,
                )
        return len(email_messages)
