"""The hard shell, address by address: headers, what the policy forbids, caches, cookies, and where people are sent."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import quote, urlsplit

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse

from beautydrop.web.access import public
from tests import shell_walk
from tests.factories import NOW, a_person, a_world
from tests.pages import Visitor

pytestmark = pytest.mark.django_db

URLCONF = "tests.urls_with_debug"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Where one of them differs, and why.
DIFFERS = {
    "shops:picture": {"Cross-Origin-Resource-Policy": "cross-origin"},  # salons' pictures may be shown anywhere
    "demo:mail_html": {"X-Frame-Options": "SAMEORIGIN"},  # a page of ours shows the mail in a frame
    "manage:message_mail": {"X-Frame-Options": "SAMEORIGIN"},
}
# Mails are styled inline, as mail programs want it: in a frame of their own, where nothing but that is allowed.
MAILS = {"demo:mail_html", "manage:message_mail"}


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


# --- What the policy forbids in a page -------------------------------------------------------------


class _Scan(HTMLParser):
    """Finds everything that a strict content policy refuses to run, apply or load."""

    loads = {"script": "src", "link": "href", "img": "src", "iframe": "src", "form": "action", "source": "src"}

    def __init__(self, policy: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.nonces = set(re.findall(r"'nonce-([^']+)'", policy))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        is_allowed = got.get("nonce") in self.nonces
        is_data = got.get("type") in {"application/ld+json", "application/json"}
        if tag == "script" and "src" not in got and not is_data and not is_allowed:
            self.found.append("inline script")
        if tag == "style" and not is_allowed:
            self.found.append("inline style sheet")
        if tag in {"base", "object", "embed", "applet"}:
            self.found.append(tag)
        for name, value in got.items():
            if name == "style" or name.startswith(("on", "hx-on")) or name in {"hx-vars", "srcdoc"}:
                self.found.append(f"{name}={value[:40]}")
            if re.match(r"\s*(javascript|vbscript|data:text/html)", value, re.IGNORECASE):
                self.found.append(f"{name}={value[:40]}")
            if name in {"hx-vals", "hx-headers"} and re.search(r"\bjs:|javascript:", value):
                self.found.append(f"{name}={value[:40]}")
        address = got.get(self.loads.get(tag, ""), "")
        if urlsplit(address).netloc not in {"", "testserver"}:
            self.found.append(f"<{tag}> from {address[:60]}")


def _forbidden(html: str, policy: str) -> list[str]:
    scan = _Scan(policy)
    scan.feed(html)
    return scan.found


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<style>p {}</style>",
        '<p style="color: red">',
        '<p onclick="x()">',
        '<p hx-on:click="x()">',
        '<a href=" JavaScript:x()">',
        """<p hx-vals='js:{"a": 1}'>""",
        '<script src="https://cdn.example/x.js"></script>',
        '<img src="//cdn.example/x.png">',
        '<form action="https://evil.example/">',
        '<script nonce="other">x()</script>',
        '<iframe srcdoc="x">',
        '<base href="/x/">',
    ],
)
def test_the_scan_finds_what_it_is_for(html):
    assert _forbidden(html, "script-src 'nonce-abc'")
    assert not _forbidden('<script nonce="abc">x()</script><script src="/static/x.js"></script>', "'nonce-abc'")


def _check(response: HttpResponse, name: str, what: str) -> list[str]:
    """What is wrong with this answer."""
    wrong, headers = [], response.headers
    for header, value in {**ALWAYS, **DIFFERS.get(name, {})}.items():
        # What is refused before the view is reached wears what every answer wears.
        expected = {value} if response.status_code == 200 else {value, ALWAYS[header]}
        if headers.get(header) not in expected:
            wrong.append(f"{what}: {header} is {headers.get(header)}")
    policy = headers.get("Content-Security-Policy", "")
    if "default-src" not in policy or "unsafe-" in policy and name not in MAILS:
        wrong.append(f"{what}: policy {policy!r}")
    if "script-src" not in policy and "default-src 'self'" not in policy and "default-src 'none'" not in policy:
        wrong.append(f"{what}: scripts from anywhere")
    if "geolocation=(self)" not in headers.get("Permissions-Policy", ""):
        wrong.append(f"{what}: Permissions-Policy")
    if not headers.get("Cache-Control"):
        wrong.append(f"{what}: nothing said about caches")
    if headers.get("Content-Type", "").startswith("text/html"):
        varies = {part.strip() for part in headers.get("Vary", "").split(",")}
        if not {"Cookie", "HX-Request", "Accept-Language"} <= varies:
            wrong.append(f"{what}: Vary {headers.get('Vary')}")
        if "private" not in headers["Cache-Control"] and "no-store" not in headers["Cache-Control"]:
            wrong.append(f"{what}: {headers['Cache-Control']}")
        if not response.streaming and name not in MAILS:
            wrong += [f"{what}: {one}" for one in _forbidden(response.content.decode(), policy)]
    for cookie in response.cookies.values():
        if cookie["max-age"] == 0:
            continue
        if cookie["samesite"] not in {"Lax", "Strict"} or not (cookie["httponly"] or cookie.key == "django_language"):
            wrong.append(f"{what}: cookie {cookie.OutputString()}")
    return wrong


def test_every_address_wears_the_shell(settings):
    settings.ROOT_URLCONF = URLCONF
    wrong, seen = [], {}
    visits = list(shell_walk.visits(URLCONF))
    for method in ("get", "post"):
        for visit in visits:
            response = getattr(visit.client, method)(visit.path)
            what = f"{visit.who} {method.upper()} {visit.name} {visit.path} ({response.status_code})"
            seen.setdefault(visit.name, set()).add(response.status_code)
            wrong += _check(response, visit.name, what)
            if response.status_code >= 500:
                wrong.append(f"{what}: a fault")
            if visit.who != "stranger" and response.status_code == 200 and "_auth_user_id" in visit.client.session:
                is_page = response.headers["Content-Type"].startswith("text/html")
                if is_page and "no-store" not in response.headers["Cache-Control"]:
                    wrong.append(f"{what}: a signed-in person's page may be kept: {response.headers['Cache-Control']}")
            if visit.who != "stranger" and "logout" not in visit.name and "_auth_user_id" not in visit.client.session:
                wrong.append(f"{what}: signed out by the walk")
    assert not wrong, "\n" + "\n".join(dict.fromkeys(wrong))
    assert set(seen) == set(shell_walk.names(URLCONF))
    assert len(seen) > 150
    opened = [name for name, statuses in seen.items() if 200 in statuses]
    assert len(opened) > 90, sorted(set(seen) - set(opened))


# --- Answers that no view makes --------------------------------------------------------------------


@public
def _broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken")


urlpatterns = [path("broken/", _broken)]


def _odd_answers() -> Iterator[tuple[str, HttpResponse, int]]:
    client = Client(raise_request_exception=False)
    yield "host", client.get("/", headers={"Host": "evil.example"}), 400
    yield "not found", client.get("/nothing/"), 404
    yield "no CSRF token", Client(enforce_csrf_checks=True).post("/contact/"), 403
    yield "method", client.put("/contact/"), 405
    yield "missing slash", client.get("/contact"), 301
    yield "static file", client.get("/static/css/site.css"), 200
    yield "no static file", client.get("/static/none.css"), 404
    yield "fields", client.post("/contact/", {f"f{n}": "x" for n in range(1_100)}), 413
    yield "text", client.post("/contact/", {"message": "x" * 1_100_000}), 413
    yield "length", client.generic("POST", "/contact/", b"", CONTENT_LENGTH="99000000"), 413
    yield "no boundary", client.generic("POST", "/contact/", b"x", content_type="multipart/form-data"), 400


def test_answers_that_no_view_makes_wear_it_too():
    wrong = []
    for what, response, status in _odd_answers():
        assert response.status_code == status, (what, response.status_code)
        if what not in {"static file"}:
            wrong += _check(response, "", what)
        else:
            assert {name: response.headers.get(name) for name in ALWAYS} == ALWAYS
            assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        if status in {400, 403, 413} or what == "not found":
            page = response.content.decode()
            assert page.count("<h1") == 1 and "Traceback" not in page and "evil.example" not in page, what
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.urls(__name__)
def test_a_fault_of_ours_wears_it_too():
    response = Client(raise_request_exception=False).get("/broken/")
    assert response.status_code == 500
    assert not _check(response, "", "fault")
    assert b"RuntimeError" not in response.content


def test_too_large_a_file_is_a_page(settings):
    settings.MAX_UPLOAD_BYTES = 1_000
    world = a_world()
    visitor = Visitor(world.client.user)
    picture = SimpleUploadedFile("p.png", b"x" * 600_000, content_type="image/png")
    page = visitor.post(reverse("manage:pictures", args=[world.shop.slug]), {"files": picture})
    assert page.status in {413, 422} and page.h1


# --- As in production ------------------------------------------------------------------------------

PRODUCTION = {
    "DEBUG": "false",
    "SECRET_KEY": "throw-away-k3y-for-checks-only-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "beauty.example",
    "SITE_URL": "https://beauty.example",
    "EMAIL_HOST": "mail.beauty.example",
    "ALLOW_PLAIN_HTTP": "false",
    "RATE_LIMITS_ENABLED": "true",
    "TRUSTED_PROXIES": "10.0.0.0/8",
    "HASHED_STATIC": "false",
    "REDIS_URL": "",
    "DATABASE_URL": "postgres://nobody:nothing@127.0.0.1:1/none",
}


def _production(*command: str, **changes: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **PRODUCTION, "PYTHONWARNINGS": "ignore", **changes}
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # set by browser tests that ran in this process before
    return subprocess.run(
        [sys.executable, *command],
        cwd=django_settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


_LOOK = """
import json, django
django.setup()
from django.test import Client
client = Client(raise_request_exception=False)
proxy = {"REMOTE_ADDR": "10.0.0.1"}
def seen(response):
    cookies = {name: morsel.OutputString() for name, morsel in response.cookies.items()}
    return [response.status_code, dict(response.headers), cookies]
https = {"Host": "beauty.example", "X-Forwarded-Proto": "https"}
print(json.dumps({
    "page": seen(client.get("/contact/", headers=https, **proxy)),
    "theme": seen(client.post("/account/preferences/", {"theme": "dark"}, headers=https, **proxy)),
    "plain": seen(client.get("/contact/", headers={"Host": "beauty.example"}, **proxy)),
    "forged": seen(client.get("/contact/", headers=https, REMOTE_ADDR="203.0.113.5")),
    "host": seen(client.get("/contact/", headers={"Host": "evil.example"}, **proxy)),
    "forwarded host": seen(client.get("/contact/", headers={**https, "X-Forwarded-Host": "evil.example"}, **proxy)),
}))
"""


def test_production_sends_strict_headers_and_cookies():
    ran = _production("-c", _LOOK, DJANGO_SETTINGS_MODULE="beautydrop.settings")
    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout.splitlines()[-1])
    status, headers, cookies = seen["page"]
    assert status == 200
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert "upgrade-insecure-requests" in headers["Content-Security-Policy"]
    (token,) = cookies.values()
    assert token.startswith("__Host-csrftoken=")
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=Lax"} <= {part.strip() for part in token.split(";")}
    assert "Domain" not in token
    assert all("Secure" in cookie for cookie in seen["theme"][2].values()) and seen["theme"][2]
    for name in ("plain", "forged"):
        assert seen[name][0] == 301 and seen[name][1]["Location"] == "https://beauty.example/contact/", name
    assert seen["host"][0] == 400
    assert {name: seen["host"][1].get(name) for name in ALWAYS} == ALWAYS
    assert "default-src 'self'" in seen["host"][1]["Content-Security-Policy"]
    assert seen["forwarded host"][0] == 200


def test_the_deployment_check_is_clean():
    ran = _production("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert ran.returncode == 0, ran.stderr
    assert "no issues" in ran.stdout


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("RATE_LIMITS_ENABLED", "false", "expected true when DEBUG is off"),
        ("TRUSTED_PROXIES", "0.0.0.0/0", "would trust everybody"),
        ("TRUSTED_PROXIES", "my-proxy", "expected networks such as 10.0.0.0/8"),
        ("SECRET_KEY", "short", "expected at least 50 random characters"),
        ("ALLOWED_HOSTS", "*", "no *"),
        ("SITE_URL", "http://beauty.example", "expected an https address"),
        ("AUDIT_KEPT_DAYS", "30", "expected a whole number from 90"),
    ],
)
def test_an_unsafe_start_is_refused(name, value, expected):
    ran = _production("manage.py", "check", **{name: value})
    assert ran.returncode != 0
    assert f"{name}:" in ran.stderr and expected in ran.stderr


# --- Redirects and caches --------------------------------------------------------------------------

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
    " //evil.example",
    "/\t/evil.example/",
    "http:///evil.example/",
    "https://testserver@evil.example/",
    "https://testserver.evil.example/",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_led_elsewhere(target):
    world = a_world()
    signed_in = Client()
    signed_in.force_login(world.customer.user)
    password = {"login": "clara@example.com", "password": "a-password-for-tests-7"}
    owner = Client()
    owner.force_login(world.client.user)
    answers = [
        Client().post(reverse("account_login"), {**password, "next": target}),
        Client().post(f"{reverse('account_login')}?next={quote(target)}", password),
        signed_in.get(f"{reverse('account_login')}?next={quote(target)}"),
        signed_in.get(f"{reverse('account_signup')}?next={quote(target)}"),
        signed_in.post(reverse("marketplace:toggle_favourite", args=[world.shop.slug]), {"next": target}),
        Client().post(reverse("accounts:preferences"), {"theme": "dark", "next": target}),
        Client().post(reverse("marketplace:toggle_favourite", args=[world.shop.slug]), headers={"Referer": target}),
        Client().get(f"/admin/login/?next={quote(target)}"),
        owner.post(reverse("account_logout"), {"next": target}),
        signed_in.post(reverse("account_logout"), {"next": target}),
        Client().get(f"/{target.lstrip('/')}"),
        Client().get(f"/{target}"),
    ]
    for answer in answers:
        if answer.status_code in {301, 302, 303, 307, 308}:
            where = urlsplit(answer.headers["Location"].replace("\\", "/"))
            assert where.scheme in {"", "http"} and where.netloc in {"", "testserver"}, (target, where)
            assert not answer.headers["Location"].startswith(("//", "/\\")), target


def test_a_way_back_that_a_stranger_chose_ends_at_home_after_signing_in():
    a_person("clara@example.com")
    stranger = Client()
    asked = stranger.post(reverse("accounts:profile"), headers={"Referer": "https://evil.example/"})
    end = stranger.post(asked.headers["Location"], {"login": "clara@example.com", "password": "a-password-for-tests-7"})
    assert end.status_code == 302
    assert urlsplit(end.headers["Location"]).netloc in {"", "testserver"}


def test_no_page_repeats_what_a_header_says_about_our_name():
    world = a_world()
    for url in ("/", "/contact/", reverse("marketplace:shop", args=[world.shop.slug]), "/account/login/"):
        headers = {
            "X-Forwarded-Host": "evil.example",
            "X-Forwarded-Port": "4444",
            "X-Original-URL": "/admin/evil",
            "X-Rewrite-URL": "/admin/evil",
            "Forwarded": "host=evil.example",
            "X-HTTP-Method-Override": "DELETE",
        }
        page = Client().get(url, headers=headers)
        assert page.status_code == 200
        assert b"evil" not in page.content and b"4444" not in page.content, url
        assert "evil" not in str(page.headers)
