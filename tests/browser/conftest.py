"""A real Chromium on the live server. Every test here also fails on whatever the browser complains about."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page

ROOT = Path(__file__).resolve().parent.parent.parent

# Playwright's synchronous interface runs an event loop in this thread: Django takes all calls for async.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# As root (containers, CI) Chromium needs --no-sandbox; the others keep it from calling home.
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = os.environ.get("BROWSER_PATH")
    if not path:
        found = subprocess.run([ROOT / ".ci" / "browser.sh", "--find"], capture_output=True, text=True)
        if found.returncode:
            pytest.fail(found.stderr, pytrace=False)
        path = found.stdout.strip()
    return {**browser_type_launch_args, "executable_path": path, "args": CHROMIUM_ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any], live_server: Any) -> dict[str, Any]:
    return {
        **browser_context_args,
        "base_url": live_server.url,
        "locale": "en-GB",
        "timezone_id": "Europe/Berlin",
        "reduced_motion": "reduce",
    }


@pytest.fixture(autouse=True)
def _links_in_mails_lead_to_the_live_server(settings: Any, live_server: Any) -> None:
    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]


@pytest.fixture(autouse=True)
def _what_debug_adds(settings: Any) -> None:
    """The style guide and the demo's mailbox, where mails then land: browsers read both."""
    settings.ROOT_URLCONF = "tests.urls_with_debug"
    settings.MAILERS = {"default": {"BACKEND": "beautydrop.notifications.mailbox.MailboxBackend"}}


@pytest.fixture(autouse=True)
def no_console_errors() -> Iterator[list[str]]:
    """What the browser complained about during the test; anything left in the list at the end fails it.

    A test that provokes a complaint on purpose looks at the list and clears it.
    """
    complaints: list[str] = []
    yield complaints
    assert not complaints, "The browser complained:\n  " + "\n  ".join(complaints)


@pytest.fixture
def new_context(
    new_context: Callable[..., BrowserContext], no_console_errors: list[str], live_server: Any
) -> Callable[..., BrowserContext]:
    """Makes contexts (`page` comes from one) whose console, script, server and outside errors count."""

    def make(**options: Any) -> BrowserContext:
        context = new_context(**options)
        _watch(context, no_console_errors, urlsplit(live_server.url).netloc)
        return context

    return make


@pytest.fixture
def phone(new_context: Callable[..., BrowserContext]) -> Page:
    """A page on a phone: 390 × 844, touch."""
    return new_context(
        viewport={"width": 390, "height": 844}, device_scale_factor=2, is_mobile=True, has_touch=True
    ).new_page()


@pytest.fixture
def without_javascript(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context(java_script_enabled=False).new_page()


def _watch(context: BrowserContext, complaints: list[str], own_host: str) -> None:
    def on_console(message: Any) -> None:
        # "Failed to load resource" is the echo of a status that on_response judges: 409 and 422 are answers.
        # htmx logs it as an error when a newer request replaces an older one (`hx-sync`); one that failed is
        # logged as htmx:sendError besides.
        expected = ("Failed to load resource", "htmx:afterRequest, ", "htmx:sendAbort, ")
        if message.type == "error" and not message.text.startswith(expected):
            complaints.append(f"console: {message.text}")

    def on_response(response: Any) -> None:
        if response.status >= 500 or (response.status >= 400 and "/static/" in response.url):
            complaints.append(f"{response.status}: {response.url}")

    def on_request(request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != own_host:
            complaints.append(f"request to another host: {request.url}")

    context.on("console", on_console)
    context.on("weberror", lambda error: complaints.append(f"script error: {error.error}"))
    context.on("response", on_response)
    context.on("request", on_request)
