"""Writing and sending messages. An app registers its kinds here; this module knows none of them.

Sending: claim the row by a conditional update (so two workers never send the same one), render it anew
from what it is about, drop it when it is no longer true, send, record. A failure is retried with
back-off; after MAX_ATTEMPTS the row is dead and keeps its reason.
"""

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F, Q
from django.utils import translation

from beautydrop.notifications.models import OutboxMessage

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
_SENDING = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Mail:
    """A rendered message: plain text, HTML, and an optional calendar (.ics) with its file name."""

    subject: str
    text: str
    html: str = ""
    calendar: bytes = b""
    calendar_name: str = "appointment.ics"
    headers: dict[str, str] = field(default_factory=dict)


# Renders the message as things stand now; None when it is no longer true. The language is already active.
Renderer = Callable[[OutboxMessage], Mail | None]
_renderers: dict[str, Renderer] = {}
_is_unsent: ContextVar[bool] = ContextVar("is_unsent", default=False)


def register(kind: str) -> Callable[[Renderer], Renderer]:
    """Decorator: this function renders messages of `kind`."""

    def add(render: Renderer) -> Renderer:
        _renderers[kind] = render
        return render

    return add


@contextmanager
def unsent() -> Iterator[None]:
    """Messages posted inside are written as dropped, never queued: for made-up data whose addresses nobody reads."""
    before = _is_unsent.set(True)
    try:
        yield
    finally:
        _is_unsent.reset(before)


def post(
    kind: str,
    *,
    subject_id: uuid.UUID,
    recipient: str,
    language: str,
    now: datetime,
    sequence: int = 0,
    payload: dict[str, Any] | None = None,
) -> None:
    """Write a message into the running transaction; it is sent after the commit.

    The same key twice is one message.
    """
    from beautydrop.notifications.tasks import send_message

    status = OutboxMessage.Status.STALE if _is_unsent.get() else OutboxMessage.Status.PENDING
    message = OutboxMessage(
        subject_id=subject_id,
        kind=kind,
        sequence=sequence,
        recipient=recipient,
        language=language or settings.LANGUAGE_CODE,
        payload=payload or {},
        status=status,
        due_at=now,
    )
    # One statement: a row with the same key stays, and sending the id that was not written does nothing.
    OutboxMessage.objects.bulk_create([message], ignore_conflicts=True)
    if status == OutboxMessage.Status.PENDING:
        send_message(str(message.pk))


def post_again(message: OutboxMessage, *, now: datetime) -> None:
    """Send a message once more (asked for by its recipient, or by an admin)."""
    from beautydrop.notifications.tasks import send_message

    OutboxMessage.objects.filter(pk=message.pk).update(
        status=OutboxMessage.Status.PENDING,
        attempts=0,
        due_at=now,
        claimed_until=None,
        sent_at=None,
        error="",
    )
    send_message(str(message.pk))


def deliver(message_id: uuid.UUID | str, *, now: datetime) -> str:
    """Send one due message and return its status afterwards ("" when it was not there to be taken)."""
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    waiting = OutboxMessage.objects.filter(free, pk=message_id, status=OutboxMessage.Status.PENDING, due_at__lte=now)
    if not waiting.update(claimed_until=now + _SENDING, attempts=F("attempts") + 1):
        return ""
    message = OutboxMessage.objects.get(pk=message_id)
    try:
        with translation.override(message.language):
            mail = _renderers[message.kind](message)
        if mail is None:
            message.status = OutboxMessage.Status.STALE
        else:
            _send(message, mail)
            message.status, message.sent_at = OutboxMessage.Status.SENT, now
        message.error = ""
    except Exception as error:  # whatever a mail server or a template throws must not lose the row
        logger.warning("message %s (%s) was not sent: %s", message.pk, message.kind, type(error).__name__)
        message.error = f"{type(error).__name__}: {error}"[:2000]
        if message.attempts >= MAX_ATTEMPTS:
            message.status = OutboxMessage.Status.DEAD
        else:
            message.due_at = now + timedelta(seconds=15 * 4 ** (message.attempts - 1))
    message.claimed_until = None
    message.save(update_fields=["status", "sent_at", "error", "due_at", "claimed_until"])
    return message.status


def due(now: datetime, limit: int = 500) -> list[uuid.UUID]:
    """Ids of messages that should have been sent by now: what the sweep looks at."""
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    return list(
        OutboxMessage.objects.filter(free, status=OutboxMessage.Status.PENDING, due_at__lte=now)
        .order_by("due_at")
        .values_list("pk", flat=True)[:limit]
    )


def _send(message: OutboxMessage, mail: Mail) -> None:
    email = EmailMultiAlternatives(
        subject=" ".join(mail.subject.split()), body=mail.text, to=[message.recipient], headers=mail.headers
    )
    if mail.html:
        email.attach_alternative(mail.html, "text/html")
    if mail.calendar:
        email.attach(mail.calendar_name, mail.calendar, "text/calendar; method=PUBLISH; charset=utf-8")
    email.send()
