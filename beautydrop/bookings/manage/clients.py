"""Clients of the salon: the list, and adding or editing one. One client's own page is clients_page.py."""

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
from beautydrop.bookings.models import Booking, ShopClient
from beautydrop.shops.access import Level, Standing, at_shop
from beautydrop.shops.models import Shop
from beautydrop.web import formats, requests

_PER_PAGE = 50
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
    page = page_of(listing.segment(found, chosen, spans, order=order), request, _PER_PAGE, total)
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
        "line": line_of(page, total),
        "next_url": _url(here, page=page.next_page_number()) if page.has_next() else "",
        "previous_url": _url(here, page=page.previous_page_number()) if page.has_previous() else "",
        "left": min(_PER_PAGE, total - page.end_index()) if total else 0,
        "all_url": _url({}),
        "is_empty": not sizes["all"] and not text and not tag,
    }
    return render(request, "bookings/manage/clients/clients.html", context)


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


def page_of(rows: Any, request: HttpRequest, size: int, count: int) -> Page:
    paginator = Paginator(rows, size)
    paginator.count = count  # known already
    return paginator.get_page(requests.whole(request.GET.get("page"), 1))


def line_of(page: Page, total: int) -> str:
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
