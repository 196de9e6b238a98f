"""Keys that are half there, of two instances or unsafe stop the start, and say which and what is expected."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from beautydrop.accounts.clerk import config
from beautydrop.settings import people

ROOT = Path(__file__).resolve().parent.parent.parent.parent
TEST_KEY = "pk_test_bmljZS1maXNoLTEuY2xlcmsuYWNjb3VudHMuZGV2JA=="  # nice-fish-1.clerk.accounts.dev
LIVE_KEY = "pk_live_Y2xlcmsuYmVhdXR5LmV4YW1wbGUk"  # clerk.beauty.example
LOOPBACK_KEY = "pk_test_MTI3LjAuMC4xOjgwMDMk"  # 127.0.0.1:8003
PRODUCTION = {
    "DEBUG": "false",
    "ALLOW_PLAIN_HTTP": "false",
    "RATE_LIMITS_ENABLED": "true",
    "SITE_URL": "https://beauty.example",
    "EMAIL_HOST": "mail.beauty.example",
    "CLERK_PUBLISHABLE_KEY": LIVE_KEY,
    "CLERK_SECRET_KEY": "sk_live_x",
    "CLERK_WEBHOOK_SECRET": "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ=",
}


def start(**environment: str) -> str:
    """The last words of a start with production's settings and these; "on" or "off" when it is fine."""
    code = "from beautydrop.settings import people; print('on' if people.CLERK_SECRET_KEY else 'off')"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **PRODUCTION, **environment},
        capture_output=True,
        text=True,
    )
    return (done.stdout or done.stderr).strip().splitlines()[-1]


def test_the_start_itself():
    assert start() == "on"
    assert "CLERK_WEBHOOK_SECRET: expected when Clerk is on and DEBUG is off" in start(CLERK_WEBHOOK_SECRET="")


def checked(monkeypatch: pytest.MonkeyPatch, **changes: str) -> str:
    """The same check, with the values as the settings have read them."""
    values: dict[str, Any] = {**PRODUCTION, "CLERK_API_URL": "https://api.clerk.com", **changes}
    parties = values.pop("CLERK_AUTHORIZED_PARTIES", values["SITE_URL"])
    values |= {"CLERK_AUTHORIZED_PARTIES": parties.split(","), "DEBUG": values["DEBUG"] == "true"}
    values["ALLOW_PLAIN_HTTP"] = False
    for name, value in values.items():
        monkeypatch.setattr(people, name, value, raising=False)
    try:
        people._refuse_unsafe_clerk()
    except ImproperlyConfigured as error:
        return str(error)
    return "on" if people.CLERK_SECRET_KEY else "off"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "on"),
        ({"CLERK_PUBLISHABLE_KEY": "", "CLERK_SECRET_KEY": "", "CLERK_WEBHOOK_SECRET": ""}, "off"),
        ({"CLERK_PUBLISHABLE_KEY": ""}, "CLERK_PUBLISHABLE_KEY: expected beside CLERK_SECRET_KEY"),
        ({"CLERK_SECRET_KEY": ""}, "CLERK_SECRET_KEY: expected beside CLERK_PUBLISHABLE_KEY"),
        ({"CLERK_SECRET_KEY": "sk_test_x"}, "CLERK_SECRET_KEY: expected sk_live_…, of the same instance"),
        ({"CLERK_PUBLISHABLE_KEY": "pk_live_x"}, "CLERK_PUBLISHABLE_KEY: expected pk_test_… or pk_live_…"),
        ({"CLERK_WEBHOOK_SECRET": ""}, "CLERK_WEBHOOK_SECRET: expected when Clerk is on and DEBUG is off"),
        ({"CLERK_WEBHOOK_SECRET": "whsec_"}, "CLERK_WEBHOOK_SECRET: expected whsec_…"),
        ({"CLERK_WEBHOOK_SECRET": "c2VjcmV0LXNlY3JldC1zZWNyZXQ="}, "CLERK_WEBHOOK_SECRET: expected whsec_…"),
        ({"CLERK_API_URL": "http://api.clerk.com"}, "CLERK_API_URL: expected https://host"),
        ({"CLERK_API_URL": "http://127.0.0.1:8003"}, "CLERK_API_URL: expected https://host"),
        ({"CLERK_AUTHORIZED_PARTIES": "https://beauty.example/path"}, "CLERK_AUTHORIZED_PARTIES: expected"),
        ({"CLERK_AUTHORIZED_PARTIES": "*"}, "CLERK_AUTHORIZED_PARTIES: expected"),
        (
            {"CLERK_PUBLISHABLE_KEY": LOOPBACK_KEY, "CLERK_SECRET_KEY": "sk_test_x"},
            "CLERK_PUBLISHABLE_KEY: expected that of a Clerk instance, not of a stand-in",
        ),
        ({"DEBUG": "true", "CLERK_WEBHOOK_SECRET": ""}, "on"),
    ],
    ids=lambda one: ",".join(f"{k}={v}" for k, v in one.items())[:60] if isinstance(one, dict) else None,
)
def test_keys_that_do_not_fit(monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], expected: str):
    assert expected in checked(monkeypatch, **changes)


def test_what_a_publishable_key_says():
    test, live, loopback = map(config.read_publishable_key, (TEST_KEY, LIVE_KEY, LOOPBACK_KEY))
    assert (test.frontend_url, test.portal_url, test.is_live) == (
        "https://nice-fish-1.clerk.accounts.dev",
        "https://nice-fish-1.accounts.dev",
        False,
    )
    assert (live.frontend_url, live.portal_url, live.is_live) == (
        "https://clerk.beauty.example",
        "https://accounts.beauty.example",
        True,
    )
    assert loopback.portal_url == loopback.frontend_url == "http://127.0.0.1:8003"
    assert len({one.cookie_suffix for one in (test, live, loopback)}) == 3


@pytest.mark.parametrize(
    "key",
    [
        "",
        "pk_test_",
        "sk_test_bmljZS1maXNoLTEuY2xlcmsuYWNjb3VudHMuZGV2JA==",
        "pk_test_!!!!",
        "pk_test_aG9zdA==",  # no $
        "pk_test_JA==",  # no host
        "pk_test_aG9zdC9wYXRoJA==",  # host/path$
        "pk_test_YUBiJA==",  # a@b$
    ],
)
def test_what_is_no_publishable_key(key: Any):
    with pytest.raises(ValueError, match="not a publishable key"):
        config.read_publishable_key(key)
