"""The clients of a salon, found and counted: everything from SQL aggregates, in the shop's time and currency.

A visit is an appointment that took place (arrived or completed). Whoever only ever held a time that ran out without
confirming it is nobody's client yet.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Upper

from beautydrop.bookings.models import Booking, ShopClient
from beautydrop.bookings.states import Pending, State
from beautydrop.shops.models import Shop

# Filters of the list, in their order on the page.
SEGMENTS = ("all", "new", "regulars", "away", "no-shows")
ORDERS = ("last", "name", "visits", "spend")
REGULAR_VISITS = 5
MANY_NO_SHOWS = 2

_VISITED = Q(bookings__status__in=[State.ARRIVED, State.COMPLETED])
_AHEAD = [State.PENDING, State.CONFIRMED]
# How alike a name must be to what was typed: `Lote Kun` finds Lotte Kühn.
_ALIKE = 0.4
_SAME_NAME = 0.65


@dataclass(frozen=True, slots=True)
class Spans:
    """The instants from which the columns and filters count: 12 months, this month, 3 months."""

    now: datetime
    year: datetime
    month: datetime
    quarter: datetime

    @classmethod
    def of(cls, shop: Shop, now: datetime) -> "Spans":
        today = now.astimezone(shop.zone).date()

        def at(day: date) -> datetime:
            return datetime.combine(day, time(), shop.zone)

        return cls(now, at(_months_before(today, 12)), at(today.replace(day=1)), at(_months_before(today, 3)))


def _months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or the last that this one has."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    first = date(year, month + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def people(shop: Shop) -> QuerySet[ShopClient]:
    """Everybody there is to see: neither erased nor a second address of another."""
    return ShopClient.objects.filter(shop=shop, is_erased=False, merged_into=None)


def counted(shop: Shop, spans: Spans) -> QuerySet[ShopClient]:
    """With visits, visits_12, first_visit, last_visit, next_start, spend_12 and no_shows of each: one GROUP BY."""
    real = ~Q(bookings__cancel_reason=Booking.CancelReason.EXPIRED) & ~Q(bookings__pending_for=Pending.EMAIL)
    in_year = Q(bookings__starts_at__gte=spans.year)
    ahead = Q(bookings__status__in=_AHEAD, bookings__ends_at__gt=spans.now)
    completed = Q(bookings__status=State.COMPLETED, bookings__currency=shop.currency)
    return (
        people(shop)
        .annotate(
            real=Count("bookings", filter=real),
            visits=Count("bookings", filter=_VISITED),
            visits_12=Count("bookings", filter=_VISITED & in_year),
            first_visit=Min("bookings__starts_at", filter=_VISITED),
            last_visit=Max("bookings__starts_at", filter=_VISITED),
            next_start=Min("bookings__starts_at", filter=ahead),
            spend_12=Sum("bookings__price", filter=completed & in_year),
            no_shows=Count("bookings", filter=Q(bookings__status=State.NO_SHOW)),
        )
        .filter(Q(is_added=True) | Q(real__gt=0))
    )


def _segment(name: str, spans: Spans) -> Q:
    return {
        "new": Q(first_visit__gte=spans.month),
        "regulars": Q(visits_12__gte=REGULAR_VISITS),
        "away": Q(last_visit__lt=spans.quarter, next_start=None),
        "no-shows": Q(no_shows__gte=MANY_NO_SHOWS),
    }.get(name, Q())


def found(shop: Shop, spans: Spans, *, text: str = "", tag: str = "") -> QuerySet[ShopClient]:
    """Those of `counted` whose name, e-mail or phone is like `text`, with `tag`."""
    clients = counted(shop, spans)
    if tag:
        clients = clients.filter(tags__contains=[tag])
    return _like(clients, text) if text else clients


def segment(clients: QuerySet[ShopClient], name: str, spans: Spans, *, order: str = "last") -> QuerySet[ShopClient]:
    """One filter of the list, ordered."""
    orders = {
        "name": [Upper("name").asc()],
        "visits": [F("visits").desc()],
        "spend": [F("spend_12").desc(nulls_last=True)],
    }
    by = orders.get(order, [F("last_visit").desc(nulls_last=True)])
    return clients.filter(_segment(name, spans)).order_by(*by, "name", "pk")


def sizes(clients: QuerySet[ShopClient], spans: Spans) -> dict[str, int]:
    """How many there are in each of SEGMENTS: one query."""
    names = {name: f"in_{number}" for number, name in enumerate(SEGMENTS)}
    sums = clients.aggregate(**{key: Count("pk", filter=_segment(name, spans) or None) for name, key in names.items()})
    return {name: sums[key] for name, key in names.items()}


def latest_visits(shop: Shop, ids: list[uuid.UUID]) -> dict[uuid.UUID, Booking]:
    """The last visit of each of these clients, with its staff member: one query."""
    visits = (
        Booking.objects.filter(shop=shop, shop_client__in=ids, status__in=[State.ARRIVED, State.COMPLETED])
        .select_related("staff_member")
        .order_by("shop_client_id", "-starts_at")
        .distinct("shop_client_id")
    )
    return {visit.shop_client_id: visit for visit in visits if visit.shop_client_id}


def find(shop: Shop, text: str, limit: int = 6) -> list[ShopClient]:
    """Found as one types, best first: name, phone digits or e-mail, a slip of the finger forgiven. One query.

    Two characters at least. Each has `last_start`, the start of its latest booking (aware, UTC) or None.
    """
    text = text.strip()
    if len(text) < 2:
        return []
    clients = _like(people(shop), text).annotate(
        alike=TrigramWordSimilarity(text, "name"), last_start=Max("bookings__starts_at")
    )
    return list(clients.order_by("-alike", F("last_start").desc(nulls_last=True), "name")[:limit])


def _like(clients: QuerySet[ShopClient], text: str) -> QuerySet[ShopClient]:
    wanted = Q(name__icontains=text) | Q(email__icontains=text) | Q(how_alike__gte=_ALIKE)
    digits = "".join(char for char in text if char.isdigit()).lstrip("0")
    if len(digits) >= 3 and not any(char.isalpha() for char in text):
        wanted |= Q(phone__contains=digits)
    return clients.alias(how_alike=TrigramWordSimilarity(text, "name")).filter(wanted)


def duplicates(client: ShopClient, limit: int = 5) -> list[ShopClient]:
    """Who may be the same person: the same phone, or a very similar name. One query, the likeliest first."""
    same = Q(alike__gte=_SAME_NAME)
    if client.phone:
        same |= Q(phone=client.phone)
    others = people(client.shop).exclude(pk=client.pk)
    return list(
        others.annotate(alike=TrigramSimilarity("name", client.name)).filter(same).order_by("-alike", "name")[:limit]
    )
