"""Bookings and blocks as the calendar draws them: strings ready for the template, places in rows of five minutes."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache

from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beautydrop.availability import Interval, ceil_minutes, minutes_of, subtract
from beautydrop.bookings.manage.loading import Blocked
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import State
from beautydrop.web import formats

ROW_MINUTES = 5
# Classes t-0…t-MAX_ROWS and d-1…d-MAX_ROWS exist in static/css/src/manage/rows.css: a day of 25 hours and 11 more.
MAX_ROWS = 432
# Shorter stretches of free time are not offered.
WORTHWHILE_MINUTES = 20
LATE_MINUTES = 5
_ZERO = Decimal(0)
_NOBODY = str(uuid.UUID(int=0))

ICONS = {
    State.PENDING: "hourglass",
    State.CONFIRMED: "check",
    State.ARRIVED: "user",
    State.COMPLETED: "check-double",
    State.NO_SHOW: "user-off",
    State.CANCELLED: "x",
}


@dataclass(frozen=True, slots=True)
class Axis:
    """What of a day is drawn, in UTC minutes, from a full local hour to a full local hour."""

    start: int
    end: int

    @property
    def rows(self) -> int:
        return min(MAX_ROWS, max(1, _row(self.end - self.start)))

    def place(self, frm: int, to: int) -> str:
        """The classes that put [frm, to) in its rows: `t-12 d-9`; at least one row, cut to what is drawn.

        Both ends are rounded alike, so that what meets in time meets in the grid and never overlaps.
        """
        top = min(max(_row(frm - self.start), 0), self.rows - 1)
        bottom = min(max(_row(to - self.start), top + 1), self.rows)
        return f"t-{top} d-{bottom - top}"

    def holds(self, minute: int) -> bool:
        return self.start <= minute < self.end


def _row(minutes: int) -> int:
    return (minutes + ROW_MINUTES // 2) // ROW_MINUTES


@dataclass(slots=True)
class Block:
    """One booking in a column or a list."""

    id: str
    url: str
    state: str
    icon: str
    time: str
    until: str
    word: str
    client: str
    service: str
    who: str
    start_iso: str
    staff_id: str
    place: str = ""
    is_late: bool = False
    is_movable: bool = False
    has_email: bool = False
    phone: str = ""
    # Said and not shown: the state of somebody late, and the time before and after.
    more: str = ""
    flags: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Anything in a column that is no booking: shade, break, absence, block, buffer. `words` may be empty."""

    place: str
    kind: str
    icon: str = ""
    words: str = ""
    url: str = ""


def minutes_late(booking: Booking, now: datetime) -> int:
    """How long a client who has not come is overdue; 0 when they came, are not due yet, or it is over."""
    if booking.status != State.CONFIRMED or now >= booking.ends_at:
        return 0
    late = int((now - booking.starts_at).total_seconds() // 60)
    return late if late >= LATE_MINUTES else 0


def state_word(booking: Booking, now: datetime) -> str:
    """`Confirmed`, or `20 min late` in its place."""
    late = minutes_late(booking, now)
    return _("%(count)s min late") % {"count": late} if late else str(State(booking.status).label)


def buffers(booking: Booking) -> tuple[Interval | None, Interval | None]:
    """The claimed time before and after the service, in UTC minutes; of a booking that loading annotated."""
    frm, to = booking.claimed_from, booking.claimed_to  # type: ignore[attr-defined]
    start, end = minutes_of(booking.starts_at), ceil_minutes(booking.ends_at)
    before = (minutes_of(frm), start) if frm and frm < booking.starts_at else None
    after = (end, ceil_minutes(to)) if to and to > booking.ends_at else None
    return before, after


def after_words(minutes: int) -> str:
    return ngettext("Clean-up %(count)s min", "Clean-up %(count)s min", minutes) % {"count": minutes}


def before_words(minutes: int) -> str:
    return ngettext("Preparing %(count)s min", "Preparing %(count)s min", minutes) % {"count": minutes}


def block(
    booking: Booking, now: datetime, *, slug: str, who: str, axis: Axis | None = None, is_first: bool = True
) -> Block:
    """The booking as a block; with an axis, also where it stands. What goes on from yesterday is not its first."""
    state = State(booking.status)
    zone = booking.zone
    time, until = formats.clock(booking.starts_at, zone), formats.clock(booking.ends_at, zone)
    late = minutes_late(booking, now)
    flags = []
    if booking.customer_notes or booking.staff_notes:
        flags.append(("note", _("Note")))
    before, after = buffers(booking)
    more = [str(state.label)] if late else []
    if before:
        more.append(before_words(before[1] - before[0]))
    if after:
        more.append(after_words(after[1] - after[0]))
    return Block(
        id=str(booking.pk) if is_first else "",
        url=_booking_pages(slug, get_script_prefix()).replace(_NOBODY, str(booking.pk)),
        state=state.value,
        icon=ICONS[state],
        time=time,
        until=until,
        word=state_word(booking, now),
        client=booking.contact_name,
        service=booking.service_name,
        who=who,
        more=", ".join(more),
        start_iso=booking.starts_at.isoformat().replace("+00:00", "Z"),
        staff_id=str(booking.staff_member_id),
        place=axis.place(minutes_of(booking.starts_at), ceil_minutes(booking.ends_at)) if axis else "",
        is_late=late > 0,
        is_movable=is_first and state == State.CONFIRMED,
        has_email=bool(booking.contact_email),
        phone=booking.contact_phone,
        flags=flags,
    )


@lru_cache(maxsize=256)
def _booking_pages(slug: str, _prefix: str) -> str:
    """The address of a booking's page with a key to fill in: `reverse` is slow for hundreds."""
    return reverse("manage:booking", args=[slug, _NOBODY])


def blocked_stretch(blocked: Blocked, *, slug: str, axis: Axis) -> Stretch:
    return Stretch(
        place=axis.place(minutes_of(blocked.start), ceil_minutes(blocked.end)),
        kind="blocked",
        icon="off",
        words=blocked.note or _("Blocked"),
        url=reverse("manage:block", args=[slug, blocked.id]),
    )


def drawn(bookings: list[Booking]) -> list[Booking]:
    """Without cancelled ones whose time somebody else has again; of several cancelled at one time, the first."""
    found = [one for one in bookings if one.status != State.CANCELLED]
    for cancelled in bookings:
        if cancelled.status == State.CANCELLED and not any(
            one.starts_at < cancelled.ends_at and one.ends_at > cancelled.starts_at for one in found
        ):
            found.append(cancelled)
    return sorted(found, key=lambda one: one.starts_at)


def tally(bookings: list[Booking]) -> list[dict[str, object]]:
    """How many in each state: counts and legend in one, in the order of a day's life."""
    order = [State.COMPLETED, State.ARRIVED, State.CONFIRMED, State.PENDING, State.NO_SHOW, State.CANCELLED]
    found = []
    for state in order:
        count = sum(one.status == state for one in bookings)
        if count:
            found.append({"state": state.value, "icon": ICONS[state], "count": count, "word": str(state.label).lower()})
    return found


def total_line(bookings: list[Booking], currency: str) -> str:
    """`35 bookings · €1,800`: what stands, without cancelled ones, and what it is worth without no-shows."""
    standing = [one for one in bookings if one.status != State.CANCELLED]
    worth = sum(
        (one.price for one in standing if one.status != State.NO_SHOW and one.currency == currency), start=_ZERO
    )
    count = ngettext("%(count)s booking", "%(count)s bookings", len(standing)) % {"count": len(standing)}
    return f"{count} · {formats.money(worth, currency)}"


def gaps(windows: list[Interval], taken: list[Interval], *, frm: int) -> list[Interval]:
    """Worked and unclaimed stretches from `frm` (UTC minutes) on that are long enough for something."""
    free = subtract(windows, [*taken, (0, frm)])
    return [(start, end) for start, end in free if end - start >= WORTHWHILE_MINUTES]
