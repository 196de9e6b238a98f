"""Clerk's cookies in a browser, ours beside them, and what they say together.

`__session` is a session token of a minute, `__client_uat` the second in which the sign-in changed last (0: signed
out). Both come with and without the instance's suffix; the suffixed ones count where there are any.
"""

from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http.cookies import CookieError, Morsel, SimpleCookie

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from beautydrop.accounts.clerk import config

SESSION, CHANGED_AT, DEV_BROWSER, HANDSHAKE = "__session", "__client_uat", "__clerk_db_jwt", "__clerk_handshake"
# Ours: the random state of a sign-in or handshake under way and how often it went round; and "leave this browser
# signed out until it asks", so that nobody is carried in circles.
STATE, KEEP_OUT = "clerk_state", "clerk_keep_out"
STATE_SECONDS = 600
KEEP_OUT_SECONDS = 600
_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Cookies:
    session: str
    changed_at: int  # 0 when signed out, or unknown
    says_signed_out: bool  # the cookie is there, and 0
    dev_browser: str

    @property
    def are_there(self) -> bool:
        return bool(self.session or self.changed_at)


def read(request: HttpRequest) -> Cookies:
    """Never raises: whatever else a browser sends counts as nothing."""
    suffix = f"_{config.instance().cookie_suffix}"
    if not (request.COOKIES.get(SESSION + suffix) or request.COOKIES.get(CHANGED_AT + suffix)):
        suffix = ""
    raw = request.COOKIES.get(CHANGED_AT + suffix, "")
    is_number = raw.isascii() and raw.isdigit() and len(raw) <= 12
    return Cookies(
        session=request.COOKIES.get(SESSION + suffix, ""),
        changed_at=int(raw) if is_number else 0,
        says_signed_out=is_number and int(raw) == 0,
        dev_browser=request.COOKIES.get(DEV_BROWSER + suffix) or request.COOKIES.get(DEV_BROWSER, ""),
    )


def parse(directives: list[str]) -> list[Morsel[str]]:
    """The cookies of ours among a handshake's Set-Cookie lines; call with lines of a verified handshake only."""
    suffix = f"_{config.instance().cookie_suffix}"
    allowed = {name + end for name in (SESSION, CHANGED_AT, DEV_BROWSER) for end in ("", suffix)}
    found: list[Morsel[str]] = []
    for line in directives:
        try:
            found += [morsel for morsel in SimpleCookie(line).values() if morsel.key in allowed]
        except CookieError:
            continue
    return found


def session_token(morsels: list[Morsel[str]]) -> str:
    """The suffixed session token among them, else the other, else ""."""
    values = {morsel.key: morsel.value for morsel in morsels}
    return values.get(f"{SESSION}_{config.instance().cookie_suffix}") or values.get(SESSION, "")


def put(response: HttpResponse, morsels: list[Morsel[str]], *, host: str) -> None:
    """As Clerk wants them, but for this site's paths only, out of scripts' reach, and with our own safety."""
    for morsel in morsels:
        domain = morsel["domain"].lstrip(".").lower()
        response.set_cookie(
            morsel.key,
            morsel.value,
            max_age=_lifetime(morsel),
            domain=morsel["domain"] if domain and f".{host}".endswith(f".{domain}") else None,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def _lifetime(morsel: Morsel[str]) -> int | None:
    """In seconds, at most a year; None: until the browser closes."""
    if morsel["max-age"].isdigit():
        return min(int(morsel["max-age"]), int(_YEAR.total_seconds()))
    if morsel["expires"]:
        try:
            left = parsedate_to_datetime(morsel["expires"]) - timezone.now()
        except (ValueError, TypeError):
            return 0
        return int(max(timedelta(), min(left, _YEAR)).total_seconds())
    return None


def put_own(response: HttpResponse, name: str, value: str, *, seconds: int) -> None:
    response.set_cookie(
        name, value, max_age=seconds, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


def forget(response: HttpResponse, reason: str) -> None:
    """Sign this browser out of Clerk's cookies, and leave it so; `reason` is one word for the page that asks."""
    suffix = f"_{config.instance().cookie_suffix}"
    for name in (SESSION, CHANGED_AT, DEV_BROWSER):
        for end in ("", suffix):
            response.delete_cookie(name + end, samesite="Lax")
    response.delete_cookie(STATE, samesite="Lax")
    put_own(response, KEEP_OUT, reason, seconds=KEEP_OUT_SECONDS)
