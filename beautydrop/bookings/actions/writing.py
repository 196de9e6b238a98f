"""What every change of a booking stands on: the locked row, the written status and event, refusals in words."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from beautydrop.accounts.models import User
from beautydrop.availability import Refusal, local_date, minutes_of
from beautydrop.bookings.errors import BookingError, refusal_words
from beautydrop.bookings.models import Booking, BookingEvent
from beautydrop.bookings.states import Actor, State, may_move
from beautydrop.scheduling import claims, openings
from beautydrop.scheduling.claims import Claimed
from beautydrop.scheduling.errors import TimeRefused
from beautydrop.scheduling.openings import Opening
from beautydrop.shops.models import Service


@dataclass(frozen=True, slots=True)
class By:
    """Who makes a change: their relation to the booking, and the person when signed in."""

    actor: Actor
    user: User | None = None

    @property
    def user_id(self) -> uuid.UUID | None:
        return self.user.pk if self.user is not None else None


@contextmanager
def changing(booking_id: uuid.UUID, now: datetime) -> Iterator[Booking]:
    """One transaction with the booking's row locked and read anew; a refused time leaves it as a BookingError."""
    booking: Booking | None = None
    try:
        with claims.lost_races_refused(now), transaction.atomic():
            claims.bound_waiting()
            # Lock, then read. In one query PostgreSQL would wait for the lock and then join the changed booking
            # to the rows it had found before: none, when the booking went to another person meanwhile.
            row = Booking.objects.select_for_update(no_key=True).filter(pk=booking_id)
            list(row.values_list("pk", flat=True))
            booking = Booking.objects.select_related("service__shop", "shop", "staff_member", "customer__user").get(
                pk=booking_id
            )
            yield booking
    except TimeRefused as refused:
        if booking is None:  # somebody else is changing this very booking, for longer than one waits
            raise BookingError("conflict", _("Somebody is changing this booking right now. Try again.")) from refused
        # A booking that moves keeps its duration; for one that never was confirmed, the next would be a new one.
        sold = booking.duration_minutes if booking.status == State.CONFIRMED else None
        raise worded(refused, booking.service_id, now=now, own_claim=booking.pk, duration_minutes=sold) from refused


def take_time(booking: Booking, claimed: Claimed) -> None:
    opening = claimed.opening
    booking.staff_member = opening.performer.staff
    booking.starts_at, booking.ends_at = opening.start, opening.end
    booking.duration_minutes = opening.performer.duration_minutes
    booking.local_start = opening.start.astimezone(booking.zone).strftime("%Y-%m-%dT%H:%M")


def set_status(booking: Booking, state: State, *, by: By, now: datetime, note: str = "") -> None:
    before, booking.status = booking.status, state
    booking.pending_for, booking.expires_at = "", None
    booking.save()
    record(booking, BookingEvent.Kind.STATUS, by=by, now=now, from_status=before, note=note)


def record(
    booking: Booking,
    kind: str,
    *,
    by: By,
    now: datetime,
    from_status: str = "",
    from_start: datetime | None = None,
    to_start: datetime | None = None,
    note: str = "",
) -> None:
    BookingEvent.objects.create(
        booking=booking,
        at=now,
        kind=kind,
        actor=by.actor,
        by=by.user,
        from_status=from_status,
        to_status=booking.status,
        from_start=from_start,
        to_start=to_start,
        note=note[:500],
    )


def require_move(booking: Booking, target: State, by: By) -> None:
    if not may_move(booking.status, target, by.actor):
        raise BookingError("conflict", not_changeable(booking))


def not_changeable(booking: Booking) -> str:
    return _("This booking is %(status)s, so that can’t be done any more.") % {
        "status": booking.get_status_display().lower()
    }


def is_of_shop(by: By) -> bool:
    return by.actor in {Actor.STAFF, Actor.OWNER, Actor.ADMIN}


def worded(
    refused: TimeRefused,
    service_id: uuid.UUID,
    *,
    now: datetime,
    own_claim: uuid.UUID | None = None,
    duration_minutes: int | None = None,
) -> BookingError:
    """The refusal in words, with the nearest free times that day (with anyone), else the next ones."""
    alternatives: list[Opening] = []
    if refused.reason not in {Refusal.INACTIVE, Refusal.NOT_OFFERED}:
        alternatives = nearest_openings(
            service_id, refused.start, now=now, own_claim=own_claim, duration_minutes=duration_minutes
        )
    return BookingError(refused.reason, refusal_words(refused.reason), alternatives)


def nearest_openings(
    service_id: uuid.UUID,
    start: datetime,
    *,
    now: datetime,
    own_claim: uuid.UUID | None = None,
    duration_minutes: int | None = None,
    limit: int = 4,
) -> list[Opening]:
    """Up to `limit` openings around `start`: of its local day, or else the next ones there are."""
    service = Service.objects.select_related("shop").get(pk=service_id)
    today, horizon = openings.bookable_days(service.shop, now)
    earliest, latest = now, now + timedelta(days=367)
    day = local_date(minutes_of(min(max(start, earliest), latest)), service.shop.zone)
    day = min(max(day, today), horizon)
    that_day = openings.load(
        service, now=now, first=day, last=day, own_claim=own_claim, duration_minutes=duration_minutes
    ).on(day)
    if that_day:
        return openings.nearest(that_day, start, limit)
    return openings.next_free(
        service, now=now, after=day, limit=limit, own_claim=own_claim, duration_minutes=duration_minutes
    )
