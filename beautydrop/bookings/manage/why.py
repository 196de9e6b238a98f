"""Why not? Given a service, a person and a time: why customers can't book it, in words, and what would change that."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from beautydrop.availability import Refusal
from beautydrop.bookings.choosing import ANYONE
from beautydrop.bookings.manage.facts import Explanation, entry_url
from beautydrop.bookings.manage.menu import Menu
from beautydrop.bookings.manage.wanted import Wanted, own_column
from beautydrop.scheduling import openings
from beautydrop.scheduling.openings import Performer, bookable_days
from beautydrop.shops.access import Level, Standing, at_shop
from beautydrop.shops.models import Service
from beautydrop.web import formats
from beautydrop.web.htmx import render_page

_REGIONS = ("panel", "answer")
_FAR = timedelta(days=800)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One person and that time: why not, or None when customers can book it."""

    who: str
    is_free: bool
    explanation: Explanation | None


@at_shop(Level.STAFF)
@require_safe
def why_not(request: HttpRequest, standing: Standing) -> HttpResponse:
    """A GET form and its answer: each person's own reason, by the rules that customers meet."""
    shop, now = standing.shop, timezone.now()
    today = now.astimezone(shop.zone).date()
    own = own_column(standing)
    # Services that are switched off are part of the question.
    menu = Menu.load(standing, is_whole=True)
    wanted = Wanted.read(request.GET, standing).on(today)
    service = menu.service(wanted.service_id)
    is_asked = "service" in request.GET
    problem = ""
    if is_asked and service is None:
        problem = _("Choose a service")
    elif is_asked and wanted.day is None:
        problem = _("Enter a day")
    elif is_asked and wanted.clock_time is None:
        problem = _("Enter a time like 14:30")
    field = {_("Choose a service"): "id_service", _("Enter a day"): "id_date"}.get(problem, "id_time")
    context: dict[str, Any] = {
        "section": "calendar",
        "services": [
            (str(one.pk), one.name if one.is_active else _("%(name)s (off)") % {"name": one.name}, one is service)
            for one in menu.services
        ],
        "people": [] if own else [(ANYONE, _("Anyone"), wanted.staff_id is None)],
        "date": wanted.day_typed,
        "time": wanted.time_typed,
        "problem": problem,
        "problem_field": field,
        "zone_note": formats.zone_label(wanted.start(shop) or now, shop.zone),
        "form_action": reverse("manage:why_not", args=[shop.slug]),
        "back_url": reverse("manage:day", args=[shop.slug]),
        "answer": None,
        "may_change": standing.level >= Level.MANAGER,
    }
    context["people"] += [(str(one.pk), one.name, one.pk == wanted.staff_id or one == own) for one in menu.staff]
    if is_asked and not problem and service:
        context["answer"] = _answer(standing, menu, service, wanted, now)
    return render_page(request, "bookings/manage/why_not.html", context, regions=_REGIONS)


def _answer(standing: Standing, menu: Menu, service: Service, wanted: Wanted, now: datetime) -> dict[str, Any]:
    shop = standing.shop
    start = wanted.start(shop)
    assert start is not None and wanted.day is not None
    moment = formats.moment(start, shop.zone)
    today, _horizon = bookable_days(shop, now)
    # Beyond any horizon the answer is the same, and no calendar needs to be laid out for it.
    day = min(max(wanted.day, today - _FAR), today + _FAR)
    loaded = openings.load(service, now=now, first=day, last=day)
    answer: dict[str, Any] = {"is_free": False, "verdicts": [], "words": "", "change": "", "url": "", "link": ""}
    staff_id = wanted.staff_id
    asked = [one for one in loaded.performers if staff_id in {None, one.staff.pk}]
    person = menu.member(staff_id)
    question = {"service": service.name, "moment": moment, "who": person.short_name if person else _("anyone")}
    answer["question"] = _("%(service)s with %(who)s, %(moment)s") % question
    if not service.is_active or not shop.is_active:
        is_shop = service.is_active
        answer |= {
            "words": _("%(name)s takes no bookings yet") % {"name": shop.name}
            if is_shop
            else _("%(name)s is switched off") % {"name": service.name},
            "change": _("Publish the salon.") if is_shop else _("Switch it on under Services."),
            "url": reverse("manage:setup", args=[shop.slug])
            if is_shop
            else reverse("manage:service", args=[shop.slug, service.pk]),
            "link": _("Set-up") if is_shop else service.name,
        }
        return answer
    if not asked:
        does = ", ".join(one.staff.short_name for one in loaded.performers)
        answer |= {
            "words": _("%(who)s doesn’t do %(service)s") % question
            if person
            else _("Nobody does %(service)s") % question,
            "change": _("Choose somebody who does: %(names)s.") % {"names": does}
            if does
            else _("Say under Services who does it."),
            "url": reverse("manage:service", args=[shop.slug, service.pk]),
            "link": service.name,
        }
        return answer
    verdicts = [_verdict(loaded, one, start, now) for one in asked]
    answer["verdicts"] = verdicts
    if loaded.at(start, staff_id):
        answer |= {"is_free": True, "words": _("It can be booked")}
    else:
        answer["words"] = _("It can’t be booked")
    # What the salon itself may enter although customers can't: no lead time, no horizon, any five minutes.
    by_shop = openings.load(service, now=now, first=day, last=day, is_shop=True, staff_id=staff_id)
    if by_shop.at(start, staff_id):
        answer["entry_url"] = entry_url(shop, start, staff_id, service=str(service.pk))
    return answer


def _verdict(loaded: openings.Openings, performer: Performer, start: datetime, now: datetime) -> Verdict:
    reason: Refusal | None = loaded.refusal(start, performer.staff.pk)
    name = performer.staff.short_name
    if reason is None:
        return Verdict(name, True, None)
    return Verdict(name, False, Explanation(loaded, performer, start, reason, now=now))
