"""What this app holds about a person: favourites, and what they wrote to us (see accounts/own_data.py)."""

from datetime import datetime

from django.utils.translation import gettext_lazy

from beautydrop.accounts import own_data
from beautydrop.accounts.models import User
from beautydrop.marketplace import actions
from beautydrop.marketplace.models import ContactMessage, Favourite
from beautydrop.web import formats


@own_data.register("favourites", title=gettext_lazy("Favourites"))
def _favourites(user: User, now: datetime) -> own_data.Held:
    rows = list(Favourite.objects.filter(user=user).select_related("shop").order_by("created_at"))
    data = [{"salon": row.shop.name, "kept_at": row.created_at.isoformat()} for row in rows]
    return own_data.Held(data, [row.shop.name for row in rows])


@own_data.register("letters", title=gettext_lazy("What you wrote to us"))
def _letters(user: User, now: datetime) -> own_data.Held:
    rows = list(ContactMessage.objects.filter(user=user).order_by("created_at"))
    data = [
        {
            "name": row.name,
            "email": row.email,
            "salon": row.salon,
            "message": row.message,
            "written_at": row.created_at.isoformat(),
        }
        for row in rows
    ]
    return own_data.Held(data, [f"{formats.day_short(row.created_at.date())}: {row.message[:80]}" for row in rows])


@own_data.erases("favourites")
def _erase(user: User, now: datetime) -> None:
    actions.forget(user=user)
