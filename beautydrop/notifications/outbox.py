"""Writing messages, in the transaction that causes them. Apps register their kinds (kinds.py); delivery.py sends."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import F

from beautydrop.accounts.models import User
from beautydrop.notifications.models import Channel, OutboxMessage

_is_unsent: ContextVar[bool] = ContextVar("is_unsent", default=False)


@contextmanager
def unsent() -> Iterator[None]:
    """Messages posted inside are written as dropped, never queued: for made-up data whose addresses nobody reads."""
    before = _is_unsent.set(True)
    try:
        yield
    finally:
        _is_unsent.reset(before)


def letter_to(
    kind: str,
    *,
    subject_id: uuid.UUID,
    recipient: str,
    language: str,
    now: datetime,
    sequence: int = 0,
    user: User | None = None,
    payload: dict[str, Any] | None = None,
) -> OutboxMessage:
    """An e-mail to this very address, not yet written (see `write`)."""
    return OutboxMessage(
        subject_id=subject_id,
        kind=kind,
        sequence=sequence,
        recipient=recipient,
        user=user,
        language=language or settings.LANGUAGE_CODE,
        payload=payload or {},
        due_at=now,
    )


def announcement(
    kind: str,
    *,
    subject_id: uuid.UUID,
    due_at: datetime,
    sequence: int = 0,
    language: str = "",
    payload: dict[str, Any] | None = None,
) -> OutboxMessage:
    """A message to whomever it concerns when it is due, by the ways that they want then; not yet written."""
    return OutboxMessage(
        subject_id=subject_id,
        kind=kind,
        sequence=sequence,
        channel=Channel.ANNOUNCED,
        language=language or settings.LANGUAGE_CODE,
        payload=payload or {},
        due_at=due_at,
    )


def write(messages: Sequence[OutboxMessage], *, now: datetime) -> None:
    """Write messages into the running transaction: one statement. What is due is sent after the commit.

    A row with the same key stays as it is, and sending the id that was not written does nothing.
    """
    from beautydrop.notifications.tasks import send_messages

    if _is_unsent.get():
        for message in messages:
            message.status = OutboxMessage.Status.STALE
    OutboxMessage.objects.bulk_create(messages, ignore_conflicts=True)
    due = [
        str(message.pk)
        for message in messages
        if message.due_at <= now and message.status == OutboxMessage.Status.PENDING
    ]
    if due:
        send_messages(due)


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
    """Write one e-mail to one address (see `letter_to` and `write`)."""
    letter = letter_to(
        kind,
        subject_id=subject_id,
        recipient=recipient,
        language=language,
        now=now,
        sequence=sequence,
        payload=payload,
    )
    write([letter], now=now)


def post_again(message: OutboxMessage, *, now: datetime) -> None:
    """Send a message once more (asked for by its recipient, or by an admin): a copy of its own, not a retry."""
    from beautydrop.notifications.tasks import send_messages

    OutboxMessage.objects.filter(pk=message.pk).update(
        status=OutboxMessage.Status.PENDING,
        attempts=0,
        copies=F("copies") + 1,
        due_at=now,
        claim=None,
        claimed_until=None,
        sent_at=None,
        error="",
    )
    send_messages([str(message.pk)])
