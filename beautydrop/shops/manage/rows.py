"""What the pages of the catalogue share: places in a list, and the bookings that something depends on."""

from collections.abc import Hashable
from typing import Any

from django.urls import NoReverseMatch, reverse

from beautydrop.shops.models import Shop
from beautydrop.web import formats

_SHOWN = 20


def moved[Item: Hashable](items: list[Item], item: Item, to: str) -> list[Item]:
    """`items` with `item` one place up or down; unchanged at the ends, and for anything else."""
    step = {"up": -1, "down": 1}.get(to, 0)
    if item not in items:
        return items
    at = items.index(item)
    other = at + step
    if not 0 <= other < len(items):
        return items
    items = [*items]
    items[at], items[other] = items[other], items[at]
    return items


def booking_rows(bookings: Any, shop: Shop, *, count: int) -> dict[str, Any]:
    """The first of `bookings` in words, each with the way to it, and how many more there are."""
    rows = [
        {
            "url": url_or_none("booking", shop.slug, booking.pk),
            "when": formats.moment(booking.starts_at, shop.zone),
            "what": booking.service_name,
            "who": booking.contact_name,
        }
        for booking in bookings[:_SHOWN]
    ]
    return {"bookings": rows, "count": count, "more": max(0, count - _SHOWN)}


def url_or_none(name: str, *args: object) -> str:
    """The address of a page under /manage/, or "" where the site has none of that name."""
    try:
        return reverse(f"manage:{name}", args=args)
    except NoReverseMatch:
        return ""
