"""Some 2,000 calls by eight people on two staff members: is there an order of them in which all of it is true?"""

import random
import threading
import uuid
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

import pytest

from beautydrop.availability import minutes_of
from beautydrop.bookings import actions
from beautydrop.bookings.errors import BookingError
from beautydrop.bookings.models import Booking
from beautydrop.scheduling import openings
from beautydrop.shops.models import StaffMember
from tests.concurrency.history import Call, Claim, History, Range, Read, Taken, faults
from tests.concurrency.legal import assert_legal
from tests.concurrency.racing import at_once
from tests.factories import NOW, World, a_world, berlin, by_owner

PEOPLE = 8
CALLS_EACH = 250


def time_of(start: datetime) -> Range:
    return minutes_of(start), minutes_of(start) + 50


class Diary:
    """Calls on one day of two staff members, written down as they end."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.by = by_owner(world.client)
        self.staff = [world.mina, world.ayla]
        self.starts = [berlin(3, "10:00") + timedelta(minutes=15 * n) for n in range(29)]
        self.history = History()
        self.standing: dict[uuid.UUID, Claim] = {}
        self.done: Counter[str] = Counter()
        self._lock = threading.Lock()

    def person(self, number: int) -> None:
        rng = random.Random(number)
        for _turn in range(CALLS_EACH):
            deed = rng.choices([self.book, self.move, self.cancel, self.read], [22, 13, 15, 50])[0]
            deed(rng)

    def book(self, rng: random.Random) -> None:
        staff, start = rng.choice([*self.staff, None]), rng.choice(self.starts)
        started = monotonic()
        try:
            booking = actions.book(
                service_id=self.world.manicure.pk,
                staff_id=staff.pk if staff else None,
                start=start,
                contact=actions.Contact("Walk-in"),
                by=self.by,
                now=NOW,
            )
        except BookingError:
            self._was_taken(staff, start, started)
        else:
            call = Call(started, monotonic())
            with self._lock:
                claim = Claim(booking.staff_member_id, time_of(start), made=call)
                self.history.claims.append(claim)
                self.standing[booking.pk] = claim
                self.done["book"] += 1

    def move(self, rng: random.Random) -> None:
        if (taken := self._take_one(rng)) is None:
            return
        booking_id, claim = taken
        staff, start = rng.choice(self.staff), rng.choice(self.starts)
        started = monotonic()
        try:
            booking = actions.reschedule(booking_id=booking_id, staff_id=staff.pk, start=start, by=self.by, now=NOW)
        except BookingError:
            self._was_taken(staff, start, started)
            with self._lock:
                self.standing[booking_id] = claim
            return
        call = Call(started, monotonic())
        with self._lock:
            self.standing[booking_id] = claim
            if (booking.staff_member_id, time_of(start)) != (claim.staff_id, claim.time):
                claim.given_up = call
                self.standing[booking_id] = Claim(staff.pk, time_of(start), made=call)
                self.history.claims.append(self.standing[booking_id])
            self.done["move"] += 1

    def cancel(self, rng: random.Random) -> None:
        if (taken := self._take_one(rng)) is None:
            return
        booking_id, claim = taken
        started = monotonic()
        actions.cancel(booking_id=booking_id, by=self.by, now=NOW)
        claim.given_up = Call(started, monotonic())
        with self._lock:
            self.done["cancel"] += 1

    def read(self, rng: random.Random) -> None:
        day = self.starts[0].date()
        started = monotonic()
        found = openings.load(self.world.manicure, now=NOW, first=day, last=day)
        call = Call(started, monotonic())
        for performer in found.performers:
            times = tuple(performer.busy.intervals)
            with self._lock:
                self.history.reads.append(Read(performer.staff.pk, times, call))
                self.done["read"] += 1

    def _take_one(self, rng: random.Random) -> tuple[uuid.UUID, Claim] | None:
        """One standing booking for oneself: what several do to one booking at once is tested elsewhere."""
        with self._lock:
            if not self.standing:
                return None
            booking_id = rng.choice(sorted(self.standing))
            return booking_id, self.standing.pop(booking_id)

    def _was_taken(self, staff: StaffMember | None, start: datetime, started: float) -> None:
        asked = frozenset({staff.pk} if staff else {one.pk for one in self.staff})
        with self._lock:
            self.history.taken.append(Taken(asked, time_of(start), Call(started, monotonic())))


@pytest.mark.django_db(transaction=True)
def test_there_is_an_order_in_which_all_of_it_is_true():
    diary = Diary(a_world())
    at_once([partial(diary.person, number) for number in range(PEOPLE)])
    assert faults(diary.history) == []
    assert Booking.objects.count() == diary.done["book"] > 50
    assert min(diary.done["move"], diary.done["cancel"], len(diary.history.taken)) > 20
    assert diary.done["read"] > 1000
    # Not one after the other: some reads ran while a claim came or went.
    assert any(
        claim.made.started < read.call.ended and read.call.started < claim.made.ended
        for read in diary.history.reads
        for claim in diary.history.claims
    )
    assert_legal()


MINA, AYLA = uuid.UUID(int=1), uuid.UUID(int=2)
EARLY = Claim(MINA, (600, 650), made=Call(1, 2), given_up=Call(10, 11))


@pytest.mark.parametrize(
    ("second", "is_fault"),
    [
        (Claim(MINA, (640, 690), made=Call(3, 4)), True),
        (Claim(MINA, (640, 690), made=Call(1, 5)), True),
        (Claim(MINA, (640, 690), made=Call(3, 4), given_up=Call(5, 6)), True),
        (Claim(MINA, (650, 700), made=Call(3, 4)), False),
        (Claim(AYLA, (640, 690), made=Call(3, 4)), False),
        (Claim(MINA, (640, 690), made=Call(3, 12)), False),  # the first may have gone before
        (Claim(MINA, (640, 690), made=Call(12, 13)), False),
    ],
)
def test_the_checker_sees_two_claims_that_meet(second, is_fault):
    assert bool(faults(History([EARLY, second]))) is is_fault


@pytest.mark.parametrize(
    ("refused", "is_fault"),
    [
        (Taken(frozenset({MINA}), (610, 660), Call(3, 4)), False),
        (Taken(frozenset({MINA}), (650, 700), Call(3, 4)), True),
        (Taken(frozenset({MINA}), (610, 660), Call(12, 13)), True),
        (Taken(frozenset({MINA, AYLA}), (610, 660), Call(3, 4)), True),
    ],
)
def test_the_checker_sees_a_refusal_without_a_cause(refused, is_fault):
    assert bool(faults(History([EARLY], [refused]))) is is_fault


@pytest.mark.parametrize(
    ("times", "call", "is_fault"),
    [
        (((600, 650),), Call(3, 4), False),
        ((), Call(3, 4), True),
        ((), Call(9, 11), False),
        ((), Call(1, 3), False),
        (((600, 650),), Call(12, 13), True),
        (((600, 650), (700, 750)), Call(3, 4), True),
        (((600, 650), (600, 650)), Call(3, 4), True),
    ],
)
def test_the_checker_sees_a_read_of_what_was_not_so(times, call, is_fault):
    assert bool(faults(History([replace(EARLY)], [], [Read(MINA, times, call)]))) is is_fault
