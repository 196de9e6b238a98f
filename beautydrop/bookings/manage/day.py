"""The day: a column for each person."""

from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from beautydrop.bookings.manage import board, toolbar
from beautydrop.bookings.manage.board import Column, Day
from beautydrop.bookings.manage.loading import Person, people_between
from beautydrop.bookings.manage.toast import toast_for
from beautydrop.bookings.manage.toolbar import Wanted
from beautydrop.shops.access import Level, Standing, at_shop
from beautydrop.shops.models import Shop
from beautydrop.web import formats
from beautydrop.web.htmx import render_page


@at_shop(Level.STAFF)
@require_safe
def day(request: HttpRequest, standing: Standing) -> HttpResponse:
    """`?date=` a local day of the shop (today), `?staff=` whose columns, several times (everybody who works)."""
    shop, now = standing.shop, timezone.now()
    wanted = Wanted.of(request, shop, now)
    people = people_between(shop, first=wanted.day, last=wanted.day, now=now, only=toolbar.own_only(standing))
    local = Day.of(wanted.day, shop.zone, people)
    shown = choose(people, local, wanted, standing)
    axis = board.axis_of(local, shown, shop.zone)
    bookings = [booking for one in shown for booking in local.counted(one)]
    columns = _columns(shown, local, axis, shop=shop, now=now)
    context = {
        "section": "calendar",
        "bar": toolbar.toolbar("day", shop, wanted, now=now, people=people, shown=shown, bookings=bookings),
        "columns": columns,
        "ticks": board.ticks(axis, shop.zone),
        "rows": f"t-0 d-{axis.rows}",
        "now_place": next((one.now_place for one in columns if one.now_place), ""),
        "now_time": formats.clock(now, shop.zone),
        "zone": formats.zone_abbreviation(board.to_datetime(axis.start), shop.zone),
        "zone_label": formats.zone_label(board.to_datetime(axis.start), shop.zone),
        "empty": empty_day(shop, standing, people, shown, wanted.day, wanted.today, now=now) if not bookings else None,
        "toast": toast_for(request, standing, now),
    }
    return render_page(request, "bookings/manage/day.html", context, regions=["grid"])


def choose(people: list[Person], day: Day, wanted: Wanted, standing: Standing) -> list[Person]:
    """The columns: those asked for, else everybody who works, has something that day, or is off with a reason."""
    if wanted.staff:
        chosen = [one for one in people if one.staff.pk in wanted.staff]
        if chosen:
            return chosen
    if standing.level < Level.MANAGER:
        return people
    present = [one for one in people if day.windows(one) or day.bookings(one) or day.blocks(one)]
    return [
        one for one in people if one in present or (present and any(not absence.is_of_shop for absence in one.absences))
    ]


def _columns(people: list[Person], local: Day, axis: board.Axis, *, shop: Shop, now: datetime) -> list[Column]:
    short = [one.staff.short_name for one in people]
    return [
        board.column(
            one,
            local,
            axis,
            shop=shop,
            now=now,
            heading=one.staff.name if short.count(one.staff.short_name) > 1 else one.staff.short_name,
            key=str(one.staff.pk),
            url=toolbar.url("week", shop, local.on, [one.staff.pk]),
            who=one.staff.short_name,
        )
        for one in people
    ]


def empty_day(
    shop: Shop,
    standing: Standing,
    people: list[Person],
    shown: list[Person],
    day: date,
    today: date,
    *,
    now: datetime,
) -> dict[str, object]:
    """What an empty day says, and what to do next."""
    new = (_("New booking"), toolbar.url("new_booking", shop))
    may_manage = standing.level >= Level.MANAGER
    if not people:
        return {
            "heading": _("Nobody works here yet"),
            "words": _("Add the people who take bookings, with their hours, and their days appear here."),
            "links": [(_("Add the team"), toolbar.url("team", shop))] if may_manage else [],
        }
    closed = next((one.absence_on(day) for one in people if one.absence_on(day)), None)
    if not any(one.windows for one in shown):
        words = _("Nobody has working hours on %(day)s.") % {"day": formats.day_long(day)}
        if closed and closed.is_of_shop:
            words = _("The salon is closed: %(reason)s.") % {"reason": closed.words}
        links = [(_("Hours"), toolbar.url("hours", shop))] if may_manage else []
        return {"heading": _("Closed on this day"), "words": words, "links": links}
    if day < today:
        return {"heading": _("Nothing was booked on this day"), "words": "", "links": []}
    links = [new]
    if shop.is_active:
        links.append((_("The page that customers book on"), board.shop_url(shop)))
    return {
        "heading": _("Nothing is booked yet"),
        "words": _(
            "Enter what comes by phone or over the counter, or share your page so that customers book themselves."
        ),
        "links": links,
    }
