"""/api/v1/auth/: registering, the site's session, the person themselves."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from beautydrop.accounts import actions
from beautydrop.accounts.clerk import actions as of_clerk
from beautydrop.accounts.models import ClerkPerson, Customer, User
from beautydrop.accounts.models import Client as Owner
from tests.api.test_problems import problem
from tests.factories import a_person, an_owner

pytestmark = pytest.mark.django_db

AUTH = "/api/v1/auth"
SHAPE = [
    "clerk_user_id",
    "email",
    "first_name",
    "last_name",
    "role",
    "is_active",
    "email_verified",
    "created_at",
    "client",
    "customer",
    "plan",
]


def post(client: Client, name: str, body: Any = None, **headers: str):
    return client.post(f"{AUTH}/{name}/", json.dumps(body or {}), "application/json", headers=headers)


def put(client: Client, body: Any, **headers: str):
    return client.put(f"{AUTH}/profile/", json.dumps(body), "application/json", headers=headers)


def me(client: Client) -> dict[str, Any]:
    answer = client.get(f"{AUTH}/me/")
    assert answer.status_code == 200, answer.content
    return answer.json()


# --- me --------------------------------------------------------------------------------------------


def test_first_sight_makes_the_person(app):
    person = me(app)
    assert list(person) == SHAPE
    assert person | {"created_at": "", "customer": None} == {
        "clerk_user_id": "user_carla",
        "email": "carla@example.com",
        "first_name": "Carla",
        "last_name": "Clerk",
        "role": "customer",
        "is_active": True,
        "email_verified": True,
        "created_at": "",
        "client": None,
        "customer": None,
        "plan": None,
    }
    assert list(person["customer"]) == ["id", "clerk_user_id", "phone", "created_at", "updated_at"]
    assert person["created_at"].endswith("Z")
    assert me(app) == person
    assert User.objects.count() == 1


def test_both_sides_are_shown(client):
    owner = an_owner()
    client.force_login(owner.user)
    person = me(client)
    assert (person["role"], person["clerk_user_id"], person["customer"]) == ("client", None, None)
    assert list(person["client"]) == ["id", "clerk_user_id", "business_name", "phone", "created_at", "updated_at"]
    assert person["client"]["id"] == str(owner.pk)
    actions.become_customer(user=owner.user)
    assert me(client)["customer"]["phone"] == ""


def test_queries(client, django_assert_num_queries):
    client.force_login(a_person("clara@example.com"))
    # The session, its person, and the person with both sides.
    with django_assert_num_queries(3):
        me(client)


# --- register --------------------------------------------------------------------------------------


def test_registering_as_a_customer(app):
    given = {"role": "customer", "first_name": "Carlotta", "phone": "+49 30 5550123"}
    answer = post(app, "register", given)
    assert answer.status_code == 201
    person = answer.json()
    assert (person["first_name"], person["last_name"], person["role"]) == ("Carlotta", "Clerk", "customer")
    assert (person["customer"]["phone"], person["client"]) == ("+49305550123", None)
    # Known now: sent again, nothing changes.
    again = post(app, "register", given | {"first_name": "Other", "phone": "+49 30 5550124"})
    assert (again.status_code, again.json()) == (200, person)
    assert ClerkPerson.objects.get().welcomed_at is not None


def test_registering_as_a_client(app):
    given = {"role": "client", "business_name": "Carla’s", "phone": "+49 30 5550123"}
    answer = post(app, "register", given)
    assert answer.status_code == 201
    person = answer.json()
    assert (person["role"], person["client"]["business_name"]) == ("client", "Carla’s")
    assert (person["client"]["phone"], person["client"]["clerk_user_id"]) == ("+49305550123", "user_carla")
    assert post(app, "register", given | {"business_name": "Other"}).json() == person
    assert Owner.objects.count() == 1


def test_a_client_without_a_name_of_the_business_is_named_as_they_are(app):
    assert post(app, "register", {"role": "client"}).json()["client"]["business_name"] == "Carla Clerk"


def test_seen_before_is_not_known_yet(app):
    me(app)
    assert post(app, "register", {"role": "customer"}).status_code == 201


def test_what_was_said_before_registering_stays(app):
    put(app, {"phone": "+49 30 5550123", "last_name": "C."})
    person = post(app, "register", {"role": "customer"}).json()
    assert (person["customer"]["phone"], person["last_name"]) == ("+49305550123", "C.")


def test_a_known_customer_gets_the_side_that_is_missing(app):
    post(app, "register", {"role": "customer"})
    answer = post(app, "register", {"role": "client", "business_name": "Carla’s", "first_name": "Other"})
    assert answer.status_code == 200
    person = answer.json()
    assert (person["role"], person["client"]["business_name"], person["first_name"]) == ("client", "Carla’s", "Carla")
    assert person["customer"]


def test_somebody_with_a_local_account_is_known(client):
    client.force_login(a_person("clara@example.com"))
    assert post(client, "register", {"role": "customer"}).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "role"),
        ({"role": "admin"}, "role"),
        ({"role": "staff"}, "role"),
        ({"role": ["client"]}, "role"),
        ({"role": None}, "role"),
        ({"role": "client", "business_name": ""}, "business_name"),
        ({"role": "client", "business_name": "x" * 121}, "business_name"),
        ({"role": "client", "phone": "12"}, "phone"),
        ({"role": "client", "phone": "030 5550123"}, "phone"),
    ],
)
def test_registrations_that_are_refused(app, body, field):
    assert list(problem(post(app, "register", body), 400, "invalid")["errors"]) == [field]
    assert ClerkPerson.objects.get().welcomed_at is None
    assert not Owner.objects.exists()


def test_what_clerk_lets_people_write_gives_no_role(app, clerk):
    clerk.state.people["user_carla"].unsafe_metadata = {"role": "admin"}
    person = post(
        app, "register", {"role": "customer", "is_staff": True, "is_superuser": True, "email": "x@y.z"}
    ).json()
    assert (person["role"], person["email"]) == ("customer", "carla@example.com")
    user = User.objects.get()
    assert not user.is_staff
    assert not user.is_superuser


# --- profile ---------------------------------------------------------------------------------------


def test_what_is_left_out_stays(app):
    before = me(app)
    assert put(app, {}).json() == before
    after = put(app, {"last_name": "", "phone": "+49 30 5550123"}).json()
    assert (after["first_name"], after["last_name"], after["customer"]["phone"]) == ("Carla", "", "+49305550123")
    assert put(app, {"phone": ""}).json()["customer"]["phone"] == ""


def test_an_answer_can_be_sent_back_changed(app):
    """What is read only is ignored."""
    before = me(app)
    changed = before | {"first_name": "Carlotta", "email": "other@example.com", "role": "admin", "plan": "premium"}
    after = put(app, changed).json()
    assert after == before | {"first_name": "Carlotta"}


def test_a_client_does_not_become_a_customer_by_their_name(client):
    owner = an_owner()
    client.force_login(owner.user)
    assert put(client, {"first_name": "Nadja"}).json()["customer"] is None
    assert not Customer.objects.exists()


# --- login, logout ---------------------------------------------------------------------------------


def test_a_session_of_the_site_bound_to_clerks(app, clerk, carla):
    answer = post(app, "login")
    assert (answer.status_code, answer.json()["email"]) == (200, "carla@example.com")
    assert answer.cookies["sessionid"]["httponly"]
    site = Client()
    site.cookies = app.cookies
    assert b"carla@example.com" in site.get("/account/profile/").content
    # It ends with Clerk's, as soon as that is heard of.
    of_clerk.end_session(sid=carla.id, now=timezone.now())
    assert site.get("/account/profile/").status_code == 302


def test_leaving_by_token_ends_the_session_of_the_site_and_leaves_the_token(app, carla):
    post(app, "login")
    answer = post(app, "logout")
    assert (answer.status_code, answer.content) == (204, b"")
    site = Client()
    site.cookies = app.cookies
    assert site.get("/account/profile/").status_code == 302
    assert carla.status == "active"
    assert me(app)["email"] == "carla@example.com"
    assert post(app, "logout").status_code == 204


def test_leaving_by_session_is_leaving_clerk_too(app, carla, django_capture_on_commit_callbacks):
    post(app, "login")
    site = Client()
    site.cookies = app.cookies
    with django_capture_on_commit_callbacks(execute=True):
        assert post(site, "logout").status_code == 204
    assert carla.status == "revoked"
    problem(site.get(f"{AUTH}/me/"), 401, "not_authenticated")


def test_a_token_does_not_end_somebody_elses_session(app):
    clara = a_person("clara@example.com")
    app.force_login(clara)
    assert me(app)["email"] == "carla@example.com"  # the token comes first
    assert post(app, "logout").status_code == 204
    site = Client()
    site.cookies = app.cookies
    assert me(site)["email"] == "clara@example.com"


def test_a_session_whose_end_was_heard_of_opens_nothing(app, carla):
    of_clerk.end_session(sid=carla.id, now=timezone.now())
    problem(post(app, "login"), 401, "not_authenticated")
    assert "sessionid" not in app.cookies


# --- Everybody else --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "name"), [("post", "register"), ("post", "login"), ("post", "logout"), ("get", "me"), ("put", "profile")]
)
def test_strangers(client, method, name):
    problem(getattr(client, method)(f"{AUTH}/{name}/"), 401, "not_authenticated")
    assert not User.objects.exists()


def test_somebody_switched_off(app):
    me(app)
    User.objects.update(is_active=False)
    assert "switched off" in problem(app.get(f"{AUTH}/me/"), 403, "permission_denied")["detail"]
