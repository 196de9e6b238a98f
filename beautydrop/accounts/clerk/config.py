"""What the keys say: is Clerk on, where are its hosts, how are its cookies called.

A publishable key is `pk_test_` or `pk_live_` and the base64 of its Frontend API's host followed by `$`.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_KEY = re.compile(r"pk_(test|live)_([A-Za-z0-9+/_-]+)={0,2}")
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Instance:
    """One Clerk instance as its publishable key names it."""

    host: str
    is_live: bool
    cookie_suffix: str

    @property
    def is_loopback(self) -> bool:
        """A stand-in on this machine: plain HTTP, because nothing leaves it."""
        return is_loopback(f"//{self.host}")

    @property
    def frontend_url(self) -> str:
        """The Frontend API, which is also the issuer of its tokens."""
        return f"{'http' if self.is_loopback else 'https'}://{self.host}"

    @property
    def portal_url(self) -> str:
        """The hosted Account Portal: clerk.shop.example has accounts.shop.example, x.clerk.accounts.dev has
        x.accounts.dev."""
        if self.is_loopback:
            return self.frontend_url
        if self.host.endswith(".clerk.accounts.dev"):
            return f"https://{self.host.removesuffix('.clerk.accounts.dev')}.accounts.dev"
        return f"https://accounts.{self.host.removeprefix('clerk.')}"


def is_loopback(url: str) -> bool:
    return urlsplit(url).hostname in _LOOPBACK


def read_publishable_key(key: str) -> Instance:
    """Raises ValueError when it is none."""
    match = _KEY.fullmatch(key)
    if match is None:
        raise ValueError("not a publishable key")
    encoded = match[2].replace("-", "+").replace("_", "/")
    try:
        host = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError("not a publishable key") from error
    if not host.endswith("$") or not _HOST.fullmatch(host[:-1]):
        raise ValueError("not a publishable key")
    suffix = base64.urlsafe_b64encode(hashlib.sha1(key.encode(), usedforsecurity=False).digest())[:8].decode()
    return Instance(host=host[:-1], is_live=match[1] == "live", cookie_suffix=suffix)


def is_on() -> bool:
    """Both keys are set (settings refuse one without the other)."""
    return bool(settings.CLERK_SECRET_KEY and settings.CLERK_PUBLISHABLE_KEY)


def instance() -> Instance:
    """Only when `is_on()`."""
    return read_publishable_key(settings.CLERK_PUBLISHABLE_KEY)
