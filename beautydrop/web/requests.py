"""Reading what a visitor sent: typed, bounded, and never an exception for absurd input."""

import ipaddress
import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def text(value: str | None, limit: int = 200) -> str:
    """Plain text without control characters, at most `limit` characters."""
    return "".join(char for char in (value or "") if char.isprintable())[:limit].strip()


def day(value: str | None) -> date | None:
    """The ISO date in `value`, or None; absurd years count as none."""
    try:
        found = date.fromisoformat((value or "").strip()[:10])
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


def instant(value: str | None) -> datetime | None:
    """The aware ISO instant in `value` (a space may stand for a lost +), or None."""
    try:
        found = datetime.fromisoformat((value or "").strip()[:40].replace(" ", "+"))
    except ValueError:
        return None
    if (
        found.tzinfo is None
        or not 2000 <= found.year <= 2200
        or abs(found.utcoffset() or timedelta()) > timedelta(hours=15)
    ):
        return None
    return found


def key(value: str | None) -> uuid.UUID | None:
    """The UUID in `value`, or None."""
    try:
        return uuid.UUID((value or "").strip())
    except ValueError:
        return None


def number(value: str | None, *, lowest: float, highest: float) -> float | None:
    """The finite number in `value` when it lies in the range, or None."""
    try:
        found = float((value or "").strip())
    except ValueError:
        return None
    return found if lowest <= found <= highest else None


def whole(value: str | None, default: int, *, lowest: int = 1, highest: int = 10_000) -> int:
    """The whole number in `value` when it lies in the range, or `default`."""
    raw = (value or "").strip()
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 8 and lowest <= int(raw) <= highest else default


def own_address(value: str | None, *, default: str) -> str:
    """The address in `value` when it is one of this site, from its root on; else `default`."""
    target = (value or "").strip()
    is_own = target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return target if is_own else default


def client_address(request: HttpRequest) -> str:
    """The network address that the visitor comes from, or "" when nobody knows it.

    It is the peer's, unless that is one of TRUSTED_PROXIES: then X-Forwarded-For is read from the right, each
    trusted hop skipped. What stands left of the first untrusted hop was written by a stranger and is ignored.
    """
    found = _address(request.META.get("REMOTE_ADDR", ""))
    if not came_by_proxy(request):
        return str(found or "")
    for hop in reversed(request.META.get("HTTP_X_FORWARDED_FOR", "")[-2_000:].split(",")):
        address = _address(hop)
        if address is None:
            break
        found = address
        if not _is_trusted(address):
            break
    return str(found or "")


def came_by_proxy(request: HttpRequest) -> bool:
    """True when the peer itself is one of TRUSTED_PROXIES."""
    peer = _address(request.META.get("REMOTE_ADDR", ""))
    return settings.TRUSTS_UNIX_SOCKET if peer is None else _is_trusted(peer)


def _is_trusted(address: Any) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)


def _address(value: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address in `value`, as a proxy may write it: with a port, in brackets, IPv4 inside IPv6."""
    raw = value.strip()
    if raw.startswith("["):
        raw = raw[1:].partition("]")[0]
    elif raw.count(":") == 1:
        raw = raw.partition(":")[0]
    try:
        found = ipaddress.ip_address(raw)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
