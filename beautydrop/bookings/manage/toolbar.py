"""What stands over every calendar: the day, its neighbours, the three views, whose columns, the counts."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from beautydrop.bookings.manage import rows
from beautydrop.bookings.manage.loading import Person
from beautydrop.bookings.models import Booking
from beautydrop.shops.access import Level, Standing
from beautydrop.shops.models import Shop
from beautydrop.web import formats, requests

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for: a local day, and whose columns (empty: everybody who works)."""

    day: date
    today: date
    staff: tuple[uuid.UUID, ...]

    @classmethod
    def of(cls, request: HttpRequest, shop: Shop, now: datetime) -> "Wanted":
        """Read leniently: what makes no sense is today and everybody."""
        today = now.astimezone(shop.zone).date()
        day = requests.day(request.GET.get("date")) or today
        staff = [found for one in request.GET.getlist("staff")[:50] if (found := requests.key(one))]
        return cls(day, today, tuple(dict.fromkeys(staff)))


def own_only(standing: Standing) -> list[uuid.UUID] | None:
    """Whose columns a person may see at all: their own at level STAFF, None for everybody's."""
    if standing.level >= Level.MANAGER:
        return None
    return [standing.staff_member.pk] if standing.staff_member else []


def url(name: str, shop: Shop, day: date | None = None, staff: Iterable[uuid.UUID] = (), **more: str) -> str:
    query: list[tuple[str, str]] = [("date", day.isoformat())] if day else []
    query += [("staff", str(one)) for one in staff]
    query += list(more.items())
    return reverse(f"manage:{name}", args=[shop.slug]) + (f"?{urlencode(query)}" if query else "")


def toolbar(
    view: str,
    shop: Shop,
    wanted: Wanted,
    *,
    now: datetime,
    people: list[Person],
    shown: list[Person],
    bookings: list[Booking],
) -> dict[str, object]:
    """The context of templates/bookings/manage/partials/toolbar.html. `view` is day, week or agenda."""
    step = _WEEK if view == "week" else timedelta(days=1)
    keep = wanted.staff
    day, today = wanted.day, wanted.today
    monday = day - timedelta(days=day.weekday())
    if view == "week":
        first, last = formats.day_month(monday), formats.day_month(monday + timedelta(days=6))
        title = short = _("%(first)s to %(last)s") % {"first": first, "last": last}
        previous_words, next_words = _("Week before"), _("Week after")
    else:
        title, short = formats.day_long(day), formats.day_short(day)
        if day.year != today.year:
            title = f"{title} {day.year}"
        previous_words, next_words = _("Day before"), _("Day after")
    is_here = monday <= today < monday + _WEEK if view == "week" else day == today
    return {
        "view": view,
        "title": title,
        "title_short": short,
        "is_today": day == today,
        "previous_url": url(view, shop, day - step, keep),
        "next_url": url(view, shop, day + step, keep),
        "previous_words": previous_words,
        "next_words": next_words,
        "today_url": "" if is_here else url(view, shop, None, keep),
        "date_value": day.isoformat(),
        "action": reverse(f"manage:{view}", args=[shop.slug]),
        "views": [
            {"name": "day", "label": _("Day"), "url": url("day", shop, day, keep)},
            {"name": "week", "label": _("Week"), "url": url("week", shop, day, keep[:1])},
            {"name": "agenda", "label": _("Agenda"), "url": url("agenda", shop, day, keep)},
        ],
        "new_url": url("new_booking", shop, max(day, today)),
        "keep_staff": [str(one) for one in keep],
        "filter": _filter(people, shown, wanted),
        "tally": rows.tally(bookings),
        "total": rows.total_line(bookings, shop.currency),
        "updated": _("updated %(time)s") % {"time": formats.clock(now, shop.zone)},
        "zone": formats.zone_abbreviation(now, shop.zone),
        "here_url": url(view, shop, day, keep),
        "refresh_url": url(view, shop, day, keep, region="grid"),
    }


def _filter(people: list[Person], shown: list[Person], wanted: Wanted) -> dict[str, object] | None:
    """Whose columns are shown, as a form; None for somebody who sees only their own."""
    if len(people) < 2:
        return None
    keys = {one.staff.pk for one in shown}
    if wanted.staff:
        label = shown[0].staff.short_name if len(shown) == 1 else _("%(count)s people") % {"count": len(shown)}
    else:
        label = _("Everyone, %(count)s") % {"count": len(shown)}
    return {
        "label": label,
        "options": [
            {
                "value": str(one.staff.pk),
                "name": one.staff.name,
                "title": one.staff.title,
                "checked": one.staff.pk in keys,
            }
            for one in people
        ],
        "is_everyone": not wanted.staff,
    }
