"""The list in the site: a row, made once per message."""

from django.utils import timezone

from beautydrop.notifications.kinds import Note
from beautydrop.notifications.models import Notification, OutboxMessage


class SiteSender:
    """Keeps lines and writes them together."""

    def __init__(self) -> None:
        self._lines: list[Notification] = []

    def send(self, message: OutboxMessage, content: Note) -> None:
        if message.user_id is None:
            return  # the account is gone
        self._lines.append(
            Notification(
                user_id=message.user_id,
                message_id=message.pk,
                kind=message.kind,
                title=content.title[:200],
                text=content.text[:500],
                path=content.path,
                at=timezone.now(),
            )
        )

    def flush(self) -> None:
        """One statement; a line that stands already stays as it is."""
        lines, self._lines = self._lines, []
        if lines:
            Notification.objects.bulk_create(lines, ignore_conflicts=True)

    def close(self) -> None:
        """Nothing was opened."""
