"""Clients of the salon: the list, one client, and adding or editing one."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Avg, Count, Max, Min, Q, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from beautydrop.bookings.clients import actions, listing, phones
from beautydrop.bookings.clients.actions import ClientError
from beautydrop.bookings.clients.listing import Spans
from beautydrop.bookings.manage.clients_forms import ClientForm
from beautydrop.bookings.manage.rows import ICONS
from beautydrop.bookings.models import Booking, ShopClient
from beautydrop.bookings.states import State
from beautydrop.shops.access import Level, Standing, at_shop
from beautydrop.shops.models import Shop
from beautydrop.web import formats, requests

_PER_PAGE = 50
_HISTORY = 20
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list; strings ready for the template."""

    url: str
    name: str
    tags: list[str]
    is_regular: bool
    is_new: bool
    phone: str
    last: str
    next: str
    visits: str
    spend: str
    no_shows: int
    group: str


@at_shop(Level.MANAGER)
@require_safe
def clients(request: HttpRequest, standing: Standing) -> HttpResponse:
    """Everybody, by last visit, found by name, phone or e-mail. The same few queries for any number."""
    shop, now = standing.shop, timezone.now()
    spans = Spans.of(shop, now)
    text = requests.text(request.GET.get("q"), 80)
    tag = requests.text(request.GET.get("tag"), 30)
    chosen = _one_of(request.GET.get("show"), listing.SEGMENTS)
    order = _one_of(request.GET.get("by"), listing.ORDERS)
    found = listing.found(shop, spans, text=text, tag=tag)
    sizes = listing.sizes(found, spans)
    total = sizes[chosen]
    page = _page(listing.segment(found, chosen, spans, order=order), request, _PER_PAGE, total)
    here = {"q": text, "tag": tag, "show": chosen, "by": order}
    rows = _rows(shop, list(page), spans)
    context = {
        "section": "clients",
        "heading": _heading(text, tag, sizes["all"]),
        "query": text,
        "tag": tag,
        "order": order,
        "chosen": chosen,
        "segments": [
            {
                "label": label,
                "count": formats.whole(sizes[name]),
                "url": _url(here, show=name),
                "is_chosen": name == chosen,
            }
            for name, label in _segment_names().items()
        ],
        "segment_words": _segment_words().get(chosen, ""),
        "columns": {name: {"url": _url(here, by=name), "is_chosen": name == order} for name in listing.ORDERS},
        "groups": _groups(rows, is_grouped=order == "last"),
        "line": _line(page, total),
        "next_url": _url(here, page=page.next_page_number()) if page.has_next() else "",
        "previous_url": _url(here, page=page.previous_page_number()) if page.has_previous() else "",
        "left": min(_PER_PAGE, total - page.end_index()) if total else 0,
        "all_url": _url({}),
        "is_empty": not sizes["all"] and not text and not tag,
    }
    return render(request, "bookings/manage/clients/clients.html", context)


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
    page = _page(_history(found), request, _HISTORY, figures["bookings"])
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
        "history_line": _line(page, figures["bookings"]) if page.has_other_pages() else "",
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


@at_shop(Level.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def client_new(request: HttpRequest, standing: Standing) -> HttpResponse:
    """Somebody whom the salon enters itself."""
    return _edit(request, standing, None)


@at_shop(Level.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def client_edit(request: HttpRequest, standing: Standing, client_id: uuid.UUID) -> HttpResponse:
    return _edit(request, standing, get_client(standing, client_id))


def _edit(request: HttpRequest, standing: Standing, found: ShopClient | None) -> HttpResponse:
    shop = standing.shop
    form = ClientForm(request.POST if request.method == "POST" else None, client=found, shop=shop)
    other: ShopClient | None = None
    if request.method == "POST" and form.is_valid():
        try:
            saved = (
                actions.edit(client_id=found.pk, **form.fields_data(), seen_notes=form.seen_notes())
                if found
                else actions.create(shop=shop, **form.fields_data())
            )
        except ClientError as error:
            other = error.other
            form.add_error("email" if other else "notes", error.message)
        else:
            messages.success(request, _("%(name)s is saved.") % {"name": saved.name})
            return redirect("manage:client", shop.slug, saved.pk)
    context = {
        "section": "clients",
        "form": form,
        "client": found,
        "other": other,
        "other_url": _other_url(shop, found, other) if other else "",
        "theirs": ShopClient.objects.get(pk=found.pk).notes if found and form.errors.get("notes") else "",
        "tags": _tags_in_use(shop),
    }
    return render(request, "bookings/manage/clients/edit.html", context, status=422 if form.errors else 200)


def _other_url(shop: Shop, found: ShopClient | None, other: ShopClient) -> str:
    if found is None or other.pk == found.pk:
        return reverse("manage:client", args=[shop.slug, other.pk])
    return f"{reverse('manage:client_merge', args=[shop.slug, found.pk])}?with={other.pk}"


def _tags_in_use(shop: Shop) -> list[str]:
    rows = listing.people(shop).exclude(tags=[]).values_list("tags", flat=True)[:500]
    return sorted({tag for tags in rows for tag in tags}, key=str.casefold)


def get_client(standing: Standing, client_id: uuid.UUID | None) -> ShopClient:
    """The salon's client, neither erased nor merged away; 404 otherwise."""
    found = listing.people(standing.shop).filter(pk=client_id).first() if client_id else None
    if found is None:
        raise Http404
    found.shop = standing.shop
    return found


def _one_of(value: str | None, known: tuple[str, ...]) -> str:
    return value if value in known else known[0]


def _url(here: dict[str, str], **changes: object) -> str:
    """This list with changes; what is as it is without being said is left out."""
    usual = {"show": listing.SEGMENTS[0], "by": listing.ORDERS[0], "page": 1}
    query = {name: value for name, value in {**here, **changes}.items() if value and value != usual.get(name)}
    return f"?{urlencode(query)}" if query else "?"


def _page(rows: Any, request: HttpRequest, size: int, count: int) -> Page:
    paginator = Paginator(rows, size)
    paginator.count = count  # known already
    return paginator.get_page(requests.whole(request.GET.get("page"), 1))


def _line(page: Page, total: int) -> str:
    if not total:
        return ""
    words = {"first": page.start_index(), "last": page.end_index(), "total": formats.whole(total)}
    return _("%(first)s to %(last)s of %(total)s") % words


def _heading(text: str, tag: str, count: int) -> str:
    number = {"count": formats.whole(count)}
    if text or tag:
        return ngettext("%(count)s client found", "%(count)s clients found", count) % number
    return ngettext("%(count)s client", "%(count)s clients", count) % number


def _segment_names() -> dict[str, str]:
    return {
        "all": _("All"),
        "new": _("New this month"),
        "regulars": _("Regulars"),
        "away": _("Not seen for 3 months"),
        "no-shows": _("2 or more no-shows"),
    }


def _segment_words() -> dict[str, str]:
    return {
        "new": _("Their first visit was this month."),
        "regulars": _("Five visits or more in the last 12 months."),
        "away": _("Their last visit was more than 3 months ago, and nothing is booked."),
        "no-shows": _("Two no-shows or more, ever."),
    }


def _rows(shop: Shop, found: list[Any], spans: Spans) -> list[Row]:
    latest = listing.latest_visits(shop, [one.pk for one in found]) if found else {}
    today = spans.now.astimezone(shop.zone).date()
    rows = []
    for one in found:
        visit = latest.get(one.pk)
        day = visit.starts_at.astimezone(shop.zone).date() if visit else None
        rows.append(
            Row(
                url=reverse("manage:client", args=[shop.slug, one.pk]),
                name=one.name,
                tags=one.tags,
                is_regular=one.visits_12 >= listing.REGULAR_VISITS,
                is_new=bool(one.first_visit and one.first_visit >= spans.month),
                phone=phones.words(one.phone, shop.country),
                last=_last_words(visit, shop, today),
                next=_next_words(one.next_start, shop, today),
                visits=formats.whole(one.visits),
                spend=formats.money(one.spend_12 or _ZERO, shop.currency),
                no_shows=one.no_shows,
                group=_group(day, today),
            )
        )
    return rows


def _last_words(visit: Booking | None, shop: Shop, today: date) -> str:
    """`13:00, Élodie` today, `Fri, Mina` in the last days, `14 Nov, Mina` before."""
    if visit is None:
        return ""
    day = visit.starts_at.astimezone(shop.zone).date()
    if day == today:
        when = formats.clock(visit.starts_at, shop.zone)
    elif (today - day).days < 7:
        when = formats.weekday_short(day)
    else:
        when = formats.day_month(day) + (f" {day.year}" if day.year != today.year else "")
    return f"{when}, {visit.staff_member.short_name}"


def _next_words(start: datetime | None, shop: Shop, today: date) -> str:
    if start is None:
        return ""
    day = start.astimezone(shop.zone).date()
    if day == today:
        return _("Today %(time)s") % {"time": formats.clock(start, shop.zone)}
    return formats.day_short(day, today)


def _group(day: date | None, today: date) -> str:
    if day is None:
        return _("No visit yet")
    if day == today:
        return _("Today")
    if day > today - timedelta(days=today.weekday() + 1) or (today - day).days < 7:
        return _("In the last 7 days")
    pattern = "LLLL" if day.year == today.year else "LLLL y"
    name = format_date(day, pattern, locale=(get_language() or "en").split("-")[0])
    return name[:1].upper() + name[1:]


def _groups(rows: Iterable[Row], *, is_grouped: bool) -> list[dict[str, Any]]:
    if not is_grouped:
        return [{"name": "", "rows": list(rows)}]
    return [{"name": name, "rows": list(group)} for name, group in groupby(rows, lambda row: row.group)]


# --- One client ------------------------------------------------------------------------------------


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
