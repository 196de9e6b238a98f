"""What is kept of a person from Clerk (see accounts/own_data.py). What Clerk itself holds, Clerk hands out."""

from datetime import datetime

from django.utils.translation import gettext_lazy

from beautydrop.accounts import own_data
from beautydrop.accounts.clerk import actions
from beautydrop.accounts.models import ClerkPerson, ClerkSession, User


@own_data.register("clerk", title=gettext_lazy("Sign-in with Clerk"))
def _held(user: User, now: datetime) -> own_data.Held:
    if user.clerk_user_id is None:
        return own_data.Held(None)
    person = ClerkPerson.objects.filter(pk=user.clerk_user_id).first()
    sessions = ClerkSession.objects.filter(clerk_user_id=user.clerk_user_id).order_by("began_at")
    data = {
        "id": user.clerk_user_id,
        "email": person.email if person else "",
        "first_name": person.first_name if person else "",
        "last_name": person.last_name if person else "",
        "sessions": [
            {"began_at": one.began_at.isoformat(), "ended_at": one.ended_at.isoformat() if one.ended_at else None}
            for one in sessions
        ],
    }
    return own_data.Held(data, [person.email if person and person.email else user.clerk_user_id])


@own_data.erases("clerk")
def _erase(user: User, now: datetime) -> None:
    actions.forget(user=user, now=now)
