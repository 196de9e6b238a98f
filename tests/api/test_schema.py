"""The description fits what is there: every address, its methods, its refusals, who may use it."""

import json
import re

import pytest
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from beautydrop.api import schema

pytestmark = pytest.mark.django_db


def addresses() -> dict[str, URLPattern]:
    """Every address below /api/v1/ by its pattern, as the description writes it."""
    found: dict[str, URLPattern] = {}

    def walk(resolver: URLResolver, before: str) -> None:
        for part in resolver.url_patterns:
            at = before + str(part.pattern)
            if isinstance(part, URLResolver):
                walk(part, at)
            elif at.startswith("api/v1/"):
                found["/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", at)] = part

    walk(get_resolver(), "")
    return found


@pytest.fixture
def document(client) -> dict:
    schema._description.cache_clear()
    answer = client.get("/api/schema/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/vnd.oai.openapi+json")
    yield json.loads(answer.content)
    schema._description.cache_clear()


def test_it_is_sound(tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yaml"))


def test_every_address_is_described_and_says_who_may_use_it(document):
    assert set(document["paths"]) == set(addresses())
    for address, pattern in addresses().items():
        assert pattern.callback.access in {"public", "signed_in"}, address
        methods = {name.upper() for name in document["paths"][address]}
        assert methods == set(pattern.callback.cls().allowed_methods) - {"HEAD", "OPTIONS"}, address


def test_it_says_where_one_has_to_say_who_one_is(document):
    """That they are refused there is seen in tests/test_rights.py."""
    for address, pattern in addresses().items():
        if pattern.callback.access == "signed_in":
            for method, operation in document["paths"][address].items():
                assert "401" in operation["responses"], (method, address)


def test_every_refusal_is_a_problem(document):
    for address, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], address
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"], (method, address, status)
                    assert re.fullmatch(r"`\w+`", answer["description"]), (method, address, status)
            assert "429" in operation["responses"], address


def test_who_may_ask(document, client, settings):
    assert set(document["components"]["securitySchemes"]) == {"token", "session"}
    settings.DEBUG, settings.ALLOW_CLERK_USER_ID_HEADER = True, True
    schema._description.cache_clear()
    document = client.get("/api/schema/").json()
    assert document["components"]["securitySchemes"]["userId"]["name"] == "X-Clerk-User-ID"


def test_it_does_not_depend_on_who_reads_it_first(client):
    schema._description.cache_clear()
    german = client.get("/api/schema/", headers={"Accept-Language": "de"}).content
    schema._description.cache_clear()
    assert client.get("/api/schema/", headers={"Accept-Language": "en"}).content == german


def test_the_page_needs_nothing_from_elsewhere_and_no_script_to_be_read(client):
    answer = client.get(reverse("api:docs"))
    html = answer.content.decode()
    assert answer.status_code == 200
    for address in addresses():
        assert address in html
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    for found in re.findall(r'<(?:script|link)[^>]*(?:src|href)="([^"]+)"', html):
        assert found.startswith("/"), found
    assert "swagger-ui-bundle" in html


@pytest.mark.parametrize("name", ["api:docs", "api:schema"])
def test_both_are_only_read(client, name):
    assert client.head(reverse(name)).status_code == 200
    answer = client.post(reverse(name))
    assert (answer.status_code, answer.headers["Content-Type"]) == (405, "application/problem+json")
