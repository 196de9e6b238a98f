"""The agenda: the day of all people as one list in order of time. The default of phones, and without JavaScript."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from beautydrop.availability import day_bounds, minutes_of, to_datetime
from beautydrop.bookings.manage import board, rows, toolbar
from beautydrop.bookings.manage.board import Day
from beautydrop.bookings.manage.day import choose, empty_day
from beautydrop.bookings.manage.facts import entry_url
from beautydrop.bookings.manage.loading import Person, people_between
from beautydrop.bookings.manage.rows import Block
from beautydrop.bookings.manage.toast import toast_for
from beautydrop.bookings.manage.toolbar import Wanted
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import State
from beautydrop.shops.access import Level, Standing, at_shop
from beautydrop.shops.models import Shop
from beautydrop.web import formats
from beautydrop.web.htmx import render_page

# From so long before the start, "Arrived" stands in the row itself.
_SOON = timedelta(minutes=30)


@dataclass(slots=True)
class Row:
    """One line: a booking, a free stretch, or a block."""

    at: datetime
    kind: str
    time: str
    until: str = ""
    who: str = ""
    words: str = ""
    url: str = ""
    block: Block | None = None
    arrived_url: str = ""
    phone_href: str = ""


@dataclass(slots=True)
class Lines:
    """The day in three parts; `earlier` is folded today."""

    earlier: list[Row] = field(default_factory=list)
    present: list[Row] = field(default_factory=list)
    later: list[Row] = field(default_factory=list)


@at_shop(Level.STAFF)
@require_safe
def agenda(request: HttpRequest, standing: Standing) -> HttpResponse:
    """`?date=` and `?staff=` as for the day."""
    shop, now = standing.shop, timezone.now()
    wanted = Wanted.of(request, shop, now)
    own = toolbar.own_only(standing)
    people = people_between(shop, first=wanted.day, last=wanted.day, now=now, only=own)
    day = Day.of(wanted.day, shop.zone, people)
    shown = choose(people, day, wanted, standing)
    bookings = [booking for one in shown for booking in day.counted(one)]
    is_today = wanted.day == wanted.today
    lines = _lines(shown, day, shop=shop, now=now, is_today=is_today)
    context = {
        "section": "calendar",
        "bar": toolbar.toolbar("agenda", shop, wanted, now=now, people=people, shown=shown, bookings=bookings),
        "strip": _strip(shop, wanted, own),
        "lines": lines,
        "is_today": is_today,
        "earlier_words": _earlier_words(lines.earlier),
        "now_time": formats.clock(now, shop.zone),
        "zone": formats.zone_abbreviation(to_datetime(day.start + 12 * 60), shop.zone),
        "absent": [_absent(one, day) for one in shown if not day.windows(one)],
        "empty": empty_day(shop, standing, people, shown, wanted.day, wanted.today, now=now) if not bookings else None,
        "toast": toast_for(request, standing, now),
    }
    return render_page(request, "bookings/manage/agenda.html", context, regions=["grid"])


def _absent(person: Person, day: Day) -> str:
    absence = person.absence_on(day.on)
    who = {"who": person.staff.short_name, "reason": absence.words if absence else ""}
    return _("%(who)s: %(reason)s") % who if absence else _("%(who)s doesn’t work on this day") % who


def _lines(people: list[Person], day: Day, *, shop: Shop, now: datetime, is_today: bool) -> Lines:
    found: list[Row] = []
    for person in people:
        who = person.staff.short_name
        found += [_row(one, who, shop=shop, now=now) for one in day.bookings(person)]
        for blocked in day.blocks(person):
            found.append(
                Row(
                    at=blocked.start,
                    kind="blocked",
                    time=formats.clock(blocked.start, shop.zone),
                    until=formats.clock(blocked.end, shop.zone),
                    who=who,
                    words=blocked.note or _("Blocked"),
                    url=reverse("manage:block", args=[shop.slug, blocked.id]),
                )
            )
        for start, end in board.free_gaps(person, day, day.windows(person), minutes_of(now)):
            at = to_datetime(start)
            words = _("%(who)s is free, %(duration)s") % {"who": who, "duration": formats.minutes(end - start)}
            found.append(
                Row(
                    at=at,
                    kind="free",
                    time=formats.clock(at, shop.zone),
                    words=words,
                    url=entry_url(shop, at, person.staff.pk),
                )
            )
    found.sort(key=lambda one: (one.at, one.kind == "free", one.who))
    if not is_today:
        return Lines(later=found)
    lines = Lines()
    for row in found:
        block = row.block
        if block and (block.state in _OVER or row.kind == "over"):
            part = lines.earlier if row.at <= now else lines.later
        elif row.at <= now or (row.kind == "free" and row.at <= now + timedelta(minutes=rows.ROW_MINUTES)):
            part = lines.earlier if row.kind == "blocked" else lines.present
        else:
            part = lines.later
        part.append(row)
    return lines


_OVER = {State.COMPLETED, State.NO_SHOW, State.CANCELLED}


def _row(booking: Booking, who: str, *, shop: Shop, now: datetime) -> Row:
    block = rows.block(booking, now, slug=shop.slug, who=who)
    is_due = booking.status == State.CONFIRMED and booking.starts_at - _SOON <= now < booking.ends_at
    phone = "tel:" + "".join(char for char in block.phone if char in "+0123456789") if block.phone else ""
    return Row(
        at=booking.starts_at,
        kind="booking",
        time=block.time,
        until=block.until,
        who=who,
        url=block.url,
        block=block,
        arrived_url=reverse("manage:booking_act", args=[shop.slug, booking.pk, "arrived"]) if is_due else "",
        phone_href=phone if is_due else "",
    )


def _earlier_words(earlier: list[Row]) -> str:
    counts = Counter(one.block.state for one in earlier if one.block)
    parts = []
    if done := counts[State.COMPLETED]:
        parts.append(ngettext("%(count)s completed", "%(count)s completed", done) % {"count": done})
    if missed := counts[State.NO_SHOW]:
        parts.append(ngettext("%(count)s no-show", "%(count)s no-shows", missed) % {"count": missed})
    if cancelled := counts[State.CANCELLED]:
        parts.append(ngettext("%(count)s cancelled", "%(count)s cancelled", cancelled) % {"count": cancelled})
    return ", ".join(parts)


def _strip(shop: Shop, wanted: Wanted, own: list[Any] | None) -> list[dict[str, object]]:
    """The week of the day, each with how many bookings stand: one query."""
    monday = wanted.day - timedelta(days=wanted.day.weekday())
    days = [monday + timedelta(days=number) for number in range(7)]
    frm, to = to_datetime(day_bounds(days[0], shop.zone)[0]), to_datetime(day_bounds(days[-1], shop.zone)[1])
    standing = Booking.objects.filter(shop=shop, starts_at__gte=frm, starts_at__lt=to).exclude(status=State.CANCELLED)
    if own is not None:
        standing = standing.filter(staff_member__in=own)
    if wanted.staff:
        standing = standing.filter(staff_member__in=wanted.staff)
    counts: dict[date, int] = dict(
        standing.annotate(day=TruncDate("starts_at", tzinfo=shop.zone))
        .values("day")
        .annotate(count=Count("pk"))
        .values_list("day", "count")
    )
    return [
        {
            "name": formats.weekday_short(day),
            "number": day.day,
            "count": counts.get(day, 0),
            "url": toolbar.url("agenda", shop, day, wanted.staff),
            "is_current": day == wanted.day,
            "is_today": day == wanted.today,
            "words": ngettext("booking", "bookings", counts.get(day, 0)),
        }
        for day in days
    ]
