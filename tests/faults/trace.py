"""What the database itself saw: each claim of a message, and each change of a booking, with who could see what.

A clock could not tell whether a change was committed before a claim or only begun; PostgreSQL's snapshots can.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_MAKE = """
CREATE TABLE seen_claim (
    id bigserial PRIMARY KEY, message uuid, claim uuid, at timestamptz DEFAULT clock_timestamp(), snapshot pg_snapshot
);
CREATE TABLE seen_change (
    id bigserial PRIMARY KEY, booking uuid, status text, pending_for text, sequence int, xid xid8
);
CREATE FUNCTION see_claim() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO seen_claim (message, claim, snapshot) VALUES (NEW.id, NEW.claim, pg_current_snapshot());
    RETURN NULL;
END $$;
CREATE FUNCTION see_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO seen_change (booking, status, pending_for, sequence, xid)
    VALUES (NEW.id, NEW.status, NEW.pending_for, NEW.sequence, pg_current_xact_id());
    RETURN NULL;
END $$;
CREATE TRIGGER see_claim AFTER UPDATE OF claim ON notifications_outboxmessage
    FOR EACH ROW WHEN (NEW.claim IS NOT NULL AND NEW.claim IS DISTINCT FROM OLD.claim) EXECUTE FUNCTION see_claim();
CREATE TRIGGER see_change AFTER INSERT OR UPDATE ON bookings_booking FOR EACH ROW EXECUTE FUNCTION see_change();
"""
_DROP = """
DROP TRIGGER see_claim ON notifications_outboxmessage; DROP TRIGGER see_change ON bookings_booking;
DROP FUNCTION see_claim(); DROP FUNCTION see_change(); DROP TABLE seen_claim; DROP TABLE seen_change
"""
# The booking of a message as it was, committed, when the message was claimed last before that moment.
_AS_CLAIMED = """
SELECT (SELECT count(*) FROM seen_claim WHERE message = %(message)s AND at <= to_timestamp(%(at)s)), state.*
  FROM (SELECT 1) one LEFT JOIN LATERAL (
    SELECT status, pending_for, sequence FROM seen_change
     WHERE booking = %(booking)s AND pg_visible_in_snapshot(xid, (
        SELECT snapshot FROM seen_claim
         WHERE message = %(message)s AND at <= to_timestamp(%(at)s) ORDER BY id DESC LIMIT 1))
     ORDER BY id DESC LIMIT 1) state ON true
"""


@contextmanager
def tracing() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(_MAKE)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(_DROP)


def as_claimed(*, message: object, booking: object, at: float) -> tuple[int, str, str, int]:
    """How often the message was claimed by `at`; status, what it waits for and sequence of its booking at the last."""
    with connection.cursor() as cursor:
        cursor.execute(_AS_CLAIMED, {"message": message, "booking": booking, "at": at})
        found = cursor.fetchone()
    assert found is not None
    claims, status, pending_for, sequence = found
    return claims, status or "", pending_for or "", -1 if sequence is None else sequence
