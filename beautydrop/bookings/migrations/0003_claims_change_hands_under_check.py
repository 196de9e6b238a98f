from django.db import migrations

# As 0002, but a changed row is checked for what it was too: a claim that is given another id leaves its booking
# without time just like one that is deleted.
FORWARD = """
CREATE OR REPLACE FUNCTION bookings_check_time() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  claims uuid[];
  claim uuid;
  booking bookings_booking%ROWTYPE;
BEGIN
  IF TG_TABLE_NAME = 'bookings_booking' THEN
    claims := ARRAY[CASE WHEN TG_OP = 'DELETE' THEN OLD.id ELSE NEW.id END];
  ELSIF TG_OP = 'INSERT' THEN
    claims := ARRAY[NEW.claim_id];
  ELSIF TG_OP = 'DELETE' OR OLD.claim_id = NEW.claim_id THEN
    claims := ARRAY[OLD.claim_id];
  ELSE
    claims := ARRAY[OLD.claim_id, NEW.claim_id];
  END IF;
  FOREACH claim IN ARRAY claims LOOP
    SELECT * INTO booking FROM bookings_booking WHERE id = claim;
    IF NOT FOUND THEN
      IF TG_TABLE_NAME = 'bookings_booking' AND EXISTS (SELECT FROM scheduling_timeslot WHERE claim_id = claim) THEN
        RAISE EXCEPTION 'a deleted booking still claims time' USING
          ERRCODE = 'check_violation', CONSTRAINT = 'deleted_booking_claims_no_time';
      END IF;
    ELSIF booking.status IN ('confirmed', 'arrived', 'completed', 'no_show') THEN
      IF NOT EXISTS (
        SELECT FROM scheduling_timeslot
         WHERE claim_id = claim AND status = 'booked' AND staff_member_id = booking.staff_member_id
           AND start_at <= booking.starts_at AND end_at >= booking.ends_at
      ) THEN
        RAISE EXCEPTION 'booking % stands without its time', claim USING
          ERRCODE = 'check_violation', CONSTRAINT = 'standing_booking_has_its_time';
      END IF;
    ELSIF EXISTS (
      SELECT FROM scheduling_timeslot
       WHERE claim_id = claim AND (booking.status = 'cancelled' OR status <> 'held')
    ) THEN
      RAISE EXCEPTION 'booking % claims time that it should not', claim USING
        ERRCODE = 'check_violation', CONSTRAINT = 'unconfirmed_booking_books_no_time';
    END IF;
  END LOOP;
  RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("bookings", "0002_bookings_have_their_time")]
    # Going back leaves the stricter function; 0002 drops it.
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
