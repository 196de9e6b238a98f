"""Did every mail arrive, once, and true? Read from the mail server, the tables and what the database saw.

A mail is counted by its Message-ID, as mailboxes do. Exactly once over SMTP does not exist: a worker that is killed
between the server's 250 and its own record, or that never hears the 250, must send again. So the same Message-ID may
come again, and no oftener than that: once for each killed thread of a worker and each 250 that was not said.
"""

from collections import Counter, defaultdict
from datetime import datetime

from beautydrop.bookings.models import Booking
from beautydrop.notifications.channels.email import message_id
from beautydrop.notifications.kinds import kind_of
from beautydrop.notifications.models import OutboxMessage
from tests.faults import trace
from tests.faults.sink import Sink

# Letters that are not essential are recorded by so many (see delivery.py).
TOGETHER = 25


def is_true(kind: str, sequence: int, *, status: str, pending_for: str, now_at: int) -> bool:
    """May a message of this kind and sequence be sent about a booking that stands so?"""
    if sequence != now_at:
        return False
    match kind:
        case "booking.please_confirm":
            return pending_for == "email"
        case "booking.confirmed" | "booking.moved":
            return status in {"confirmed", "arrived"}
        case "booking.cancelled":
            return status == "cancelled"
        case "salon.cancelled":
            return status == "cancelled"
        case "salon.booked" | "salon.moved":
            return status != "cancelled"
    raise AssertionError(f"what is {kind}?")


def assert_delivered(sink: Sink, *, killed_threads: int, now: datetime) -> None:
    """Everything due by `now` arrived, none twice, none stale. Nobody sends any more."""
    rows = {message_id(row): row for row in OutboxMessage.objects.filter(channel="email")}
    bookings = Booking.objects.in_bulk()
    arrived = Counter(one.message_id for one in sink.taken())
    assert set(arrived) <= set(rows), "mails that nobody wrote"
    _assert_all_handled(now)
    _assert_arrived(rows, arrived, bookings)
    _assert_once(rows, arrived)
    _assert_repeats(sink, rows, arrived, killed_threads)
    _assert_not_stale(sink, rows)


def _assert_all_handled(now: datetime) -> None:
    waiting = OutboxMessage.objects.filter(status="pending", due_at__lte=now)
    assert not waiting.exists(), f"still waiting: {list(waiting.values_list('kind', 'attempts', 'error'))[:5]}"
    given_up = OutboxMessage.objects.filter(status__in=["dead", "blocked"])
    assert not given_up.exists(), f"given up: {list(given_up.values_list('kind', 'attempts', 'error'))[:5]}"


def _assert_arrived(rows: dict[str, OutboxMessage], arrived: Counter[str], bookings: dict[object, Booking]) -> None:
    for key, row in rows.items():
        booking = bookings[row.subject_id]
        still_true = is_true(
            row.kind, row.sequence, status=booking.status, pending_for=booking.pending_for, now_at=booking.sequence
        )
        if still_true:
            assert row.status == "sent", f"{row.kind} {row.sequence} is {row.status}, and it is true"
        if row.status == "sent":
            assert arrived[key], f"{row.kind} {row.sequence} never arrived"
    # The salon hears of each change that is not overtaken.
    told = {(row.subject_id, row.kind, row.sequence) for row in rows.values()}
    for row in OutboxMessage.objects.filter(channel="people", kind__startswith="salon."):
        booking = bookings[row.subject_id]
        if row.sequence == booking.sequence:
            assert (row.subject_id, row.kind, row.sequence) in told, f"nobody was told: {row.kind}"


def _assert_once(rows: dict[str, OutboxMessage], arrived: Counter[str]) -> None:
    keys = Counter((rows[key].subject_id, rows[key].kind, rows[key].sequence, rows[key].recipient) for key in arrived)
    twice = [key for key, count in keys.items() if count > 1]
    assert not twice, f"two mails for one cause: {twice}"


def repeats(rows: dict[str, OutboxMessage], arrived: Counter[str]) -> dict[bool, int]:
    """Is essential → how many were handed over and not recorded."""
    found: dict[bool, int] = defaultdict(int)
    for key, count in arrived.items():
        found[kind_of(rows[key].kind).is_essential] += max(0, count - (rows[key].status == "sent"))
    return found


def _assert_repeats(sink: Sink, rows: dict[str, OutboxMessage], arrived: Counter[str], killed_threads: int) -> None:
    unheard = sum(not one.is_acknowledged for one in sink.taken())
    found = repeats(rows, arrived)
    assert found[True] <= killed_threads + unheard, f"{found[True]} sent again, {killed_threads} killed"
    assert found[False] <= TOGETHER * killed_threads + unheard, f"{found[False]} sent again, {killed_threads} killed"


def _assert_not_stale(sink: Sink, rows: dict[str, OutboxMessage]) -> None:
    """No mail was handed over whose booking had changed, committed, before the worker claimed the message."""
    for one in sink.taken():
        row = rows[one.message_id]
        claims, status, pending_for, sequence = trace.as_claimed(message=row.pk, booking=row.subject_id, at=one.at)
        assert claims, f"{row.kind} {row.sequence} was sent by nobody who had claimed it"
        assert is_true(row.kind, row.sequence, status=status, pending_for=pending_for, now_at=sequence), (
            f"stale: {row.kind} {row.sequence} was sent, claimed when the booking was {status} {sequence}"
        )
        assert one.recipient == row.recipient
        assert one.calendar_sequence in {None, row.sequence}, f"{row.kind} speaks of another state"
