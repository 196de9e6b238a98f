"""Free times as an entry form offers them: a few near the one that is wanted, and all of the day."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from beautydrop.availability import day_bounds, minutes_of
from beautydrop.bookings.choosing import iso
from beautydrop.scheduling.openings import SHOP_GRID_MINUTES, Opening, Openings
from beautydrop.shops.models import Shop
from beautydrop.web import formats

_QUARTER = 15


@dataclass(frozen=True, slots=True)
class Offer:
    """A free time to press: `value` is `start/staff`, `label` the whole of it for where only the time is shown."""

    value: str
    time: str
    who: str
    label: str
    is_chosen: bool


def offer(opening: Opening, shop: Shop, *, day: date, is_chosen: bool = False) -> Offer:
    """With the day in `who` when it is another than `day`."""
    name = opening.performer.staff.short_name
    local = opening.start.astimezone(shop.zone)
    if local.date() == day:
        who = _("with %(who)s") % {"who": name}
    else:
        who = _("%(day)s, %(who)s") % {"day": formats.day_short(local.date()), "who": name}
    clock = f"{local:%H:%M}"
    value = f"{iso(opening.start)}/{opening.performer.staff.pk}"
    return Offer(value, clock, who, f"{clock} {who}", is_chosen)


def near(
    openings: Openings,
    *,
    day: date,
    wanted: datetime | None,
    staff_id: uuid.UUID | None,
    now: datetime,
    limit: int = 3,
) -> list[Opening]:
    """A few different free times: the wanted one or the same with somebody else, the person's, others', another day.

    In order of time. Without a wanted time, those that come first. At most one query beyond what is loaded.
    """
    on_day = openings.on(day, staff_id)
    found: list[Opening] = []
    if wanted is not None:
        same = openings.at(wanted, staff_id) or openings.at(wanted)
        if same:
            found.append(same)
    _add(found, on_day, wanted, limit)
    if staff_id is not None and wanted is not None:
        _add(found, openings.on(day), wanted, limit)
    if len(found) < limit:
        _first, after = day_bounds(day, openings.zone)
        if day <= openings.last and after > minutes_of(now):
            later = openings.look_ahead(day + timedelta(days=1), now=now, staff_id=staff_id)
            found += later[: limit - len(found)]
    return sorted(found, key=lambda one: one.start)


def _add(found: list[Opening], on_day: list[Opening], wanted: datetime | None, limit: int) -> None:
    """Where gaps begin and what is just before and after, the nearest to `wanted` first, a quarter apart."""
    starts = _gap_starts(on_day)
    if wanted is not None:
        starts += _last_before(on_day, wanted)
        starts.sort(key=lambda one: (abs(one.start - wanted), one.start))
    for one in starts:
        apart = (abs(one.start - other.start) >= timedelta(minutes=_QUARTER) for other in found)
        if len(found) < limit and all(apart):
            found.append(one)


def of_day(openings: Openings, day: date, staff_id: uuid.UUID | None) -> list[Opening]:
    """The free times of the day on quarter hours, and where gaps begin: what one says on the phone."""
    on_day = openings.on(day, staff_id)
    starts = {one.start for one in _gap_starts(on_day)}
    return [one for one in on_day if one.start in starts or one.start.minute % _QUARTER == 0]


def _gap_starts(on_day: list[Opening]) -> list[Opening]:
    step = timedelta(minutes=SHOP_GRID_MINUTES)
    return [one for index, one in enumerate(on_day) if index == 0 or one.start - on_day[index - 1].start > step]


def _last_before(on_day: list[Opening], wanted: datetime) -> list[Opening]:
    """The latest free start before `wanted`, and the first after it."""
    before = [one for one in on_day if one.start < wanted][-1:]
    after = [one for one in on_day if one.start > wanted][:1]
    return before + after
