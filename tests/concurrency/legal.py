"""Is what is stored legal? Read back from the tables alone, whatever the actions said."""

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import pairwise

from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import WITH_TIME, Actor, State
from beautydrop.notifications.models import OutboxMessage
from beautydrop.scheduling.models import TimeSlot


def assert_legal() -> None:
    """Nobody is booked twice, each booking has exactly its time, and history and messages fit each other."""
    assert_no_overlap()
    slots = defaultdict(list)
    for slot in TimeSlot.objects.all():
        slots[slot.claim_id].append(slot)
    messages = defaultdict(Counter)
    # The letters to customers; what the salon hears stands beside them.
    for message in OutboxMessage.objects.filter(channel="email", kind__startswith="booking."):
        messages[message.subject_id][message.kind, message.sequence] += 1
    for booking in Booking.objects.select_related("service").prefetch_related("events"):
        _assert_time(booking, slots.pop(booking.pk, []))
        _assert_story(booking, messages.pop(booking.pk, Counter()))
    assert not slots, "time is claimed for no booking"
    assert not messages, "messages are about no booking"


def assert_no_overlap() -> None:
    """No two claims of one person meet."""
    by_staff = defaultdict(list)
    for slot in TimeSlot.objects.order_by("start_at"):
        by_staff[slot.staff_member_id].append(slot)
    for claimed in by_staff.values():
        for one, other in pairwise(claimed):
            assert one.end_at <= other.start_at, f"booked twice: {one} and {other}"


def _assert_time(booking: Booking, slots: list[TimeSlot]) -> None:
    service = booking.service
    if booking.status in WITH_TIME:
        assert [slot.status for slot in slots] == ["booked"]
    elif booking.status == State.PENDING:
        # A hold that ran out may have given way before the clock closed its booking.
        assert [(slot.status, slot.expires_at) for slot in slots] in ([], [("held", booking.expires_at)])
    else:
        assert slots == []
    for slot in slots:
        assert slot.staff_member_id == booking.staff_member_id
        assert slot.start_at == booking.starts_at - timedelta(minutes=service.buffer_before_minutes)
        assert slot.end_at == booking.ends_at + timedelta(minutes=service.buffer_after_minutes)


def _assert_story(booking: Booking, messages: Counter[tuple[str, int]]) -> None:
    """Replay the history: each step begins where the last ended, and caused exactly the messages that are.

    For bookings of shops that confirm at once.
    """
    status, start, sequence = None, None, 0
    is_proved = not booking.is_guest
    caused: Counter[tuple[str, int]] = Counter()
    # By key: events of one booking are written one after the other, because its row is locked.
    for event in sorted(booking.events.all(), key=lambda event: event.pk):
        if event.kind == "created":
            assert status is None
            start = event.to_start
            is_waiting = event.to_status == State.PENDING
            # A late click makes a new booking with an address that is proved already.
            is_proved = is_proved or not is_waiting
            caused["booking.please_confirm" if is_waiting else "booking.confirmed", 0] += 1
        elif event.kind == "moved":
            assert (status, event.from_start) == (State.CONFIRMED, start)
            start = event.to_start
            sequence += 1
            caused["booking.moved", sequence] += 1
        elif event.kind == "edited":
            assert status == State.PENDING
            sequence += 1
            caused["booking.please_confirm", sequence] += 1
        else:
            assert event.from_status == status
            assert (status, event.to_status) in {
                (State.PENDING, State.CONFIRMED),
                (State.PENDING, State.CANCELLED),
                (State.CONFIRMED, State.CANCELLED),
            }
            if event.to_status == State.CONFIRMED:
                is_proved = True
                caused["booking.confirmed", sequence] += 1
            else:
                sequence += event.actor != Actor.CLOCK
                by_visitor = event.actor in {Actor.GUEST, Actor.CUSTOMER, Actor.CLOCK}
                if is_proved or not by_visitor:
                    caused["booking.cancelled", sequence] += 1
        status = event.to_status
    assert (status, start, sequence) == (booking.status, booking.starts_at, booking.sequence)
    assert messages == (caused if booking.contact_email else Counter())
