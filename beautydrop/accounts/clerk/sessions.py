"""Django sessions that were opened by a session token: bound to its `sid`, looked after, ended with it."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth import login, logout
from django.db import transaction
from django.http import HttpRequest

from beautydrop.accounts.clerk import actions, backend, backend_api, tasks
from beautydrop.accounts.clerk.cookies import Cookies
from beautydrop.accounts.clerk.errors import ClerkUnavailable, TokenRefused
from beautydrop.accounts.clerk.people import person_of
from beautydrop.accounts.clerk.tokens import Claims, verify_session_token
from beautydrop.accounts.models import ClerkSession, User

log = logging.getLogger("beautydrop.clerk")

VERIFY_EVERY = timedelta(minutes=5)
# While Clerk does not answer, who was signed in stays so, and is asked about again in a minute.
TRY_AGAIN_AFTER = timedelta(minutes=1)
KEEP_WITHOUT_ANSWER = timedelta(hours=2)

_SID, _USER, _VERIFIED_AT, _TRIED_AT = "clerk_sid", "clerk_user", "clerk_verified_at", "clerk_tried_at"


def open_session(request: HttpRequest, claims: Claims, *, now: datetime) -> User:
    """Sign the person of a verified token in, for as long as their session at Clerk lasts. Raises PersonRefused."""
    user = person_of(claims, now=now)
    actions.begin_session(sid=claims.sid, clerk_user_id=claims.sub, now=now)
    login(request, user, backend=backend.PATH)
    request.session[_SID], request.session[_USER] = claims.sid, claims.sub
    request.session[_VERIFIED_AT] = claims.issued_at.timestamp()
    return user


def sid_of(request: HttpRequest) -> str:
    """The Clerk session that this Django session is bound to; "" for a local sign-in."""
    return str(request.session.get(_SID, ""))


def is_over(request: HttpRequest) -> bool:
    """A webhook, a sign-out or a deletion has ended the Clerk session that this Django session is bound to."""
    return not ClerkSession.objects.filter(pk=sid_of(request), ended_at=None).exists()


def is_still_good(request: HttpRequest, kept: Cookies, *, now: datetime) -> bool:
    """What a document's request finds: verified within the last minutes, or now.

    Verified now means by the browser's own token where it is a newer one, and otherwise by Clerk's Backend API. The
    browser is not sent round for it: after a form, browsers refuse redirects to other hosts (form-action 'self').
    """
    if kept.says_signed_out:
        return False
    verified_at = _moment(request, _VERIFIED_AT)
    # A time to come is no news: it would be asked about with every page.
    is_changed = verified_at.timestamp() < kept.changed_at <= now.timestamp()
    if now - verified_at < VERIFY_EVERY and not is_changed:
        return True
    if kept.session and _is_vouched_for(request, kept):
        return True
    is_kept = now - verified_at < KEEP_WITHOUT_ANSWER
    if now - _moment(request, _TRIED_AT) < TRY_AGAIN_AFTER:
        return is_kept
    try:
        status = backend_api.session_status(sid_of(request))
    except ClerkUnavailable:
        request.session[_TRIED_AT] = now.timestamp()
        return is_kept
    if status == "active":
        request.session[_VERIFIED_AT] = now.timestamp()
    return status == "active"


def end(request: HttpRequest, *, now: datetime) -> None:
    """The Clerk session is over: so is this one."""
    actions.end_session(sid=sid_of(request), clerk_user_id=str(request.session.get(_USER, "")), now=now)
    logout(request)


def sign_out(request: HttpRequest, *, now: datetime) -> None:
    """The person wants to leave: here at once, at Clerk after the commit, and from this browser's cookies."""
    sid = sid_of(request)
    if not sid:
        logout(request)
        return
    end(request, now=now)
    request.forget_clerk = "signed_out"  # type: ignore[attr-defined]
    transaction.on_commit(lambda: _revoke(sid))


def end_bound(session: Mapping[str, Any], *, now: datetime) -> None:
    """Another browser's session is ended: were it open at Clerk still, that browser would sign in again by itself."""
    sid = str(session.get(_SID, ""))
    if sid:
        actions.end_session(sid=sid, clerk_user_id=str(session.get(_USER, "")), now=now)
        transaction.on_commit(lambda: _revoke(sid))


def _revoke(sid: str) -> None:
    try:
        backend_api.revoke_session(sid)
    except ClerkUnavailable:
        tasks.revoke_session.schedule(args=(sid,), delay=30)


def _is_vouched_for(request: HttpRequest, kept: Cookies) -> bool:
    """The browser's token is of this very session, and newer than what was seen last."""
    try:
        claims = verify_session_token(kept.session)
    except TokenRefused:
        return False
    if claims.sid != sid_of(request) or claims.issued_at < max(
        _moment(request, _VERIFIED_AT), datetime.fromtimestamp(kept.changed_at, UTC)
    ):
        return False
    request.session[_VERIFIED_AT] = claims.issued_at.timestamp()
    return True


def _moment(request: HttpRequest, name: str) -> datetime:
    return datetime.fromtimestamp(float(request.session.get(name, 0)), UTC)
