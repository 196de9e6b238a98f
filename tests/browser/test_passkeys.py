"""Passkeys in a real Chromium with a virtual authenticator: added, used instead of a password, and as second step."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from playwright.sync_api import Page, expect

from beautydrop.accounts.models import OpenSession
from tests.browser.town import a_town
from tests.factories import PASSWORD


def with_a_passkey(page: Page, *, is_verified: bool = True) -> tuple[Any, str]:
    """Gives the page's device fingerprint and storage for passkeys; the session and id to talk to it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": is_verified,
        "automaticPresenceSimulation": True,
    }
    added = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, added["authenticatorId"]


def _h1(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def _sign_in_by_password(page: Page) -> None:
    page.goto(reverse("account_login"))
    page.get_by_label("E-mail").fill("clara@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def _sign_out(page: Page) -> None:
    page.goto(reverse("accounts:index"))
    page.locator("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def _add(page: Page, name: str = "My phone") -> None:
    _sign_in_by_password(page)
    _h1(page, "Your bookings")
    page.goto(reverse("mfa_index"))
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Add a passkey").click()
    _h1(page, "Recovery codes")


@pytest.fixture(autouse=True)
def _world(live_server: object) -> None:
    a_town()


def test_a_passkey_signs_in_instead_of_the_password_and_as_second_step(page: Page) -> None:
    session, device = with_a_passkey(page)
    _add(page)
    (kept,) = session.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
    assert kept["isResidentCredential"]
    assert Authenticator.objects.get(type="webauthn").wrap().name == "My phone"

    _sign_out(page)
    page.goto(f"{reverse('account_login')}?next={reverse('marketplace:favourites')}")
    page.get_by_role("button", name="Use a passkey").click()
    _h1(page, "Favourites")
    assert OpenSession.objects.count() == 1

    _sign_out(page)
    _sign_in_by_password(page)
    _h1(page, "One more step")
    page.get_by_role("button", name="Use a passkey").click()
    _h1(page, "Your bookings")

    # To be sure that it is you: by passkey as well.
    page.goto(reverse("accounts:data"))
    page.get_by_role("link", name="Use a passkey").click()
    page.get_by_role("button", name="Use a passkey").click()
    _h1(page, "Your data")

    page.goto(reverse("mfa_list_webauthn"))
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove it").click()
    assert not Authenticator.objects.exists()
    _sign_out(page)
    page.goto(reverse("account_login"))
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("This passkey is not known here.")).to_be_visible()
    page.goto(reverse("accounts:index"))
    _h1(page, "Sign in")


def test_somebody_who_does_not_prove_themselves_gets_nowhere(page: Page) -> None:
    session, device = with_a_passkey(page)
    _add(page)
    _sign_out(page)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.goto(reverse("account_login"))
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("The passkey did not answer. Try again, or use another way.")).to_be_visible()
    expect(page.get_by_role("button", name="Use a passkey")).to_be_enabled()
    page.goto(reverse("accounts:index"))
    _h1(page, "Sign in")


def test_a_copied_answer_is_no_passkey(page: Page) -> None:
    """The answer to one challenge, sent again: refused."""
    with_a_passkey(page)
    _add(page)
    _sign_out(page)
    page.goto(reverse("account_login"))
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or "") if request.method == "POST" else None)
    page.get_by_role("button", name="Use a passkey").click()
    _h1(page, "Your bookings")
    _sign_out(page)
    page.goto(reverse("account_login"))
    answer = next(body for body in sent if "credential=" in body)
    page.evaluate(
        """async (body) => {
            const form = document.querySelector("form[data-passkey]");
            await fetch(form.action, {headers: {Accept: "application/json"}});
            form.elements.credential.value = new URLSearchParams(body).get("credential");
            form.submit();
        }""",
        answer,
    )
    expect(page.locator(".message.error:not([hidden])")).to_contain_text("This passkey is not known here.")
    page.goto(reverse("accounts:index"))
    _h1(page, "Sign in")


def test_without_javascript_the_page_says_what_is_missing(without_javascript: Page) -> None:
    page = without_javascript
    page.goto(reverse("account_login"))
    expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()
    _sign_in_by_password(page)
    _h1(page, "Your bookings")
    page.goto(reverse("mfa_add_webauthn"))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Passkeys need a browser that knows them, with JavaScript on.")).to_be_visible()
    # Everything else of the account works.
    page.goto(reverse("accounts:sessions"))
    _h1(page, "Where you are signed in")
    page.goto(reverse("mfa_activate_totp"))
    _h1(page, "Set up an authenticator app")
