"""One's own details; and light or dark, and the language, for anybody."""

import pytest
from django.urls import reverse

from beautydrop.accounts.models import Customer
from tests.factories import NOW, a_person, an_owner
from tests.pages import Visitor

pytestmark = pytest.mark.django_db

PROFILE, PREFERENCES = "/account/profile/", "/account/preferences/"


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def test_what_one_says_about_oneself():
    person = a_person("clara@example.com")
    visitor = Visitor(person)
    page = visitor.get(PROFILE)
    assert page.form("Save your details").values["first_name"] == ["Clara"]
    assert "clara@example.com Confirmed" in page.text
    saved = visitor.submit(
        page, "Save your details", first_name="Clärchen", last_name="N.", phone="+49 30 5550123", language="de"
    )
    assert saved.status == 200
    person.refresh_from_db()
    assert (person.first_name, person.last_name, person.language) == ("Clärchen", "N.", "de")
    assert Customer.objects.get(user=person).phone == "+49305550123"
    assert visitor.client.cookies["django_language"].value == "de"
    assert '<html lang="de"' in saved.html


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"first_name": ""}, "Enter your first name"),
        ({"phone": "030 5550123"}, "Enter a phone number with its country code, like +49 30 5550123"),
        ({"phone": "nonsense"}, "Enter a phone number with its country code, like +49 30 5550123"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(changed, message):
    person = a_person("clara@example.com")
    visitor = Visitor(person)
    page = visitor.submit(visitor.get(PROFILE), "Save your details", **changed)
    assert page.status == 422
    assert page.text.count(message) == 2
    person.refresh_from_db()
    assert person.first_name == "Clara"


def test_nobody_becomes_somebody_else_by_a_hidden_field():
    person = a_person("clara@example.com")
    other = a_person("other@example.com", name="Olaf Other")
    visitor = Visitor(person)
    visitor.submit(
        visitor.get(PROFILE),
        "Save your details",
        email="admin@example.com",
        user=str(other.pk),
        role="admin",
        is_staff="on",
    )
    person.refresh_from_db()
    other.refresh_from_db()
    assert (person.email, person.role, person.is_staff) == ("clara@example.com", "customer", False)
    assert other.first_name == "Olaf"


def test_an_owner_has_a_profile_too():
    owner = an_owner()
    visitor = Visitor(owner.user)
    assert visitor.submit(visitor.get(PROFILE), "Save your details", phone="+4930123456").status == 200


def test_strangers_sign_in_first():
    assert Visitor().get(PROFILE).location == f"{reverse('account_login')}?next=/account/profile/"
    assert Visitor().post(PROFILE, {"first_name": "X"}).status == 302


@pytest.mark.parametrize(("code", "word"), [("de", 'lang="de"'), ("es", 'lang="es"'), ("fr", 'lang="fr"')])
def test_the_language_is_kept_for_anybody(code, word):
    visitor = Visitor()
    page = visitor.client.post(PREFERENCES, {"language": code, "next": "/about/help/"})
    assert page.headers["Location"] == "/about/help/"
    got = visitor.get("/about/help/")
    assert f"<html {word}" in got.html
    assert got.response.headers["Content-Language"] == code


def test_the_browsers_language_counts_until_one_chooses():
    visitor = Visitor()
    assert '<html lang="fr"' in visitor.get("/", **{"Accept-Language": "fr-CA,fr;q=0.9,en;q=0.5"}).html
    assert '<html lang="en"' in visitor.get("/", **{"Accept-Language": "ja"}).html
    visitor.post(PREFERENCES, {"language": "es"})
    assert '<html lang="es"' in visitor.get("/", **{"Accept-Language": "fr"}).html


def test_light_dark_and_as_the_device():
    visitor = Visitor()
    assert "data-theme" not in visitor.get("/").html
    for theme in ("dark", "light"):
        visitor.post(PREFERENCES, {"theme": theme})
        assert f'data-theme="{theme}"' in visitor.get("/").html
    visitor.post(PREFERENCES, {"theme": "device"})
    assert "data-theme" not in visitor.get("/").html


@pytest.mark.parametrize("theme", ["pink", '"><script>', "", "DARK"])
def test_another_theme_is_ignored(theme):
    visitor = Visitor()
    visitor.client.cookies["theme"] = theme
    page = visitor.get("/")
    assert "data-theme" not in page.html
    assert "<script>" not in page.html.replace('<script src="', "")


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "foo", ""]
)
def test_choosing_leads_nowhere_else(target):
    response = Visitor().client.post(PREFERENCES, {"theme": "dark", "next": target})
    assert (response.status_code, response.headers["Location"]) == (302, "/")


def test_cookies_are_our_own_and_kept_from_scripts(settings):
    visitor = Visitor()
    visitor.post(PREFERENCES, {"theme": "dark", "language": "de"})
    for name in ("theme", "django_language"):
        assert visitor.client.cookies[name]["samesite"] == "Lax"
    assert visitor.client.cookies["theme"]["httponly"]


def test_methods():
    assert Visitor().get(PREFERENCES).status == 405
    person = a_person("clara@example.com")
    for method in ("put", "patch", "delete"):
        assert getattr(Visitor(person).client, method)(PROFILE).status_code == 405
