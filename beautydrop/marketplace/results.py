"""The words around search results: heading, filters, pages, and what to do when nothing is found."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beautydrop.marketplace.places import Place
from beautydrop.marketplace.search import PAGE_SIZE, Candidate, Query, Results
from beautydrop.web import formats

_RADII = (1, 5, 10)


def context(
    data: QueryDict,
    query: Query,
    found: Results,
    unfiltered: list[Candidate],
    *,
    page: int,
    now: datetime,
    where: str,
    is_unknown_place: bool,
    known: list[Place],
) -> dict[str, Any]:
    """All of search.html but the cards."""
    first = (page - 1) * PAGE_SIZE + 1
    last = first - 1 + len(found.hits)
    return {
        "heading": _heading(query, found, where, is_unknown_place),
        "subheading": _subheading(query, found, now),
        "filters": [] if is_unknown_place else _filters(query, unfiltered, found),
        "sort_options": [
            {"value": value, "label": label, "selected": query.sort == value}
            for value, label in (
                ("near", _("Nearest first") if query.centre else _("Best match")),
                ("soon", _("Free soonest")),
                ("price", _("Lowest price")),
                ("name", _("Name")),
            )
        ],
        "first": first,
        "last": last,
        "total": found.total if found.total is not None else f"{last}+",
        "next_url": _page_url(data, page + 1) if found.has_next else "",
        "previous_url": _page_url(data, page - 1) if page > 1 else "",
        "next_label": _("More salons"),
        "empty": None if found.hits else _empty(query, where, is_unknown_place, known),
    }


def _heading(query: Query, found: Results, where: str, is_unknown_place: bool) -> str:
    if is_unknown_place:
        return _("No salons in “%(place)s” yet") % {"place": where}
    when = _when_words(query)
    what = _("for “%(what)s”") % {"what": query.what} if query.what else ""
    if query.is_near_me:
        where_words = _("near you")
    else:
        where_words = _("in %(place)s") % {"place": _counted_place(query.place, query)} if query.place else ""
    if not found.hits:
        start = _("Nothing free") if when else _("No salon found")
    elif found.total is None:
        start = _("Salons free") if when else _("Salons")
    elif when:
        start = ngettext("%(count)s salon is free", "%(count)s salons are free", found.total) % {"count": found.total}
    else:
        start = ngettext("%(count)s salon", "%(count)s salons", found.total) % {"count": found.total}
    return " ".join(part for part in (start, when, where_words, what) if part)


def _counted_place(place: Place, query: Query) -> str:
    """Of a district the whole city is listed, nearest first: then that is what the count counts."""
    return place.city if place.area and query.centre else place.name


def _when_words(query: Query) -> str:
    """`on Saturday evening`"""
    if query.day is None:
        return {
            "morning": _("in the morning"),
            "afternoon": _("in the afternoon"),
            "evening": _("in the evening"),
        }.get(query.part, "")
    day = formats.weekday_long(query.day)
    return {
        "morning": _("on %(day)s morning"),
        "afternoon": _("on %(day)s afternoon"),
        "evening": _("on %(day)s evening"),
    }.get(query.part, _("on %(day)s")) % {"day": day}


def _subheading(query: Query, found: Results, now: datetime) -> str:
    parts = []
    if found.is_fuzzy and found.hits:
        parts.append(_("No exact match; these come close."))
    if query.day:
        parts.append(formats.day_long(query.day) + ".")
    zones = {hit.service.shop.timezone for hit in found.hits}
    if len(zones) == 1:
        hit = found.hits[0]
        parts.append(_("Times are %(zone)s.") % {"zone": formats.zone_label(now, hit.service.shop.zone)})
    elif zones:
        parts.append(_("Each time is in the salon’s own time zone."))
    return " ".join(parts)


def _filters(query: Query, rows: list[Candidate], found: Results) -> list[dict[str, Any]]:
    """Filters with counts of all candidates; with a day, how many are free is only known after asking, so none."""
    is_counted = not query.is_timed
    filters = []
    if query.centre and any(row.distance_km is not None for row in rows):
        options = [
            {
                "value": str(radius),
                "label": _("Up to %(km)s km") % {"km": radius},
                "count": sum(row.distance_km is not None and row.distance_km <= radius for row in rows)
                if is_counted
                else None,
                "checked": query.radius_km == radius,
            }
            for radius in _RADII
        ]
        everywhere = _("All of %(place)s") % {"place": query.place.city} if query.place else _("Any distance")
        options.append(
            {
                "value": "",
                "label": everywhere,
                "count": len(rows) if is_counted else None,
                "checked": query.radius_km not in _RADII,
            }
        )
        name = query.place.short_name if query.place else ""
        legend = _("Distance from %(place)s") % {"place": name} if name else _("Distance from you")
        filters.append({"legend": legend, "name": "radius", "kind": "radio", "options": options})
    currencies = {hit.service.shop.currency for hit in found.hits}
    if len(currencies) == 1 and len(rows) > 2:
        currency = currencies.pop()
        limits = _price_limits([row.price for row in rows])
        chosen = query.max_price
        options = [{"value": "", "label": _("Any price"), "count": None, "checked": chosen not in limits}]
        options += [
            {
                "value": str(limit),
                "label": _("Up to %(amount)s") % {"amount": formats.money(Decimal(limit), currency)},
                "count": sum(row.price <= limit for row in rows) if is_counted else None,
                "checked": chosen == limit,
            }
            for limit in limits
        ]
        filters.append({"legend": _("Price"), "name": "max_price", "kind": "radio", "options": options})
    facts = [
        ("instant", _("Confirmed at once"), query.is_instant, sum(row.is_instant for row in rows)),
        ("step_free", _("Step-free entrance"), query.is_step_free, sum(row.is_step_free for row in rows)),
    ]
    options = [
        {
            "name": name,
            "value": "1",
            "label": label,
            "count": count if is_counted else None,
            "checked": checked,
        }
        for name, label, checked, count in facts
    ]
    filters.append({"legend": _("Good to know"), "name": "", "kind": "checkbox", "options": options})
    return filters


def _price_limits(prices: list[Decimal]) -> list[int]:
    """Two round limits that part the prices in thirds."""
    ordered = sorted(prices)
    limits = []
    for third in (1, 2):
        price = int(ordered[len(ordered) * third // 3])
        step = 5 if price < 100 else (50 if price < 2000 else 500)
        limits.append(max(step, -(-price // step) * step))
    return sorted(set(limits))


def _page_url(data: QueryDict, page: int) -> str:
    query = data.copy()
    query.pop("region", None)
    query["page"] = str(page)
    return f"{reverse('marketplace:search')}?{query.urlencode()}"


def _empty(query: Query, where: str, is_unknown_place: bool, known: list[Place]) -> dict[str, Any]:
    url = reverse("marketplace:search")
    city = query.place.city if query.place else ""

    def link(**parts: str) -> str:
        return f"{url}?{urlencode({name: value for name, value in parts.items() if value})}"

    if is_unknown_place:
        cities = [place for place in known if not place.area][:6]
        return {
            "heading": _("We don’t know this place"),
            "words": _("Check the spelling, or look in one of these cities."),
            "links": [(place.name, link(what=query.what, where=place.name)) for place in cities],
        }
    links = []
    if query.is_timed:
        links.append((_("Any day"), link(what=query.what, where=where)))
    if query.what:
        links.append(
            (
                _("Any treatment at that time") if query.is_timed else _("Any treatment"),
                link(where=where, date=str(query.day or ""), part=query.part),
            )
        )
    if city and (query.place and query.place.area or query.radius_km):
        links.append(
            (
                _("All of %(city)s") % {"city": city},
                link(what=query.what, where=city, date=str(query.day or ""), part=query.part),
            )
        )
    links.append((_("All salons"), url))
    return {
        "heading": _("Nothing fits all of that"),
        "words": _("Leave something out and look again."),
        "links": links,
    }
