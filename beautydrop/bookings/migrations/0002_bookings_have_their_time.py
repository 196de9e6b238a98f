from django.db import migrations

# 1. A booking's service and person are of its shop.
# 2. A booking that stands has its claimed time (same person, covering the service), one that is pending holds
#    at most a hold, and one that is cancelled or deleted claims nothing. Checked when the transaction commits,
#    from both sides, because booking and time slot are written one after the other.
FORWARD = """
ALTER TABLE bookings_booking
  ADD CONSTRAINT booking_service_is_of_the_same_shop
      FOREIGN KEY (service_id, shop_id) REFERENCES shops_service (id, shop_id) DEFERRABLE INITIALLY DEFERRED,
  ADD CONSTRAINT booking_staff_member_is_of_the_same_shop
      FOREIGN KEY (staff_member_id, shop_id) REFERENCES shops_staffmember (id, shop_id) DEFERRABLE INITIALLY DEFERRED;

CREATE FUNCTION bookings_check_time() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  claim uuid;
  booking bookings_booking%ROWTYPE;
BEGIN
  IF TG_TABLE_NAME = 'bookings_booking' THEN
    claim := CASE WHEN TG_OP = 'DELETE' THEN OLD.id ELSE NEW.id END;
  ELSE
    claim := CASE WHEN TG_OP = 'DELETE' THEN OLD.claim_id ELSE NEW.claim_id END;
  END IF;
  SELECT * INTO booking FROM bookings_booking WHERE id = claim;
  IF NOT FOUND THEN
    IF TG_TABLE_NAME = 'bookings_booking' AND EXISTS (SELECT FROM scheduling_timeslot WHERE claim_id = claim) THEN
      RAISE EXCEPTION 'a deleted booking still claims time' USING
        ERRCODE = 'check_violation', CONSTRAINT = 'deleted_booking_claims_no_time';
    END IF;
    RETURN NULL;
  END IF;
  IF booking.status IN ('confirmed', 'arrived', 'completed', 'no_show') THEN
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
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER booking_has_its_time AFTER INSERT OR UPDATE OR DELETE ON bookings_booking
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION bookings_check_time();
CREATE CONSTRAINT TRIGGER time_slot_fits_its_booking AFTER INSERT OR UPDATE OR DELETE ON scheduling_timeslot
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION bookings_check_time();
"""
BACKWARD = """
DROP TRIGGER time_slot_fits_its_booking ON scheduling_timeslot;
DROP TRIGGER booking_has_its_time ON bookings_booking;
DROP FUNCTION bookings_check_time();
ALTER TABLE bookings_booking
  DROP CONSTRAINT booking_service_is_of_the_same_shop,
  DROP CONSTRAINT booking_staff_member_is_of_the_same_shop;
"""


class Migration(migrations.Migration):
    dependencies = [("bookings", "0001_initial"), ("scheduling", "0002_hours_stay_in_their_shop")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
