"""The link by which somebody stops one kind of message to themselves, without signing in.

It is signed and names the address and the kind; it opens a page with a button, and mail programs may post to it
directly (RFC 8058). For a person with an account it turns off their preference, for others the address is noted.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.urls import reverse

from beautydrop.accounts.models import User
from beautydrop.notifications.models import Channel, OutboxMessage, Preference, Suppression

_SALT = "notifications.stop"


@dataclass(frozen=True, slots=True)
class Stop:
    """What a link stops: mails of `kind` to `address`; `user_id` when they went to somebody's account."""

    kind: str
    address: str
    user_id: str


def url_of(message: OutboxMessage) -> str:
    """The whole address of the page that stops messages like this one."""
    token = signing.dumps([message.kind, message.recipient, str(message.user_id or "")], salt=_SALT)
    return settings.SITE_URL + reverse("notifications:stop", args=[token])


def read(token: str) -> Stop | None:
    """What the link stops, or None for one that we did not make."""
    try:
        kind, address, user_id = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    return Stop(kind, address, user_id)


def stop(wanted: Stop, *, now: datetime) -> None:
    """No more of it. Doing it again changes nothing."""
    if user := _user(wanted):
        Preference.objects.update_or_create(
            user=user, kind=wanted.kind, channel=Channel.EMAIL, defaults={"is_on": False}
        )
        return
    Suppression.objects.get_or_create(
        address=wanted.address.lower(),
        kind=wanted.kind,
        defaults={"reason": Suppression.Reason.UNSUBSCRIBED, "at": now},
    )


def resume(wanted: Stop) -> None:
    """Send it again, for who pressed the wrong button."""
    if user := _user(wanted):
        Preference.objects.filter(user=user, kind=wanted.kind, channel=Channel.EMAIL).delete()
    Suppression.objects.filter(
        address=wanted.address.lower(), kind=wanted.kind, reason=Suppression.Reason.UNSUBSCRIBED
    ).delete()


def is_stopped(wanted: Stop) -> bool:
    if user := _user(wanted):
        return Preference.objects.filter(user=user, kind=wanted.kind, channel=Channel.EMAIL, is_on=False).exists()
    return Suppression.objects.filter(address=wanted.address.lower(), kind=wanted.kind).exists()


def _user(wanted: Stop) -> User | None:
    return User.objects.filter(pk=wanted.user_id).first() if wanted.user_id else None
