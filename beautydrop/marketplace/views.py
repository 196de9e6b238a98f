"""The public side: home, search, favourites and the plain pages. The shop page is in shop_page.py."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from beautydrop.accounts.access import signed_in
from beautydrop.accounts.models import User
from beautydrop.marketplace import actions, cards, places, results
from beautydrop.marketplace import search as finding
from beautydrop.marketplace.forms import SearchForm
from beautydrop.marketplace.search import Candidate, Query
from beautydrop.scheduling import openings
from beautydrop.shops.models import Category, Service, Shop
from beautydrop.web import formats, requests
from beautydrop.web.access import public
from beautydrop.web.htmx import render_page
from beautydrop.web.limits import limited

_HOME_CARDS = 6
PAGES = {"help", "privacy", "terms", "imprint"}


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What is free soon in a city: the one asked for, else the one with most salons."""
    now = timezone.now()
    known = places.all_places()
    place = places.find(known, requests.text(request.GET.get("where"), 80)) or (known[0] if known else None)
    hits = finding.soonest(Query(place=place), now=now, limit=_HOME_CARDS) if place else []
    where = place.name if place else ""
    search_url = reverse("marketplace:search")
    zones = {hit.service.shop.timezone for hit in hits}
    count = place.salons if place else 0
    free = sum(hit.free for hit in hits)
    context = {
        "search_form": SearchForm(initial={"where": where}),
        "cards": cards.cards(hits, now=now, user=request.user),
        "free": free,
        "free_words": formats.whole(free),
        "place_name": place.short_name if place else "",
        "zone_note": _("All times are %(zone)s.") % {"zone": formats.zone_label(now, hits[0].service.shop.zone)}
        if len(zones) == 1
        else "",
        "all_url": f"{search_url}?{urlencode({'where': where})}" if where else search_url,
        "all_label": ngettext("%(count)s salon in %(place)s", "All %(count)s salons in %(place)s", count)
        % {"count": count, "place": place.name if place else ""},
        "doors": [
            (kind.value, kind.label, f"{search_url}?{urlencode({'what': kind.label, 'where': where})}")
            for kind in Category
        ],
    }
    return render(request, "marketplace/home.html", context)


@public
@require_safe
@limited("search", "GET")
def search(request: HttpRequest) -> HttpResponse:
    """Salons by what, where and when; each combination an address of its own."""
    now = timezone.now()
    data = request.GET
    known = places.all_places()
    where = requests.text(data.get("where"), 80)
    place = places.find(known, where)
    latitude, longitude = finding.read_number(data.get("lat"), 90), finding.read_number(data.get("lng"), 180)
    day = finding.read_day(data.get("date"), now.date())
    query = Query(
        what=finding.read_what(data.get("what")),
        place=None if latitude is not None and longitude is not None else place,
        latitude=latitude if longitude is not None else None,
        longitude=longitude if latitude is not None else None,
        day=day,
        part=data.get("part", "") if data.get("part") in finding.PARTS else "",
        is_instant=data.get("instant") == "1",
        is_step_free=data.get("step_free") == "1",
        sort=data.get("sort", "") if data.get("sort") in finding.SORTS else "near",
    )
    unfiltered = finding.candidates(query)
    radius, price = requests.number(data.get("radius"), lowest=0.5, highest=500), data.get("max_price", "")
    query = replace(
        query,
        radius_km=radius if query.centre else None,
        max_price=Decimal(price) if price.isascii() and price.isdigit() and len(price) < 9 else None,
    )
    page = requests.whole(data.get("page"), 1, highest=200)
    is_narrowed = query.radius_km is not None or query.max_price is not None
    is_unknown_place = bool(where) and place is None and not query.is_near_me
    rows: list[Candidate] | None = [] if is_unknown_place else (None if is_narrowed else unfiltered)
    found = (
        finding.Results([], 0, False, []) if is_unknown_place else finding.search(query, now=now, page=page, found=rows)
    )
    context = {
        "search_form": SearchForm(data or None),
        **results.context(
            data,
            query,
            found,
            unfiltered,
            page=page,
            now=now,
            where=where,
            is_unknown_place=is_unknown_place,
            known=known,
        ),
        "cards": cards.cards(found.hits, now=now, user=request.user, day=query.day),
        "near_misses": cards.cards(found.near_misses, now=now),
    }
    return render_page(request, "marketplace/search.html", context, regions=("results",))


@signed_in
@never_cache
@require_safe
def favourites(request: HttpRequest) -> HttpResponse:
    """The salons that a person keeps, with their next free times."""
    assert isinstance(request.user, User)
    now = timezone.now()
    kept = list(Shop.objects.bookable().filter(favourites__user=request.user).order_by("name")[:60])
    services = (
        Service.objects.filter(shop__in=kept, is_active=True, assignments__staff_member__is_active=True)
        .select_related("shop")
        .order_by("shop", "position", "name")
        .distinct("shop")
    )
    hits = []
    first, last = now.date() - timedelta(days=1), now.date() + timedelta(days=14)
    present = list(services)
    loaded = openings.load_many(present, now=now, first=first, last=last) if present else {}
    for service in sorted(present, key=lambda one: one.shop.name):
        found = loaded[service.pk]
        hits.append(finding.Hit(service, found.prices, None, found.first_free(limit=3)))
    rows = cards.cards(hits, now=now, user=request.user)
    return render(request, "marketplace/favourites.html", {"cards": rows, "empty": not rows})


@signed_in
@require_POST
def toggle_favourite(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep a salon, or let it go; back to where the heart was."""
    assert isinstance(request.user, User)
    shop = get_object_or_404(Shop.objects.bookable(), slug=slug)
    actions.toggle_favourite(user=request.user, shop=shop)
    shop_page = reverse("marketplace:shop", args=[slug])
    return HttpResponseRedirect(requests.own_address(request.POST.get("next"), default=shop_page))


@public
@require_safe
def page(request: HttpRequest, name: str) -> HttpResponse:
    """Help, privacy, terms, imprint."""
    if name not in PAGES:
        raise Http404
    context: dict[str, Any] = {}
    return render(request, f"marketplace/page_{name}.html", context)
