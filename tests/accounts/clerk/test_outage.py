"""Clerk is away, slow, or changes its keys: who is signed in stays so, and nobody is sent to a dead end."""

import time
from typing import Any

import pytest
from django.db import transaction

from beautydrop.accounts.clerk import backend_api, keys
from beautydrop.accounts.clerk.errors import ClerkUnavailable
from beautydrop.standins.clerk import ClerkStandIn
from beautydrop.standins.clerk.state import Session
from tests.accounts.clerk.acts import ask, asked_about, give
from tests.accounts.clerk.wire import Browser

JWKS = ("GET", "/.well-known/jwks.json")


def test_known_keys_serve_on_while_clerk_is_down(clerk: ClerkStandIn, carla: Session, visitor: Browser, clock: Any):
    assert ask(visitor, clerk.session_token(carla)).status == 200
    clerk.faults.down = "/"
    for hours in (1, 5, 5):
        clock.shift(hours * 3_600)
        assert ask(visitor, clerk.session_token(carla)).status == 200
    clock.shift(2 * 3_600)  # but not for ever
    assert ask(visitor, clerk.session_token(carla)).status == 401
    clerk.faults.down = ""
    clock.shift(31)
    assert ask(visitor, clerk.session_token(carla)).status == 200


def test_a_process_that_starts_during_an_outage_has_the_keys_of_the_others(
    clerk: ClerkStandIn, carla: Session, visitor: Browser
):
    assert ask(visitor, clerk.session_token(carla)).status == 200
    clerk.faults.down = "/"
    keys._known.clear()
    assert ask(visitor, clerk.session_token(carla)).status == 200


def test_a_new_key_is_picked_up(clerk: ClerkStandIn, carla: Session, visitor: Browser, clock: Any):
    assert ask(visitor, clerk.session_token(carla)).status == 200
    clock.shift(31)
    before = clerk.session_token(carla)
    clerk.keys.rotate()
    assert ask(visitor, clerk.session_token(carla)).status == 200
    assert ask(visitor, before).status == 200  # both are published for a while
    clock.shift(31)
    clerk.keys.forget_old()
    clock.shift(601)
    assert ask(visitor, clerk.session_token(carla)).status == 200
    clerk.keys.rotate()
    assert clerk.asked.count(JWKS) == 3


def test_made_up_keys_cost_one_question_in_a_while(clerk: ClerkStandIn, carla: Session, visitor: Browser, clock: Any):
    assert ask(visitor, clerk.session_token(carla)).status == 200
    clock.shift(31)
    clerk.asked.clear()
    clerk.faults.wrong_kid = True
    for _again in range(5):
        assert ask(visitor, clerk.session_token(carla)).status == 401
    assert clerk.asked.count(JWKS) == 1
    clerk.faults.wrong_kid = False
    assert ask(visitor, clerk.session_token(carla)).status == 200


def test_who_is_signed_in_stays_so_for_a_while(clerk: ClerkStandIn, carla: Session, signed_in: Browser, clock: Any):
    clerk.faults.error = "/v1/sessions"
    clock.shift(301)
    for _again in range(3):
        assert signed_in.get("/bookings/", follow=False).status == 200
    assert asked_about(clerk, carla) == 1  # and again in a minute, not with every page
    clock.shift(61)
    assert signed_in.get("/bookings/", follow=False).status == 200
    assert asked_about(clerk, carla) == 2
    clock.shift(2 * 3_600)
    assert signed_in.get("/bookings/").path == "/account/login/"


@pytest.mark.parametrize("fault", ["down", "error"])
def test_nobody_is_sent_to_a_host_that_does_not_answer(clerk: ClerkStandIn, visitor: Browser, fault: str):
    setattr(clerk.faults, fault, "/")
    give(visitor, clerk, uat=int(time.time()))
    for _again in range(3):
        assert visitor.get("/", follow=False).status == 200
        assert visitor.post("/account/preferences/", {"theme": "dark"}, follow=False).status in {302, 403}
    assert clerk.asked == [JWKS]


def test_a_slow_answer_is_given_up(clerk: ClerkStandIn, carla: Session, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(backend_api, "TIMEOUT_SECONDS", 0.2)
    clerk.faults.slow, clerk.faults.slow_seconds = "/v1", 1.0
    began = time.monotonic()
    with pytest.raises(ClerkUnavailable):
        backend_api.user(carla.user_id)
    assert time.monotonic() - began < 0.9


def test_a_question_inside_a_transaction_is_a_fault(clerk: ClerkStandIn, carla: Session):
    with transaction.atomic(), pytest.raises(RuntimeError, match="never asked inside"):
        backend_api.user(carla.user_id)
    assert backend_api.user(carla.user_id)


def test_a_redirect_is_not_followed_with_the_key(clerk: ClerkStandIn, settings: Any):
    settings.CLERK_API_URL = f"{clerk.url}/sign-in?x="  # answers with a page, not with JSON
    with pytest.raises(ClerkUnavailable):
        backend_api.user("user_x")
    status, _body = backend_api.fetch(f"{clerk.url}/v1/client/handshake?redirect_url={clerk.site}/")
    assert status == 307
