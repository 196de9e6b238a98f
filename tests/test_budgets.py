"""What a first visit costs over the wire, and what every answer says to the browser."""

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse

from beautydrop.bookings.messages import keys
from beautydrop.shops import actions as shops
from tests.factories import NOW, PASSWORD, a_booking, a_service, a_shop, a_world, berlin
from tests.pages import Page, Visitor

pytestmark = pytest.mark.django_db

KB = 1024


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def _pages() -> dict[str, Page]:
    """A full page of each kind: a dozen salons, thirty services, a busy history."""
    world = a_world()
    for number in range(11):
        shop = a_shop(world.client, f"Salon number {number}")
        shop_service = a_service(shop, "Gel manicure", staff=[])
        for name in ("Anna Alt", "Bea Bunt", "Caro Chic", "Dana Dorn"):
            member = shops.create_staff_member(shop=shop, name=name)
            shops.assign(staff_member=member, service=shop_service)
    for number in range(29):
        a_service(
            world.shop, f"Treatment {number}", staff=[world.mina], category="hair", description="A line about it."
        )
    own = [a_booking(world, berlin(day, clock)) for day in (3, 4, 5) for clock in ("10:15", "12:00", "14:00")]
    held = a_booking(world, berlin(8, "10:15"), is_guest=True)
    slug, service = world.shop.slug, world.manicure.slug
    guest, customer = Visitor(), Visitor(world.customer.user)
    start = {"start": "2026-12-09T09:15Z"}
    details = reverse("bookings:details", args=[slug, service])
    taken = {"start": "2026-12-03T09:15Z", "name": "G", "email": "g@example.com", "note": "n" * 900}
    pages = {
        "home": guest.get("/"),
        "search": guest.get("/salons/", {"where": "Berlin"}),
        "search with a day": guest.get("/salons/", {"where": "Berlin", "date": "2026-12-03"}),
        "nothing found": guest.get("/salons/", {"what": "qqqq"}),
        "shop": guest.get(reverse("marketplace:shop", args=[slug])),
        "when": guest.get(reverse("bookings:when", args=[slug, service]), start),
        "details": guest.get(details, start),
        "taken": guest.post(details, taken | {"start": f"{taken['start']}/{world.mina.pk}"}),
        "pending": guest.get(reverse("bookings:show", args=[held.token])),
        "confirm": guest.get(reverse("bookings:confirm", args=[held.token, keys.confirm_key(held)])),
        "confirmed": guest.get(reverse("bookings:show", args=[own[0].token])),
        "change": guest.get(reverse("bookings:change", args=[own[0].token])),
        "cancel": guest.get(reverse("bookings:cancel", args=[own[0].token])),
        "mine": customer.get("/bookings/"),
        "favourites": customer.get("/favourites/"),
        "profile": customer.get("/account/profile/"),
        "sign in": guest.get("/account/login/"),
        "help": guest.get("/about/help/"),
        "not found": guest.get("/nothing/"),
    }
    assert pages["taken"].status == 409
    return pages


def _file(url: str) -> Path:
    assert url.startswith(settings.STATIC_URL), url
    found = finders.find(url.removeprefix(settings.STATIC_URL))
    assert isinstance(found, str), url
    return Path(found)


def _sent(path: Path) -> int:
    """Bytes over the wire."""
    content = path.read_bytes()
    return len(content) if path.suffix in {".woff2", ".png"} else len(gzip.compress(content, 6))


def _loaded(page: Page) -> dict[str, list[str]]:
    """What the page makes a browser load, by kind (pictures of the page's own data left out)."""
    loads: dict[str, list[str]] = {"script": [], "stylesheet": [], "font": [], "icon": [], "image": []}
    for tag, got in page.elements:
        if tag == "script" and got.get("src"):
            loads["script"].append(got["src"])
        elif tag == "link" and got.get("rel") == "preload":
            loads[got["as"]].append(got["href"])
        elif tag == "link" and got.get("rel") in {"stylesheet", "icon", "apple-touch-icon"}:
            loads["stylesheet" if got["rel"] == "stylesheet" else "icon"].append(got["href"])
        elif tag in {"img", "iframe", "source", "video", "audio", "embed"} and (got.get("src") or got.get("srcset")):
            loads["image"].append(got.get("src") or got["srcset"])
        elif tag == "object" and got.get("data"):
            loads["image"].append(got["data"])
    return loads


def test_a_first_view_stays_within_its_budget():
    for name, page in _pages().items():
        loads = _loaded(page)
        assert sum(_sent(_file(url)) for url in loads["script"]) <= 24 * KB, name
        assert len(loads["stylesheet"]) == 1, name
        assert _sent(_file(loads["stylesheet"][0])) <= 18 * KB, name
        assert sum(_sent(_file(url)) for url in loads["font"]) <= 55 * KB, name
        html = len(gzip.compress(page.response.content, 6))
        assert html <= 20 * KB, f"{name}: {html}"
        requests = 1 + sum(len(urls) for urls in loads.values())
        assert requests <= 15, f"{name}: {requests} requests"
        everything = html + sum(
            _sent(_file(url)) for kind in ("script", "stylesheet", "font", "icon") for url in loads[kind]
        )
        assert everything <= 170 * KB, f"{name}: {everything}"


def test_nothing_is_loaded_from_others():
    for name, page in _pages().items():
        for urls in _loaded(page).values():
            assert all(url.startswith(("/static/", "/media/", "data:")) for url in urls), (name, urls)
        for tag, got in page.elements:
            if tag == "form":
                assert not got.get("action", "").startswith(("http", "//")), name
    css = _file("/static/css/site.css").read_text(encoding="utf-8")
    for url in re.findall(r"url\(([^)]*)\)", css):
        assert not url.strip("\"'").startswith(("http", "//")), url
    assert "@import" not in css


def test_links_that_lead_to_others_are_links_only():
    """Calendars and the map: opened by a press, and they do not learn where from."""
    for name, page in _pages().items():
        for tag, got in page.elements:
            if tag == "a" and got.get("href", "").startswith("http"):
                assert "noopener" in got.get("rel", ""), (name, got["href"])


def test_fonts_beyond_the_first_view_wait_for_their_letters():
    """latin-ext is fetched only by pages that need it."""
    css = _file("/static/css/site.css").read_text(encoding="utf-8")
    faces = re.findall(r"@font-face\s*\{(.*?)\}", css, re.DOTALL)
    extended = [face for face in faces if "latin-ext" in face]
    assert extended and all("unicode-range" in face for face in extended)
    assert all("font-display: swap" in face or "font-display:swap" in face or "local(" in face for face in faces)


def test_the_policy_allows_nothing_inline():
    for name, page in _pages().items():
        policy = page.response.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy, name
        assert "unsafe" not in policy and "http" not in policy and "*" not in policy, name
        for part in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"):
            assert part in policy, name


def test_headers_of_every_answer():
    for name, page in _pages().items():
        headers = page.response.headers
        assert headers["X-Content-Type-Options"] == "nosniff", name
        assert headers["X-Frame-Options"] == "DENY", name
        assert headers["Referrer-Policy"] == "same-origin", name
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert "camera=()" in headers["Permissions-Policy"], name
        assert "Server" not in headers and "X-Powered-By" not in headers, name


def test_pages_are_sent_compressed():
    a_world()
    response = Visitor().client.get("/", headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in response.headers["Vary"]


def test_cookies_tell_scripts_nothing():
    a_world()
    visitor = Visitor()
    visitor.submit(visitor.get("/account/login/"), "Sign in", login="clara@example.com", password=PASSWORD)
    for name in ("sessionid", "csrftoken"):
        cookie = visitor.client.cookies[name]
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name


def test_a_visitor_who_only_looks_is_given_no_session():
    world = a_world()
    visitor = Visitor()
    for url in ("/", "/salons/", reverse("marketplace:shop", args=[world.shop.slug]), "/about/help/"):
        visitor.get(url)
    assert "sessionid" not in visitor.client.cookies


def test_in_production_everything_is_https_only():
    """The settings of a production set-up, read in a process of their own."""
    environment = os.environ | {
        "DEBUG": "false",
        "SITE_URL": "https://beauty.example",
        "ALLOWED_HOSTS": "beauty.example",
        "EMAIL_HOST": "mail.beauty.example",
        "ALLOW_PLAIN_HTTP": "false",
        "RATE_LIMITS_ENABLED": "true",
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    }
    script = """
import json
from django.conf import settings
names = ["SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SESSION_COOKIE_SECURE",
         "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_HTTPONLY", "DEBUG"]
print(json.dumps({name: getattr(settings, name) for name in names}))
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env=environment,
        cwd=settings.BASE_DIR,
        timeout=60,
    )
    assert not done.returncode, done.stderr
    read = json.loads(done.stdout)
    assert read.pop("DEBUG") is False
    assert read.pop("SECURE_HSTS_SECONDS") >= 31_536_000
    assert all(read.values()), read
