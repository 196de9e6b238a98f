"""The only writers of a salon's clients, besides linking.py and importing.py. Each is one transaction."""

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from beautydrop.bookings.actions.person import ERASED_NAME, forget
from beautydrop.bookings.models import Booking, ShopClient
from beautydrop.bookings.states import LIVE
from beautydrop.shops.models import Shop

MAX_TAGS = 12


class ClientError(Exception):
    """What can't be done, said to the person; `other` is the client that stands in the way, if one does."""

    def __init__(self, message: str, other: ShopClient | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.other = other


def create(
    *, shop: Shop, name: str, email: str = "", phone: str = "", notes: str = "", tags: list[str] | None = None
) -> ShopClient:
    """Somebody whom the salon enters itself. Raises ClientError when the e-mail address is another's."""
    client = ShopClient(shop=shop, is_added=True)
    return _write(client, name=name, email=email, phone=phone, notes=notes, tags=tags or [])


def edit(
    *, client_id: uuid.UUID, name: str, email: str, phone: str, notes: str, tags: list[str], seen_notes: str
) -> ShopClient:
    """What the salon knows. Notes that somebody else changed since `seen_notes` are kept. Raises ClientError."""
    with transaction.atomic():
        client = _locked([client_id])[0]
        if client.notes not in {seen_notes, notes}:
            raise ClientError(_("Somebody else has changed the notes meanwhile. Theirs are shown above yours."))
        return _write(client, name=name, email=email, phone=phone, notes=notes, tags=tags)


def _write(client: ShopClient, *, name: str, email: str, phone: str, notes: str, tags: list[str]) -> ShopClient:
    email = email.strip().lower()
    client.name, client.email, client.phone, client.notes = name, email, phone, notes
    client.tags = list(dict.fromkeys(tags))[:MAX_TAGS]
    client.is_added = True
    try:
        with transaction.atomic():
            if email:
                # An address of their own that a merge made second becomes the first again.
                ShopClient.objects.filter(shop=client.shop_id, email=email, merged_into=client.pk).update(email="")
            client.save()
    except IntegrityError as error:
        other = ShopClient.objects.filter(shop=client.shop_id, email=email, is_erased=False).first()
        if other is None or not email:
            raise
        raise ClientError(_("Another client has this e-mail address"), other.merged_into or other) from error
    return client


def merge(*, kept_id: uuid.UUID, gone_id: uuid.UUID, now: datetime) -> ShopClient:
    """Two rows that are one person: the bookings move to `kept`, whose details go first; nothing is lost.

    `gone` stays as a second address of `kept`, so that later bookings by it find the way. Raises ClientError.
    """
    with transaction.atomic():
        # Bookings before clients: the lock order of linking.py.
        list(Booking.objects.select_for_update(no_key=True).filter(shop_client=gone_id).order_by("pk").values("pk"))
        found = {client.pk: client for client in _locked([kept_id, gone_id])}
        kept, gone = found.get(kept_id), found.get(gone_id)
        if kept is None or gone is None or kept_id == gone_id or kept.shop_id != gone.shop_id:
            raise ClientError(_("One of the two is no longer there. Look at the list again."))
        Booking.objects.filter(shop_client=gone).update(shop_client=kept, updated_at=now)
        ShopClient.objects.filter(merged_into=gone).update(merged_into=kept)
        kept.email, takes_address = kept.email or gone.email, not kept.email
        kept.phone = kept.phone or gone.phone
        kept.notes = "\n".join(dict.fromkeys(part for part in (kept.notes, gone.notes) if part))[:4000]
        kept.tags = list(dict.fromkeys([*kept.tags, *gone.tags]))[:MAX_TAGS]
        kept.is_added = kept.is_added or gone.is_added
        gone.merged_into, gone.notes, gone.tags = kept, "", []
        if takes_address:
            gone.email = ""
        gone.save()
        kept.save()
        return kept


def coming(client: ShopClient, now: datetime) -> list[Booking]:
    """Live bookings of the client that are not over: while there are any, nothing is erased."""
    return list(
        Booking.objects.filter(shop_client=client, status__in=LIVE, ends_at__gt=now)
        .select_related("staff_member")
        .order_by("starts_at")
    )


def erase(*, client_id: uuid.UUID, now: datetime) -> ShopClient:
    """Forget the person: contact, notes, links and mails of this shop. Times, services and prices stay.

    Raises ClientError while a booking lies ahead.
    """
    with transaction.atomic():
        mine = Booking.objects.filter(shop_client=client_id)
        list(mine.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
        client = next(iter(_locked([client_id])), None)
        if client is None:
            raise ClientError(_("This client is no longer there."))
        if coming(client, now):
            raise ClientError(_("A booking still lies ahead. Cancel it first, then the data can be erased."))
        forget(list(mine.values_list("pk", flat=True)), now=now, with_salon_notes=True)
        rows = ShopClient.objects.filter(pk=client.pk) | ShopClient.objects.filter(merged_into=client.pk)
        rows.update(name=ERASED_NAME, email="", phone="", notes="", tags=[], is_erased=True, updated_at=now)
        client.refresh_from_db()
        return client


def forget_by_bookings(ids: list[uuid.UUID], *, now: datetime) -> None:
    """Clients who came with these bookings (one person's, locked, not yet forgotten) keep no contact.

    What a salon entered or merged itself is its own record and stays; so does a client whom only a shared phone number
    made the same, as long as bookings of others stand on it.
    """
    mine = Booking.objects.filter(pk__in=ids)
    came = ShopClient.objects.filter(is_added=False, is_erased=False, merged_into=None, notes="", tags=[])
    found = came.filter(pk__in=mine.values("shop_client")).select_for_update().order_by("pk")
    addresses = set(mine.exclude(contact_email="").values_list("contact_email", flat=True))
    by_phone = set()
    rows = set()
    for client in found:
        rows.add(client.pk)
        if client.email not in addresses:
            by_phone.add(client.pk)
    others = Booking.objects.filter(shop_client__in=by_phone).exclude(pk__in=ids)
    rows -= set(others.values_list("shop_client", flat=True))
    rows -= set(ShopClient.objects.filter(merged_into__in=rows).values_list("merged_into", flat=True))
    ShopClient.objects.filter(pk__in=rows).update(name=ERASED_NAME, email="", phone="", is_erased=True, updated_at=now)


def _locked(ids: list[uuid.UUID]) -> list[ShopClient]:
    rows = ShopClient.objects.select_for_update().filter(pk__in=ids, is_erased=False, merged_into=None)
    return list(rows.order_by("pk"))
