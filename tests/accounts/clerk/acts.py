"""What tests do again and again: give a browser Clerk's cookies, ask with a token, count what Clerk was asked."""

from typing import Any

from beautydrop.standins.clerk import ClerkStandIn
from beautydrop.standins.clerk.signing import session_claims
from beautydrop.standins.clerk.state import Session
from tests.accounts.clerk.wire import DOCUMENT, Answer, Browser


def claims_of(clerk: ClerkStandIn, session: Session, **changes: Any) -> dict[str, Any]:
    """The good claims, changed; None leaves one out."""
    claims = session_claims(issuer=clerk.url, origin=clerk.site, user_id=session.user_id, sid=session.id)
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}


def ask(visitor: Browser, token: str, **headers: str) -> Answer:
    """My bookings, for whoever the token says."""
    return visitor.send("GET", "/bookings/", headers={"Authorization": f"Bearer {token}", **DOCUMENT, **headers})


def give(visitor: Browser, clerk: ClerkStandIn, *, token: str | None = None, uat: int | None = None) -> None:
    """Clerk's cookies, as its scripts and its own answers set them."""
    for suffix in (f"_{clerk.cookie_suffix}", ""):
        visitor.own.pop(f"__session{suffix}", None), visitor.own.pop(f"__client_uat{suffix}", None)
        if token is not None:
            visitor.own[f"__session{suffix}"] = token
        if uat is not None:
            visitor.own[f"__client_uat{suffix}"] = str(uat)


def asked_about(clerk: ClerkStandIn, session: Session) -> int:
    return clerk.asked.count(("GET", f"/v1/sessions/{session.id}"))
