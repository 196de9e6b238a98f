"""Who is asking: tokens over the wire's protocol, the site's session, and the header that only development believes."""

import base64
import hashlib
import hmac
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from beautydrop.accounts.clerk import keys
from beautydrop.accounts.models import User
from beautydrop.standins.clerk import ClerkStandIn
from beautydrop.standins.clerk.signing import TEMPLATE_KIND, session_claims
from tests.api.test_problems import problem
from tests.factories import PASSWORD, a_person

pytestmark = pytest.mark.django_db

ME, PROFILE = "/api/v1/auth/me/", "/api/v1/auth/profile/"


def ask(token: str, client: Client | None = None):
    return (client or Client()).get(ME, headers={"Authorization": f"Bearer {token}"})


# --- Tokens ----------------------------------------------------------------------------------------


def _b64(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _hs256(clerk: ClerkStandIn, claims: dict[str, Any]) -> str:
    """Signed with the public key as the secret, by hand: the library refuses to make one."""
    public = clerk.keys.private_key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    signed = f"{_b64({'alg': 'HS256', 'typ': 'JWT', 'kid': clerk.keys.kid})}.{_b64(claims)}"
    mark = hmac.new(public, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"


def _forged(clerk: ClerkStandIn, claims: dict[str, Any]) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": clerk.keys.kid})


def _with(**changes: Any) -> Callable[[ClerkStandIn, dict[str, Any]], str]:
    def make(clerk: ClerkStandIn, claims: dict[str, Any]) -> str:
        return clerk.keys.sign({name: value for name, value in {**claims, **changes}.items() if value is not None})

    return make


BAD: dict[str, Callable[[ClerkStandIn, dict[str, Any]], str]] = {
    "nothing": lambda clerk, claims: "",
    "no token": lambda clerk, claims: "nonsense",
    "two": lambda clerk, claims: f"{clerk.keys.sign(claims)} {clerk.keys.sign(claims)}",
    "unsigned": lambda clerk, claims: clerk.keys.sign(claims).rpartition(".")[0] + ".",
    "alg none": lambda clerk, claims: f"{_b64({'alg': 'none', 'kid': clerk.keys.kid})}.{_b64(claims)}.",
    "HS256 with the public key": _hs256,
    "forged": _forged,
    "another kind": lambda clerk, claims: clerk.keys.sign(claims, cat=TEMPLATE_KIND),
    "an unknown key": lambda clerk, claims: clerk.keys.sign(claims, kid="ins_unknown"),
    "expired": _with(exp=int(time.time()) - 60),
    "not yet valid": _with(nbf=int(time.time()) + 86_400),  # of when this file was read, so much later than that
    "another issuer": _with(iss="https://clerk.evil.example"),
    "for another site": _with(azp="https://evil.example"),
    "for no site": _with(azp=None),
    "pending": _with(sts="pending"),
    "nobody's": _with(sub=None),
    "a number's": _with(sub=12),
    "of no session": _with(sid=None),
    "oversized": _with(more="x" * 9_000),
    "absurd times": _with(exp=10**400),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_tokens(clerk, carla, what, caplog):
    claims = session_claims(issuer=clerk.url, origin=clerk.site, user_id=carla.user_id, sid=carla.id)
    token = BAD[what](clerk, claims)
    with caplog.at_level(logging.DEBUG):
        answer = ask(token)
    problem(answer, 401, "not_authenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert not User.objects.exists()
    assert len(token) < 20 or token not in caplog.text + answer.content.decode()


def test_a_bad_token_is_not_made_up_for_by_a_session(clerk, client):
    client.force_login(a_person("clara@example.com"))
    problem(ask("nonsense", client), 401, "not_authenticated")


def test_a_token_needs_no_csrf_token(app):
    assert app.put(PROFILE, {"first_name": "Ada"}, "application/json").status_code == 200


def test_other_schemes_are_nobodys(client):
    problem(client.get(ME, headers={"Authorization": "Basic Y2FybGE6c2VjcmV0"}), 401, "not_authenticated")


def test_while_clerk_is_off_no_token_is_good(client):
    problem(ask("a.b.c"), 401, "not_authenticated")


def test_while_clerk_does_not_answer(app, clerk):
    """The same token may do in a minute: the app is told so, and does not throw it away."""
    clerk.faults.down = "/"
    answer = app.get(ME)
    problem(answer, 503, "unavailable")
    assert answer.headers["Retry-After"] == "60"
    clerk.faults.down = ""
    keys.forget()
    assert app.get(ME).status_code == 200
    # Known by now: nobody has to be asked.
    clerk.faults.down = "/"
    assert app.get(ME).status_code == 200


def test_people_who_are_not_let_in(clerk):
    unverified = clerk.state.sign_in(clerk.state.add_person("una@example.com", is_verified=False))
    answer = ask(clerk.session_token(unverified))
    assert "Verify your e-mail" in problem(answer, 403, "permission_denied")["detail"]
    a_person("paul@example.com", is_verified=False)
    taken = clerk.state.sign_in(clerk.state.add_person("paul@example.com"))
    answer = ask(clerk.session_token(taken))
    assert "already has an account" in problem(answer, 403, "permission_denied")["detail"]
    assert not User.objects.exclude(clerk_user_id=None).exists()


# --- The site's session ----------------------------------------------------------------------------


def test_a_session_changes_nothing_without_the_csrf_token():
    a_person("clara@example.com")
    client = Client(enforce_csrf_checks=True)
    client.login(email="clara@example.com", password=PASSWORD)
    assert client.get(ME).json()["email"] == "clara@example.com"
    body = '{"first_name": "Ada"}'
    for headers in ({}, {"X-CSRFToken": "nonsense"}):
        answer = client.put(PROFILE, body, "application/json", headers=headers)
        assert "X-CSRFToken" in problem(answer, 403, "permission_denied")["detail"]
    client.get("/api/docs/")
    token = client.cookies["csrftoken"].value
    elsewhere = {"X-CSRFToken": token, "Origin": "https://evil.example"}
    problem(client.put(PROFILE, body, "application/json", headers=elsewhere), 403, "permission_denied")
    assert me_name(client) == "Clara"
    assert client.put(PROFILE, body, "application/json", headers={"X-CSRFToken": token}).status_code == 200
    assert me_name(client) == "Ada"


def me_name(client: Client) -> str:
    return client.get(ME).json()["first_name"]


# --- The header ------------------------------------------------------------------------------------


@pytest.fixture
def believed(settings: Any) -> None:
    settings.DEBUG, settings.ALLOW_CLERK_USER_ID_HEADER = True, True


def by_header(user_id: str, **headers: str):
    return Client(headers={"X-Clerk-User-ID": user_id, **headers})


@pytest.mark.parametrize(("debug", "allowed"), [(False, False), (True, False), (False, True)])
def test_the_header_is_ignored(clerk, carla, settings, debug, allowed):
    settings.DEBUG, settings.ALLOW_CLERK_USER_ID_HEADER = debug, allowed
    problem(by_header(carla.user_id).get(ME), 401, "not_authenticated")
    assert not User.objects.exists()


def test_the_header_where_it_is_believed(believed, clerk, carla):
    client = by_header(carla.user_id)
    assert client.get(ME).json()["email"] == "carla@example.com"  # a first sight, as with a token
    assert client.post("/api/v1/auth/register/", {"role": "client"}, "application/json").status_code == 201
    assert client.post("/api/v1/auth/login/").status_code == 200
    site = Client()
    site.cookies = client.cookies
    assert site.get("/account/profile/").status_code == 200
    assert client.post("/api/v1/auth/logout/").status_code == 204
    assert site.get("/account/profile/").status_code == 302


def test_the_header_names_somebody_whom_clerk_does_not_know(believed, clerk):
    problem(by_header("user_nobody").get(ME), 403, "permission_denied")


def test_the_header_without_clerk(believed):
    User.objects.create_user("dora@example.com", clerk_user_id="user_dora")
    assert by_header("user_dora").get(ME).json()["email"] == "dora@example.com"
    problem(by_header("user_nobody").get(ME), 401, "not_authenticated")


@pytest.mark.parametrize("user_id", ["' OR 1=1", "a b", "x" * 65, "\x00", "ü", "../users"])
def test_the_header_holds_an_id(believed, clerk, user_id):
    problem(by_header(user_id).get(ME), 401, "not_authenticated")
    assert clerk.asked == []


def test_a_token_comes_before_the_header(believed, clerk, carla):
    answer = by_header("user_other", Authorization=f"Bearer {clerk.session_token(carla)}").get(ME)
    assert answer.json()["clerk_user_id"] == carla.user_id


@pytest.mark.parametrize(("debug", "is_refused"), [("false", True), ("true", False)])
def test_production_does_not_start_with_the_header_on(debug, is_refused):
    done = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        env={**os.environ, "DEBUG": debug, "ALLOW_CLERK_USER_ID_HEADER": "true"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode != 0) == is_refused, done.stderr
    assert ("ALLOW_CLERK_USER_ID_HEADER: expected false" in done.stderr) == is_refused
