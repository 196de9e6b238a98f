"""What comes back: bounces and complaints stop further mail to an address, and whoever should know is told."""

from collections.abc import Callable
from datetime import datetime

from beautydrop.notifications.models import Suppression

# Told of an address that takes nothing any more: (address in lower case, reason, now). Apps register theirs.
Listener = Callable[[str, str, datetime], None]
_listeners: list[Listener] = []


def on_report(listener: Listener) -> Listener:
    """Decorator: call this with every address that newly takes nothing."""
    _listeners.append(listener)
    return listener


def takes_no_mail(address: str) -> bool:
    """True when nothing is sent to `address` any more, because it came back or somebody complained; one query."""
    return Suppression.objects.filter(address=address.strip().lower(), kind="").exists()


def record(address: str, reason: str, *, detail: str, now: datetime) -> bool:
    """Nothing more goes to `address`; False when that was so already."""
    _row, is_new = Suppression.objects.get_or_create(
        address=address.strip().lower(), kind="", defaults={"reason": reason, "detail": detail[:300], "at": now}
    )
    if is_new:
        for listener in _listeners:
            listener(address.strip().lower(), reason, now)
    return is_new
