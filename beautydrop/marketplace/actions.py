"""The only writers of favourites, and of what became of a contact message (contact.py stores it)."""

from datetime import datetime

from django.db import transaction

from beautydrop.accounts.models import User
from beautydrop.marketplace.models import ContactMessage, Favourite
from beautydrop.shops.models import Shop


@transaction.atomic
def toggle_favourite(*, user: User, shop: Shop) -> bool:
    """Keep the shop, or let it go; True when it is kept now. Twice at once is harmless."""
    favourite, is_new = Favourite.objects.get_or_create(user=user, shop=shop)
    if not is_new:
        favourite.delete()
    return is_new


def mark_answered(*, message: ContactMessage, now: datetime) -> ContactMessage:
    """The first answer counts: marked again, the message keeps its time."""
    if message.answered_at is None:
        message.answered_at = now
        message.save(update_fields=["answered_at"])
    return message


@transaction.atomic
def forget(*, user: User) -> None:
    """Favourites and letters of somebody who leaves."""
    Favourite.objects.filter(user=user).delete()
    ContactMessage.objects.filter(user=user).delete()
