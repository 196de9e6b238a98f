"""Signing in by Clerk in a real browser: two hosts, their policies, and every page of the way looked at."""

import re

from django.contrib.sessions.models import Session as Stored
from playwright.sync_api import Page, expect

from beautydrop.accounts.models import User
from beautydrop.standins.clerk import ClerkStandIn
from tests.accounts.clerk.conftest import clerk, key_material
from tests.browser.checks import axe, no_sideways_scrolling
from tests.browser.test_every_page import LOOKS

__all__ = ["clerk", "key_material"]


def _looks_good(page: Page) -> None:
    assert page.get_by_role("heading", level=1).count() == 1, page.url
    for width, theme in LOOKS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        axe(page)
        no_sideways_scrolling(page)


def test_in_by_clerk_to_my_bookings_and_out(page: Page, clerk: ClerkStandIn, no_console_errors: list[str]) -> None:
    clerk.state.add_person("carla@example.com", "Carla", "Clerk")
    h1 = page.get_by_role("heading", level=1)
    page.goto("/account/login/")
    _looks_good(page)
    page.get_by_role("link", name="Sign in with Clerk").click()
    assert page.url.startswith(f"{clerk.url}/sign-in")
    _looks_good(page)
    page.get_by_label("E-mail").fill("nobody@example.com")
    page.get_by_role("button", name="Continue", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Nobody has this e-mail address here")
    _looks_good(page)
    page.get_by_role("button", name="Continue as Carla Clerk").click()
    expect(h1).to_have_text("Welcome, Carla")
    _looks_good(page)
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".error-summary")).to_be_focused()
    _looks_good(page)
    page.get_by_label("I book appointments").check()
    page.get_by_role("button", name="Continue").click()
    expect(h1).to_have_text("Your bookings")
    page.reload()
    expect(h1).to_have_text("Your bookings")
    page.goto("/account/profile/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.goto("/bookings/")
    expect(h1).to_have_text("Sign in")
    assert [one.status for one in clerk.state.sessions.values()] == ["revoked"]
    page.goto("/account/clerk/done/")
    expect(h1).to_have_text("You are not signed in")
    _looks_good(page)
    # The only other host that was asked for anything is Clerk's, and only for its pages.
    others = [one for one in no_console_errors if one.startswith(f"request to another host: {clerk.url}/")]
    paths = {one.removeprefix(f"request to another host: {clerk.url}").partition("?")[0] for one in others}
    assert paths - {"/favicon.ico"} == {"/sign-in", "/style.css", "/v1/client/handshake"}
    no_console_errors[:] = [one for one in no_console_errors if one not in others]


def test_a_form_after_the_verification_ran_out_is_not_stopped(
    page: Page, clerk: ClerkStandIn, no_console_errors: list[str]
) -> None:
    """A redirect to Clerk after a form would break form-action 'self': Clerk is asked from behind instead."""
    clerk.state.add_person("carla@example.com", "Carla", "Clerk")
    page.goto("/account/clerk/start/")
    page.get_by_role("button", name="Continue as Carla Clerk").click()
    page.get_by_label("I book appointments").check()
    page.get_by_role("button", name="Continue").click()
    page.goto("/account/profile/")
    (stored,) = Stored.objects.all()
    page.context.clear_cookies(name=re.compile("^__session"))
    data = {**stored.get_decoded(), "clerk_verified_at": 0}
    stored.session_data = Stored.objects.encode(data)
    stored.save()
    page.get_by_label("First name").fill("Nina")
    asked = len(clerk.asked)
    page.get_by_role("button", name="Save your details").click()
    expect(page.get_by_text("Your profile is saved.")).to_be_visible()
    assert [method for method, path in clerk.asked[asked:] if path.startswith("/v1/sessions/")] == ["GET"]
    assert User.objects.get().first_name == "Nina"
    no_console_errors[:] = [one for one in no_console_errors if clerk.url not in one]
