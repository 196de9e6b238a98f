"""What messages about a booking have in common: how it is read, its facts and its links, its people."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from beautydrop.bookings import calendar_file
from beautydrop.bookings.models import Booking
from beautydrop.bookings.policy import Policy
from beautydrop.notifications import segments
from beautydrop.notifications.kinds import Person
from beautydrop.notifications.letters import Letter, Link, Moment, Row
from beautydrop.notifications.models import Channel, OutboxMessage
from beautydrop.web import formats


def load(messages: Sequence[OutboxMessage], now: datetime) -> dict[uuid.UUID, Booking]:
    """The bookings that these messages are about, with all that words and addresses need: one query.

    A message about an earlier time or another address is about nothing any more: see `is_current`.
    """
    bookings = Booking.objects.select_related(
        "shop__client__user", "staff_member__user", "customer__user", "service"
    ).in_bulk({message.subject_id for message in messages})
    return dict(bookings)


def is_current(message: OutboxMessage, booking: Booking) -> bool:
    """False when the booking was changed since: that change wrote a message of its own."""
    return message.sequence == booking.sequence


def is_to_customer(message: OutboxMessage) -> bool:
    """True for what went to the customer themself: not announced only, and not to the salon's people."""
    return message.channel != Channel.ANNOUNCED and not message.kind.startswith("salon.")


def what(booking: Booking) -> str:
    """`Gel manicure, Thu 3 Dec 10:15 — Studio Nord`"""
    return f"{booking.service_name}, {moment(booking)} — {booking.shop.name}"


def moment(booking: Booking) -> str:
    """`Thu 3 Dec 10:15`, in the booking's zone."""
    return formats.moment(booking.starts_at, booking.zone).replace(",", "")


def when(booking: Booking) -> Moment:
    return Moment(
        day=formats.day_long(booking.starts_at.astimezone(booking.zone).date()),
        time=formats.clock(booking.starts_at, booking.zone),
        until=formats.clock(booking.ends_at, booking.zone),
        zone=formats.zone_label(booking.starts_at, booking.zone),
    )


def customer_facts(booking: Booking) -> tuple[Row, ...]:
    shop = booking.shop
    where = (shop.name, calendar_file.address_line(booking), *([shop.finding_note] if shop.finding_note else []))
    return (
        Row(_("What"), (f"{booking.service_name}, {formats.minutes(booking.duration_minutes)}",)),
        Row(_("Where"), where),
        Row(_("With"), (booking.staff_member.name,)),
        Row(_("Price"), (formats.money(booking.price, booking.currency),)),
    )


def policy_words(booking: Booking) -> str:
    policy, now = Policy.of_booking(booking), timezone.now()
    return f"{policy.headline(now)} {policy.rest(now)}"


def customer_links(booking: Booking) -> tuple[Link, ...]:
    """Change · Cancel · Add to calendar · Directions: each leads to a page."""
    return (
        Link(_("Change"), site_url("bookings:change", booking.token)),
        Link(_("Cancel"), site_url("bookings:cancel", booking.token)),
        Link(_("Add to calendar"), site_url("bookings:calendar", booking.token)),
        Link(_("Directions"), calendar_file.directions_url(booking)),
    )


def sms(booking: Booking, words: str) -> str:
    """`words` with the shop, the moment, whom with and the booking's page; a long name of the shop gives way."""
    values = {
        "when": moment(booking),
        "who": booking.staff_member.short_name[:20],
        "url": calendar_file.page_url(booking),
    }
    return segments.fitted(lambda name: words % {**values, "shop": name}, booking.shop.name)


def ask_the_salon(booking: Booking) -> str:
    shop = booking.shop
    contact = "".join(f", {part}" for part in (shop.phone, shop.email) if part)
    return _("Questions about the appointment? Ask %(shop)s") % {"shop": shop.name} + contact + "."


def site_url(name: str, *args: object) -> str:
    """The whole address of a page of the site."""
    return settings.SITE_URL + reverse(name, args=args)


def customer_person(booking: Booking) -> Person:
    """Whom the booking is for, by the ways they gave."""
    return Person(
        zone=booking.zone,
        language=booking.language,
        user=booking.customer.user if booking.customer is not None else None,
        email=booking.contact_email,
        phone=booking.contact_phone,
        wants_sms=booking.wants_sms,
        may_text=booking.shop.sends_sms,
    )


def customer_letter(booking: Booking, subject: str, status: str, **parts: object) -> Letter:
    """A letter about the customer's booking; `parts` add to it or replace what it has."""
    values: dict[str, object] = {
        "when": when(booking),
        "facts": customer_facts(booking),
        "paragraphs": (policy_words(booking),),
        "buttons": (Link(_("See the booking"), calendar_file.page_url(booking)),),
        "links": customer_links(booking),
        "reference": booking.spoken_reference,
        "footer": ask_the_salon(booking),
        **parts,
    }
    return Letter(subject, status, **values)  # type: ignore[arg-type]
