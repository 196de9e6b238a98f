"""The owner's calendar in the browser: drag with undo, the panel by keyboard, fresh data, a phone, no JavaScript."""

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from playwright.sync_api import Error as PlaywrightError

from beautydrop.bookings import actions
from beautydrop.bookings.models import Booking
from tests.browser.checks import axe, no_sideways_scrolling
from tests.factories import NOW, PASSWORD, World, a_booking, a_world, berlin, by_owner

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(time_machine: Any) -> World:
    time_machine.move_to(NOW)
    return a_world()


def sign_in(page: Page, world: World) -> None:
    page.goto("/account/login/")
    page.fill("[name=login]", world.client.user.email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button.main")
    page.wait_for_load_state()


def day(world: World) -> str:
    return f"/manage/{world.shop.slug}/day/?date=2026-12-03"


def block(page: Page, booking: Booking) -> Any:
    return page.locator(f"#b-{booking.pk}")


def drag(page: Page, booking: Booking, *, rows: int = 0, columns: int = 0) -> None:
    """Take the block and let it go so many rows of five minutes lower and columns further."""
    box = block(page, booking).bounding_box()
    assert box
    x, y = box["x"] + 60, box["y"] + 12
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 12, y + 12, steps=3)
    page.mouse.move(x + columns * (box["width"] + 9), y + rows * 8, steps=6)
    page.mouse.up()


def test_a_booking_is_dragged_to_somebody_else_and_back(page: Page, world: World) -> None:
    booking = a_booking(world, berlin(3, "10:15"))
    sign_in(page, world)
    page.goto(day(world))
    drag(page, booking, rows=9, columns=1)
    toast = page.locator("#toast")
    expect(toast).to_contain_text("Move Clara Neumann to 11:00 with Ayla?")
    page.keyboard.press("Enter")
    expect(toast).to_contain_text("Moved: Clara Neumann, Thu 3 Dec, 11:00 with Ayla.")
    booking.refresh_from_db()
    assert (booking.starts_at, booking.staff_member) == (berlin(3, "11:00"), world.ayla)
    expect(page.locator(f'[data-staff="{world.ayla.pk}"] #b-{booking.pk}')).to_be_visible()
    toast.get_by_role("button", name="Undo").click()
    expect(toast).to_contain_text("10:15 with Mina")
    booking.refresh_from_db()
    assert (booking.starts_at, booking.staff_member) == (berlin(3, "10:15"), world.mina)


def test_a_taken_time_is_refused_in_words(page: Page, world: World) -> None:
    booking = a_booking(world, berlin(3, "10:15"))
    sign_in(page, world)
    page.goto(day(world))
    # Somebody else takes it while this page is open.
    a_booking(world, berlin(3, "11:30"), is_guest=True)
    drag(page, booking, rows=12)
    page.locator("#toast").get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("#toast")).to_contain_text("Mina has Gita Guest from 11:30 to 12:20")
    expect(page.get_by_text("Gita Guest").first).to_be_visible()  # and the page is fresh
    booking.refresh_from_db()
    assert booking.starts_at == berlin(3, "10:15")


def test_the_panel_by_keyboard_and_what_polling_leaves_alone(page: Page, world: World, time_machine: Any) -> None:
    booking = a_booking(world, berlin(3, "10:15"))
    time_machine.move_to(berlin(3, "10:35"))
    sign_in(page, world)
    page.goto(day(world))
    block(page, booking).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#panel-title")).to_be_focused()
    axe(page)
    page.locator("#staff-note").fill("half typed")
    actions.mark_arrived(booking_id=booking.pk, by=by_owner(world.client), now=berlin(3, "10:35"))
    page.evaluate("htmx.trigger(document.body, 'calendar-changed')")
    expect(block(page, booking)).to_contain_text("Arrived")
    expect(page.locator("#staff-note")).to_be_focused()
    assert page.locator("#staff-note").input_value() == "half typed"
    expect(block(page, booking)).to_have_attribute("aria-current", "true")
    # This panel is behind the times: the key says so, and what the booking is now.
    page.locator("#panel .acts button").first.focus()
    page.keyboard.press("a")
    expect(page.locator("[data-conflict]")).to_contain_text("The booking is now: Arrived.")
    page.locator("#panel .acts button").first.focus()
    page.keyboard.press("c")
    expect(page.locator("#toast")).to_contain_text("Clara Neumann: completed.")
    page.locator("#toast").get_by_role("button", name="Undo").click()
    expect(page.locator("#toast")).to_contain_text("Clara Neumann has arrived.")
    expect(block(page, booking)).to_contain_text("Arrived")
    page.locator("#panel-title").focus()
    page.keyboard.press("Escape")
    expect(block(page, booking)).to_be_focused()
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="New booking")).to_be_focused()


@pytest.mark.parametrize("view", ["day", "agenda"])
def test_a_change_while_a_refresh_is_under_way_is_shown(page: Page, world: World, time_machine: Any, view: str) -> None:
    booking = a_booking(world, berlin(3, "10:15"))
    time_machine.move_to(berlin(3, "10:35"))
    sign_in(page, world)
    page.goto(f"/manage/{world.shop.slug}/{view}/?date=2026-12-03")
    refresh = "htmx.trigger(document.body, 'calendar-changed')"
    asked = 0

    def change_on_the_way(route: Route) -> None:
        nonlocal asked
        if route.request.headers.get("hx-target") != "grid":
            return route.continue_()
        asked += 1
        if asked > 1:
            return route.continue_()
        answer = route.fetch()  # read before the change, and arriving after it
        actions.mark_arrived(booking_id=booking.pk, by=by_owner(world.client), now=berlin(3, "10:35"))
        page.evaluate(refresh)
        with contextlib.suppress(PlaywrightError):  # the page may have stopped waiting for it
            route.fulfill(response=answer)

    page.route("**/manage/**", change_on_the_way)
    page.evaluate(refresh)
    expect(block(page, booking)).to_contain_text("Arrived")
    expect(page.locator("#tally")).to_contain_text("1 arrived")
    assert asked == 2


def test_a_phone_and_a_browser_without_javascript_get_the_list(
    phone: Page, new_context: Callable[..., BrowserContext], world: World, time_machine: Any
) -> None:
    booking = a_booking(world, berlin(3, "10:15"))
    time_machine.move_to(berlin(3, "10:35"))
    plain = new_context(java_script_enabled=False).new_page()
    for page in (phone, plain):
        sign_in(page, world)
        for view in ("day", "week", "agenda"):
            page.goto(f"/manage/{world.shop.slug}/{view}/")
            expect(block(page, booking)).to_be_visible()
    no_sideways_scrolling(phone)
    axe(phone)
    plain.get_by_role("button", name="Arrived").click()
    expect(plain.locator("#toast")).to_contain_text("Clara Neumann has arrived.")
    plain.get_by_role("button", name="Undo").click()
    expect(plain.locator("#toast")).to_contain_text("Clara Neumann: confirmed.")
    booking.refresh_from_db()
    assert booking.status == "confirmed"
