"""The public page of a salon."""

import json
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from beautydrop.availability import local_date, minutes_of, to_datetime
from beautydrop.bookings.calendar_file import shop_directions_url
from beautydrop.bookings.policy import Policy, short_terms
from beautydrop.marketplace import cards
from beautydrop.scheduling import openings
from beautydrop.scheduling.openings import Hours, Openings
from beautydrop.shops.models import Service, Shop, ShopPicture, StaffServiceAssignment
from beautydrop.web import formats
from beautydrop.web.access import public
from beautydrop.web.htmx import render_page

_SPECIAL_DAYS_AHEAD = 45
_FREE_DAYS = 14
# JSON inside a script element: nothing in it may close the element.
_JSON_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@public
@require_safe
def shop(request: HttpRequest, slug: str) -> HttpResponse:
    """Services, team, hours, policy, and the next free times."""
    found = Shop.objects.bookable().filter(slug=slug).first()
    if found is None:
        raise Http404
    return render_page(request, "marketplace/shop.html", context(request, found))


def context(request: HttpRequest, found: Shop) -> dict[str, Any]:
    """All of shop.html, for a salon that is open or one that its owner looks at beforehand."""
    now = timezone.now()
    performed = Prefetch(
        "assignments",
        StaffServiceAssignment.objects.filter(staff_member__is_active=True).select_related("staff_member"),
        to_attr="performed",
    )
    services: list[Service] = list(
        found.services.filter(is_active=True).prefetch_related(performed).order_by("position", "name")
    )
    for service in services:
        service.shop = found
    bookable = [service for service in services if _performed(service)]
    today = now.astimezone(found.zone).date()
    loaded = (
        openings.load_many(bookable, now=now, first=today, last=today + timedelta(days=_FREE_DAYS)) if bookable else {}
    )
    first = bookable[0] if bookable else None
    hours = (
        loaded[first.pk].hours
        if first
        else openings.load_hours([found], [], first=today, last=today + timedelta(days=_SPECIAL_DAYS_AHEAD))[found.pk]
    )
    next_free = loaded[first.pk].first_free(limit=3) if first else []
    staff = _staff(bookable, loaded, now=now)
    pictures = list(found.pictures.all())
    return {
        "shop": found,
        "address_line": _address_line(found),
        "open_line": _open_line(found, hours, now),
        "categories": _categories(services),
        "groups": _groups(services),
        "hours": _hours(found, hours, today),
        "special_days": _special_days(found, hours, today),
        "next_free": [cards.free_time(first, opening, now=now) for opening in next_free] if first else [],
        "next_free_service": first.name if first else "",
        "zone_note": formats.zone_label(now, found.zone),
        "all_times_url": _when_url(first) if first else "",
        "staff": staff,
        "staff_heading": ngettext("%(count)s person works here", "%(count)s people work here", len(staff))
        % {"count": len(staff)},
        "policy_heading": short_terms(found).rstrip("."),
        "policy_items": _policy_items(found, first, now),
        "finding_note": found.finding_note,
        "directions_url": shop_directions_url(found),
        "phone": found.phone,
        "phone_href": f"tel:{found.phone.replace(' ', '')}",
        "is_favourite": found.pk in cards.favourites_of(request.user, [found.pk]),
        "pictures": pictures,
        "json_ld": _json_ld(found, services, pictures),
    }


def _performed(service: Service) -> list[StaffServiceAssignment]:
    return list(getattr(service, "performed", []))


def _when_url(service: Service) -> str:
    return reverse("bookings:when", args=[service.shop.slug, service.slug])


def _address_line(shop: Shop) -> str:
    city = f"{shop.postal_code} {shop.city}".strip()
    return ", ".join(part for part in (shop.address, city, shop.area) if part)


def _categories(services: list[Service]) -> list[str]:
    kinds = [service.category for service in services]
    return sorted(set(kinds), key=lambda kind: -kinds.count(kind)) or ["hair"]


def _groups(services: list[Service]) -> list[dict[str, Any]]:
    """The menu: sections in the order of their first service."""
    order: dict[str, int] = {}
    for service in services:
        order.setdefault(service.menu_section or str(service.get_category_display()), len(order))

    def section(service: Service) -> str:
        return service.menu_section or str(service.get_category_display())

    ordered = sorted(services, key=lambda service: order[section(service)])
    return [
        {"name": name, "services": [_service_row(one) for one in group]} for name, group in groupby(ordered, section)
    ]


def _service_row(service: Service) -> dict[str, Any]:
    for assignment in _performed(service):
        assignment.service = service
    prices = {assignment.actual_price for assignment in _performed(service)} or {service.price}
    return {
        "name": service.name,
        "note": service.description,
        "minutes": formats.minutes(service.duration_minutes),
        "price": formats.money(min(prices), service.shop.currency),
        "price_from": len(prices) > 1,
        "url": _when_url(service) if _performed(service) else "",
    }


def _staff(services: list[Service], loaded: dict[Any, Openings], *, now: datetime) -> list[dict[str, Any]]:
    """Each person with their next free time: for the service they are first choice for, else their first."""
    people: dict[Any, tuple[StaffServiceAssignment, Service]] = {}
    for service in services:
        for assignment in _performed(service):
            known = people.get(assignment.staff_member_id)
            if known is None or (assignment.is_primary and not known[0].is_primary):
                people[assignment.staff_member_id] = (assignment, service)
    rows = []
    for assignment, service in sorted(
        people.values(), key=lambda pair: (pair[0].staff_member.position, pair[0].staff_member.name)
    ):
        member = assignment.staff_member
        free = loaded[service.pk].first_free(member.pk)
        rows.append(
            {
                "name": member.name,
                "title": member.title or service.name,
                "category": service.category,
                "next": cards.free_time(service, free[0], now=now) if free else None,
            }
        )
    return rows


def _span(start: time, end: time) -> str:
    return f"{start:%H:%M} – {end:%H:%M}"


def _hours(shop: Shop, hours: Hours, today: date) -> list[dict[str, Any]]:
    """The seven weekdays from Monday, as they hold this week."""
    monday = today - timedelta(days=today.weekday())
    rows = []
    for weekday in range(7):
        day = monday + timedelta(days=weekday)
        valid = sorted(
            (row.start, row.end)
            for row in hours.shop
            if row.weekday == weekday
            and (row.valid_from is None or row.valid_from <= max(day, today))
            and (row.valid_until is None or row.valid_until >= day)
        )
        rows.append(
            {
                "day": formats.weekday_long(day).capitalize(),
                "times": ", ".join(_span(*span) for span in valid) or _("Closed"),
                "is_today": day == today,
                "is_closed": not valid,
            }
        )
    return rows


def _special_days(shop: Shop, hours: Hours, today: date) -> list[dict[str, str]]:
    """Closures and special hours of the next weeks, soonest first."""
    until = today + timedelta(days=_SPECIAL_DAYS_AHEAD)
    rows = []
    for row in sorted(hours.shop_exceptions, key=lambda one: (one.first, one.opens)):
        if row.last < today or row.first > until:
            continue
        day = formats.day_short(row.first)
        if row.last > row.first:
            day = _("%(first)s to %(last)s") % {"first": day, "last": formats.day_short(row.last)}
        rows.append({"day": day, "words": ", ".join(_span(*span) for span in row.opens) or _("Closed")})
    return rows


def _open_line(shop: Shop, hours: Hours, now: datetime) -> str:
    """`Open today until 20:00`, `Opens today at 10:00`, `Closed today`."""
    today = now.astimezone(shop.zone).date()
    minute = minutes_of(now)
    windows = [
        window
        for window in openings.shop_windows(shop, hours, first=today, last=today)
        if window.end > minute and local_date(window.start, shop.zone) <= today
    ]
    if not windows:
        return (
            _("Closed today")
            if not openings.shop_windows(shop, hours, first=today, last=today)
            else _("Closed for today")
        )
    current = next((window for window in windows if window.start <= minute), None)
    if current:
        return _("Open until %(time)s") % {"time": formats.clock(to_datetime(current.end), shop.zone)}
    return _("Opens today at %(time)s") % {"time": formats.clock(to_datetime(windows[0].start), shop.zone)}


def _policy_items(shop: Shop, service: Service | None, now: datetime) -> list[tuple[str, str]]:
    if service is None:
        return []
    policy = Policy.of_shop(shop, starts_at=now, price=service.price)

    def due(percent: int) -> str:
        if not percent:
            return _("Nothing is due.")
        return _("%(percent)s of the price is due: %(amount)s for %(service)s.") % {
            "percent": f"{percent} %",
            "amount": formats.money(policy.share(percent), shop.currency),
            "service": service.name,
        }

    items = [
        (_("If you cancel later"), due(shop.late_cancel_percent)),
        (_("If you don’t come"), due(shop.no_show_percent)),
    ]
    changing = _("Free, as often as you like, until %(hours)s hours before.") % {
        "hours": shop.cancellation_cutoff_hours
    }
    items.append((_("Changing the time"), changing))
    items.append((_("Payment"), _("At the salon. No deposit.")))
    if not shop.is_auto_confirmed:
        items.append((_("Confirmation"), _("The salon confirms each booking itself.")))
    return items


def _json_ld(shop: Shop, services: list[Service], pictures: list[ShopPicture]) -> SafeString:
    """schema.org's BeautySalon."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "BeautySalon",
        "name": shop.name,
        "url": settings.SITE_URL + reverse("marketplace:shop", args=[shop.slug]),
        "telephone": shop.phone,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": shop.address,
            "postalCode": shop.postal_code,
            "addressLocality": shop.city,
            "addressCountry": shop.country,
        },
        "currenciesAccepted": shop.currency,
        "makesOffer": [
            {
                "@type": "Offer",
                "name": service.name,
                "price": str(service.price),
                "priceCurrency": shop.currency,
            }
            for service in services[:30]
        ],
    }
    if pictures:
        data["image"] = [settings.SITE_URL + picture.url(picture.width) for picture in pictures]
    if shop.latitude is not None:
        data["geo"] = {"@type": "GeoCoordinates", "latitude": shop.latitude, "longitude": shop.longitude}
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(_JSON_ESCAPES))  # noqa: S308  (escaped above)
