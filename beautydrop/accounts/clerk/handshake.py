"""The handshake: a document's request goes to Clerk and comes back with the cookies that it should have, signed.

It begins and ends in the same browser: the way back carries a random state that only its cookie knows, so that
nobody can be signed in by a link that somebody else made.
"""

import secrets
from http.cookies import Morsel
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.crypto import constant_time_compare

from beautydrop.accounts.clerk import config, cookies
from beautydrop.accounts.clerk.errors import TokenRefused
from beautydrop.accounts.clerk.tokens import verify_signed

MOST_ROUNDS = 3
STATE_PARAMETER = "__clerk_state"
_OURS = {STATE_PARAMETER, cookies.HANDSHAKE, cookies.DEV_BROWSER, "__clerk_help"}


def is_document(request: HttpRequest) -> bool:
    """A page that somebody goes to: nothing else can be sent round by way of Clerk."""
    if request.method != "GET" or request.headers.get("HX-Request"):
        return False
    destination = request.headers.get("Sec-Fetch-Dest")
    return destination == "document" if destination else "text/html" in request.headers.get("Accept", "")


def is_own_host(request: HttpRequest) -> bool:
    """Clerk knows the site by its one address; on others nobody is sent anywhere."""
    return request.get_host() == urlsplit(settings.SITE_URL).netloc


def begin(request: HttpRequest, reason: str, *, dev_browser: str = "") -> HttpResponse | None:
    """The redirect to Clerk, or None when this browser went round often enough."""
    rounds = _rounds(request)
    if rounds >= MOST_ROUNDS:
        return None
    state = secrets.token_urlsafe(16)
    parameters = {
        "redirect_url": clean_url(request, state),
        "suffixed_cookies": "true",
        "__clerk_hs_reason": reason,
    }
    if dev_browser and not config.instance().is_live:
        parameters[cookies.DEV_BROWSER] = dev_browser
    response = HttpResponse(status=307)
    response["Location"] = f"{config.instance().frontend_url}/v1/client/handshake?{urlencode(parameters)}"
    response["Cache-Control"] = "no-store"
    remember(response, state, rounds=rounds + 1)
    return response


def remember(response: HttpResponse, state: str, *, rounds: int = 0) -> None:
    cookies.put_own(response, cookies.STATE, f"{state}.{rounds}", seconds=cookies.STATE_SECONDS)


def is_expected(request: HttpRequest) -> bool:
    """This browser was sent on the way that it comes back from."""
    kept = request.COOKIES.get(cookies.STATE, "").rpartition(".")[0]
    return bool(kept) and constant_time_compare(kept, request.GET.get(STATE_PARAMETER, ""))


def returned(request: HttpRequest) -> str:
    """The handshake's token, from the address (development instances) or its cookie; "" when there is none."""
    return request.GET.get(cookies.HANDSHAKE) or request.COOKIES.get(cookies.HANDSHAKE, "")


def resolve(token: str) -> list[Morsel[str]]:
    """The cookies that a verified handshake wants to set. Raises TokenRefused."""
    found = verify_signed(token, require=["handshake"])["handshake"]
    if not isinstance(found, list) or not all(isinstance(line, str) for line in found):
        raise TokenRefused("malformed")
    return cookies.parse(found)


def back(request: HttpRequest) -> HttpResponse:
    """To the page that was asked for, without what the handshake added to its address."""
    response = HttpResponseRedirect(clean_url(request))
    response["Cache-Control"] = "no-store"
    response.delete_cookie(cookies.HANDSHAKE, samesite="Lax")
    response.delete_cookie(cookies.STATE, samesite="Lax")
    return response


def clean_url(request: HttpRequest, state: str = "") -> str:
    """This page's address on our own site, with `state` when given."""
    query = [
        (key, value)
        for key, value in parse_qsl(request.META.get("QUERY_STRING", ""), keep_blank_values=True)
        if key not in _OURS
    ]
    if state:
        query.append((STATE_PARAMETER, state))
    path = urlsplit(request.get_full_path()).path
    return settings.SITE_URL + path + (f"?{urlencode(query)}" if query else "")


def _rounds(request: HttpRequest) -> int:
    raw = request.COOKIES.get(cookies.STATE, "").rpartition(".")[2]
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 4 else 0
