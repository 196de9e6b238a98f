"""Where a person is signed in, kept beside Django's sessions: what browser, since when, last seen.

The row is written after the request that signs in, by whatever door, and refreshed once in a while, so that ordinary
pages cost no query more. Ending one deletes its session: the next request from there is a stranger's.
"""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from beautydrop.accounts.models import OpenSession, User

_KEPT = "open_session"
SEEN_EVERY = timedelta(minutes=15)


class OpenSessionsMiddleware:
    """Comes right after the session's middleware, which saves what is noted here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Only a POST signs out. Reading the session for anything else would make answers depend on who asks.
        before = request.session.get(_KEPT) if request.method == "POST" else None
        response = self.get_response(request)
        if before and request.session.get(_KEPT, {}).get("id") != before["id"]:
            OpenSession.objects.filter(pk=before["id"]).delete()
        if request.session.accessed:
            _keep(request, now=timezone.now())
        return response


def current(request: HttpRequest) -> uuid.UUID | None:
    """The id of the session that asks, when it is on record."""
    kept = request.session.get(_KEPT)
    return uuid.UUID(kept["id"]) if kept else None


def of(user: User, *, now: datetime) -> list[OpenSession]:
    """Those that are not over, the one seen last first."""
    return list(OpenSession.objects.filter(user=user, expires_at__gt=now))


def end(*, user: User, session_id: uuid.UUID, now: datetime) -> bool:
    """Sign that browser out; False when the person has no such session."""
    return _end(OpenSession.objects.filter(user=user, pk=session_id), now) > 0


def end_all(*, user: User, now: datetime, but: uuid.UUID | None = None) -> int:
    """Sign the person out everywhere, but for one session; how many that were."""
    rows = OpenSession.objects.filter(user=user)
    return _end(rows.exclude(pk=but) if but else rows, now)


def device(user_agent: str) -> str:
    """A browser in words: `Firefox on Windows`. What is not known is said so."""
    browsers = (
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("FxiOS", "Firefox"),
        ("Firefox/", "Firefox"), ("CriOS", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    )  # fmt: skip
    systems = (
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
        ("CrOS", "ChromeOS"), ("Mac OS X", "Mac"), ("Linux", "Linux"),
    )  # fmt: skip
    browser = next((name for sign, name in browsers if sign in user_agent), "")
    system = next((name for sign, name in systems if sign in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")


def _keep(request: HttpRequest, *, now: datetime) -> None:
    session = request.session
    user_id = session.get(SESSION_KEY)
    if not user_id or not session.session_key:
        return
    kept = session.get(_KEPT)
    if kept is None:
        # Signing in changes the session; one that only reads it began before it was on record.
        if session.modified:
            row = OpenSession.objects.create(user_id=user_id, **_facts(request, now), began_at=now)
            session[_KEPT] = {"id": str(row.pk), "key": session.session_key, "seen": now.timestamp()}
        return
    if kept["key"] == session.session_key and now.timestamp() - kept["seen"] < SEEN_EVERY.total_seconds():
        return
    if OpenSession.objects.filter(pk=kept["id"], user_id=user_id).update(**_facts(request, now)):
        session[_KEPT] = {**kept, "key": session.session_key, "seen": now.timestamp()}
    else:  # ended while this request was on its way
        session.flush()


def _facts(request: HttpRequest, now: datetime) -> dict[str, Any]:
    return {
        "session_key": request.session.session_key,
        "user_agent": request.headers.get("User-Agent", "")[:300],
        "seen_at": now,
        "expires_at": now + timedelta(seconds=request.session.get_expiry_age()),
    }


def _end(rows: Any, now: datetime) -> int:
    from beautydrop.accounts.clerk import sessions as clerk_sessions  # stands on this app's actions, as these on us

    store = import_module(settings.SESSION_ENGINE).SessionStore
    found = list(rows)
    for row in found:
        session = store(row.session_key)
        clerk_sessions.end_bound(session, now=now)
        session.delete()
    rows.delete()
    return len(found)
