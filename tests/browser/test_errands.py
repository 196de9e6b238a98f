"""Whole errands: on a phone, by keyboard alone, without JavaScript, signed in, and beaten to a time by somebody."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from beautydrop.bookings.choosing import iso
from beautydrop.bookings.models import Booking
from beautydrop.scheduling.openings import Opening
from tests.browser.checks import no_sideways_scrolling
from tests.browser.keyboard import enter, tab_to
from tests.browser.town import a_booking, a_town, next_sunday, openings_in, taken_by_somebody
from tests.factories import PASSWORD, World

TYPED = {"name": "Gita Guest", "email": "gita@example.com", "phone": "030 5550123", "note": "Nut allergy"}


@pytest.fixture
def world(live_server) -> World:
    return a_town()


def _open_the_mail(page: Page) -> None:
    """From the newest mail in the mailbox to the page behind its link."""
    page.goto("/demo/mailbox/")
    page.locator(".mailbox a").first.click()
    page.locator("pre a[href*='/confirm/']").click()


def _fill(page: Page) -> None:
    for name, value in TYPED.items():
        page.locator(f"[name={name}]").fill(value)


def _sign_in(page: Page) -> None:
    page.goto("/account/login/")
    page.get_by_label("E-mail").fill("clara@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your bookings")


def _go_to_details(page: Page, world: World, opening: Opening) -> None:
    url = reverse("bookings:details", args=[world.shop.slug, world.manicure.slug])
    page.goto(f"{url}?start={iso(opening.start)}&staff={opening.performer.staff.pk}")


def _h1(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def test_a_guest_books_moves_and_cancels_on_a_phone(phone: Page, world: World):
    """Four taps to a booked time: a free time, Continue, Confirm booking, and the button behind the mail."""
    phone.goto("/")
    no_sideways_scrolling(phone)
    time = phone.locator(".card .free-time").first
    clock = time.locator("b").inner_text()
    time.tap()
    _h1(phone, "When and with whom?")
    expect(phone.locator("input[name=start]:checked")).to_have_count(1)
    expect(phone.locator(".bar")).to_contain_text(clock)
    phone.locator(".bar").get_by_role("button", name="Continue").tap()
    _h1(phone, "Your details")
    expect(phone.locator(".stub.still")).to_contain_text(clock)
    _fill(phone)
    phone.get_by_role("button", name="Confirm booking").tap()
    _h1(phone, "One more step: open the e-mail")
    _open_the_mail(phone)
    _h1(phone, "Confirm your booking")
    phone.get_by_role("button", name="Confirm booking").tap()
    _h1(phone, "Your time is booked")
    booking = Booking.objects.get()
    assert (booking.status, booking.contact_name) == ("confirmed", "Gita Guest")
    expect(phone.locator(".ticket")).to_contain_text(booking.spoken_reference)
    assert phone.locator(".ticket").evaluate("one => one.scrollWidth <= one.clientWidth + 1")
    no_sideways_scrolling(phone)


def test_a_guest_moves_and_cancels_on_a_phone(phone: Page, world: World):
    booking = a_booking(world, 3)
    phone.goto(reverse("bookings:show", args=[booking.token]))
    phone.get_by_role("link", name=re.compile("Change the time")).tap()
    _h1(phone, "Change the time")
    phone.get_by_role("navigation", name=re.compile("to")).get_by_role("link").nth(2).scroll_into_view_if_needed()
    free = phone.locator("label.slot:not(:has(:checked))").last
    clock = free.locator(".time").inner_text()
    free.tap()
    expect(phone.locator(".bar")).to_contain_text(clock)
    phone.locator(".bar").get_by_role("button", name="Move to this time").tap()
    _h1(phone, "Your time is booked")
    expect(phone.locator(".ticket .time")).to_have_text(clock)
    booking.refresh_from_db()
    assert booking.sequence == 1
    phone.get_by_role("link", name=re.compile("Cancel the booking")).tap()
    phone.get_by_label(re.compile("Reason")).fill("A cold")
    phone.get_by_role("button", name="Cancel this booking").tap()
    _h1(phone, "This booking is cancelled")


def test_the_whole_errand_by_keyboard_alone(page: Page, world: World):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    enter(page, page.locator(".card .free-time"))
    _h1(page, "When and with whom?")
    # The times are one stop of Tab; arrows choose among them, and the choice follows.
    tab_to(page, page.locator("input[name=start]:checked"))
    page.keyboard.press("ArrowRight")
    chosen = page.locator("label.slot:has(:checked) .time").inner_text()
    expect(page.locator("#stub .top .time")).to_have_text(chosen)
    enter(page, page.locator("#stub .go"))
    _h1(page, "Your details")
    for name, value in TYPED.items():
        tab_to(page, page.locator(f"[name={name}]"))
        page.keyboard.type(value)
    enter(page, page.get_by_role("button", name="Confirm booking"))
    _h1(page, "One more step: open the e-mail")
    page.goto("/demo/mailbox/")
    enter(page, page.locator(".mailbox a"))
    enter(page, page.locator("pre a[href*='/confirm/']"))
    enter(page, page.get_by_role("button", name="Confirm booking"))
    _h1(page, "Your time is booked")
    Booking.objects.update(cancellation_cutoff_hours=0)  # so that a time today can be moved
    page.reload()
    enter(page, page.get_by_role("link", name=re.compile("Change the time")))
    # Another day: the region is swapped, and the focus goes to its heading.
    tab_to(page, page.locator("nav.strip a[href]:not([aria-current])").last)
    page.keyboard.press("Enter")
    expect(page.locator("#slots h2[tabindex='-1']")).to_be_focused()
    if page.locator(".panel.nothing a.next").count():  # a day without times leads on
        tab_to(page, page.locator(".panel.nothing a.next").first)
        page.keyboard.press("Enter")
        expect(page.locator("input[name=start]:checked")).to_have_count(1)
    tab_to(page, page.locator("input[name=start]:checked, input[name=start]"))
    page.keyboard.press("Space")
    chosen = page.locator("label.slot:has(:checked) .time").inner_text()
    expect(page.locator("#stub .top .time")).to_have_text(chosen)
    enter(page, page.locator("#stub .go"))
    _h1(page, "Your time is booked")
    expect(page.locator(".ticket .time")).to_have_text(chosen)
    enter(page, page.get_by_role("link", name=re.compile("Cancel the booking")))
    enter(page, page.get_by_role("button", name="Cancel this booking"))
    _h1(page, "This booking is cancelled")


def test_the_whole_errand_without_javascript(without_javascript: Page, world: World):
    page = without_javascript
    page.goto("/")
    page.locator("[name=where]").fill("Berlin")
    page.get_by_role("search").get_by_role("button", name="Search").click()
    _h1(page, re.compile("salon"))
    page.locator(".hit .free-time").first.click()
    _h1(page, "When and with whom?")
    page.locator("nav.people a").nth(1).click()
    if page.locator(".panel.nothing a.next").count():
        page.locator(".panel.nothing a.next").first.click()
    slot = page.locator("label.slot").last
    clock = slot.locator(".time").inner_text()
    slot.click()
    page.locator("#stub .go").click()
    _h1(page, "Your details")
    expect(page.locator(".stub.still")).to_contain_text(clock)
    page.get_by_role("button", name="Confirm booking").click()  # mistakes are found without scripts too
    expect(page.locator(".error-summary")).to_contain_text("Enter your name")
    _fill(page)
    page.get_by_role("button", name="Confirm booking").click()
    _h1(page, "One more step: open the e-mail")
    _open_the_mail(page)
    page.get_by_role("button", name="Confirm booking").click()
    _h1(page, "Your time is booked")
    Booking.objects.update(cancellation_cutoff_hours=0)
    page.reload()
    page.get_by_role("link", name=re.compile("Change the time")).click()
    page.locator("nav.strip a[href]:not([aria-current])").last.click()
    if page.locator(".panel.nothing a.next").count():
        page.locator(".panel.nothing a.next").first.click()
    slot = page.locator("label.slot").first
    clock = slot.locator(".time").inner_text()
    slot.click()
    page.locator("#stub .go").click()
    expect(page.locator(".ticket .time")).to_have_text(clock)
    page.get_by_role("link", name=re.compile("Cancel the booking")).click()
    page.get_by_role("button", name="Cancel this booking").click()
    _h1(page, "This booking is cancelled")
    page.get_by_text("Light or dark").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_who_is_signed_in_books_again_in_three_taps(phone: Page, world: World):
    _sign_in(phone)
    phone.goto("/")
    phone.locator(".card .free-time").first.tap()
    phone.locator(".bar").get_by_role("button", name="Continue").tap()
    _h1(phone, "Your details")
    phone.get_by_role("button", name="Confirm booking").tap()
    _h1(phone, "Your time is booked")
    assert Booking.objects.get().customer == world.customer


def test_beaten_to_it_keeps_everything_typed(page: Page, world: World):
    opening = openings_in(world, 3)[4]
    _go_to_details(page, world, opening)
    _fill(page)
    taken_by_somebody(world, opening.start, opening.performer.staff.pk)
    page.get_by_role("button", name="Confirm booking").click()
    _h1(page, re.compile("has just been taken"))
    for value in ("Gita Guest", "gita@example.com", "Nut allergy"):
        expect(page.locator("aside .kept")).to_contain_text(value)
    page.locator("label.slot").first.click()
    page.get_by_role("button", name="Confirm the new time").click()
    _h1(page, "One more step: open the e-mail")
    booking = Booking.objects.get(contact_email="gita@example.com")
    assert (booking.customer_notes, booking.contact_phone) == ("Nut allergy", "+49305550123")
    assert booking.starts_at != opening.start or booking.staff_member != opening.performer.staff


def test_back_and_again_and_a_double_click_make_one_booking(page: Page, world: World):
    opening = openings_in(world, 3)[4]
    page.goto(reverse("bookings:when", args=[world.shop.slug, world.manicure.slug]) + f"?start={iso(opening.start)}")
    page.locator("#stub .go").click()
    _fill(page)
    page.get_by_role("button", name="Confirm booking").dblclick()
    _h1(page, "One more step: open the e-mail")
    address = page.url
    page.go_back()
    _h1(page, "Your details")
    expect(page.locator("[name=note]")).to_have_value("Nut allergy")
    page.get_by_role("button", name="Confirm booking").click()
    _h1(page, "One more step: open the e-mail")
    assert page.url == address
    assert Booking.objects.count() == 1


def test_choosing_swaps_its_part_and_every_state_has_an_address(page: Page, world: World):
    page.goto(reverse("bookings:when", args=[world.shop.slug, world.manicure.slug]))
    page.evaluate("window.isSamePage = true")
    page.locator("nav.people a").nth(1).click()
    expect(page.locator("nav.people a").nth(1)).to_have_attribute("aria-current", "true")
    expect(page.locator("#slots h2[tabindex='-1']")).to_be_focused()
    day = page.locator("nav.strip a.day:not([aria-current])").nth(1)
    address = day.get_attribute("href") or ""
    day.click()
    expect(page).to_have_url(re.compile(re.escape(address)))
    expect(page.locator(f"nav.strip a[href='{address}']")).to_have_attribute("aria-current", "date")
    assert page.evaluate("window.isSamePage")
    heading = page.locator("#slots h2[tabindex='-1']").inner_text()
    page.reload()
    expect(page.locator("#slots h2").last).to_have_text(heading)
    page.go_back()
    expect(page.locator("nav.people a").nth(1)).to_have_attribute("aria-current", "true")
    page.goto(reverse("bookings:when", args=[world.shop.slug, world.manicure.slug]) + f"?day={next_sunday()}")
    page.evaluate("window.isSamePage = true")
    page.locator(".panel.nothing a.next").first.click()
    expect(page.locator("input[name=start]:checked")).to_have_count(1)
    expect(page.locator("#stub")).not_to_contain_text("No time yet")
    assert page.evaluate("window.isSamePage")


def test_filters_hearts_and_theme_need_no_new_page(page: Page, world: World):
    _sign_in(page)
    page.goto("/salons/?where=Berlin")
    page.evaluate("window.isSamePage = true")
    page.get_by_label("Step-free entrance").check()
    page.get_by_role("button", name="Show these salons").click()
    expect(page.locator(".hit")).to_have_count(2)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert "step_free=1" in page.url
    heart = page.locator(".heart button").first
    heart.click()
    expect(page.locator(".heart button").first).to_have_attribute("aria-pressed", "true")
    page.locator("#sort").select_option("name")
    expect(page).to_have_url(re.compile("sort=name"))
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.locator(".hit h2").first).to_have_text("Haarwerk")
    page.get_by_text("Light or dark").click()
    with page.expect_response("**/account/preferences/"):
        page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("window.isSamePage")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/favourites/")
    expect(page.locator(".card")).to_have_count(1)


def test_near_me_searches_where_one_is(new_context, world: World):
    context = new_context(geolocation={"latitude": 52.499, "longitude": 13.418}, permissions=["geolocation"])
    page = context.new_page()
    page.goto("/")
    page.get_by_role("button", name="Near me").click()
    _h1(page, re.compile("near you"))
    expect(page.locator(".hit h2").first).to_have_text(re.compile("Haarwerk|Ruhepol"))
    assert "lat=52.499" in page.url


def test_a_mistake_takes_the_focus_to_what_is_wrong(page: Page, world: World):
    opening = openings_in(world, 3)[4]
    _go_to_details(page, world, opening)
    page.locator("[name=name]").fill("Gita")
    page.locator("[name=email]").fill("gita@")
    page.get_by_role("button", name="Confirm booking").click()
    expect(page.locator(".error-summary")).to_be_focused()
    page.get_by_role("link", name="Enter an e-mail address like name@example.com").click()
    expect(page.locator("[name=email]")).to_be_focused()
    expect(page.locator("[name=name]")).to_have_value("Gita")
