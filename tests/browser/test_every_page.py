"""Every page, light and dark, at 320 and 1280 px: axe finds nothing, nothing scrolls sideways, no complaint.

A page is loaded once, then looked at in four ways. The fixtures in conftest.py fail the test for whatever the
browser complains about: console and script errors, violations of the policy, requests to other hosts.
"""

from collections.abc import Callable, Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from beautydrop.bookings import actions, emails
from beautydrop.bookings.choosing import iso
from tests.browser.checks import axe, no_sideways_scrolling
from tests.browser.town import a_booking, a_town, cancelled, next_sunday, openings_in, taken_by_somebody
from tests.factories import PASSWORD, World

LOOKS = [(width, theme) for width in (320, 1280) for theme in ("light", "dark")]
Visit = Callable[[], object]


def _looks_good(page: Page, visit: Visit) -> None:
    visit()
    assert page.get_by_role("heading", level=1).count() == 1, page.url
    for width, theme in LOOKS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        axe(page)
        no_sideways_scrolling(page)


def _sign_in(page: Page, email: str = "clara@example.com") -> None:
    page.goto("/account/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your bookings")


def _public(page: Page, world: World) -> Iterator[Visit]:
    slug = world.shop.slug
    for url in (
        "/",
        "/salons/?where=Berlin",
        f"/salons/?where=Berlin&what=nails&date={openings_in(world, 3)[0].start:%Y-%m-%d}&part=evening",
        "/salons/?what=there+is+no+such+thing",
        "/salons/?where=Atlantis",
        reverse("marketplace:shop", args=[slug]),
        "/about/help/",
        "/about/privacy/",
        "/about/terms/",
        "/about/imprint/",
        reverse("marketplace:contact"),
        "/nothing/",
        "/styleguide/",
    ):
        yield lambda url=url: page.goto(url)


def _choosing(page: Page, world: World) -> Iterator[Visit]:
    args = [world.shop.slug, world.manicure.slug]
    when, details = reverse("bookings:when", args=args), reverse("bookings:details", args=args)
    opening = openings_in(world, 3)[4]
    chosen = f"start={iso(opening.start)}&staff={opening.performer.staff.pk}"

    def with_mistakes() -> None:
        page.goto(f"{details}?{chosen}")
        page.locator("[name=email]").fill("gita@")
        page.get_by_role("button", name="Confirm booking").click()
        expect(page.locator(".error-summary")).to_be_visible()

    def taken() -> None:
        page.goto(f"{details}?{chosen}")
        page.locator("[name=name]").fill("Gita Guest")
        page.locator("[name=email]").fill("gita@example.com")
        page.locator("[name=note]").fill("Nut allergy")
        taken_by_somebody(world, opening.start, opening.performer.staff.pk)
        page.get_by_role("button", name="Confirm booking").click()
        expect(page.get_by_text("Kept for you")).to_be_visible()

    yield lambda: page.goto(when)
    yield lambda: page.goto(f"{when}?{chosen}")
    yield lambda: page.goto(f"{when}?day={next_sunday()}")
    yield lambda: page.goto(f"{when}?start=")
    yield lambda: page.goto(f"{details}?{chosen}")
    yield with_mistakes
    yield taken


def _own_booking(page: Page, world: World) -> Iterator[Visit]:
    held = a_booking(world, 4, is_guest=True)
    booked = a_booking(world, 5)
    gone = cancelled(a_booking(world, 6), world)
    over = a_booking(world, 4, nth=8, is_guest=True)
    actions.expire(booking_id=over.pk, now=over.expires_at)  # type: ignore[arg-type]
    for url in (
        reverse("bookings:show", args=[held.token]),
        reverse("bookings:confirm", args=[held.token, emails.confirm_key(held)]),
        reverse("bookings:change_address", args=[held.token]),
        reverse("bookings:show", args=[booked.token]),
        reverse("bookings:change", args=[booked.token]),
        reverse("bookings:cancel", args=[booked.token]),
        reverse("bookings:show", args=[gone.token]),
        reverse("bookings:show", args=[over.token]),
        reverse("bookings:change", args=[gone.token]),
        "/demo/mailbox/",
    ):
        yield lambda url=url: page.goto(url)


def _account(page: Page, world: World) -> Iterator[Visit]:
    def nothing_typed() -> None:
        page.goto("/account/login/")
        page.locator("main").get_by_role("button", name="Sign in").click()
        expect(page.locator(".error-summary")).to_be_visible()

    yield lambda: page.goto("/account/login/")
    yield nothing_typed
    yield lambda: page.goto("/account/signup/")
    yield lambda: page.goto("/account/password/reset/")
    _sign_in(page)
    yield lambda: page.goto("/bookings/")
    yield lambda: page.goto("/favourites/")
    for days in (3, 4, 5):
        a_booking(world, days)
    cancelled(a_booking(world, 6), world)
    page.goto(reverse("marketplace:shop", args=[world.shop.slug]))
    page.get_by_role("button", name="Favourite").click()
    yield lambda: page.goto("/")
    yield lambda: page.goto("/bookings/")
    yield lambda: page.goto("/favourites/")
    yield lambda: page.goto("/account/profile/")
    yield lambda: page.goto("/account/password/change/")
    yield lambda: page.goto("/account/email/")


def _salon(page: Page, world: World) -> Iterator[Visit]:
    """What the owner works with, each kind of page once."""
    booking = a_booking(world, 3)
    cancelled(a_booking(world, 4), world)
    a_booking(world, 4, nth=8, is_guest=True)
    _sign_in(page, world.client.user.email)
    slug, day = world.shop.slug, f"?date={booking.local_start[:10]}"
    for name in ("day", "week", "agenda"):
        yield lambda name=name: page.goto(reverse(f"manage:{name}", args=[slug]) + day)
    for name in (
        "new_booking", "block_new", "why_not", "hours", "closure_new", "clients", "client_new", "clients_import",
        "figures", "settings", "setup", "policy", "publish", "preview", "services", "service_new", "team", "person_new",
        "pictures",
    ):  # fmt: skip
        yield lambda name=name: page.goto(reverse(f"manage:{name}", args=[slug]))
    yield lambda: page.goto(reverse("manage:new_booking", args=[slug]) + "?kind=walk-in")
    for name, key in (
        ("booking", booking.pk), ("booking_move", booking.pk), ("service", world.manicure.pk),
        ("service_delete", world.manicure.pk), ("person", world.mina.pk), ("person_hours", world.mina.pk),
        ("person_leave", world.mina.pk), ("invite", world.mina.pk), ("client", booking.shop_client_id),
        ("client_edit", booking.shop_client_id), ("client_merge", booking.shop_client_id),
        ("client_erase", booking.shop_client_id),
    ):  # fmt: skip
        yield lambda name=name, key=key: page.goto(reverse(f"manage:{name}", args=[slug, key]))
    yield lambda: page.goto(reverse("manage:home"))
    yield lambda: page.goto(reverse("manage:new_shop"))


@pytest.mark.parametrize(
    "group", [_public, _choosing, _own_booking, _account, _salon], ids=lambda one: one.__name__.strip("_")
)
def test_every_page(page: Page, live_server: object, group: Callable[[Page, World], Iterator[Visit]]) -> None:
    for visit in group(page, a_town()):
        _looks_good(page, visit)
