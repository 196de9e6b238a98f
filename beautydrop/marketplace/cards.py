"""Salons and free times as rows ready for their templates."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beautydrop.accounts.models import User
from beautydrop.marketplace.models import Favourite
from beautydrop.marketplace.search import Hit
from beautydrop.scheduling.openings import Opening
from beautydrop.shops.models import Category, Service, Shop, ShopPicture
from beautydrop.web import formats


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A free start as a link into the booking."""

    url: str
    iso: str
    day: str
    time: str
    who: str
    label: str


@dataclass(slots=True)
class ShopCard:
    """A salon in a list."""

    shop: Shop
    url: str
    categories: list[str]
    place: str
    service_name: str
    service_minutes: int
    price: str
    price_from: bool
    times: list[FreeTime]
    picture: ShopPicture | None = None
    more: str = ""
    more_url: str = ""
    note: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    is_favourite: bool = False


def free_time(service: Service, opening: Opening, *, now: datetime, today: date | None = None) -> FreeTime:
    """`opening` of `service` (shop loaded), leading to the page where it is chosen."""
    shop = service.shop
    zone = shop.zone
    local = opening.start.astimezone(zone)
    day = formats.day_short(local.date(), today or now.astimezone(zone).date())
    who = opening.performer.staff.short_name
    clock = local.strftime("%H:%M")
    value = f"{opening.start:%Y-%m-%dT%H:%M}Z"
    path = reverse("bookings:when", args=[shop.slug, service.slug])
    label = _("%(service)s at %(shop)s, %(day)s %(time)s, with %(who)s") % {
        "service": service.name,
        "shop": shop.name,
        "day": day,
        "time": clock,
        "who": who,
    }
    return FreeTime(f"{path}?{urlencode({'start': value})}", value, day, clock, who, label)


def cards(hits: Iterable[Hit], *, now: datetime, user: object = None, day: date | None = None) -> list[ShopCard]:
    """The salons' cards: two queries (how they look, favourites) whatever the number."""
    hits = list(hits)
    shop_ids = [hit.service.shop_id for hit in hits]
    looks = looks_of(shop_ids)
    favourites = favourites_of(user, shop_ids)
    return [_card(hit, looks.get(hit.service.shop_id), favourites, now=now, day=day) for hit in hits]


@dataclass(frozen=True, slots=True)
class Look:
    """What a salon's picture is made of: its own first one, or its categories for the generated one."""

    categories: list[str]
    picture: ShopPicture | None


def looks_of(shop_ids: list[UUID]) -> dict[UUID, Look]:
    """The categories of each shop's bookable services, most frequent kinds first in the fixed order, and its first
    picture; one query for both."""
    order = [category.value for category in Category]
    first = ShopPicture.objects.filter(shop=OuterRef("shop_id")).order_by("position", "created_at")
    rows = (
        Service.objects.filter(shop__in=shop_ids, is_active=True)
        .order_by()
        .values("shop_id")
        .annotate(
            kinds=ArrayAgg("category"),
            picture=Subquery(first.values(found=JSONObject(id="id", width="width", height="height"))[:1]),
        )
        .values_list("shop_id", "kinds", "picture")
    )
    return {
        shop_id: Look(
            sorted(set(kinds), key=lambda kind: (-kinds.count(kind), order.index(kind))),
            ShopPicture(**picture) if picture else None,
        )
        for shop_id, kinds, picture in rows
    }


def favourites_of(user: object, shop_ids: list[UUID]) -> set[UUID]:
    """Which of the shops the person keeps as favourites; nobody for a visitor."""
    if not isinstance(user, User):
        return set()
    return set(Favourite.objects.filter(user=user, shop__in=shop_ids).values_list("shop_id", flat=True))


def _card(hit: Hit, look: Look | None, favourites: set[UUID], *, now: datetime, day: date | None) -> ShopCard:
    service, shop = hit.service, hit.service.shop
    place = shop.area or shop.city
    if hit.distance_km is not None:
        place = f"{place}, {formats.distance(hit.distance_km)}"
    facts = [("check", _("Confirmed at once")) if shop.is_auto_confirmed else ("clock", _("Confirmed by the salon"))]
    if shop.is_step_free:
        facts.append(("accessible", _("Step-free entrance")))
    card = ShopCard(
        shop=shop,
        url=reverse("marketplace:shop", args=[shop.slug]),
        categories=look.categories if look else [service.category],
        picture=look.picture if look else None,
        place=place,
        service_name=service.name,
        service_minutes=service.duration_minutes,
        price=formats.money(min(hit.prices), shop.currency),
        price_from=len(hit.prices) > 1,
        times=[free_time(service, opening, now=now) for opening in hit.openings],
        facts=facts,
        is_favourite=shop.pk in favourites,
    )
    if day is not None:
        when = f"{reverse('bookings:when', args=[shop.slug, service.slug])}?{urlencode({'day': day.isoformat()})}"
        if hit.more:
            card.more = ngettext("%(count)s more time", "%(count)s more times", hit.more) % {"count": hit.more}
            card.more_url = when
        elif len(hit.openings) == 1:
            card.note = _("The only time left")
    elif not hit.openings:
        card.note = _("Nothing free in the next two weeks")
    return card
