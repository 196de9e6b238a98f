"""Every address × every method × every kind of person, against the table of tests/rights.py."""

import logging
import re
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib import admin
from django.db import connection, transaction
from django.test import Client
from django.urls import resolve, reverse

from beautydrop.accounts.models import AuditEvent, LookAs, User
from beautydrop.shops.models import StaffMember
from tests import addresses, rights
from tests.addresses import Address
from tests.factories import NOW, a_world
from tests.rights import METHODS, ROLES, Answer
from tests.rights_town import Town, a_town

pytestmark = pytest.mark.django_db

SAFE = {"GET", "HEAD", "OPTIONS"}


@pytest.fixture
def town(time_machine, settings, tmp_path) -> Town:
    time_machine.move_to(NOW, tick=False)
    settings.ROOT_URLCONF = addresses.ALL
    settings.ACCOUNT_RATE_LIMITS = False
    settings.MEDIA_ROOT = tmp_path
    settings.EMAIL_EVENTS_FROM, settings.EMAIL_EVENTS_SECRET = "postmark", "postmark:a-secret-for-the-tests"
    settings.VAPID_PUBLIC_KEY, settings.VAPID_PRIVATE_KEY, settings.SMS_BY = "A" * 87, "A" * 43, "mailbox"
    # Thousands of requests: what the sessions stand in decides nothing here.
    # One cache for each test: at a standing clock, limits would count from one to the next.
    memory = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": memory, "LOCATION": str(tmp_path)}}
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    return a_town(tmp_path)


# --- The table is complete ---------------------------------------------------------------------------


def _models() -> dict[str, tuple[str, str]]:
    """Address's name → (model's label, page) of the admin's pages of models."""
    found = {}
    for model in admin.site._registry:
        app, name, label = model._meta.app_label, model._meta.model_name, model._meta.label
        for page in ("changelist", "add", "change", "delete", "history"):
            found[f"admin:{app}_{name}_{page}"] = (label, page)
        found[f"admin/{app}/{name}/<path:object_id>/"] = (label, "object")
    return found


def test_every_address_is_in_the_table():
    models, every = _models(), addresses.every_address()
    missing = []
    for one in every:
        if one.name in rights.TABLE or one.name in models:
            continue
        marker = _door(one.name, one.access) if one.is_ours else "allauth …" if "account" in one.name else "admin"
        missing.append(f'add "{one.name}" to ADDRESSES["{marker}"] in tests/rights.py, beside its methods')
    assert not missing, "\n" + "\n".join(missing)
    gone = set(rights.TABLE) - {one.name for one in every}
    assert not gone, f"tests/rights.py names addresses that the URLconf does not have: {sorted(gone)}"
    twice = Counter(n for groups in rights.ADDRESSES.values() for names in groups.values() for n in names)
    assert twice.most_common(1)[0][1] == 1, f"twice in tests/rights.py: {twice.most_common(1)}"


def _door(name: str, access: str) -> str:
    return f"api {access}" if name.startswith("api:") else access


def test_every_view_of_ours_stands_where_its_marker_says():
    wrong = []
    for one in addresses.every_address():
        if one.is_ours and not one.access:
            wrong.append(f"{one.name} carries no access decorator")
        elif one.is_ours and one.name in rights.TABLE:
            door = rights.TABLE[one.name].door
            if door != _door(one.name, one.access):
                wrong.append(f"{one.name} is marked {one.access!r} and stands below {door!r} in tests/rights.py")
    assert not wrong, "\n" + "\n".join(wrong)


def test_every_model_of_the_admin_is_in_the_table():
    registered = {model._meta.label for model in admin.site._registry}
    missing = registered - set(rights.MODELS)
    assert not missing, f"say in MODELS of tests/rights.py what the superuser may do with {sorted(missing)}"
    assert not set(rights.MODELS) - registered


def test_every_address_with_a_persons_own_things_is_named():
    own = {"booking_id", "block_id", "exception_id", "staff_id"}
    found = {
        name
        for name, row in rights.TABLE.items()
        if row.door == "shop:staff" and own & set(_by_name()[name].parameters)
    }
    assert found == set(rights.OF_A_COLLEAGUE)


def _by_name() -> dict[str, Address]:
    return {one.name: one for one in addresses.every_address()}


_DOCS = Path(__file__).resolve().parent.parent / "docs" / "rights.md"
_WORDS = {Answer.OPEN: "in", Answer.SIGN_IN: "sign in"}
# The columns of the page: whom each stands for.
_COLUMNS = {
    "stranger": {"stranger"},
    "signed in": {"unverified", "customer", "other customer", "other staff", "other owner", "helper", "admin"},
    "staff": {"staff"},
    "manager": {"manager"},
    "owner": {"owner"},
}


def test_the_page_about_rights_says_what_the_table_says():
    rows = re.findall(r"^\| `([^`]+)` \| (.+) \| `([^`]+)` \|$", _DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    written = {marker: cells.split(" | ") for marker, cells, _place in rows}
    assert set().union(*_COLUMNS.values()) == set(ROLES)
    # Whoever may use the admin stands beside the table's columns.
    assert written.pop("administrator") == ["sign in", "403", "403", "403", "403"]
    meant = {}
    for marker, door in rights.DOORS.items():
        if marker.startswith(("allauth", "admin")):  # no markers of ours, and the one above
            continue
        answers = [{door[role] for role in roles} for roles in _COLUMNS.values()]
        assert all(len(one) == 1 for one in answers), f"{marker}: a column of docs/rights.md stands for unlike people"
        meant[marker] = [_WORDS.get(one, one) for (one,) in answers]
    assert written == meant


def test_every_marker_is_set_where_the_page_says():
    """The decorator that set it lives in that file; so does each place that the page names."""
    text = _DOCS.read_text(encoding="utf-8")
    places = dict(re.findall(r"^\| `([^`]+)` \| .+ \| `([^`]+)` \|$", text, re.MULTILINE))
    markers = {_door(one.name, one.access) for one in addresses.every_address() if one.access}
    assert markers - {""} <= set(places)
    code = _DOCS.parent.parent / "beautydrop"
    for marker, place in places.items():
        source = (code / place).read_text(encoding="utf-8")
        name, _colon, level = marker.removeprefix("api ").partition(":")
        assert f'"{name}"' in source or (level and f'f"{name}:' in source), (marker, place)
    for place in re.findall(r"`([\w/]+\.py)`", text):
        assert (code / place).exists() or (code.parent / place).exists(), place


# --- The table is kept -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Knock:
    """One request, and what it is to find."""

    name: str
    path: str
    method: str
    expected: Answer


def _knocks(town: Town, role: str) -> Iterator[Knock]:
    models, objects = _models(), {}
    for one in addresses.every_address():
        values = town.values
        if one.name in models:
            label, page = models[one.name]
            if label not in objects:
                found = apps.get_model(label)._default_manager.first()
                objects[label] = town.rows.get(label, found.pk if found else None)
            values = {**values, "object_id": objects[label] or uuid.UUID(int=0)}
        elif one.name == "admin:auth_user_password_change":
            values = {**values, "id": town.people["customer"].pk}
        path = one.filled(values)
        if resolve(path).func is not one.view:
            continue  # Django never gets there: an earlier address answers
        for method in METHODS:
            if one.name in models:
                expected = rights.expected_of_model(label, page, role, method, is_there=objects[label] is not None)
            else:
                expected = rights.expected(one.name, role, method)
            yield Knock(one.name, path, method, expected)


@pytest.mark.parametrize("role", ROLES)
def test_every_address_answers_as_the_table_says(role, town, quiet):
    client = Client(raise_request_exception=False)
    town.sign_in(client, role)
    knocks = list(_knocks(town, role))
    assert len(knocks) > 2000  # a gap in the walk would pass in silence
    acts = [one for one in knocks if _may_write(one)]
    before = _writes()
    wrong = [_tried(client, one) for one in knocks if one not in acts]
    assert _writes() == before, "a look, or somebody who was refused, has changed something"
    for one in acts:
        with transaction.atomic():  # nothing that it does stays; it may even be a sign-out
            town.sign_in(client, role)
            wrong.append(_tried(client, one))
            transaction.set_rollback(True)
    _none(role, wrong)


def _may_write(one: Knock) -> bool:
    if one.name in rights.NOTED_WHEN_SEEN:
        return one.expected in {Answer.OPEN, Answer.NO_METHOD}
    return one.expected is Answer.OPEN and one.method not in SAFE


def test_a_colleagues_things_are_not_for_staff(town, quiet):
    client = Client()
    client.force_login(town.people["staff"])
    values = town.values | town.of_a_colleague
    _none("staff", [_tried(client, one) for one in _refused(rights.OF_A_COLLEAGUE, values, Answer.FORBIDDEN)])


def test_a_managers_place_in_the_team_is_the_owners_to_change(town, quiet):
    client = Client()
    client.force_login(town.people["manager"])
    values = town.values | town.of_a_manager
    _none("manager", [_tried(client, one) for one in _refused(rights.OF_A_MANAGER, values, Answer.FORBIDDEN)])


def test_another_salons_things_are_not_found_in_ones_own(town, quiet):
    """With the own salon's address and somebody else's things, for every id an address can carry."""
    client = Client()
    client.force_login(town.people["other owner"])
    of_things = [
        one.name
        for one in addresses.every_address()
        if one.access.startswith("shop:") and set(one.parameters) - {"slug", "act", "kind"}
    ]
    assert len(of_things) > 20
    values = town.values | {"slug": town.other_slug}
    before = _writes()
    _none("other owner", [_tried(client, one) for one in _refused(of_things, values, Answer.UNKNOWN)])
    assert _writes() == before


def _refused(names: list[str], values: dict[str, Any], answer: Answer) -> Iterator[Knock]:
    """Each of these by each method: `answer` where the address takes it."""
    for name in names:
        one = _by_name()[name]
        for method in METHODS:
            is_taken = method in rights.TABLE[name].methods
            yield Knock(name, one.filled(values), method, answer if is_taken else Answer.NO_METHOD)


# --- Beyond the table: what each door asks besides --------------------------------------------------


@pytest.mark.parametrize("role", ["unverified", "customer", "owner", "admin"])
def test_what_is_most_ones_own_asks_for_the_password_again(role, town, quiet):
    client = Client()
    town.sign_in(client, role)
    town.forget_the_password(client)
    asked = [one for one in _knocks(town, role) if _by_name()[one.name].access == "signed_in_anew"]
    assert len(asked) >= 5 * len(METHODS)
    before = _writes()
    for one in asked:
        answer = client.generic(one.method, one.path)
        if one.expected is Answer.OPEN:
            target = urlsplit(answer.headers["Location"])
            assert "/reauthenticate/" in target.path, one
            assert parse_qs(target.query)["next"] == [one.path], one
        else:
            assert answer.status_code == 405, one
    assert _writes() == before


def test_a_lost_second_factor_is_taken_away_in_the_admin_and_on_record(town):
    client = Client()
    town.sign_in(client, "admin")
    key = Authenticator.objects.get(user=town.people["customer"], type=Authenticator.Type.TOTP)
    page = client.get(reverse("admin:mfa_authenticator_change", args=[key.pk]))
    assert key.data["secret"] not in page.content.decode()
    client.post(reverse("admin:mfa_authenticator_delete", args=[key.pk]), {"post": "yes"})
    assert not Authenticator.objects.filter(pk=key.pk).exists()
    event = AuditEvent.objects.get(kind="two_factor_changed")
    assert (event.subject_id, event.actor) == (str(town.people["customer"].pk), town.people["admin"])


def test_a_link_that_is_not_one_opens_nothing_to_anybody(town, quiet):
    """Whoever has a booking's link may use it; standing opens no booking by any other."""
    client, token = Client(), town.values["token"]
    for role in ("stranger", "customer", "owner", "admin"):
        town.sign_in(client, role)
        for one in addresses.every_address():
            if one.access == "by_token":
                values = town.values | {"token": token[::-1], f"{one.name} token": token[::-1]}
                for method in rights.TABLE[one.name].methods:
                    assert client.generic(method, one.filled(values)).status_code == 404, (role, method, one.name)


@pytest.mark.parametrize("role", ["staff", "owner"])
def test_who_is_switched_off_is_nobody(role, town, quiet):
    """At once, with a session that was opened before."""
    client = Client()
    town.sign_in(client, role)
    User.objects.filter(pk=town.people[role].pk).update(is_active=False)
    asked = [one for one in _knocks(town, "stranger") if one.method in {"GET", "POST"} and _is_closed(one)]
    assert len(asked) > 100
    _none(f"{role}, switched off", [_tried(client, one) for one in asked])


def _is_closed(one: Knock) -> bool:
    return one.expected in {Answer.SIGN_IN, Answer.NOT_SAID_WHO} and one.name != "account_confirm_login_code"


@pytest.mark.parametrize("role", ["staff", "manager"])
def test_who_left_the_team_has_no_standing(role, town, quiet):
    client = Client()
    town.sign_in(client, role)
    StaffMember.objects.filter(user=town.people[role]).update(is_active=False)
    asked = [
        one
        for one in _knocks(town, "other customer")
        if one.method in {"GET", "POST"} and one.expected is Answer.UNKNOWN and one.name.startswith("manage:")
    ]
    assert len(asked) > 100
    _none(f"{role}, left", [_tried(client, one) for one in asked])


@pytest.mark.parametrize("role", ["customer", "owner"])
def test_who_looks_as_another_only_looks(role, town, quiet):
    client = Client()
    town.sign_in(client, "admin")
    person = town.people[role]
    client.post(
        reverse("admin:accounts_user_changelist"), {"action": "look_as_person", "_selected_action": [person.pk]}
    )
    assert LookAs.objects.filter(person=person, ended_at=None).exists()
    before = _writes()
    wrong = []
    for one in _knocks(town, role):
        # The admin stays the admin's own, and pictures are nobody's.
        if one.name.startswith("admin") or one.name in {"accounts:stop_looking", "shops:picture"}:
            continue
        # What is for the person's own eyes is nobody's to look at: their account, but for its first page and profile.
        is_private = one.path.startswith("/account/") and one.name not in {"accounts:index", "accounts:profile"}
        is_look = one.method in {"GET", "HEAD"} and not is_private
        wrong.append(_tried(client, one if is_look else replace(one, expected=Answer.FORBIDDEN)))
    _none(f"admin, looking as {role}", wrong)
    assert _writes() == before


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_superuser": True}])
def test_a_look_ends_when_the_person_is_none_to_look_as(change, town, quiet):
    client = Client()
    town.sign_in(client, "admin")
    person = town.people["customer"]
    client.post(
        reverse("admin:accounts_user_changelist"), {"action": "look_as_person", "_selected_action": [person.pk]}
    )
    assert "Clara" in client.get(reverse("accounts:profile")).content.decode()
    User.objects.filter(pk=person.pk).update(**change)
    assert "Clara" not in client.get(reverse("accounts:profile")).content.decode()


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/s/studio-nord/?day=2026-12-03", "/s/studio-nord/?day=2026-12-03"),
        ("http://evil.example/s/studio-nord/", None),
        ("https://testserver.evil.example/", None),
        ("http://testserver//evil.example/", None),
        ("http://[", None),
        ("javascript:alert(1)", None),
        ("/s/studio-nord/", None),
        ("", None),
    ],
)
def test_who_has_to_sign_in_first_comes_back_to_a_page_of_ours(referer, back):
    slug = a_world().shop.slug
    for path, otherwise in (
        (reverse("marketplace:toggle_favourite", args=[slug]), "/"),
        (reverse("manage:publish", args=[slug]), "/manage/"),
    ):
        answer = Client().post(path, headers={"Referer": referer} if referer else {})
        target = urlsplit(answer.headers["Location"])
        assert (answer.status_code, target.path) == (302, "/account/login/")
        assert parse_qs(target.query)["next"] == [back or otherwise]


def test_what_is_ones_own_is_shown_to_nobody_else(town, quiet):
    client, token = Client(), town.values["token"]
    closed = [one for one in addresses.every_address() if one.access == "signed_in" and not one.parameters]
    town.sign_in(client, "customer")
    assert token in client.get(reverse("bookings:mine")).content.decode()
    for role in (*ROLES[:2], *ROLES[3:]):
        town.sign_in(client, role)
        for one in closed:
            body = client.get(one.filled(town.values)).content.decode()
            assert token not in body and "Neumann" not in body, (role, one.name)


def test_no_page_of_ours_echoes_what_was_sent_to_it(town, quiet):
    """TRACE, which no browser sends: whoever is let in hears that it is not taken."""
    client = Client()
    town.sign_in(client, "owner")
    for one in addresses.every_address():
        if one.is_ours and one.name != "api:nothing_here":
            assert client.trace(one.filled(town.values)).status_code == 405, one.name


@pytest.fixture
def quiet(monkeypatch):
    """Each refusal would write a line."""
    monkeypatch.setattr("logging.root.manager.disable", logging.CRITICAL)


def _none(who: str, wrong: list[str]) -> None:
    found = [one for one in wrong if one]
    assert not found, f"\n{who}:\n" + "\n".join(found)


def _tried(client: Client, one: Knock) -> str:
    """What is wrong with the answer; "" when nothing is."""
    is_api = one.path.startswith("/api/")
    body, kind = ("{}", "application/json") if is_api else ("", "application/x-www-form-urlencoded")
    with pytest.MonkeyPatch.context() as patch:
        # One look at each page will do (at the admin's in tests/test_admin.py): what is written on it lets nobody in.
        if one.method != "GET" or one.path.startswith("/admin/"):
            patch.setattr("django.template.backends.django.Template.render", lambda *args, **kwargs: "")
        response = client.generic(one.method, one.path, body if one.method not in SAFE else "", content_type=kind)
    found = _answer(response, one)
    return "" if found == one.expected else f"{one.method} {one.path} ({one.name}): {found}, not {one.expected}"


# It has nothing to come back to.
_NO_WAY_BACK = {"account_confirm_login_code", "mfa_authenticate", "mfa_login_webauthn"}
_REFUSALS = {401: Answer.NOT_SAID_WHO, 403: Answer.FORBIDDEN, 404: Answer.UNKNOWN, 405: Answer.NO_METHOD}


def _answer(response: Any, one: Knock) -> str:
    status = response.status_code
    if status in _REFUSALS:
        return _REFUSALS[status]
    if status in {301, 302, 303}:
        target = urlsplit(response.headers["Location"])
        if found := rights.SIGN_IN_PAGES.get(target.path):
            back = parse_qs(target.query).get("next", [""])[0]
            if one.method in {"GET", "HEAD"} and back != one.path and one.name not in _NO_WAY_BACK:
                return f"{found}, coming back to {back!r}"
            if back and not back.startswith("/"):
                return f"{found}, coming back to {back!r}"
            return found
        return Answer.OPEN if not target.netloc else f"{status} to {target.netloc}"
    return Answer.OPEN if status < 500 or one.name == "readyz" else str(status)


# That somebody is there: by the first request that a session makes.
_OF_THE_VISIT = {"accounts_opensession"}


def _writes() -> dict[str, int]:
    """Table → rows that this transaction inserted, changed and deleted, also where that was rolled back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return {name: count for name, count in cursor.fetchall() if count and name not in _OF_THE_VISIT}
