"""The bell and the open list by themselves, without JavaScript, and push as the browser receives it."""

import base64
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from beautydrop.accounts.models import User
from beautydrop.notifications.models import Notification, Preference, PushSubscription
from tests.browser.checks import axe
from tests.factories import PASSWORD, a_person

LIST = reverse("notifications:centre")


@pytest.fixture
def clara(live_server: Any) -> User:
    user = a_person("clara@example.com")
    for number in range(1, 9):
        a_line(user, number)
    return user


def a_line(user: User, minutes_ago: int) -> Notification:
    return Notification.objects.create(
        user=user,
        message_id=uuid.uuid4(),
        kind="booking.confirmed",
        title=f"Confirmed {minutes_ago} minutes ago",
        text="Gel manicure",
        path="/bookings/",
        at=timezone.now() - timedelta(minutes=minutes_ago),
    )


def sign_in(page: Page) -> None:
    page.goto("/account/login/")
    page.get_by_label("E-mail").fill("clara@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your bookings")


def test_what_comes_while_the_list_is_open(page: Page, clara: User) -> None:
    """Focus and place stay, the count is said once, and a poll with nothing new changes nothing."""
    page.clock.install()
    sign_in(page)
    page.goto(LIST)
    bell = page.locator("#bell")
    expect(bell).to_have_accessible_name("Messages, 8 unread")
    expect(page.locator("#live")).to_be_empty()  # nothing is said for what was there already
    kept = page.get_by_role("button", name="Confirmed 7 minutes ago")
    kept.focus()
    page.evaluate("document.querySelector('#lines').dataset.same = 'yes'")
    top = kept.evaluate("one => one.getBoundingClientRect().top")
    page.clock.fast_forward(61_000)
    expect(page.locator("#lines li")).to_have_count(8)
    a_line(clara, 0)
    page.clock.fast_forward(61_000)
    expect(page.locator("#lines li")).to_have_count(9)
    expect(page.locator("#lines li").first).to_contain_text("Confirmed 0 minutes ago")
    expect(bell).to_have_accessible_name("Messages, 9 unread")
    page.clock.run_for(100)
    expect(page.locator("#live")).to_have_text("9 unread messages")
    expect(kept).to_be_focused()
    assert page.locator("#lines").get_attribute("data-same") == "yes"
    assert kept.evaluate("one => one.getBoundingClientRect().top") - top < 130
    axe(page)
    page.clock.fast_forward(61_000)
    page.clock.fast_forward(61_000)
    expect(page.locator("#lines li")).to_have_count(9)
    kept.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your bookings")
    expect(page.locator("#bell")).to_have_accessible_name("Messages, 8 unread")


def test_after_the_session_ended_the_page_is_left_alone(page: Page, clara: User, context: BrowserContext) -> None:
    page.clock.install()
    sign_in(page)
    page.goto(LIST)
    expect(page.locator("#bell")).to_have_accessible_name("Messages, 8 unread")
    context.clear_cookies()
    with page.expect_response(lambda answer: "/messages/newer/" in answer.url) as answered:
        page.clock.fast_forward(61_000)
    assert answered.value.status == 204
    expect(page.locator("#lines li")).to_have_count(8)
    assert page.url.endswith(LIST)


def test_without_javascript(without_javascript: Page, clara: User) -> None:
    page = without_javascript
    sign_in(page)
    page.get_by_role("link", name="Messages", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Messages")
    page.get_by_role("button", name="Confirmed 2 minutes ago").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your bookings")
    page.goto(LIST)
    expect(page.get_by_text("7 unread")).to_be_visible()
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_text("Everything is marked as read.")).to_be_visible()
    page.get_by_role("link", name="What comes, and how").click()
    page.get_by_label("Reminder a day ahead: E-mail").uncheck()
    page.get_by_label("Number for SMS").fill("12")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".error-summary")).to_contain_text("Enter a phone number with its country code")
    expect(page.get_by_label("Reminder a day ahead: E-mail")).not_to_be_checked()
    page.get_by_label("Number for SMS").fill("+49 30 555 01234")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your choices are saved.")).to_be_visible()
    assert Preference.objects.get().kind == "booking.reminder_day"


# A subscription as a browser gives it; the real ones come from its vendor, over the network.
_GIVEN = """
PushManager.prototype.subscribe = async (options) => ({
  endpoint: "https://updates.push.services.mozilla.com/wpush/v2/abc",
  getKey: (name) => new Uint8Array(name === "p256dh" ? 65 : 16).fill(4).buffer,
});
"""


def test_push_is_asked_for_by_a_button_and_shown_by_the_worker(
    new_context: Callable[..., BrowserContext], clara: User, settings: Any, capsys: Any, live_server: Any
) -> None:
    call_command("vapid_keys")
    keys = dict(line.split("=", 1) for line in capsys.readouterr().out.split())
    settings.VAPID_PUBLIC_KEY, settings.VAPID_PRIVATE_KEY = keys["VAPID_PUBLIC_KEY"], keys["VAPID_PRIVATE_KEY"]
    assert len(base64.urlsafe_b64decode(settings.VAPID_PUBLIC_KEY + "=")) == 65
    context = new_context(permissions=["notifications"])
    context.add_init_script(_GIVEN)
    page = context.new_page()
    cdp = context.new_cdp_session(page)
    registrations: list[str] = []
    cdp.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(one["registrationId"] for one in event["registrations"]),
    )
    cdp.send("ServiceWorker.enable")
    sign_in(page)
    page.goto(reverse("notifications:preferences"))
    page.get_by_role("button", name="Send pushes to this browser").click()
    expect(page.get_by_text("This browser gets messages now.")).to_be_visible()
    assert PushSubscription.objects.get().user == clara
    axe(page)
    cdp.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": live_server.url,
            "registrationId": registrations[0],
            "data": '{"title": "Moved: Gel manicure", "text": "The salon moved it.", "path": "/bookings/", "id": "1"}',
        },
    )
    shown = page.evaluate(
        """async () => {
            const registration = await navigator.serviceWorker.ready;
            for (let tries = 0; tries < 50; tries++) {
                const [one] = await registration.getNotifications();
                if (one) return [registration.scope, one.title, one.body, one.data.path];
                await new Promise((done) => setTimeout(done, 100));
            }
        }"""
    )
    assert shown == [f"{live_server.url}/", "Moved: Gel manicure", "The salon moved it.", "/bookings/"]
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("That browser gets no more messages.")).to_be_visible()
    assert not PushSubscription.objects.exists()


def test_where_the_browser_has_no_push_there_is_no_button(page: Page, clara: User, settings: Any) -> None:
    settings.VAPID_PUBLIC_KEY, settings.VAPID_PRIVATE_KEY = "A" * 87, "A" * 43
    page.add_init_script("delete window.PushManager")
    sign_in(page)
    page.goto(reverse("notifications:preferences"))
    expect(page.get_by_text("No browser gets pushes yet.")).to_be_visible()
    expect(page.get_by_role("button", name="Send pushes to this browser")).to_be_hidden()
