"""Taking a slip of the hand back, telling nobody, and the salon's own note."""

from datetime import timedelta

import pytest

from beautydrop.bookings import actions
from beautydrop.bookings.actions import By
from beautydrop.bookings.errors import BookingError
from beautydrop.bookings.states import UNDOS, Actor, State, may_undo
from tests.factories import NOW, a_booking, a_world, berlin, by_owner, to_customer

pytestmark = pytest.mark.django_db

START = berlin(3, "10:15")
SHOP = {Actor.STAFF, Actor.OWNER, Actor.ADMIN}
HIGH = {Actor.OWNER, Actor.ADMIN}


def test_the_table_of_undoing():
    table = {(source.value, target.value): set(actors) for (source, target), actors in UNDOS.items()}
    assert table == {
        ("arrived", "confirmed"): SHOP,
        ("completed", "confirmed"): SHOP,
        ("completed", "arrived"): SHOP,
        ("completed", "no_show"): HIGH,
        ("no_show", "confirmed"): SHOP,
        ("no_show", "completed"): HIGH,
    }
    assert not any(may_undo("cancelled", state, actor) for state in State for actor in Actor)


@pytest.mark.parametrize("actor", [Actor.STAFF, Actor.OWNER])
@pytest.mark.parametrize(
    ("steps", "state", "before"),
    [
        (["mark_arrived"], "arrived", "confirmed"),
        (["complete"], "completed", "confirmed"),
        (["mark_arrived", "complete"], "completed", "arrived"),
        (["mark_no_show"], "no_show", "confirmed"),
    ],
)
def test_it_goes_back_to_the_state_before(actor, steps, state, before):
    world = a_world()
    booking = a_booking(world, START)
    for step in steps:
        getattr(actions, step)(booking_id=booking.pk, by=By(actor), now=START)
    mails = to_customer().count()
    undone = actions.undo(booking_id=booking.pk, state=state, by=By(actor), now=START + timedelta(minutes=15))
    assert undone.status == before
    last = undone.events.last()
    assert (last.from_status, last.to_status, last.note) == (state, before, "undo")
    assert to_customer().count() == mails
    assert actions.undoable(undone, last, by=By(Actor.OWNER), now=START) is None  # no undo of an undo


@pytest.mark.parametrize("step", ["complete", "mark_no_show"])
def test_after_a_quarter_of_an_hour_it_stands(step):
    booking = a_booking(a_world(), START)
    done = getattr(actions, step)(booking_id=booking.pk, by=By(Actor.OWNER), now=START)
    with pytest.raises(BookingError) as refused:
        actions.undo(
            booking_id=booking.pk, state=done.status, by=By(Actor.OWNER), now=START + timedelta(minutes=15, seconds=1)
        )
    assert refused.value.code == "too_late"


def test_what_the_clock_closed_and_what_is_cancelled_stand():
    world = a_world()
    late = START + timedelta(hours=14)
    closed = a_booking(world, START)
    actions.complete(booking_id=closed.pk, by=By(Actor.CLOCK), now=late)
    cancelled = a_booking(world, berlin(3, "14:15"))
    actions.cancel(booking_id=cancelled.pk, by=by_owner(world.client), now=NOW)
    for booking, state, now in [(closed, "completed", late), (cancelled, "cancelled", NOW)]:
        with pytest.raises(BookingError):
            actions.undo(booking_id=booking.pk, state=state, by=By(Actor.OWNER), now=now)


def test_undo_never_takes_back_what_somebody_else_did_since():
    booking = a_booking(a_world(), START)
    actions.mark_arrived(booking_id=booking.pk, by=By(Actor.STAFF), now=START)
    actions.complete(booking_id=booking.pk, by=By(Actor.OWNER), now=START)
    with pytest.raises(BookingError) as refused:
        actions.undo(booking_id=booking.pk, state="arrived", by=By(Actor.STAFF), now=START)
    assert refused.value.code == "conflict"
    booking.refresh_from_db()
    assert booking.status == "completed"


@pytest.mark.parametrize("tell", [True, False])
def test_the_salon_chooses_whether_the_client_is_told(tell):
    world = a_world()
    owner = by_owner(world.client)
    booking = a_booking(world, START)
    actions.reschedule(
        booking_id=booking.pk, staff_id=world.ayla.pk, start=berlin(4, "10:20"), by=owner, now=NOW, tell=tell
    )
    actions.cancel(booking_id=booking.pk, by=owner, now=NOW, tell=tell)
    kinds = list(to_customer().order_by("created_at").values_list("kind", flat=True))
    assert kinds == ["booking.confirmed", *(["booking.moved", "booking.cancelled"] if tell else [])]
    booking.refresh_from_db()
    assert (booking.status, booking.sequence) == ("cancelled", 2)


def test_a_note_is_never_written_over_one_that_was_not_read():
    world = a_world()
    owner = by_owner(world.client)
    booking = a_booking(world, START)
    for _twice in range(2):
        actions.write_note(booking_id=booking.pk, note="Retinol", seen="", by=owner, now=NOW)
    assert list(booking.events.values_list("kind", flat=True)) == ["created", "edited"]
    with pytest.raises(BookingError) as refused:
        actions.write_note(booking_id=booking.pk, note="Latex", seen="", by=owner, now=NOW)
    assert refused.value.code == "conflict"
    booking.refresh_from_db()
    assert booking.staff_notes == "Retinol"
