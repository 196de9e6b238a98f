"""Keeping time free of bookings, and giving it back."""

import uuid
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from beautydrop.bookings.manage import facts
from beautydrop.bookings.manage.forms import BlockForm
from beautydrop.bookings.manage.wanted import Wanted, at, own_column
from beautydrop.scheduling import claims
from beautydrop.scheduling.errors import TimeRefused
from beautydrop.scheduling.models import TimeSlot
from beautydrop.shops.access import Level, Standing, at_shop
from beautydrop.shops.models import StaffMember
from beautydrop.web import formats
from beautydrop.web.htmx import render_page

_USUAL = timedelta(hours=1)
_REGIONS = ("panel",)


@at_shop(Level.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def block_new(request: HttpRequest, standing: Standing) -> HttpResponse:
    """Block [start, end) of one person on one day; over a booking it is refused in words that name it."""
    shop, now = standing.shop, timezone.now()
    own = own_column(standing)
    people = [own] if own else list(StaffMember.objects.filter(shop=shop, is_active=True))
    if request.method != "POST":
        wanted = Wanted.read(request.GET, standing).on(now.astimezone(shop.zone).date())
        start = wanted.start(shop)
        until = (start + _USUAL).astimezone(shop.zone) if start else None
        only = people[0] if len(people) == 1 else None
        initial = {
            "staff": str(only.pk) if only else str(wanted.staff_id or ""),
            "date": wanted.day_typed,
            "start": wanted.time_typed,
            "end": f"{until:%H:%M}" if until else "",
        }
        return _page(request, standing, BlockForm(initial=initial, people=people), wanted)
    form = BlockForm(request.POST, people=people)
    wanted = Wanted.read(request.POST, standing)
    if not form.is_valid():
        return _page(request, standing, form, wanted, status=422)
    begins = at(shop, form.cleaned_data["date"], form.cleaned_data["start"])
    ends = at(shop, form.cleaned_data["date"], form.cleaned_data["end"])
    assert begins and ends
    if not form.cleaned_data["end"].hour and not form.cleaned_data["end"].minute:
        ends = at(shop, form.cleaned_data["date"] + timedelta(days=1), form.cleaned_data["end"]) or ends
    if ends <= begins:
        form.add_error("end", _("Enter an end after the start"))
        return _page(request, standing, form, wanted, status=422)
    staff = next(one for one in people if str(one.pk) == form.cleaned_data["staff"])
    if _is_blocked_already(staff, begins, ends):  # the second press of a double click
        return _to_day(standing, begins)
    try:
        claims.block(staff_member=staff, start=begins, end=ends, now=now, note=form.cleaned_data["note"])
    except TimeRefused:
        if _is_blocked_already(staff, begins, ends):  # by its twin, while this one waited
            return _to_day(standing, begins)
        staff.shop = shop
        for fact in facts.claims_between(staff, begins, ends) or [facts.Fact(_("This time has just been taken"))]:
            form.add_error("start", fact.words)
        return _page(request, standing, form, wanted, status=409)
    words = _("Blocked: %(moment)s to %(end)s, %(who)s.") % {
        "moment": formats.moment(begins, shop.zone),
        "end": formats.clock(ends, shop.zone),
        "who": staff.short_name,
    }
    messages.success(request, words)
    return _to_day(standing, begins)


@at_shop(Level.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def block(request: HttpRequest, standing: Standing, block_id: uuid.UUID) -> HttpResponse:
    """What is blocked and why; POST gives the time back."""
    shop = standing.shop
    slot = (
        TimeSlot.objects.select_related("staff_member")
        .filter(pk=block_id, status=TimeSlot.Status.BLOCKED, staff_member__shop=shop)
        .first()
    )
    if slot is None:
        raise Http404
    if (own := own_column(standing)) and slot.staff_member_id != own.pk:
        raise PermissionDenied
    if request.method == "POST":
        claims.release(slot.claim_id)
        words = _("%(who)s is free again on %(moment)s.") % {
            "who": slot.staff_member.short_name,
            "moment": formats.moment(slot.start_at, shop.zone),
        }
        messages.success(request, words)
        return _to_day(standing, slot.start_at)
    context = {
        "section": "calendar",
        "slot": slot,
        "heading": slot.note or _("Blocked time"),
        "who": slot.staff_member.name,
        "day": formats.day_long(slot.start_at.astimezone(shop.zone).date()),
        "start": formats.clock(slot.start_at, shop.zone),
        "end": formats.clock(slot.end_at, shop.zone),
        "zone_note": formats.zone_label(slot.start_at, shop.zone),
        "form_action": reverse("manage:block", args=[shop.slug, slot.pk]),
        "back_url": _day_url(standing, slot.start_at),
    }
    return render_page(request, "bookings/manage/block.html", context, regions=_REGIONS)


def _page(
    request: HttpRequest, standing: Standing, form: BlockForm, wanted: Wanted, *, status: int = 200
) -> HttpResponse:
    slug = standing.shop.slug
    query = {"date": wanted.day.isoformat()} if wanted.day else {}
    if wanted.staff_id:
        query["staff"] = str(wanted.staff_id)
    entry = reverse("manage:new_booking", args=[slug])
    context: dict[str, Any] = {
        "section": "calendar",
        "form": form,
        "kinds": [
            (_("Client"), f"{entry}?{urlencode({**query, 'kind': 'client'})}", False),
            (_("Walk-in"), f"{entry}?{urlencode({'kind': 'walk-in'})}", False),
            (_("Block time"), reverse("manage:block_new", args=[slug]), True),
        ],
        "form_action": reverse("manage:block_new", args=[slug]),
        "back_url": reverse("manage:day", args=[slug]) + (f"?date={wanted.day}" if wanted.day else ""),
        "zone_note": formats.zone_label(wanted.start(standing.shop) or timezone.now(), standing.shop.zone),
    }
    return render_page(request, "bookings/manage/block_new.html", context, regions=_REGIONS, status=status)


def _is_blocked_already(staff: StaffMember, start: datetime, end: datetime) -> bool:
    return TimeSlot.objects.filter(
        staff_member=staff, status=TimeSlot.Status.BLOCKED, start_at=start, end_at=end
    ).exists()


def _day_url(standing: Standing, moment: datetime) -> str:
    day = moment.astimezone(standing.shop.zone).date()
    return f"{reverse('manage:day', args=[standing.shop.slug])}?{urlencode({'date': day.isoformat()})}"


def _to_day(standing: Standing, moment: datetime) -> HttpResponse:
    return redirect(_day_url(standing, moment))
