from django.db import migrations

# A person can only be assigned to a service of the shop where they work: the database holds it.
FORWARD = """
ALTER TABLE shops_staffserviceassignment
  ADD CONSTRAINT assignment_service_is_of_the_same_shop
      FOREIGN KEY (service_id, shop_id) REFERENCES shops_service (id, shop_id) DEFERRABLE INITIALLY DEFERRED,
  ADD CONSTRAINT assignment_staff_member_is_of_the_same_shop
      FOREIGN KEY (staff_member_id, shop_id) REFERENCES shops_staffmember (id, shop_id) DEFERRABLE INITIALLY DEFERRED;
"""
BACKWARD = """
ALTER TABLE shops_staffserviceassignment
  DROP CONSTRAINT assignment_service_is_of_the_same_shop,
  DROP CONSTRAINT assignment_staff_member_is_of_the_same_shop;
"""


class Migration(migrations.Migration):
    dependencies = [("shops", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
