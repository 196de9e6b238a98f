"""gunicorn over HTTP on loopback: rates, waiting times, and the race for one slot.

The client is small on purpose, because it shares the machine with the server: raw sockets, one thread each. It
keeps a connection as long as the server does (gunicorn's sync workers close each after its answer).
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings

from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import LIVE
from beautydrop.marketplace.bench import bare
from beautydrop.marketplace.bench.inside import details_url, form, free_places, when_url
from beautydrop.marketplace.bench.report import Gate, Row
from beautydrop.marketplace.bench.world import World
from beautydrop.scheduling.models import TimeSlot

CLIENTS, RACERS = 8, 32
_START_SECONDS, _ANSWER_SECONDS = 30, 30


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, all cookies it set, the body, and how long it took in milliseconds."""

    status: int
    cookies: dict[str, str]
    body: bytes
    took: float


class Browser:
    """One keep-alive connection and its cookies."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self._socket: socket.socket | None = None

    def get(self, url: str) -> Answer:
        return self._ask(f"GET {url} HTTP/1.1\r\n{self._headers()}\r\n".encode())

    def post(self, url: str, data: dict[str, str]) -> Answer:
        token = self.cookies[settings.CSRF_COOKIE_NAME]
        body = urlencode(data | {"csrfmiddlewaretoken": token}).encode()
        head = f"POST {url} HTTP/1.1\r\n{self._headers()}Content-Type: application/x-www-form-urlencoded\r\n"
        return self._ask(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def _headers(self) -> str:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = f"Host: 127.0.0.1:{self.port}\r\nAccept-Language: en\r\nConnection: keep-alive\r\n"
        return lines + (f"Cookie: {cookies}\r\n" if cookies else "")

    def _ask(self, request: bytes) -> Answer:
        start = time.perf_counter()
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=_ANSWER_SECONDS)
        self._socket.sendall(request)
        head, body, stays_open = _read(self._socket)
        if not stays_open:
            self._socket.close()
            self._socket = None
        took = (time.perf_counter() - start) * 1000
        cookies = dict(re.findall(r"(?im)^set-cookie: ([^=]+)=([^;\r]*)", head))
        self.cookies |= cookies
        return Answer(int(head.split(" ", 2)[1]), cookies, body, took)


def _read(source: socket.socket) -> tuple[str, bytes, bool]:
    """Head and body of one answer, and whether the connection stays open."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(source)
    raw, _gap, body = data.partition(b"\r\n\r\n")
    head = raw.decode("latin-1")
    length = re.search(r"(?im)^content-length: (\d+)", head)
    if length is None:
        while chunk := source.recv(65_536):
            body += chunk
        return head, body, False
    while len(body) < int(length[1]):
        body += _more(source)
    return head, body, not re.search(r"(?im)^connection: close", head)


def _more(source: socket.socket) -> bytes:
    chunk = source.recv(65_536)
    if not chunk:
        raise ConnectionError("The server closed the connection in the middle of an answer.")
    return chunk


@contextmanager
def gunicorn(application: str = "beautydrop.wsgi") -> Iterator[int]:
    """A server with two sync workers on a free loopback port; yields the port. Ended by its process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    log = tempfile.TemporaryFile()  # noqa: SIM115  (closed below; each lost race is a line in it)
    server = subprocess.Popen(
        [*command, "--worker-class", "sync", "--log-level", "error", "--graceful-timeout", "3"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"SITE_URL": f"http://127.0.0.1:{port}"},
        stderr=log,
    )
    try:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                Browser(port).get("/favicon.ico")
                break
            except OSError as error:
                if server.poll() is not None or time.monotonic() > deadline:
                    log.seek(0)
                    words = log.read().decode(errors="replace")[-2000:]
                    raise RuntimeError(f"gunicorn did not start:\n{words}") from error
                time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        log.close()


def rows(world: World, *, requests: int, races: int) -> Iterator[Row]:
    """All of them: `requests` a row, `races` rounds at one slot each."""
    ground = _bare(requests)
    yield ground
    with gunicorn() as port:
        day = (world.today + timedelta(days=3)).isoformat()
        url = when_url(world.one, day=day)
        answers, seconds = _load(lambda browser, _number: browser.get(url), port, requests)
        gate = Gate(p95=60, rate=450)
        row = _row(f"HTTP, {CLIENTS} clients: times of a day", answers, seconds, gate, expected=200)
        yield replace(row, bare=ground.p50)
        yield replace(_bookings(world, port, requests), bare=ground.p50)
        yield _race(world, port, races)


def _bare(requests: int) -> Row:
    with gunicorn(f"{bare.__name__}:application()") as port:
        answers, seconds = _load(lambda browser, _number: browser.get(bare.URL), port, requests)
    return _row(f"HTTP, {CLIENTS} clients: bare view, one query", answers, seconds, Gate(), expected=200)


def _bookings(world: World, port: int, requests: int) -> Row:
    """Each client books with a person of its own, one time after the other."""
    url = details_url(world.eight)
    by_person: dict[str, list[str]] = {}
    for place, opening in free_places(world.eight, days=110):
        by_person.setdefault(str(opening.performer.staff.pk), []).append(place)
    queues = list(by_person.values())[:CLIENTS]

    def book(browser: Browser, number: int) -> Answer:
        queue = queues[number % CLIENTS]
        if not browser.cookies:
            browser.get(f"{url}?start={queue[0]}")
        return browser.post(url, form(queue.pop(0), f"load-{number}"))

    answers, seconds = _load(book, port, min(requests, CLIENTS * min(len(queue) for queue in queues)))
    return _row(f"HTTP, {CLIENTS} clients: booking POST", answers, seconds, Gate(p95=60, rate=220), expected=302)


def _race(world: World, port: int, rounds: int) -> Row:
    """All racers send their POST for the very same start and person at once."""
    url = details_url(world.one)
    times: list[float] = []
    failures: list[str] = []
    places = free_places(world.one, days=110)[-rounds:]
    for number, (place, opening) in enumerate(places):
        racers = [Browser(port) for _unused in range(RACERS)]
        line = threading.Barrier(RACERS)

        def run(racer: Browser, email: str, place: str = place, line: threading.Barrier = line) -> Answer:
            racer.get(f"{url}?start={place}")
            line.wait(_ANSWER_SECONDS)
            return racer.post(url, form(place, email))

        with ThreadPoolExecutor(RACERS) as pool:
            emails = [f"race-{number}-{n}" for n in range(RACERS)]
            answers = list(pool.map(run, racers, emails))
        times += [answer.took for answer in answers]
        failures += _race_failures(answers, opening.performer.staff.pk, opening.start)
    return Row(
        f"HTTP, {RACERS} clients at one slot",
        times,
        Gate(p99=200),
        note=f"{rounds} rounds: exactly one booking each, every other 409 with free times",
        failure="; ".join(sorted(set(failures))),
    )


def _race_failures(answers: Sequence[Answer], staff_id: uuid.UUID, start: datetime) -> list[str]:
    failures = []
    statuses = sorted(answer.status for answer in answers)
    if statuses != [302] + [409] * (RACERS - 1):
        failures.append(f"the race ended in {statuses}")
    if any(b'name="start" value="' not in answer.body for answer in answers if answer.status == 409):
        failures.append("a loser was offered no other time")
    bookings = Booking.objects.filter(staff_member=staff_id, starts_at=start, status__in=LIVE).count()
    claims = TimeSlot.objects.filter(staff_member=staff_id, start_at=start).count()
    if (bookings, claims) != (1, 1):
        failures.append(f"one slot has {bookings} bookings and {claims} claims")
    return failures


def _load(ask: Callable[[Browser, int], Answer], port: int, requests: int) -> tuple[list[Answer], float]:
    """`requests` answers to CLIENTS clients that ask one after the other, and how many seconds that took."""
    each = requests // CLIENTS
    line = threading.Barrier(CLIENTS + 1)

    def run(number: int) -> list[Answer]:
        browser = Browser(port)
        ask(browser, number)  # connects, and signs cookies
        line.wait(_ANSWER_SECONDS)
        return [ask(browser, number) for _unused in range(each - 1)]

    with ThreadPoolExecutor(CLIENTS) as pool:
        running = [pool.submit(run, number) for number in range(CLIENTS)]
        line.wait(_ANSWER_SECONDS)
        start = time.perf_counter()
        answers = [answer for one in running for answer in one.result()]
        return answers, time.perf_counter() - start


def _row(name: str, answers: Sequence[Answer], seconds: float, gate: Gate, *, expected: int) -> Row:
    strange = sorted({answer.status for answer in answers} - {expected})
    return Row(
        name,
        [answer.took for answer in answers],
        gate,
        rate=len(answers) / seconds,
        failure=f"answers with status {strange}" if strange else "",
    )
