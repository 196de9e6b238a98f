"""The policy in a real browser: the admin works under it, and a limit that is met is said where people look."""

import re

import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Page, expect

from beautydrop.accounts.models import User
from beautydrop.web import limits
from tests.browser.checks import axe, no_sideways_scrolling
from tests.browser.town import a_booking, a_town
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_admin_works_under_the_policy(page: Page, live_server: object, no_console_errors: list[str]) -> None:
    """Django's own scripts and styles, with nothing allowed but what comes from here."""
    world = a_town()
    booking = a_booking(world, 4)
    User.objects.create_superuser("admin@example.com", PASSWORD)
    page.goto("/admin/")
    page.get_by_label(re.compile("E-mail", re.IGNORECASE)).fill("admin@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="The marketplace")).to_be_visible()
    for name in ("accounts_user", "accounts_auditevent", "bookings_booking", "bookings_bookingevent", "shops_service"):
        page.goto(reverse(f"admin:{name}_changelist"))
        expect(page.locator("#changelist")).to_be_visible()
    for name, pk in (("bookings_booking", booking.pk), ("shops_staffmember", world.mina.pk)):
        page.goto(reverse(f"admin:{name}_change", args=[pk]))
    page.locator(".add-row a, .add-row button").first.click()  # an inline's row is made by a script
    page.goto(reverse("admin:scheduling_timeslot_add"))
    page.locator(".datetimeshortcuts").first.get_by_text("Today").click()
    expect(page.locator("[name=start_at_0]")).not_to_have_value("")
    page.locator(".theme-toggle:visible").first.click()
    page.goto(reverse("admin:shops_service_add"))
    page.locator("[name=name]").press_sequentially("Gel manicure deluxe")
    expect(page.locator("[name=slug]")).to_have_value("gel-manicure-deluxe")  # prepopulated
    page.locator(".select2-selection").first.click()  # autocomplete
    page.locator(".select2-search__field").fill("Nord")
    expect(page.get_by_role("option", name="Studio Nord")).to_be_visible()
    page.get_by_role("option", name="Studio Nord").click()
    assert not no_console_errors


@pytest.fixture
def few_searches(settings, monkeypatch) -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE web_requestcount")  # no model, so no test empties it
    settings.RATE_LIMITS_ENABLED = True
    monkeypatch.setitem(limits.SCOPES, "search", limits.Scope(300, by_address=1, by_person=1))


def test_the_page_says_when_to_come_back(page: Page, live_server: object, few_searches: None) -> None:
    a_town()
    page.goto("/salons/?where=Berlin")
    page.goto("/salons/?where=Berlin")
    expect(page.get_by_role("heading", level=1)).to_have_text("That was a lot at once")
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        axe(page)
        no_sideways_scrolling(page)


def test_where_only_a_part_would_have_changed_the_words_come_and_nothing_goes(
    page: Page, live_server: object, few_searches: None, no_console_errors: list[str]
) -> None:
    a_town()
    page.goto("/salons/?where=Berlin")
    typed = page.locator("[name=what]:visible").first
    typed.fill("Gel manicure")
    filters = page.locator("form[hx-get] input[type=checkbox]").first
    filters.check()
    page.get_by_role("button", name="Show these salons").click()
    warning = page.locator("main > .messages .warning")
    expect(warning).to_contain_text("Wait 5 minutes, then try again.")
    expect(page.locator("#live")).to_contain_text("Wait 5 minutes")
    expect(page.get_by_text("Studio Nord").first).to_be_visible()
    expect(filters).to_be_checked()
    expect(typed).to_have_value("Gel manicure")
    axe(page)
    page.screenshot(path="/tmp/shell-warn.png")
    (complaint,) = no_console_errors  # htmx writes each status into the console that is no answer to it
    assert "Error Code 429" in complaint
    no_console_errors.clear()
