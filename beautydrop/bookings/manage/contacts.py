"""The salon's clients, found as one types. Staff find those of their own bookings."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from beautydrop.bookings.clients import listing
from beautydrop.bookings.manage.wanted import own_column
from beautydrop.bookings.models import Booking, ShopClient
from beautydrop.shops.access import Standing
from beautydrop.web import formats

# Of the best found, those of one person's own bookings are kept.
_LOOKED_AT = 60


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody the salon knows: `key` is the client's id, `line` says when they were last booked."""

    key: str
    name: str
    phone: str
    email: str
    line: str

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.split() else self.name


def find(standing: Standing, text: str, limit: int = 6) -> list[Known]:
    """Whose name, phone or e-mail is like `text` (two characters at least), best first: two queries at most."""
    own = own_column(standing)
    clients = listing.find(standing.shop, text, _LOOKED_AT if own else limit)
    latest = _latest(standing, [one.pk for one in clients])
    if own:
        clients = [one for one in clients if one.pk in latest][:limit]
    return [_known(one, latest.get(one.pk)) for one in clients]


def get(standing: Standing, key: uuid.UUID | None) -> Known | None:
    """The client that `key` stands for, or None; staff know only those they have served."""
    client = listing.people(standing.shop).filter(pk=key).first() if key else None
    if client is None:
        return None
    last = _latest(standing, [client.pk]).get(client.pk)
    if last is None and own_column(standing):
        return None
    return _known(client, last)


def _latest(standing: Standing, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Booking]:
    """The latest booking of each of these clients, at level STAFF among one's own."""
    ids = list(ids)
    if not ids:
        return {}
    bookings = Booking.objects.filter(shop=standing.shop, shop_client__in=ids).select_related("staff_member")
    if own := own_column(standing):
        bookings = bookings.filter(staff_member=own)
    latest = bookings.order_by("shop_client_id", "-starts_at").distinct("shop_client_id")
    return {one.shop_client_id: one for one in latest if one.shop_client_id}


def _known(client: ShopClient, last: Booking | None) -> Known:
    line = _("Not booked yet")
    if last:
        line = _("Last booking %(day)s, %(service)s with %(who)s") % {
            "day": formats.day_month(last.starts_at.astimezone(last.zone).date()),
            "service": last.service_name,
            "who": last.staff_member.short_name,
        }
    return Known(str(client.pk), client.name, client.phone, client.email, line)
