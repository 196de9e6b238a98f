"""Web push, behind VAPID keys."""

from django.conf import settings


def is_on() -> bool:
    """True when the site has its keys."""
    return bool(settings.VAPID_PRIVATE_KEY and settings.VAPID_PUBLIC_KEY)
