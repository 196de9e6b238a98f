"""Pages, engine and queries, timed in this process."""

import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from beautydrop.availability import Ask, Window, free_starts
from beautydrop.bookings.choosing import iso
from beautydrop.marketplace import search as finding
from beautydrop.marketplace.bench import bare
from beautydrop.marketplace.bench.report import Gate, Row, percentile
from beautydrop.marketplace.bench.world import BERLIN, World
from beautydrop.scheduling import openings
from beautydrop.shops.models import Service
from beautydrop.web import warm

_WARM_UP, _AT_LEAST = 3, 10
# Statements that open and close transactions are round trips, but no queries.
_TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")


class Clock:
    """Times things: `times` repetitions each, fewer when that takes longer than `seconds`."""

    def __init__(self, times: int, seconds: float) -> None:
        self.times, self.seconds = times, seconds
        self._bare = bare.client()

    def ground(self) -> Row:
        """The bare view itself."""
        return self.row("bare view, one query", lambda: self._bare.get(bare.URL), Gate(), queries=1)

    def row(
        self, name: str, action: Callable[[], object], gate: Gate, *, queries: int | None = None, note: str = ""
    ) -> Row:
        """`action`, with the bare view timed between its repetitions, so that both meet the same machine."""
        if queries is None:
            queries = counted(action)
        for _unused in range(_WARM_UP):
            action()
            self._bare.get(bare.URL)
        took: list[float] = []
        cpu: list[float] = []
        ground: list[float] = []
        deadline = time.perf_counter() + self.seconds
        while len(took) < self.times and (len(took) < _AT_LEAST or time.perf_counter() < deadline):
            wall, own = _timed(action)
            took.append(wall)
            cpu.append(own)
            ground.append(_timed(lambda: self._bare.get(bare.URL))[0])
        return Row(name, took, gate, queries, note=note, cpu=percentile(cpu, 50), bare=percentile(ground, 50))


def _timed(action: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds on the clock, and of this process's CPU."""
    start, own = time.perf_counter(), time.process_time()
    action()
    return (time.perf_counter() - start) * 1000, (time.process_time() - own) * 1000


def counted(action: Callable[[], object]) -> int:
    """How many queries `action` sends, those that open and close transactions apart."""
    with CaptureQueriesContext(connection) as queries:
        action()
    return sum(not query["sql"].startswith(_TRANSACTION) for query in queries.captured_queries)


def booking_rows(world: World, clock: Clock) -> Iterator[Row]:
    """From the engine to the booking, one by one."""
    warm.up()  # as gunicorn's workers are
    yield clock.ground()
    yield _engine(clock)
    yield from _choosing(world, clock)
    yield from _booking(world, clock)


def other_rows(world: World, clock: Clock) -> Iterator[Row]:
    """What leads to a booking, what comes after it, and what the salon works with."""
    yield from _marketplace(world, clock)
    yield from _own(world, clock)
    yield from _salon(world, clock)


def _engine(clock: Clock) -> Row:
    """30 days of ten hours, 200 claims, a quarter-hour grid."""
    dice = Random(1)
    windows = [Window(day * 1440 + 540, day * 1440 + 1140, 15) for day in range(30)]
    starts = [dice.randrange(30 * 1440) for _unused in range(200)]
    busy = [(start, start + dice.choice((30, 45, 60))) for start in starts]
    ask = Ask(50, 0, 10, earliest=0, latest=30 * 1440)
    name = "engine: 30 days, 200 claims, 15-minute grid"
    return clock.row(name, lambda: free_starts(windows, busy, ask), Gate(p50=0.4), queries=0)


# --- Choosing -------------------------------------------------------------------------------------


def when_url(service: Service, **query: str) -> str:
    url = reverse("bookings:when", args=[service.shop.slug, service.slug])
    return url + ("?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else "")


def details_url(service: Service) -> str:
    return reverse("bookings:details", args=[service.shop.slug, service.slug])


def _choosing(world: World, clock: Clock) -> Iterator[Row]:
    day = (world.today + timedelta(days=3)).isoformat()
    gate = Gate(p50=8, p95=15, queries=5, pinned=4)
    yield _page(clock, "times of a day, 6 people: page", when_url(world.one, day=day), gate)
    slots = when_url(world.one, day=day, region="slots")
    yield _page(clock, "times of a day, 6 people: fragment", slots, gate, is_htmx=True)

    def two_weeks() -> None:
        first = world.today + timedelta(days=1)
        service = Service.objects.select_related("shop").get(pk=world.one.pk)
        loaded = openings.load(service, now=timezone.now(), first=first, last=first + timedelta(days=13))
        for ahead in range(14):
            loaded.starts_on(first + timedelta(days=ahead))

    yield clock.row("14 days with counts, 6 people", two_weeks, Gate(p50=20, p95=40, queries=5, pinned=4))

    def next_free() -> None:
        if not openings.next_free(world.full, now=timezone.now()):
            raise RuntimeError("The full salon should be free after its last full day.")

    name = f"next free time after {world.days} full days, 6 people"
    yield clock.row(name, next_free, Gate(p50=15, queries=4, pinned=3))
    yield _page(clock, "a full week with the next free time: page", when_url(world.full), Gate(p50=15, pinned=5))


# --- Booking --------------------------------------------------------------------------------------


def free_places(service: Service, *, days: int, frm: int = 1) -> list[tuple[str, openings.Opening]]:
    """Openings that do not touch each other, at most one a person and day: (form value, opening)."""
    first = timezone.now().date() + timedelta(days=frm)
    loaded = openings.load(service, now=timezone.now(), first=first, last=first + timedelta(days=days - 1))
    found = []
    for ahead in range(days):
        for performer in loaded.performers:
            for opening in loaded.on(first + timedelta(days=ahead), performer.staff.pk)[:1]:
                found.append((f"{iso(opening.start)}/{performer.staff.pk}", opening))
    return found


def form(place: str, number: object) -> dict[str, str]:
    return {
        "start": place,
        "name": "Gita Guest",
        "email": f"guest-{number}@bench.example",
        "form_token": uuid.uuid4().hex,
    }


def _booking(world: World, clock: Clock) -> Iterator[Row]:
    places = iter(free_places(world.one, days=80, frm=5))
    url = details_url(world.one)
    place, _opening = next(places)
    yield _page(clock, "details of a chosen time: page", f"{url}?start={place}", _any_page(4))
    guest, signed_in = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    signed_in.force_login(world.customer)
    for name, client, pinned in (("booking as a guest: POST", guest, 14), ("booking signed in: POST", signed_in, 17)):
        client.get(f"{url}?start={place}")
        token = client.cookies[settings.CSRF_COOKIE_NAME].value

        def book(client: Client = client, token: str = token) -> None:
            chosen, _opening = next(places)
            data = form(chosen, "inside") | {"csrfmiddlewaretoken": token}
            response = client.post(url, data)
            if response.status_code != 302:
                raise RuntimeError(f"A booking answered {response.status_code}.")

        yield clock.row(name, book, Gate(p50=12, p95=25, queries=14, pinned=pinned))


# --- Finding --------------------------------------------------------------------------------------


def _marketplace(world: World, clock: Clock) -> Iterator[Row]:
    soon = world.today + timedelta(days=2)
    while soon.weekday() == 6:  # closed on Sundays
        soon += timedelta(days=1)
    search = reverse("marketplace:search")
    near = f"{search}?lat={BERLIN[0]}&lng={BERLIN[1]}&date={{}}&part=evening"
    yield _page(clock, "home", reverse("marketplace:home"), _any_page(7))
    shop_url = reverse("marketplace:shop", args=[world.one.shop.slug])
    yield _page(clock, "a salon's page", shop_url, _any_page(7))
    yield _page(clock, "search, a city, any day: page", f"{search}?where=Berlin", _any_page(7))
    gate = Gate(p95=60, queries=6, pinned=7)
    yield _page(clock, "search near me, an evening: page", near.format(soon), gate)
    worst = Gate(p50=200, pinned=20)
    yield _page(clock, "search near me, nothing free: page", near.format(world.crowded_day), worst)
    query = finding.Query(latitude=BERLIN[0], longitude=BERLIN[1], day=soon, part="evening")
    count = len(finding.candidates(query))

    def candidates() -> None:
        finding.candidates(query)

    yield clock.row(f"search near me: SQL of {count} candidates", candidates, Gate(p50=3, pinned=1))


def _own(world: World, clock: Clock) -> Iterator[Row]:
    client = Client()
    client.force_login(world.customer)
    yield _page(clock, "my bookings", reverse("bookings:mine"), _any_page(5), client=client)
    booking = world.customer.customer.bookings.order_by("-starts_at").first()
    assert booking is not None
    yield _page(clock, "a booking's page", reverse("bookings:show", args=[booking.token]), _any_page(1))


def _salon(world: World, clock: Clock) -> Iterator[Row]:
    """The owner's day of 12 people and 200 bookings: the page, and the part that an open page asks for again."""
    owner = Client()
    owner.force_login(world.owner)
    url = reverse("manage:day", args=[world.twelve.slug]) + f"?date={world.today + timedelta(days=1)}"
    shown = owner.get(url).content.count(b'<li class="b ')
    if shown != 200:
        raise RuntimeError(f"The owner's day shows {shown} bookings instead of 200.")
    page, part = Gate(p95=60, queries=8, pinned=8), Gate(p95=60, queries=8, pinned=7)
    yield _page(clock, "the owner's day, 200 bookings: page", url, page, client=owner)
    yield _page(
        clock, "the owner's day, 200 bookings: refreshed", f"{url}&region=grid", part, client=owner, is_htmx=True
    )


def _any_page(pinned: int) -> Gate:
    return Gate(p95=60, pinned=pinned)


def _page(clock: Clock, name: str, url: str, gate: Gate, *, client: Client | None = None, is_htmx: bool = False) -> Row:
    """A GET through all middleware, compressed as for a browser."""
    asking = client or Client()
    headers = {"Accept-Encoding": "gzip", "Accept-Language": "en"}
    if is_htmx:
        headers["HX-Request"] = "true"

    def get() -> None:
        response = asking.get(url, headers=headers)
        if response.status_code != 200:
            raise RuntimeError(f"{url} answered {response.status_code}.")

    size = len(asking.get(url, headers=headers).content) / 1024
    return clock.row(name, get, gate, note=f"{size:.1f} KB compressed")
