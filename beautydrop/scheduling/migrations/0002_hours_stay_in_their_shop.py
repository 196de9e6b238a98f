from django.db import migrations

# Hours and exceptions of a staff member belong to the shop where they work.
FORWARD = """
ALTER TABLE scheduling_schedule
  ADD CONSTRAINT schedule_staff_member_is_of_the_same_shop
      FOREIGN KEY (staff_member_id, shop_id) REFERENCES shops_staffmember (id, shop_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE scheduling_scheduleexception
  ADD CONSTRAINT exception_staff_member_is_of_the_same_shop
      FOREIGN KEY (staff_member_id, shop_id) REFERENCES shops_staffmember (id, shop_id) DEFERRABLE INITIALLY DEFERRED;
"""
BACKWARD = """
ALTER TABLE scheduling_schedule DROP CONSTRAINT schedule_staff_member_is_of_the_same_shop;
ALTER TABLE scheduling_scheduleexception DROP CONSTRAINT exception_staff_member_is_of_the_same_shop;
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0001_initial"), ("shops", "0002_assignments_stay_in_their_shop")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
