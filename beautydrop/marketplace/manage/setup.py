"""Opening a salon: six steps, each by itself, in any order and resumable; then it is published."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beautydrop.bookings.policy import short_terms
from beautydrop.marketplace import cards, shop_page
from beautydrop.scheduling.models import Schedule
from beautydrop.shops import actions
from beautydrop.shops.access import Level, Standing, at_shop
from beautydrop.shops.models import Category, Service, Shop, StaffMember


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the checklist. What is not needed for opening counts as done once it was looked at."""

    name: str
    title: str
    words: str
    url: str
    label: str
    is_done: bool
    is_needed: bool = True


def steps(shop: Shop) -> list[Step]:
    """The checklist as things stand now: five queries."""
    slug = shop.slug
    weekly = Schedule.objects.filter(shop=shop, staff_member=None, is_active=True)
    hours = weekly.values("day_of_week").distinct().count()
    services = Service.objects.filter(shop=shop, is_active=True)
    count = services.count()
    idle = services.exclude(assignments__staff_member__is_active=True).count()
    people = StaffMember.objects.filter(shop=shop, is_active=True).count()
    has_pictures = shop.pictures.exists()
    if not people:
        people_words = _("Who works here. One person is enough: you.")
    elif idle:
        people_words = ngettext(
            "%(count)s service is done by nobody yet", "%(count)s services are done by nobody yet", idle
        ) % {"count": idle}
    else:
        people_words = ngettext("%(count)s person", "%(count)s people", people) % {"count": people}
    return [
        Step(
            "hours",
            _("Hours"),
            ngettext("Open on %(count)s day a week", "Open on %(count)s days a week", hours) % {"count": hours}
            if hours
            else _("When the salon is open, with breaks."),
            reverse("manage:hours", args=[slug]),
            _("Set the hours"),
            hours > 0,
        ),
        Step(
            "services",
            _("Services"),
            ngettext("%(count)s service", "%(count)s services", count) % {"count": count}
            if count
            else _("Start from a ready-made menu, or write your own."),
            reverse("manage:services", args=[slug]),
            _("Write the menu"),
            count > 0,
        ),
        Step(
            "people",
            _("People"),
            people_words,
            reverse("manage:team", args=[slug]),
            _("Add people"),
            people > 0 and count > 0 and not idle,
        ),
        Step(
            "pictures",
            _("Pictures"),
            _("Yours are shown.") if has_pictures else _("Until you add one, we draw one from the salon’s name."),
            reverse("manage:pictures", args=[slug]),
            _("Add a picture"),
            has_pictures,
            is_needed=False,
        ),
        Step(
            "policy",
            _("Policy"),
            short_terms(shop),
            reverse("manage:policy", args=[slug]),
            _("Look at it"),
            shop.terms_settled_at is not None,
            is_needed=False,
        ),
    ]


def missing(shop: Shop) -> list[Step]:
    """Steps that have to be done before customers can book."""
    return [step for step in steps(shop) if step.is_needed and not step.is_done]


@at_shop(Level.OWNER)
@require_safe
def setup(request: HttpRequest, standing: Standing) -> HttpResponse:
    """The checklist with its progress."""
    found = steps(standing.shop)
    done = sum(step.is_done for step in found) + standing.shop.is_active
    current = next((step for step in found if step.is_needed and not step.is_done), None)
    context = {
        "section": "settings",
        "steps": found,
        "current": current,
        "done": done,
        "total": len(found) + 1,
        "can_publish": current is None,
        "bars": [number < done for number in range(len(found) + 1)],
        "look": cards.looks_of([standing.shop.pk]).get(standing.shop.pk),
    }
    return render(request, "marketplace/manage/setup.html", context)


@at_shop(Level.OWNER)
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, standing: Standing) -> HttpResponse:
    """Open the salon for booking, or close it; a page of its own that says what that means."""
    shop = standing.shop
    if request.method == "POST":
        wants_open = request.POST.get("open") == "1"
        if wants_open and missing(shop):
            names = ", ".join(step.title for step in missing(shop))
            messages.error(request, _("Before it opens, these steps are left: %(steps)s.") % {"steps": names})
            return redirect("manage:setup", shop.slug)
        actions.set_open(shop=shop, is_open=wants_open)
        words = _("%(shop)s is open for booking.") if wants_open else _("%(shop)s takes no bookings any more.")
        messages.success(request, words % {"shop": shop.name})
        return redirect("manage:day" if wants_open else "manage:setup", shop.slug)
    coming = shop.bookings.filter(status__in=["pending", "confirmed"]).count()
    return render(request, "marketplace/manage/publish.html", {"section": "settings", "coming": coming})


@at_shop(Level.OWNER)
@require_POST
def take_menu(request: HttpRequest, standing: Standing) -> HttpResponse:
    """A ready-made menu for a kind of salon."""
    kind = request.POST.get("kind", "")
    if kind not in Category.values:
        messages.error(request, _("Choose a kind of salon"))
        return redirect("manage:services", standing.shop.slug)
    made = actions.take_over_menu(shop=standing.shop, kind=kind)
    words = ngettext("%(count)s service added.", "%(count)s services added.", len(made)) % {"count": len(made)}
    messages.success(request, words + " " + _("Change names, minutes and prices as you like."))
    return redirect("manage:services", standing.shop.slug)


@at_shop(Level.OWNER)
@require_safe
def preview(request: HttpRequest, standing: Standing) -> HttpResponse:
    """The salon's page as customers will see it, before it is open."""
    context: dict[str, Any] = {**shop_page.context(request, standing.shop), "is_preview": True}
    return render(request, "marketplace/shop.html", context)
