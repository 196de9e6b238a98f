"""The owner's whole errands: from sign-up to the first booking received; a working day by mouse, finger and keys."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Locator, Page, expect

from beautydrop.bookings import actions
from beautydrop.bookings.actions import Contact
from beautydrop.bookings.models import Booking
from beautydrop.scheduling.models import ScheduleException, TimeSlot
from beautydrop.shops.models import Shop
from tests.browser.checks import axe, no_sideways_scrolling
from tests.browser.keyboard import tab_to
from tests.factories import NOW, PASSWORD, World, a_world, an_owner, berlin, by_owner

pytestmark = pytest.mark.django_db(transaction=True)


def _h1(page: Page, words: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def test_a_new_salon_starts_in_the_zone_of_the_browser(page: Page) -> None:
    owner = an_owner()  # whose number and language name no country
    page.goto("/account/login/?next=/manage/shops/new/")
    page.fill("[name=login]", owner.user.email)
    page.fill("[name=password]", PASSWORD)
    page.click("main button.main")
    _h1(page, "Your salon")
    expect(page.get_by_label("Time zone")).to_have_value(
        page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    )
    expect(page.get_by_label("Country")).to_have_value("")


def test_from_sign_up_to_the_first_booking_received(phone: Page, new_context: Callable[..., BrowserContext]) -> None:
    phone.set_default_timeout(6000)
    _sign_up(phone)
    phone.get_by_label("Name of the business").fill("Nele Neu GmbH")
    phone.get_by_role("button", name="Continue to the salon").tap()
    _h1(phone, "Your salon")
    for name, value in {"name": "Salon Nele", "address": "Weserstraße 12", "city": "Berlin"}.items():
        phone.locator(f"[name={name}]").fill(value)
    phone.get_by_label("Country").select_option("DE")
    phone.get_by_label("Time zone").select_option("Europe/Berlin")
    phone.get_by_label("Currency").select_option("EUR")
    phone.get_by_role("button", name="Make the salon").tap()
    _h1(phone, "0 of 6 steps done")
    shop = Shop.objects.get()
    start = f"/manage/{shop.slug}/setup/"

    phone.get_by_role("link", name="Set the hours").tap()
    phone.get_by_role("button", name="Add hours Monday").tap()
    phone.locator("#start-0-0").fill("9")
    phone.locator("#end-0-0").fill("18")
    phone.locator("#copy-0").tap()
    for day in ("Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"):
        phone.get_by_role("group", name="Copy Monday to").get_by_label(day).check()
    phone.locator("button[value=copy-0]").tap()
    expect(phone.locator("#start-6-0")).to_have_value("9")
    phone.get_by_role("button", name="Save the salon’s hours").tap()
    expect(phone.locator("h1")).to_contain_text("63 hours")

    # Stopped after the first step, and taken up again: every step has its own address.
    phone.goto(start)
    _h1(phone, "1 of 6 steps done")
    phone.get_by_role("link", name="Write the menu").tap()
    phone.get_by_role("button", name="Nails").tap()
    _h1(phone, re.compile("services can be booked"))
    phone.goto(start)
    phone.get_by_role("link", name="Add people").tap()
    phone.get_by_role("link", name="Add a person").first.tap()
    phone.get_by_label("Name").fill("Nele Neu")
    phone.get_by_label("This is me").check()
    phone.locator("main form button.main").tap()
    expect(phone.locator(".message")).to_contain_text("Nele Neu")
    phone.goto(start)
    _h1(phone, "3 of 6 steps done")
    phone.get_by_role("link", name="Look at it").tap()
    phone.get_by_label("Free to cancel until").fill("48")
    phone.get_by_label("Due when cancelled later").fill("50")
    expect(phone.locator("#sentence")).to_contain_text("48 hours before")
    phone.get_by_role("button", name="Save the policy").tap()
    expect(phone.locator(".message")).to_contain_text("The policy is saved")
    phone.goto(start)
    phone.get_by_role("link", name="Open the whole page").tap()
    _h1(phone, "Salon Nele")
    phone.goto(start)
    phone.get_by_role("button", name="Publish").tap()
    expect(phone.locator(".message")).to_contain_text("Salon Nele")
    phone.goto(start)
    _h1(phone, "Salon Nele is open")

    guest = new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True).new_page()
    _book(guest, shop)
    booking = Booking.objects.get()
    assert (booking.status, booking.shop, booking.contact_name) == ("confirmed", shop, "Gita Guest")
    phone.goto("/manage/")
    if booking.local_start[:10] != f"{timezone.now().astimezone(shop.zone):%Y-%m-%d}":  # in the evening: tomorrow
        phone.locator("a[rel=next]").tap()
    phone.get_by_role("link", name=re.compile("Gita Guest")).tap()
    _h1(phone, re.compile("Gita Guest"))
    expect(phone.locator("#panel")).to_contain_text("Confirmed")
    no_sideways_scrolling(phone)
    axe(phone)


def _book(page: Page, shop: Shop) -> None:
    page.goto(f"/s/{shop.slug}/")
    page.get_by_role("link", name=re.compile("^Book")).first.tap()
    free = page.locator("label.slot:not(:has(:checked))").last
    clock = free.locator(".time").inner_text()
    free.tap()
    expect(page.locator(".bar")).to_contain_text(clock)
    page.locator(".bar").get_by_role("button", name="Continue").tap()
    for name, value in {"name": "Gita Guest", "email": "gita@example.com"}.items():
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name="Confirm booking").tap()
    _h1(page, "One more step: open the e-mail")
    page.goto("/demo/mailbox/")
    page.locator(".mailbox a").first.tap()
    page.locator("pre a[href*='/confirm/']").tap()
    page.get_by_role("button", name="Confirm booking").tap()
    _h1(page, "Your time is booked")


def _sign_up(page: Page) -> None:
    """From the page for salons to the first question about the business, over the link in the mail."""
    page.goto("/manage/start/")
    page.get_by_role("link", name="Open a salon").first.tap()
    page.locator("[name=first_name]").fill("Nele")
    page.locator("[name=email]").fill("nele@example.com")
    page.locator("[name=password1]").fill(PASSWORD)
    page.get_by_role("button", name="Create your account").tap()
    _h1(page, "Look in your e-mail")
    page.goto("/demo/mailbox/")
    page.locator(".mailbox a").first.tap()
    page.locator("pre a[href*='/confirm-email/']").tap()
    page.get_by_role("button", name="Yes, confirm it").tap()
    _h1(page, "Your business")


# --- A working day ---------------------------------------------------------------------------------


class Mouse:
    """How somebody uses a page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator) -> None:
        target.first.click()

    def type(self, target: Locator, words: str) -> None:
        target.fill(words)
        target.blur()

    def take(self, target: Locator) -> None:
        """Choose a radio button; where its label is what one sees, by that."""
        name = target.first.get_attribute("id")
        self.press(self.page.locator(f"label:has(#{name})") if name else target)

    def choose(self, target: Locator, option: str) -> None:
        target.select_option(label=option)


class Finger(Mouse):
    def press(self, target: Locator) -> None:
        target.first.tap()


class Keys(Mouse):
    """Tab, Enter, arrows and letters, and every stop on the way can be seen."""

    def press(self, target: Locator) -> None:
        tab_to(self.page, target)
        self.page.keyboard.press("Enter")

    def type(self, target: Locator, words: str) -> None:
        tab_to(self.page, target)
        if target.get_attribute("type") == "date":
            target.fill(words)  # its parts follow the browser's language
        else:
            self.page.keyboard.press("Control+a")
            self.page.keyboard.type(words)
            self.page.keyboard.press("Tab")

    def take(self, target: Locator) -> None:
        """By the arrows from the one that Tab reaches: the chosen one of the group, or its first."""
        name = target.first.get_attribute("name")
        group = self.page.locator(f"input[type=radio][name='{name}']")
        chosen = group.and_(self.page.locator(":checked"))
        tab_to(self.page, chosen if chosen.count() else group)
        for _press in range(group.count()):
            if target.first.evaluate("one => one === document.activeElement"):
                break
            self.page.keyboard.press("ArrowDown")
        if not target.first.is_checked():
            self.page.keyboard.press("Space")
        expect(target.first).to_be_checked()

    def choose(self, target: Locator, option: str) -> None:
        tab_to(self.page, target)
        self.page.keyboard.type(option)


@pytest.fixture
def world(time_machine: Any) -> World:
    """Thursday, 11:00. Mina has three appointments today and two tomorrow."""
    time_machine.move_to(NOW)
    world = a_world()
    for day, clock, name in (
        (3, "10:15", "Nora Noshow"),
        (3, "13:00", "Dora Drag"),
        (3, "15:00", "Fay Form"),
        (4, "10:00", "Mia Move"),
        (4, "12:00", "Caro Cancel"),
    ):
        _entered(world, berlin(day, clock), name)
    time_machine.move_to(berlin(3, "11:00"))
    return world


def _entered(world: World, start: datetime, name: str) -> Booking:
    contact = Contact(name, f"{name.split()[0].lower()}@example.com")
    return actions.book(
        service_id=world.manicure.pk,
        staff_id=world.mina.pk,
        start=start,
        contact=contact,
        by=by_owner(world.client),
        now=NOW,
    )


def _sign_in(page: Page, world: World) -> None:
    page.goto("/account/login/?next=/manage/")
    page.fill("[name=login]", world.client.user.email)
    page.fill("[name=password]", PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("3 Dec")


def _of(name: str) -> Booking:
    return Booking.objects.get(contact_name=name)


def _block(page: Page, name: str) -> Locator:
    return page.locator(f"#b-{_of(name).pk}")


def _heading(page: Page, words: str) -> None:
    """The panel or page that was asked for is there."""
    expect(page.locator("#entry-title, #panel-title")).to_contain_text(words)


def _a_working_day(hands: Mouse, world: World) -> None:
    """A walk-in, a move by the form, a no-show, blocked time, and time off over bookings."""
    page = hands.page
    day, toast = f"/manage/{world.shop.slug}/day/", page.locator("#toast")

    hands.press(page.get_by_role("link", name="New booking"))
    _heading(page, "New booking")
    hands.press(page.get_by_role("link", name="Walk-in"))
    expect(page.locator(".kinds [aria-current]")).to_have_text("Walk-in")
    hands.type(page.get_by_label("Name"), "Wanda Walk-in")
    hands.take(page.get_by_role("radio", name=re.compile("Gel manicure")))
    hands.press(page.locator("#entry-book"))
    expect(page.locator(".message")).to_contain_text("Booked: Gel manicure for Wanda Walk-in")
    assert (_of("Wanda Walk-in").status, _of("Wanda Walk-in").starts_at) == ("arrived", berlin(3, "11:00"))

    page.goto(day)
    hands.press(_block(page, "Fay Form"))
    _heading(page, "Fay Form")
    hands.press(page.get_by_role("link", name="Change time"))
    _heading(page, "Move the booking")
    hands.take(page.get_by_role("radio", name="Ayla"))
    expect(page.locator("#entry-book")).to_contain_text("with Ayla")
    hands.type(page.get_by_label("Start"), "16:10")
    expect(page.locator("#entry-book")).to_contain_text("16:10 with Ayla")
    hands.press(page.locator("#entry-book"))
    expect(page.get_by_text("Moved: Fay Form, Thu 3 Dec, 16:10 with Ayla.")).to_be_visible()
    assert (_of("Fay Form").starts_at, _of("Fay Form").staff_member) == (berlin(3, "16:10"), world.ayla)

    page.goto(day)
    hands.press(_block(page, "Nora Noshow"))
    _heading(page, "Nora Noshow")
    hands.press(page.get_by_role("button", name="No-show"))
    expect(toast).to_contain_text("Nora Noshow")
    assert _of("Nora Noshow").status == "no_show"

    page.goto(day)
    hands.press(page.get_by_role("link", name="New booking"))
    _heading(page, "New booking")
    hands.press(page.get_by_role("link", name="Block time"))
    expect(page.locator(".kinds [aria-current]")).to_have_text("Block time")
    hands.choose(page.get_by_label("Whose time"), "Ayla Demir")
    hands.type(page.get_by_label("From"), "12")
    hands.type(page.get_by_label("To", exact=True), "12:30")
    hands.type(page.get_by_label("What for"), "Dentist")
    hands.press(page.get_by_role("button", name="Block this time"))
    expect(page.locator(".message")).to_contain_text("Ayla")
    assert TimeSlot.objects.get(status="blocked").start_at == berlin(3, "12:00")

    hands.press(page.get_by_role("link", name="Team and hours"))
    _h1(page, "2 people work here")
    hands.press(page.get_by_role("link", name="Hours of the salon"))
    _h1(page, re.compile("The salon is open"))
    hands.press(page.get_by_role("link", name="Time off"))
    expect(page.get_by_label("First day")).to_be_visible()
    hands.choose(page.get_by_label("Whom it concerns"), "Mina Haddad")
    hands.type(page.get_by_label("First day"), "2026-12-04")
    hands.press(page.get_by_role("button", name="Continue").last)
    expect(page.get_by_role("heading", level=1)).to_contain_text("affects 2 bookings")
    move, cancel = (page.locator(f"#row-{_of(name).pk}") for name in ("Mia Move", "Caro Cancel"))
    axe(page)
    hands.take(move.locator("[value=move]"))
    hands.take(move.locator("[name^=to-]"))
    hands.take(cancel.locator("[value=cancel]"))
    expect(page.locator("#decide-summary")).to_contain_text("cancel")
    hands.press(page.locator("button[name=act][value=decide]"))
    expect(page.get_by_text("Cancelled", exact=True)).to_be_visible()
    assert ScheduleException.objects.get().start_date == date(2026, 12, 4)
    moved = _of("Mia Move")
    assert (moved.status, _of("Caro Cancel").status) == ("confirmed", "cancelled")
    assert (moved.starts_at, moved.staff_member) != (berlin(4, "10:00"), world.mina)


def test_a_working_day_with_the_mouse(page: Page, world: World) -> None:
    _sign_in(page, world)
    box = _block(page, "Dora Drag").bounding_box()
    assert box
    page.mouse.move(box["x"] + 60, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 12 + 6 * 8, steps=8)
    page.mouse.up()
    page.locator("#toast").get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("#toast")).to_contain_text("Moved: Dora Drag, Thu 3 Dec, 13:30 with Mina.")
    assert _of("Dora Drag").starts_at == berlin(3, "13:30")
    _a_working_day(Mouse(page), world)


def test_a_working_day_on_a_phone(phone: Page, world: World) -> None:
    _sign_in(phone, world)
    _a_working_day(Finger(phone), world)
    no_sideways_scrolling(phone)


def test_a_working_day_by_keyboard_alone(page: Page, world: World) -> None:
    _sign_in(page, world)
    _a_working_day(Keys(page), world)
