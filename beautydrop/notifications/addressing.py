"""From an announcement to messages with a way and an address: by the people it concerns and what they want to hear.

Read when it is due, not when it was written: what somebody turned off meanwhile is off. Any number of announcements
takes the same few queries.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from beautydrop.notifications import push, texting
from beautydrop.notifications.kinds import Kind, Person
from beautydrop.notifications.models import Channel, OutboxMessage, Preference, PushSubscription, Reach, Suppression

# When nothing rings, for whoever said nothing else.
QUIET_FROM, QUIET_UNTIL = time(21), time(8)
# These ring; a mail and the list in the site don't.
_RINGS = {Channel.SMS, Channel.PUSH}


@dataclass(slots=True)
class _Wishes:
    """What the people of one batch want: read in one go."""

    preferences: dict[tuple[Any, str, str], bool] = field(default_factory=dict)
    reaches: dict[Any, Reach] = field(default_factory=dict)
    with_push: set[Any] = field(default_factory=set)
    suppressed: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    def of(cls, kind: Kind, people: Sequence[Person]) -> "_Wishes":
        """At most four queries."""
        users = {person.user.pk for person in people if person.user is not None}
        wishes = cls()
        if users:
            wishes.preferences = {
                (row.user_id, row.kind, row.channel): row.is_on
                for row in Preference.objects.filter(user__in=users, kind=kind.name)
            }
            wishes.reaches = {row.user_id: row for row in Reach.objects.filter(user__in=users)}
            if push.is_on():
                wishes.with_push = set(
                    PushSubscription.objects.filter(user__in=users).values_list("user_id", flat=True).distinct()
                )
        addresses = {address.lower() for person in people for address in (person.email, person.phone) if address}
        addresses |= {reach.sms_phone for reach in wishes.reaches.values() if reach.sms_phone}
        wishes.suppressed = set(
            Suppression.objects.filter(address__in=addresses, kind__in=["", kind.name]).values_list("address", "kind")
        )
        return wishes

    def wants(self, kind: Kind, person: Person, channel: Channel) -> bool:
        if person.user is None:
            return channel == Channel.EMAIL or (channel == Channel.SMS and person.wants_sms)
        if kind.is_essential and channel == Channel.EMAIL:
            return True
        return self.preferences.get((person.user.pk, kind.name, channel), channel not in kind.default_off)

    def address(self, person: Person, channel: Channel) -> str:
        """Where `channel` reaches the person, or ""."""
        user = person.user
        reach = self.reaches.get(user.pk) if user is not None else None
        match channel:
            case Channel.EMAIL:
                return person.email
            case Channel.SMS:
                if not person.may_text or not texting.is_on():
                    return ""
                return reach.sms_phone if reach is not None and reach.sms_phone else person.phone * person.wants_sms
            case Channel.SITE:
                return str(user.pk) if user is not None else ""
            case Channel.PUSH:
                return str(user.pk) if user is not None and user.pk in self.with_push else ""
        return ""

    def is_suppressed(self, kind: Kind, address: str) -> bool:
        return (address.lower(), "") in self.suppressed or (
            not kind.is_essential and (address.lower(), kind.name) in self.suppressed
        )

    def due(self, kind: Kind, person: Person, channel: Channel, now: datetime) -> datetime:
        """Now, or when the person's quiet hours are over."""
        if kind.is_essential or channel not in _RINGS:
            return now
        reach = self.reaches.get(person.user.pk) if person.user is not None else None
        quiet = (
            (reach.quiet_from, reach.quiet_until)
            if reach is not None and reach.quiet_from is not None and reach.quiet_until is not None
            else (QUIET_FROM, QUIET_UNTIL)
        )
        return quiet_over(now, person.zone, *quiet)


def quiet_over(now: datetime, zone: ZoneInfo, begin: time, end: time) -> datetime:
    """The first instant from `now` on that lies outside [begin, end) on the wall clock of `zone`."""
    local = now.astimezone(zone)
    clock = local.time()
    is_quiet = begin <= clock < end if begin < end else clock >= begin or clock < end
    if not is_quiet:
        return now
    day = local.date() if clock < end else local.date() + timedelta(days=1)
    over = datetime.combine(day, end, tzinfo=zone).astimezone(UTC)
    if over < now:  # the clock was set back over it meanwhile: it comes once more
        over = datetime.combine(day, end.replace(fold=1), tzinfo=zone).astimezone(UTC)
    return over.astimezone(now.tzinfo)


def address(
    kind: Kind, announced: Sequence[OutboxMessage], loaded: Mapping[Any, Any], now: datetime
) -> list[OutboxMessage]:
    """The unsaved messages that these announcements become; one that concerns nobody becomes none."""
    concerned = [
        (message, person)
        for message in announced
        if message.subject_id in loaded
        for person in kind.people(loaded[message.subject_id], message)
    ]
    wishes = _Wishes.of(kind, [person for _message, person in concerned])
    return [row for message, person in concerned for row in _rows(kind, message, person, wishes, now)]


def _rows(
    kind: Kind, message: OutboxMessage, person: Person, wishes: _Wishes, now: datetime
) -> Iterator[OutboxMessage]:
    for channel in kind.channels:
        to = wishes.address(person, channel)
        if not to or not wishes.wants(kind, person, channel) or wishes.is_suppressed(kind, to):
            continue
        yield OutboxMessage(
            kind=kind.name,
            subject_id=message.subject_id,
            sequence=message.sequence,
            channel=channel,
            recipient=to,
            user=person.user,
            language=person.language or message.language,
            payload=message.payload,
            due_at=wishes.due(kind, person, channel, now),
        )
