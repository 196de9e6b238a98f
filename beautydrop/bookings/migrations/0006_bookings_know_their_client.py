from django.db import migrations

# Each e-mail address of a shop's bookings is a client, named as in the latest; each phone number without an e-mail
# another one, unless a client has it already. Holds that ran out unproved make nobody a client.
FORWARD = r"""
INSERT INTO bookings_shopclient
       (id, shop_id, name, email, phone, notes, tags, is_added, is_erased, created_at, updated_at)
SELECT DISTINCT ON (shop_id, lower(contact_email))
       gen_random_uuid(), shop_id, contact_name, lower(contact_email),
       CASE WHEN contact_phone ~ '^\+[0-9]{4,15}$' THEN contact_phone ELSE '' END,
       '', '{}', false, false, created_at, created_at
  FROM bookings_booking
 WHERE contact_email <> '' AND (cancel_reason <> 'expired' OR email_proved_at IS NOT NULL)
 ORDER BY shop_id, lower(contact_email), starts_at DESC;

UPDATE bookings_booking AS booking
   SET shop_client_id = client.id
  FROM bookings_shopclient AS client
 WHERE client.shop_id = booking.shop_id AND client.email = lower(booking.contact_email)
   AND booking.contact_email <> '';

INSERT INTO bookings_shopclient
       (id, shop_id, name, email, phone, notes, tags, is_added, is_erased, created_at, updated_at)
SELECT DISTINCT ON (shop_id, contact_phone)
       gen_random_uuid(), shop_id, contact_name, '', contact_phone, '', '{}', false, false, created_at, created_at
  FROM bookings_booking AS booking
 WHERE contact_email = '' AND contact_phone ~ '^\+[0-9]{4,15}$'
   AND NOT EXISTS (SELECT FROM bookings_shopclient AS known
                    WHERE known.shop_id = booking.shop_id AND known.phone = booking.contact_phone)
 ORDER BY shop_id, contact_phone, starts_at DESC;

UPDATE bookings_booking AS booking
   SET shop_client_id = (SELECT id FROM bookings_shopclient AS client
                          WHERE client.shop_id = booking.shop_id AND client.phone = booking.contact_phone
                          ORDER BY client.created_at LIMIT 1)
 WHERE contact_email = '' AND contact_phone <> '' AND shop_client_id IS NULL;
"""
BACKWARD = "UPDATE bookings_booking SET shop_client_id = NULL; DELETE FROM bookings_shopclient;"


class Migration(migrations.Migration):
    dependencies = [("bookings", "0005_clients_of_the_shop")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
