"""A booking that nobody made: what the salon is shown of its messages is rendered from it, by the kinds themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.utils import translation
from django.utils.translation import gettext as _

from beautydrop.bookings.actions import Contact
from beautydrop.bookings.actions.imagine import imagined
from beautydrop.bookings.messages import parts, reminders
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import State
from beautydrop.notifications import segments
from beautydrop.notifications.kinds import Audience, Kind, Mail, kind_of, known_kinds
from beautydrop.notifications.models import Channel, OutboxMessage
from beautydrop.notifications.segments import Segments
from beautydrop.shops.models import Service, Shop, StaffMember

_EMAIL, _PHONE = "customer@example.com", "+493055501400"


@dataclass(frozen=True, slots=True)
class Example:
    """What a customer gets of one kind: the mail, and the text with its segments ("" and None for none)."""

    kind: Kind
    mail: Mail | None
    sms: str
    segments: Segments | None


def customer_kinds() -> list[Kind]:
    """All that a customer may get about a booking."""
    return [kind for kind in known_kinds() if kind.audience == Audience.CUSTOMER and kind.load is parts.load]


def examples(shop: Shop, *, language: str, now: datetime) -> list[Example]:
    """Every kind, in `language`: two queries for the service and the person, and what the mails themselves ask."""
    what, who = _what_and_who(shop)
    with translation.override(language):
        return [_example(kind, shop, what, who, language, now) for kind in customer_kinds()]


def example_mail(shop: Shop, kind_name: str, *, language: str, now: datetime) -> Mail | None:
    """The mail of one kind; None where there is none. Raises KeyError for a kind that is no customer's."""
    kind = kind_of(kind_name)
    if kind not in customer_kinds():
        raise KeyError(kind_name)
    what, who = _what_and_who(shop)
    with translation.override(language):
        return _example(kind, shop, what, who, language, now).mail


def _example(kind: Kind, shop: Shop, what: Service, who: StaffMember, language: str, now: datetime) -> Example:
    mail, sms = None, ""
    for booking in _bookings(kind, shop, what, who, language, now):
        message = OutboxMessage(
            kind=kind.name, subject_id=booking.pk, channel=Channel.EMAIL, recipient=_EMAIL, language=language
        )
        if mail is None and kind.mail is not None:
            mail = kind.mail(message, booking)
        if not sms and kind.sms is not None:
            message.channel, message.recipient = Channel.SMS, _PHONE
            sms = segments.plain(kind.sms(message, booking) or "")
    return Example(kind, mail, sms, segments.measure(sms) if sms else None)


def _bookings(
    kind: Kind, shop: Shop, what: Service, who: StaffMember, language: str, now: datetime
) -> Iterator[Booking]:
    """Confirmed, waiting for the mail's link, and cancelled by the salon: each kind is about one of these."""
    start = datetime.combine(now.astimezone(shop.zone).date() + timedelta(days=3), time(10, 15), tzinfo=shop.zone)
    if ahead := reminders.BEFORE.get(kind.name):
        # On the next quarter of an hour.
        start = (now + ahead + timedelta(minutes=15 - now.minute % 15)).replace(second=0, microsecond=0)
    contact = Contact(_("A customer"), _EMAIL, _PHONE, language)
    for status in (State.CONFIRMED, State.PENDING, State.CANCELLED):
        yield imagined(shop=shop, service=what, staff=who, contact=contact, start=start, status=status, now=now)


def _what_and_who(shop: Shop) -> tuple[Service, StaffMember]:
    """The first of the menu and the first of the team, or made-up ones for a salon that has none yet."""
    what = shop.services.filter(is_active=True).order_by("position", "name").first()
    who = shop.staff_members.filter(is_active=True).order_by("position", "name").first()
    return (
        what or Service(shop=shop, name=_("Haircut"), price=Decimal(40), duration_minutes=45),
        who or StaffMember(shop=shop, name=shop.client.business_name or shop.name),
    )
