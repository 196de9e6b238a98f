"""The public keys that Clerk signs with, by their id.

Known keys are kept in this process and in the shared cache, and asked for anew now and then, or when a token names
one that is unknown (Clerk rotated them): at most once per cool-down, so that made-up ids cost nothing. While Clerk
does not answer, known keys serve on.
"""

import json
import logging
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import jwt
from django.core.cache import cache
from django.utils import timezone

from beautydrop.accounts.clerk import backend_api, config
from beautydrop.accounts.clerk.errors import ClerkUnavailable, TokenRefused

log = logging.getLogger("beautydrop.clerk")

FRESH = timedelta(minutes=10)
COOL_DOWN = timedelta(seconds=30)
# How long keys serve on without a word from Clerk.
KEEP = timedelta(hours=12)


@dataclass
class _Known:
    """The keys of one issuer."""

    keys: dict[str, jwt.PyJWK] = field(default_factory=dict)
    fetched_at: datetime | None = None
    tried_at: datetime | None = None
    did_answer: bool = True


_lock = threading.Lock()
_known: dict[str, _Known] = {}


def signing_key(kid: str) -> jwt.PyJWK:
    """The key called `kid` of our Clerk instance. Raises TokenRefused (`unknown_key`, `keys_unavailable`)."""
    now = timezone.now()
    known = _of_our_instance()
    found = known.keys.get(kid)
    if found is None or not _is_within(known.fetched_at, FRESH, now):
        # Who knows the key does not wait for another thread that asks already.
        if _lock.acquire(blocking=found is None):
            try:
                _look(known, kid, now)
            finally:
                _lock.release()
        found = known.keys.get(kid)
    if not _is_within(known.fetched_at, KEEP, now):
        raise TokenRefused("keys_unavailable")
    if found is None:
        raise TokenRefused("unknown_key" if known.did_answer else "keys_unavailable")
    return found


def does_clerk_answer() -> bool:
    """Whether its Frontend API did within the cool-down (asking, when nothing is known): nobody's browser is sent
    to a host that does not."""
    now = timezone.now()
    with _lock:
        known = _of_our_instance()
        _from_clerk(known, now)
        return known.did_answer


def forget() -> None:
    """What this process and the cache know, as after a new start."""
    with _lock:
        for issuer in _known:
            cache.delete(_cache_key(issuer))
        _known.clear()


def _of_our_instance() -> _Known:
    return _known.setdefault(config.instance().frontend_url, _Known())


def _look(known: _Known, kid: str, now: datetime) -> None:
    """First at what another process has learnt, then at Clerk."""
    for ask in (_from_cache, _from_clerk):
        if kid not in known.keys or not _is_within(known.fetched_at, FRESH, now):
            ask(known, now)


def _is_within(moment: datetime | None, span: timedelta, now: datetime) -> bool:
    return moment is not None and timedelta() <= now - moment < span


def _cache_key(issuer: str) -> str:
    return f"clerk:keys:{issuer}"


def _from_cache(known: _Known, now: datetime) -> None:
    kept = cache.get(_cache_key(config.instance().frontend_url))
    if isinstance(kept, dict) and (known.fetched_at is None or kept["fetched_at"] > known.fetched_at):
        known.keys, known.fetched_at = _read(kept["document"]), kept["fetched_at"]


def _from_clerk(known: _Known, now: datetime) -> None:
    """Ask, unless that was just done. No answer changes nothing that is known."""
    if _is_within(known.tried_at, COOL_DOWN, now):
        return
    known.tried_at, known.did_answer = now, False
    issuer = config.instance().frontend_url
    try:
        status, body = backend_api.fetch(f"{issuer}/.well-known/jwks.json")
        keys = _read(body.decode()) if status == 200 else {}
    except (ClerkUnavailable, ValueError) as error:
        log.warning("The keys of Clerk cannot be fetched: %s", type(error).__name__)
        return
    if not keys:
        log.warning("The keys of Clerk cannot be fetched: status %s", status)
        return
    known.keys, known.fetched_at, known.did_answer = keys, now, True
    kept = {"document": body.decode(), "fetched_at": now}
    cache.set(_cache_key(issuer), kept, timeout=int(KEEP.total_seconds()))


def _read(document: str) -> dict[str, jwt.PyJWK]:
    """RSA signing keys only: another kind could be misused as one. Raises ValueError when it is no such document."""
    found = json.loads(document)
    entries = found.get("keys") if isinstance(found, dict) else None
    keys = {}
    for entry in entries if isinstance(entries, list) else []:
        is_ours = isinstance(entry, dict) and entry.get("kty") == "RSA" and entry.get("use", "sig") == "sig"
        if not is_ours or not isinstance(entry.get("kid"), str):
            continue
        try:
            keys[entry["kid"]] = jwt.PyJWK(entry, algorithm="RS256")
        except (jwt.PyJWTError, ValueError, TypeError, KeyError):
            continue
    return keys
