"""A client's data: merged with a second row of theirs, handed out, erased; and the list as CSV."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from beautydrop.bookings.clients import actions, data, listing, phones
from beautydrop.bookings.clients.actions import ClientError
from beautydrop.bookings.manage.clients import get_client
from beautydrop.bookings.models import Booking, ShopClient
from beautydrop.shops.access import Level, Standing, at_shop
from beautydrop.web import formats, requests


@at_shop(Level.MANAGER)
@require_safe
def clients_export(request: HttpRequest, standing: Standing) -> HttpResponse:
    """Every client as CSV, streamed."""
    now = timezone.now()
    day = now.astimezone(standing.shop.zone).date().isoformat()
    name = f"{standing.shop.slug}-{slugify(_('Clients')) or 'clients'}-{day}.csv"
    response = StreamingHttpResponse(data.csv_lines(standing.shop, now), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response  # type: ignore[return-value]  # Django streams under another class


@at_shop(Level.MANAGER)
@require_safe
def client_export(request: HttpRequest, standing: Standing, client_id: uuid.UUID) -> HttpResponse:
    """Everything the salon holds about one person, as JSON."""
    found = get_client(standing, client_id)
    response = JsonResponse(data.everything(found), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="{slugify(found.name) or "client"}.json"'
    return response


@at_shop(Level.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def client_merge(request: HttpRequest, standing: Standing, client_id: uuid.UUID) -> HttpResponse:
    """Choose who is the same person (`with`), see both and what stays, then merge."""
    found = get_client(standing, client_id)
    if request.method == "POST":
        other_id = requests.key(request.POST.get("with"))
        other = get_client(standing, other_id)
        try:
            kept = actions.merge(kept_id=found.pk, gone_id=other.pk, now=timezone.now())
        except ClientError as error:
            return _merge_page(request, standing, found, other, conflict=error.message, status=409)
        messages.success(request, _("The two are one: %(name)s.") % {"name": kept.name})
        return redirect("manage:client", standing.shop.slug, kept.pk)
    if "with" in request.GET:
        other = get_client(standing, requests.key(request.GET.get("with")))
        return _merge_page(request, standing, found, other)
    text = requests.text(request.GET.get("q"), 80)
    among = listing.find(standing.shop, text, limit=10) if text else listing.duplicates(found, limit=10)
    context = {
        "section": "clients",
        "client": found,
        "query": text,
        "is_searched": len(text) > 1,
        "found": [_contact(one, standing) for one in among if one.pk != found.pk],
    }
    return render(request, "bookings/manage/clients/merge_choose.html", context)


def _merge_page(
    request: HttpRequest,
    standing: Standing,
    found: ShopClient,
    other: ShopClient,
    *,
    conflict: str = "",
    status: int = 200,
) -> HttpResponse:
    counts = {one.pk: Booking.objects.filter(shop_client=one).count() for one in (found, other)}
    country = standing.shop.country

    def row(label: str, left: str, right: str, stays: str) -> dict[str, str]:
        return {"label": label, "left": left or "–", "right": right or "–", "stays": stays or "–"}

    addresses = " · ".join(dict.fromkeys(email for email in (found.email, other.email) if email))
    numbers = phones.words(found.phone or other.phone, country)
    notes = "\n".join(dict.fromkeys(part for part in (found.notes, other.notes) if part))
    tags = ", ".join(dict.fromkeys([*found.tags, *other.tags]))
    context = {
        "section": "clients",
        "client": found,
        "other": other,
        "conflict": conflict,
        "rows": [
            row(_("Name"), found.name, other.name, found.name),
            row(_("E-mail"), found.email, other.email, addresses),
            row(_("Phone"), phones.words(found.phone, country), phones.words(other.phone, country), numbers),
            row(_("Tags"), ", ".join(found.tags), ", ".join(other.tags), tags),
            row(_("Notes"), found.notes, other.notes, notes),
            row(
                _("Bookings"),
                formats.whole(counts[found.pk]),
                formats.whole(counts[other.pk]),
                formats.whole(sum(counts.values())),
            ),
        ],
        "has_two_addresses": bool(found.email and other.email),
    }
    return render(request, "bookings/manage/clients/merge.html", context, status=status)


def _contact(client: ShopClient, standing: Standing) -> dict[str, str]:
    parts = (phones.words(client.phone, standing.shop.country), client.email)
    return {"id": str(client.pk), "name": client.name, "line": " · ".join(part for part in parts if part)}


@at_shop(Level.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def client_erase(request: HttpRequest, standing: Standing, client_id: uuid.UUID) -> HttpResponse:
    """A page of its own: what erasing means, or the bookings ahead that stand against it."""
    found = get_client(standing, client_id)
    now = timezone.now()
    status = 200
    if request.method == "POST":
        try:
            actions.erase(client_id=found.pk, now=now)
        except ClientError:
            status = 409
        else:
            messages.success(request, _("The data is erased. Figures and past times stay, without a name."))
            return redirect("manage:clients", standing.shop.slug)
    coming = actions.coming(found, now)
    past = Booking.objects.filter(shop_client=found).count()
    context = {
        "section": "clients",
        "client": found,
        "coming": [
            {"pk": one.pk, "when": formats.moment(one.starts_at, one.zone), "what": one.service_name,
             "who": one.staff_member.short_name}
            for one in coming
        ],
        "bookings_words": ngettext(
            "%(count)s booking keeps its time, service and price, for your figures.",
            "%(count)s bookings keep their time, service and price, for your figures.",
            past,
        )
        % {"count": past},
        "past": past,
    }  # fmt: skip
    return render(request, "bookings/manage/clients/erase.html", context, status=status)
