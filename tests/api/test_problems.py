"""Every refusal of the API is application/problem+json, whoever refuses; see beautydrop/api/problems.py."""

import json

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.test import Client
from django.urls import include, path
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.decorators import api_view

from beautydrop import urls
from beautydrop.api.access import public, signed_in
from beautydrop.api.problems import Problem
from tests.factories import a_person

pytestmark = pytest.mark.django_db

MEMBERS = {"type", "title", "status", "detail", "code"}
ME, PROFILE, LOGIN = "/api/v1/auth/me/", "/api/v1/auth/profile/", "/api/v1/auth/login/"


def problem(answer, status: int, code: str) -> dict:
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    body = answer.json()
    assert set(body) >= MEMBERS
    assert (body["status"], body["code"], body["type"]) == (status, code, "about:blank")
    assert body["title"]
    assert body["detail"]
    return body


@pytest.fixture
def clara(client) -> Client:
    """Signed in on the site."""
    client.force_login(a_person("clara@example.com"))
    return client


def put(client: Client, body, content_type: str = "application/json", **headers: str):
    return client.put(PROFILE, body, content_type=content_type, headers=headers)


# --- What the real addresses refuse ----------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "head", "post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize(
    "address",
    ["/api/", "/api/v1/", "/api/v1/nothing/", "/api/v1/auth/me", "/api/v1/auth/me/x/", "/api/v2/auth/me/", "/api/%00/"],
)
def test_unknown_addresses(address, method):
    answer = getattr(Client(enforce_csrf_checks=True), method)(address)
    assert answer.status_code == 404
    if method != "head":
        problem(answer, 404, "not_found")


@pytest.mark.parametrize("is_debugging", [True, False])
def test_unknown_addresses_look_the_same_in_development(client, settings, is_debugging):
    settings.DEBUG = is_debugging
    problem(client.get("/api/v1/nothing/"), 404, "not_found")
    problem(client.post("/api/v1/auth/login"), 404, "not_found")


def test_other_addresses_keep_their_pages(client):
    answer = client.get("/nothing/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/html; charset=utf-8")


@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/xml", "nonsense", "", "a/b;q=x,,;"])
def test_accept_decides_nothing(client, accept):
    problem(client.get(ME, headers={"Accept": accept}), 401, "not_authenticated")
    problem(client.get(ME + "?format=xml"), 401, "not_authenticated")


def test_401_names_the_scheme(client):
    answer = client.get(ME)
    problem(answer, 401, "not_authenticated")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="BeautyDrop"'
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("address", "allowed"),
    [(ME, {"GET", "HEAD", "OPTIONS"}), (PROFILE, {"PUT", "OPTIONS"}), (LOGIN, {"POST", "OPTIONS"})],
)
def test_405_names_the_methods(clara, address, allowed):
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"} - allowed:
        answer = clara.generic(method, address)
        problem(answer, 405, "method_not_allowed")
        assert set(answer.headers["Allow"].split(", ")) == allowed, method


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "application/xml",
        "nonsense",
        "application/json-patch+json",
        "/",
        ";",
    ],
)
def test_415(clara, content_type):
    problem(put(clara, b'{"first_name": "Ada"}', content_type), 415, "unsupported_media_type")


DEEP = 100_000


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b"\x00",
        b"\xff\xfe{\x00}\x00",
        '{"first_name": "Zoé"}'.encode("latin-1"),
        b'{"first_name": NaN}',
        b'{"first_name": Infinity}',
        b'{"first_name": ' + b"9" * 5_000 + b"}",
        b"[" * DEEP,
        b"[" * DEEP + b"]" * DEEP,
        b'{"a":' * DEEP + b"1" + b"}" * DEEP,
        b'{"first_name": ' + b"[" * 500 + b"]" * 500 + b"}",
        b'{"first_name": "\\ud83d"}',
        b'{"first_name": "a\\u0000b"}',
        b'{"first_name": "' + b"a" * 81 + b'"}',
        b'{"first_name": ""}',
        b'{"first_name": null}',
        b'{"first_name": {}}',
        b'{"first_name": ["Ada"]}',
        b'{"first_name": true}',
        b'{"phone": "12"}',
        b'{"phone": "\\u0661"}',
        b'{"phone": "+1e400"}',
        b"[]",
        b"null",
        b'"text"',
        b"1",
    ],
)
def test_what_cannot_be_used_is_400(clara, body):
    problem(put(clara, body), 400, "invalid")


def test_errors_stand_by_their_field(clara):
    given = {"first_name": "", "last_name": "x" * 81, "phone": "nonsense"}
    errors = problem(put(clara, json.dumps(given)), 400, "invalid")["errors"]
    assert errors == {
        "first_name": ["Send a text that is not empty"],
        "last_name": ["Send at most 80 characters"],
        "phone": ["Enter a phone number with its country code, like +49 30 5550123"],
    }
    assert problem(put(clara, "[]"), 400, "invalid")["errors"] == {"non_field_errors": ["Send a JSON object"]}


def test_words_come_in_the_language_of_the_request(clara):
    answer = put(clara, b'{"phone": "nonsense"}', **{"Accept-Language": "de"})
    assert "Telefonnummer" in answer.json()["errors"]["phone"][0]


@pytest.mark.parametrize("charset", ["latin-1", "utf-16", "nonsense", "hex", "zlib", "rot13", "undefined", "idna"])
def test_a_charset_decides_nothing(clara, charset):
    """JSON is UTF-8 (RFC 8259)."""
    answer = put(clara, '{"first_name": "Zoë"}'.encode(), f"application/json; charset={charset}")
    assert (answer.status_code, answer.json()["first_name"]) == (200, "Zoë")


def test_oversized_bodies_are_413(clara, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000
    fits = b'{"first_name": "Ada"}'
    assert put(clara, fits.ljust(1_000)).status_code == 200
    problem(put(clara, fits.ljust(1_001)), 413, "too_large")


@pytest.mark.parametrize("length", ["", "-1", "nonsense", "1e3", "9" * 400, "9" * 5_000, "0"])
def test_a_wrong_content_length(clara, length):
    answer = clara.generic("PUT", PROFILE, b"{}", "application/json", CONTENT_LENGTH=length)
    assert answer.status_code in {200, 400, 413}


def test_a_body_in_chunks_is_refused_and_not_overlooked(clara):
    answer = clara.generic("PUT", PROFILE, b"", "application/json", headers={"Transfer-Encoding": "chunked"})
    problem(answer, 411, "length_required")


def test_an_unknown_host(client):
    problem(client.get(ME, headers={"Host": "evil.example"}), 400, "invalid")


def test_somebody_who_is_only_looked_as_changes_nothing(client):
    from beautydrop.accounts.models import User

    admin = User.objects.create_superuser("admin@example.com", "secret-enough")
    person = a_person("clara@example.com")
    client.force_login(admin)
    client.post("/admin/accounts/user/", {"action": "look_as_person", "_selected_action": [str(person.pk)]})
    assert client.get(ME).json()["email"] == "clara@example.com"
    problem(put(client, b'{"first_name": "Ada"}'), 403, "permission_denied")


# --- What views of later modules raise -------------------------------------------------------------


class Overlap(Exception):
    """A fault of ours."""


RAISED = {
    "taken": lambda: Problem(409, "slot_taken", "Just taken.", alternatives=["2026-12-03T09:15:00Z"]),
    "denied": lambda: exceptions.PermissionDenied("Ask the owner."),
    "django-denied": lambda: PermissionDenied("staff 12 is not of shop 3"),
    "missing": lambda: exceptions.NotFound(),
    "django-missing": lambda: Http404("No Shop matches the given query."),
    "throttled": lambda: exceptions.Throttled(wait=7.9),
    "throttled-for-some-time": lambda: exceptions.Throttled(),
    "suspicious": lambda: SuspiciousOperation("inside knowledge"),
    "nested": lambda: exceptions.ValidationError({"hours": [{}, {"start": ["Send a time"]}], "name": "Send a text"}),
    "fault": lambda: Overlap("inside knowledge"),
}


@public
@extend_schema(exclude=True)
@api_view(["GET"])
def failing(request, what: str):
    raise RAISED[what]()


@signed_in
@extend_schema(exclude=True)
@api_view(["GET"])
def closed(request): ...


urlpatterns = [path("api/v1/failing/<what>/", failing), path("api/v1/closed/", closed), path("", include(urls))]


@pytest.mark.urls(__name__)
class TestRaised:
    def get(self, what: str):
        return Client(raise_request_exception=False).get(f"/api/v1/failing/{what}/")

    def test_a_reason_of_its_own(self):
        body = problem(self.get("taken"), 409, "slot_taken")
        assert (body["title"], body["detail"]) == ("Conflict", "Just taken.")
        assert body["alternatives"] == ["2026-12-03T09:15:00Z"]

    def test_words_are_for_the_client_or_left_out(self):
        assert problem(self.get("denied"), 403, "permission_denied")["detail"] == "Ask the owner."
        for what, status, code in (
            ("django-denied", 403, "permission_denied"),
            ("django-missing", 404, "not_found"),
            ("missing", 404, "not_found"),
            ("suspicious", 400, "invalid"),
            ("fault", 500, "internal_error"),
        ):
            text = json.dumps(problem(self.get(what), status, code))
            assert "shop" not in text.lower(), what
            assert "inside knowledge" not in text, what

    def test_too_often(self):
        answer = self.get("throttled")
        problem(answer, 429, "too_many_requests")
        assert answer.headers["Retry-After"] == "8"
        answer = self.get("throttled-for-some-time")
        problem(answer, 429, "too_many_requests")
        assert answer.headers["Retry-After"] == "60"

    def test_deeper_fields_have_their_path(self):
        errors = problem(self.get("nested"), 400, "invalid")["errors"]
        assert errors == {"hours.1.start": ["Send a time"], "name": ["Send a text"]}

    def test_closed_unless_somebody_says_who_they_are(self, client):
        problem(client.get("/api/v1/closed/"), 401, "not_authenticated")
