"""Guests who book, confirm, move and cancel over HTTP, try again when nobody answers, and remember each answer."""

import http.client
import random
import re
import threading
import time
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from urllib.parse import urlencode, urlsplit

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from beautydrop.bookings.messages.keys import confirm_key
from beautydrop.bookings.models import Booking
from beautydrop.shops.models import StaffMember
from tests.factories import BERLIN, World, a_booking
from tests.faults.sink import Sink

LIMIT_SECONDS = 90
_CSRF = "f" * 32


@dataclass
class Told:
    """What one guest was told, step by step: each was answered, so each must be stored, and nothing else."""

    email: str
    form_token: str
    token: str = ""
    is_confirmed: bool = False
    is_cancelled: bool = False
    moves: list[tuple[datetime, object]] = field(default_factory=list)
    at: tuple[datetime, object] | None = None


@dataclass
class Crowd:
    """`count` guests, some at once. `told` is in no order; `faults` are answers that nobody should get."""

    world: World
    sink: Sink
    port: int
    seed: int
    count: int
    at_once: int = 8
    told: list[Told] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    refusals: int = 0
    retries: int = 0
    answers: int = 0
    by_mail: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        threads = [threading.Thread(target=self._guests, args=(n,), daemon=True) for n in range(self.at_once)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _guests(self, first: int) -> None:
        try:
            for number in range(first, self.count, self.at_once):
                self._guest(number, random.Random(f"{self.seed}-{number}"))
        except Exception as error:
            self.faults.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    def _guest(self, number: int, chance: random.Random) -> None:
        told = Told(f"guest-{number}@example.com", f"form-{self.seed}-{number}")
        self.told.append(told)
        while not told.token:
            if not self._book(told, chance):
                told.form_token += "x"
        if chance.random() < 0.06:
            return  # never confirms
        self._confirm(told)
        for _move in range(chance.choice([0, 0, 1, 1, 2])):
            self._move(told, chance)
        if chance.random() < 0.35:
            self._cancel(told)

    def _book(self, told: Told, chance: random.Random) -> bool:
        shop, service = self.world.shop, self.world.manicure
        start, staff = self._some_time(chance)
        form = {"start": _value(start, staff), "form_token": told.form_token, "name": "Gita Guest", "email": told.email}
        status, location = self._post(reverse("bookings:details", args=[shop.slug, service.slug]), form)
        if status == 302 and (found := re.fullmatch(r"/b/([\w-]+)/", location)):
            told.token, told.at = found[1], (start, staff.pk)
            return True
        self._refused(status, f"booking: {location}")
        assert not Booking.objects.filter(contact_email=told.email).exists(), "refused, and booked"
        return False

    def _confirm(self, told: Told) -> None:
        """By the link in the mail if it comes soon; a killed worker may hold it, and the guest finds another way."""
        path, deadline = "", time.monotonic() + 4
        while not path and time.monotonic() < deadline:
            for one in self.sink.of(told.email):
                if found := re.search(r"https?://\S+/confirm/\S+", one.text):
                    path = urlsplit(found[0]).path
            time.sleep(0.05)
        if path:
            self.by_mail += 1
        else:
            booking = Booking.objects.get(token=told.token)
            path = reverse("bookings:confirm", args=[booking.token, confirm_key(booking)])
        status, location = self._post(path, {})
        assert (status, location) == (302, f"/b/{told.token}/"), f"confirming: {status} {location}"
        told.is_confirmed = True

    def _move(self, told: Told, chance: random.Random) -> None:
        start, staff = self._some_time(chance)
        status, location = self._post(reverse("bookings:change", args=[told.token]), {"start": _value(start, staff)})
        if status != 302:
            self._refused(status, f"moving: {location}")
        elif told.at != (start, staff.pk):
            told.at = (start, staff.pk)
            told.moves.append(told.at)

    def _cancel(self, told: Told) -> None:
        status, location = self._post(reverse("bookings:cancel", args=[told.token]), {"reason": ""})
        assert (status, location) == (302, f"/b/{told.token}/"), f"cancelling: {status} {location}"
        told.is_cancelled = True

    def _some_time(self, chance: random.Random) -> tuple[datetime, StaffMember]:
        day = date.today() + timedelta(days=chance.randrange(4, 60))
        if day.weekday() == 6:
            day += timedelta(days=1)
        start = datetime(day.year, day.month, day.day, chance.randrange(10, 17), chance.choice([0, 15]), tzinfo=BERLIN)
        return start, chance.choice([self.world.mina, self.world.ayla])

    def _refused(self, status: int, what: str) -> None:
        with self._lock:
            self.refusals += 1
            if status != 409:
                self.faults.append(f"{status} for {what}")

    def _post(self, path: str, form: dict[str, str]) -> tuple[int, str]:
        """Status and where it leads; asked again, with the same form, for as long as nobody answers."""
        deadline = time.monotonic() + LIMIT_SECONDS
        body = urlencode({**form, "csrfmiddlewaretoken": _CSRF})
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"csrftoken={_CSRF}"}
        while True:
            http_connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            try:
                http_connection.request("POST", path, body, headers)
                answer = http_connection.getresponse()
                answer.read()
                with self._lock:
                    self.answers += 1
                return answer.status, urlsplit(answer.headers.get("Location", "")).path
            except (OSError, http.client.HTTPException):
                with self._lock:
                    self.retries += 1
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            finally:
                http_connection.close()


def a_start(hour: int) -> datetime:
    """That hour of a working day, a week or so from now by the real clock."""
    day = timezone.now().astimezone(BERLIN).replace(hour=hour, minute=0, second=0, microsecond=0)
    day += timedelta(days=7)
    return day + timedelta(days=1) if day.weekday() == 6 else day


def book(world: World, hour: int = 12) -> Booking:
    """Clara's booking, made now."""
    return a_booking(world, a_start(hour), now=timezone.now())


def _value(start: datetime, staff: StaffMember) -> str:
    return f"{start.astimezone(tz=None).isoformat()}/{staff.pk}"


def assert_stored(told: list[Told]) -> None:
    """Each answer is stored, and what nobody asked for did not happen."""
    bookings = {one.contact_email: one for one in Booking.objects.prefetch_related("events")}
    assert len(bookings) == Booking.objects.count(), "a form that was sent again booked again"
    assert set(bookings) == {one.email for one in told}
    for one in told:
        booking = bookings[one.email]
        assert booking.token == one.token
        expected = "cancelled" if one.is_cancelled else "confirmed" if one.is_confirmed else "pending"
        assert (booking.status, (booking.starts_at, booking.staff_member_id)) == (expected, one.at)
        events = sorted(booking.events.all(), key=lambda event: event.pk)
        assert [event.to_start for event in events if event.kind == "moved"] == [start for start, _who in one.moves]
        steps = ["pending"] + ["confirmed"] * one.is_confirmed + ["cancelled"] * one.is_cancelled
        assert [event.to_status for event in events if event.kind != "moved"] == steps
