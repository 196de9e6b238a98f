"""Every page, light and dark, at 320 and 1280 px: axe finds nothing, nothing scrolls sideways, no complaint.

A page is loaded once, then looked at in four ways. The fixtures in conftest.py fail the test for whatever the
browser complains about: console and script errors, violations of the policy, requests to other hosts.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.urls import Resolver404, get_resolver, resolve, reverse
from playwright.sync_api import Page, expect

from beautydrop.accounts.models import EmailChange, User
from beautydrop.bookings import actions
from beautydrop.bookings.choosing import iso
from beautydrop.bookings.messages import keys
from beautydrop.marketplace import views as marketplace
from beautydrop.notifications import stopping
from beautydrop.notifications.models import MailboxMessage, OutboxMessage
from tests import addresses
from tests.accounts.test_second_factor import code_of
from tests.browser.checks import axe, no_sideways_scrolling
from tests.browser.test_passkeys import with_a_passkey
from tests.browser.town import a_booking, a_town, cancelled, next_sunday, openings_in, taken_by_somebody
from tests.factories import PASSWORD, World

LOOKS = [(width, theme) for width in (320, 1280) for theme in ("light", "dark")]
Visit = Callable[[], object]

# What each group looks at, by the names of the addresses.
SHOWN = {
    "public": {
        "marketplace:home",
        "marketplace:search",
        "marketplace:shop",
        "marketplace:page",
        "marketplace:contact",
        "styleguide",
    },
    "choosing": {"bookings:when", "bookings:details"},
    "own_booking": {
        "bookings:show",
        "bookings:confirm",
        "bookings:change_address",
        "bookings:make_account",
        "bookings:change",
        "bookings:cancel",
        "demo:mailbox",
        "demo:mail",
    },
    "account": {
        "account_login",
        "account_signup",
        "account_email_verification_sent",
        "account_confirm_email",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "account_inactive",
        "account_change_password",
        "account_reauthenticate",
        "account_logout",
        "accounts:index",
        "accounts:profile",
        "bookings:mine",
        "marketplace:favourites",
        "marketplace:home",  # with a heart that is kept
    },
    "own_account": {
        "accounts:index",
        "accounts:email",
        "accounts:change_email",
        "accounts:sessions",
        "accounts:data",
        "accounts:delete",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "mfa_edit_webauthn",
        "mfa_remove_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "mfa_authenticate",
    },
    "admin_door": {"accounts:admin_door"},
    "messages": {"notifications:centre", "notifications:preferences", "notifications:stop", "demo:mail"},
    "errors": {"marketplace:home", "bookings:resend", "bookings:cancel"},
}
NO_PAGES = {
    "marketplace:toggle_favourite",
    "bookings:calendar",
    "accounts:preferences",
    "accounts:stop_looking",
    "accounts:take_back_email",
    "accounts:end_session",
    "accounts:end_others",
    "accounts:clear",
    "accounts:data_file",
    "account_email",  # ours stands before it
    "mfa_download_recovery_codes",
    "mfa_login_webauthn",
    "account_set_password",  # everybody has one
    "account_confirm_login_code",  # not offered
    "shops:picture",
    "demo:mail_html",  # stands in the page of the mail
    "healthz",
    "readyz",
    "robots",
    "accounts:welcome",  # looked at by test_clerk.py, which can sign in with Clerk
    "accounts:clerk_start",
    "accounts:clerk_done",
    "accounts:clerk_webhooks",
    "api:nothing_here",
    "api:schema",
    "api:docs",  # Swagger's own page; test_api_docs.py opens it
    "push_worker",
    "notifications:bell",  # a part of every page
    "notifications:newer",
    "notifications:open_line",
    "notifications:read_all",
    "notifications:device_new",
    "notifications:device_remove",
    "notifications:mail_events",
}


def _name(url: str) -> str:
    try:
        return resolve(urlsplit(url).path).view_name
    except Resolver404:
        return ""


def test_no_page_is_left_out() -> None:
    """Every address of the customers' side is looked at below, or is no page."""
    resolver = get_resolver("tests.urls_with_debug")
    names = {key for key in resolver.reverse_dict if isinstance(key, str)}
    for space, (_prefix, inner) in resolver.namespace_dict.items():
        if space not in {"admin", "manage"}:
            names |= {f"{space}:{key}" for key in inner.reverse_dict if isinstance(key, str)}
    assert names == set().union(*SHOWN.values(), NO_PAGES)


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
    expect(page.get_by_role("link", name="Sign in")).to_have_count(0)


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
        reverse("bookings:confirm", args=[held.token, keys.confirm_key(held)]),
        reverse("bookings:change_address", args=[held.token]),
        reverse("bookings:show", args=[booked.token]),
        reverse("bookings:change", args=[booked.token]),
        reverse("bookings:cancel", args=[booked.token]),
        reverse("bookings:show", args=[gone.token]),
        reverse("bookings:show", args=[over.token]),
        reverse("bookings:change", args=[gone.token]),
        reverse("bookings:confirm", args=[held.token, "no-key-that-was-ever-mailed"]),
        "/demo/mailbox/",
        reverse("demo:mail", args=[MailboxMessage.objects.latest("pk").pk]),
    ):
        yield lambda url=url: page.goto(url)

    def no_address() -> None:
        page.goto(reverse("bookings:change_address", args=[held.token]))
        page.locator("[name=email]").fill("gita@")
        page.locator("main form button").click()
        expect(page.locator(".error-summary")).to_be_visible()

    def confirmed_by_the_link() -> None:
        page.goto(reverse("bookings:confirm", args=[held.token, keys.confirm_key(held)]))
        page.get_by_role("button", name="Confirm booking").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your time is booked")

    def with_a_password_that_is_too_short() -> None:
        page.locator("[name=password]").fill("short")
        page.get_by_role("button", name="Make an account").click()
        expect(page.locator(".error-summary")).to_be_visible()

    yield no_address
    yield confirmed_by_the_link
    yield with_a_password_that_is_too_short


def _account(page: Page, world: World) -> Iterator[Visit]:
    def nothing_typed() -> None:
        page.goto("/account/login/")
        page.locator("main").get_by_role("button", name="Sign in").click()
        expect(page.locator(".error-summary")).to_be_visible()

    def signed_up() -> None:
        page.goto("/account/signup/")
        page.locator("[name=first_name]").fill("Nina New")
        page.locator("main [name=email]").fill("nina@example.com")
        page.locator("[name=password1]").fill("a-new-password-9")
        page.locator("main").get_by_role("button", name="Create your account").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Look in your e-mail")

    def asked_for_a_password() -> None:
        page.goto("/account/password/reset/")
        page.locator("main [name=email]").fill("clara@example.com")
        page.locator("main form button").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Look in your e-mail")

    def the_newest_mails_link() -> None:
        page.goto("/demo/mailbox/")
        page.locator(".mailbox a").first.click()
        page.locator("pre a[href*='/account/']").first.click()

    def with_a_new_password() -> None:
        for name in ("password1", "password2"):
            page.locator(f"[name={name}]").fill(PASSWORD)
        page.locator("main").get_by_role("button", name="Save the new password").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your password is changed")

    yield lambda: page.goto("/account/login/")
    yield nothing_typed
    yield lambda: page.goto("/account/signup/")
    yield signed_up
    yield the_newest_mails_link
    yield lambda: page.goto("/account/confirm-email/no-such-key/")
    yield lambda: page.goto("/account/password/reset/")
    yield asked_for_a_password
    yield the_newest_mails_link
    yield with_a_new_password
    yield lambda: page.goto("/account/password/reset/key/1-no-such-key/")
    yield lambda: page.goto("/account/inactive/")
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
    yield lambda: page.goto("/account/")
    yield lambda: page.goto("/account/reauthenticate/")
    yield lambda: page.goto("/account/logout/")


def _own_account(page: Page, world: World) -> Iterator[Visit]:
    """Behind the password asked once more; the second step is set up on the way."""

    def with_mistakes() -> None:
        page.goto("/account/email/")
        page.get_by_role("button", name="Send the link").click()
        expect(page.locator(".error-summary")).to_be_visible()

    def asked_for() -> None:
        page.get_by_label("New e-mail address").fill("new@example.com")
        page.get_by_role("button", name="Send the link").click()
        expect(page.get_by_text("Not confirmed yet")).to_be_visible()

    def no_such_code() -> None:
        page.goto("/account/two-factor/totp/activate/")
        page.get_by_label("Code").fill("1")
        page.get_by_role("button", name="Turn it on").click()
        expect(page.locator(".error-summary")).to_be_visible()

    def codes() -> None:
        page.goto("/account/two-factor/totp/activate/")
        page.get_by_label("Code").fill(code_of(page.locator(".secret code").inner_text()))
        page.get_by_role("button", name="Turn it on").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")

    def second_step() -> None:
        page.goto("/account/")
        page.locator("main").get_by_role("button", name="Sign out").click()
        page.goto("/account/login/")
        page.get_by_label("E-mail").fill("clara@example.com")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("One more step")

    with_a_passkey(page)
    _sign_in(page)
    a_booking(world, 5)
    yield lambda: page.goto("/account/")
    page.goto("/account/email/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    yield with_mistakes
    yield asked_for
    yield lambda: page.goto(f"/account/email/change/{EmailChange.objects.get().key}/")
    yield lambda: page.goto("/account/email/change/none/")
    yield lambda: page.goto("/account/sessions/")
    yield lambda: page.goto("/account/data/")
    yield lambda: page.goto("/account/delete/")
    page.get_by_role("button", name="Cancel this appointment").click()
    yield lambda: expect(page.get_by_role("button", name="Delete my account")).to_be_visible()
    yield lambda: page.goto("/account/two-factor/")
    yield no_such_code
    yield codes
    yield lambda: page.goto("/account/two-factor/webauthn/add/")
    page.get_by_role("button", name="Add a passkey").click()
    yield lambda: page.goto("/account/two-factor/")
    yield lambda: page.goto("/account/two-factor/webauthn/")
    yield lambda: page.get_by_role("link", name="Rename").click()
    page.goto("/account/two-factor/webauthn/")
    yield lambda: page.get_by_role("link", name="Remove").click()
    yield lambda: page.goto("/account/two-factor/totp/deactivate/")
    yield lambda: page.goto("/account/two-factor/recovery-codes/generate/")
    yield lambda: page.goto("/account/two-factor/reauthenticate/")
    yield lambda: page.goto("/account/two-factor/webauthn/reauthenticate/")
    yield second_step


def _admin_door(page: Page, world: World) -> Iterator[Visit]:
    User.objects.filter(email="clara@example.com").update(is_staff=True)
    _sign_in(page)
    yield lambda: page.goto("/account/admin-door/")


def _messages(page: Page, world: World) -> Iterator[Visit]:
    reminder = OutboxMessage(kind="booking.reminder_day", recipient="guest@example.com")
    stop = stopping.url_of(reminder)
    text = MailboxMessage.objects.create(channel="sms", recipient="+493055501234", subject="A text", text="A text")

    def with_mistakes() -> None:
        page.goto(reverse("notifications:preferences"))
        page.locator("[name=sms_phone]").fill("12")
        page.locator("[name=quiet_until]").fill("")
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".error-summary")).to_be_visible()

    def stopped() -> None:
        page.goto(stop)
        page.get_by_role("button", name="Stop them").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("These mails are stopped")

    yield lambda: page.goto(stop)
    yield stopped
    yield lambda: page.goto(reverse("demo:mail", args=[text.pk]))
    _sign_in(page)
    yield lambda: page.goto(reverse("notifications:centre"))
    a_booking(world, 4)
    yield lambda: page.goto(reverse("notifications:centre"))
    yield lambda: page.goto(reverse("notifications:preferences"))
    yield with_mistakes


def _errors(page: Page, world: World) -> Iterator[Visit]:
    held = a_booking(world, 4, is_guest=True)

    def too_often() -> None:
        page.goto(reverse("bookings:show", args=[held.token]))
        for _press in range(3):
            page.get_by_role("button", name="Send the e-mail again").click()
            page.wait_for_load_state()
        page.get_by_role("button", name="Send the e-mail again").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("That was a lot at once")

    def too_old() -> None:
        page.goto(reverse("bookings:cancel", args=[held.token]))
        page.context.clear_cookies()
        page.get_by_role("button", name="Cancel this booking").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("This form is too old")

    def our_fault() -> None:
        with pytest.MonkeyPatch.context() as broken:
            broken.setattr(marketplace, "render", None)
            answer = page.goto("/")
        assert answer and answer.status == 500

    yield too_often
    yield too_old
    yield our_fault


@pytest.mark.parametrize(
    "group",
    [_public, _choosing, _own_booking, _account, _own_account, _admin_door, _messages, _errors],
    ids=lambda one: one.__name__.strip("_"),
)
def test_every_page(
    page: Page,
    live_server: object,
    settings: Any,
    no_console_errors: list[str],
    group: Callable[[Page, World], Iterator[Visit]],
) -> None:
    settings.ADMIN_REQUIRES_TWO_FACTOR = True
    seen = set()
    for visit in group(page, a_town()):
        _looks_good(page, visit)
        seen.add(_name(page.url))
    assert seen - {""} == SHOWN[group.__name__.strip("_")]
    if group is _errors:  # the page of our own fault is looked at here, and nothing else may be one
        assert [complaint.partition(":")[0] for complaint in no_console_errors] == ["500"]
        no_console_errors.clear()


def test_every_page_of_the_owner(page: Page, live_server: object) -> None:
    """A walk over the addresses: what answers a GET with a page is looked at."""
    world = a_town()
    booking = a_booking(world, 4)
    named = defaultdict(
        uuid4,
        slug=world.shop.slug,
        booking_id=booking.pk,
        staff_id=world.mina.pk,
        service_id=world.manicure.pk,
        client_id=booking.shop_client_id,
        act="arrived",
    )
    _sign_in(page, world.client.user.email)
    seen = set()
    for one in addresses.every_address():
        if not one.name.startswith("manage:"):
            continue
        url = one.filled(named)
        answer = page.request.get(url)
        if answer.status == 200 and answer.headers["content-type"].startswith("text/html"):
            _looks_good(page, lambda url=url: page.goto(url))
            seen.add(_name(page.url))
    assert len(seen) > 30
