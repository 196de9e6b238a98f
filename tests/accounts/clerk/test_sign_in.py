"""The way in and out: hosted pages, handshake, the choice at the first sign-in, signing out."""

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from beautydrop.accounts.models import Client, Customer, User
from beautydrop.standins.clerk import ClerkStandIn
from tests.accounts.clerk.wire import Answer, Browser
from tests.factories import PASSWORD, a_person


def sign_in(visitor: Browser, email: str, *, at: str = "/account/login/") -> Answer:
    """From the site's sign-in page through Clerk's, as far as it goes."""
    hosted = visitor.get(visitor.get(at).link("Sign in with Clerk"))
    back = hosted.form("E-mail").values["redirect_url"][0]
    return visitor.post(hosted.url, {"email": email, "redirect_url": back})


def test_from_the_sign_in_page_to_my_bookings_and_out(clerk: ClerkStandIn, visitor: Browser):
    clerk.state.add_person("carla@example.com", "Carla", "Clerk", user_id="user_carla")
    page = sign_in(visitor, "carla@example.com")
    assert page.h1 == "Welcome, Carla"
    page = visitor.submit(page, "Continue", purpose="customer")
    assert page.h1 == "Your bookings"
    person = User.objects.get(email="carla@example.com")
    assert (person.clerk_user_id, person.role, person.email_verified) == ("user_carla", "customer", True)
    assert not person.has_usable_password()
    assert Customer.objects.filter(user=person).exists()
    assert EmailAddress.objects.get(user=person).verified
    (session,) = clerk.state.sessions.values()
    page = visitor.submit(visitor.get("/account/profile/"), "Sign out")
    assert (page.path, page.status) == ("/", 200)
    assert session.status == "revoked"
    assert not [name for name in visitor.own if name.startswith("__")]
    assert visitor.get("/bookings/").path == "/account/login/"
    # And in again: no second welcome.
    assert sign_in(visitor, "carla@example.com").h1 == "Your bookings"


def test_signing_up_leads_to_a_salon(clerk: ClerkStandIn, visitor: Browser):
    hosted = visitor.get(visitor.get("/account/signup/?next=/favourites/").link("Sign up with Clerk"))
    assert hosted.path == "/sign-up"
    page = visitor.submit(hosted, "Sign up", first_name="Olga", last_name="Own", email="olga@example.com")
    assert page.h1 == "Welcome, Olga"
    page = visitor.submit(page, "Continue", purpose="client")
    assert page.status == 422 and "Enter the name of the business" in page.text
    assert page.form("Continue").values["purpose"] == ["client"]
    page = visitor.submit(page, "Continue", business_name="Olga’s")
    assert page.path.startswith("/manage/")
    person = User.objects.get(email="olga@example.com")
    assert person.role == "client"
    assert Client.objects.get(user=person).business_name == "Olga’s"
    assert visitor.get("/account/welcome/?next=/favourites/").path == "/favourites/"


def test_the_choice_left_open_comes_again(clerk: ClerkStandIn, visitor: Browser):
    clerk.state.add_person("carla@example.com", "Carla")
    assert sign_in(visitor, "carla@example.com", at="/account/login/?next=/favourites/").path == "/account/welcome/"
    other = Browser(visitor.site)
    page = sign_in(other, "carla@example.com", at="/account/login/?next=/favourites/")
    assert page.path == "/account/welcome/"
    assert other.submit(page, "Continue", purpose="customer").path == "/favourites/"


def test_the_role_is_nothing_one_can_write(clerk: ClerkStandIn, visitor: Browser):
    person = clerk.state.add_person("carla@example.com", "Carla")
    clerk.state.change_person(person, unsafe_metadata={"role": "admin", "is_staff": True})
    page = sign_in(visitor, "carla@example.com")
    page = visitor.submit(page, "Continue", purpose="admin", role="admin", is_staff="on")
    assert page.status == 422
    found = User.objects.get(email="carla@example.com")
    assert (found.role, found.is_staff, found.is_superuser) == ("customer", False, False)


def test_the_sign_in_pages_say_nothing_of_clerk_while_it_is_off(live_server, visitor: Browser):
    for path in ("/account/login/", "/account/signup/"):
        assert not visitor.get(path).has_link("Clerk")
    for path in ("/account/clerk/start/", "/account/clerk/done/"):
        assert visitor.get(path).status == 404
    assert visitor.post("/account/clerk/webhooks/", {}).status == 404


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_elsewhere(clerk: ClerkStandIn, visitor: Browser, target: str):
    for name in ("start", "done"):
        answer = visitor.get(f"/account/clerk/{name}/?next={target}", follow=False)
        assert "evil" not in answer.headers.get("location", "")
    assert "evil" not in answer.link("Try again with Clerk")
    clerk.state.add_person("carla@example.com", "Carla")
    hosted = visitor.get(visitor.get("/account/clerk/start/", follow=False).location)
    refused = visitor.get(f"{clerk.url}/sign-in?redirect_url=https://evil.example/")
    assert refused.status == 400
    page = visitor.post(hosted.url, {"email": "carla@example.com", "redirect_url": "https://evil.example/"})
    assert page.status == 400


def test_another_name_of_the_site_is_left_for_its_own(clerk: ClerkStandIn, visitor: Browser):
    port = urlsplit(visitor.site).port
    answer = visitor.get(f"http://127.0.0.1:{port}/account/clerk/start/?next=/favourites/", follow=False)
    assert answer.location == f"{visitor.site}/account/clerk/start/?next=/favourites/"


def test_nobody_is_signed_in_by_a_link_that_somebody_else_made(clerk: ClerkStandIn, visitor: Browser):
    """A handshake or a development token of the sender's own would sign the reader in as the sender."""
    sender = clerk.state.browser(None)
    clerk.state.sign_in(clerk.state.add_person("sender@example.com", "Sender"), sender)
    handshake = clerk.handshake_token(sender.id)
    visitor.get("/account/clerk/start/", follow=False)  # even one under way elsewhere
    for query in (
        f"__clerk_handshake={handshake}",
        f"__clerk_handshake={handshake}&__clerk_state=guessed",
        f"__clerk_db_jwt=dvb_{sender.id}",
        f"__clerk_db_jwt=dvb_{sender.id}&__clerk_state=",
    ):
        for path in ("/", "/account/clerk/done/"):
            answer = visitor.get(f"{path}?{query}", follow=False)
            assert answer.status in {200, 403}, (path, query)
            assert "__session" not in str(answer.set_cookies)
    assert not User.objects.exists()


# --- Same address ------------------------------------------------------------------------------------


def test_a_proved_account_with_the_same_proved_address_is_linked(clerk: ClerkStandIn, visitor: Browser):
    clara = a_person("clara@example.com")
    clerk.state.add_person("Clara@Example.com", "Other", "Name", user_id="user_clara")
    assert sign_in(visitor, "clara@example.com").h1 == "Your bookings"  # no welcome: she knows her way around
    clara.refresh_from_db()
    assert clara.clerk_user_id == "user_clara"
    assert clara.full_name == "Clara Neumann"
    assert clara.check_password(PASSWORD)
    assert User.objects.count() == 1


def test_an_account_that_was_never_proved_is_not_linked(clerk: ClerkStandIn, visitor: Browser):
    """Somebody may have made it with an address that is not theirs, and waits with its password."""
    local = a_person("carla@example.com", is_verified=False)
    clerk.state.add_person("carla@example.com", "Carla")
    page = sign_in(visitor, "carla@example.com")
    assert (page.status, page.h1) == (403, "There is an account with your e-mail address already")
    assert visitor.get("/bookings/").path == "/account/login/"
    local.refresh_from_db()
    assert (local.clerk_user_id, local.email_verified) == (None, False)
    assert User.objects.count() == 1


def test_an_address_that_clerk_did_not_verify_links_and_makes_nothing(clerk: ClerkStandIn, visitor: Browser):
    clara = a_person("clara@example.com")
    clerk.state.add_person("clara@example.com", "Mallory", is_verified=False)
    page = sign_in(visitor, "clara@example.com")
    assert (page.status, page.h1) == (403, "Your e-mail address is not confirmed yet")
    clara.refresh_from_db()
    assert clara.clerk_user_id is None
    assert User.objects.count() == 1


def test_an_address_proved_as_somebodys_second_is_not_taken(clerk: ClerkStandIn, visitor: Browser):
    clara = a_person("clara@example.com")
    EmailAddress.objects.create(user=clara, email="second@example.com", verified=True)
    clerk.state.add_person("second@example.com", "Carla")
    assert sign_in(visitor, "second@example.com").h1 == "There is an account with your e-mail address already"
    assert User.objects.count() == 1


def test_an_account_that_runs_the_site_is_not_opened_by_clerk(clerk: ClerkStandIn, visitor: Browser):
    admin = User.objects.create_superuser("admin@example.com", PASSWORD)
    clerk.state.add_person("admin@example.com", "Ada")
    assert sign_in(visitor, "admin@example.com").h1 == "This account signs in with its password"
    admin.refresh_from_db()
    assert admin.clerk_user_id is None


def test_an_account_with_a_second_factor_is_not_had_without_it(clerk: ClerkStandIn, visitor: Browser):
    clara = a_person("clara@example.com")
    Authenticator.objects.create(user=clara, type=Authenticator.Type.TOTP, data={"secret": "x"})
    clerk.state.add_person("clara@example.com", "Clara")
    assert sign_in(visitor, "clara@example.com").h1 == "This account signs in with its password"
    clara.refresh_from_db()
    assert clara.clerk_user_id is None


def test_an_account_that_was_switched_off_stays_so(clerk: ClerkStandIn, visitor: Browser):
    a_person("clara@example.com")
    User.objects.update(is_active=False)
    clerk.state.add_person("clara@example.com", "Clara")
    assert sign_in(visitor, "clara@example.com").h1 == "This account is closed"
    assert not User.objects.get().is_active


def test_an_account_linked_to_somebody_else_stays_theirs_until_they_are_gone(clerk: ClerkStandIn, visitor: Browser):
    a_person("clara@example.com")
    first = clerk.state.add_person("clara@example.com", "Clara")
    assert sign_in(visitor, "clara@example.com").h1 == "Your bookings"
    clerk.state.change_person(first, email="elsewhere@example.com")
    second = clerk.state.add_person("clara@example.com", "Clara")
    assert sign_in(Browser(visitor.site), "clara@example.com").status == 403
    assert User.objects.get().clerk_user_id == first.id
    clerk.state.delete_person(first)  # and the webhook got lost
    assert sign_in(Browser(visitor.site), "clara@example.com").h1 == "Your bookings"
    assert User.objects.get().clerk_user_id == second.id


# --- When Clerk does not answer -----------------------------------------------------------------------


def test_signing_out_works_without_clerk(clerk: ClerkStandIn, visitor: Browser):
    clerk.state.add_person("carla@example.com", "Carla")
    visitor.submit(sign_in(visitor, "carla@example.com"), "Continue", purpose="customer")
    clerk.faults.error = "/v1/sessions"
    assert visitor.submit(visitor.get("/account/profile/"), "Sign out").status == 200
    assert visitor.get("/bookings/").path == "/account/login/"
    # The session that is still alive there opens nothing here.
    page = visitor.get(visitor.get("/account/login/").link("Sign in with Clerk"))
    assert (page.status, page.h1) == (403, "You are not signed in")


def test_who_comes_back_while_the_backend_is_down_is_told(clerk: ClerkStandIn, visitor: Browser):
    clerk.state.add_person("carla@example.com", "Carla")
    clerk.faults.error = "/v1/users"
    page = sign_in(visitor, "carla@example.com")
    assert (page.status, page.h1) == (403, "Clerk does not answer just now")
    assert visitor.get("/").status == 200
    clerk.faults.error = ""
    page = visitor.get(page.link("Try again with Clerk"))
    assert page.h1 == "Welcome, Carla"


def test_the_way_to_clerk_carries_only_our_address(clerk: ClerkStandIn, visitor: Browser):
    answer = visitor.get("/account/clerk/start/?next=/favourites/", follow=False)
    parts = urlsplit(answer.location)
    assert f"{parts.scheme}://{parts.netloc}" == clerk.url
    (back,) = parse_qs(parts.query)["redirect_url"]
    assert back.startswith(f"{visitor.site}/account/clerk/done/?next=%2Ffavourites%2F&__clerk_state=")
    assert "no-store" in answer.headers["cache-control"]
