"""Days that differ: entered, changed and taken back; over bookings, the salon first decides what happens to each."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from beautydrop.bookings import closure_times, closures
from beautydrop.bookings.actions import By
from beautydrop.bookings.closures import CANCEL, KEEP, MOVE, Closure, Decision, Overview
from beautydrop.bookings.errors import BookingError
from beautydrop.bookings.manage import closure_words
from beautydrop.bookings.manage.closure_form import Choices, ClosureForm, Reason, kinds
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import Actor
from beautydrop.scheduling import actions as scheduling
from beautydrop.scheduling.manage.editor import Mistake, Typed
from beautydrop.scheduling.models import ScheduleException
from beautydrop.shops.access import Level, Standing, at_shop
from beautydrop.shops.models import StaffMember
from beautydrop.web import formats, requests
from beautydrop.web.htmx import render_page

_FOR_ALL = {"keep-all": KEEP, "move-all": MOVE, "cancel-all": CANCEL}


@at_shop(Level.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def closure_new(request: HttpRequest, standing: Standing) -> HttpResponse:
    """A new entry; somebody at level STAFF enters their own time off."""
    form = ClosureForm.read(request.POST if request.method == "POST" else request.GET)
    _own_only(form, standing)
    if request.method != "POST":
        return _form_page(request, standing, form, None)
    same = ScheduleException.objects.filter(pk=form.pk).first()
    if same and (same.shop_id != standing.shop.pk or str(same.staff_member_id or "") != form.staff):
        form.pk = str(uuid.uuid4())  # an id is only the form's own, never a way to another entry
    return _enter(request, standing, form, None)


@at_shop(Level.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def closure(request: HttpRequest, standing: Standing, exception_id: uuid.UUID) -> HttpResponse:
    """One entry: what is still to decide, changing it, taking it back."""
    row = get_object_or_404(
        ScheduleException.objects.select_related("staff_member"), shop=standing.shop, pk=exception_id
    )
    if standing.level < Level.MANAGER and (row.staff_member is None or row.staff_member != standing.staff_member):
        raise PermissionDenied
    rows = scheduling.exception_rows(row).select_related("staff_member")
    found = closures.stored(rows, standing.shop)[0]
    may_change = standing.level >= Level.MANAGER or found.reason == Reason.TIME_OFF
    act = requests.text(request.POST.get("act"), 20)
    if request.method == "POST" and act == "delete":
        if not may_change:
            raise PermissionDenied
        scheduling.remove_exception(exception=row)
        messages.success(request, _("Taken back for %(what)s.") % {"what": closure_words.title(found)})
        return redirect(_back_url(standing, found.staff_member))
    if request.method == "POST" and act in {"decide", "recount", *_FOR_ALL} and "first" not in request.POST:
        return _decide_stored(request, standing, found, act)
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        form = ClosureForm.read(request.POST)
        form.pk, form.staff = str(found.pk), str(found.staff_member.pk) if found.staff_member else ""
        _own_only(form, standing)
        return _enter(request, standing, form, found)
    if "edit" in request.GET and may_change:
        return _form_page(request, standing, ClosureForm.of(found), found)
    return _closure_page(request, standing, found, Choices(), may_change=may_change)


def _own_only(form: ClosureForm, standing: Standing) -> None:
    """Below MANAGER, an entry is one's own time off."""
    if standing.level < Level.MANAGER:
        if standing.staff_member is None:
            raise Http404
        form.kind, form.staff = Reason.TIME_OFF, str(standing.staff_member.pk)


def _enter(request: HttpRequest, standing: Standing, form: ClosureForm, existing: Closure | None) -> HttpResponse:
    """Read the entry; write it at once when it covers no booking, else when all is decided."""
    shop, now = standing.shop, timezone.now()
    act = requests.text(request.POST.get("act"), 20) or "look"
    if act == "edit":
        return _form_page(request, standing, form, existing)
    if act.startswith(("add-", "remove-")):
        focus = form.press(act)
        return _form_page(request, standing, form, existing, focus=focus, status=422 if form.mistakes else 200)
    today = now.astimezone(shop.zone).date()
    people = {str(one.pk): one for one in _people(standing)}
    if existing and existing.staff_member:
        people[str(existing.staff_member.pk)] = existing.staff_member
    found = form.closure(shop, people, today=today)
    if found is None:
        return _form_page(request, standing, form, existing, status=422)
    covered = Overview(shop, [found], now=now, instead_of=existing).undecided(found)
    chosen = Choices.read(request.POST)
    if act == "recount":
        return _summary(request, chosen, covered)
    if act != "decide" and covered:
        return _decision_page(request, standing, found, covered, chosen, form=form, act=act)
    # Those that another request has decided meanwhile are none of this one's business; new ones stay to decide.
    listed = [one for one in covered if str(one.pk) in chosen.sequence]
    decisions = chosen.decisions(listed) + _decided_elsewhere(chosen, listed, standing)
    if chosen.mistakes:
        return _decision_page(request, standing, found, covered, chosen, form=form, act=act, status=422)
    try:
        row = scheduling.set_exception(
            shop=shop,
            reason=found.reason,
            start_date=found.first,
            end_date=found.last,
            windows=found.windows,
            staff_member=found.staff_member,
            note=found.note,
            exception_id=found.pk,
        )
    except ValidationError as error:
        form.mistakes += [Mistake("start-0-0", words) for words in error.messages]
        return _form_page(request, standing, form, existing, status=422)
    if not covered and not decisions:
        messages.success(
            request, _("Entered for %(what)s. No booking is concerned.") % {"what": closure_words.title(found)}
        )
        return redirect(_back_url(standing, found.staff_member))
    return _carry_out(request, standing, row, decisions, now)


def _decide_stored(request: HttpRequest, standing: Standing, found: Closure, act: str) -> HttpResponse:
    """Decisions that were left open when the closure was made, or came up since."""
    now = timezone.now()
    chosen = Choices.read(request.POST)
    covered = Overview(standing.shop, [found], now=now).undecided(found)
    if act == "recount":
        return _summary(request, chosen, covered)
    if act != "decide":
        return _closure_page(request, standing, found, chosen, may_change=True, act=act)
    listed = [one for one in covered if str(one.pk) in chosen.sequence]
    decisions = chosen.decisions(listed) + _decided_elsewhere(chosen, listed, standing)
    if chosen.mistakes:
        return _closure_page(request, standing, found, chosen, may_change=True, status=422)
    return _carry_out(request, standing, get_object_or_404(ScheduleException, pk=found.pk), decisions, now)


def _summary(request: HttpRequest, chosen: Choices, bookings: Sequence[Booking]) -> HttpResponse:
    """The one line that follows the choices while they are made."""
    return render(request, "bookings/manage/decide_summary.html", {"summary": chosen.summary(bookings)})


def _decided_elsewhere(chosen: Choices, listed: Sequence[Booking], standing: Standing) -> list[Decision]:
    """Decisions for bookings that were shown and no longer wait: done before, or changed meanwhile."""
    waiting = {str(one.pk) for one in listed}
    keys = [pk for key in chosen.sequence if key not in waiting and (pk := requests.key(key))]
    gone = Booking.objects.filter(shop=standing.shop, pk__in=keys)
    if standing.level < Level.MANAGER:
        gone = gone.filter(staff_member=standing.staff_member)
    found: list[Decision] = []
    for booking in gone.order_by("starts_at"):
        key = str(booking.pk)
        raw_start, _slash, raw_staff = chosen.to.get(key, "").partition("/")
        choice = chosen.choice.get(key, "")
        if choice in {KEEP, MOVE, CANCEL}:
            found.append(
                Decision(
                    booking_id=booking.pk,
                    sequence=requests.whole(chosen.sequence[key], 0, lowest=0),
                    choice=choice,
                    start=requests.instant(raw_start) if choice == MOVE else None,
                    staff_id=requests.key(raw_staff) if choice == MOVE else None,
                    message=chosen.words_for(key) if choice == CANCEL else "",
                )
            )
    return found


def _carry_out(
    request: HttpRequest, standing: Standing, row: ScheduleException, decisions: Sequence[Decision], now: datetime
) -> HttpResponse:
    """One action a booking; the page says what happened to each, and what is still to decide."""
    shop = standing.shop
    by = By(Actor.OWNER if standing.level >= Level.MANAGER else Actor.STAFF, request.user)  # type: ignore[arg-type]
    outcomes = []
    for decision in decisions:
        try:
            if decision.choice == MOVE and standing.level < Level.MANAGER and not _is_own(decision, standing):
                raise BookingError("conflict", _("Choose a time of your own. Moving it to others is the manager’s."))
            booking = closures.decide(decision, closure=row, by=by, now=now)
        except BookingError as error:
            booking = Booking.objects.select_related("staff_member").get(pk=decision.booking_id)
            outcomes.append(_outcome(booking, "", error.message))
        else:
            outcomes.append(_outcome(booking, decision.choice, ""))
    found = closures.stored(scheduling.exception_rows(row).select_related("staff_member"), shop)[0]
    answered = {decision.booking_id for decision in decisions}
    left = Overview(shop, [found], now=now).undecided(found)
    for booking in left:
        if booking.pk not in answered:
            outcomes.append(_outcome(booking, "", _("Booked or changed while you were deciding.")))
    waiting = {booking.pk for booking in left}
    context = {
        "section": "team",
        "closure": _facts(standing, found),
        "heading": _("Everything is decided")
        if not left
        else ngettext("%(count)s booking is still to decide", "%(count)s bookings are still to decide", len(left))
        % {"count": len(left)},
        "outcomes": [{**one, "is_open": one["pk"] in waiting} for one in outcomes],
        "left": len(left),
        "closure_url": reverse("manage:closure", args=[shop.slug, found.pk]),
        "back_url": _back_url(standing, found.staff_member),
    }
    return render(request, "bookings/manage/closure_done.html", context, status=409 if left else 200)


def _is_own(decision: Decision, standing: Standing) -> bool:
    return standing.staff_member is not None and decision.staff_id == standing.staff_member.pk


def _outcome(booking: Booking, choice: str, problem: str) -> dict[str, Any]:
    moment = formats.moment(booking.starts_at, booking.zone)
    mailed = (
        _("The client is told by e-mail.") if booking.contact_email else _("No e-mail address: tell them by phone.")
    )
    words = {
        KEEP: _("Stays on %(moment)s.") % {"moment": moment},
        MOVE: _("Moved to %(moment)s with %(who)s. %(mailed)s")
        % {"moment": moment, "who": booking.staff_member.short_name, "mailed": mailed},
        CANCEL: _("Cancelled. %(mailed)s") % {"mailed": mailed},
    }.get(choice, problem)
    return {
        "pk": booking.pk,
        "client": booking.contact_name,
        "what": f"{booking.service_name}, {moment}",
        "choice": choice,
        "words": words,
        "url": reverse("manage:booking", args=[booking.shop.slug, booking.pk]),
    }


def _form_page(
    request: HttpRequest,
    standing: Standing,
    form: ClosureForm,
    existing: Closure | None,
    *,
    focus: str = "",
    status: int = 200,
) -> HttpResponse:
    wrong: dict[str, str] = {}
    for one in form.mistakes:
        wrong.setdefault(one.control, one.words)
    is_special = form.kind == Reason.SPECIAL
    windows = form.windows or ([Typed()] if is_special else [])
    context = {
        "section": "team",
        "heading": form.heading(existing, may_choose=standing.level >= Level.MANAGER),
        "f": form,
        "existing": existing,
        "is_special": is_special,
        "may_choose": standing.level >= Level.MANAGER,
        "kinds": [(value, words, value == form.kind) for value, words in kinds()],
        "people": [(str(one.pk), one.name, str(one.pk) == form.staff) for one in _people(standing)],
        "windows": [
            {
                "position": position,
                "start": one.start,
                "end": one.end,
                "start_error": wrong.get(f"start-0-{position}", ""),
                "end_error": wrong.get(f"end-0-{position}", ""),
            }
            for position, one in enumerate(windows)
        ],
        "windows_error": wrong.get("start-0-0", "") if not windows else "",
        "wrong": wrong,
        "mistakes": form.mistakes,
        "focus": focus,
        "action": reverse("manage:closure", args=[standing.shop.slug, existing.pk])
        if existing
        else reverse("manage:closure_new", args=[standing.shop.slug]),
        "back_url": reverse("manage:closure", args=[standing.shop.slug, existing.pk])
        if existing
        else _back_url(standing, standing.staff_member if standing.level < Level.MANAGER else None),
    }
    return render_page(request, "bookings/manage/closure_form.html", context, regions=["entry"], status=status)


def _decision_page(
    request: HttpRequest,
    standing: Standing,
    found: Closure,
    covered: Sequence[Booking],
    chosen: Choices,
    *,
    form: ClosureForm,
    act: str,
    status: int = 200,
) -> HttpResponse:
    count = len(covered)
    heading = ngettext("%(what)s affects %(count)s booking", "%(what)s affects %(count)s bookings", count)
    context = {
        **_deciding(standing, found, covered, chosen, act),
        "section": "team",
        "heading": heading % {"what": closure_words.act(found), "count": count},
        "facts": closure_words.in_full(found),
        "f": form,
        "action": request.path,
        "button": _("Enter it and carry this out"),
    }
    return render_page(request, "bookings/manage/decide.html", context, regions=["decisions"], status=status)


def _closure_page(
    request: HttpRequest,
    standing: Standing,
    found: Closure,
    chosen: Choices,
    *,
    may_change: bool,
    act: str = "",
    status: int = 200,
) -> HttpResponse:
    overview = Overview(standing.shop, [found], now=timezone.now())
    affected = overview.affected(found)
    open_ones = [one for one in affected if not overview.is_kept(found, one)]
    context = {
        **_deciding(standing, found, open_ones, chosen, act),
        "section": "team",
        "closure": _facts(standing, found),
        "heading": closure_words.title(found),
        "facts": closure_words.in_full(found),
        "kept": [_outcome(one, KEEP, "") for one in affected if overview.is_kept(found, one)],
        "inside": max(len(overview.around(found)) - len(affected), 0),
        "action": request.path,
        "button": _("Carry this out"),
        "may_change": may_change,
        "wants_delete": "delete" in request.GET and may_change,
        "back_url": _back_url(standing, found.staff_member),
    }
    return render_page(request, "bookings/manage/closure.html", context, regions=["decisions"], status=status)


def _deciding(
    standing: Standing, found: Closure, bookings: Sequence[Booking], chosen: Choices, act: str
) -> dict[str, Any]:
    """The rows of the decisions with the times they could move to."""
    only = standing.staff_member if standing.level < Level.MANAGER else None
    offered = closure_times.offers(bookings, found, now=timezone.now(), only=only)
    if act in _FOR_ALL:
        chosen.choose_for_all(_FOR_ALL[act], bookings, offered)
    return {
        "rows": [chosen.row(one, offered.get(one.pk, []), shop=standing.shop, closure=found) for one in bookings],
        "chosen": chosen,
        "summary": chosen.summary(bookings),
        "can_move_any": any(offered.values()),
        "decision_mistakes": list(chosen.mistakes.items()),
        "back_url": _back_url(standing, found.staff_member),
        "zone_note": _("All times are %(zone)s.") % {"zone": formats.zone_label(timezone.now(), standing.shop.zone)},
    }


def _people(standing: Standing) -> list[StaffMember]:
    if standing.level < Level.MANAGER:
        return [standing.staff_member] if standing.staff_member else []
    return list(standing.shop.staff_members.filter(is_active=True))


def _back_url(standing: Standing, person: StaffMember | None) -> str:
    if person is not None:
        return reverse("manage:person_hours", args=[standing.shop.slug, person.pk])
    return reverse("manage:hours", args=[standing.shop.slug])


def _facts(standing: Standing, found: Closure) -> dict[str, Any]:
    address = reverse("manage:closure", args=[standing.shop.slug, found.pk])
    return {
        "title": closure_words.title(found),
        "url": address,
        "edit_url": f"{address}?edit=1",
        "delete_url": f"{address}?delete=1",
    }
