"""Bookings where nobody works any more: what a closure or new hours do to those that stand, and what is decided.

Nothing here changes a booking by itself. A booking is *affected* by a closure when it doesn't lie in worked time, and
it is on the closure's dates or would be worked but for the closure. It stays *undecided* until the salon keeps it
(at its present time), moves it or cancels it; that is derived, so a booking that slips in between is found too.
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from beautydrop.availability import (
    DayException,
    Interval,
    ceil_minutes,
    contains,
    day_bounds,
    merge,
    minutes_of,
    to_datetime,
)
from beautydrop.bookings import actions
from beautydrop.bookings.actions import By
from beautydrop.bookings.actions.writing import changing, not_changeable, record
from beautydrop.bookings.errors import BookingError
from beautydrop.bookings.models import Booking, BookingEvent, BookingQuerySet, KeptBooking
from beautydrop.bookings.states import LIVE, State
from beautydrop.scheduling import actions as scheduling
from beautydrop.scheduling.models import ScheduleException
from beautydrop.scheduling.openings import Hours, load_hours
from beautydrop.scheduling.week import Row, Season
from beautydrop.shops.models import Shop, StaffMember

_DAY = timedelta(days=1)

KEEP, MOVE, CANCEL = "keep", "move", "cancel"


@dataclass(frozen=True, slots=True)
class Closure:
    """Closed dates or special hours (`windows`) of a shop or of one person; stored when it has an id."""

    shop: Shop
    reason: str
    first: date
    last: date
    staff_member: StaffMember | None = None
    windows: tuple[tuple[time, time], ...] = ()
    note: str = ""
    pk: uuid.UUID | None = None

    @property
    def rules(self) -> list[DayException]:
        """As the engine reads it."""
        is_time_off = self.reason == ScheduleException.Reason.TIME_OFF
        if not self.windows:
            return [DayException(self.first, self.last, is_time_off=is_time_off)]
        return [DayException(self.first, self.last, (window,)) for window in self.windows]

    def added_to(self, hours: Hours) -> Hours:
        return self._changed(hours, lambda rules: (*rules, *self.rules))

    def taken_from(self, hours: Hours) -> Hours:
        own = set(self.rules)
        return self._changed(hours, lambda rules: tuple(rule for rule in rules if rule not in own))

    def _changed(self, hours: Hours, change: Callable[[tuple[DayException, ...]], tuple[DayException, ...]]) -> Hours:
        if self.staff_member is None:
            return replace(hours, shop_exceptions=change(hours.shop_exceptions))
        who = self.staff_member.pk
        return replace(
            hours,
            staff_exceptions={**hours.staff_exceptions, who: change(hours.staff_exceptions.get(who, ()))},
        )


def stored(exceptions: Iterable[ScheduleException], shop: Shop) -> list[Closure]:
    """The entries that these rows of the shop make, by first day; rows of one entry become its windows."""
    groups: dict[tuple[object, ...], list[ScheduleException]] = defaultdict(list)
    for row in exceptions:
        groups[row.staff_member_id, row.reason, row.start_date, row.end_date].append(row)
    found = []
    for rows in groups.values():
        first = min(rows, key=lambda row: (row.created_at, row.start_time or time(0)))
        windows = sorted((row.start_time, row.end_time) for row in rows if row.start_time and row.end_time)
        found.append(
            Closure(
                shop=shop,
                reason=first.reason,
                first=first.start_date,
                last=first.end_date,
                staff_member=first.staff_member,
                windows=tuple(windows),
                note=first.note,
                pk=first.pk,
            )
        )
    return sorted(found, key=lambda one: (one.first, one.last))


class Overview:
    """The live bookings of a shop that lie around some closures, and the hours they meet: three queries for all.

    `instead_of` is the stored closure that an edited one is to replace.
    """

    def __init__(
        self, shop: Shop, closures: Sequence[Closure], *, now: datetime, instead_of: Closure | None = None
    ) -> None:
        self.shop, self.now, self.closures = shop, now, closures
        self._bookings: list[Booking] = []
        self._kept: set[tuple[uuid.UUID | None, uuid.UUID, datetime]] = set()
        if not closures:
            return
        first, last = min(one.first for one in closures), max(one.last for one in closures)
        frm, to = day_bounds(first, shop.zone)[0], day_bounds(last + _DAY, shop.zone)[1]
        self._bookings = list(
            coming(shop, now)
            .filter(starts_at__lt=to_datetime(to), ends_at__gt=to_datetime(frm))
            .select_related("staff_member", "service", "shop")
            .order_by("starts_at", "staff_member__position")
        )
        staff_ids = {booking.staff_member_id for booking in self._bookings}
        self._hours = load_hours([shop], staff_ids, first=first - _DAY, last=last + _DAY)[shop.pk]
        if instead_of is not None:
            self._hours = instead_of.taken_from(self._hours)
        ids = [one.pk for one in closures if one.pk]
        if ids:
            self._kept = set(
                KeptBooking.objects.filter(closure__in=ids).values_list("closure_id", "booking_id", "starts_at")
            )

    def around(self, closure: Closure) -> list[Booking]:
        """The bookings of its people on its dates, affected or not."""
        frm, to = day_bounds(closure.first, self.shop.zone)[0], day_bounds(closure.last, self.shop.zone)[1]
        return [
            booking
            for booking in self._bookings
            if _is_of(closure, booking) and frm <= minutes_of(booking.starts_at) < to
        ]

    def affected(self, closure: Closure) -> list[Booking]:
        """The bookings that the closure leaves outside the worked time, by start."""
        if not self._bookings:
            return []
        bare = closure.taken_from(self._hours)
        without = Worked(self.shop, bare, first=closure.first, last=closure.last)
        under = Worked(self.shop, closure.added_to(bare), first=closure.first, last=closure.last)
        on_dates = {booking.pk for booking in self.around(closure)}
        return [
            booking
            for booking in self._bookings
            if _is_of(closure, booking)
            and not under.holds(booking)
            and (booking.pk in on_dates or without.holds(booking))
        ]

    def undecided(self, closure: Closure) -> list[Booking]:
        """Those affected for which nothing is decided yet."""
        return [booking for booking in self.affected(closure) if not self.is_kept(closure, booking)]

    def is_kept(self, closure: Closure, booking: Booking) -> bool:
        return (closure.pk, booking.pk, booking.starts_at) in self._kept


class Worked:
    """What each person works on some days, as the engine sees it under the given hours."""

    def __init__(self, shop: Shop, hours: Hours, *, first: date, last: date) -> None:
        self.shop, self.hours, self.first, self.last = shop, hours, first, last
        self._merged: dict[uuid.UUID, list[Interval]] = {}

    def holds(self, booking: Booking) -> bool:
        """True when the service itself (not its buffers) lies in worked time."""
        return self.is_worked(booking.staff_member_id, booking.starts_at, booking.ends_at)

    def is_worked(self, staff_id: uuid.UUID, start: datetime, end: datetime) -> bool:
        if staff_id not in self._merged:
            # Also a window of the day before may hold it, or one of the day after that touches.
            windows = self.hours.windows(staff_id, self.shop, first=self.first - _DAY, last=self.last + _DAY)
            self._merged[staff_id] = merge((one.start, one.end) for one in windows)
        return contains(self._merged[staff_id], minutes_of(start), ceil_minutes(end))


def coming(shop: Shop, now: datetime) -> BookingQuerySet:
    """Live bookings of the shop that are not over; holds that ran out are none."""
    return Booking.objects.filter(shop=shop).upcoming(now).exclude(status=State.PENDING, expires_at__lte=now)


def unfinished(shop: Shop, now: datetime) -> list[tuple[Closure, list[Booking]]]:
    """Closures of the shop from today on with bookings that wait for a decision, by first day."""
    today = now.astimezone(shop.zone).date()
    rows = ScheduleException.objects.filter(shop=shop, end_date__gte=today - _DAY).select_related("staff_member")
    overview = Overview(shop, stored(rows, shop), now=now)
    found = [(closure, overview.undecided(closure)) for closure in overview.closures]
    return [(closure, bookings) for closure, bookings in found if bookings]


class FallOutside(Exception):
    """Bookings that the new hours would leave outside the worked time; nothing was written."""

    def __init__(self, bookings: list[Booking]) -> None:
        super().__init__(f"{len(bookings)} bookings would fall outside")
        self.bookings = bookings


def set_week(
    *,
    shop: Shop,
    rows: Sequence[Row],
    now: datetime,
    staff_member: StaffMember | None = None,
    season: Season,
    replaces: Season | None = None,
    slot_interval_minutes: int | None = None,
    accepted: frozenset[uuid.UUID] = frozenset(),
) -> None:
    """scheduling.set_week, unless bookings that lie in the hours of today would fall outside: see `_or_outside`.

    No `rows` and a staff member: they work as the shop. Raises ValidationError, FallOutside.
    """

    def write() -> None:
        if staff_member is not None and not rows:
            scheduling.work_as_the_shop(staff_member=staff_member)
            return
        scheduling.set_week(
            shop=shop,
            rows=rows,
            staff_member=staff_member,
            season=season,
            replaces=replaces,
            slot_interval_minutes=slot_interval_minutes,
        )

    _or_outside(write, shop=shop, now=now, accepted=accepted)


def remove_season(
    *,
    shop: Shop,
    season: Season,
    now: datetime,
    staff_member: StaffMember | None = None,
    accepted: frozenset[uuid.UUID] = frozenset(),
) -> None:
    """scheduling.remove_season, unless bookings would fall outside. Raises ValidationError, FallOutside."""

    def write() -> None:
        scheduling.remove_season(shop=shop, season=season, staff_member=staff_member)

    _or_outside(write, shop=shop, now=now, accepted=accepted)


@transaction.atomic
def _or_outside(write: Callable[[], None], *, shop: Shop, now: datetime, accepted: frozenset[uuid.UUID]) -> None:
    """Write new hours with everybody's time locked, and take it back when it leaves bookings outside.

    Only those in `accepted` may stay outside, so that one made since the list was read is not passed over.
    """
    scheduling.lock_everyone(shop)
    bookings = list(coming(shop, now).select_related("staff_member", "service"))
    if not bookings:
        write()
        return
    staff_ids = {booking.staff_member_id for booking in bookings}
    first = bookings[0].starts_at.astimezone(shop.zone).date()
    last = max(booking.starts_at for booking in bookings).astimezone(shop.zone).date()
    before = Worked(shop, load_hours([shop], staff_ids, first=first, last=last)[shop.pk], first=first, last=last)
    standing = [booking for booking in bookings if before.holds(booking)]
    write()
    after = Worked(shop, load_hours([shop], staff_ids, first=first, last=last)[shop.pk], first=first, last=last)
    outside = [booking for booking in standing if not after.holds(booking)]
    if {booking.pk for booking in outside} - accepted:
        raise FallOutside(outside)


@dataclass(frozen=True, slots=True)
class Decision:
    """What the salon chose for a booking that it saw with this `sequence` (it counts the changes)."""

    booking_id: uuid.UUID
    sequence: int
    choice: str
    start: datetime | None = None
    staff_id: uuid.UUID | None = None
    message: str = ""


def choices(booking: Booking) -> list[str]:
    """What can be decided for a booking in its state."""
    return {
        State.PENDING: [KEEP, CANCEL],
        State.CONFIRMED: [KEEP, MOVE, CANCEL],
        State.ARRIVED: [KEEP],
    }.get(State(booking.status), [])


def decide(decision: Decision, *, closure: ScheduleException, by: By, now: datetime) -> Booking:
    """Carry out one decision; doing it again is harmless. Raises BookingError.

    A booking that somebody changed after it was shown stays as it is (`conflict`): the decision was about another time.
    """
    with changing(decision.booking_id, now) as booking:
        if booking.shop_id != closure.shop_id:
            raise Booking.DoesNotExist
        if decision.choice == CANCEL and booking.status == State.CANCELLED:
            return booking
        if decision.choice == MOVE and (booking.starts_at, booking.staff_member_id) == (
            decision.start,
            decision.staff_id,
        ):
            return booking
        if booking.status not in LIVE:
            raise BookingError("conflict", not_changeable(booking))
        if booking.sequence != decision.sequence:
            raise BookingError("conflict", _("Somebody has changed this booking meanwhile, so it was left as it is."))
        if decision.choice == MOVE and decision.start:
            return actions.reschedule(
                booking_id=booking.pk,
                staff_id=decision.staff_id,
                start=decision.start,
                by=by,
                now=now,
                note=decision.message,
            )
        if decision.choice == CANCEL:
            return actions.cancel(booking_id=booking.pk, by=by, now=now, note=decision.message)
        _kept, is_new = KeptBooking.objects.get_or_create(
            closure=closure, booking=booking, starts_at=booking.starts_at, defaults={"by": by.user, "at": now}
        )
        if is_new:
            note = _("Stays, although these hours are closed")
            record(booking, BookingEvent.Kind.EDITED, by=by, now=now, to_start=booking.starts_at, note=note)
        return booking


def _is_of(closure: Closure, booking: Booking) -> bool:
    return closure.staff_member is None or booking.staff_member_id == closure.staff_member.pk
