"""The only writers of favourites."""

from django.db import transaction

from beautydrop.accounts.models import User
from beautydrop.marketplace.models import Favourite
from beautydrop.shops.models import Shop


@transaction.atomic
def toggle_favourite(*, user: User, shop: Shop) -> bool:
    """Keep the shop, or let it go; True when it is kept now. Twice at once is harmless."""
    favourite, is_new = Favourite.objects.get_or_create(user=user, shop=shop)
    if not is_new:
        favourite.delete()
    return is_new
