"""Pages, engine and queries, timed in this process."""

import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
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
from beautydrop.marketplace.bench.report import Gate, Row
from beautydrop.marketplace.bench.world import BERLIN, World
from beautydrop.scheduling import openings
from beautydrop.shops.models import Service

_WARM_UP = 5
# Statements that open and close transactions are round trips, but no queries.
_TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")


def measured(action: Callable[[], object], times: int) -> list[float]:
    """Milliseconds of each of `times` repetitions, after a few that are not counted."""
    for _unused in range(_WARM_UP):
        action()
    found = []
    for _unused in range(times):
        start = time.perf_counter()
        action()
        found.append((time.perf_counter() - start) * 1000)
    return found


def counted(action: Callable[[], object]) -> int:
    """How many queries `action` sends, those that open and close transactions apart."""
    with CaptureQueriesContext(connection) as queries:
        action()
    return sum(not query["sql"].startswith(_TRANSACTION) for query in queries.captured_queries)


def rows(world: World, *, times: int) -> Iterator[Row]:
    """All of them, one by one; `times` repetitions each. The first is the bare view that others are compared to."""
    yield _bare(times)
    yield _engine(times)
    yield from _choosing(world, times)
    yield from _booking(world, times)
    yield from _marketplace(world, times)
    yield from _own(world, times)


# --- The ground -----------------------------------------------------------------------------------


def _bare(times: int) -> Row:
    with bare.alone:
        client = Client()
        return Row("bare view, one query", measured(lambda: client.get(bare.URL), times * 2), queries=1)


def _engine(times: int) -> Row:
    """30 days of ten hours, 200 claims, a quarter-hour grid."""
    dice = Random(1)
    windows = [Window(day * 1440 + 540, day * 1440 + 1140, 15) for day in range(30)]
    starts = [dice.randrange(30 * 1440) for _unused in range(200)]
    busy = [(start, start + dice.choice((30, 45, 60))) for start in starts]
    ask = Ask(50, 0, 10, earliest=0, latest=30 * 1440)
    found = measured(lambda: free_starts(windows, busy, ask), times * 5)
    return Row("engine: 30 days, 200 claims, 15-minute grid", found, Gate(p50=0.4), queries=0, is_page=False)


# --- Choosing -------------------------------------------------------------------------------------


def when_url(service: Service, **query: str) -> str:
    url = reverse("bookings:when", args=[service.shop.slug, service.slug])
    return url + ("?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else "")


def details_url(service: Service) -> str:
    return reverse("bookings:details", args=[service.shop.slug, service.slug])


def _choosing(world: World, times: int) -> Iterator[Row]:
    day = (world.today + timedelta(days=3)).isoformat()
    gate = Gate(p50=8, p95=15, queries=5, pinned=4)
    yield page_row("times of a day, 6 people: page", when_url(world.one, day=day), times, gate)
    slots = when_url(world.one, day=day, region="slots")
    yield page_row("times of a day, 6 people: fragment", slots, times, gate, htmx=True)

    def two_weeks() -> None:
        first = world.today + timedelta(days=1)
        service = Service.objects.select_related("shop").get(pk=world.one.pk)
        loaded = openings.load(service, now=timezone.now(), first=first, last=first + timedelta(days=13))
        for ahead in range(14):
            loaded.starts_on(first + timedelta(days=ahead))

    gate = Gate(p50=20, p95=40, queries=5, pinned=4)
    yield Row("14 days with counts, 6 people", measured(two_weeks, times), gate, counted(two_weeks))

    def next_free() -> None:
        if not openings.next_free(world.full, now=timezone.now()):
            raise RuntimeError("The full salon should be free after its last full day.")

    name = "next free time after full days, 6 people"
    yield Row(name, measured(next_free, times), Gate(p50=15, queries=4, pinned=3), counted(next_free))
    yield page_row("a full day with the next free time: page", when_url(world.full), times, Gate(p50=15, pinned=5))


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


def _booking(world: World, times: int) -> Iterator[Row]:
    places = iter(free_places(world.one, days=80, frm=5))
    url = details_url(world.one)
    place, _opening = next(places)
    yield page_row("details of a chosen time: page", f"{url}?start={place}", times, _page(4))
    guest, signed_in = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    signed_in.force_login(world.customer)
    for name, client, pinned in (("booking, guest", guest, 15), ("booking, signed in", signed_in, 19)):
        client.get(f"{url}?start={place}")
        token = client.cookies[settings.CSRF_COOKIE_NAME].value

        def book(client: Client = client, token: str = token) -> None:
            chosen, _opening = next(places)
            data = form(chosen, "inside") | {"csrfmiddlewaretoken": token}
            response = client.post(url, data)
            if response.status_code != 302:
                raise RuntimeError(f"A booking answered {response.status_code}.")

        queries = counted(book)
        gate = Gate(p50=12, p95=25, queries=14, pinned=pinned)
        yield Row(f"{name}: POST", measured(book, min(times, 60)), gate, queries)


# --- Finding --------------------------------------------------------------------------------------


def _marketplace(world: World, times: int) -> Iterator[Row]:
    soon, crowded = (world.today + timedelta(days=2)), world.crowded_day
    while soon.weekday() == 6:  # closed on Sundays
        soon += timedelta(days=1)
    search = reverse("marketplace:search")
    here = f"lat={BERLIN[0]}&lng={BERLIN[1]}"
    yield page_row("home", reverse("marketplace:home"), times, _page(7))
    yield page_row("salon's page", reverse("marketplace:shop", args=[world.one.shop.slug]), times, _page(6))
    yield page_row("search, a city, any day", f"{search}?where=Berlin", times, _page(7))
    found = Gate(p95=60, queries=6, pinned=7)
    near = f"{search}?{here}&date={{}}&part=evening"
    yield page_row("search near me, an evening: page", near.format(soon), times, found)
    worst = Gate(p50=200, pinned=20)
    yield page_row("search near me, nothing free: page", near.format(crowded), max(10, times // 5), worst)
    query = finding.Query(latitude=BERLIN[0], longitude=BERLIN[1], day=soon, part="evening")

    def candidates() -> None:
        finding.candidates(query)

    gate = Gate(p50=3, pinned=1)
    yield Row("search near me: SQL of candidates", measured(candidates, times), gate, counted(candidates))
    nothing = replace(query, day=crowded)

    def look(what: finding.Query = nothing) -> None:
        finding.search(what, now=timezone.now())

    name = "search near me, nothing free: without the page"
    yield Row(name, measured(look, max(10, times // 5)), worst, counted(look))


def _own(world: World, times: int) -> Iterator[Row]:
    client = Client()
    client.force_login(world.customer)
    yield page_row("my bookings", reverse("bookings:mine"), times, _page(5), client=client)
    booking = world.customer.customer.bookings.order_by("-starts_at").first()
    assert booking is not None
    yield page_row("a booking's page", reverse("bookings:show", args=[booking.token]), times, _page(1))


def _page(pinned: int) -> Gate:
    return Gate(p95=60, pinned=pinned)


def page_row(name: str, url: str, times: int, gate: Gate, *, client: Client | None = None, htmx: bool = False) -> Row:
    """A GET through all middleware, compressed as for a browser."""
    asked_by = client or Client()
    headers = {"Accept-Encoding": "gzip", "Accept-Language": "en"}
    if htmx:
        headers["HX-Request"] = "true"

    def get() -> None:
        response = asked_by.get(url, headers=headers)
        if response.status_code != 200:
            raise RuntimeError(f"{url} answered {response.status_code}.")

    queries = counted(get)
    size = len(asked_by.get(url, headers=headers).content) / 1024
    return Row(name, measured(get, times), gate, queries, note=f"{size:.1f} KB compressed")
