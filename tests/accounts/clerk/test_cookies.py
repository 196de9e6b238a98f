"""Clerk's cookies: when a browser is sent round, when it is signed out, and how it stays signed in."""

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

from beautydrop.accounts.clerk import cookies
from beautydrop.accounts.models import ClerkSession, User
from beautydrop.standins.clerk import ClerkStandIn
from beautydrop.standins.clerk.state import Session
from tests.accounts.clerk.acts import asked_about, claims_of, give
from tests.accounts.clerk.wire import Answer, Browser
from tests.factories import PASSWORD, a_person


def expired(clerk: ClerkStandIn, session: Session) -> str:
    now = int(time.time())
    return clerk.keys.sign(claims_of(clerk, session, exp=now - 10, iat=now - 70, nbf=now - 80))


def is_handshake(answer: Answer, clerk: ClerkStandIn) -> bool:
    return answer.status == 307 and answer.location.startswith(f"{clerk.url}/v1/client/handshake?")


def unknown_states(clerk: ClerkStandIn, session: Session) -> dict[str, dict[str, Any]]:
    now = int(time.time())
    return {
        "client-uat-but-no-session-token": {"uat": now},
        "session-token-but-no-client-uat": {"token": clerk.session_token(session)},
        "session-token-iat-before-client-uat": {"token": clerk.session_token(session), "uat": now + 30},
        "session-token-expired": {"token": expired(clerk, session), "uat": now - 100},
    }


def test_without_cookies_nobody_is_sent_anywhere(clerk: ClerkStandIn, visitor: Browser):
    assert visitor.get("/", follow=False).status == 200
    give(visitor, clerk, uat=0)
    assert visitor.get("/", follow=False).status == 200
    assert clerk.asked == []


def test_good_cookies_sign_in(clerk: ClerkStandIn, carla: Session, there: Browser):
    give(there, clerk, token=clerk.session_token(carla), uat=int(time.time()) - 5)
    assert there.get("/bookings/", follow=False).status == 200
    assert ClerkSession.objects.get(pk=carla.id).ended_at is None
    # From now on the Django session does: the token may run out, and nothing is asked again.
    give(there, clerk)
    clerk.asked.clear()
    assert there.get("/bookings/", follow=False).status == 200
    assert clerk.asked == []


def test_documents_are_sent_round_and_come_back_signed_in(clerk: ClerkStandIn, carla: Session, there: Browser):
    for reason, state in unknown_states(clerk, carla).items():
        visitor = Browser(there.site)
        visitor.own.update(there.own)
        give(visitor, clerk, **state)
        answer = visitor.get("/favourites/?page=2", follow=False)
        assert is_handshake(answer, clerk), reason
        assert answer.headers["cache-control"] == "no-store"
        query = parse_qs(urlsplit(answer.location).query)
        assert query["__clerk_hs_reason"] == [reason]
        assert query["redirect_url"][0].startswith(f"{visitor.site}/favourites/?page=2&__clerk_state=")
        page = visitor.follow(answer)
        assert (page.status, page.url) == (200, f"{visitor.site}/favourites/?page=2"), reason
        assert visitor.own[f"__session_{clerk.cookie_suffix}"]
        assert "clerk_state" not in visitor.own


def test_nobody_at_clerk_comes_back_signed_out(clerk: ClerkStandIn, visitor: Browser):
    give(visitor, clerk, uat=int(time.time()))
    page = visitor.get("/")
    assert (page.status, page.url) == (200, f"{visitor.site}/")
    assert visitor.own[f"__client_uat_{clerk.cookie_suffix}"] == "0"
    assert visitor.get("/", follow=False).status == 200


def test_what_is_no_document_is_not_sent_round(clerk: ClerkStandIn, carla: Session, there: Browser):
    for reason, state in unknown_states(clerk, carla).items():
        give(there, clerk, **state)
        for headers in ({"HX-Request": "true"}, {"HX-Request": "true", "Sec-Fetch-Dest": "empty"}):
            for method in ("GET", "POST"):
                answer = there.send(method, "/favourites/", headers=headers)
                assert (answer.status, answer.headers.get("hx-refresh")) == (401, "true"), (reason, method)
        answer = there.post("/account/preferences/", {"theme": "dark"}, follow=False)
        assert (answer.status, answer.h1) == (401, "Your sign-in has to be renewed")
        assert "hx-refresh" not in answer.headers
        for destination in ("image", "empty", "script"):
            answer = there.send("GET", "/", headers={"Sec-Fetch-Dest": destination, "Accept": "*/*"})
            assert answer.status == 200, (reason, destination)
    assert ("GET", "/v1/client/handshake") not in clerk.asked
    assert not User.objects.exists()


def test_round_in_circles_ends_after_three(clerk: ClerkStandIn, carla: Session, there: Browser, caplog: Any):
    """The keys don't fit: what comes back never helps."""
    give(there, clerk, uat=int(time.time()))
    rounds = 0
    answer = there.get("/", follow=False)
    while is_handshake(answer, clerk):
        rounds += 1
        assert rounds < 9
        answer = there.get("/", follow=False)  # as if the cookies it set got lost
    assert (rounds, answer.status) == (3, 200)
    assert "goes round in circles" in caplog.text


def test_a_handshake_that_is_not_clerks_sets_nothing(clerk: ClerkStandIn, carla: Session, there: Browser):
    for changes in ({"kid": "ins_unknown"}, {"cat": "cl_other"}):
        visitor = Browser(there.site)
        give(visitor, clerk, uat=int(time.time()))
        answer = visitor.get("/", follow=False)
        state = parse_qs(urlsplit(answer.location).query)["redirect_url"][0]
        forged = clerk.keys.sign({"handshake": [f"__session={clerk.session_token(carla)}; Path=/"]}, **changes)
        answer = visitor.get(f"{state}&__clerk_handshake={forged}", follow=False)
        assert (answer.status, answer.location) == (302, f"{visitor.site}/")
        assert "__session=ey" not in str(answer.set_cookies)
        assert visitor.get("/bookings/").path == "/account/login/"
    assert not User.objects.exists()


def test_a_handshake_sets_only_cookies_of_clerk_for_this_site(clerk: ClerkStandIn, carla: Session, visitor: Browser):
    """In production it comes as a cookie; whatever else it names is left out."""
    give(visitor, clerk, uat=int(time.time()) - 5)
    answer = visitor.get("/favourites/", follow=False)
    back = parse_qs(urlsplit(answer.location).query)["redirect_url"][0]
    token = clerk.session_token(carla)
    lines = [
        f"__session={token}; Path=/elsewhere; Domain=evil.example",
        f"__client_uat={int(time.time()) - 5}; Path=/; Max-Age=99999999999",
        "sessionid=mine; Path=/",
        "csrftoken=mine; Path=/",
        "clerk_state=mine.0; Path=/",
        "broken",
    ]
    visitor.own["__clerk_handshake"] = clerk.keys.sign({"handshake": lines})
    answer = visitor.get(back, follow=False)
    assert (answer.status, answer.location) == (302, f"{visitor.site}/favourites/")
    (line,) = [one for one in answer.set_cookies if one.startswith("__session=")]
    assert line.startswith(f"__session={token}; ") and "HttpOnly" in line and "Path=/;" in line
    assert "evil.example" not in line
    assert "mine" not in str(answer.set_cookies)
    assert visitor.get("/favourites/", follow=False).status == 200


def test_a_local_sign_in_comes_first(clerk: ClerkStandIn, carla: Session, visitor: Browser):
    clara = a_person("clara@example.com")
    page = visitor.get("/account/login/")
    visitor.submit(page, "Password", login="clara@example.com", password=PASSWORD)
    give(visitor, clerk, token=expired(clerk, carla), uat=int(time.time()))
    assert visitor.get("/bookings/", follow=False).status == 200
    assert visitor.send("POST", "/favourites/", headers={"HX-Request": "true"}).status != 401
    assert not ClerkSession.objects.exists()
    assert User.objects.get() == clara


# --- Staying signed in, and not ------------------------------------------------------------------------


def test_every_few_minutes_clerk_is_asked_again(clerk: ClerkStandIn, carla: Session, signed_in: Browser, clock: Any):
    clock.shift(299)
    assert signed_in.get("/bookings/", follow=False).status == 200
    assert asked_about(clerk, carla) == 0
    clock.shift(2)
    signed_in.send("POST", "/account/preferences/")  # no document
    assert asked_about(clerk, carla) == 0
    for _again in range(2):
        assert signed_in.get("/bookings/", follow=False).status == 200
        assert asked_about(clerk, carla) == 1
    clerk.state.end_session(carla, "revoked")  # and the webhook got lost
    clock.shift(301)
    assert signed_in.get("/bookings/").path == "/account/login/"
    assert signed_in.get("/bookings/").path == "/account/login/"


def test_a_newer_token_of_the_same_session_is_enough(
    clerk: ClerkStandIn, carla: Session, signed_in: Browser, clock: Any
):
    clock.shift(301)
    give(signed_in, clerk, token=clerk.session_token(carla), uat=int(time.time()) - 301)
    assert signed_in.get("/bookings/", follow=False).status == 200
    assert asked_about(clerk, carla) == 0


def test_somebody_elses_newer_token_is_not(clerk: ClerkStandIn, carla: Session, signed_in: Browser, clock: Any):
    other = clerk.state.sign_in(clerk.state.add_person("other@example.com"))
    clock.shift(301)
    give(signed_in, clerk, token=clerk.session_token(other), uat=int(time.time()) - 301)
    assert signed_in.get("/bookings/", follow=False).status == 200
    assert asked_about(clerk, carla) == 1
    assert not User.objects.filter(email="other@example.com").exists()


def test_signed_out_at_clerk_is_signed_out_here(clerk: ClerkStandIn, carla: Session, signed_in: Browser):
    give(signed_in, clerk, uat=0)
    assert signed_in.get("/bookings/").path == "/account/login/"
    assert ClerkSession.objects.get(pk=carla.id).ended_at is not None


def test_a_change_at_clerk_is_looked_into_at_once(clerk: ClerkStandIn, carla: Session, signed_in: Browser, clock: Any):
    clock.shift(20)
    give(signed_in, clerk, uat=int(time.time()))
    assert signed_in.get("/bookings/", follow=False).status == 200
    assert asked_about(clerk, carla) == 1


def test_the_cookies_are_read_with_care(rf: Any, settings: Any):
    settings.CLERK_SECRET_KEY, settings.CLERK_PUBLISHABLE_KEY = "sk_test_x", "pk_test_MTI3LjAuMC4xOjEk"
    for raw in ("", "-1", "1e9", "9" * 30, "²", "soon"):
        request = rf.get("/")
        request.COOKIES["__client_uat"] = raw
        assert (cookies.read(request).changed_at, cookies.read(request).says_signed_out) == (0, False), raw
