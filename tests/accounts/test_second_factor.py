"""The second step: setting it up, signing in with it, what mails tell of it, what the admin asks."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.urls import reverse

from beautydrop.accounts.models import User
from tests.factories import NOW, PASSWORD, a_person
from tests.pages import Page, Visitor, mails

pytestmark = pytest.mark.django_db

LOGIN = reverse("account_login")
INDEX = reverse("mfa_index")


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def code_of(secret: str) -> str:
    """What the app shows right now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def sign_in(visitor: Visitor, email: str = "clara@example.com") -> Page:
    return visitor.submit(visitor.get(LOGIN), "Password", login=email, password=PASSWORD)


def give_password(visitor: Visitor, page: Page) -> Page:
    """Answer the page that asks for the password once more."""
    assert page.h1 == "Enter your password", page.h1
    return visitor.submit(page, "Password", password=PASSWORD)


def set_up_app(visitor: Visitor) -> tuple[str, list[str]]:
    """The app's secret and the recovery codes that come with it."""
    page = visitor.follow(visitor.get(reverse("mfa_activate_totp")))
    if page.h1 == "Enter your password":
        page = give_password(visitor, page)
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page.html)[1]  # type: ignore[index]
    page = visitor.submit(page, "Turn it on", code=code_of(secret))
    assert page.h1 == "Recovery codes"
    return secret, re.findall(r"<code>(\d+)</code>", page.html)


@pytest.fixture
def clara() -> User:
    return a_person("clara@example.com")


def test_set_up_and_sign_in_with_the_app(clara, time_machine):
    visitor = Visitor()
    sign_in(visitor)
    secret, codes = set_up_app(visitor)
    assert len(codes) == 10
    assert [mail.subject for mail in mails("clara@example.com")] == ["The second step is on"]

    other = Visitor()
    page = sign_in(other)
    assert page.h1 == "One more step"
    assert other.get(reverse("accounts:index")).status == 302  # the password alone opens nothing
    assert other.submit(page, "Code", code="000000").text.count("This code does not fit") == 2
    time_machine.shift(timedelta(minutes=2))  # the app's code works once
    page = other.submit(page, "Code", code=f" {code_of(secret)[:3]} {code_of(secret)[3:]}")
    assert page.h1 == "Your bookings"


def test_a_code_works_once(clara, time_machine):
    visitor = Visitor()
    sign_in(visitor)
    secret, _codes = set_up_app(visitor)
    time_machine.shift(timedelta(minutes=2))
    code = code_of(secret)
    for expected in ("Your bookings", "One more step"):
        other = Visitor()
        assert other.submit(sign_in(other), "Code", code=code).h1 == expected


def test_sign_in_with_a_recovery_code_that_works_once(clara):
    visitor = Visitor()
    sign_in(visitor)
    _secret, codes = set_up_app(visitor)
    other = Visitor()
    assert other.submit(sign_in(other), "Code", code=codes[3]).h1 == "Your bookings"
    third = Visitor()
    assert third.submit(sign_in(third), "Code", code=codes[3]).h1 == "One more step"
    assert third.submit(third.get(reverse("mfa_authenticate")), "Code", code=codes[4]).h1 == "Your bookings"


def test_the_secret_is_not_in_the_database_in_the_clear(clara, settings, time_machine):
    visitor = Visitor()
    sign_in(visitor)
    secret, codes = set_up_app(visitor)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert not any(code in kept for code in codes)
    # A new key, with the former one beside it, still reads them; without it no code fits, and nothing breaks.
    time_machine.shift(timedelta(minutes=2))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 60, [settings.SECRET_KEY]
    other = Visitor()
    assert other.submit(sign_in(other), "Code", code=code_of(secret)).h1 == "Your bookings"
    settings.SECRET_KEY_FALLBACKS = []
    third = Visitor()
    assert third.submit(sign_in(third), "Code", code=codes[0]).h1 == "One more step"


def test_turning_it_off_is_told_and_the_password_is_enough_again(clara):
    visitor = Visitor()
    sign_in(visitor)
    set_up_app(visitor)
    page = visitor.get(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=clara).count() == 2  # looking at the page did nothing
    visitor.submit(page, "Turn it off")
    assert not Authenticator.objects.filter(user=clara).exists()  # codes without an app go too
    assert mails("clara@example.com")[-1].subject == "The authenticator app is off"
    assert sign_in(Visitor()).h1 == "Your bookings"


def test_new_codes_replace_the_old_ones(clara):
    visitor = Visitor()
    sign_in(visitor)
    _secret, codes = set_up_app(visitor)
    page = visitor.submit(visitor.get(reverse("mfa_generate_recovery_codes")), "Make new codes")
    fresh = re.findall(r"<code>(\d+)</code>", page.html)
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    assert mails("clara@example.com")[-1].subject == "New recovery codes"
    got = visitor.get(reverse("mfa_download_recovery_codes"))
    assert "attachment" in got.response.headers["Content-Disposition"]
    assert all(code in got.html for code in fresh)


def test_the_password_is_asked_again_after_five_minutes(clara, time_machine):
    visitor = Visitor()
    sign_in(visitor)
    set_up_app(visitor)
    assert visitor.get(reverse("mfa_deactivate_totp")).status == 200
    time_machine.shift(timedelta(minutes=6))
    for name in ("mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_add_webauthn"):
        page = visitor.get(reverse(name))
        again = f"{reverse('account_reauthenticate')}?next={quote(reverse(name), safe='')}"
        assert (page.status, page.location) == (302, again)
    page = visitor.get(reverse("mfa_view_recovery_codes"))
    assert not re.search(r"<code>\d", page.html)
    assert visitor.get(reverse("mfa_download_recovery_codes")).status == 302


def test_passkeys_of_others_are_not_there(clara):
    olaf = a_person("olaf@example.com", name="Olaf Other")
    key = Authenticator.objects.create(user=olaf, type=Authenticator.Type.WEBAUTHN, data={"name": "Olaf’s"})
    visitor = Visitor()
    sign_in(visitor)
    give_password(visitor, visitor.follow(visitor.get(reverse("mfa_add_webauthn"))))
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert visitor.get(reverse(name, args=[key.pk])).status == 404
        assert visitor.post(reverse(name, args=[key.pk]), {"name": "Mine"}).status == 404
    assert Authenticator.objects.filter(pk=key.pk, data__name="Olaf’s").exists()


@pytest.mark.parametrize(
    "credential", ["", "x", "[]", "{}", '{"response": 5}', '{"id": "x", "response": {}}', "[" * 900_000]
)
def test_a_passkey_that_is_none_signs_nobody_in(clara, credential):
    visitor = Visitor()
    visitor.get(LOGIN)
    options = visitor.get(reverse("mfa_login_webauthn"), Accept="application/json")
    assert options.status == 200
    page = visitor.post(reverse("mfa_login_webauthn"), {"credential": credential})
    assert page.location.startswith(LOGIN)
    assert visitor.get(reverse("accounts:index")).status == 302


@pytest.mark.parametrize("credential", ["", "x", "[]", "{}", '{"id": "x", "response": {}}', "[" * 19_000])
def test_a_passkey_that_is_none_is_not_added(clara, credential):
    visitor = Visitor()
    sign_in(visitor)
    page = give_password(visitor, visitor.follow(visitor.get(reverse("mfa_add_webauthn"))))
    page = visitor.submit(page, "Add a passkey", credential=credential)
    assert page.h1 == "Add a passkey"
    assert "The passkey did not answer. Try again." in page.text or "This passkey is not known here" in page.text
    assert not Authenticator.objects.exists()


def test_who_signs_in_elsewhere_is_not_stuck(clara):
    """No password, no second factor: there is nothing to ask for."""
    clara.set_unusable_password()
    clara.save()
    visitor = Visitor(clara)
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "accounts:email", "accounts:data", "accounts:delete"):
        assert visitor.get(reverse(name)).status == 200, name


# --- The admin's door ------------------------------------------------------------------------------

ADMIN = reverse("admin:index")


@pytest.fixture
def admin(settings) -> User:
    settings.ADMIN_REQUIRES_TWO_FACTOR = True
    return User.objects.create_superuser("admin@example.com", PASSWORD)


def test_the_admin_leads_a_newcomer_to_setting_it_up(admin):
    visitor = Visitor()
    page = visitor.follow(visitor.get(ADMIN))
    assert page.h1 == "Sign in"
    page = visitor.submit(page, "Password", login=admin.email, password=PASSWORD)
    assert page.h1 == "The admin asks for a second step"
    assert page.has_link(INDEX)
    users = reverse("admin:accounts_user_changelist")
    assert visitor.get(users).status == 302
    assert visitor.post(users, {"action": "delete_selected"}).status == 302


def test_the_admin_opens_with_it(admin, time_machine):
    first = Visitor()
    sign_in(first, admin.email)
    secret, codes = set_up_app(first)
    # Set up in this session, but signed in without: the code once, then in.
    page = first.follow(first.get(ADMIN))
    assert page.h1 == "The admin asks for a second step"
    time_machine.shift(timedelta(minutes=2))
    page = first.submit(first.get(page.link("Enter a code")), "Code", code=code_of(secret))
    assert "The marketplace" in page.text
    assert first.get(reverse("admin:accounts_user_changelist")).status == 200

    other = Visitor()
    other.submit(sign_in(other, admin.email), "Code", code=codes[0])
    assert other.get(ADMIN).status == 200

    # A session from before the second factor was set up, or made by another door, has only the password.
    assert Visitor(admin).get(ADMIN).status == 302


def test_the_second_factor_counts_only_while_there_is_one(admin):
    visitor = Visitor()
    sign_in(visitor, admin.email)
    _secret, codes = set_up_app(visitor)
    other = Visitor()
    other.submit(sign_in(other, admin.email), "Code", code=codes[0])
    assert other.get(ADMIN).status == 200
    Authenticator.objects.filter(user=admin).delete()
    assert other.get(ADMIN).status == 302


def test_without_the_setting_the_password_is_enough(admin, settings):
    settings.ADMIN_REQUIRES_TWO_FACTOR = False
    visitor = Visitor()
    page = visitor.submit(visitor.follow(visitor.get(ADMIN)), "Password", login=admin.email, password=PASSWORD)
    assert "The marketplace" in page.text


@pytest.mark.parametrize("is_required", [True, False])
def test_the_admins_own_form_signs_nobody_in(admin, settings, is_required):
    settings.ADMIN_REQUIRES_TWO_FACTOR = is_required
    visitor = Visitor()
    page = visitor.post(reverse("admin:login"), {"username": admin.email, "password": PASSWORD})
    assert page.location.startswith(LOGIN)
    assert visitor.get(reverse("accounts:index")).status == 302


def test_the_door_is_for_administrators_and_leads_nowhere_else(admin, clara):
    door = reverse("accounts:admin_door")
    assert Visitor(clara).get(door).status == 403
    assert Visitor(clara).get(reverse("admin:login")).status == 403
    assert Visitor().get(door).status == 302
    visitor = Visitor(admin)
    assert visitor.post(door).status == 405
    page = visitor.get(door, {"next": "https://evil.example/"})
    assert page.status == 200
    assert not page.has_link("evil")
