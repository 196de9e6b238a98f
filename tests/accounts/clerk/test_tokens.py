"""Session tokens over HTTP: a good one opens the door for a request, and nothing else does."""

import base64
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from beautydrop.accounts.models import User
from beautydrop.standins.clerk import ClerkStandIn
from beautydrop.standins.clerk.signing import TEMPLATE_KIND
from beautydrop.standins.clerk.state import Session
from tests.accounts.clerk.acts import ask, claims_of
from tests.accounts.clerk.wire import Browser

Forge = Callable[[ClerkStandIn, dict[str, Any]], str]


def _b64(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _unsigned(clerk: ClerkStandIn, claims: dict[str, Any]) -> str:
    return f"{_b64({'alg': 'RS256', 'typ': 'JWT', 'kid': clerk.keys.kid})}.{_b64(claims)}."


def _alg_none(clerk: ClerkStandIn, claims: dict[str, Any]) -> str:
    return f"{_b64({'alg': 'none', 'typ': 'JWT', 'kid': clerk.keys.kid})}.{_b64(claims)}."


def _forged(clerk: ClerkStandIn, claims: dict[str, Any]) -> str:
    """Signed well, by somebody else, under our key's name."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": clerk.keys.kid})


def _hs256_with_the_public_key(clerk: ClerkStandIn, claims: dict[str, Any]) -> str:
    public = clerk.keys.private_key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    signed = f"{_b64({'alg': 'HS256', 'typ': 'JWT', 'kid': clerk.keys.kid})}.{_b64(claims)}"
    mark = base64.urlsafe_b64encode(hmac.new(public, signed.encode(), hashlib.sha256).digest()).rstrip(b"=").decode()
    return f"{signed}.{mark}"


def _tampered(clerk: ClerkStandIn, claims: dict[str, Any]) -> str:
    head, _payload, mark = clerk.keys.sign(claims).split(".")
    return f"{head}.{_b64({**claims, 'sub': 'user_admin'})}.{mark}"


def _of_a_template(clerk: ClerkStandIn, claims: dict[str, Any]) -> str:
    return clerk.keys.sign(claims, cat=TEMPLATE_KIND)


def _of_a_strange_kind(clerk: ClerkStandIn, claims: dict[str, Any]) -> str:
    return clerk.keys.sign(claims, cat=["cl_B7d4PD111AAA"])


def _of_a_strange_type(clerk: ClerkStandIn, claims: dict[str, Any]) -> str:
    return clerk.keys.sign(claims, typ="at+jwt")


def _without_a_key(clerk: ClerkStandIn, claims: dict[str, Any]) -> str:
    return clerk.keys.sign(claims, kid=None)


def _of_an_unknown_key(clerk: ClerkStandIn, claims: dict[str, Any]) -> str:
    return clerk.keys.sign(claims, kid="ins_unknown")


def _oversized(clerk: ClerkStandIn, claims: dict[str, Any]) -> str:
    return clerk.keys.sign({**claims, "padding": "x" * 9_000})


def _handshake(clerk: ClerkStandIn, claims: dict[str, Any]) -> str:
    return clerk.handshake_token(None)


FORGERIES: list[Forge] = [
    _unsigned,
    _alg_none,
    _forged,
    _hs256_with_the_public_key,
    _tampered,
    _of_a_template,
    _of_a_strange_kind,
    _of_a_strange_type,
    _without_a_key,
    _of_an_unknown_key,
    _oversized,
    _handshake,
]


def wrong_claims() -> dict[str, dict[str, Any]]:
    now = int(time.time())
    return {
        "expired": {"exp": now - 30, "iat": now - 90, "nbf": now - 100},
        "not yet valid": {"nbf": now + 3_600},
        "issued in the future": {"iat": now + 3_600},
        "another issuer": {"iss": "https://clerk.evil.example"},
        "another party": {"azp": "https://evil.example"},
        "no party": {"azp": None},
        "a list of parties": {"azp": ["http://localhost"]},
        "pending": {"sts": "pending"},
        "no expiry": {"exp": None},
        "no start": {"nbf": None},
        "no time of issue": {"iat": None},
        "no issuer": {"iss": None},
        "no subject": {"sub": None},
        "no session": {"sid": None},
        "a subject that is no text": {"sub": 7},
        "a session that is no text": {"sid": ["sess_1"]},
        "an endless subject": {"sub": "user_" + "x" * 100},
        "an expiry that is no number": {"exp": "soon"},
        "an expiry beyond all time": {"exp": 10**30},
        "a time of issue that is no number": {"iat": {}},
    }


@pytest.fixture(autouse=True)
def _known(clerk: ClerkStandIn, carla: Session, visitor: Browser) -> None:
    """The control: the very same, well signed, opens the door."""
    assert ask(visitor, clerk.keys.sign(claims_of(clerk, carla))).h1 == "Your bookings"


def _nothing_happened(visitor: Browser, what: str) -> None:
    assert "sessionid" not in visitor.own, what
    assert User.objects.count() == 1, what


def test_what_clerk_did_not_sign_for_us_is_refused(clerk: ClerkStandIn, carla: Session, visitor: Browser):
    for forge in FORGERIES:
        token = forge(clerk, claims_of(clerk, carla))
        answer = ask(visitor, token)
        assert (answer.status, answer.headers.get("www-authenticate")) == (401, 'Bearer error="invalid_token"'), forge
        assert token[:40] not in answer.body
        _nothing_happened(visitor, forge.__name__)
        # The same as cookies: signed out, no session, no handshake.
        other, suffix = Browser(visitor.site), clerk.cookie_suffix
        other.own.update({f"__session_{suffix}": token, f"__client_uat_{suffix}": str(int(time.time()) - 60)})
        answer = other.get("/bookings/", follow=False)
        assert answer.status == 302 and "/account/login/" in answer.location, forge
        _nothing_happened(other, forge.__name__)


def test_a_signed_token_with_wrong_claims_is_refused(clerk: ClerkStandIn, carla: Session, visitor: Browser):
    for what, changes in wrong_claims().items():
        assert ask(visitor, clerk.keys.sign(claims_of(clerk, carla, **changes))).status == 401, what
        _nothing_happened(visitor, what)


def test_what_is_no_token_is_refused(clerk: ClerkStandIn, visitor: Browser):
    for token in ("", "x", "a.b.c", "..", "\xe9.\xe9.\xe9", "null", "eyJhbGciOiJub25lIn0.e30.", "=" * 100, "a" * 7_000):
        assert ask(visitor, token).status == 401, token[:20]


def test_a_little_difference_of_the_clocks_is_no_matter(clerk: ClerkStandIn, carla: Session, visitor: Browser):
    now = int(time.time())
    assert ask(visitor, clerk.keys.sign(claims_of(clerk, carla, iat=now + 3, nbf=now + 3))).status == 200
    assert ask(visitor, clerk.keys.sign(claims_of(clerk, carla, exp=now - 3))).status == 200
    assert ask(visitor, clerk.keys.sign(claims_of(clerk, carla), cat=None)).status == 200


def test_a_token_is_for_one_request_and_sends_no_one_round(clerk: ClerkStandIn, carla: Session, visitor: Browser):
    answer = ask(visitor, clerk.session_token(carla))
    assert answer.status == 200 and "sessionid" not in visitor.own
    assert visitor.get("/bookings/").path == "/account/login/"
    # A form needs no CSRF token with it: no other site can make a browser send the header.
    token = clerk.session_token(carla)
    data = {"Authorization": f"Bearer {token}"}
    saved = visitor.post("/account/profile/", {"first_name": "Nina", "language": "en"}, follow=False, **data)
    assert saved.status == 302
    assert User.objects.get().first_name == "Nina"
    assert visitor.post("/account/profile/", {"first_name": "Mallory"}, follow=False).status == 403


def test_the_token_of_an_ended_session_is_refused_before_it_runs_out(
    clerk: ClerkStandIn, carla: Session, visitor: Browser
):
    token = clerk.session_token(carla)
    clerk.state.end_session(carla, "revoked")
    assert clerk.hooks.deliver(clerk.hooks.held[-1]) == 200
    assert ask(visitor, token).status == 401


def test_nothing_secret_is_logged(clerk: ClerkStandIn, carla: Session, visitor: Browser, caplog: Any):
    caplog.set_level(logging.DEBUG)
    token = clerk.session_token(carla)
    clerk.faults.error = "/v1"
    other = clerk.state.sign_in(clerk.state.add_person("other@example.com"))
    for one in (token, token[:-5], clerk.session_token(other)):
        ask(visitor, one)
    said = caplog.text
    assert "Clerk did not answer GET /v1/users/" in said
    for secret in (token, token[:-5], clerk.secret_key, clerk.webhook_secret):
        assert secret not in said
