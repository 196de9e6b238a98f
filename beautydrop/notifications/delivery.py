"""Sending: claim rows by a conditional update (so two workers never send the same one), read anew what they are about,
drop what is no longer true, send, record.

Messages go in the order of being due, in batches of BATCH that claim together and share one connection. An essential
letter is read anew right before it goes and recorded right after, so that a worker that is killed leaves at most one
sent and not recorded (its Message-ID is the same when it goes again); others are read and recorded by _TOGETHER, so
any number of them takes no query per row. What failed is tried again later and later; after MAX_ATTEMPTS the row is
dead and keeps its reason. When nobody answers at all, everything waits as it is and goes when somebody does.
"""

import logging
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, prefetch_related_objects
from django.utils import translation

from beautydrop.notifications import addressing, reports
from beautydrop.notifications.channels import Refused, Sender, Unreachable
from beautydrop.notifications.channels.email import EmailSender
from beautydrop.notifications.channels.push import PushSender
from beautydrop.notifications.channels.site import SiteSender
from beautydrop.notifications.channels.sms import SmsSender
from beautydrop.notifications.kinds import Kind, Loaded, kind_of
from beautydrop.notifications.models import Channel, OutboxMessage, Suppression

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
# So many rows are claimed together.
BATCH = 250
# So many messages that are not essential are read anew, sent and recorded together.
_TOGETHER = 25
# How long a claim holds; afterwards another worker takes the row over. Much longer than a batch begins to send for
# (_BATCH_SECONDS) plus the last message's worst case, or two workers would send the same one.
_SENDING = timedelta(minutes=5)
_BATCH_SECONDS = 60
# A sweep ends before the next minute's begins.
_SWEEP_SECONDS = 45
_SENDERS: dict[str, type[Sender]] = {
    Channel.EMAIL: EmailSender,
    Channel.SMS: SmsSender,
    Channel.SITE: SiteSender,
    Channel.PUSH: PushSender,
}

Status = OutboxMessage.Status
_RECORD = ["status", "sent_at", "error", "due_at", "claimed_until", "attempts"]


def deliver(message_id: uuid.UUID | str, *, now: datetime) -> str:
    """Send one due message and return its status afterwards ("" when it was not there to be taken)."""
    return deliver_many([message_id], now=now).get(str(message_id), "")


def deliver_many(message_ids: Iterable[uuid.UUID | str], *, now: datetime) -> dict[str, str]:
    """Send these messages, as far as they are due and nobody else is at it; each one's status afterwards, by its id.

    An announcement's own messages are sent along with it, without a place of their own in the answer. What there was
    no time for, or no connection, is left to the sweep.
    """
    ids, began = list(message_ids), time.monotonic()
    statuses: dict[str, str] = {}
    for start in range(0, len(ids), BATCH):
        run = _Run(now, _held_until(now, began), stop_at=time.monotonic() + _BATCH_SECONDS)
        statuses |= {str(one.pk): one.status for one in run.deliver(ids[start : start + BATCH])}
        if run.left:
            break
    return statuses


def sweep(now: datetime, *, seconds: float = _SWEEP_SECONDS) -> int:
    """Send whatever is due at `now`, oldest first, until nothing of it is left, the time is up or nobody answers; how
    many were sent. Two sweeps at once share the work: each takes what the other has not claimed.
    """
    began = time.monotonic()
    sent = 0
    while time.monotonic() - began < seconds and (waiting := due(now)):
        run = _Run(now, _held_until(now, began), stop_at=began + seconds)
        run.deliver(waiting)
        sent += run.sent
        if run.left:
            break
    return sent


def due(now: datetime, limit: int = BATCH) -> list[uuid.UUID]:
    """Ids of messages that should have been sent by now, oldest first: what the sweep looks at."""
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    return list(
        OutboxMessage.objects.filter(free, status=Status.PENDING, due_at__lte=now)
        .order_by("due_at", "created_at")
        .values_list("pk", flat=True)[:limit]
    )


def _held_until(now: datetime, began: float) -> datetime:
    """When a claim made now ends: the work itself is done as of `now`, the claim counts from when it is made."""
    return now + timedelta(seconds=time.monotonic() - began) + _SENDING


@dataclass(slots=True)
class _Run:
    """One batch, on one connection a way, claimed until `held_until`. It begins no message after `stop_at` (monotonic
    seconds).

    `left` counts messages that were given back untried: for want of time, or because their way is `down`.
    """

    now: datetime
    held_until: datetime
    stop_at: float
    sent: int = 0
    left: int = 0
    down: set[str] = field(default_factory=set)
    _back: list[OutboxMessage] = field(default_factory=list)
    _senders: dict[str, Sender] = field(default_factory=dict)

    def deliver(self, ids: Sequence[uuid.UUID | str]) -> list[OutboxMessage]:
        """Claim and send these, and what announcements among them become; those that were taken."""
        with ExitStack() as at_the_end:
            self._senders = {name: at_the_end.enter_context(closing(sender())) for name, sender in _SENDERS.items()}
            batch = self._deliver(ids)
            _record(self._back)
        return batch

    def _deliver(self, ids: Sequence[uuid.UUID | str]) -> list[OutboxMessage]:
        batch = _claim(ids, self.now, self.held_until)
        announced = [message for message in batch if message.channel == Channel.ANNOUNCED]
        written: list[OutboxMessage] = []
        for name in dict.fromkeys(message.kind for message in announced):
            written += _announce(name, [message for message in announced if message.kind == name], self.now)
        for chunk in _chunks([message for message in batch if message.channel != Channel.ANNOUNCED]):
            self._send(chunk)
        if due_now := [message.pk for message in written if message.due_at <= self.now]:
            for start in range(0, len(due_now), BATCH):
                self._deliver(due_now[start : start + BATCH])
        return batch

    def _send(self, chunk: Sequence[OutboxMessage]) -> None:
        """Read anew, send and record: three queries, four with addresses that may refuse."""
        if not any(self._may_begin(message) for message in chunk):
            for message in chunk:
                self._give_back(message)
            self._back += chunk
            return
        loaded = _load(chunk, self.now)
        refusing = _refusing(chunk)
        if to_browsers := [message for message in chunk if message.channel == Channel.PUSH]:
            prefetch_related_objects(to_browsers, "user__push_subscriptions")
        for message in chunk:
            about = loaded[message.kind]
            if not self._may_begin(message):
                self._give_back(message)
            elif reason := refusing.get(message.recipient.lower()):
                _finished(message, Status.BLOCKED)
                message.error = reason
            elif isinstance(about, Exception):
                _failed(message, about, self.now)
            else:
                self._send_one(message, about)
        for channel in {message.channel for message in chunk}:
            self._senders[channel].flush()
        _record(chunk)
        self.sent += sum(message.status == Status.SENT for message in chunk)

    def _send_one(self, message: OutboxMessage, loaded: Loaded) -> None:
        try:
            content = None
            if message.subject_id in loaded:
                with translation.override(message.language):
                    content = _render(kind_of(message.kind), message, loaded[message.subject_id])
            if content is None:
                _finished(message, Status.STALE)
            else:
                self._senders[message.channel].send(message, content)
                _finished(message, Status.SENT)
                message.sent_at = self.now
        except Refused as error:
            _finished(message, Status.DEAD)
            message.error = str(error)[:2000]
            reports.record(message.recipient, error.reason, detail=str(error), now=self.now)
        except Unreachable as error:  # not this message's fault: it waits, however long, and counts no attempt
            logger.error("nobody answers for %s: %s", message.channel, error)
            self.down.add(message.channel)
            self._give_back(message)
            message.error = f"Unreachable: {error}"[:2000]
        except Exception as error:  # whatever a mail server or a template throws must not lose the row
            _failed(message, error, self.now)

    def _may_begin(self, message: OutboxMessage) -> bool:
        return message.channel not in self.down and time.monotonic() < self.stop_at

    def _give_back(self, message: OutboxMessage) -> None:
        message.attempts -= 1
        message.claimed_until = None
        self.left += 1


def _claim(message_ids: Iterable[uuid.UUID | str], now: datetime, held_until: datetime) -> list[OutboxMessage]:
    """The messages that are ours now, in the order of being due: two queries."""
    claim = uuid.uuid4()
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    waiting = OutboxMessage.objects.filter(free, pk__in=list(message_ids), status=Status.PENDING, due_at__lte=now)
    if not waiting.update(claim=claim, claimed_until=held_until, attempts=F("attempts") + 1):
        return []
    return list(OutboxMessage.objects.filter(claim=claim).select_related("user").order_by("due_at", "created_at"))


def _chunks(messages: Sequence[OutboxMessage]) -> Iterator[list[OutboxMessage]]:
    """In their order: essential letters and SMS alone, others by _TOGETHER."""
    chunk: list[OutboxMessage] = []
    for message in messages:
        if _goes_alone(message):
            if chunk:
                yield chunk
            yield [message]
            chunk = []
            continue
        chunk.append(message)
        if len(chunk) == _TOGETHER:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _goes_alone(message: OutboxMessage) -> bool:
    kind = _kind(message)
    return kind is not None and kind.is_essential and message.channel in {Channel.EMAIL, Channel.SMS}


def _kind(message: OutboxMessage) -> Kind | None:
    """None for one that nobody registers any more: it fails, with the reason, when it is loaded."""
    try:
        return kind_of(message.kind)
    except KeyError:
        return None


def _load(messages: Sequence[OutboxMessage], now: datetime) -> dict[str, Loaded | Exception]:
    """What these messages are about, by kind; a fault of one kind must not hold up the others."""
    loaded: dict[str, Loaded | Exception] = {}
    for name in dict.fromkeys(message.kind for message in messages):
        try:
            loaded[name] = kind_of(name).load([message for message in messages if message.kind == name], now)
        except Exception as error:
            loaded[name] = error
    return loaded


def _announce(name: str, announced: list[OutboxMessage], now: datetime) -> list[OutboxMessage]:
    """Write what announcements of one kind become and close them, together or not at all."""
    try:
        kind = kind_of(name)
        loaded = kind.load(announced, now)
        rows = addressing.address(kind, announced, loaded, now)
    except Exception as error:  # as in _load
        for message in announced:
            _failed(message, error, now)
        _record(announced)
        return []
    for message in announced:
        is_there = message.subject_id in loaded
        message.status, message.sent_at = (Status.SENT, now) if is_there else (Status.STALE, None)
        message.claimed_until, message.error = None, ""
    with transaction.atomic():
        OutboxMessage.objects.bulk_create(rows, ignore_conflicts=True)
        _record(announced)
    return rows


def _render(kind: Kind, message: OutboxMessage, subject: object) -> object | None:
    """The content for the message's way; None when it is no longer true, or the kind doesn't go that way any more."""
    render = {Channel.EMAIL: kind.mail, Channel.SMS: kind.sms}.get(Channel(message.channel), kind.note)
    return render(message, subject) if render is not None else None


def _refusing(messages: Sequence[OutboxMessage]) -> dict[str, str]:
    """Addresses that take nothing any more, with the reason: one query, none for what goes to no address."""
    ways = {Channel.EMAIL, Channel.SMS}
    addresses = {message.recipient.lower() for message in messages if message.channel in ways}
    if not addresses:
        return {}
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
    """Write how it went: one statement, and one more for what is forgotten. A row that another worker has taken over
    meanwhile is its own; so is what others change in rows that are being sent (see FORGOTTEN), unless it is forgotten.
    """
    done: list[OutboxMessage] = []
    forgotten: list[OutboxMessage] = []
    for message in messages:
        kind = _kind(message)
        if kind is not None and kind.is_forgotten and message.status != Status.PENDING:
            message.forget()
            forgotten.append(message)
        else:
            done.append(message)
    for rows, fields in ((done, _RECORD), (forgotten, [*{*_RECORD, *OutboxMessage.FORGOTTEN}])):
        if rows:
            OutboxMessage.objects.filter(claim__in={one.claim for one in rows}).bulk_update(rows, fields)
