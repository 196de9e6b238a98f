"""What stands behind a refusal, in words: which booking, block, closure, hours row or rule a start meets."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from beautydrop.availability import Interval, Refusal, merge, minutes_of, to_datetime
from beautydrop.bookings.choosing import iso
from beautydrop.bookings.errors import refusal_words
from beautydrop.bookings.models import Booking
from beautydrop.scheduling.models import ScheduleException, TimeSlot
from beautydrop.scheduling.openings import SHOP_GRID_MINUTES, Openings, Performer, bookable_days
from beautydrop.shops.models import Shop, StaffMember
from beautydrop.web import formats


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is in the way, and where it can be seen (`url` may be empty)."""

    words: str
    url: str = ""
    link_words: str = ""


def claims_between(staff: StaffMember, start: datetime, end: datetime, *, own: uuid.UUID | None = None) -> list[Fact]:
    """The bookings and blocks of `staff` (with its shop) that meet [start, end), in order of time: two queries."""
    shop = staff.shop
    now = timezone.now()
    slots = [
        slot
        for slot in TimeSlot.objects.filter(staff_member=staff, start_at__lt=end, end_at__gt=start).order_by("start_at")
        if slot.claim_id != own and (slot.expires_at is None or slot.expires_at > now)
    ]
    booked = {one.pk: one for one in Booking.objects.filter(pk__in=[slot.claim_id for slot in slots])}
    return [_claim(shop, staff, slot, booked.get(slot.claim_id)) for slot in slots]


def _claim(shop: Shop, staff: StaffMember, slot: TimeSlot, booking: Booking | None) -> Fact:
    zone = shop.zone
    if booking is None:
        words = _("%(who)s’s time from %(start)s to %(end)s is blocked") % {
            "who": staff.short_name,
            "start": formats.clock(slot.start_at, zone),
            "end": formats.clock(slot.end_at, zone),
        }
        if slot.note:
            words = f"{words}: {slot.note}"
        return Fact(words, reverse("manage:block", args=[shop.slug, slot.pk]), _("Show the block"))
    words = _("%(who)s has %(client)s from %(start)s to %(end)s") % {
        "who": staff.short_name,
        "client": booking.contact_name,
        "start": formats.clock(booking.starts_at, zone),
        "end": formats.clock(booking.ends_at, zone),
    }
    before, after = booking.starts_at - slot.start_at, slot.end_at - booking.ends_at
    kept = {
        "words": words,
        "before": formats.minutes(before // timedelta(minutes=1)),
        "after": formats.minutes(after // timedelta(minutes=1)),
    }
    if before and after:
        words = _("%(words)s, and %(before)s before and %(after)s after are kept free") % kept
    elif before:
        words = _("%(words)s, and %(before)s before are kept free") % kept
    elif after:
        words = _("%(words)s, and %(after)s after are kept free") % kept
    return Fact(words, reverse("manage:booking", args=[shop.slug, booking.pk]), _("Show the booking"))


def worked(windows: Iterable[Interval], shop: Shop) -> str:
    """`10:00–14:00 and 15:00–18:00`, the merged windows in shop time."""
    spans = [
        f"{formats.clock(to_datetime(start), shop.zone)}–{formats.clock(to_datetime(end), shop.zone)}"
        for start, end in merge(windows)
    ]
    if len(spans) < 2:
        return "".join(spans)
    return _("%(several)s and %(last)s") % {"several": ", ".join(spans[:-1]), "last": spans[-1]}


def windows_on(openings: Openings, performer: Performer, day: date) -> list[Interval]:
    """What the performer works on the local `day`, in UTC minutes, from windows that start on it."""
    frm, to = openings.bounds(day)
    return [(one.start, one.end) for one in performer.windows if frm <= one.start < to]


class Explanation:
    """Why `performer` cannot be booked at `start`: the sentence, the facts behind it, and what would change it.

    `openings` holds the rules that refused it: the customers', or the shop's own.
    """

    def __init__(
        self,
        openings: Openings,
        performer: Performer,
        start: datetime,
        reason: Refusal,
        *,
        now: datetime,
        own_claim: uuid.UUID | None = None,
    ) -> None:
        self.openings, self.performer, self.start, self.reason, self.now = openings, performer, start, reason, now
        self.service = openings.service
        self.shop: Shop = openings.service.shop
        self.staff = performer.staff
        self.staff.shop = self.shop
        self.own_claim = own_claim
        self.day = start.astimezone(self.shop.zone).date()
        self.facts: list[Fact] = []
        self.change = ""
        self.change_url = ""
        self.change_link = ""
        self.words = {
            Refusal.TAKEN: self._taken,
            Refusal.BUFFER: self._buffer,
            Refusal.OFF_GRID: self._off_grid,
            Refusal.TOO_SOON: self._too_soon,
            Refusal.TOO_FAR: self._too_far,
            Refusal.CLOSED: self._closed,
            Refusal.TIME_OFF: self._time_off,
            Refusal.OUTSIDE_HOURS: self._outside_hours,
        }[reason]()

    def _duration(self) -> str:
        return formats.minutes(self.performer.duration_minutes)

    def _occupied(self) -> tuple[datetime, datetime]:
        ask = self.performer.ask
        return (
            self.start - timedelta(minutes=ask.buffer_before),
            self.start + timedelta(minutes=ask.duration + ask.buffer_after),
        )

    def _taken(self) -> str:
        self.facts = claims_between(
            self.staff,
            self.start,
            self.start + timedelta(minutes=self.performer.duration_minutes),
            own=self.own_claim,
        )
        self.change = _("Move or cancel what is there, or choose another time or person.")
        if self.facts:
            return self.facts[0].words
        return _("%(who)s is taken at %(time)s") % {"who": self.staff.short_name, "time": self._clock(self.start)}

    def _buffer(self) -> str:
        first, last = self._occupied()
        self.facts = claims_between(self.staff, first, last, own=self.own_claim)
        ask = self.performer.ask
        self.change = _("Choose a time with more room, or shorten the time before or after %(service)s.") % {
            "service": self.service.name
        }
        self._link_service()
        return _(
            "%(service)s needs %(before)s min before and %(after)s min after, from %(start)s to %(end)s, "
            "and that meets another appointment of %(who)s"
        ) % {
            "service": self.service.name,
            "before": ask.buffer_before,
            "after": ask.buffer_after,
            "start": self._clock(first),
            "end": self._clock(last),
            "who": self.staff.short_name,
        }

    def _off_grid(self) -> str:
        minute = minutes_of(self.start)
        window = next((one for one in self.performer.windows if one.start <= minute < one.end), None)
        interval = window.interval if window else self.shop.slot_interval_minutes
        origin = window.start if window else minute
        before = origin + (minute - origin) // interval * interval
        self.change = _("Choose %(before)s or %(after)s, or change how often customers can start.") % {
            "before": self._clock(to_datetime(before)),
            "after": self._clock(to_datetime(before + interval)),
        }
        self._link("hours", _("Opening hours"))
        return _("Starts are every %(interval)s minutes, counted from %(origin)s") % {
            "interval": interval,
            "origin": self._clock(to_datetime(origin)),
        }

    def _too_soon(self) -> str:
        if self.start < self.now - timedelta(minutes=SHOP_GRID_MINUTES):
            self.change = _("Choose a time that is still to come.")
            return _("%(moment)s is past") % {"moment": formats.moment(self.start, self.shop.zone)}
        earliest = to_datetime(self.performer.ask.earliest)
        self.change = _("Choose a later time, or change the policy.")
        self._link("policy", _("Policy"))
        return _("Customers book at least %(lead)s ahead: now the first start is %(earliest)s") % {
            "lead": formats.minutes(self.shop.lead_time_minutes),
            "earliest": formats.moment(earliest, self.shop.zone),
        }

    def _too_far(self) -> str:
        _today, horizon = bookable_days(self.shop, self.now)
        self.change = _("Choose an earlier day, or change the policy.")
        self._link("policy", _("Policy"))
        return _("Customers book up to %(days)s days ahead: now until %(last)s") % {
            "days": self.shop.horizon_days,
            "last": formats.day_long(horizon),
        }

    def _closed(self) -> str:
        self.facts = self._exceptions(staff=None)
        self.change = _("Choose another day, or change the opening hours.")
        self._link("hours", _("Opening hours"))
        if self.facts:
            return _("%(shop)s is closed on %(day)s") % {"shop": self.shop.name, "day": formats.day_long(self.day)}
        return _("%(shop)s has no opening hours on %(weekday)s, %(day)s") % {
            "shop": self.shop.name,
            "weekday": formats.weekday_long(self.day),
            "day": formats.day_month(self.day),
        }

    def _time_off(self) -> str:
        self.facts = self._exceptions(staff=self.staff)
        self.change = _("Choose another day or person, or change the time off.")
        self._link_hours()
        return _("%(who)s is off on %(day)s") % {"who": self.staff.short_name, "day": formats.day_long(self.day)}

    def _outside_hours(self) -> str:
        windows = windows_on(self.openings, self.performer, self.day)
        self.facts = self._exceptions(staff=self.staff) + self._exceptions(staff=None)
        self.change = _("Choose a time inside the hours, or change them.")
        self._link_hours()
        who, weekday = self.staff.short_name, formats.weekday_long(self.day)
        if not windows:
            return _("%(who)s doesn’t work on %(weekday)s, %(day)s") % {
                "who": who,
                "weekday": weekday,
                "day": formats.day_month(self.day),
            }
        words = _("%(who)s works %(hours)s that day") % {"who": who, "hours": worked(windows, self.shop)}
        minute = minutes_of(self.start)
        if any(start <= minute < end for start, end in windows):
            words = _("%(words)s, and %(service)s takes %(duration)s, until %(end)s") % {
                "words": words,
                "service": self.service.name,
                "duration": self._duration(),
                "end": self._clock(self.start + timedelta(minutes=self.performer.duration_minutes)),
            }
        return words

    def _exceptions(self, *, staff: StaffMember | None) -> list[Fact]:
        """The closures and special hours of that day, of the shop or of the person, in words."""
        rows = ScheduleException.objects.filter(
            shop=self.shop, staff_member=staff, start_date__lte=self.day, end_date__gte=self.day
        )
        facts = []
        for row in rows:
            words = str(row.get_reason_display())
            if row.start_time and row.end_time:
                words += f", {row.start_time:%H:%M}–{row.end_time:%H:%M}"
            days = formats.day_short(row.start_date)
            if row.end_date != row.start_date:
                days = _("%(first)s to %(last)s") % {"first": days, "last": formats.day_short(row.end_date)}
            who = staff.short_name if staff else self.shop.name
            words = f"{who}: {words}, {days}"
            facts.append(Fact(f"{words} ({row.note})" if row.note else words))
        return facts

    def _link_hours(self) -> None:
        if self.staff.pk in self.openings.hours.staff or self.reason == Refusal.TIME_OFF:
            self.change_url = reverse("manage:person_hours", args=[self.shop.slug, self.staff.pk])
            self.change_link = _("Hours of %(who)s") % {"who": self.staff.short_name}
        else:
            self._link("hours", _("Opening hours"))

    def _link_service(self) -> None:
        self.change_url = reverse("manage:service", args=[self.shop.slug, self.service.pk])
        self.change_link = self.service.name

    def _link(self, name: str, words: str) -> None:
        self.change_url = reverse(f"manage:{name}", args=[self.shop.slug])
        self.change_link = words

    def _clock(self, at: datetime) -> str:
        return formats.clock(at, self.shop.zone)


def refused_words(
    openings: Openings, start: datetime, staff_id: uuid.UUID | None, reason: Refusal, *, now: datetime
) -> str:
    """The refusal with its facts as one sentence, for a form: `Mina has Ana Ruiz from 14:00 to 15:15`.

    For anyone, of the person who comes closest.
    """
    if reason in {Refusal.INACTIVE, Refusal.NOT_OFFERED} or not openings.performers:
        return refusal_words(reason)
    if staff_id is None and len(openings.performers) > 1:
        return refusal_words(reason) if reason not in {Refusal.TAKEN, Refusal.BUFFER} else _("Nobody is free then")
    performer = openings.performer(staff_id) if staff_id else openings.performers[0]
    if performer is None:
        return refusal_words(Refusal.NOT_OFFERED)
    return Explanation(openings, performer, start, reason, now=now, own_claim=openings.own_claim).words


def entry_url(shop: Shop, start: datetime, staff_id: uuid.UUID | None = None, **query: str) -> str:
    """Where the salon enters a booking at that time itself."""
    who = {"staff": str(staff_id)} if staff_id else {}
    return f"{reverse('manage:new_booking', args=[shop.slug])}?{urlencode({'start': iso(start), **who, **query})}"
