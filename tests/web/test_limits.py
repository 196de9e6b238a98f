"""Rate limits: exact, shared, friendly, out of the way of honest use, and never the reason that the site is down."""

import socketserver
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from unittest import mock

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, connections
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from beautydrop.jobs import cleanup
from beautydrop.web import counting, limits
from beautydrop.web.limits import SCOPES, TooManyRequests, check
from tests.factories import NOW, PASSWORD, a_booking, a_person, a_world, berlin
from tests.pages import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on(settings, time_machine):
    settings.RATE_LIMITS_ENABLED = True
    settings.ACCOUNT_RATE_LIMITS = {}
    time_machine.move_to(NOW, tick=False)


def _request(address: str = "203.0.113.5", user: object = None):
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    request.user = user or AnonymousUser()
    return request


def _use_up(scope: str, request: object) -> int:
    """How often it goes before it is too often."""
    for number in range(10_000):
        try:
            check(scope, request)
        except TooManyRequests:
            return number
    raise AssertionError("no end")


# --- Counting --------------------------------------------------------------------------------------


def test_a_window_begins_with_its_first_hit_and_ends_once():
    assert counting.hit([("a", 60)], now=NOW) == [counting.Count(1, 60)]
    assert counting.hit([("a", 60), ("b", 10)], now=NOW + timedelta(seconds=20)) == [
        counting.Count(2, 40),
        counting.Count(1, 10),
    ]
    assert counting.hit([("a", 60)], now=NOW + timedelta(seconds=59.5)) == [counting.Count(3, 1)]
    assert counting.hit([("a", 60)], now=NOW + timedelta(seconds=60)) == [counting.Count(1, 60)]


def test_old_counts_are_forgotten():
    counting.hit([("a", 60), ("b", 600)], now=NOW)
    assert cleanup.clean("request_counts", NOW + timedelta(seconds=60)) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM web_requestcount")
        assert cursor.fetchall() == [("b",)]


@pytest.mark.django_db(transaction=True)
def test_requests_at_once_are_all_counted():
    """Eight processes' worth of threads, each with a connection of its own: none is lost, none is counted twice."""
    numbers: list[int] = []

    def run() -> None:
        for _time in range(25):
            counts = counting.hit([("one", 600), ("two", 600)], now=NOW)
            assert counts is not None
            numbers.append(counts[0].number)
        connections.close_all()

    threads = [threading.Thread(target=run) for _one in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM web_requestcount")  # not in a transaction that is rolled back
    assert sorted(numbers) == list(range(1, 201))


class _Redis(socketserver.StreamRequestHandler):
    """As much of Redis's protocol as counting needs, so that the real client talks to something."""

    store: dict[bytes, tuple[int, float]] = {}

    def handle(self) -> None:
        while line := self.rfile.readline():
            words = []
            for _word in range(int(line[1:])):
                size = int(self.rfile.readline()[1:])
                words.append(self.rfile.read(size + 2)[:-2])
            self.wfile.write(self.answer(words))

    def answer(self, words: list[bytes]) -> bytes:
        name, now = words[0].upper(), time.monotonic()
        if name == b"HELLO":
            return b"%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$5\r\n7.0.0\r\n$5\r\nproto\r\n:3\r\n" + (
                b"$2\r\nid\r\n:1\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n"
                b"$7\r\nmodules\r\n*0\r\n"
            )
        if name == b"SET":
            if words[1] in self.store and self.store[words[1]][1] > now:
                return b"_\r\n"
            assert b"NX" in words[3:] and b"EX" in words[3:]
            seconds = int(next(word for word in words[3:] if word.isdigit()))
            self.store[words[1]] = (int(words[2]), now + seconds)
            return b"+OK\r\n"
        if name in {b"INCR", b"INCRBY"}:
            value, end = self.store[words[1]]
            self.store[words[1]] = (value + 1, end)
            return b":%d\r\n" % (value + 1)
        if name == b"PTTL":
            return b":%d\r\n" % int((self.store[words[1]][1] - now) * 1000)
        return b"+OK\r\n"


@pytest.fixture
def a_redis(settings) -> Iterator[None]:
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Redis)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.REDIS_URL = f"redis://127.0.0.1:{server.server_address[1]}/0"
    _Redis.store.clear()
    yield
    server.shutdown()
    server.server_close()


def test_redis_counts_the_same_way(a_redis, time_machine):
    with CaptureQueriesContext(connection) as sent:
        assert counting.hit([("a", 60)], now=NOW) == [counting.Count(1, 60)]
        second = counting.hit([("a", 60), ("b", 10)], now=NOW)
    assert second is not None
    assert [one.number for one in second] == [2, 1]
    assert all(1 <= one.seconds_left <= most for one, most in zip(second, (60, 10), strict=True))
    assert len(sent) == 0
    person = a_person("clara@example.com")
    assert _use_up("booking", _request(user=person)) == SCOPES["booking"].by_person


# --- Who is counted --------------------------------------------------------------------------------


def test_an_address_is_stopped_at_its_number_and_let_go_on_afterwards(time_machine):
    assert _use_up("sign_in", _request()) == SCOPES["sign_in"].by_address
    with pytest.raises(TooManyRequests) as refused:
        check("sign_in", _request())
    assert refused.value.retry_after == SCOPES["sign_in"].seconds
    check("sign_in", _request("203.0.113.6"))  # a neighbour
    check("sign_up", _request())  # something else
    time_machine.move_to(NOW + timedelta(seconds=SCOPES["sign_in"].seconds), tick=False)
    check("sign_in", _request())


def test_a_person_is_stopped_wherever_they_are():
    clara = a_person("clara@example.com")
    for number in range(SCOPES["booking"].by_person):
        check("booking", _request(f"203.0.113.{number}", clara))
    with pytest.raises(TooManyRequests):
        check("booking", _request("198.51.100.1", clara))
    check("booking", _request("198.51.100.1", a_person("otto@example.com")))


def test_a_v6_network_is_one_visitor():
    for number in range(SCOPES["contact"].by_address):
        check("contact", _request(f"2001:db8:1:2::{number:x}"))
    with pytest.raises(TooManyRequests):
        check("contact", _request("2001:db8:1:2:ffff::1"))
    check("contact", _request("2001:db8:1:3::1"))


def test_forged_forwarding_is_no_way_round():
    page = None
    for number in range(SCOPES["contact"].by_address + 1):
        page = Visitor().post(
            reverse("marketplace:contact"),
            {"name": "N", "email": "n@example.com", "message": "M"},
            **{"X-Forwarded-For": f"203.0.113.{number}"},
        )
    assert page is not None and page.status == 429


def test_nobody_can_be_read_from_the_counts():
    check("search", _request(user=a_person("clara@example.com")))
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM web_requestcount")
        kept = " ".join(key for (key,) in cursor.fetchall())
    assert len(kept.split()) == 2
    assert "203.0.113.5" not in kept and "search" not in kept


# --- What it answers -------------------------------------------------------------------------------


def _visits() -> dict[str, tuple[str, str, dict[str, str]]]:
    """Scope → a request that counts in it, refused by `few`."""
    world = a_world()
    details = reverse("bookings:details", args=[world.shop.slug, world.manicure.slug])
    held = a_booking(world, berlin(3, "10:00"), is_guest=True)
    member = world.ayla
    return {
        "sign_in": ("post", reverse("account_login"), {"login": "clara@example.com", "password": "wrong"}),
        "sign_up": ("post", reverse("account_signup"), {"first_name": "N", "email": "n@example.com", "password1": "x"}),
        "mail": ("post", reverse("bookings:resend", args=[held.token]), {}),
        "booking": ("post", details, {"start": ""}),
        "search": ("get", reverse("marketplace:search"), {"where": "Berlin"}),
        "contact": ("post", reverse("marketplace:contact"), {"name": "N", "email": "n@example.com", "message": "M"}),
        "guessing": ("get", reverse("bookings:show", args=["x" * 32]), {}),
        "invitations": ("post", reverse("manage:invite", args=[world.shop.slug, member.pk]), {"email": "nobody"}),
        "import": ("post", reverse("manage:clients_import", args=[world.shop.slug]), {}),
    }


@pytest.mark.parametrize("scope", sorted(set(SCOPES) - {"api", "guest_mail"}))
def test_each_is_a_friendly_page_that_says_when_to_come_back(scope, monkeypatch):
    visits = _visits()
    method, url, data = visits[scope]
    owner = scope in {"invitations", "import"}
    from beautydrop.shops.models import Shop

    visitor = Visitor(Shop.objects.get().client.user if owner else None)
    monkeypatch.setitem(limits.SCOPES, scope, limits.Scope(600, by_address=2, by_person=2))
    pages = [getattr(visitor, method)(url, data) for _time in range(3)]
    assert [page.status == 429 for page in pages] == [False, False, True]
    refused = pages[-1]
    assert refused.response.headers["Retry-After"] == "600"
    assert refused.h1 == "That was a lot at once"
    assert "Wait 10 minutes, then try again." in refused.text
    by_htmx = getattr(visitor, method)(url, data, **{"HX-Request": "true"})
    assert by_htmx.status == 429 and by_htmx.response.headers["Retry-After"] == "600"
    assert "Wait 10 minutes" in by_htmx.text


def test_looking_at_the_forms_counts_as_nothing(monkeypatch):
    for scope in SCOPES:
        monkeypatch.setitem(limits.SCOPES, scope, limits.Scope(600, by_address=0, by_person=0))
    world = a_world()
    for url in (
        reverse("account_login"),
        reverse("account_signup"),
        reverse("account_reset_password"),
        reverse("marketplace:contact"),
        reverse("marketplace:shop", args=[world.shop.slug]),
        reverse("bookings:when", args=[world.shop.slug, world.manicure.slug]),
    ):
        assert Visitor().get(url).status == 200, url


def test_a_known_link_opens_whatever_the_neighbours_guess():
    world = a_world()
    booking = a_booking(world, berlin(4, "10:00"))
    for number in range(SCOPES["guessing"].by_address + 1):
        page = Visitor().get(reverse("bookings:show", args=[f"{number:032}"]))
    assert page.status == 429
    assert Visitor().get(reverse("bookings:show", args=[booking.token])).status == 200


def test_allauths_own_limits_show_the_same_page(settings):
    settings.ACCOUNT_RATE_LIMITS = {"reset_password": "1/m/ip"}
    a_person("clara@example.com")
    first, second = (
        Visitor().post(reverse("account_reset_password"), {"email": "clara@example.com"}) for _time in range(2)
    )
    assert (first.status, second.status) == (302, 429)
    assert second.h1 == "That was a lot at once"
    assert second.response.headers["Retry-After"] == "60"


def test_the_words_are_in_the_visitors_language():
    with mock.patch.dict(limits.SCOPES, {"search": limits.Scope(600, by_address=0, by_person=0)}):
        page = Visitor().get(reverse("marketplace:search"), **{"Accept-Language": "de"})
    assert page.status == 429 and "Versuch" in page.text or page.h1 != "That was a lot at once"


# --- Out of the way --------------------------------------------------------------------------------


def test_a_salon_with_twenty_people_at_one_address_meets_no_limit():
    """In ten minutes each signs in, searches twelve times in a minute, and books three times for clients."""
    world = a_world()
    people = [a_person(f"person-{number}@example.com") for number in range(20)]
    for person in people:
        check("sign_in", _request())
        for _time in range(12):
            check("search", _request(user=person))
        for _time in range(3):
            check("booking", _request(user=person))
        check("mail", _request(user=person))
        check("invitations", _request(user=person))
    assert world.shop


def test_it_costs_one_query(settings):
    world = a_world()
    client = Client()
    client.force_login(world.customer.user)
    url = reverse("marketplace:search") + "?where=Berlin"
    client.get(url)

    def queries() -> int:
        with CaptureQueriesContext(connection) as sent:
            assert client.get(url).status_code == 200
        # A test is a transaction, where a failure of the counting must not spoil the rest.
        return sum("SAVEPOINT" not in query["sql"] for query in sent.captured_queries)

    with_limits = queries()
    settings.RATE_LIMITS_ENABLED = False
    assert with_limits == queries() + 1


def test_booking_as_a_guest_costs_two_queries(settings):
    """One for who books, and one for the mailbox that gets a mail."""
    world = a_world()
    details = reverse("bookings:details", args=[world.shop.slug, world.manicure.slug])
    counts = []
    for clock, is_on in (("10:15", True), ("11:15", False)):
        settings.RATE_LIMITS_ENABLED = is_on
        start = f"2026-12-03T{int(clock[:2]) - 1}:15Z".replace("T9:", "T09:")
        with CaptureQueriesContext(connection) as sent:
            response = Client().post(
                details,
                {"start": start, "name": "Gita", "email": f"gita-{clock[:2]}@example.com", "form_token": f"t-{clock}"},
            )
        assert response.status_code == 302
        counts.append(sum("SAVEPOINT" not in query["sql"] for query in sent.captured_queries))
    assert counts[0] == counts[1] + 2


def test_a_strangers_mailbox_is_not_filled():
    """Whoever asks, and from wherever: a handful of mails an hour; what was typed waits in the form."""
    world = a_world()
    details = reverse("bookings:details", args=[world.shop.slug, world.manicure.slug])
    most = SCOPES["guest_mail"].by_target
    statuses = []
    for number in range(most + 1):
        visitor = Visitor(REMOTE_ADDR=f"203.0.113.{number}")
        start = f"2026-12-{3 + number // 3:02}T{10 + number % 3 * 2}:15Z"
        data = {
            "start": start,
            "name": "Gita",
            "email": "Victim@example.com",
            "note": "Nuts",
            "form_token": f"t-{number}",
        }
        statuses.append(visitor.post(details, data).status)
    assert statuses == [302] * most + [429]
    assert visitor.get(details, {"start": start}).form("/details/").values["note"] == ["Nuts"]
    other = visitor.post(details, {**data, "email": "other@example.com"})
    assert other.status == 302


def test_switched_off_it_does_nothing(settings):
    settings.RATE_LIMITS_ENABLED = False
    with mock.patch.object(counting, "hit") as hit:
        for _time in range(SCOPES["contact"].by_address + 5):
            check("contact", _request())
    hit.assert_not_called()


# --- When it is broken -----------------------------------------------------------------------------


def test_without_its_table_the_site_goes_on(caplog):
    a_person("clara@example.com")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE web_requestcount RENAME TO web_gone")
    try:
        visitor = Visitor()
        page = visitor.submit(visitor.get("/account/login/"), "Sign in", login="clara@example.com", password=PASSWORD)
        assert page.h1 == "Your bookings"
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE web_gone RENAME TO web_requestcount")
    assert "Cannot count requests, so none is refused: ProgrammingError" in caplog.text


def test_a_dead_redis_refuses_nobody_and_is_not_asked_each_time(settings, caplog, monkeypatch):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(counting, "_paused_until", 0.0)
    for _time in range(SCOPES["contact"].by_address + 5):
        check("contact", _request())
    assert caplog.text.count("Cannot count requests") == 1
    counting._client.cache_clear()
    monkeypatch.setattr(counting, "_paused_until", 0.0)


def test_a_failing_database_refuses_nobody(caplog):
    with mock.patch.object(counting, "_in_database", side_effect=DatabaseError("down")):
        check("contact", _request())
    assert timezone.now() == NOW
    assert "Cannot count requests" in caplog.text


def test_signing_in_works_while_redis_is_dead(settings, caplog, monkeypatch):
    """allauth keeps its own counts in the cache, and asks it at each sign-in."""
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.CACHES = {
        "default": {"BACKEND": "beautydrop.web.caching.ForgivingRedisCache", "LOCATION": settings.REDIS_URL}
    }
    monkeypatch.setattr(counting, "_paused_until", 0.0)
    a_person("clara@example.com")
    visitor = Visitor()
    page = visitor.submit(visitor.get("/account/login/"), "Sign in", login="clara@example.com", password=PASSWORD)
    assert page.h1 == "Your bookings"
    assert "The cache does not answer: ConnectionError" in caplog.text
    counting._client.cache_clear()
    monkeypatch.setattr(counting, "_paused_until", 0.0)
