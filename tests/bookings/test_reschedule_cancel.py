"""Moving and cancelling: the old time stands until the new one is claimed, and comes back when it is given up."""

from datetime import datetime, timedelta

import pytest

from beautydrop.bookings import actions
from beautydrop.bookings.actions import By
from beautydrop.bookings.errors import BookingError
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import Actor
from beautydrop.notifications import delivery
from beautydrop.scheduling import claims, openings
from beautydrop.scheduling.models import TimeSlot
from beautydrop.shops import actions as shops
from beautydrop.shops.models import StaffMember, StaffServiceAssignment
from tests.factories import (
    GUEST,
    NOW,
    World,
    a_booking,
    a_service,
    a_shop,
    a_world,
    an_owner,
    berlin,
    by_customer,
    by_owner,
    to_customer,
)

pytestmark = pytest.mark.django_db

START = berlin(3, "10:15")


@pytest.fixture
def world() -> World:
    return a_world()


def move(
    world: World,
    booking: Booking,
    start: datetime,
    *,
    staff: StaffMember | None = None,
    by: By | None = None,
    now: datetime = NOW,
) -> Booking:
    """The customer moves to `start` with `staff` (by default: Mina)."""
    return actions.reschedule(
        booking_id=booking.pk,
        staff_id=(staff or world.mina).pk,
        start=start,
        by=by or by_customer(world.customer),
        now=now,
    )


def claimed(booking: Booking) -> list[tuple[StaffMember, datetime, datetime]]:
    return [(slot.staff_member, slot.start_at, slot.end_at) for slot in TimeSlot.objects.filter(claim_id=booking.pk)]


def messages(booking: Booking) -> list[tuple[str, int]]:
    rows = to_customer().filter(subject_id=booking.pk).order_by("created_at")
    return [(row.kind.removeprefix("booking."), row.sequence) for row in rows]


def stored(booking: Booking) -> list[object]:
    return [
        Booking.objects.filter(pk=booking.pk).values().get(),
        list(booking.events.values()),
        list(TimeSlot.objects.order_by("pk").values()),
        messages(booking),
    ]


# --- Moving ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("minutes", [-15, 15, 45])
def test_the_own_old_time_counts_as_free(world, minutes):
    booking = a_booking(world, START)
    target = START + timedelta(minutes=minutes)
    moved = move(world, booking, target)
    assert (moved.starts_at, moved.ends_at) == (target, target + timedelta(minutes=50))
    assert moved.local_start == f"2026-12-03T{target:%H:%M}"
    assert claimed(booking) == [(world.mina, target, target + timedelta(minutes=50))]
    event = booking.events.last()
    assert (event.kind, event.actor, event.from_start, event.to_start) == ("moved", "customer", START, target)


def test_to_another_person(world):
    booking = a_booking(world, START)
    moved = move(world, booking, START, staff=world.ayla)
    assert (moved.staff_member, moved.starts_at, moved.sequence) == (world.ayla, START, 1)
    assert claimed(booking) == [(world.ayla, START, START + timedelta(minutes=50))]
    # Mina's time is free for the next one.
    assert a_booking(world, START).staff_member == world.mina


def test_to_anyone_free(world):
    booking = a_booking(world, START)
    a_booking(world, berlin(3, "12:00"))
    moved = actions.reschedule(
        booking_id=booking.pk, staff_id=None, start=berlin(3, "12:15"), by=by_customer(world.customer), now=NOW
    )
    assert moved.staff_member == world.ayla


def test_a_taken_time_is_refused_and_the_old_one_stands(world):
    booking = a_booking(world, START)
    a_booking(world, berlin(3, "12:00"))
    before = stored(booking)
    with pytest.raises(BookingError) as refused:
        move(world, booking, berlin(3, "12:30"))
    assert refused.value.code == "taken"
    assert stored(booking) == before
    # The nearest times are real: each can be moved to.
    offered = refused.value.alternatives
    assert len(offered) == 4
    for opening in offered:
        assert move(world, booking, opening.start, staff=opening.performer.staff).starts_at == opening.start


def test_what_is_offered_instead_fits_what_was_sold(world):
    """The service has become shorter since: alternatives for the shorter one could not be moved to."""
    long = a_service(world.shop, name="Full set", staff=[world.mina], duration_minutes=120)
    booking = actions.book(
        service_id=long.pk,
        staff_id=None,
        start=berlin(3, "16:00"),
        contact=actions.Contact("Clara", "clara@example.com"),
        customer=world.customer,
        by=by_customer(world.customer),
        now=NOW,
    )
    long.duration_minutes = 30
    long.save()
    a_booking(world, berlin(3, "12:00"))
    with pytest.raises(BookingError) as refused:
        move(world, booking, berlin(3, "11:30"))
    starts = {opening.start for opening in refused.value.alternatives}
    # Before 12:00 only 10:00 leaves two hours; half an hour would fit at 11:00 and 11:15 as well.
    assert starts == {berlin(3, clock) for clock in ("10:00", "13:00", "13:15", "13:30")}
    for start in starts:
        assert move(world, booking, start).duration_minutes == 120


@pytest.mark.parametrize("staff_name", [None, "mina"])
def test_the_same_time_again_changes_nothing(world, staff_name):
    booking = a_booking(world, START)
    before = stored(booking)
    same = actions.reschedule(
        booking_id=booking.pk,
        staff_id=world.mina.pk if staff_name else None,
        start=START,
        by=by_customer(world.customer),
        now=NOW,
    )
    assert same.pk == booking.pk
    assert stored(booking) == before


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (berlin(3, "10:20"), "off_grid"),
        (berlin(3, "17:30"), "outside_hours"),
        (berlin(6, "12:00"), "closed"),
        (NOW + timedelta(minutes=30), "too_soon"),
        (NOW + timedelta(days=200), "too_far"),
    ],
)
def test_what_is_not_offered_is_refused(world, start, code):
    booking = a_booking(world, START)
    before = stored(booking)
    with pytest.raises(BookingError) as refused:
        move(world, booking, start)
    assert refused.value.code == code
    assert stored(booking) == before


@pytest.mark.parametrize("actor", [Actor.GUEST, Actor.CUSTOMER])
def test_customers_move_until_the_cut_off_and_the_salon_later(world, actor):
    booking = a_booking(world, START)
    cut_off = START - timedelta(hours=24)
    assert move(world, booking, berlin(4, "10:15"), by=By(actor), now=cut_off).sequence == 1
    booking = a_booking(world, START)
    late = cut_off + timedelta(minutes=1)
    before = stored(booking)
    with pytest.raises(BookingError) as refused:
        move(world, booking, berlin(4, "12:15"), by=By(actor), now=late)
    assert refused.value.code == "too_late"
    assert stored(booking) == before
    moved = move(world, booking, berlin(4, "12:15"), by=by_owner(world.client), now=late)
    assert moved.starts_at == berlin(4, "12:15")


def test_the_cut_off_is_that_of_the_day_of_booking(world):
    booking = a_booking(world, START)
    world.shop.cancellation_cutoff_hours = 0
    world.shop.save()
    with pytest.raises(BookingError) as refused:
        move(world, booking, berlin(4, "10:15"), now=START - timedelta(hours=23))
    assert refused.value.code == "too_late"


@pytest.mark.parametrize("is_cancelled", [True, False])
def test_only_confirmed_bookings_move(world, is_cancelled):
    booking = a_booking(world, START, is_guest=True)
    if is_cancelled:
        actions.cancel(booking_id=booking.pk, by=GUEST, now=NOW)
    before = stored(booking)
    with pytest.raises(BookingError) as refused:
        move(world, booking, berlin(4, "10:15"), by=by_owner(world.client))
    assert refused.value.code == "conflict"
    assert stored(booking) == before


def test_each_move_counts_and_is_told(world):
    booking = a_booking(world, START)
    for number, clock in enumerate(["11:00", "12:00", "10:15", "11:00"], start=1):
        assert move(world, booking, berlin(3, clock)).sequence == number
    assert messages(booking) == [("confirmed", 0), ("moved", 1), ("moved", 2), ("moved", 3), ("moved", 4)]
    assert booking.events.filter(kind="moved").count() == 4


def test_buffers_move_along(world):
    world.manicure.buffer_before_minutes, world.manicure.buffer_after_minutes = 5, 10
    world.manicure.save()
    booking = a_booking(world, START)
    moved = move(world, booking, START + timedelta(minutes=15))
    assert claimed(moved) == [(world.mina, berlin(3, "10:25"), berlin(3, "11:30"))]
    a_booking(world, berlin(3, "13:00"))
    with pytest.raises(BookingError) as refused:
        move(world, booking, berlin(3, "12:00"))  # until 12:50, then ten minutes, and the other begins at 12:55
    assert refused.value.code == "buffer"
    assert move(world, booking, berlin(3, "11:45")).ends_at == berlin(3, "12:35")


def test_what_was_sold_stays_sold_with_another_person_too(world):
    StaffServiceAssignment.objects.filter(staff_member=world.ayla).update(price=60, duration_minutes=80)
    booking = a_booking(world, START)
    moved = move(world, booking, berlin(3, "12:00"), staff=world.ayla)
    assert (moved.price, moved.duration_minutes, moved.ends_at) == (42, 50, berlin(3, "12:50"))


def deactivate(world: World, what: str) -> None:
    row = {"service": world.manicure, "staff": world.mina, "shop": world.shop}[what]
    row.is_active = False
    row.save()


@pytest.mark.parametrize(("what", "code"), [("service", "inactive"), ("shop", "inactive"), ("staff", "not_offered")])
def test_nobody_moves_to_what_is_no_longer_offered(world, what, code):
    booking = a_booking(world, START)
    deactivate(world, what)
    before = stored(booking)
    with pytest.raises(BookingError) as refused:
        move(world, booking, berlin(3, "12:00"))
    assert refused.value.code == code
    assert refused.value.alternatives == []
    assert stored(booking) == before
    # The booking stands, and can be given up.
    assert actions.cancel(booking_id=booking.pk, by=by_customer(world.customer), now=NOW).status == "cancelled"


@pytest.mark.parametrize(("what", "code"), [("service", "inactive"), ("shop", "inactive"), ("staff", "not_offered")])
def test_a_hold_that_is_still_on_is_confirmed_whatever_is_offered_now(world, what, code):
    booking = a_booking(world, START, is_guest=True)
    deactivate(world, what)
    assert actions.confirm_by_link(booking_id=booking.pk, by=GUEST, now=NOW).status == "confirmed"
    with pytest.raises(BookingError) as refused:
        a_booking(world, berlin(3, "12:00"))
    assert refused.value.code == code


@pytest.mark.parametrize("what", ["service", "shop", "staff"])
def test_a_hold_that_ran_out_is_not_taken_again_when_no_longer_offered(world, what):
    booking = a_booking(world, START, is_guest=True)
    deactivate(world, what)
    with pytest.raises(BookingError) as refused:
        actions.confirm_by_link(booking_id=booking.pk, by=GUEST, now=NOW + timedelta(minutes=31))
    assert refused.value.code == "expired"
    booking.refresh_from_db()
    assert booking.status == "pending"


def test_a_person_who_left_hands_over_to_another(world):
    booking = a_booking(world, START)
    deactivate(world, "staff")
    moved = actions.reschedule(
        booking_id=booking.pk, staff_id=None, start=berlin(3, "12:00"), by=by_owner(world.client), now=NOW
    )
    assert moved.staff_member == world.ayla


def test_a_move_to_somebody_of_another_shop_is_refused(world):
    stranger = shops.create_staff_member(shop=a_shop(an_owner("other@example.com"), name="Other"), name="Olga")
    booking = a_booking(world, START)
    with pytest.raises(BookingError) as refused:
        move(world, booking, berlin(3, "12:00"), staff=stranger)
    assert refused.value.code == "not_offered"


def test_own_time_is_shown_free_to_oneself_only(world):
    booking = a_booking(world, START)
    day = START.date()
    for own, is_free in ((booking.pk, True), (None, False)):
        shown = openings.load(world.manicure, now=NOW, first=day, last=day, own_claim=own)
        starts = [one.start for one in shown.on(day, world.mina.pk)]
        assert (START + timedelta(minutes=15) in starts) is is_free


# --- Cancelling -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actor", "reason"),
    [("guest", "customer"), ("customer", "customer"), ("staff", "shop"), ("owner", "shop"), ("admin", "shop")],
)
def test_cancelling_gives_the_time_back_and_tells(world, actor, reason):
    booking = a_booking(world, START)
    cancelled = actions.cancel(booking_id=booking.pk, by=By(Actor(actor)), now=NOW)
    assert (cancelled.status, cancelled.cancel_reason, cancelled.sequence) == ("cancelled", reason, 1)
    assert claimed(booking) == []
    assert messages(booking) == [("confirmed", 0), ("cancelled", 1)]
    assert a_booking(world, START).status == "confirmed"


def test_a_cancelled_booking_never_comes_back(world):
    booking = a_booking(world, START, is_guest=True)
    actions.cancel(booking_id=booking.pk, by=GUEST, now=NOW)
    with pytest.raises(BookingError) as refused:
        actions.confirm_by_link(booking_id=booking.pk, by=GUEST, now=NOW)
    assert refused.value.code == "conflict"
    assert Booking.objects.count() == 1


@pytest.mark.parametrize(("by_shop", "told"), [(False, False), (True, True)])
def test_who_never_answered_is_told_only_when_the_salon_cancels(world, by_shop, told):
    booking = a_booking(world, START, is_guest=True)
    actions.cancel(booking_id=booking.pk, by=by_owner(world.client) if by_shop else GUEST, now=NOW)
    assert messages(booking) == [("please_confirm", 0)] + [("cancelled", 1)] * told


def test_a_hold_of_the_clock_ends_silently_unless_the_salon_was_waited_for(world):
    late = NOW + timedelta(hours=25)
    silent = a_booking(world, START, is_guest=True)
    actions.expire(booking_id=silent.pk, now=late)
    assert messages(silent) == [("please_confirm", 0)]
    world.shop.is_auto_confirmed = False
    world.shop.save()
    waited = a_booking(world, START)
    actions.expire(booking_id=waited.pk, now=late)
    assert messages(waited) == [("cancelled", 0)]


def test_releasing_gives_up_only_that_claim(world):
    first, second = a_booking(world, START), a_booking(world, berlin(3, "12:00"))
    actions.cancel(booking_id=first.pk, by=by_owner(world.client), now=NOW)
    assert len(claimed(second)) == 1
    claims.block(staff_member=world.mina, start=START, end=START + timedelta(hours=1), now=NOW)
    with pytest.raises(BookingError) as refused:
        move(world, second, START + timedelta(minutes=15))
    assert refused.value.code == "taken"


# --- Messages that are no longer true -------------------------------------------------------------


def test_a_stale_message_is_dropped_when_it_is_sent(world, time_machine, mailoutbox):
    """Nothing was sent while the booking moved twice and was cancelled: one mail says how it ended."""
    time_machine.move_to(NOW, tick=False)
    booking = a_booking(world, START)
    move(world, booking, berlin(3, "12:00"))
    assert deliver_all() == {("confirmed", 0): "stale", ("moved", 1): "sent"}

    move(world, booking, berlin(3, "13:00"))
    actions.cancel(booking_id=booking.pk, by=by_owner(world.client), now=NOW)
    assert deliver_all() == {("moved", 2): "stale", ("cancelled", 3): "sent"}
    assert len(mailoutbox) == 2


def deliver_all() -> dict[tuple[str, int], str]:
    """What became of each waiting message."""
    waiting = to_customer().filter(status="pending")
    return {(row.kind.removeprefix("booking."), row.sequence): delivery.deliver(row.pk, now=NOW) for row in waiting}
