"""The weekly hours of the shop and of each person, and the days that differ.

The editor itself is beautydrop/scheduling/manage/editor.py; here it meets the bookings that new hours leave outside.
"""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.numbers import format_decimal
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from beautydrop.bookings import closures
from beautydrop.bookings.closures import Closure, FallOutside, Overview
from beautydrop.bookings.manage import closure_words
from beautydrop.bookings.models import Booking
from beautydrop.scheduling import week
from beautydrop.scheduling.manage import editor
from beautydrop.scheduling.manage.editor import Axis, Mistake, WeekForm
from beautydrop.scheduling.models import Schedule, ScheduleException
from beautydrop.scheduling.week import Row, Season
from beautydrop.shops.access import Level, Standing, at_shop
from beautydrop.shops.models import Shop, StaffMember
from beautydrop.web import formats, requests
from beautydrop.web.htmx import render_page

_NEW = "new"
_REGIONS = ("week",)


@at_shop(Level.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest, standing: Standing) -> HttpResponse:
    """The shop's own week."""
    return _page(request, standing, None)


@at_shop(Level.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def person_hours(request: HttpRequest, standing: Standing, staff_id: uuid.UUID) -> HttpResponse:
    """One person's week; they themselves only read it, and ask for time off below."""
    person = get_object_or_404(StaffMember, shop=standing.shop, pk=staff_id)
    if standing.level < Level.MANAGER and (person != standing.staff_member or request.method == "POST"):
        raise PermissionDenied
    return _page(request, standing, person)


@dataclass(frozen=True, slots=True)
class Weeks:
    """All weekly rows of a shop: one query."""

    shop: Shop
    by_person: dict[uuid.UUID | None, dict[Season, list[Schedule]]]

    @classmethod
    def load(cls, shop: Shop) -> "Weeks":
        found: dict[uuid.UUID | None, dict[Season, list[Schedule]]] = defaultdict(lambda: defaultdict(list))
        for row in Schedule.objects.filter(shop=shop, is_active=True):
            found[row.staff_member_id][Season(row.valid_from, row.valid_until)].append(row)
        return cls(shop, found)

    def seasons(self, person: StaffMember | None) -> list[Season]:
        own = self.by_person.get(person.pk if person else None, {})
        return sorted(own, key=lambda one: one.valid_from or date.min)

    def stored(self, person: StaffMember | None, season: Season | None) -> list[Schedule]:
        own = self.by_person.get(person.pk if person else None, {})
        return own.get(season, []) if season else []

    def rows(self, person: StaffMember | None, season: Season | None) -> list[Row]:
        return [Row(one.day_of_week, one.start_time, one.end_time) for one in self.stored(person, season)]

    def rows_on(self, person: StaffMember | None, day: date) -> list[Row]:
        """The week that holds on the day."""
        return self.rows(person, editor.season_on(self.seasons(person), day))


def _page(request: HttpRequest, standing: Standing, person: StaffMember | None) -> HttpResponse:
    shop, now = standing.shop, timezone.now()
    today = now.astimezone(shop.zone).date()
    weeks = Weeks.load(shop)
    sent = request.POST if request.method == "POST" else request.GET
    has_own = person is None or bool(weeks.seasons(person))
    # A person without rows of their own works as the shop, until somebody wants otherwise.
    mode = sent.get("mode") if sent.get("mode") in {"own", "shop"} else ("own" if has_own else "shop")
    shown = person if mode == "own" and has_own else None
    seasons = weeks.seasons(shown)
    wanted = requests.text(sent.get("season"), 24)
    season = next((one for one in seasons if one.key == wanted), None)
    if season is None:
        season = editor.season_on(seasons, today)
    is_new = wanted == _NEW
    stored = weeks.stored(shown, season)
    question: list[Booking] = []
    focus, status = "", 200
    if request.method == "POST":
        form = WeekForm.read(request.POST)
        act = requests.text(request.POST.get("act"), 40) or "save"
        if act in {"save", "save-anyway", "as-shop", "remove-season"}:
            # A season that somebody else has changed meanwhile is not there to replace; the others only make way.
            replaces = season if season and season.key == wanted and shown == person else None
            try:
                if answer := _write(request, standing, person, form, act, replaces, now):
                    return answer
                status = 422
            except FallOutside as outside:
                question, status = outside.bookings, 409
        elif act not in {"refresh", "back"}:
            focus = form.act(act, request.POST.getlist(f"to-{act.partition('-')[2]}"))
            status = 422 if form.mistakes else 200
    else:
        form = WeekForm.of(stored, season or Season(), default_interval=shop.slot_interval_minutes)
        if is_new:
            form.valid_from = form.valid_until = ""
    reference = season.valid_from if season and season.valid_from and season.valid_from > today else today
    shop_rows = weeks.rows_on(None, reference) if person else None
    axis = Axis.around([*form.readable_rows(), *(shop_rows or ())])
    known = [] if is_new else weeks.rows(shown, season)
    context = {
        "section": "team",
        "person": person,
        "mode": mode,
        "has_own": has_own,
        "is_editable": standing.level >= Level.MANAGER and mode == "own",
        "heading": _heading(person, form.readable_rows()),
        "days": editor.day_contexts(
            form,
            axis=axis,
            shop_rows=shop_rows,
            stored=known if shown == person else weeks.rows_on(None, today),
            focus=focus,
        ),
        "axis": axis,
        # What follows the typing, while the fields themselves are left alone.
        "live_ids": ",".join(["#week-heading", "#axis", *_live_ids(form)]),
        "form_week": form,
        "mistakes": form.mistakes,
        "interval_error": next((one.words for one in form.mistakes if one.control == "interval"), ""),
        "date_errors": [one for one in form.mistakes if one.control.startswith("valid_")],
        "intervals": editor.intervals(form.interval),
        "season_key": _NEW if is_new else (season.key if season and shown == person else ""),
        "is_new_season": is_new,
        "seasons": [_season(one, season, is_new) for one in seasons] if shown == person else [],
        "may_remove_season": shown == person and len(seasons) > 1 and not is_new,
        "season_words": season_words(season) if season else "",
        "question": [_outside(one, standing) for one in question],
        "question_heading": _question_heading(question),
        "question_act": request.POST.get("act", "save"),
        "save_words": _("Save the salon’s hours")
        if person is None
        else _("Save %(who)s’s hours") % {"who": person.short_name},
        "people": _rail(standing, weeks, person, today),
        "differ": differing(standing, person, now=now),
        "zone_note": _("All times are %(zone)s.") % {"zone": formats.zone_label(now, shop.zone)},
    }
    return render_page(request, "bookings/manage/hours.html", context, regions=_REGIONS, status=status)


def _live_ids(form: WeekForm) -> list[str]:
    days = [f"#{name}-{weekday}" for weekday in range(7) for name in ("bar", "sum", "was")]
    notes = [f"#note-{weekday}-{n}" for weekday, rows in enumerate(form.days) for n in range(len(rows))]
    return days + notes


def _write(
    request: HttpRequest,
    standing: Standing,
    person: StaffMember | None,
    form: WeekForm,
    act: str,
    season: Season | None,
    now: Any,
) -> HttpResponse | None:
    """Save and go on, or None with the mistakes in the form. Raises FallOutside."""
    accepted = frozenset(found for one in request.POST.getlist("accepted") if (found := requests.key(one)))
    meant = requests.text(request.POST.get("meant"), 20)
    if act == "save-anyway":
        act = meant if meant in {"as-shop", "remove-season"} else "save"
    else:
        accepted = frozenset()
    try:
        if act == "as-shop" and person is not None:
            closures.set_week(
                shop=standing.shop, rows=[], staff_member=person, season=Season(), now=now, accepted=accepted
            )
            messages.success(
                request, _("Saved. %(who)s works whenever the salon is open.") % {"who": person.short_name}
            )
            return redirect(request.path)
        if act == "remove-season":
            if season is None:
                form.mistakes.append(Mistake("week", _("This season is gone already, or has other dates now")))
                return None
            closures.remove_season(shop=standing.shop, season=season, staff_member=person, now=now, accepted=accepted)
            messages.success(request, _("The season is gone. The hours before or after it hold instead."))
            return redirect(request.path)
        if not form.check():
            return None
        closures.set_week(
            shop=standing.shop,
            rows=form.rows,
            staff_member=person,
            season=form.season(),
            replaces=season,
            slot_interval_minutes=form.interval_minutes(),
            now=now,
            accepted=accepted,
        )
    except ValidationError as error:
        form.mistakes += [Mistake("week", words) for words in error.messages]
        return None
    messages.success(request, _("Saved. %(sentence)s.") % {"sentence": _heading(person, form.rows)})
    return redirect(f"{request.path}?season={form.season().key}")


def _heading(person: StaffMember | None, rows: Sequence[Row]) -> str:
    """`Mina works 42 hours a week`"""
    minutes = week.total_minutes(rows)
    if not minutes:
        return _("%(who)s has no hours yet") % {"who": person.short_name} if person else _("The salon has no hours yet")
    language = (get_language() or "en").split("-")[0]
    total = format_decimal(round(minutes / 60, 2), locale=language)
    count = 1 if minutes == 60 else 2 if minutes % 60 else minutes // 60
    if person is None:
        return ngettext(
            "The salon is open %(hours)s hour a week", "The salon is open %(hours)s hours a week", count
        ) % {"hours": total}
    return ngettext("%(who)s works %(hours)s hour a week", "%(who)s works %(hours)s hours a week", count) % {
        "who": person.short_name,
        "hours": total,
    }


def season_words(season: Season) -> str:
    """`From 1 Sep 2026, no end`"""
    first = formats.day_month(season.valid_from) + f" {season.valid_from.year}" if season.valid_from else ""
    last = formats.day_month(season.valid_until) + f" {season.valid_until.year}" if season.valid_until else ""
    if first and last:
        return _("%(first)s to %(last)s") % {"first": first, "last": last}
    if first:
        return _("From %(first)s, no end") % {"first": first}
    return _("Until %(last)s") % {"last": last} if last else _("All year")


def _season(one: Season, shown: Season | None, is_new: bool) -> dict[str, Any]:
    return {"words": season_words(one), "url": f"?season={one.key}", "selected": one == shown and not is_new}


def _question_heading(bookings: Sequence[Booking]) -> str:
    count = len(bookings)
    return ngettext("%(count)s booking would fall outside:", "%(count)s bookings would fall outside:", count) % {
        "count": count
    }


def _outside(booking: Booking, standing: Standing) -> dict[str, Any]:
    return {
        "pk": booking.pk,
        "words": f"{booking.contact_name}, {formats.moment(booking.starts_at, standing.shop.zone)}",
        "who": booking.staff_member.short_name,
        "url": reverse("manage:booking", args=[standing.shop.slug, booking.pk]),
    }


def _rail(standing: Standing, weeks: Weeks, person: StaffMember | None, today: date) -> list[dict[str, Any]]:
    """Whose hours there are; somebody at level STAFF sees their own."""
    shop = standing.shop
    if standing.level < Level.MANAGER:
        staff = [standing.staff_member] if standing.staff_member else []
    else:
        staff = list(shop.staff_members.filter(is_active=True))
    found = []
    if standing.level >= Level.MANAGER:
        found.append(
            {
                "name": _("The shop"),
                "is_shop": True,
                "words": _a_week(weeks.rows_on(None, today)) or _("No hours yet"),
                "url": reverse("manage:hours", args=[shop.slug]),
                "selected": person is None,
                "warning": not weeks.seasons(None),
            }
        )
    for one in staff:
        words, warning = _own_words(weeks, one, today)
        found.append(
            {
                "name": one.short_name,
                "is_shop": False,
                "full_name": one.name,
                "words": words,
                "warning": warning,
                "url": reverse("manage:person_hours", args=[shop.slug, one.pk]),
                "selected": one == person,
            }
        )
    return found


def _own_words(weeks: Weeks, person: StaffMember, today: date) -> tuple[str, bool]:
    """What the rail says about a person, and whether it is a warning."""
    seasons = weeks.seasons(person)
    if not seasons:
        return _("As the shop"), False
    ends = max(one.valid_until or date.max for one in seasons)
    if ends < today:
        return _("No hours now"), True
    total = _("Own hours, %(hours)s") % {"hours": _a_week(weeks.rows_on(person, today))}
    if ends < date.max and (ends - today).days < 90:
        return _("None after %(day)s") % {"day": formats.day_month(ends)}, True
    return total, False


def _a_week(rows: Sequence[Row]) -> str:
    minutes = week.total_minutes(rows)
    return editor.duration(minutes) if minutes else ""


def differing(standing: Standing, person: StaffMember | None, *, now: Any) -> list[dict[str, Any]]:
    """Days from today on that differ: the shop's and everybody's, or the shop's and one person's. Four queries."""
    shop = standing.shop
    today = now.astimezone(shop.zone).date()
    rows = ScheduleException.objects.filter(shop=shop, end_date__gte=today).select_related("staff_member")
    if person is not None:
        rows = rows.filter(staff_member__isnull=True) | rows.filter(staff_member=person)
    overview = Overview(shop, closures.stored(rows, shop), now=now)
    return [_difference(standing, overview, one) for one in overview.closures]


def _difference(standing: Standing, overview: Overview, closure: Closure) -> dict[str, Any]:
    affected = overview.affected(closure)
    undecided = [one for one in affected if not overview.is_kept(closure, one)]
    inside = len(overview.around(closure)) - len(affected)
    words = _("no bookings")
    if affected:
        words = ngettext("%(count)s booking stays", "%(count)s bookings stay", len(affected)) % {"count": len(affected)}
    elif inside > 0:
        words = ngettext("%(count)s booking, inside", "%(count)s bookings, all inside", inside) % {"count": inside}
    is_own = closure.staff_member is not None and closure.staff_member == standing.staff_member
    may_open = standing.level >= Level.MANAGER or is_own
    return {
        "when": closure_words.dates(closure.first, closure.last),
        "what": closure_words.what(closure),
        "url": reverse("manage:closure", args=[standing.shop.slug, closure.pk]) if may_open else "",
        "undecided": ngettext("%(count)s booking to decide", "%(count)s bookings to decide", len(undecided))
        % {"count": len(undecided)}
        if undecided and may_open
        else "",
        "bookings": words if may_open else "",
    }
