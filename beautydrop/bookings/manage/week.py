"""The week of one person: a column for each day."""

from datetime import date, datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from beautydrop.availability import to_datetime, to_minutes
from beautydrop.bookings.manage import board, toolbar
from beautydrop.bookings.manage.board import Column, Day
from beautydrop.bookings.manage.day import empty_day
from beautydrop.bookings.manage.loading import Person, people_between
from beautydrop.bookings.manage.rows import Axis
from beautydrop.bookings.manage.toast import toast_for
from beautydrop.bookings.manage.toolbar import Wanted
from beautydrop.shops.access import Level, Standing, at_shop
from beautydrop.shops.models import Shop
from beautydrop.web import formats
from beautydrop.web.htmx import render_page


@at_shop(Level.STAFF)
@require_safe
def week(request: HttpRequest, standing: Standing) -> HttpResponse:
    """`?date=` any day of the week, `?staff=` whose (one's own, else the first person's)."""
    shop, now = standing.shop, timezone.now()
    wanted = Wanted.of(request, shop, now)
    monday = wanted.day - timedelta(days=wanted.day.weekday())
    sunday = monday + timedelta(days=6)
    people = people_between(shop, first=monday, last=sunday, now=now, only=toolbar.own_only(standing))
    person = _person(people, wanted, standing)
    shown = [person] if person else []
    days = [_day(monday + timedelta(days=number), shop) for number in range(7)]
    axes = _axes(days, shown, shop)
    columns = [
        _column(person, one, axis, shop=shop, now=now, today=wanted.today)
        for one, axis in zip(days, axes, strict=True)
        if person
    ]
    bookings = [booking for one in days for who in shown for booking in one.counted(who)]
    middle = axes[2]
    at = to_datetime(middle.start)
    context = {
        "section": "calendar",
        "bar": toolbar.toolbar("week", shop, wanted, now=now, people=people, shown=shown, bookings=bookings),
        "person": person.staff if person else None,
        "people": [
            {
                "name": one.staff.short_name,
                "full_name": one.staff.name,
                "url": toolbar.url("week", shop, wanted.day, [one.staff.pk]),
                "is_current": one is person,
            }
            for one in people
        ]
        if len(people) > 1
        else [],
        "columns": columns,
        "ticks": board.ticks(middle, shop.zone),
        "rows": f"t-0 d-{middle.rows}",
        "now_place": next((one.now_place for one in columns if one.now_place), ""),
        "now_time": formats.clock(now, shop.zone),
        "zone": formats.zone_abbreviation(at, shop.zone),
        "zone_label": formats.zone_label(at, shop.zone),
        "empty": None if person else empty_day(shop, standing, [], [], wanted.day, wanted.today, now=now),
        "toast": toast_for(request, standing, now),
    }
    return render_page(request, "bookings/manage/week.html", context, regions=["grid"])


def _person(people: list[Person], wanted: Wanted, standing: Standing) -> Person | None:
    own = standing.staff_member.pk if standing.staff_member else None
    for key in (*wanted.staff, own):
        for one in people:
            if one.staff.pk == key:
                return one
    return people[0] if people else None


def _day(day: date, shop: Shop) -> Day:
    """Cut at midnight: what runs past it goes on in the next column."""
    return Day.of(day, shop.zone, [])


def _axes(days: list[Day], people: list[Person], shop: Shop) -> list[Axis]:
    """One axis a day, from the same local hour and equally long.

    Rows are elapsed time from that hour: on a day on which the clock changes after it, the hours at the side are
    those of the other days. Times in the blocks are always the clock's.
    """
    zone = shop.zone
    found = [board.axis_of(one, people, zone) for one in days if _has_any(one, people)]
    starts = [to_datetime(one.start).astimezone(zone).hour for one in found] or [9]
    hour = min(starts)
    length = 60
    firsts = []
    for one in days:
        first = to_minutes(datetime.combine(one.on, time(hour)), zone, opens=True)
        firsts.append(first)
        for axis in found:
            if one.start <= axis.start < one.end:
                length = max(length, axis.end - first)
    if not found:
        length = 9 * 60
    return [Axis(first, first + length) for first in firsts]


def _has_any(day: Day, people: list[Person]) -> bool:
    return any(day.windows(one) or day.bookings(one) for one in people)


def _column(person: Person, day: Day, axis: Axis, *, shop: Shop, now: datetime, today: date) -> Column:
    column = board.column(
        person,
        day,
        axis,
        shop=shop,
        now=now,
        heading=f"{formats.weekday_short(day.on)} {day.on.day}",
        key=str(person.staff.pk),
        url=toolbar.url("day", shop, day.on),
        who=person.staff.short_name,
    )
    column.is_thin = bool(column.off_words) and not column.blocks
    column.free = column.free_url = ""
    column.key = f"{day.on.isoformat()}"
    column.is_today = day.on == today
    if column.is_today:
        column.sub = _("Today") + f" · {column.sub}"
    return column
