"""Who asks, by Clerk: a session bound to its `sid`, a Bearer token, or Clerk's cookies. Nothing while Clerk is off.

Cookies: none → signed out. One without the other, a token older than the last change, or an expired one → the
browser is sent to Clerk for fresh ones (a handshake), if it asks for a document and Clerk answers; a form or htmx
cannot be sent round and gets a 401 (htmx then loads the page anew). Anything else that is wrong with a token →
signed out. A local sign-in always comes first.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from beautydrop.accounts.clerk import config, cookies, handshake, keys, sessions
from beautydrop.accounts.clerk.errors import TokenRefused
from beautydrop.accounts.clerk.people import person_of
from beautydrop.accounts.clerk.tokens import verify_session_token
from beautydrop.web.errors import error_page

log = logging.getLogger("beautydrop.clerk")

_UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
# The API asks for tokens itself, and answers in its own words.
_API = "/api/"


class ClerkMiddleware:
    """Stands behind Django's own: what it finds replaces `request.user`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not config.is_on() or request.path.startswith(settings.MEDIA_URL) or _is_webhook(request):
            return self.get_response(request)
        now = timezone.now()
        kept = cookies.read(request)
        if sessions.sid_of(request):
            is_asked = handshake.is_document(request) and not request.path.startswith(_API)
            if sessions.is_over(request):
                self._leave(request)
            elif is_asked and not sessions.is_still_good(request, kept, now=now):
                sessions.end(request, now=now)
                request.forget_clerk = "session_ended"  # type: ignore[attr-defined]
        answer = None
        if not request.path.startswith(_API):
            answer = _by_header(request, now) or _by_cookies(request, kept, now)
        response = answer or self.get_response(request)
        if reason := getattr(request, "forget_clerk", ""):
            cookies.forget(response, reason)
        return response

    @staticmethod
    def _leave(request: HttpRequest) -> None:
        logout(request)
        request.forget_clerk = "session_ended"  # type: ignore[attr-defined]


def _is_webhook(request: HttpRequest) -> bool:
    return request.path == reverse("accounts:clerk_webhooks")


def _by_header(request: HttpRequest, now: datetime) -> HttpResponse | None:
    """A Bearer token is for this one request: it opens no session, and no other site can make a browser send it."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    try:
        request.user = person_of(verify_session_token(token.strip()), now=now)
    except TokenRefused as error:
        log.info("A Bearer token was refused: %s", error.reason)
        response = error_page(
            request,
            status=401,
            heading=_("This token is not accepted"),
            words=_("Get a new session token from Clerk and send the request again."),
        )
        response["WWW-Authenticate"] = 'Bearer error="invalid_token"'
        return response
    request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
    return None


def _by_cookies(request: HttpRequest, kept: cookies.Cookies, now: datetime) -> HttpResponse | None:
    """Sign in by what the browser has from Clerk; an answer only where it has to be sent round, or refused."""
    is_return = handshake.is_document(request) and handshake.is_expected(request)
    if not kept.are_there and not is_return or hasattr(request, "forget_clerk"):
        return None
    if request.user.is_authenticated or cookies.KEEP_OUT in request.COOKIES:
        return None
    if is_return and (token := handshake.returned(request)):
        return _from_handshake(request, token, now)
    dev_browser = request.GET.get(cookies.DEV_BROWSER, "")
    if is_return and dev_browser and not config.instance().is_live:
        return _unknown(request, "dev-browser-sync", dev_browser)
    if not kept.are_there:
        return None
    if not kept.changed_at:
        return _unknown(request, "session-token-but-no-client-uat", kept.dev_browser)
    if not kept.session:
        return _unknown(request, "client-uat-but-no-session-token", kept.dev_browser)
    try:
        claims = verify_session_token(kept.session)
    except TokenRefused as error:
        if error.reason in {"expired", "not_yet_valid"}:
            return _unknown(request, f"session-token-{error.reason.replace('_', '-')}", kept.dev_browser)
        log.info("A session cookie was refused: %s", error.reason)
        return None
    if claims.issued_at.timestamp() < kept.changed_at:
        return _unknown(request, "session-token-iat-before-client-uat", kept.dev_browser)
    try:
        sessions.open_session(request, claims, now=now)
    except TokenRefused as error:
        _turn_away(request, error)
    return None


def _from_handshake(request: HttpRequest, token: str, now: datetime) -> HttpResponse | None:
    """Set what Clerk signed, sign in by it, and go to the page that was asked for; what proves nothing sets nothing."""
    try:
        found = handshake.resolve(token)
        if session_token := cookies.session_token(found):
            sessions.open_session(request, verify_session_token(session_token), now=now)
    except TokenRefused as error:
        _turn_away(request, error)
        return handshake.back(request)
    response = handshake.back(request)
    cookies.put(response, found, host=request.get_host().partition(":")[0])
    return response


def _turn_away(request: HttpRequest, error: TokenRefused) -> None:
    """Signed out until they ask again; the reason is kept for the page that tells it."""
    log.info("Somebody from Clerk was not let in: %s", error.reason)
    request.forget_clerk = error.reason  # type: ignore[attr-defined]


def _unknown(request: HttpRequest, reason: str, dev_browser: str) -> HttpResponse | None:
    """Only Clerk knows whether somebody is signed in. None: go on as signed out."""
    if handshake.is_document(request):
        if not handshake.is_own_host(request) or not keys.does_clerk_answer():
            return None
        response = handshake.begin(request, reason, dev_browser=dev_browser)
        if response is None:
            log.error("Clerk’s handshake goes round in circles (%s): do the keys belong to one instance?", reason)
        return response
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Refresh": "true", "Cache-Control": "no-store"})
    if request.method not in _UNSAFE or not keys.does_clerk_answer():
        return None
    response = error_page(
        request,
        status=401,
        heading=_("Your sign-in has to be renewed"),
        words=_("Nothing was changed. Go back, reload the page, and send the form again."),
    )
    response["Cache-Control"] = "no-store"
    return response
