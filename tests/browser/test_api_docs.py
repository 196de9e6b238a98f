"""Swagger UI under our policy: tried out by somebody signed in on the site. conftest.py fails for any complaint."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import no_sideways_scrolling
from tests.factories import PASSWORD, a_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_own_profile_is_changed_from_the_description(page: Page):
    a_person("clara@example.com")
    page.goto("/account/login/?next=/api/docs/")
    page.get_by_label("E-mail").fill("clara@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("REST API")
    operation = page.locator(".opblock-put")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.locator("textarea").fill('{"first_name": "Carlotta"}')
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table")
    expect(answer.locator(".response-col_status").last).to_contain_text("200")
    expect(answer).to_contain_text('"first_name": "Carlotta"')
    page.set_viewport_size({"width": 320, "height": 800})
    no_sideways_scrolling(page)


def test_without_scripts_the_addresses_are_listed(browser, live_server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/api/docs/")
    expect(page.get_by_text("PUT /api/v1/auth/profile/")).to_be_visible()
    context.close()
