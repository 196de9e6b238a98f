"""A thousand reminders due at once: no query for each, one connection a batch, all in one minute's sweep."""

import math
import time
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from beautydrop.bookings.messages import reminders
from beautydrop.bookings.models import Booking
from beautydrop.notifications import delivery, outbox
from beautydrop.notifications.models import OutboxMessage
from beautydrop.scheduling.models import TimeSlot
from beautydrop.shops.models import StaffMember
from tests.factories import NOW, a_booking, a_world, berlin
from tests.faults.sink import Sink

pytestmark = [pytest.mark.faults, pytest.mark.django_db]
START = berlin(3, "10:15")
DUE = START - timedelta(hours=24)
# For each batch: what is due 1, claim it 2, read what it is about 1, addresses that refuse 1, write the letters and
# close the announcements 4 (two of them are a savepoint; outside of tests BEGIN and COMMIT), claim the letters 2.
A_BATCH = 11
# For each TOGETHER of the letters: read again 1, refused since 1, record 1.
A_CHUNK = 3


def many_bookings(count: int) -> None:
    """So many at one and the same time, each with somebody of their own."""
    world = a_world()
    model = a_booking(world, START)
    OutboxMessage.objects.all().delete()
    staff = [StaffMember(shop=world.shop, name=f"Mina {number}") for number in range(count)]
    bookings, slots = [], []
    for number, member in enumerate(staff):
        booking = Booking(**_fields(model))
        booking.pk, booking.staff_member = uuid.uuid4(), member
        booking.customer, booking.contact_email = None, f"guest-{number}@example.com"
        booking.reference, booking.token, booking.idempotency_key = f"R{number:05}", f"token-of-guest-{number:08}", None
        bookings.append(booking)
        slots.append(
            TimeSlot(
                staff_member=member,
                claim_id=booking.pk,
                start_at=booking.starts_at,
                end_at=booking.ends_at,
                status=TimeSlot.Status.BOOKED,
            )
        )
    StaffMember.objects.bulk_create(staff)
    TimeSlot.objects.bulk_create(slots)
    Booking.objects.bulk_create(bookings)
    OutboxMessage.objects.bulk_create(
        outbox.announcement(reminders.DAY, subject_id=one.pk, due_at=DUE, language="en") for one in bookings
    )


def _fields(model: Booking) -> dict[str, object]:
    return {field.attname: getattr(model, field.attname) for field in Booking._meta.concrete_fields}


@pytest.mark.parametrize("count", [25, 250, 1000])
def test_no_query_for_each(count, sink: Sink, settings, time_machine):
    many_bookings(count)
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": sink.port, "use_tls": False, "timeout": 20},
        }
    }
    time_machine.move_to(DUE, tick=False)
    began = time.perf_counter()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        # Not bound by the clock of the machine that tests: each sweep has 45 seconds.
        assert delivery.sweep(DUE, seconds=600) == count
    took = time.perf_counter() - began
    print(f"{count} reminders: {len(queries)} queries, {sink.connections} connections, {took:.1f} s")

    assert sorted(one.recipient for one in sink.taken()) == sorted(f"guest-{n}@example.com" for n in range(count))
    assert len({one.message_id for one in sink.taken()}) == count
    batches = math.ceil(count / delivery.BATCH)
    assert sink.connections == batches
    assert (batches, len(queries)) == {25: (1, 15), 250: (1, 42), 1000: (4, 165)}[count]
    # And the last look, which finds nothing due any more.
    assert len(queries) == batches * A_BATCH + count // delivery._TOGETHER * A_CHUNK + 1
    letters = OutboxMessage.objects.filter(channel="email")
    assert set(letters.values_list("status", "attempts", "claimed_until")) == {("sent", 1, None)}
    assert delivery.due(DUE + timedelta(minutes=1)) == []


def test_a_sweep_stops_in_time_and_the_next_goes_on(sink: Sink, settings, time_machine):
    """No sweep is still at it when the next one begins; together they send everything once."""
    many_bookings(60)
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": sink.port, "use_tls": False, "timeout": 20},
        }
    }
    time_machine.move_to(DUE, tick=False)
    sink.pauses = lambda: (0.05, 0)
    began = time.perf_counter()
    first = delivery.sweep(DUE, seconds=1)
    assert time.perf_counter() - began < 4
    assert 0 < first < 60
    sink.pauses = lambda: (0, 0)
    left = OutboxMessage.objects.filter(channel="email", status="pending")
    assert left.count() == 60 - first
    assert set(left.values_list("attempts", "claimed_until")) == {(0, None)}
    assert delivery.sweep(NOW + (DUE - NOW) + timedelta(minutes=1), seconds=600) == 60 - first
    assert len(sink.taken()) == len({one.message_id for one in sink.taken()}) == 60
