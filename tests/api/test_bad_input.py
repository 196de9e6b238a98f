"""Hundreds of odd requests: never a fault of ours, always a problem that says its own status."""

import json
import random
from collections import Counter
from urllib.parse import quote

import pytest
from django.test import Client
from django.test.client import ClientHandler

from beautydrop.accounts.models import User
from beautydrop.api.problems import MEDIA_TYPE
from beautydrop.wsgi import without_charset
from tests.factories import a_person

pytestmark = pytest.mark.django_db

REQUESTS = 800
ADDRESSES = ["register", "login", "logout", "me", "profile"]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"]
FIELDS = ["first_name", "last_name", "phone", "role", "business_name", "id", "is_staff", "email", "\x00", "", "ünï"]
ODD = [
    None,
    True,
    0,
    -1,
    1e308,
    10**400,
    "",
    " ",
    "a",
    "\x00",
    "a\x00b",
    "\ud800",
    "\u202e",
    "🦄" * 200,
    "x" * 10_000,
    "+49 30 5550123",
    "+0",
    "٣",
    "customer",
    "client",
    "admin",
    "{{ 7*7 }}",
    "'; DROP TABLE accounts_user; --",
    "<script>alert(1)</script>",
    [],
    [[]],
    {},
    {"": {}},
    ["customer"],
    {"role": "client"},
]
RAW = [
    b"",
    b"{",
    b"}",
    b"\x00",
    b"\xff\xfe",
    b'{"a":1}x',
    b"{'role': 'client'}",
    b"NaN",
    b"[" * 30_000,
    b'{"role":' * 3_000 + b"1" + b"}" * 3_000,
    b'{"role": "client", "role": "customer"}',
    b"\xef\xbb\xbf{}",
    b"1" * 5_000,
    b"a=b&" * 2_000,
]
CONTENT_TYPES = [
    *["application/json"] * 12,
    "application/json; charset=utf-16",
    "application/json; charset=zlib",
    "application/json;;;=",
    "APPLICATION/JSON",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "text/plain",
    "",
]
AUTHORIZATIONS = [
    *[None] * 14,
    "Bearer",
    "Bearer ",
    "bearer x",
    "Bearer a.b.c",
    "Bearer eyJhbGciOiJub25lIn0.e30.",
    "Bearer " + "x" * 20_000,
    "Bearer \xff\xfe",
    "Bearer a b",
    "Basic YTpi",
    "\xe4",
]
QUERIES = ["", "", "?format=xml", "?page=" + quote("\x00"), "?%ED%A0%80=%FF", "?" + "a=1&" * 50]


class AsTheWebServer(ClientHandler):
    def __call__(self, environ):
        return super().__call__(without_charset(environ))


def a_value(odd: random.Random, depth: int = 0) -> object:
    if depth < 3 and odd.random() < 0.15:
        return {odd.choice(FIELDS): a_value(odd, depth + 1) for _ in range(odd.randint(0, 3))}
    return odd.choice(ODD)


def a_body(odd: random.Random) -> bytes:
    if odd.random() < 0.2:
        return odd.choice(RAW)
    if odd.random() < 0.1:
        return odd.randbytes(odd.randint(0, 200))
    return json.dumps({odd.choice(FIELDS): a_value(odd) for _ in range(odd.randint(0, 4))}).encode()


@pytest.mark.parametrize("seed", [1, 2])
def test_odd_requests(seed):
    """Exceptions in a view reach the test as they are, so that a fault fails here with its own traceback."""
    odd = random.Random(seed)
    client = Client()
    client.handler = AsTheWebServer(enforce_csrf_checks=False)
    person = a_person("clara@example.com")
    statuses: Counter[int] = Counter()
    for number in range(REQUESTS // 2):
        if number % 10 == 0:
            client.logout()
            if odd.random() < 0.8:
                client.force_login(person)
        address = (
            f"/api/v1/auth/{odd.choice(ADDRESSES)}{odd.choice(['/'] * 9 + ['', '//', '/%00/'])}{odd.choice(QUERIES)}"
        )
        method, content_type, body = odd.choice(METHODS), odd.choice(CONTENT_TYPES), a_body(odd)
        headers = {
            "Accept": odd.choice(["*/*", "text/html", "\xff", ""]),
            "Accept-Language": odd.choice(["de", "xx", "*"]),
        }
        if authorization := odd.choice(AUTHORIZATIONS):
            headers["Authorization"] = authorization
        if odd.random() < 0.1:
            headers["X-Clerk-User-ID"] = odd.choice(["user_1", "\x00", "x" * 500, "' OR 1=1"])
        answer = client.generic(method, address, body, content_type, headers=headers)
        what = (method, address, content_type, body[:200], headers, answer.content[:300])
        assert answer.status_code < 500, what
        if answer.status_code >= 400 and method != "HEAD":
            assert answer.headers["Content-Type"] == MEDIA_TYPE, what
            problem = answer.json()
            assert problem["status"] == answer.status_code, what
            assert problem["code"], what
            assert problem["detail"], what
        statuses[answer.status_code] += 1
    # Each kind of answer was really met.
    assert set(statuses) >= {200, 204, 400, 401, 404, 405, 415}
    person.refresh_from_db()
    assert (person.email, person.is_staff, person.is_superuser) == ("clara@example.com", False, False)
    assert User.objects.count() == 1
