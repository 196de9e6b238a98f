"""The grid of the calendar: an axis of hours and columns of blocks, for a day with its people or a person's week."""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beautydrop.availability import Interval, ceil_minutes, day_bounds, intersect, merge, minutes_of, to_datetime
from beautydrop.bookings.manage import rows
from beautydrop.bookings.manage.facts import entry_url
from beautydrop.bookings.manage.loading import Blocked, Person
from beautydrop.bookings.manage.rows import Axis, Block, Stretch
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import State
from beautydrop.shops.models import Shop
from beautydrop.web import formats


@dataclass(slots=True)
class Tick:
    """One half hour of the axis; `zone` where the clock's zone changes, and on the first."""

    place: str
    hour: str
    minute: str
    zone: str = ""


@dataclass(slots=True)
class Column:
    """A person's day. `stretches` are the drawn background; `notes` say absences in the list, too."""

    key: str
    heading: str
    name: str
    sub: str
    free: str
    free_url: str
    blocks: list[Block]
    stretches: list[Stretch]
    axis_iso: str
    now_place: str = ""
    is_today: bool = False
    is_thin: bool = False
    url: str = ""
    off_words: str = ""
    empty_words: str = ""
    listed: list[Stretch] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Day:
    """A local day of the shop in UTC minutes, and how far its working hours reach past midnight."""

    on: date
    start: int
    end: int
    reach: int

    @classmethod
    def of(cls, day: date, zone: ZoneInfo, people: list[Person]) -> "Day":
        start, end = day_bounds(day, zone)
        reach = max([end, *(to for one in people for frm, to in one.windows if start <= frm < end)])
        return cls(day, start, end, reach)

    def bookings(self, person: Person) -> list[Booking]:
        """What is drawn: also what yesterday's night brings and what runs past midnight."""
        frm, to = to_datetime(self.start), to_datetime(self.reach)
        return [one for one in person.bookings if one.starts_at < to and one.ends_at > frm]

    def counted(self, person: Person) -> list[Booking]:
        """What counts as this day's: each booking on the one local day on which it starts."""
        frm, to = to_datetime(self.start), to_datetime(self.end)
        return [one for one in person.bookings if frm <= one.starts_at < to]

    def blocks(self, person: Person) -> list[Blocked]:
        """Time kept free of bookings on this day."""
        frm, to = to_datetime(self.start), to_datetime(self.reach)
        return [one for one in person.blocks if one.start < to and one.end > frm]

    def windows(self, person: Person) -> list[Interval]:
        """The person's working hours of this day, with what runs past its midnight."""
        return [item for item in intersect(person.windows, [(self.start, self.reach)])]


def axis_of(day: Day, people: list[Person], zone: ZoneInfo) -> Axis:
    """From the first full local hour anything happens to the last, never before midnight.

    Rows are elapsed time, so a day of 23 or 25 hours has as many; the ticks say what the clock shows.
    """
    edges = [edge for person in people for window in day.windows(person) for edge in window]
    for person in people:
        for booking in day.bookings(person):
            edges += [minutes_of(booking.starts_at), ceil_minutes(booking.ends_at)]
            edges += [edge for item in rows.buffers(booking) if item for edge in item]
        for blocked in day.blocks(person):
            edges += [max(minutes_of(blocked.start), day.start), min(ceil_minutes(blocked.end), day.reach)]
    if not edges:
        edges = [day.start + 9 * 60, day.start + 18 * 60]
    first = max(min(edges), day.start)
    last = max(max(edges), first + 60)
    first -= to_datetime(first).astimezone(zone).minute
    last += -to_datetime(last).astimezone(zone).minute % 60
    return Axis(max(first, day.start), min(last, first + rows.MAX_ROWS * rows.ROW_MINUTES))


def ticks(axis: Axis, zone: ZoneInfo) -> list[Tick]:
    """A label each half hour of elapsed time, as the clock in `zone` shows it."""
    found = []
    shown = ""
    for minute in range(axis.start, axis.end, 30):
        at = to_datetime(minute)
        local = at.astimezone(zone)
        name = formats.zone_abbreviation(at, zone)
        found.append(
            Tick(
                place=axis.place(minute, minute + 30),
                hour=str(local.hour) if local.minute < 30 else "",
                minute=f"{local.minute:02d}",
                zone=name if shown and name != shown else "",
            )
        )
        shown = name
    return found


def column(
    person: Person,
    day: Day,
    axis: Axis,
    *,
    shop: Shop,
    now: datetime,
    heading: str,
    key: str,
    url: str = "",
    who: str = "",
    may_book: bool = True,
) -> Column:
    """One person's day on the axis."""
    zone = shop.zone
    staff = person.staff
    worked = day.windows(person)
    bookings = day.bookings(person)
    shown = rows.drawn(bookings)
    standing = [one for one in day.counted(person) if one.status != State.CANCELLED]
    minute = minutes_of(now)
    is_today = day.start <= minute < day.end
    absence = person.absence_on(day.on)
    off_words = ""
    if not worked:
        off_words = absence.words if absence else _("Not working")
    gap = next(iter(free_gaps(person, day, worked, minute)), None) if may_book else None
    free, free_url = "", ""
    if gap:
        count = formats.minutes(gap[1] - gap[0])
        is_now = gap[0] <= minute + rows.ROW_MINUTES
        free = (
            _("Free now, %(duration)s") % {"duration": count}
            if is_now
            else _("Free %(time)s, %(duration)s")
            % {"time": formats.clock(to_datetime(gap[0]), zone), "duration": count}
        )
        free_url = entry_url(shop, to_datetime(gap[0]), staff.pk)
    blocked = [rows.blocked_stretch(one, slug=shop.slug, axis=axis) for one in day.blocks(person)]
    return Column(
        key=key,
        heading=heading,
        name=staff.name,
        sub=_sub(worked, len(standing), off_words, zone),
        free=free,
        free_url=free_url,
        blocks=[
            rows.block(one, now, slug=shop.slug, who=who, axis=axis, is_first=minutes_of(one.starts_at) >= day.start)
            for one in shown
        ],
        stretches=[*_shades(axis, worked, off_words), *_buffers(axis, shown), *blocked],
        listed=blocked,
        axis_iso=to_datetime(axis.start).isoformat().replace("+00:00", "Z"),
        now_place=axis.place(minute, minute + 1) if is_today and axis.holds(minute) else "",
        is_today=is_today,
        url=url,
        off_words=off_words,
        empty_words="" if shown or off_words else _("Nothing booked"),
    )


def free_gaps(person: Person, day: Day, worked: list[Interval], minute: int) -> list[Interval]:
    taken = [(minutes_of(one.start), ceil_minutes(one.end)) for one in person.blocks]
    for one in day.bookings(person):
        if one.status != State.CANCELLED:
            taken.append((minutes_of(one.starts_at), ceil_minutes(one.ends_at)))
            taken += [item for item in rows.buffers(one) if item]
    start = minute + (-minute % rows.ROW_MINUTES)
    return rows.gaps(worked, taken, frm=start)


def _sub(worked: list[Interval], count: int, off_words: str, zone: ZoneInfo) -> str:
    booked = ngettext("%(count)s booked", "%(count)s booked", count) % {"count": count}
    if not worked:
        return f"{off_words} · {booked}" if count else off_words
    return f"{span(worked[0][0], worked[-1][1], zone)} · {booked}"


def span(frm: int, to: int, zone: ZoneInfo) -> str:
    """`9–18 h`, `9:30–18 h`"""

    def short(minute: int) -> str:
        local = to_datetime(minute).astimezone(zone)
        return f"{local.hour}:{local.minute:02d}" if local.minute else str(local.hour)

    return _("%(from)s–%(to)s h") % {"from": short(frm), "to": short(to)}


def _shades(axis: Axis, worked: list[Interval], off_words: str) -> list[Stretch]:
    """What is not worked: before and after the hours, breaks between them, or the whole day with its reason."""
    hours = merge(intersect(worked, [(axis.start, axis.end)]))
    if not hours:
        return [Stretch(axis.place(axis.start, axis.end), "off", "off", off_words)]
    found = []
    if hours[0][0] > axis.start:
        found.append(Stretch(axis.place(axis.start, hours[0][0]), "shut"))
    found += [
        Stretch(axis.place(before[1], after[0]), "break", "cup", _("Break"))
        for before, after in zip(hours, hours[1:], strict=False)
    ]
    if hours[-1][1] < axis.end:
        found.append(Stretch(axis.place(hours[-1][1], axis.end), "shut"))
    return found


def _buffers(axis: Axis, bookings: list[Booking]) -> list[Stretch]:
    found = []
    for booking in bookings:
        before, after = rows.buffers(booking)
        for item, words in ((before, rows.before_words), (after, rows.after_words)):
            if item and item[1] > axis.start and item[0] < axis.end:
                length = item[1] - item[0]
                found.append(Stretch(axis.place(*item), "buffer", words=words(length) if length >= 15 else ""))
    return found


def shop_url(shop: Shop) -> str:
    return reverse("marketplace:shop", args=[shop.slug])
