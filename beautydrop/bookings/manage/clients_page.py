"""One client of the salon: what is known, what was and what comes."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date
from django.db.models import Avg, Count, Max, Min, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from beautydrop.bookings.clients import actions, listing, phones
from beautydrop.bookings.clients.listing import Spans
from beautydrop.bookings.manage.clients import line_of, page_of
from beautydrop.bookings.manage.rows import ICONS
from beautydrop.bookings.models import Booking, ShopClient
from beautydrop.bookings.states import State
from beautydrop.shops.access import Level, Standing, at_shop
from beautydrop.shops.models import Shop
from beautydrop.web import formats

_HISTORY = 20
_ZERO = Decimal(0)


@at_shop(Level.MANAGER)
@require_safe
def client(request: HttpRequest, standing: Standing, client_id: uuid.UUID) -> HttpResponse:
    """One client: what is known, what was and what comes. Whoever was merged into another leads there."""
    shop, now = standing.shop, timezone.now()
    found = ShopClient.objects.filter(shop=shop, pk=client_id, is_erased=False).first()
    if found is None:
        raise Http404
    if found.merged_into_id:
        return redirect("manage:client", shop.slug, found.merged_into_id)
    found.shop = shop
    figures = _figures(found, now)
    page = page_of(_history(found), request, _HISTORY, figures["bookings"])
    coming = actions.coming(found, now)
    slug = shop.slug
    first_name = found.name.split()[0] if found.name.split() else found.name
    last = coming[0] if coming else next(iter(page), None)
    new_booking = reverse("manage:new_booking", args=[slug])
    # An earlier booking brings the client and the service along.
    book_url = f"{new_booking}?{urlencode({'again': str(last.pk)} if last else {'client': str(found.pk)})}"
    context = {
        "section": "clients",
        "client": found,
        "phone": phones.words(found.phone, shop.country),
        "first_name": first_name,
        "book_url": book_url,
        "tiles": _tiles(found, shop, figures, coming, now),
        "is_regular": figures["visits_12"] >= listing.REGULAR_VISITS,
        "visits": [_visit(booking, slug, now) for booking in page],
        "history_line": line_of(page, figures["bookings"]) if page.has_other_pages() else "",
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else "",
        "previous_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
        "duplicates": [
            {
                "name": other.name,
                "why": _("the same phone number")
                if found.phone and other.phone == found.phone
                else _("a similar name"),
                "url": f"{reverse('manage:client_merge', args=[slug, found.pk])}?with={other.pk}",
            }
            for other in listing.duplicates(found, limit=3)
        ],
    }
    return render(request, "bookings/manage/clients/client.html", context)


def _history(found: ShopClient) -> Any:
    return (
        Booking.objects.filter(shop_client=found)
        .exclude(cancel_reason=Booking.CancelReason.EXPIRED)
        .select_related("staff_member")
        .order_by("-starts_at", "pk")
    )


def _figures(found: ShopClient, now: datetime) -> dict[str, Any]:
    """One aggregate query over all of the client's bookings."""
    visited = Q(status__in=[State.ARRIVED, State.COMPLETED])
    paid = Q(status=State.COMPLETED, currency=found.shop.currency)
    no_show = Q(status=State.NO_SHOW)
    spans = Spans.of(found.shop, now)
    bookings = Booking.objects.filter(shop_client=found).exclude(cancel_reason=Booking.CancelReason.EXPIRED)
    return bookings.aggregate(
        bookings=Count("pk"),
        visits=Count("pk", filter=visited),
        visits_12=Count("pk", filter=visited & Q(starts_at__gte=spans.year)),
        first=Min("starts_at", filter=visited),
        last=Max("starts_at", filter=visited),
        spend=Sum("price", filter=paid),
        spend_12=Sum("price", filter=paid & Q(starts_at__gte=spans.year)),
        average=Avg("price", filter=paid),
        no_shows=Count("pk", filter=no_show),
        last_no_show=Max("starts_at", filter=no_show),
    )


def _tiles(
    found: ShopClient, shop: Shop, figures: dict[str, Any], coming: list[Booking], now: datetime
) -> list[dict[str, str]]:
    """The strip of figures, each with its small words."""
    today = now.astimezone(shop.zone).date()
    visits, missed = figures["visits"], figures["no_shows"]
    following = coming[0] if coming else None
    tiles = [
        {
            "label": _("Next visit"),
            "value": _next_time(following, shop, today) if following else _("Nothing booked"),
            "note": f"{following.service_name}, {following.staff_member.short_name}" if following else "",
            "url": reverse("manage:booking", args=[shop.slug, following.pk]) if following else "",
        },
        {
            "label": _("Visits"),
            "value": formats.whole(visits),
            "note": _("since %(month)s") % {"month": _month_year(figures["first"], shop)} if visits else "",
        },
        {
            "label": _("Spend, 12 months"),
            "value": formats.money(figures["spend_12"] or _ZERO, shop.currency),
            "note": _("%(total)s in all, %(average)s a visit")
            % {
                "total": formats.money(figures["spend"], shop.currency),
                "average": formats.money(figures["average"].quantize(Decimal("0.01")), shop.currency),
            }
            if figures["spend"]
            else "",
        },
    ]
    if visits > 1:
        every = round((figures["last"] - figures["first"]).total_seconds() / 86400 / (visits - 1))
        since = (today - figures["last"].astimezone(shop.zone).date()).days
        tiles.append(
            {
                "label": _("Comes every"),
                "value": ngettext("%(count)s day", "%(count)s days", every) % {"count": every},
                "note": ngettext("%(count)s since the last visit", "%(count)s since the last visit", since)
                % {"count": since},
            }
        )
    tiles.append(
        {
            "label": _("No-shows"),
            "value": formats.whole(missed),
            "note": _("of %(count)s, in %(month)s")
            % {"count": visits + missed, "month": _month_year(figures["last_no_show"], shop)}
            if missed
            else "",
        }
    )
    return tiles


def _next_time(booking: Booking, shop: Shop, today: date) -> str:
    day = booking.starts_at.astimezone(shop.zone).date()
    return f"{formats.day_short(day, today)} {formats.clock(booking.starts_at, shop.zone)}"


def _month_year(at: datetime, shop: Shop) -> str:
    return str(format_date(at.astimezone(shop.zone).date(), "LLLL y", locale=(get_language() or "en").split("-")[0]))


def _visit(booking: Booking, slug: str, now: datetime) -> dict[str, Any]:
    zone = booking.zone
    day = booking.starts_at.astimezone(zone).date()
    state = State(booking.status)
    is_lost = state in {State.CANCELLED, State.NO_SHOW}
    return {
        "url": reverse("manage:booking", args=[slug, booking.pk]),
        "day": formats.day_month(day),
        "year": _("today") if day == now.astimezone(zone).date() else str(day.year),
        "state": state.value,
        "icon": ICONS[state],
        "word": state.label,
        "service": booking.service_name,
        "line": f"{formats.clock(booking.starts_at, zone)}–{formats.clock(booking.ends_at, zone)}, "
        f"{booking.staff_member.short_name}",
        "price": "–" if is_lost else formats.money(booking.price, booking.currency),
    }
