"""Web push, behind VAPID keys: which browsers asked for it, and where they may be reached."""

import base64
import binascii
import uuid
from datetime import datetime
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import transaction

from beautydrop.accounts.models import User
from beautydrop.notifications.models import PushSubscription

# More devices than a person has; the oldest give way.
_MOST = 20


def is_on() -> bool:
    """True when the site has its keys."""
    return bool(settings.VAPID_PRIVATE_KEY and settings.VAPID_PUBLIC_KEY)


def is_allowed(endpoint: str) -> bool:
    """True for an https address at a host of PUSH_HOSTS, and for nothing else a browser may have sent us."""
    if any(char.isspace() or not char.isprintable() or char == "\\" for char in endpoint) or len(endpoint) > 1000:
        return False
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        return False
    host = parts.hostname if port in {None, 443} else f"{parts.hostname}:{port}"
    return any(host == one or (one.startswith(".") and host.endswith(one)) for one in settings.PUSH_HOSTS)


def is_key(value: str, length: int) -> bool:
    """True for so many bytes in base64 as browsers write it."""
    try:
        return len(base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)) == length
    except (binascii.Error, ValueError):
        return False


def private_key() -> ec.EllipticCurvePrivateKey:
    """The site's own, by which services know who pushes."""
    raw = base64.urlsafe_b64decode(settings.VAPID_PRIVATE_KEY + "=" * (-len(settings.VAPID_PRIVATE_KEY) % 4))
    return ec.derive_private_key(int.from_bytes(raw), ec.SECP256R1())


@transaction.atomic
def subscribe(
    *,
    user: User,
    endpoint: str,
    p256dh: str,
    auth: str,
    device: str,
    now: datetime,
    session_id: uuid.UUID | None = None,
) -> PushSubscription:
    """This browser gets the person's pushes, until the session ends; one that was somebody else's is theirs now."""
    found, _is_new = PushSubscription.objects.update_or_create(
        endpoint=endpoint,
        defaults={
            "user": user,
            "session_id": session_id,
            "p256dh": p256dh,
            "auth": auth,
            "device": device[:120],
            "created_at": now,
        },
    )
    extra = PushSubscription.objects.filter(user=user).order_by("-created_at", "-pk").values_list("pk", flat=True)
    PushSubscription.objects.filter(pk__in=list(extra[_MOST:])).delete()
    return found


def unsubscribe(*, user: User, subscription_id: int) -> bool:
    """No more pushes to this browser; False when it is none of the person's."""
    return bool(PushSubscription.objects.filter(user=user, pk=subscription_id).delete()[0])


# Which words of a browser's own description name it, the more telling first.
_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """`Firefox, Linux`, as far as a browser says."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return ", ".join(part for part in (browser, system) if part)
