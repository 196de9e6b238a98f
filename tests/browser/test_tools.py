"""The browser tests' own tools notice what they are there to notice."""

import pytest
from playwright.sync_api import Page

from tests.browser.checks import axe, no_sideways_scrolling


def test_axe_reports_a_violation(page: Page) -> None:
    page.set_content("<html lang=en><title>A page</title><main><h1>A</h1><img src='data:,'></main></html>")
    with pytest.raises(AssertionError, match=r"(?s)image-alt.*at img"):
        axe(page)


def test_axe_accepts_a_good_page(page: Page) -> None:
    page.set_content("<html lang=en><title>A page</title><main><h1>A good page</h1></main></html>")
    axe(page)
    no_sideways_scrolling(page)


def test_a_wide_page_is_noticed(phone: Page) -> None:
    phone.set_content("<meta name=viewport content='width=device-width'><p style='width: 900px'>wide")
    with pytest.raises(AssertionError, match="px wide"):
        no_sideways_scrolling(phone)


def test_complaints_of_the_browser_are_collected(page: Page, no_console_errors: list[str]) -> None:
    page.goto("/static/js/there-is-no-such-file.js")
    with page.context.expect_event("weberror"):
        page.set_content("<script>console.error('broken'); missing_function()</script>")
    seen = "\n".join(no_console_errors)
    assert "404: " in seen
    assert "console: broken" in seen
    assert "missing_function is not defined" in seen
    no_console_errors.clear()
