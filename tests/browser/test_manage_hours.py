"""The week's editor in the browser: a press before the last one's answer loses nothing."""

import pytest
from playwright.sync_api import Page, Route, expect

from beautydrop.scheduling.models import Schedule
from tests.browser.town import a_town
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def test_saving_right_after_copying_saves_the_copy(page: Page, live_server: object) -> None:
    world = a_town()
    page.goto("/account/login/")
    page.fill("[name=login]", world.client.user.email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button.main")
    page.wait_for_load_state()
    page.goto(f"/manage/{world.shop.slug}/hours/")
    page.locator("#start-0-0").fill("07:15")
    page.locator("#copy-0").click()
    page.locator("[name=to-0][value='2']").check()

    def slowly(route: Route) -> None:
        page.wait_for_timeout(400)
        route.continue_()

    page.route("**/hours/?region=week", slowly)
    page.locator("button[value=copy-0]").click(no_wait_after=True)
    page.get_by_role("button", name="Save").last.click(no_wait_after=True)
    expect(page.locator("#start-2-0")).to_have_value("7:15")
    page.wait_for_load_state()
    expect(page.get_by_text("saved", exact=False).first).to_be_visible()
    starts = Schedule.objects.filter(shop=world.shop, staff_member=None, is_active=True, start_time="07:15")
    assert sorted(starts.values_list("day_of_week", flat=True)) == [0, 2]
