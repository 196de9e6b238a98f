"""Who works at the salon, what each of them does, and who of them signs in."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beautydrop.shops import actions, invitations
from beautydrop.shops.access import Level, Standing, at_shop
from beautydrop.shops.errors import StillNeeded
from beautydrop.shops.manage.forms import PersonForm
from beautydrop.shops.manage.rows import booking_rows, moved, url_or_none
from beautydrop.shops.models import Shop, StaffMember, StaffServiceAssignment
from beautydrop.web import formats


@at_shop(Level.STAFF)
@require_safe
def team(request: HttpRequest, standing: Standing) -> HttpResponse:
    """Everybody, for those who manage; the own page for everybody else."""
    if standing.level < Level.MANAGER:
        return _own_page(request, standing)
    now = timezone.now()
    waiting = invitations.open_invitations(standing.shop)
    rows = [_row(member, standing.shop, waiting.get(member.pk), now) for member in _people(standing.shop)]
    context = {
        "section": "team",
        "working": [row for row in rows if row["member"].is_active],
        "left": [row for row in rows if not row["member"].is_active],
        "hours_url": url_or_none("hours", standing.shop.slug),
    }
    return render(request, "shops/manage/team.html", context)


@at_shop(Level.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def person_new(request: HttpRequest, standing: Standing) -> HttpResponse:
    shop = standing.shop
    form = _form(request, standing, None)
    if request.method == "POST" and form.is_valid():
        fields = form.own_data()
        if fields.pop("is_me", False):
            fields["user"] = request.user
        last = shop.staff_members.order_by("-position").values_list("position", flat=True).first()
        made = actions.create_staff_member(shop=shop, position=0 if last is None else last + 1, **fields)
        actions.set_services(staff_member=made, terms=form.terms(), among=form.among)
        messages.success(request, _("%(name)s is in the team.") % {"name": made.name})
        return _to(made)
    return _page(request, standing, form, None)


@at_shop(Level.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, standing: Standing, staff_id: UUID) -> HttpResponse:
    """Edit a person and what they do. What was booked keeps its terms."""
    found = _person(standing, staff_id)
    form = _form(request, standing, found)
    if request.method == "POST" and form.is_valid():
        terms = form.terms()
        leaving = {one.service_id for one in found.assignments.all()} & {
            service.pk for service in form.among if service not in terms
        }
        actions.update_staff_member(staff_member=found, **form.own_data())
        actions.set_services(staff_member=found, terms=terms, among=form.among)
        messages.success(request, _("%(name)s is saved.") % {"name": found.name})
        coming = (
            actions.coming_bookings(found, now=timezone.now()).filter(service__in=leaving).count() if leaving else 0
        )
        if coming:
            words = ngettext(
                "%(count)s booking stands as it was made.", "%(count)s bookings stand as they were made.", coming
            )
            messages.info(request, words % {"count": coming})
        return _to(found)
    return _page(request, standing, form, found)


@at_shop(Level.MANAGER)
@require_POST
def person_move(request: HttpRequest, standing: Standing, staff_id: UUID) -> HttpResponse:
    """One place up or down (`to`): the order of the columns in the calendar."""
    found = _person(standing, staff_id)
    rows = standing.shop.staff_members.filter(is_active=True).order_by("position", "name")
    ids = moved(list(rows.values_list("pk", flat=True)), found.pk, request.POST.get("to", ""))
    actions.arrange_staff(shop=standing.shop, ids=ids)
    return _to(found)


@at_shop(Level.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def person_leave(request: HttpRequest, standing: Standing, staff_id: UUID) -> HttpResponse:
    """A page of its own: what leaving means, or the bookings that have to be moved first."""
    found = _above(standing, _person(standing, staff_id))
    now = timezone.now()
    status = 200
    if request.method == "POST":
        try:
            actions.deactivate_staff_member(staff_member=found, now=now)
        except StillNeeded:
            status = 409
        else:
            messages.success(request, _("%(name)s takes no bookings any more.") % {"name": found.name})
            return redirect("manage:team", standing.shop.slug)
    coming = actions.coming_bookings(found, now=now)
    count = coming.count()
    context = {
        "section": "team",
        "back": (reverse("manage:person", args=[standing.shop.slug, found.pk]), found.name),
        "heading": _("%(name)s leaves the team?") % {"name": found.name},
        "words": _(
            "No more bookings, no column in the calendar, no sign-in to this salon. "
            "Past bookings and figures stay, and the person can come back."
        ),
        "button": _("Take out of the team"),
        "keep": _("Not now"),
        "refusal_heading": _("%(name)s still has bookings ahead") % {"name": found.name},
        "refusal": ngettext(
            "Move or cancel this %(count)s booking first; then nobody comes for nothing.",
            "Move or cancel these %(count)s bookings first; then nobody comes for nothing.",
            count,
        )
        % {"count": count},
        **booking_rows(coming, standing.shop, count=count),
    }
    return render(request, "shops/manage/farewell.html", context, status=status)


@at_shop(Level.MANAGER)
@require_POST
def person_return(request: HttpRequest, standing: Standing, staff_id: UUID) -> HttpResponse:
    """They work here again."""
    found = _above(standing, _person(standing, staff_id))
    actions.reactivate_staff_member(staff_member=found)
    messages.success(request, _("%(name)s takes bookings again.") % {"name": found.name})
    return _to(found)


@at_shop(Level.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def person_disconnect(request: HttpRequest, standing: Standing, staff_id: UUID) -> HttpResponse:
    """A page of its own: take the sign-in away from a place in the team."""
    found = _above(standing, _person(standing, staff_id))
    back = reverse("manage:person", args=[standing.shop.slug, found.pk])
    if request.method == "POST":
        invitations.disconnect(staff_member=found)
        messages.success(request, _("%(name)s has no sign-in to this salon any more.") % {"name": found.name})
        # Whoever took away their own way in has nothing left to see here.
        return redirect(back if found.user_id != request.user.pk or standing.level == Level.OWNER else "manage:home")
    context = {
        "section": "team",
        "back": (back, found.name),
        "heading": _("Take away the sign-in of %(name)s?") % {"name": found.name},
        "words": _(
            "They can’t open this salon’s calendar any more. Their bookings stay, and you can invite them again."
        ),
        "button": _("Take away the sign-in"),
        "keep": _("Keep it"),
    }
    return render(request, "shops/manage/farewell.html", context)


def _people(shop: Shop) -> list[StaffMember]:
    does = Prefetch(
        "assignments",
        StaffServiceAssignment.objects.filter(service__is_active=True)
        .select_related("service")
        .order_by("service__position", "service__name"),
    )
    return list(shop.staff_members.select_related("user").prefetch_related(does).order_by("position", "name"))


def _person(standing: Standing, staff_id: UUID) -> StaffMember:
    people = standing.shop.staff_members.select_related("user").prefetch_related("assignments__service")
    return get_object_or_404(people, pk=staff_id)


def _above(standing: Standing, member: StaffMember) -> StaffMember:
    """Who manages the salon is taken out or let in again by its owner only."""
    if member.is_manager and standing.level < Level.OWNER:
        raise PermissionDenied
    return member


def _row(member: StaffMember, shop: Shop, invitation: Any, now: Any) -> dict[str, Any]:
    done = [one.service for one in member.assignments.all()]
    names = ", ".join(service.name for service in done[:3])
    if len(done) > 3:
        names += " " + _("and %(count)s more") % {"count": len(done) - 3}
    return {
        "member": member,
        "category": done[0].category if done else "hair",
        "services": names,
        "hours_url": url_or_none("person_hours", shop.slug, member.pk),
        **_sign_in(member, shop, invitation, now),
    }


def _sign_in(member: StaffMember, shop: Shop, invitation: Any, now: Any) -> dict[str, str]:
    """Whether the person signs in, in words, and the way to invite them."""
    words = ""
    if member.user_id is not None:
        words = _("Manages the salon") if member.is_manager else _("Signs in")
    elif invitation is not None:
        until = formats.day_short(invitation.expires_at.astimezone(shop.zone).date())
        words = _("Invited, until %(day)s") % {"day": until} if invitation.is_open(now) else _("Invitation ran out")
    return {"sign_in": words, "invite_url": url_or_none("invite", shop.slug, member.pk) if not member.user_id else ""}


def _own_page(request: HttpRequest, standing: Standing) -> HttpResponse:
    member = standing.staff_member
    assert member is not None, "a standing below manager comes from a row in the team"
    assignments = list(
        member.assignments.filter(service__is_active=True)
        .select_related("service")
        .order_by("service__position", "service__name")
    )
    context = {
        "section": "team",
        "member": member,
        "category": assignments[0].service.category if assignments else "hair",
        "services": [
            {
                "name": one.service.name,
                "minutes": formats.minutes(one.actual_duration_minutes),
                "price": formats.money(one.actual_price, standing.shop.currency),
            }
            for one in assignments
        ],
        "hours_url": url_or_none("person_hours", standing.shop.slug, member.pk),
    }
    return render(request, "shops/manage/own_page.html", context)


def _form(request: HttpRequest, standing: Standing, member: StaffMember | None) -> PersonForm:
    shop = standing.shop
    is_owner = standing.level >= Level.OWNER
    return PersonForm(
        request.POST if request.method == "POST" else None,
        shop=shop,
        member=member,
        services=list(shop.services.filter(is_active=True).order_by("position", "name")),
        may_make_managers=is_owner and member is not None and member.user_id is not None,
        may_be_me=is_owner and member is None and not shop.staff_members.filter(user=request.user.pk).exists(),
    )


def _page(request: HttpRequest, standing: Standing, form: PersonForm, member: StaffMember | None) -> HttpResponse:
    context: dict[str, Any] = {"section": "team", "form": form, "member": member}
    if member:
        now = timezone.now()
        waiting = invitations.open_invitations(standing.shop).get(member.pk)
        context.update(_sign_in(member, standing.shop, waiting, now))
        context["hours_url"] = url_or_none("person_hours", standing.shop.slug, member.pk)
        context["may_part"] = not member.is_manager or standing.level >= Level.OWNER
    return render(request, "shops/manage/person.html", context, status=422 if form.errors else 200)


def _to(member: StaffMember) -> HttpResponse:
    return redirect(f"{reverse('manage:team', args=[member.shop.slug])}#p-{member.pk}")
