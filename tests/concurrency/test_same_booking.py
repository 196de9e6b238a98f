"""Several people, or one person twice, at the same booking at once."""

import random
import threading
from collections import Counter
from datetime import datetime, timedelta
from functools import partial

import pytest

from beautydrop.bookings import actions
from beautydrop.bookings.actions import Contact
from beautydrop.bookings.errors import BookingError
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import State
from beautydrop.scheduling.models import TimeSlot
from beautydrop.shops.models import StaffMember
from tests.concurrency.legal import assert_legal
from tests.concurrency.racing import at_once
from tests.factories import GUEST, NOW, World, a_booking, a_guest, a_world, berlin, by_customer, by_owner, to_customer

pytestmark = pytest.mark.django_db(transaction=True)

LATE = NOW + timedelta(minutes=31)  # every hold made at NOW is over


def test_the_link_is_pressed_eight_times_at_once():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"), is_guest=True)
    race = at_once([partial(actions.confirm_by_link, booking_id=booking.pk, by=GUEST, now=NOW)] * 8)
    assert [one.status for one in race.values] == [State.CONFIRMED] * 8
    assert booking.events.filter(to_status="confirmed").count() == 1
    assert to_customer().filter(kind="booking.confirmed").count() == 1
    assert_legal()


def test_a_late_link_is_pressed_eight_times_at_once():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"), is_guest=True)
    assert actions.expire(booking_id=booking.pk, now=LATE)
    race = at_once([partial(actions.confirm_by_link, booking_id=booking.pk, by=GUEST, now=LATE)] * 8)
    assert len(race.values) == 8
    newer = Booking.objects.get(rebooked_from=booking)
    assert {one.pk for one in race.values} == {newer.pk}
    assert newer.status == "confirmed"
    assert_legal()


def test_the_link_is_pressed_while_the_clock_closes_the_hold():
    world = a_world()
    for number in range(6):
        held = a_booking(world, berlin(3, "10:00") + timedelta(hours=number), is_guest=True)
        race = at_once(
            [
                partial(actions.confirm_by_link, booking_id=held.pk, by=GUEST, now=LATE),
                partial(actions.expire, booking_id=held.pk, now=LATE),
            ]
        )
        confirmed, was_closed = race.values
        assert confirmed.status == "confirmed"
        held.refresh_from_db()
        assert held.status == ("cancelled" if was_closed else "confirmed")
        assert (confirmed.pk == held.pk) is not was_closed
    assert TimeSlot.objects.count() == 6
    assert_legal()


def test_a_hold_runs_out_while_somebody_else_books_and_the_link_is_pressed():
    world = a_world()
    for number in range(8):
        start = berlin(3, "10:00") + timedelta(hours=2 * (number % 4), days=number // 4)
        held = a_booking(world, start, is_guest=True)
        race = at_once(
            [
                partial(a_booking, world, start + timedelta(minutes=30 * (number % 2)), now=LATE),
                partial(actions.confirm_by_link, booking_id=held.pk, by=GUEST, now=LATE),
                partial(actions.expire, booking_id=held.pk, now=LATE),
            ]
        )
        assert len(race.refusals) == 1
        assert race.refusals[0].code in {"taken", "expired"}
        assert TimeSlot.objects.filter(start_at__date=start.date()).count() == number % 4 + 1
    assert Booking.objects.filter(status=State.CONFIRMED).count() == 8
    assert_legal()


def test_a_hold_that_ran_out_is_booked_by_one_of_many():
    world = a_world()
    a_booking(world, berlin(3, "10:15"), is_guest=True)

    def book(number: int) -> Booking:
        contact = a_guest(f"guest-{number}@example.com")
        return actions.book(
            service_id=world.manicure.pk,
            staff_id=world.mina.pk,
            start=berlin(3, "10:30"),
            contact=contact,
            by=GUEST,
            now=LATE,
        )

    race = at_once([partial(book, n) for n in range(8)])
    assert len(race.values) == 1
    assert [error.code for error in race.refusals] == ["taken"] * 7
    assert_legal()


@pytest.mark.parametrize("is_same_person", [True, False])
def test_two_bookings_cannot_swap_their_times(is_same_person):
    world = a_world()
    other_staff = world.mina if is_same_person else world.ayla
    clock = "12:00" if is_same_person else "10:15"
    first = a_booking(world, berlin(3, "10:15"))
    second = a_booking(world, berlin(3, clock), staff=other_staff)
    for _round in range(4):
        race = at_once(
            [
                partial(move, world, first, second.starts_at, second.staff_member),
                partial(move, world, second, first.starts_at, first.staff_member),
            ]
        )
        assert [error.code for error in race.refusals] == ["taken", "taken"]
    for booking in (first, second):
        staff, start = booking.staff_member, booking.starts_at
        booking.refresh_from_db()
        assert (booking.staff_member, booking.starts_at, booking.sequence) == (staff, start, 0)
    assert_legal()


def test_two_bookings_move_to_one_time():
    world = a_world()
    for number in range(4):
        target = berlin(4, "10:00") + timedelta(hours=number)
        pair = [a_booking(world, berlin(3, clock), staff=world.ayla) for clock in ("10:00", "11:00")]
        race = at_once([partial(move, world, one, target, world.mina) for one in pair])
        assert len(race.values) == len(race.refusals) == 1
        for one in pair:
            actions.cancel(booking_id=one.pk, by=by_owner(world.client), now=NOW)
        assert TimeSlot.objects.count() == 0
    assert_legal()


@pytest.mark.parametrize("is_taken", [False, True])
def test_32_people_book_and_move_to_one_time_that_may_be_given_up(is_taken):
    """Whoever wins, books or moves: one of them, or nobody where all came before the time was given up."""
    world = a_world()
    target = berlin(4, "12:00")
    holder = a_booking(world, target) if is_taken else None
    movers = [a_booking(world, berlin(day, f"{hour}:00"), staff=world.ayla) for day in (3, 5) for hour in range(10, 17)]
    old_times = {one.pk: one.starts_at for one in movers}
    jobs = [partial(move, world, one, target, world.mina) for one in movers]
    if holder is not None:
        jobs.append(partial(actions.cancel, booking_id=holder.pk, by=by_owner(world.client), now=NOW))
    jobs += [partial(book_as_guest, world, target, number) for number in range(32 - len(jobs))]
    race = at_once(jobs)

    winners = [one for one in race.values if holder is None or one.pk != holder.pk]
    assert len(winners) == 1 if holder is None else len(winners) <= 1
    assert [error.code for error in race.refusals] == ["taken"] * (32 - len(race.values))
    assert all(error.alternatives for error in race.refusals)
    at_target = TimeSlot.objects.filter(staff_member=world.mina, start_at=target)
    assert [slot.claim_id for slot in at_target] == [one.pk for one in winners]
    for one in movers:
        one.refresh_from_db()
        has_won = one.pk in {winner.pk for winner in winners}
        assert (one.starts_at, one.sequence) == ((target, 1) if has_won else (old_times[one.pk], 0))
    if holder is not None:
        holder.refresh_from_db()
        assert holder.status == State.CANCELLED
    assert_legal()


def test_32_people_book_move_and_cancel_at_once():
    """Every move has somebody who cancels that very booking: what stands in the end was booked."""
    world = a_world()
    target = berlin(4, "12:00")
    movers = [a_booking(world, berlin(day, f"{hour}:00"), staff=world.ayla) for day in (3, 5) for hour in range(10, 16)]
    race = at_once(
        [partial(move, world, one, target, world.mina) for one in movers]
        + [partial(actions.cancel, booking_id=one.pk, by=by_owner(world.client), now=NOW) for one in movers]
        + [partial(book_as_guest, world, target, number) for number in range(32 - 2 * len(movers))]
    )
    count = len(movers)
    moved, cancelled, booked = race.outcomes[:count], race.outcomes[count : 2 * count], race.outcomes[2 * count :]
    assert all(one.error is None for one in cancelled)
    for one, mover in zip(moved, movers, strict=True):
        mover.refresh_from_db()
        # Moved first and cancelled then, or cancelled first or beaten to the time: nothing of either is lost.
        assert (mover.status, mover.sequence) == (State.CANCELLED, 2 if one.error is None else 1)
        assert getattr(one.error, "code", "") in {"", "taken", "conflict"}
    won = [one.value.pk for one in booked if one.error is None]
    assert len(won) <= 1
    assert [slot.claim_id for slot in TimeSlot.objects.all()] == won
    assert_legal()


def book_as_guest(world: World, start: datetime, number: int) -> Booking:
    return actions.book(
        service_id=world.manicure.pk,
        staff_id=world.mina.pk,
        start=start,
        contact=a_guest(f"guest-{number}@example.com"),
        by=GUEST,
        now=NOW,
    )


@pytest.mark.parametrize("is_same_person", [True, False])
def test_one_booking_moved_and_cancelled_at_once(is_same_person):
    world = a_world()
    for number in range(6):
        booking = a_booking(world, berlin(3, "10:00"))
        target = berlin(4, "10:00") + timedelta(hours=number)
        race = at_once(
            [
                partial(move, world, booking, target, world.mina if is_same_person else world.ayla),
                partial(actions.cancel, booking_id=booking.pk, by=by_owner(world.client), now=NOW),
            ]
        )
        booking.refresh_from_db()
        assert booking.status == "cancelled"
        # Either the move came first, or it was refused.
        assert booking.sequence == (1 if race.refusals else 2)
        assert [error.code for error in race.refusals] in ([], ["conflict"])
    assert not TimeSlot.objects.exists()
    assert_legal()


def test_a_change_that_waited_finds_the_booking_with_its_new_person():
    """Read together with its person in the query that waits, the moved booking would not be found at all."""
    world = a_world()
    booking = a_booking(world, berlin(3, "10:00"))
    targets = [(hour, staff) for hour in (12, 13, 14, 15) for staff in (world.ayla, world.mina)]
    race = at_once([partial(move, world, booking, berlin(3, f"{hour}:00"), staff) for hour, staff in targets])
    assert race.refusals == []
    booking.refresh_from_db()
    assert booking.sequence == booking.events.filter(kind="moved").count() == 8
    assert_legal()


def move(world: World, booking: Booking, start: datetime, staff: StaffMember | None) -> Booking:
    return actions.reschedule(
        booking_id=booking.pk,
        staff_id=staff.pk if staff else None,
        start=start,
        by=by_owner(world.client),
        now=NOW,
    )


class Crowd:
    """Eight people who do anything to a few bookings on one day; what each does is fixed by the seed."""

    THREADS = 8
    EACH = 40

    def __init__(self, world: World) -> None:
        self.world = world
        self.starts = [berlin(3, "10:00") + timedelta(minutes=15 * n) for n in range(20)]
        self.staff = [world.mina, world.ayla, None]
        self.bookings = [
            a_booking(world, start, staff=staff, is_guest=n % 2 == 1)
            for n, start in enumerate(self.starts[::5])
            for staff in (world.mina, world.ayla)
        ]
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self._counting = threading.Lock()

    def person(self, number: int) -> None:
        rng = random.Random(100 + number)
        deeds = {
            "book": (self.book, 28),
            "move": (self.move, 28),
            "cancel": (self.cancel, 14),
            "confirm": (self.confirm, 16),
            "expire": (self.expire, 7),
            "new address": (self.change_address, 7),
        }
        names = list(deeds)
        weights = [weight for _deed, weight in deeds.values()]
        for turn in range(self.EACH):
            name = rng.choices(names, weights)[0]
            try:
                deeds[name][0](rng, f"person-{number}-{turn}@example.com")
            except BookingError as error:
                assert error.message
                self._count(self.refused, error.code)
            else:
                self._count(self.done, name)

    def book(self, rng: random.Random, email: str) -> None:
        is_guest = rng.random() < 0.5
        staff = rng.choice(self.staff)
        customer = self.world.customer
        booking = actions.book(
            service_id=self.world.manicure.pk,
            staff_id=staff.pk if staff else None,
            start=rng.choice(self.starts),
            contact=Contact("Somebody", email),
            by=GUEST if is_guest else by_customer(customer),
            customer=None if is_guest else customer,
            now=rng.choice([NOW, LATE]),
        )
        self.bookings.append(booking)

    def move(self, rng: random.Random, email: str) -> None:
        move(self.world, rng.choice(self.bookings), rng.choice(self.starts), rng.choice(self.staff))

    def cancel(self, rng: random.Random, email: str) -> None:
        by = rng.choice([GUEST, by_owner(self.world.client)])
        actions.cancel(booking_id=rng.choice(self.bookings).pk, by=by, now=NOW)

    def confirm(self, rng: random.Random, email: str) -> None:
        booking = rng.choice(self.bookings)
        confirmed = actions.confirm_by_link(booking_id=booking.pk, by=GUEST, now=rng.choice([NOW, LATE]))
        if confirmed.pk != booking.pk:
            self.bookings.append(confirmed)

    def expire(self, rng: random.Random, email: str) -> None:
        actions.expire(booking_id=rng.choice(self.bookings).pk, now=LATE)

    def change_address(self, rng: random.Random, email: str) -> None:
        actions.change_address(booking_id=rng.choice(self.bookings).pk, email=email, by=GUEST, now=NOW)

    def _count(self, counter: Counter[str], name: str) -> None:
        with self._counting:
            counter[name] += 1


def test_anything_at_once_ends_in_something_legal():
    crowd = Crowd(a_world())
    race = at_once([partial(crowd.person, n) for n in range(crowd.THREADS)])
    assert race.refusals == []  # each person caught theirs; nothing else came out
    # It was no idle crowd; how much of what came through differs from run to run.
    assert {"book", "move", "cancel", "confirm", "expire"} <= set(crowd.done)
    assert {"taken", "conflict"} <= set(crowd.refused)
    assert crowd.done.total() + crowd.refused.total() == crowd.THREADS * crowd.EACH
    assert_legal()
