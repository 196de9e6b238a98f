"""A real worker whose clock is ahead, for what is due only after a while; or one with a fault built in, for controls.

Arguments: the seconds by which it is ahead, and, for controls, the name of a fault.
"""

import os
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def record_first() -> None:
    """It says that a message is sent, and then sends it."""
    from beautydrop.notifications import delivery
    from beautydrop.notifications.models import OutboxMessage

    send_one = delivery._Run._send_one

    def mutant(self: Any, message: OutboxMessage, loaded: Any) -> None:
        OutboxMessage.objects.filter(pk=message.pk).update(status="sent", sent_at=self.now)
        send_one(self, message, loaded)

    delivery._Run._send_one = mutant  # type: ignore[method-assign]


def no_claim() -> None:
    """It looks whether a message is free, and doesn't take it."""
    from beautydrop.notifications import delivery
    from beautydrop.notifications.models import OutboxMessage

    def mutant(message_ids: Any, now: datetime, held_until: datetime) -> list[OutboxMessage]:
        rows = OutboxMessage.objects.filter(pk__in=list(message_ids), status="pending", due_at__lte=now)
        return list(rows.select_related("user").order_by("due_at", "created_at"))

    def record(messages: Any) -> None:
        OutboxMessage.objects.bulk_update(messages, delivery._RECORD)

    delivery._claim, delivery._record = mutant, record


def no_second_look() -> None:
    """It believes what was so when the message was written."""
    from beautydrop.bookings.messages import customer

    customer._stands = lambda message, booking: True


if __name__ == "__main__":
    ahead = timedelta(seconds=float(sys.argv[1]))
    os.environ["DJANGO_SETTINGS_MODULE"] = "beautydrop.settings"

    import django
    from django.core.management import execute_from_command_line
    from django.utils import timezone

    django.setup()
    now = timezone.now
    timezone.now = lambda: now() + ahead
    for name in sys.argv[2:]:
        globals()[name]()
    execute_from_command_line(["manage.py", "run_worker"])
