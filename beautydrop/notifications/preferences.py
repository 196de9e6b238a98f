"""What a person wants to hear, by which way, and when nothing may ring: read for the page, and written."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from beautydrop.accounts.models import User
from beautydrop.notifications import push, texting
from beautydrop.notifications.kinds import Audience, Kind, known_kinds
from beautydrop.notifications.models import Channel, OutboxMessage, Preference, Reach, Suppression
from beautydrop.shops.access import works_anywhere


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind by one way: its checkbox's value, or "" where there is nothing to choose (always on, or never)."""

    channel: Channel
    head: str
    name: str
    is_on: bool

    @property
    def is_fixed(self) -> bool:
        return not self.name


@dataclass(frozen=True, slots=True)
class Line:
    kind: Kind
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Group:
    audience: Audience
    lines: tuple[Line, ...]


def ways() -> dict[Channel, str]:
    """Those that the site has, in the order of the table's columns, with their heads."""
    found = {Channel.EMAIL: _("E-mail"), Channel.SITE: _("In the site")}
    if texting.is_on():
        found[Channel.SMS] = _("SMS")
    if push.is_on():
        found[Channel.PUSH] = _("Push")
    return found


def table(user: User) -> list[Group]:
    """What may be chosen, by whom it concerns; everybody books, not everybody works at a salon: two queries."""
    chosen = {(row.kind, row.channel): row.is_on for row in Preference.objects.filter(user=user)}
    audiences = [Audience.CUSTOMER]
    if works_anywhere(user):
        audiences.append(Audience.SALON)
    groups = []
    for audience in audiences:
        kinds = [kind for kind in known_kinds() if kind.audience == audience and kind.channels]
        lines = tuple(Line(kind, tuple(_cell(kind, *way, chosen) for way in ways().items())) for kind in kinds)
        if lines:
            groups.append(Group(audience, lines))
    return groups


def _cell(kind: Kind, channel: Channel, head: str, chosen: dict[tuple[str, str], bool]) -> Cell:
    if channel not in kind.channels:
        return Cell(channel, head, "", is_on=False)
    if kind.is_essential and channel == Channel.EMAIL:
        return Cell(channel, head, "", is_on=True)
    is_on = chosen.get((kind.name, channel), channel not in kind.default_off)
    return Cell(channel, head, f"{kind.name}:{channel}", is_on=is_on)


def as_ticked(groups: Sequence[Group], ticked: Collection[str]) -> list[Group]:
    """The same table with the boxes as they were sent."""

    def sent(cell: Cell) -> Cell:
        return cell if cell.is_fixed else replace(cell, is_on=cell.name in ticked)

    return [
        replace(group, lines=tuple(replace(line, cells=tuple(map(sent, line.cells))) for line in group.lines))
        for group in groups
    ]


def _choose(user: User, groups: Sequence[Group]) -> Q:
    """Write what differs from the rows there are; which messages are not wanted any more."""
    known = {(row.kind, row.channel): row for row in Preference.objects.filter(user=user)}
    gone, new, unwanted = [], [], Q(pk__in=[])
    for kind, cell in (
        (line.kind, cell) for group in groups for line in group.lines for cell in line.cells if not cell.is_fixed
    ):
        row = known.get((kind.name, cell.channel))
        is_kinds_own = cell.is_on == (cell.channel not in kind.default_off)
        if row is not None and (is_kinds_own or row.is_on != cell.is_on):
            gone.append(row.pk)
        if not is_kinds_own and (row is None or row.is_on != cell.is_on):
            new.append(Preference(user=user, kind=kind.name, channel=cell.channel, is_on=cell.is_on))
        if not cell.is_on:
            unwanted |= Q(kind=kind.name, channel=cell.channel)
    Preference.objects.filter(pk__in=gone).delete()
    Preference.objects.bulk_create(new)
    return unwanted


def reach_of(user: User) -> Reach:
    """How the person is reached, as saved; an unsaved one where they said nothing."""
    return Reach.objects.filter(user=user).first() or Reach(user=user)


@transaction.atomic
def save(
    *,
    user: User,
    groups: Sequence[Group],
    sms_phone: str | None,
    quiet_from: time | None,
    quiet_until: time | None,
    now: datetime,
) -> None:
    """Keep the choices of `groups`, the number for SMS (None leaves it as it is) and the quiet hours.

    What waits and is no longer wanted is dropped. Essential mail is not among what can be chosen. A choice that is
    the kind's own leaves no row: if the kind changes its mind, so does the person.
    """
    User.objects.select_for_update().get(pk=user.pk)  # two tabs saved at once: the later one holds, whole
    unwanted = _choose(user, groups)
    reach = reach_of(user)
    reach.quiet_from, reach.quiet_until = quiet_from, quiet_until
    if sms_phone is not None and sms_phone != reach.sms_phone:
        reach.sms_phone, reach.sms_since = sms_phone, now if sms_phone else None
        waiting = OutboxMessage.objects.filter(user=user, channel=Channel.SMS, status=OutboxMessage.Status.PENDING)
        if sms_phone:
            waiting.update(recipient=sms_phone)
        else:
            unwanted |= Q(channel=Channel.SMS)
        # Asked for anew; where the network still refuses the number, it will say so again.
        Suppression.objects.filter(address=sms_phone, reason=Suppression.Reason.STOPPED).delete()
    reach.save()
    OutboxMessage.objects.filter(unwanted, user=user, status=OutboxMessage.Status.PENDING).update(
        status=OutboxMessage.Status.STALE
    )
