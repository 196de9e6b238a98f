"""Sending: claim rows by a conditional update (so two workers never send the same one), read anew what they are about,
drop what is no longer true, send, record.

A failure is retried with back-off; after MAX_ATTEMPTS the row is dead and keeps its reason. Any number of messages of
a kind takes a constant number of queries to read and address; essential ones are recorded one by one, so that a
worker that is killed leaves at most one mail sent and not recorded (its Message-ID is the same when it goes again).
"""

import logging
import uuid
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, prefetch_related_objects
from django.utils import translation

from beautydrop.notifications import addressing, reports
from beautydrop.notifications.channels import Refused, Sender
from beautydrop.notifications.channels.email import EmailSender
from beautydrop.notifications.channels.push import PushSender
from beautydrop.notifications.channels.site import SiteSender
from beautydrop.notifications.channels.sms import SmsSender
from beautydrop.notifications.kinds import Kind, Loaded, kind_of
from beautydrop.notifications.models import Channel, OutboxMessage, Suppression

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
# How long a worker may take for what it claimed; afterwards another takes it over.
_SENDING = timedelta(minutes=5)
# So many messages that are not essential are recorded together.
_RECORDED_AT_ONCE = 25
_SENDERS: dict[str, type[Sender]] = {
    Channel.EMAIL: EmailSender,
    Channel.SMS: SmsSender,
    Channel.SITE: SiteSender,
    Channel.PUSH: PushSender,
}

Status = OutboxMessage.Status
_RECORD = ["status", "sent_at", "error", "due_at", "claimed_until", *OutboxMessage.FORGOTTEN]


def deliver(message_id: uuid.UUID | str, *, now: datetime) -> str:
    """Send one due message and return its status afterwards ("" when it was not there to be taken)."""
    return deliver_many([message_id], now=now).get(str(message_id), "")


def deliver_many(message_ids: Iterable[uuid.UUID | str], *, now: datetime) -> dict[str, str]:
    """Send these messages, as far as they are due and nobody else is at it; each one's status afterwards, by its id.

    An announcement's own messages are sent along with it, without a place of their own in the answer.
    """
    batch = _claim(message_ids, now)
    written: list[OutboxMessage] = []
    for name in dict.fromkeys(message.kind for message in batch):
        written += _deliver_kind(name, [message for message in batch if message.kind == name], now)
    if due := [message.pk for message in written if message.due_at <= now]:
        deliver_many(due, now=now)
    return {str(message.pk): message.status for message in batch}


def due(now: datetime, limit: int = 500) -> list[uuid.UUID]:
    """Ids of messages that should have been sent by now, oldest first: what the sweep looks at."""
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    return list(
        OutboxMessage.objects.filter(free, status=Status.PENDING, due_at__lte=now)
        .order_by("due_at")
        .values_list("pk", flat=True)[:limit]
    )


def _claim(message_ids: Iterable[uuid.UUID | str], now: datetime) -> list[OutboxMessage]:
    """The messages that are ours now: two queries."""
    claim = uuid.uuid4()
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    waiting = OutboxMessage.objects.filter(free, pk__in=list(message_ids), status=Status.PENDING, due_at__lte=now)
    if not waiting.update(claim=claim, claimed_until=now + _SENDING, attempts=F("attempts") + 1):
        return []
    return list(OutboxMessage.objects.filter(claim=claim).select_related("user").order_by("due_at", "created_at"))


def _deliver_kind(name: str, messages: list[OutboxMessage], now: datetime) -> list[OutboxMessage]:
    """Deliver messages of one kind; the messages that announcements among them became."""
    try:
        kind = kind_of(name)
        loaded = kind.load(messages, now)
        announced = [message for message in messages if message.channel == Channel.ANNOUNCED]
        written = _announce(kind, announced, loaded, now) if announced else []
    except Exception as error:  # a fault of one kind must not hold up the others
        for message in messages:
            _failed(message, error, now)
        _record(messages)
        return []
    direct = [message for message in messages if message.channel != Channel.ANNOUNCED]
    for channel in dict.fromkeys(message.channel for message in direct):
        _deliver_channel(kind, channel, [message for message in direct if message.channel == channel], loaded, now)
    return written


def _announce(kind: Kind, announced: list[OutboxMessage], loaded: Loaded, now: datetime) -> list[OutboxMessage]:
    """Write what the announcements become and close them, together or not at all."""
    rows = addressing.address(kind, announced, loaded, now)
    for message in announced:
        is_there = message.subject_id in loaded
        message.status, message.sent_at = (Status.SENT, now) if is_there else (Status.STALE, None)
        message.claimed_until, message.error = None, ""
    with transaction.atomic():
        OutboxMessage.objects.bulk_create(rows, ignore_conflicts=True)
        _record(announced)
    return rows


def _deliver_channel(kind: Kind, channel: str, messages: list[OutboxMessage], loaded: Loaded, now: datetime) -> None:
    refusing = _refusing(messages) if channel in {Channel.EMAIL, Channel.SMS} else {}
    at_once = 1 if kind.is_essential and channel in {Channel.EMAIL, Channel.SMS} else _RECORDED_AT_ONCE
    if channel == Channel.PUSH:
        prefetch_related_objects(messages, "user__push_subscriptions")
    with closing(_SENDERS[channel]()) as sender:
        for start in range(0, len(messages), at_once):
            chunk = messages[start : start + at_once]
            for message in chunk:
                if reason := refusing.get(message.recipient.lower()):
                    _finished(message, Status.BLOCKED)
                    message.error = reason
                else:
                    _deliver_one(kind, message, loaded, sender, now)
            sender.flush()
            for message in chunk:
                if kind.is_forgotten and message.status != Status.PENDING:
                    message.forget()
            _record(chunk)


def _deliver_one(kind: Kind, message: OutboxMessage, loaded: Loaded, sender: Sender, now: datetime) -> None:
    try:
        content = None
        if message.subject_id in loaded:
            with translation.override(message.language):
                content = _render(kind, message, loaded[message.subject_id])
        if content is None:
            _finished(message, Status.STALE)
        else:
            sender.send(message, content)
            _finished(message, Status.SENT)
            message.sent_at = now
    except Refused as error:
        _finished(message, Status.DEAD)
        message.error = str(error)[:2000]
        reports.record(message.recipient, error.reason, detail=str(error), now=now)
    except Exception as error:  # whatever a mail server or a template throws must not lose the row
        _failed(message, error, now)


def _render(kind: Kind, message: OutboxMessage, subject: object) -> object | None:
    """The content for the message's way; None when it is no longer true, or the kind doesn't go that way any more."""
    render = {Channel.EMAIL: kind.mail, Channel.SMS: kind.sms}.get(Channel(message.channel), kind.note)
    return render(message, subject) if render is not None else None


def _refusing(messages: Sequence[OutboxMessage]) -> dict[str, str]:
    """Addresses that take nothing any more, with the reason: one query."""
    addresses = {message.recipient.lower() for message in messages}
    rows = Suppression.objects.filter(address__in=addresses, kind="")
    return {row.address: f"{row.get_reason_display()}, {row.at:%Y-%m-%d}" for row in rows}


def _finished(message: OutboxMessage, status: OutboxMessage.Status) -> None:
    message.status, message.error = status, ""
    message.claimed_until = None


def _failed(message: OutboxMessage, error: Exception, now: datetime) -> None:
    logger.warning("message %s (%s) was not sent: %s", message.pk, message.kind, type(error).__name__)
    message.error = f"{type(error).__name__}: {error}"[:2000]
    message.claimed_until = None
    if message.attempts >= MAX_ATTEMPTS:
        message.status = Status.DEAD
    else:
        message.due_at = now + timedelta(seconds=15 * 4 ** (message.attempts - 1))


def _record(messages: Sequence[OutboxMessage]) -> None:
    """Write how it went: one statement. A row that another worker has taken over meanwhile is its own."""
    claims = {message.claim for message in messages}
    OutboxMessage.objects.filter(claim__in=claims).bulk_update(messages, _RECORD)
