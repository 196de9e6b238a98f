"""To the salon's people: the day's appointments, at seven in the morning where the salon is.

Each person gets it once a day: the owner everybody's, others their own; who has none that day gets nothing.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from beautydrop.bookings.messages import parts
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import State
from beautydrop.notifications import outbox
from beautydrop.notifications.kinds import Audience, Kind, Mail, Person, register
from beautydrop.notifications.letters import Item, Letter, Link
from beautydrop.notifications.models import OutboxMessage
from beautydrop.shops.models import Shop
from beautydrop.web import formats

AGENDA = "salon.agenda"
AT = time(7)
# A worker that was away sends it late, but not after this: by then the day has shown itself.
_UNTIL = time(10)
# Days are counted from here, so that a day is the message's sequence.
_DAY_ZERO = date(2020, 1, 1)
_AT_ONCE = 500
_COUNTS = [State.PENDING, State.CONFIRMED, State.ARRIVED]


@dataclass(frozen=True, slots=True)
class Agenda:
    """A salon with its appointments of the days in question, by start."""

    shop: Shop
    bookings: list[Booking]

    def on(self, day: date) -> list[Booking]:
        return [one for one in self.bookings if one.starts_at.astimezone(self.shop.zone).date() == day]


def post_due(now: datetime) -> int:
    """Write the agendas of the salons where it is seven by now; how many. Twice, or by two workers, is harmless."""
    zones = Shop.objects.filter(is_active=True).values_list("timezone", flat=True).distinct().order_by()
    written = 0
    for zone in map(ZoneInfo, zones):
        local = now.astimezone(zone)
        if AT <= local.time() < _UNTIL:
            written += _post(zone, local.date(), now)
    return written


def _post(zone: ZoneInfo, day: date, now: datetime) -> int:
    known = OutboxMessage.objects.filter(kind=AGENDA, sequence=_sequence(day), subject_id=OuterRef("pk"))
    begin, end = _bounds(day, day, zone)
    some = Booking.objects.filter(shop=OuterRef("pk"), status__in=_COUNTS, starts_at__gte=begin, starts_at__lt=end)
    due = Shop.objects.filter(is_active=True, timezone=zone.key).filter(~Exists(known), Exists(some))
    rows = [
        outbox.announcement(AGENDA, subject_id=pk, sequence=_sequence(day), due_at=now)
        for pk in due.values_list("pk", flat=True)[:_AT_ONCE]
    ]
    if rows:
        outbox.write(rows, now=now)
    return len(rows)


def _bounds(first: date, last: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """From the first day's midnight to the one that ends the last."""
    begin = datetime.combine(first, time(), tzinfo=zone)
    return begin.astimezone(UTC), datetime.combine(last + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)


def load(messages: Sequence[OutboxMessage], now: datetime) -> dict[uuid.UUID, Agenda]:
    """The salons with what stands in the days around: two queries."""
    shops = Shop.objects.select_related("client__user").in_bulk({message.subject_id for message in messages})
    first = min(_day(message) for message in messages)
    last = max(_day(message) for message in messages)
    # A day is another stretch of time in each zone: with 15 hours around it, none is cut.
    begin, end = _bounds(first, last, UTC)
    begin, end = begin - timedelta(hours=15), end + timedelta(hours=15)
    agendas = {pk: Agenda(shop, []) for pk, shop in shops.items()}
    found = Booking.objects.filter(shop__in=shops, status__in=_COUNTS, starts_at__gte=begin, starts_at__lt=end)
    for booking in found.select_related("staff_member__user").order_by("starts_at", "staff_member__position"):
        booking.shop = shops[booking.shop_id]
        agendas[booking.shop_id].bookings.append(booking)
    return agendas


def people(agenda: Agenda, message: OutboxMessage) -> list[Person]:
    shop = agenda.shop
    if not _is_today(agenda, message):
        return []
    today = agenda.on(_day(message))
    users = {shop.client.user.pk: shop.client.user} if today else {}
    for booking in today:
        member = booking.staff_member
        if member.user is not None and member.is_active:
            users[member.user.pk] = member.user
    return [
        Person(zone=shop.zone, language=user.language, user=user, email=user.email)
        for user in users.values()
        if user.is_active
    ]


def mail(message: OutboxMessage, agenda: Agenda) -> Mail | None:
    if not _is_today(agenda, message):
        return None
    is_owner = message.user_id == agenda.shop.client.user_id
    today = [one for one in agenda.on(_day(message)) if is_owner or one.staff_member.user_id == message.user_id]
    if not today:
        return None
    day = formats.day_long(_day(message))
    count = ngettext("%(count)s appointment", "%(count)s appointments", len(today)) % {"count": len(today)}
    zone = formats.zone_label(today[0].starts_at, agenda.shop.zone)
    letter = Letter(
        subject=_("%(day)s: %(count)s — %(shop)s") % {"day": day, "count": count, "shop": agenda.shop.name},
        status=f"{day}: {count}",
        items=tuple(_item(one, with_staff=is_owner) for one in today),
        buttons=(Link(_("Open the calendar"), parts.site_url("manage:day", agenda.shop.slug)),),
        quiet=(_("All times in %(zone)s.") % {"zone": zone},),
        footer=_("You get this because you work at %(shop)s.") % {"shop": agenda.shop.name},
    )
    return letter.mail(message)


def _item(booking: Booking, *, with_staff: bool) -> Item:
    what = [booking.service_name, formats.minutes(booking.duration_minutes)]
    if with_staff:
        what.append(booking.staff_member.short_name)
    if booking.status == State.PENDING:
        what.append(_("to confirm"))
    return Item(formats.clock(booking.starts_at, booking.shop.zone), booking.contact_name, ", ".join(what))


def _is_today(agenda: Agenda, message: OutboxMessage) -> bool:
    """In time for the day: one that comes after noon is of no use."""
    local = timezone.now().astimezone(agenda.shop.zone)
    return local.date() == _day(message) and local.time() < time(12)


def _sequence(day: date) -> int:
    return (day - _DAY_ZERO).days


def _day(message: OutboxMessage) -> date:
    return _DAY_ZERO + timedelta(days=message.sequence)


register(
    Kind(
        AGENDA,
        gettext_lazy("The day’s appointments at 07:00"),
        Audience.SALON,
        mail=mail,
        load=load,
        people=people,
    )
)
