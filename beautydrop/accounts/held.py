"""What this app holds about a person (see own_data.py). Their sign-in itself is taken away in actions.py."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beautydrop.accounts import own_data
from beautydrop.accounts.models import Client, Customer, EmailChange, LookAs, User
from beautydrop.accounts.open_sessions import device
from beautydrop.web import formats


@own_data.register("person", title=gettext_lazy("You"))
def _person(user: User, now: datetime) -> own_data.Held:
    customer = Customer.objects.filter(user=user).first()
    client = Client.objects.filter(user=user).first()
    change = EmailChange.objects.filter(user=user).first()
    data: dict[str, Any] = {
        "email": user.email,
        "email_verified": user.email_verified,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "phone": customer.phone if customer else "",
        "language": user.language,
        "role": user.role,
        "since": user.created_at.isoformat(),
        "last_sign_in": user.last_login.isoformat() if user.last_login else None,
        "has_password": user.has_usable_password(),
        "clerk_user_id": user.clerk_user_id,
        "business": {"name": client.business_name, "phone": client.phone} if client else None,
        "email_asked_for": change.new_email if change else None,
    }
    lines = [
        user.full_name,
        user.email,
        data["phone"],
        client.business_name if client else "",
        _("Here since %(day)s") % {"day": formats.day_long(user.created_at.date())},
    ]
    return own_data.Held(data, [line for line in lines if line])


@own_data.register("second_factor", title=gettext_lazy("Second step at sign-in"))
def _second_factor(user: User, now: datetime) -> own_data.Held:
    """What there is, never its secrets."""
    rows = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    words = {
        Authenticator.Type.TOTP: _("Authenticator app"),
        Authenticator.Type.WEBAUTHN: _("Passkey"),
        Authenticator.Type.RECOVERY_CODES: _("Recovery codes"),
    }
    data = [
        {
            "type": row.type,
            "name": row.data.get("name", "") if row.type == Authenticator.Type.WEBAUTHN else "",
            "set_up_at": row.created_at.isoformat(),
            "last_used_at": row.last_used_at.isoformat() if row.last_used_at else None,
        }
        for row in rows
    ]
    return own_data.Held(data, [words[Authenticator.Type(row.type)] for row in rows])


@own_data.register("sessions", title=gettext_lazy("Where you are signed in"))
def _sessions(user: User, now: datetime) -> own_data.Held:
    rows = list(user.open_sessions.all())
    data = [
        {"browser": row.user_agent, "signed_in_at": row.began_at.isoformat(), "last_seen_at": row.seen_at.isoformat()}
        for row in rows
    ]
    return own_data.Held(data, [device(row.user_agent) for row in rows])


@own_data.register("looks", title=gettext_lazy("When an administrator saw the site as you"))
def _looks(user: User, now: datetime) -> own_data.Held:
    """The times, not who it was: that is another person."""
    rows = list(LookAs.objects.filter(person=user))
    data = [
        {"began_at": row.began_at.isoformat(), "ended_at": row.ended_at.isoformat() if row.ended_at else None}
        for row in rows
    ]
    return own_data.Held(data, [formats.moment(row.began_at, ZoneInfo("UTC")) + " UTC" for row in rows])


@own_data.refuses("person")
def _refused(user: User, now: datetime) -> list[own_data.Obstacle]:
    if not (user.is_staff or user.is_superuser):
        return []
    return [
        own_data.Obstacle(
            "person",
            words=_("You may use the admin."),
            remedy=_("Ask another administrator to take that right from you first."),
        )
    ]
