"""A new booking finds its client, or makes one: by e-mail, else by phone. Inside the booking's transaction.

Lock order, everywhere: bookings, then staff rows, then clients. Whoever links shares the client's row
(FOR KEY SHARE), whoever merges or erases locks it (FOR UPDATE), so that no booking lands on a row just emptied.
"""

import re
import uuid
from datetime import datetime

from django.db import connection

from beautydrop.bookings.models import ShopClient

_PHONE = re.compile(r"\+[0-9]{4,15}")

# A phone number alone doesn't make two people one: where both have an e-mail address, the address decides.
# Of two first bookings at once, the second waits for the first and takes its client.
_FIND_OR_MAKE = """
WITH found AS (
  SELECT coalesce(merged_into_id, id) AS id FROM bookings_shopclient
   WHERE shop_id = %(shop)s AND NOT is_erased
     AND (email <> '' AND email = %(email)s
          OR phone <> '' AND phone = %(phone)s AND (%(email)s = '' OR email = ''))
   ORDER BY email <> '' AND email = %(email)s DESC, merged_into_id IS NULL DESC, created_at
   LIMIT 1 FOR KEY SHARE
), made AS (
  INSERT INTO bookings_shopclient
         (id, shop_id, name, email, phone, notes, tags, is_added, is_erased, created_at, updated_at)
  SELECT %(id)s, %(shop)s, %(name)s, %(email)s, %(phone)s, '', '{}', false, false, %(now)s, %(now)s
   WHERE NOT EXISTS (SELECT FROM found)
  ON CONFLICT (shop_id, email) WHERE NOT email = '' AND NOT is_erased
  DO UPDATE SET updated_at = excluded.updated_at
  RETURNING coalesce(merged_into_id, id) AS id
)
SELECT id FROM found UNION ALL SELECT id FROM made
"""


def client_of(shop_id: uuid.UUID, *, name: str, email: str, phone: str, now: datetime) -> uuid.UUID | None:
    """The id of the shop's client with this e-mail, else phone, made when new; None without either.

    One query. What the salon wrote about a client is never changed here.
    """
    known: dict[str, str | uuid.UUID | datetime] = {
        "shop": shop_id,
        "email": email.strip().lower(),
        "phone": phone if _PHONE.fullmatch(phone) else "",
        "name": name[:120],
        "id": uuid.uuid4(),
        "now": now,
    }
    if not known["email"] and not known["phone"]:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_FIND_OR_MAKE, known)
        (found,) = cursor.fetchone()
    return uuid.UUID(str(found))


def chosen(shop_id: uuid.UUID, client_id: uuid.UUID) -> uuid.UUID | None:
    """The shop's client that the salon picked itself, or whom they were merged into; None when they are gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(merged_into_id, id) FROM bookings_shopclient"
            " WHERE id = %s AND shop_id = %s AND NOT is_erased FOR KEY SHARE",
            [client_id, shop_id],
        )
        row = cursor.fetchone()
    return uuid.UUID(str(row[0])) if row else None


def add(shop_id: uuid.UUID, *, name: str) -> uuid.UUID:
    """Somebody whom the salon adds by name alone: there is nothing to find them by, so it is a new client."""
    return ShopClient.objects.create(shop_id=shop_id, name=name[:120], is_added=True).pk
