"""Signing up, in, out, and a forgotten password: nobody learns who has an account, and nobody is led elsewhere."""

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from beautydrop.accounts.models import Customer, User
from tests.factories import NOW, PASSWORD, a_person, a_world
from tests.pages import Page, Visitor, mailed_link, mails

pytestmark = pytest.mark.django_db

LOGIN, SIGNUP, RESET = "/account/login/", "/account/signup/", "/account/password/reset/"


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def _sign_in(visitor: Visitor, email: str = "clara@example.com", password: str = PASSWORD, url: str = LOGIN) -> Page:
    return visitor.submit(visitor.get(url), "Sign in", login=email, password=password)


def _sign_up(visitor: Visitor, email: str = "nina@example.com", password: str = PASSWORD) -> Page:
    return visitor.submit(visitor.get(SIGNUP), first_name="Nina New", email=email, password1=password)


def _user(visitor: Visitor) -> str | None:
    return visitor.client.session.get("_auth_user_id")


def test_in_and_out():
    person = a_person("clara@example.com")
    visitor = Visitor()
    page = _sign_in(visitor, email="Clara@Example.COM")
    assert page.h1 == "Your bookings"
    assert _user(visitor) == str(person.pk)
    page = visitor.submit(visitor.get(reverse("accounts:profile")), "Sign out")
    assert page.h1 == "Find a free time"
    assert "You are signed out." in page.text
    assert _user(visitor) is None
    assert visitor.get("/bookings/").status == 302


@pytest.mark.parametrize(("role", "where"), [("customer", "/bookings/"), ("client", "/manage/"), ("staff", "/manage/")])
def test_after_signing_in_people_are_where_they_work(role, where):
    a_person("clara@example.com", role=role)
    visitor = Visitor()
    page = visitor.submit(visitor.get(LOGIN), "Sign in", follow=False, login="clara@example.com", password=PASSWORD)
    assert page.location == where


def test_signing_out_is_never_a_link():
    person = a_person("clara@example.com")
    visitor = Visitor(person)
    page = visitor.get(reverse("account_logout"))
    assert page.status == 200
    assert _user(visitor) == str(person.pk)


@pytest.mark.parametrize(
    ("email", "password"),
    [("clara@example.com", "wrong-password"), ("nobody@example.com", PASSWORD), ("idle@example.com", "wrong-password")],
)
def test_a_wrong_pair_says_the_same_whoever_it_is(email, password):
    a_person("clara@example.com")
    a_person("idle@example.com")
    User.objects.filter(email="idle@example.com").update(is_active=False)
    visitor = Visitor()
    page = _sign_in(visitor, email, password)
    assert _user(visitor) is None
    assert page.title.startswith("Error: ")
    assert page.has_link("#id_login") or "There is a problem" in page.text
    assert page.text.replace(email, "") == _sign_in(Visitor(), "x@example.com", "y").text.replace("x@example.com", "")
    assert page.form("Sign in").values["login"] == [email]
    assert page.form("Sign in").values["password"] == [""]


def test_a_closed_account_says_so_only_to_who_knows_its_password():
    a_person("idle@example.com")
    User.objects.filter(email="idle@example.com").update(is_active=False)
    visitor = Visitor()
    assert _sign_in(visitor, "idle@example.com").h1 == "This account is closed"
    assert _user(visitor) is None


def test_what_is_missing_is_named():
    page = Visitor().submit(Visitor().get(LOGIN), "Sign in", login="", password="")
    assert "Enter your e-mail address" in page.text and "Enter your password" in page.text


def test_too_many_tries_get_a_friendly_page(settings):
    settings.ACCOUNT_RATE_LIMITS = {}  # allauth's own defaults
    a_person("clara@example.com")
    visitor = Visitor()
    pages = [_sign_in(visitor, password=f"wrong-{n}") for n in range(40)]
    last = pages[-1]
    assert last.status in {200, 429}
    assert _sign_in(visitor).status in {200, 429}
    assert _user(visitor) is None  # not even the right one now
    limited = next(page for page in pages if page.status == 429 or "Too many failed" in page.text)
    assert limited.h1


def test_from_sign_up_to_a_verified_account():
    visitor = Visitor()
    page = _sign_up(visitor)
    assert page.h1 == "Look in your e-mail"
    person = User.objects.get(email="nina@example.com")
    assert (person.first_name, person.last_name, person.role) == ("Nina", "New", "customer")
    assert not person.email_verified
    assert _user(visitor) is None  # mandatory: first the link
    assert Customer.objects.filter(user=person).exists()
    (mail,) = mails("nina@example.com")
    assert mail.subject == "Confirm your e-mail address"
    link = mailed_link("nina@example.com", "/account/")
    opened = visitor.get(link)
    person.refresh_from_db()
    assert not person.email_verified  # nothing happens by GET
    page = visitor.submit(opened, "Yes, confirm it")
    person.refresh_from_db()
    assert person.email_verified
    assert EmailAddress.objects.get(user=person).verified
    assert _user(visitor) == str(person.pk)
    assert page.h1 == "Your bookings"
    assert Visitor().get(link).h1 == "This link has been used or is too old"


def test_before_the_link_one_is_not_let_in_and_gets_a_new_one(time_machine):
    _sign_up(Visitor())
    time_machine.shift(600)
    visitor = Visitor()
    page = _sign_in(visitor, "nina@example.com")
    assert page.h1 == "Look in your e-mail"
    assert _user(visitor) is None
    assert len(mails("nina@example.com")) == 2


@pytest.mark.parametrize("password", ["short", "password", "12345678", "nina@example.com"])
def test_weak_passwords_are_refused_with_everything_typed(password):
    page = _sign_up(Visitor(), password=password)
    assert not User.objects.exists()
    assert page.title.startswith("Error: ")
    assert page.form("Create your account").values["email"] == ["nina@example.com"]
    assert page.form("Create your account").values["first_name"] == ["Nina New"]


def test_nobody_learns_by_signing_up_who_has_an_account():
    a_person("clara@example.com")
    known, unknown = _sign_up(Visitor(), "Clara@example.com"), _sign_up(Visitor(), "nina@example.com")
    assert (known.status, known.h1, known.url) == (unknown.status, unknown.h1, unknown.url)
    assert known.text == unknown.text
    assert [mail.subject for mail in mails("clara@example.com")] == ["You have an account already"]
    assert User.objects.filter(email="clara@example.com").count() == 1
    assert User.objects.get(email="clara@example.com").check_password(PASSWORD)


def test_nobody_learns_by_asking_for_a_password_who_has_an_account():
    a_person("clara@example.com")
    pages = [
        visitor.submit(visitor.get(RESET), email=email)
        for visitor, email in ((Visitor(), "clara@example.com"), (Visitor(), "nobody@example.com"))
    ]
    assert pages[0].text == pages[1].text
    assert [mail.subject for mail in mails("nobody@example.com")] == ["No account with this address"]


def test_a_forgotten_password():
    person = a_person("clara@example.com")
    visitor = Visitor()
    page = visitor.submit(visitor.get(RESET), email="clara@example.com")
    assert page.h1 == "Look in your e-mail"
    link = mailed_link("clara@example.com", "/password/")
    form = visitor.follow(visitor.get(link))
    assert form.h1 == "Choose a new password"
    wrong = visitor.submit(form, "Save the new password", password1="a-new-password-9", password2="another-9")
    assert wrong.title.startswith("Error: ")
    done = visitor.submit(wrong, "Save the new password", password1="a-new-password-9", password2="a-new-password-9")
    assert done.h1 == "Your password is changed"
    person.refresh_from_db()
    assert person.check_password("a-new-password-9")
    assert Visitor().follow(Visitor().get(link)).h1 == "This link has been used or is too old"
    assert _sign_in(Visitor()).title.startswith("Error: ")
    assert _sign_in(Visitor(), password="a-new-password-9").h1 == "Your bookings"


def test_changing_the_password_signs_the_other_browsers_out():
    a_person("clara@example.com")
    here, there = Visitor(), Visitor()
    for visitor in (here, there):
        _sign_in(visitor)
    form = here.get(reverse("account_change_password"))
    values = {"oldpassword": PASSWORD, "password1": "a-new-password-9", "password2": "a-new-password-9"}
    here.submit(form, "Present password", **values)
    assert there.get("/bookings/").status == 302
    assert here.get("/bookings/").status == 200


def test_a_tampered_link_is_too_old():
    a_person("clara@example.com")
    visitor = Visitor()
    visitor.submit(visitor.get(RESET), email="clara@example.com")
    link = mailed_link("clara@example.com", "/password/")
    for url in (link[:-2] + "x/", "/account/password/reset/key/1-set-password/", "/account/confirm-email/abc:def/"):
        page = visitor.follow(visitor.get(url))
        assert page.h1 == "This link has been used or is too old"


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https://evil.example/", "https:evil.example", "/\\evil.example", "javascript:alert(1)"],
)
def test_nobody_is_led_elsewhere(target):
    a_person("clara@example.com")
    visitor = Visitor()
    form = visitor.get(LOGIN, {"next": target})
    page = visitor.submit(form, "Sign in", follow=False, login="clara@example.com", password=PASSWORD)
    assert page.status == 302
    assert page.response.headers["Location"] == "/bookings/"


def test_one_comes_back_to_where_one_was():
    world = a_world()
    visitor = Visitor()
    shop = visitor.get(reverse("marketplace:shop", args=[world.shop.slug]))
    page = _sign_in(visitor, url=shop.link("Sign in"))
    assert page.h1 == "Studio Nord"


def test_signing_up_from_a_chosen_time_keeps_the_way_back():
    visitor = Visitor()
    page = visitor.get(LOGIN, {"next": "/about/help/"})
    assert page.has_link("/account/signup/?next=%2Fabout%2Fhelp%2F")


def test_the_role_is_nothing_one_can_write():
    visitor = Visitor()
    page = visitor.get(SIGNUP)
    visitor.submit(
        page,
        first_name="Nina",
        email="nina@example.com",
        password1=PASSWORD,
        role="admin",
        is_staff="on",
        is_superuser="on",
        email_verified="on",
    )
    person = User.objects.get(email="nina@example.com")
    assert (person.role, person.is_staff, person.is_superuser, person.email_verified) == (
        "customer",
        False,
        False,
        False,
    )


def test_nobody_confirms_anothers_address_by_adding_it():
    """Adding an address that another account has proved never links or moves anything."""
    clara = a_person("clara@example.com")
    other = a_person("other@example.com", name="Olaf Other")
    visitor = Visitor(other)
    visitor.post(reverse("account_email"), {"email": "clara@example.com", "action_add": ""})
    clara.refresh_from_db()
    other.refresh_from_db()
    assert (clara.email, other.email) == ("clara@example.com", "other@example.com")
    assert not EmailAddress.objects.filter(user=other, email="clara@example.com", verified=True).exists()
