"""A person's list in the site: what is new, and marking it as read. Nobody reaches a line that is not theirs."""

import uuid
from datetime import datetime

from django.db.models import F
from django.db.models.functions import Greatest

from beautydrop.accounts.models import User
from beautydrop.notifications.models import Notification


def unread(user: User) -> int:
    """How many lines wait to be read: one query, on an index of exactly these."""
    return Notification.objects.filter(user=user, read_at=None).count()


def newer(user: User, known: uuid.UUID) -> list[Notification]:
    """The lines that came after the person's line `known`, newest first; none when that is not theirs."""
    line = Notification.objects.filter(user=user, pk=known).first()
    if line is None:
        return []
    since = Notification.objects.filter(user=user, at__gte=line.at).order_by("-at", "-pk")[:50]
    found = []
    for one in since:
        if one.pk == line.pk:
            break
        found.append(one)
    return found


def open_line(*, user: User, line_id: uuid.UUID, now: datetime) -> Notification | None:
    """Mark the person's line as read, and return it; None when there is none. Again changes nothing."""
    line = Notification.objects.filter(user=user, pk=line_id).first()
    if line is not None and line.read_at is None:
        _read(user, now, pk=line_id)
    return line


def read_all(*, user: User, now: datetime) -> int:
    """Mark everything that has come so far as read; how many that were."""
    return _read(user, now, at__lte=now)


def _read(user: User, now: datetime, **which: object) -> int:
    # Never before it came, whatever the clocks of two machines say.
    lines = Notification.objects.filter(user=user, read_at=None, **which)
    return lines.update(read_at=Greatest(F("at"), now))
