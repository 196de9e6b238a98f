"""News from Clerk: only signed, once each, and right in any order."""

import json
import time
from itertools import permutations
from typing import Any

from allauth.account.models import EmailAddress

from beautydrop.accounts.models import ClerkEvent, ClerkPerson, ClerkSession, User
from beautydrop.standins.clerk import ClerkStandIn
from beautydrop.standins.clerk.hooks import Event
from beautydrop.standins.clerk.state import Person, Session
from tests.accounts.clerk.acts import ask
from tests.accounts.clerk.wire import Browser
from tests.factories import PASSWORD, a_person

URL = "/account/clerk/webhooks/"


def post(visitor: Browser, event: Event, headers: dict[str, str]) -> int:
    sent = {"Content-Type": "application/json", **headers}
    return visitor.send("POST", URL, headers=sent, body=event.body.decode()).status


def person_of(clerk: ClerkStandIn, session: Session) -> Person:
    return clerk.state.people[session.user_id]


def news(clerk: ClerkStandIn) -> list[Event]:
    """What was announced since the last look."""
    found = list(clerk.hooks.held)
    clerk.hooks.held.clear()
    return found


# --- Only signed -----------------------------------------------------------------------------------


def test_what_is_not_signed_is_refused(clerk: ClerkStandIn, signed_in: Browser, carla: Session):
    clerk.state.end_session(carla, "revoked")
    (event,) = news(clerk)
    good = clerk.hooks.headers(event)
    other = "whsec_" + "b3RoZXItc2VjcmV0LW90aGVyLXNlY3JldA=="
    refused: dict[str, dict[str, str]] = {
        "no headers": {},
        "no signature": {**good, "svix-signature": ""},
        "somebody else's signature": clerk.hooks.headers(event, secret=other),
        "another id": {**good, "svix-id": "msg_other"},
        "another time": {**good, "svix-timestamp": str(int(time.time()) + 1)},
        "no time": {**good, "svix-timestamp": "soon"},
        "endless time": {**good, "svix-timestamp": "1e400"},
        "old": clerk.hooks.headers(event, age_seconds=301),
        "of the future": clerk.hooks.headers(event, age_seconds=-301),
        "nonsense": {**good, "svix-signature": "v1"},
        "nonsense in base64": {**good, "svix-signature": "v1,é"},
        "another version": {**good, "svix-signature": good["svix-signature"].replace("v1,", "v2,")},
    }
    for what, headers in refused.items():
        assert post(signed_in, event, {n: v.encode().decode("latin-1") for n, v in headers.items()}) == 400, what
    changed = Event(event.id, event.body.replace(b"revoked", b"removed"))
    assert post(signed_in, changed, good) == 400
    assert not ClerkEvent.objects.exists()
    assert signed_in.get("/bookings/", follow=False).status == 200
    # The control: the very same, well signed (also beside an older signature), is taken.
    assert post(signed_in, event, {**good, "svix-signature": f"v1,b2xk {good['svix-signature']}"}) == 200
    assert signed_in.get("/bookings/").path == "/account/login/"


def test_without_a_secret_nothing_is_taken(clerk: ClerkStandIn, visitor: Browser, settings: Any):
    clerk.state.add_person("carla@example.com")
    (event,) = news(clerk)
    settings.CLERK_WEBHOOK_SECRET = ""
    assert post(visitor, event, clerk.hooks.headers(event)) == 400
    empty = {"svix-id": "msg_1", "svix-timestamp": str(int(time.time())), "svix-signature": "v1,"}
    assert post(visitor, event, empty) == 400


def test_only_posts_of_a_bearable_size_that_are_events(clerk: ClerkStandIn, visitor: Browser):
    assert visitor.get(URL).status == 405
    for body in (b"[]", b"null", b'{"type": 1, "data": {}}', b'{"type": "user.created"}', b"{", b"\xff"):
        event = Event("msg_1", body)
        sent = {"Content-Type": "application/json", **clerk.hooks.headers(event)}
        assert clerk.hooks.deliver(event, sent) == 400, body
    large = Event("msg_2", json.dumps({"type": "user.created", "data": {"id": "x" * 300_000}}).encode())
    assert clerk.hooks.deliver(large) == 400
    for data in ({}, {"id": 7}, {"id": "x" * 100}, {"id": "../../v1/jwks"}):
        odd = Event(f"msg_{data}", json.dumps({"type": "user.updated", "data": data}).encode())
        assert clerk.hooks.deliver(odd) in {200, 503}, data


# --- Once each, in any order -----------------------------------------------------------------------


def test_the_end_of_a_session_ends_the_one_here(clerk: ClerkStandIn, signed_in: Browser, carla: Session):
    stranger = clerk.state.sign_in(clerk.state.add_person("other@example.com"))
    clerk.state.end_session(stranger, "removed")
    for event in news(clerk):
        assert clerk.hooks.deliver(event) == 200
    assert signed_in.get("/bookings/", follow=False).status == 200
    clerk.state.end_session(carla, "ended")
    (event,) = news(clerk)
    assert clerk.hooks.deliver(event) == 200
    # At once, for whatever is asked.
    answer = signed_in.send("POST", "/account/profile/", headers={"HX-Request": "true"})
    assert answer.status in {302, 403}
    assert signed_in.get("/bookings/").path == "/account/login/"


def test_a_repeat_changes_nothing(clerk: ClerkStandIn, signed_in: Browser, carla: Session):
    person = person_of(clerk, carla)
    clerk.state.change_person(person, first_name="Karla")
    (event,) = news(clerk)
    for _again in range(3):
        assert clerk.hooks.deliver(event) == 200
    assert clerk.asked.count(("GET", f"/v1/users/{person.id}")) == 1
    row = ClerkEvent.objects.get(pk=event.id)
    assert (row.outcome, row.attempts, row.note) == ("applied", 1, "first_name")
    # Two events about one person are two.
    clerk.state.change_person(person, first_name="Carola")
    (event,) = news(clerk)
    assert clerk.hooks.deliver(event) == 200
    assert User.objects.get().first_name == "Carola"


def test_a_profile_follows_in_any_order(clerk: ClerkStandIn, signed_in: Browser, carla: Session):
    person = person_of(clerk, carla)
    for order in permutations(range(3)):
        for name in ("One", "Two", "Three"):
            clerk.state.change_person(person, first_name=name, email=f"{name.lower()}@example.com")
        events = news(clerk)
        for place in order:
            assert clerk.hooks.deliver(events[place]) == 200
        user = User.objects.get()
        assert (user.first_name, user.email, user.email_verified) == ("Three", "three@example.com", True), order
        address = EmailAddress.objects.get(user=user)
        assert (address.email, address.primary, address.verified) == ("three@example.com", True, True)
    assert signed_in.get("/bookings/", follow=False).status == 200


def test_a_deletion_is_final_in_any_order(clerk: ClerkStandIn, visitor: Browser):
    for number, order in enumerate(permutations(range(3))):
        person = clerk.state.add_person(f"p{number}@example.com", "Pia")
        session = clerk.state.sign_in(person)
        token = clerk.session_token(session)
        assert ask(visitor, token).status == 200
        news(clerk)
        clerk.state.change_person(person, first_name="Pina")
        clerk.state.delete_person(person)
        updated, ended, deleted = news(clerk)
        for place in order:
            assert clerk.hooks.deliver([updated, ended, deleted][place]) == 200, order
        user = User.objects.get(email=f"p{number}@example.com")
        assert (user.clerk_user_id, user.is_active) == (None, False), order
        assert ClerkPerson.objects.get(pk=person.id).deleted_at is not None
        # The token is good for a minute still, but opens nothing and makes nobody.
        assert ask(visitor, token).status == 401
        assert not User.objects.filter(clerk_user_id=person.id).exists()


def test_who_has_a_password_keeps_the_account(clerk: ClerkStandIn, visitor: Browser):
    clara = a_person("clara@example.com")
    person = clerk.state.add_person("clara@example.com", "Clara")
    assert ask(visitor, clerk.session_token(clerk.state.sign_in(person))).status == 200
    clerk.state.delete_person(person)
    for event in news(clerk):
        assert clerk.hooks.deliver(event) == 200
    clara.refresh_from_db()
    assert (clara.clerk_user_id, clara.is_active) == (None, True)
    assert clara.check_password(PASSWORD)


def test_who_comes_back_gets_the_closed_account_again(clerk: ClerkStandIn, visitor: Browser):
    first = clerk.state.add_person("carla@example.com", "Carla")
    assert ask(visitor, clerk.session_token(clerk.state.sign_in(first))).status == 200
    user = User.objects.get()
    clerk.state.delete_person(first)
    for event in news(clerk):
        clerk.hooks.deliver(event)
    unproved = clerk.state.add_person("carla@example.com", "Mallory", is_verified=False)
    assert ask(visitor, clerk.session_token(clerk.state.sign_in(unproved))).status == 401
    clerk.state.delete_person(unproved)
    again = clerk.state.add_person("carla@example.com", "Carla")
    assert ask(visitor, clerk.session_token(clerk.state.sign_in(again))).status == 200
    user.refresh_from_db()
    assert (user.clerk_user_id, user.is_active) == (again.id, True)
    assert User.objects.count() == 1


def test_the_end_of_a_session_that_was_never_here(clerk: ClerkStandIn, visitor: Browser, carla: Session):
    token = clerk.session_token(carla)
    clerk.state.end_session(carla, "removed")
    created, *_middle, removed = news(clerk)
    assert clerk.hooks.deliver(removed) == 200
    assert clerk.hooks.deliver(created) == 200
    assert ask(visitor, token).status == 401
    assert ClerkSession.objects.get(pk=carla.id).ended_at is not None
    assert not User.objects.exists()


def test_news_of_people_who_were_never_here_make_nobody(clerk: ClerkStandIn):
    a_person("clara@example.com")
    person = clerk.state.add_person("clara@example.com", "Clara")
    clerk.state.change_person(person, first_name="Klara")
    clerk.state.delete_person(person)
    for event in news(clerk):
        assert clerk.hooks.deliver(event) == 200
    user = User.objects.get()
    assert (user.clerk_user_id, user.first_name, user.is_active) == (None, "Clara", True)


def test_a_banned_person_is_signed_out(clerk: ClerkStandIn, signed_in: Browser, carla: Session):
    clerk.state.change_person(person_of(clerk, carla), is_banned=True)
    for event in news(clerk):
        assert clerk.hooks.deliver(event) == 200
    assert signed_in.get("/bookings/").path == "/account/login/"


# --- What the person changed here stays; what is somebody else's, too --------------------------------


def test_a_name_changed_here_is_not_changed_back(clerk: ClerkStandIn, signed_in: Browser, carla: Session):
    page = signed_in.get("/account/profile/")
    signed_in.submit(page, "Save your details", first_name="Nina")
    clerk.state.change_person(person_of(clerk, carla), first_name="Karla", last_name="Klerk")
    for event in news(clerk):
        assert clerk.hooks.deliver(event) == 200
    user = User.objects.get()
    assert (user.first_name, user.last_name) == ("Nina", "Klerk")


def test_an_address_is_followed_only_when_it_is_proved_and_free(
    clerk: ClerkStandIn, signed_in: Browser, carla: Session
):
    clara = a_person("clara@example.com")
    person = person_of(clerk, carla)

    def own() -> str:
        return User.objects.get(clerk_user_id=person.id).email

    for changes, expected in (
        ({"email": "new@example.com", "is_verified": False}, "carla@example.com"),
        ({"email": "clara@example.com", "is_verified": True}, "carla@example.com"),
        ({"email": "new@example.com", "is_verified": True}, "new@example.com"),
    ):
        clerk.state.change_person(person, **changes)
        for event in news(clerk):
            assert clerk.hooks.deliver(event) == 200
        assert own() == expected
    clara.refresh_from_db()
    assert (clara.email, clara.clerk_user_id) == ("clara@example.com", None)


# --- When Clerk cannot be asked -----------------------------------------------------------------------


def test_what_cannot_be_applied_is_asked_for_again(clerk: ClerkStandIn, signed_in: Browser, carla: Session):
    clerk.state.change_person(person_of(clerk, carla), first_name="Karla")
    (event,) = news(clerk)
    clerk.faults.error = "/v1/users"
    assert clerk.hooks.deliver(event) == 503
    row = ClerkEvent.objects.get(pk=event.id)
    assert (row.outcome, row.note) == ("failed", "Clerk does not answer: status 500")
    clerk.faults.error = ""
    assert clerk.hooks.deliver(event) == 200
    row.refresh_from_db()
    assert (row.outcome, row.attempts) == ("applied", 2)
    assert User.objects.get().first_name == "Karla"


def test_the_stand_in_sends_again_twice_and_out_of_order(clerk: ClerkStandIn, signed_in: Browser, carla: Session):
    """By its own thread, with everything going wrong at once."""
    person = person_of(clerk, carla)
    clerk.faults.change({"hold_webhooks": False, "duplicate_webhooks": True, "reorder_webhooks": True})
    clerk.faults.error = "/v1/users"
    clerk.state.change_person(person, first_name="One")
    clerk.state.change_person(person, first_name="Two")
    deadline = time.monotonic() + 20
    while not ClerkEvent.objects.filter(outcome="failed").exists():
        assert time.monotonic() < deadline
    clerk.faults.error = ""
    while ClerkEvent.objects.filter(outcome="applied").count() < 2:
        assert time.monotonic() < deadline
    assert User.objects.get().first_name == "Two"
