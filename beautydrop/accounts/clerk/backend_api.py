"""Asking Clerk: its Backend API (with the secret key) and plain documents. Short time-outs, no redirects.

Never inside a database transaction: a slow answer would hold its locks. What is logged names the path and the
status, never a header.
"""

import http.client
import json
import logging
import re
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings
from django.db import transaction

from beautydrop.accounts.clerk.config import is_loopback
from beautydrop.accounts.clerk.errors import ClerkUnavailable

log = logging.getLogger("beautydrop.clerk")

TIMEOUT_SECONDS = 3
_MOST_BYTES = 1_000_000
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the secret key to wherever it leads."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def user(clerk_user_id: str) -> dict[str, Any] | None:
    """Somebody as Clerk knows them now; None when it knows nobody of that id. Raises ClerkUnavailable."""
    return _ask("GET", f"/v1/users/{_checked(clerk_user_id)}")


def session_status(sid: str) -> str:
    """`active`, `ended`, `revoked`, …; `missing` when there is none. Raises ClerkUnavailable."""
    found = _ask("GET", f"/v1/sessions/{_checked(sid)}")
    return str(found.get("status", "")) if found else "missing"


def revoke_session(sid: str) -> None:
    """End the session at Clerk too; one that is over is fine. Raises ClerkUnavailable."""
    _ask("POST", f"/v1/sessions/{_checked(sid)}/revoke")


def fetch(url: str, *, method: str = "GET", headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    """Status and body, whatever the status is. Raises ClerkUnavailable when no whole answer comes."""
    _refuse_inside_a_transaction()
    handlers: list[Any] = [_NoRedirects]
    if is_loopback(url):
        handlers.append(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, method=method, headers={"Accept": "application/json", **(headers or {})})
    try:
        try:
            with urllib.request.build_opener(*handlers).open(request, timeout=TIMEOUT_SECONDS) as answer:
                return answer.status, _body(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _body(error)
    except (OSError, http.client.HTTPException) as error:
        raise ClerkUnavailable(f"{type(error).__name__}") from None


def _body(answer: Any) -> bytes:
    body: bytes = answer.read(_MOST_BYTES + 1)
    if len(body) > _MOST_BYTES:
        raise ClerkUnavailable("the answer is too long")
    return body


def _ask(method: str, path: str) -> dict[str, Any] | None:
    """The JSON object at `path`, or None for 404 (and 400, 422: an id that Clerk cannot have)."""
    headers = {"Authorization": f"Bearer {settings.CLERK_SECRET_KEY}", "User-Agent": "beautydrop"}
    try:
        status, body = fetch(settings.CLERK_API_URL.rstrip("/") + path, method=method, headers=headers)
        if status in {400, 404, 410, 422}:
            return None
        if status != 200:
            raise ClerkUnavailable(f"status {status}")
        try:
            found = json.loads(body)
        except ValueError:
            raise ClerkUnavailable("the answer is no JSON") from None
        if not isinstance(found, dict):
            raise ClerkUnavailable("the answer is no object")
        return found
    except ClerkUnavailable as error:
        log.warning("Clerk did not answer %s %s: %s", method, path, error)
        raise


def _checked(identifier: str) -> str:
    if not _ID.fullmatch(identifier):
        raise ClerkUnavailable("an id that is none")
    return identifier


def _refuse_inside_a_transaction() -> None:
    # The one that a test is wrapped in does not count, as for atomic(durable=True).
    blocks = transaction.get_connection().atomic_blocks
    if blocks and not blocks[-1]._from_testcase:
        raise RuntimeError("Clerk is never asked inside a database transaction")
