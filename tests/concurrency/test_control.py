"""The control: the same race with its guards taken away must double-book, or it proves nothing.

Two guards stand between two people and one time: the lock on the staff row, under which the engine is asked
again, and the exclusion constraint. With neither, everyone gets the time; with either one, only the first.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import DatabaseError, connection, transaction

from beautydrop.bookings import actions
from beautydrop.bookings.errors import BookingError
from beautydrop.bookings.models import Booking
from beautydrop.scheduling import claims
from beautydrop.scheduling.models import TimeSlot
from tests.concurrency.legal import assert_legal, assert_no_overlap
from tests.concurrency.racing import LIMIT_SECONDS, Result, at_once
from tests.factories import GUEST, NOW, World, a_booking, a_guest, a_world, berlin, by_owner

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(request) -> int:
    """How many want the time."""
    return getattr(request, "param", 32)


@pytest.fixture
def without_lock(monkeypatch):
    """Nobody waits for anybody between asking whether the time is free and taking it."""
    monkeypatch.setattr(claims, "lock_staff", lambda staff_ids: None)


@pytest.fixture
def without_constraint() -> Iterator[None]:
    """The table takes overlapping claims, until the end of the test."""
    exclusion = next(one for one in TimeSlot._meta.constraints if one.name == "staff_member_is_claimed_once_at_a_time")
    with connection.schema_editor() as schema:
        schema.remove_constraint(TimeSlot, exclusion)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE bookings_booking, scheduling_timeslot CASCADE")
        with connection.schema_editor() as schema:
            schema.add_constraint(TimeSlot, exclusion)


@pytest.fixture
def all_meet_before_they_insert(monkeypatch, people):
    """Between check and insert each waits until everyone else is there too, or waits for a lock."""
    check = claims._opening
    arrived = []
    deadline = threading.Event()
    timer = threading.Timer(LIMIT_SECONDS, deadline.set)
    timer.start()

    def check_and_meet(*args: object) -> object:
        opening = check(*args)
        arrived.append(opening)
        while len(arrived) + _waiting_for_a_lock() < people:
            time.sleep(0.02)
            assert not deadline.is_set(), "the others never came"
        return opening

    monkeypatch.setattr(claims, "_opening", check_and_meet)
    yield
    timer.cancel()


def _waiting_for_a_lock() -> int:
    with connection.cursor() as cursor:
        # Inside a transaction the view shows what it first saw, unless told to look again.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("""
            SELECT count(*) FROM pg_stat_activity
             WHERE datname = current_database() AND wait_event_type = 'Lock'
        """)
        return cursor.fetchone()[0]


def everyone_books(world: World, people: int) -> Result:
    """Half of them at 10:15, half at 10:30, all with Mina: each of these meets each other."""

    def book(number: int) -> Booking:
        return actions.book(
            service_id=world.manicure.pk,
            staff_id=world.mina.pk,
            start=berlin(3, "10:15" if number % 2 else "10:30"),
            contact=a_guest(f"guest-{number}@example.com"),
            by=GUEST,
            now=NOW,
        )

    return at_once([partial(book, n) for n in range(people)])


def database_errors(refusals: list[BookingError]) -> list[str]:
    """SQLSTATE of what the database said, for those refusals that it caused."""
    found = []
    for error in refusals:
        said = error.__cause__.__cause__
        if said is not None:
            assert isinstance(said, DatabaseError)
            found.append(said.__cause__.sqlstate)
    return found


@pytest.mark.usefixtures("without_lock", "without_constraint", "all_meet_before_they_insert")
def test_without_both_guards_everyone_gets_the_time(people):
    race = everyone_books(a_world(), people)
    assert len(race.values) == TimeSlot.objects.count() == people
    with pytest.raises(AssertionError, match="booked twice"):
        assert_no_overlap()


@pytest.mark.usefixtures("without_constraint", "all_meet_before_they_insert")
def test_the_lock_alone_is_enough(people):
    race = everyone_books(a_world(), people)
    assert len(race.values) == 1
    assert len(race.refusals) == people - 1
    assert database_errors(race.refusals) == []  # the engine, asked again with the lock held, saw the winner
    assert_legal()


@pytest.mark.parametrize("people", [6], indirect=True)  # each collision costs the database's wait for a deadlock
@pytest.mark.usefixtures("without_lock", "all_meet_before_they_insert")
def test_the_constraint_alone_is_enough(people):
    race = everyone_books(a_world(), people)
    assert len(race.values) == 1
    assert {error.code for error in race.refusals} == {"taken"}
    assert all(error.alternatives for error in race.refusals)
    # All had been told that the time was free: the database refused each, or broke their deadlock.
    said = database_errors(race.refusals)
    assert len(said) == people - 1
    assert set(said) <= {"23P01", "40P01"}
    assert_legal()


@pytest.mark.usefixtures("all_meet_before_they_insert")
def test_both_guards(people):
    race = everyone_books(a_world(), people)
    assert len(race.values) == 1
    assert database_errors(race.refusals) == []
    assert_legal()


@contextmanager
def locked(lock: Callable[[], object]) -> Iterator[None]:
    """Somebody else holds these rows until the block ends."""
    is_held, is_over = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                lock()
                is_held.set()
                is_over.wait(LIMIT_SECONDS)
        finally:
            connection.close()

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    assert is_held.wait(LIMIT_SECONDS)
    try:
        yield
    finally:
        is_over.set()
        thread.join(LIMIT_SECONDS)


def test_waiting_for_a_person_has_an_end(monkeypatch):
    world = a_world()
    monkeypatch.setattr(claims, "_LOCK_TIMEOUT", "100ms")
    with locked(lambda: claims.lock_staff({world.mina.pk})):
        with pytest.raises(BookingError) as refused:
            a_booking(world, berlin(3, "10:15"))
        assert refused.value.code == "taken"
        assert database_errors([refused.value]) == ["55P03"]
        assert refused.value.alternatives
        # Nobody else has to wait.
        assert a_booking(world, berlin(3, "10:15"), staff=world.ayla).status == "confirmed"
    assert a_booking(world, berlin(3, "10:15")).status == "confirmed"
    assert_legal()


def test_waiting_for_a_booking_has_an_end(monkeypatch):
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    monkeypatch.setattr(claims, "_LOCK_TIMEOUT", "100ms")
    with (
        locked(lambda: Booking.objects.select_for_update().get(pk=booking.pk)),
        pytest.raises(BookingError) as refused,
    ):
        actions.cancel(booking_id=booking.pk, by=by_owner(world.client), now=NOW)
    assert refused.value.code == "conflict"
    booking.refresh_from_db()
    assert booking.status == "confirmed"
    assert_legal()
