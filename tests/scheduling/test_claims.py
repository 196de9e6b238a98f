"""The one way to claim time, and what the database refuses whoever writes."""

import re
import uuid
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from beautydrop.bookings.models import Booking
from beautydrop.scheduling import claims
from beautydrop.scheduling.claims import Claimed
from beautydrop.scheduling.errors import TimeRefused
from beautydrop.scheduling.models import TimeSlot
from beautydrop.shops.models import StaffMember
from tests.factories import NOW, World, a_booking, a_world, berlin

START, END = berlin(3, "10:15"), berlin(3, "11:05")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(db) -> World:
    return a_world()


def claim(world: World, start: datetime = START, *, staff: StaffMember | None = None, **options: object) -> Claimed:
    """The manicure with Mina, or with `staff`."""
    values = {"staff_id": (staff or world.mina).pk, "claim_id": uuid.uuid4(), "now": NOW, **options}
    with transaction.atomic():
        return claims.claim(service=world.manicure, start=start, **values)


def a_slot(staff: StaffMember, start: datetime, end: datetime, **fields: object) -> TimeSlot:
    return TimeSlot.objects.create(staff_member=staff, start_at=start, end_at=end, **{"status": "blocked", **fields})


def a_hold(staff: StaffMember, start: datetime, end: datetime, expires_at: datetime) -> TimeSlot:
    return a_slot(staff, start, end, status="held", expires_at=expires_at)


def refused(world: World, start: datetime = START, **options: object) -> str:
    with pytest.raises(TimeRefused) as error:
        claim(world, start, **options)
    assert error.value.start == start
    return error.value.reason


# --- Claiming -------------------------------------------------------------------------------------


def test_booked_time_and_held_time(world):
    claim_id = uuid.uuid4()
    slot = claim(world, claim_id=claim_id).slot
    assert (slot.claim_id, slot.staff_member, slot.start_at, slot.end_at) == (claim_id, world.mina, START, END)
    assert (slot.status, slot.expires_at) == ("booked", None)
    until = NOW + timedelta(minutes=30)
    slot = claim(world, staff=world.ayla, expires_at=until).slot
    assert (slot.status, slot.expires_at) == ("held", until)


def test_buffers_are_claimed_too(world):
    world.manicure.buffer_before_minutes, world.manicure.buffer_after_minutes = 5, 10
    world.manicure.save()
    claimed = claim(world)
    assert (claimed.slot.start_at, claimed.slot.end_at) == (START - 5 * MINUTE, END + 10 * MINUTE)
    assert (claimed.opening.start, claimed.opening.end) == (START, END)
    assert refused(world, berlin(3, "11:15")) == "buffer"  # needs 11:10, and Mina is free from 11:15


def test_the_first_to_come_has_it(world):
    claim(world)
    assert refused(world) == "taken"
    assert refused(world, START + 45 * MINUTE) == "taken"
    assert refused(world, START - 45 * MINUTE) == "outside_hours"
    assert claim(world, START + 60 * MINUTE).slot.start_at == START + 60 * MINUTE
    assert TimeSlot.objects.count() == 2


def test_anyone_free(world):
    assert claim(world, staff_id=None).slot.staff_member == world.mina
    assert claim(world, staff_id=None).slot.staff_member == world.ayla
    assert refused(world, staff_id=None) == "taken"


def test_moving_gives_up_the_own_time_first(world):
    own = uuid.uuid4()
    claim(world, claim_id=own)
    claim(world, START + 60 * MINUTE)
    assert refused(world, START + 15 * MINUTE, claim_id=own) == "taken"
    assert claim(world, START - 15 * MINUTE, claim_id=own, is_move=True).slot.start_at == berlin(3, "10:00")
    assert TimeSlot.objects.filter(claim_id=own).count() == 1


def test_a_refused_move_leaves_the_old_time(world):
    own = uuid.uuid4()
    slot = claim(world, claim_id=own).slot
    claim(world, START + 60 * MINUTE)
    assert refused(world, START + 60 * MINUTE, claim_id=own, is_move=True) == "taken"
    assert TimeSlot.objects.get(claim_id=own) == slot


def test_a_sold_duration_is_kept(world):
    assert claim(world, duration_minutes=90).slot.end_at == START + 90 * MINUTE
    assert refused(world, berlin(3, "17:00"), duration_minutes=90) == "outside_hours"


def test_the_shops_people_start_at_once_and_between(world):
    soon = berlin(30, "10:05", month=11)
    assert refused(world, soon, now=soon) == "too_soon"
    assert refused(world, START + 5 * MINUTE) == "off_grid"
    assert claim(world, soon, now=soon, is_shop=True).slot.start_at == soon
    assert claim(world, START + 5 * MINUTE, is_shop=True).slot.start_at == START + 5 * MINUTE
    # But neither over a claim, nor outside the hours, nor in the past.
    assert refused(world, START, is_shop=True) == "taken"
    assert refused(world, berlin(3, "17:30"), is_shop=True) == "outside_hours"
    assert refused(world, soon - 5 * MINUTE, now=soon + timedelta(hours=1), is_shop=True) == "too_soon"


@pytest.mark.parametrize("years", [-2000, -2, 2, 7000])
def test_absurd_dates_are_refused_without_arithmetic(world, years):
    start = START.replace(year=START.year + years)
    assert refused(world, start) == ("too_soon" if years < 0 else "too_far")
    assert refused(world, start, is_shop=True) == ("too_soon" if years < 0 else "too_far")


@pytest.mark.django_db(transaction=True)
def test_only_inside_a_transaction():
    world = a_world()
    with pytest.raises(transaction.TransactionManagementError, match="inside a transaction"):
        claims.claim(service=world.manicure, staff_id=world.mina.pk, start=START, claim_id=uuid.uuid4(), now=NOW)
    assert not TimeSlot.objects.exists()


def test_staff_are_locked_in_key_order_with_an_end_of_waiting(world):
    with CaptureQueriesContext(connection) as queries:
        claim(world, staff_id=None)
    said = [query["sql"] for query in queries]
    lock = next(n for n, sql in enumerate(said) if "FOR NO KEY UPDATE" in sql)
    assert re.match(r'SELECT "shops_staffmember"."id" .* ORDER BY 1 ASC FOR NO KEY UPDATE$', said[lock])
    assert all(staff.pk.hex in said[lock] for staff in (world.mina, world.ayla))
    assert "lock_timeout" in said[lock - 1] and "'3s'" in said[lock - 1]
    # Claims are read only afterwards.
    assert not any("scheduling_timeslot" in sql for sql in said[:lock])
    assert any("scheduling_timeslot" in sql for sql in said[lock:])


# --- Expired holds --------------------------------------------------------------------------------


def test_expired_holds_in_the_way_are_cleared_and_others_left(world):
    over = a_hold(world.mina, START, END, NOW)
    far = a_hold(world.mina, START + timedelta(days=5), END + timedelta(days=5), NOW)
    other = a_hold(world.ayla, START, END, NOW)
    claim(world)
    left = set(TimeSlot.objects.filter(status="held"))
    assert over not in left and left == {far, other}


def test_a_hold_that_is_not_over_stands(world):
    a_hold(world.mina, START, END, NOW + timedelta(microseconds=1))
    assert refused(world) == "taken"


def test_a_long_expired_hold_reaching_into_the_time_is_cleared(world):
    a_hold(world.mina, START - timedelta(hours=20), START + MINUTE, NOW - MINUTE)
    assert claim(world).slot.start_at == START


def test_keeping_a_hold(world):
    claim_id, until = uuid.uuid4(), NOW + timedelta(minutes=30)
    claim(world, claim_id=claim_id, expires_at=until)
    longer = until + timedelta(hours=24)
    assert claims.keep(claim_id, expires_at=longer, now=until - MINUTE)
    assert TimeSlot.objects.get().expires_at == longer
    assert not claims.keep(claim_id, expires_at=None, now=longer)  # over: it has to be claimed anew
    assert claims.keep(claim_id, expires_at=None, now=longer - MINUTE)
    assert TimeSlot.objects.values_list("status", "expires_at").get() == ("booked", None)
    assert not claims.keep(claim_id, expires_at=None, now=NOW)  # no hold any more
    assert not claims.keep(uuid.uuid4(), expires_at=None, now=NOW)


# --- Blocks ---------------------------------------------------------------------------------------


def test_a_block_is_refused_over_a_claim_and_takes_over_expired_holds(world):
    claim(world)
    with pytest.raises(TimeRefused) as error, transaction.atomic():
        claims.block(staff_member=world.mina, start=END - MINUTE, end=END + MINUTE, now=NOW)
    assert error.value.reason == "taken"
    a_hold(world.mina, berlin(3, "14:00"), berlin(3, "15:00"), NOW)
    claims.block(staff_member=world.mina, start=END, end=berlin(3, "18:00"), now=NOW)
    assert sorted(TimeSlot.objects.values_list("status", flat=True)) == ["blocked", "booked"]
    assert refused(world, berlin(3, "12:00")) == "taken"


# --- What the database says -----------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "is_lost_race"),
    [
        ("23P01", True),  # exclusion violation
        ("40P01", True),  # deadlock detected
        ("40001", True),  # serialization failure
        ("55P03", True),  # lock not available
        ("23505", False),
        ("23514", False),
        ("57014", False),
    ],
)
def test_what_the_database_calls_a_lost_race(state, is_lost_race):
    expected = TimeRefused if is_lost_race else DatabaseError
    with (
        pytest.raises(expected) as error,
        claims.lost_races_refused(START),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'said' USING ERRCODE = '{state}'; END $$")
    if is_lost_race:
        assert (error.value.reason, error.value.start) == ("taken", START)


def test_only_lost_races_are_taken_for_that(world):
    a_slot(world.mina, START, END)
    with pytest.raises(TimeRefused), claims.lost_races_refused(START), transaction.atomic():
        a_slot(world.mina, START, END)
    with pytest.raises(IntegrityError), claims.lost_races_refused(START), transaction.atomic():
        a_slot(world.ayla, END, START)
    with pytest.raises(ZeroDivisionError), claims.lost_races_refused(START):
        _ = 1 / 0


@pytest.mark.parametrize(
    ("start", "end", "is_refused"),
    [
        (START, END, True),
        (START - MINUTE, START + MINUTE, True),
        (END - MINUTE, END + MINUTE, True),
        (START + MINUTE, END - MINUTE, True),
        (START - MINUTE, END + MINUTE, True),
        (END - timedelta(microseconds=1), END, True),
        (END, END + MINUTE, False),
        (START - MINUTE, START, False),
    ],
)
@pytest.mark.parametrize("status", ["held", "booked", "blocked"])
def test_the_database_refuses_overlaps_whatever_the_claim(world, start, end, is_refused, status):
    a_slot(world.mina, START, END)
    expires_at = NOW if status == "held" else None  # even a hold that is over: clearing it is the claim's work
    a_slot(world.ayla, start, end, status=status, expires_at=expires_at)
    if not is_refused:
        a_slot(world.mina, start, end, status=status, expires_at=expires_at)
        return
    with pytest.raises(IntegrityError, match="staff_member_is_claimed_once_at_a_time"), transaction.atomic():
        a_slot(world.mina, start, end, status=status, expires_at=expires_at)


def test_moving_a_row_by_hand_is_refused_too(world):
    a_slot(world.mina, START, END)
    later = a_slot(world.mina, END, END + MINUTE)
    with pytest.raises(IntegrityError, match="staff_member_is_claimed_once_at_a_time"), transaction.atomic():
        TimeSlot.objects.filter(pk=later.pk).update(start_at=END - MINUTE)


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"start_at": END, "end_at": END}, "time_slot_ends_after_it_starts"),
        # Backwards, PostgreSQL cannot even make a range of it.
        ({"status": "booked", "expires_at": NOW}, "only_held_time_expires"),
        ({"status": "held", "expires_at": None}, "only_held_time_expires"),
        ({"status": "blocked", "expires_at": NOW}, "only_held_time_expires"),
    ],
)
def test_the_database_refuses_nonsense(world, fields, rule):
    values = {"start_at": START, "end_at": END, "status": "booked", **fields}
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        TimeSlot.objects.create(staff_member=world.mina, **values)


def checked_now() -> None:
    """What is checked when a transaction commits, checked here."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("status", ["confirmed", "arrived", "completed", "no_show"])
@pytest.mark.parametrize(
    "damage",
    [
        "its time is deleted",
        "its time is only held",
        "its time is somebody else's",
        "its time is another one",
        "its time ends too early",
        "the booking is moved alone",
        "the booking changes hands alone",
    ],
)
def test_a_booking_that_stands_has_its_time(world, status, damage):
    booking = a_booking(world, START)
    mine, row = TimeSlot.objects.filter(claim_id=booking.pk), Booking.objects.filter(pk=booking.pk)
    row.update(status=status)
    checked_now()  # all is well so far
    with pytest.raises(IntegrityError, match="standing_booking_has_its_time|stands without"), transaction.atomic():
        match damage:
            case "its time is deleted":
                mine.delete()
            case "its time is only held":
                mine.update(status="held", expires_at=NOW)
            case "its time is somebody else's":
                mine.update(staff_member=world.ayla)
            case "its time is another one":
                mine.update(claim_id=uuid.uuid4())
            case "its time ends too early":
                mine.update(end_at=END - MINUTE)
            case "the booking is moved alone":
                row.update(starts_at=START - MINUTE)
            case "the booking changes hands alone":
                row.update(staff_member=world.ayla)
        checked_now()


def test_a_cancelled_booking_claims_nothing_and_a_pending_one_books_nothing(world):
    booking = a_booking(world, START)
    held = a_booking(world, START, staff=world.ayla, is_guest=True)
    checked_now()
    with pytest.raises(IntegrityError, match="claims time that it should not"), transaction.atomic():
        Booking.objects.filter(pk=booking.pk).update(status="cancelled", cancel_reason="shop")
        checked_now()
    with pytest.raises(IntegrityError, match="claims time that it should not"), transaction.atomic():
        TimeSlot.objects.filter(claim_id=held.pk).update(status="booked", expires_at=None)
        checked_now()
    with pytest.raises(IntegrityError, match="still claims time"), transaction.atomic():
        booking.delete()
        checked_now()
    # A hold may go before its booking: whoever takes the time over need not touch the booking.
    TimeSlot.objects.filter(claim_id=held.pk).delete()
    checked_now()
