"""The life of a booking: each move the table forbids is refused, each it allows is guarded by time."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from beautydrop.bookings import actions, tasks
from beautydrop.bookings.actions import By
from beautydrop.bookings.errors import BookingError
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import LIVE, TRANSITIONS, WITH_TIME, Actor, State, may_move
from beautydrop.notifications.models import OutboxMessage
from beautydrop.scheduling.models import TimeSlot
from tests.factories import GUEST, NOW, World, a_booking, a_world, berlin, by_customer, by_owner, to_customer

pytestmark = pytest.mark.django_db

START, END = berlin(3, "10:15"), berlin(3, "11:05")
SOON_AFTER = END + timedelta(minutes=5)
SHOP = {Actor.STAFF, Actor.OWNER, Actor.ADMIN}
VISITOR = {Actor.GUEST, Actor.CUSTOMER}
CLOCK = {Actor.CLOCK}

# The domain's table once more, by hand: the product's table is held against it.
ALLOWED: dict[tuple[str, str], set[Actor]] = {
    ("pending", "confirmed"): SHOP | VISITOR,
    ("pending", "cancelled"): SHOP | VISITOR | CLOCK,
    ("confirmed", "arrived"): SHOP,
    ("confirmed", "completed"): SHOP | CLOCK,
    ("arrived", "completed"): SHOP | CLOCK,
    ("confirmed", "no_show"): SHOP,
    ("confirmed", "cancelled"): SHOP | VISITOR,
    ("completed", "no_show"): {Actor.OWNER, Actor.ADMIN},
    ("no_show", "completed"): {Actor.OWNER, Actor.ADMIN},
}
EVERY_MOVE = [(source.value, target.value, actor) for source in State for target in State for actor in Actor]
FORBIDDEN = [move for move in EVERY_MOVE if move[2] not in ALLOWED.get(move[:2], set())]


def a_booking_in(world: World, state: str, *, start: datetime = START) -> Booking:
    """A booking that came to `state` by the actions."""
    if state == "pending":
        return a_booking(world, start, is_guest=True)
    booking = a_booking(world, start)
    owner, after = by_owner(world.client), start + timedelta(minutes=1)
    match state:
        case "arrived":
            actions.mark_arrived(booking_id=booking.pk, by=owner, now=start)
        case "completed":
            actions.complete(booking_id=booking.pk, by=owner, now=after)
        case "no_show":
            actions.mark_no_show(booking_id=booking.pk, by=owner, now=after)
        case "cancelled":
            actions.cancel(booking_id=booking.pk, by=owner, now=NOW)
    booking.refresh_from_db()
    assert booking.status == state
    return booking


# What leads to each state, and a moment at which its guard of time is satisfied.
ACTIONS: dict[str, tuple[Callable[..., Booking], datetime]] = {
    "confirmed": (actions.approve, NOW),
    "arrived": (actions.mark_arrived, START),
    "completed": (actions.complete, END + timedelta(hours=13)),
    "no_show": (actions.mark_no_show, SOON_AFTER),
    "cancelled": (actions.cancel, NOW),
}


def everything_stored(booking: Booking) -> list[object]:
    """What a refused action must leave as it was."""
    return [
        list(Booking.objects.order_by("pk").values()),
        list(booking.events.values()),
        list(TimeSlot.objects.order_by("pk").values()),
        list(OutboxMessage.objects.order_by("pk").values()),
    ]


def test_the_table_is_the_domains():
    table = {(source.value, target.value): set(actors) for (source, target), actors in TRANSITIONS.items()}
    assert table == ALLOWED
    assert all(may_move(*move) is (move not in FORBIDDEN) for move in EVERY_MOVE)


@pytest.mark.parametrize(
    ("source", "target", "actor"),
    [move for move in FORBIDDEN if move[1] in ACTIONS and move[:2] != ("cancelled", "cancelled")],
)
def test_a_forbidden_move_is_refused_and_changes_nothing(source, target, actor):
    world = a_world()
    booking = a_booking_in(world, source)
    before = everything_stored(booking)
    action, now = ACTIONS[target]
    with pytest.raises(BookingError) as refused:
        action(booking_id=booking.pk, by=By(actor), now=now)
    assert refused.value.code == "conflict"
    assert refused.value.message
    assert everything_stored(booking) == before


@pytest.mark.parametrize("state", [state.value for state in State if state != State.PENDING])
def test_nothing_becomes_pending_again(state):
    """No action leads there: the link, the clock and a new address leave every other booking alone."""
    world = a_world()
    booking = a_booking_in(world, state)
    before = everything_stored(booking)
    assert not actions.expire(booking_id=booking.pk, now=END + timedelta(days=1))
    with pytest.raises(BookingError, match="no longer waits"):
        actions.change_address(booking_id=booking.pk, email="new@example.com", by=GUEST, now=NOW)
    if state == "cancelled":
        with pytest.raises(BookingError, match="was cancelled"):
            actions.confirm_by_link(booking_id=booking.pk, by=GUEST, now=NOW)
    else:
        assert actions.confirm_by_link(booking_id=booking.pk, by=GUEST, now=NOW).status == state
    assert everything_stored(booking) == before


@pytest.mark.parametrize("actor", list(Actor))
def test_cancelling_twice_changes_nothing(actor):
    world = a_world()
    booking = a_booking_in(world, "cancelled")
    before = everything_stored(booking)
    assert actions.cancel(booking_id=booking.pk, by=By(actor), now=NOW).status == "cancelled"
    assert everything_stored(booking) == before


@pytest.mark.parametrize(
    ("source", "target", "actor"),
    [
        (source, target, actor)
        for (source, target), actors in ALLOWED.items()
        for actor in sorted(actors)
        if (source, target) != ("pending", "confirmed") and (source, target, actor) != ("pending", "cancelled", "clock")
    ],
)
def test_an_allowed_move_is_made_and_recorded(source, target, actor):
    world = a_world()
    booking = a_booking_in(world, source)
    events = list(booking.events.values())
    action, now = ACTIONS[target]
    moved = action(booking_id=booking.pk, by=By(actor), now=now)
    booking.refresh_from_db()
    assert moved.status == booking.status == target
    assert (booking.pending_for, booking.expires_at) == ("", None)
    *old, new = booking.events.values()
    assert old == events
    assert (new["kind"], new["actor"], new["from_status"], new["to_status"], new["at"]) == (
        "status",
        actor,
        source,
        target,
        now,
    )
    assert TimeSlot.objects.filter(claim_id=booking.pk, status="booked").exists() is (target != "cancelled")


def test_history_names_the_person():
    world = a_world()
    booking = a_booking(world, START)
    actions.cancel(booking_id=booking.pk, by=by_owner(world.client), now=NOW, note="Burst pipe")
    created, cancelled = booking.events.all()
    assert (created.actor, created.by, created.to_start) == ("customer", world.customer.user, START)
    assert (cancelled.actor, cancelled.by, cancelled.note) == ("owner", world.client.user, "Burst pipe")


# --- Who confirms ---------------------------------------------------------------------------------


def a_shop_that_approves(world: World) -> None:
    world.shop.is_auto_confirmed = False
    world.shop.save()


@pytest.mark.parametrize("actor", sorted(SHOP))
def test_the_salon_accepts_what_waits_for_it(actor):
    world = a_world()
    a_shop_that_approves(world)
    booking = a_booking(world, START)
    assert (booking.status, booking.pending_for) == ("pending", "approval")
    accepted = actions.approve(booking_id=booking.pk, by=By(actor), now=NOW)
    assert (accepted.status, accepted.pending_for, accepted.expires_at) == ("confirmed", "", None)
    assert TimeSlot.objects.get().status == "booked"


@pytest.mark.parametrize("actor", sorted(VISITOR | CLOCK))
def test_nobody_else_accepts_in_the_salons_place(actor):
    world = a_world()
    a_shop_that_approves(world)
    booking = a_booking(world, START)
    before = everything_stored(booking)
    with pytest.raises(BookingError) as refused:
        actions.approve(booking_id=booking.pk, by=By(actor), now=NOW)
    assert refused.value.code == "conflict"
    # Nor does the link: it only answers for the address.
    assert actions.confirm_by_link(booking_id=booking.pk, by=By(actor), now=NOW).status == "pending"
    assert everything_stored(booking) == before


def test_a_guest_of_a_salon_that_approves_answers_first_and_then_the_salon():
    world = a_world()
    a_shop_that_approves(world)
    booking = a_booking(world, START, is_guest=True)
    assert booking.pending_for == "email"
    waiting = actions.confirm_by_link(booking_id=booking.pk, by=GUEST, now=NOW + timedelta(minutes=1))
    assert (waiting.status, waiting.pending_for) == ("pending", "approval")
    assert waiting.expires_at == NOW + timedelta(minutes=1, hours=24)
    assert waiting.email_proved_at == NOW + timedelta(minutes=1)
    slot = TimeSlot.objects.get()
    assert (slot.status, slot.expires_at) == ("held", waiting.expires_at)
    actions.approve(booking_id=booking.pk, by=by_owner(world.client), now=NOW + timedelta(hours=2))
    moves = booking.events.values_list("actor", "from_status", "to_status")
    assert list(moves) == [
        ("guest", "", "pending"),
        ("guest", "pending", "pending"),
        ("owner", "pending", "confirmed"),
    ]


def test_a_late_approval_takes_the_time_again_only_if_it_is_free():
    world = a_world()
    a_shop_that_approves(world)
    late = NOW + timedelta(hours=25)
    first = a_booking(world, START)
    actions.approve(booking_id=first.pk, by=by_owner(world.client), now=late)
    assert TimeSlot.objects.get(claim_id=first.pk).status == "booked"

    second = a_booking(world, berlin(4, "10:15"))
    other = actions.book(
        service_id=world.manicure.pk,
        staff_id=world.mina.pk,
        start=berlin(4, "10:30"),
        contact=actions.Contact("Walk-in"),
        by=by_owner(world.client),
        now=late,
    )
    before = everything_stored(second)
    with pytest.raises(BookingError) as refused:
        actions.approve(booking_id=second.pk, by=by_owner(world.client), now=late)
    assert refused.value.code == "taken"
    assert refused.value.alternatives
    assert everything_stored(second) == before
    assert other.status == "confirmed"


def test_what_the_salon_enters_is_confirmed_at_once():
    world = a_world()
    a_shop_that_approves(world)
    booking = actions.book(
        service_id=world.manicure.pk,
        staff_id=None,
        start=START,
        contact=actions.Contact("Walk-in"),
        by=by_owner(world.client),
        now=NOW,
    )
    assert (booking.status, booking.source) == ("confirmed", "shop")
    assert not to_customer().exists()  # there is no address to write to


def test_a_customer_whose_address_is_not_verified_is_asked_like_a_guest():
    world = a_world()
    world.customer.user.email_verified = False
    world.customer.user.save()
    booking = a_booking(world, START)
    assert (booking.status, booking.pending_for, booking.customer) == ("pending", "email", world.customer)
    late = NOW + timedelta(minutes=31)
    assert actions.expire(booking_id=booking.pk, now=late)
    newer = actions.confirm_by_link(booking_id=booking.pk, by=by_customer(world.customer), now=late)
    assert (newer.status, newer.customer, newer.rebooked_from) == ("confirmed", world.customer, booking)


# --- Guards of time -------------------------------------------------------------------------------


@pytest.mark.parametrize(("before_start", "is_allowed"), [(121, False), (120, True), (0, True), (-600, True)])
def test_arrival_is_marked_from_two_hours_before(before_start, is_allowed):
    booking = a_booking(a_world(), START)
    assert_guarded(actions.mark_arrived, booking, START - timedelta(minutes=before_start), is_allowed, "conflict")


@pytest.mark.parametrize("action", [actions.complete, actions.mark_no_show])
@pytest.mark.parametrize(("after_start", "is_allowed"), [(-1, False), (0, True), (60, True)])
def test_nothing_is_closed_before_it_began(action, after_start, is_allowed):
    booking = a_booking(a_world(), START)
    assert_guarded(action, booking, START + timedelta(minutes=after_start), is_allowed, "conflict")


@pytest.mark.parametrize("state", ["confirmed", "arrived"])
@pytest.mark.parametrize(("after_end", "is_allowed"), [(12 * 60 - 1, False), (12 * 60, True)])
def test_the_clock_closes_twelve_hours_after_the_end(state, after_end, is_allowed):
    booking = a_booking_in(a_world(), state)
    now = END + timedelta(minutes=after_end)
    assert_guarded(actions.complete, booking, now, is_allowed, "conflict", by=By(Actor.CLOCK))


@pytest.mark.parametrize("actor", sorted(SHOP | VISITOR))
@pytest.mark.parametrize(("before_end", "is_allowed"), [(1, True), (0, False)])
def test_cancelling_ends_with_the_appointment(actor, before_end, is_allowed):
    booking = a_booking(a_world(), START)
    assert_guarded(actions.cancel, booking, END - timedelta(minutes=before_end), is_allowed, "too_late", by=By(actor))


@pytest.mark.parametrize(("source", "action"), [("completed", actions.mark_no_show), ("no_show", actions.complete)])
@pytest.mark.parametrize(("after_seven_days", "is_allowed"), [(0, True), (1, False)])
def test_seven_days_to_put_it_right(source, action, after_seven_days, is_allowed):
    booking = a_booking_in(a_world(), source)
    now = END + timedelta(days=7, minutes=after_seven_days)
    assert_guarded(action, booking, now, is_allowed, "too_late")


@pytest.mark.parametrize("pending_for", ["email", "approval"])
@pytest.mark.parametrize(("after_hold", "is_closed"), [(-1, False), (0, True)])
def test_the_clock_closes_a_hold_when_it_is_over(pending_for, after_hold, is_closed):
    world = a_world()
    if pending_for == "approval":
        a_shop_that_approves(world)
    booking = a_booking(world, START, is_guest=pending_for == "email")
    assert booking.pending_for == pending_for
    before = everything_stored(booking)
    now = booking.expires_at + timedelta(seconds=after_hold)
    assert actions.expire(booking_id=booking.pk, now=now) is is_closed
    if not is_closed:
        assert everything_stored(booking) == before
        return
    booking.refresh_from_db()
    assert (booking.status, booking.cancel_reason, booking.expires_at) == ("cancelled", "expired", None)
    assert booking.events.last().actor == "clock"
    assert not TimeSlot.objects.exists()


def test_a_hold_never_outlasts_the_start_by_much():
    world = a_world()
    world.shop.lead_time_minutes = 0
    world.shop.save()
    start = berlin(30, "10:15", month=11)
    booking = a_booking(world, start, is_guest=True, now=start - timedelta(minutes=10))
    assert booking.expires_at == start
    soon = a_booking(world, start, staff=world.ayla, is_guest=True, now=start - timedelta(minutes=2))
    assert soon.expires_at == start + timedelta(minutes=3)


def assert_guarded(
    action: Callable[..., Booking],
    booking: Booking,
    now: datetime,
    is_allowed: bool,
    code: str,
    *,
    by: By | None = None,
) -> None:
    """The action is made at `now`, or refused with `code` and nothing changed."""
    by = by or By(Actor.OWNER)
    before = everything_stored(booking)
    if is_allowed:
        changed = action(booking_id=booking.pk, by=by, now=now)
        assert changed.status != before[0][0]["status"]
        return
    with pytest.raises(BookingError) as refused:
        action(booking_id=booking.pk, by=by, now=now)
    assert refused.value.code == code
    assert everything_stored(booking) == before


# --- The clock's jobs -----------------------------------------------------------------------------


def test_the_jobs_close_what_is_due_and_only_that(time_machine):
    world = a_world()
    held = a_booking(world, START, is_guest=True)
    later = a_booking(world, berlin(4, "10:15"), is_guest=True, now=NOW + timedelta(minutes=20))
    over = a_booking(world, berlin(1, "10:15"))
    here = a_booking_in(world, "arrived", start=berlin(1, "12:00"))
    coming = a_booking(world, berlin(4, "12:00"))

    time_machine.move_to(NOW + timedelta(minutes=30), tick=False)
    for _again in range(2):
        tasks.expire_holds.call_local()
        tasks.complete_past.call_local()
        assert states(held, later, over, here, coming) == [
            "cancelled",
            "pending",
            "confirmed",
            "arrived",
            "confirmed",
        ]
    time_machine.move_to(berlin(1, "23:05"), tick=False)
    tasks.complete_past.call_local()
    assert states(over, here) == ["completed", "arrived"]
    time_machine.move_to(berlin(2, "00:50"), tick=False)
    tasks.complete_past.call_local()
    assert states(over, here, coming) == ["completed", "completed", "confirmed"]
    assert list(here.events.values_list("actor", flat=True)) == ["customer", "owner", "clock"]


def states(*bookings: Booking) -> list[str]:
    for booking in bookings:
        booking.refresh_from_db()
    return [booking.status for booking in bookings]


def test_which_states_are_live_and_which_keep_their_time():
    assert {state.value for state in LIVE} == {"pending", "confirmed", "arrived"}
    assert {state.value for state in WITH_TIME} == {"confirmed", "arrived", "completed", "no_show"}
