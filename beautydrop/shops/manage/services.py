"""The menu: what the salon sells, in which order, and who does it."""

from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beautydrop.shops import actions
from beautydrop.shops.access import Level, Standing, at_shop
from beautydrop.shops.errors import StillNeeded
from beautydrop.shops.manage.forms import ServiceForm
from beautydrop.shops.manage.rows import booking_rows, moved
from beautydrop.shops.models import Category, Service, Shop, StaffServiceAssignment
from beautydrop.web import formats


@at_shop(Level.MANAGER)
@require_safe
def services(request: HttpRequest, standing: Standing) -> HttpResponse:
    """Every service by section of the menu; eight ready-made menus while there is none."""
    found = _menu(standing.shop)
    context = {
        "section": "services",
        "groups": _groups(found, standing.shop.currency),
        "count": sum(service.is_active for service in found),
        "kinds": Category.choices,
    }
    return render(request, "shops/manage/services.html", context)


@at_shop(Level.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def service_new(request: HttpRequest, standing: Standing) -> HttpResponse:
    shop = standing.shop
    form = _form(request, shop, None)
    if request.method == "POST" and form.is_valid():
        last = shop.services.order_by("-position").values_list("position", flat=True).first()
        made = actions.create_service(shop=shop, position=0 if last is None else last + 1, **form.own_data())
        actions.set_performers(service=made, terms=form.terms(), among=form.among)
        messages.success(request, _("%(service)s is on the menu.") % {"service": made.name})
        return _to(made)
    return _page(request, form, None)


@at_shop(Level.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def service(request: HttpRequest, standing: Standing, service_id: UUID) -> HttpResponse:
    """Edit a service. What was booked keeps its terms."""
    found = _service(standing, service_id)
    form = _form(request, standing.shop, found)
    if request.method == "POST" and form.is_valid():
        terms = form.terms()
        leaving = {one.staff_member_id for one in found.assignments.all()} & {
            member.pk for member in form.among if member not in terms
        }
        actions.update_service(service=found, **form.own_data())
        actions.set_performers(service=found, terms=terms, among=form.among)
        messages.success(request, _("%(service)s is saved.") % {"service": found.name})
        if leaving:
            coming = actions.coming_bookings(found, now=timezone.now()).filter(staff_member__in=leaving).count()
            _tell_standing(request, coming)
        return _to(found)
    return _page(request, form, found)


@at_shop(Level.MANAGER)
@require_POST
def service_move(request: HttpRequest, standing: Standing, service_id: UUID) -> HttpResponse:
    """One place up or down (`to`) within its section."""
    found = _service(standing, service_id)
    ids = [one.pk for one in _in_order(_menu(standing.shop))]
    section = [one.pk for one in _menu(standing.shop) if _section(one) == _section(found)]
    after = iter(moved(section, found.pk, request.POST.get("to", "")))
    ordered = [next(after) if one in section else one for one in ids]
    actions.arrange_services(shop=standing.shop, ids=ordered)
    return _to(found)


@at_shop(Level.MANAGER)
@require_POST
def section_move(request: HttpRequest, standing: Standing) -> HttpResponse:
    """A whole `section` of the menu one place up or down (`to`)."""
    ordered = _in_order(_menu(standing.shop))
    names = list(dict.fromkeys(_section(one) for one in ordered))
    names = moved(names, request.POST.get("section", ""), request.POST.get("to", ""))
    ids = [one.pk for name in names for one in ordered if _section(one) == name]
    actions.arrange_services(shop=standing.shop, ids=ids)
    return redirect("manage:services", standing.shop.slug)


@at_shop(Level.MANAGER)
@require_POST
def service_active(request: HttpRequest, standing: Standing, service_id: UUID) -> HttpResponse:
    """On the menu (`active=1`) or off it; bookings stand either way."""
    found = _service(standing, service_id)
    is_active = request.POST.get("active") == "1"
    actions.set_service_active(service=found, is_active=is_active)
    words = _("%(service)s can be booked again.") if is_active else _("%(service)s can’t be booked any more.")
    messages.success(request, words % {"service": found.name})
    if not is_active:
        _tell_standing(request, actions.coming_bookings(found, now=timezone.now()).count())
    return _to(found)


@at_shop(Level.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def service_delete(request: HttpRequest, standing: Standing, service_id: UUID) -> HttpResponse:
    """A page of its own: what it means, or the bookings that forbid it."""
    found = _service(standing, service_id)
    status = 200
    if request.method == "POST":
        try:
            actions.delete_service(service=found)
        except StillNeeded:
            status = 409
        else:
            messages.success(request, _("%(service)s is deleted.") % {"service": found.name})
            return redirect("manage:services", standing.shop.slug)
    bookings = found.bookings.order_by("-starts_at")
    count = bookings.count()
    context = {
        "section": "services",
        "back": (reverse("manage:service", args=[standing.shop.slug, found.pk]), found.name),
        "heading": _("Delete %(service)s?") % {"service": found.name},
        "words": _("It was never booked, so nothing else goes with it. This can’t be undone."),
        "button": _("Delete this service"),
        "keep": _("Keep it"),
        "refusal_heading": _("%(service)s can’t be deleted") % {"service": found.name},
        "refusal": ngettext(
            "%(count)s booking belongs to it, and would lose what it was for. Take it off the menu instead.",
            "%(count)s bookings belong to it, and would lose what they were for. Take it off the menu instead.",
            count,
        )
        % {"count": count},
        **booking_rows(bookings, standing.shop, count=count),
    }
    return render(request, "shops/manage/farewell.html", context, status=status)


def _menu(shop: Shop) -> list[Service]:
    performed = Prefetch(
        "assignments",
        StaffServiceAssignment.objects.filter(staff_member__is_active=True)
        .select_related("staff_member")
        .order_by("-is_primary", "staff_member__position", "staff_member__name"),
    )
    return list(shop.services.prefetch_related(performed).order_by("position", "name"))


def _service(standing: Standing, service_id: UUID) -> Service:
    return get_object_or_404(standing.shop.services.prefetch_related("assignments"), pk=service_id)


def _section(service: Service) -> str:
    return service.menu_section or str(service.get_category_display())


def _in_order(services: list[Service]) -> list[Service]:
    """As on the salon's page: sections in the order of their first service."""
    order: dict[str, int] = {}
    for service in services:
        order.setdefault(_section(service), len(order))
    return sorted(services, key=lambda service: order[_section(service)])


def _groups(services: list[Service], currency: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "services": [_row(service, currency) for service in group]}
        for name, group in groupby(_in_order(services), _section)
    ]


def _row(service: Service, currency: str) -> dict[str, Any]:
    parts = [formats.minutes(service.duration_minutes)]
    if service.buffer_before_minutes:
        parts.append(_("%(minutes)s before") % {"minutes": formats.minutes(service.buffer_before_minutes)})
    if service.buffer_after_minutes:
        parts.append(_("%(minutes)s after") % {"minutes": formats.minutes(service.buffer_after_minutes)})
    return {
        "service": service,
        "minutes": " + ".join(parts),
        "price": formats.money(service.price, currency),
        "who": ", ".join(one.staff_member.short_name for one in service.assignments.all()),
    }


def _form(request: HttpRequest, shop: Shop, service: Service | None) -> ServiceForm:
    staff = list(shop.staff_members.filter(is_active=True).order_by("position", "name"))
    sections = list(
        shop.services.exclude(menu_section="")
        .order_by("menu_section")
        .values_list("menu_section", flat=True)
        .distinct()
    )
    data = request.POST if request.method == "POST" else None
    return ServiceForm(data, shop=shop, service=service, staff=staff, sections=sections)


def _page(request: HttpRequest, form: ServiceForm, service: Service | None) -> HttpResponse:
    coming = actions.coming_bookings(service, now=timezone.now()).count() if service else 0
    context = {"section": "services", "form": form, "service": service, "coming": coming}
    return render(request, "shops/manage/service.html", context, status=422 if form.errors else 200)


def _tell_standing(request: HttpRequest, coming: int) -> None:
    if coming:
        words = ngettext(
            "%(count)s booking stands as it was made.", "%(count)s bookings stand as they were made.", coming
        )
        messages.info(request, words % {"count": coming})


def _to(service: Service) -> HttpResponse:
    return redirect(f"{reverse('manage:services', args=[service.shop.slug])}#s-{service.pk}")
