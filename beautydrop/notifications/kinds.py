"""What a kind of message is, and the register of them. Apps register theirs when they are ready; this app knows none.

A kind lives in one folder: its renderers, and the rows it is about, are its app's. Everything else (the outbox,
preferences, the list in the site, SMS and push, the admin) reads this register.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise

from beautydrop.accounts.models import User
from beautydrop.notifications.models import Channel, OutboxMessage


@dataclass(frozen=True, slots=True)
class Mail:
    """A rendered e-mail: plain text, HTML, and an optional calendar (.ics) with its file name."""

    subject: str
    text: str
    html: str = ""
    calendar: bytes = b""
    calendar_name: str = "appointment.ics"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """A message in the site's own list and as a push: one line, one sentence, and where it leads (a path)."""

    title: str
    text: str
    path: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a message is for, by whatever ways reach them. `zone` is where their quiet hours are counted.

    Without `user`, a guest: e-mail and, when they asked for it (`wants_sms`), SMS. A user's own preferences decide
    over everything but essential mail. SMS goes only where the sender pays for it (`may_text`: the salon's switch).
    """

    zone: ZoneInfo
    language: str
    user: User | None = None
    email: str = ""
    phone: str = ""
    wants_sms: bool = False
    may_text: bool = False


class Audience(StrEnum):
    """Whom a kind is for; preferences are grouped by it."""

    CUSTOMER = "customer"
    SALON = "salon"
    ACCOUNT = "account"
    OPERATOR = "operator"


# What a message is about, as things stand now: the subject of each message that still has one, by its id.
Loaded = Mapping[uuid.UUID, Any]


def _nothing(messages: Sequence[OutboxMessage], now: datetime) -> Loaded:
    """For kinds that are complete when they are written: each message is about itself."""
    return {message.subject_id: message for message in messages}


def _nobody(subject: Any, message: OutboxMessage) -> Sequence[Person]:
    return ()


@dataclass(frozen=True, slots=True)
class Kind:
    """How messages of one kind are made, as things stand when they are sent. The language is already active.

    - `load(messages, now)` reads what they are about, a constant number of queries for any number of messages; a
      subject left out is no longer there and its message is dropped.
    - `mail`, `sms` and `note` render for one channel; None when it is no longer true, or not for this channel.
    - `people` says whom an announced message is for (see outbox.announce).
    - An essential kind cannot be turned off and waits for no quiet hours. The others carry an unsubscribe link.
    - Once a message of a forgotten kind is sent or given up, its row no longer says to whom, nor what.
    - `default_off` are the channels that a person has to turn on first.
    """

    name: str
    label: str | Promise
    audience: Audience
    mail: Callable[[OutboxMessage, Any], Mail | None] | None = None
    sms: Callable[[OutboxMessage, Any], str | None] | None = None
    note: Callable[[OutboxMessage, Any], Note | None] | None = None
    people: Callable[[Any, OutboxMessage], Sequence[Person]] = _nobody
    load: Callable[[Sequence[OutboxMessage], datetime], Loaded] = _nothing
    is_essential: bool = False
    is_forgotten: bool = False
    default_off: frozenset[Channel] = frozenset()

    @property
    def channels(self) -> list[Channel]:
        """The ways it can take, e-mail first."""
        ways = [(Channel.EMAIL, self.mail), (Channel.SMS, self.sms), (Channel.SITE, self.note)]
        found = [channel for channel, render in ways if render is not None]
        return [*found, Channel.PUSH] if self.note is not None else found


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Make a kind known, once, when its app is ready."""
    if kind.name in _kinds:
        raise ValueError(f"{kind.name} is registered twice")
    _kinds[kind.name] = kind
    return kind


def kind_of(name: str) -> Kind:
    """Raises KeyError for a name that nobody registered."""
    return _kinds[name]


def label_of(name: str) -> str:
    """What a kind is about, in words; its name when nobody registered it any more."""
    kind = _kinds.get(name)
    return str(kind.label) if kind else name


def known_kinds() -> list[Kind]:
    """All of them, in the order in which they were registered."""
    return list(_kinds.values())
