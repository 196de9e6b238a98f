"""How often one person, and one network address, may do what costs something or could be guessed.

The table below is all of it. An address is often a whole salon, an office or a mobile network, so its numbers leave
room for twenty people at once; a person's are for one. Exact within a window that begins with the first request.
allauth's own limits on single accounts (wrong passwords, mails to one address) work besides.
"""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from beautydrop.web import counting
from beautydrop.web.requests import client_address

_MINUTE, _HOUR = 60, 3_600


@dataclass(frozen=True, slots=True)
class Scope:
    """At most so many within `seconds`, by address, of people who signed in by person too, and by target if named."""

    seconds: int
    by_address: int
    by_person: int
    by_target: int = 0


SCOPES = {
    # Trying passwords, and making accounts: each costs a slow hash, the second a mail.
    "sign_in": Scope(5 * _MINUTE, by_address=60, by_person=60),
    "sign_up": Scope(_HOUR, by_address=40, by_person=40),
    # Whoever asks for mails to addresses they type: forgotten passwords, confirmations, a guest's link once more.
    "mail": Scope(_HOUR, by_address=60, by_person=20),
    "booking": Scope(10 * _MINUTE, by_address=90, by_person=20),
    # A guest's booking sends a mail to whatever address is typed: a stranger's mailbox is not filled that way.
    "guest_mail": Scope(_HOUR, by_address=180, by_person=40, by_target=6),
    "search": Scope(_MINUTE, by_address=600, by_person=120),
    "contact": Scope(_HOUR, by_address=5, by_person=5),
    # Only links that lead nowhere are counted, so that nobody's own booking is closed by a neighbour's guessing.
    "guessing": Scope(10 * _MINUTE, by_address=30, by_person=30),
    "invitations": Scope(_HOUR, by_address=120, by_person=40),
    # A list of clients is read and compared as a whole.
    "import": Scope(_HOUR, by_address=120, by_person=40),
    "api": Scope(_MINUTE, by_address=1_200, by_person=300),
}


class TooManyRequests(Exception):
    """It was too often; worth another try after `retry_after` seconds. LimitsMiddleware answers it with our page."""

    def __init__(self, scope: str, retry_after: int) -> None:
        super().__init__(f"{scope}: again in {retry_after} s")
        self.scope = scope
        self.retry_after = retry_after


def check(scope: str, request: HttpRequest, *, target: str = "") -> None:
    """Count this request in `scope`, in one round trip. Raises TooManyRequests beyond its limits.

    `target` is whom it is about, such as a mail address, where the scope limits that. `request` may be Django's or
    one that wraps it (the API's). When the counts cannot be had, nobody is refused.
    """
    if not settings.RATE_LIMITS_ENABLED:
        return
    limits = SCOPES[scope]
    sources = [(f"address:{_network(client_address(request))}", limits.by_address)]
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        sources.append((f"person:{user.pk}", limits.by_person))
    if target:
        sources.append((f"target:{target.casefold()}", limits.by_target))
    counts = counting.hit([(_key(scope, source), limits.seconds) for source, _most in sources], now=timezone.now())
    if counts is None:
        return
    waits = [count.seconds_left for count, (_source, most) in zip(counts, sources, strict=True) if count.number > most]
    if waits:
        raise TooManyRequests(scope, max(waits))


def limited[View: Callable[..., HttpResponse]](scope: str, *methods: str) -> Callable[[View], View]:
    """Count requests of these methods (by default POST) in `scope` before the view does anything."""
    counted = set(methods or ("POST",))

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method in counted:
                check(scope, request)
            return view(request, *args, **kwargs)

        return inner  # type: ignore[return-value]

    return decorate


def _network(address: str) -> str:
    """An IPv6 visitor has a whole /64 to choose addresses from: it counts as one."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def _key(scope: str, source: str) -> str:
    """Who it was can't be read from where the counts are kept."""
    return salted_hmac("beautydrop.web.limits", f"{scope}:{source}", algorithm="sha256").hexdigest()[:40]
