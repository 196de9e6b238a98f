"""What a salon holds about its clients, handed out: a list as CSV, and everything about one as JSON."""

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from beautydrop.bookings.clients.listing import Spans, counted
from beautydrop.bookings.messages.parts import is_to_customer
from beautydrop.bookings.models import Booking, BookingEvent, ShopClient
from beautydrop.notifications.models import OutboxMessage
from beautydrop.shops.models import Shop

# A spreadsheet takes a cell that begins so for a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file for csv.writer that hands each line back."""

    def write(self, line: str) -> str:
        return line


def guarded(value: object) -> str:
    """A cell that no spreadsheet runs: what looks like a formula begins with an apostrophe."""
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def unguarded(text: str) -> str:
    """The cell as it was before `guarded`."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_SIGNS) else text


def csv_lines(shop: Shop, now: datetime) -> Iterator[str]:
    """The list of clients line by line, for a streamed answer: a byte order mark first, so that Excel reads UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(
        [
            guarded(title)
            for title in (
                _("Name"), _("E-mail"), _("Phone"), _("Tags"), _("Notes"), _("Visits"), _("First visit"),
                _("Last visit"), _("Next"), _("Spend, 12 months"), _("Currency"), _("No-shows"),
            )
        ]
    )  # fmt: skip
    clients: Iterator[Any] = counted(shop, Spans.of(shop, now)).order_by("name", "pk").iterator(chunk_size=1000)
    for client in clients:
        cells = (
            client.name, client.email, client.phone, ", ".join(client.tags), client.notes, client.visits,
            _local(client.first_visit, shop), _local(client.last_visit, shop), _local(client.next_start, shop),
            client.spend_12 or 0, shop.currency, client.no_shows,
        )  # fmt: skip
        yield writer.writerow([guarded(cell) for cell in cells])


def _local(at: datetime | None, shop: Shop) -> str:
    return at.astimezone(shop.zone).strftime("%Y-%m-%d %H:%M") if at else ""


def everything(client: ShopClient) -> dict[str, Any]:
    """All that this salon holds about one person, for them: plain values, instants as ISO in UTC."""
    bookings = list(
        Booking.objects.filter(shop_client=client).select_related("staff_member", "service").order_by("starts_at", "pk")
    )
    ids = [booking.pk for booking in bookings]
    events: dict[Any, list[dict[str, Any]]] = {}
    for event in BookingEvent.objects.filter(booking__in=ids):
        events.setdefault(event.booking_id, []).append(
            {
                "at": event.at.isoformat(),
                "what": event.kind,
                "who": event.actor,
                "from_status": event.from_status,
                "to_status": event.to_status,
                "from_start": event.from_start.isoformat() if event.from_start else None,
                "to_start": event.to_start.isoformat() if event.to_start else None,
                "note": event.note,
            }
        )
    mails: dict[Any, list[dict[str, Any]]] = {}
    for message in OutboxMessage.objects.filter(subject_id__in=ids).order_by("created_at"):
        if not is_to_customer(message):
            continue
        mails.setdefault(message.subject_id, []).append(
            {
                "kind": message.kind,
                "by": message.channel,
                "to": message.recipient,
                "status": message.status,
                "sent_at": message.sent_at.isoformat() if message.sent_at else None,
            }
        )
    others = client.aliases.order_by("created_at")
    return {
        "salon": client.shop.name,
        "client": {
            **_contact(client),
            "notes": client.notes,
            "tags": client.tags,
            "known_since": client.created_at.isoformat(),
            "changed": client.updated_at.isoformat(),
            "also_known_as": [_contact(other) for other in others],
        },
        "bookings": [
            {
                "reference": booking.reference,
                "status": booking.status,
                "service": booking.service_name,
                "with": booking.staff_member.name,
                "starts_at": booking.starts_at.isoformat(),
                "ends_at": booking.ends_at.isoformat(),
                "local_start": booking.local_start,
                "time_zone": booking.timezone,
                "price": str(booking.price),
                "currency": booking.currency,
                "name": booking.contact_name,
                "email": booking.contact_email,
                "phone": booking.contact_phone,
                "language": booking.language,
                "email_proved_at": booking.email_proved_at.isoformat() if booking.email_proved_at else None,
                "note_of_the_customer": booking.customer_notes,
                "note_of_the_salon": booking.staff_notes,
                "source": booking.source,
                "booked_at": booking.created_at.isoformat(),
                "history": events.get(booking.pk, []),
                "messages": mails.get(booking.pk, []),
            }
            for booking in bookings
        ],
    }


def _contact(client: ShopClient) -> dict[str, str]:
    return {"name": client.name, "email": client.email, "phone": client.phone}
