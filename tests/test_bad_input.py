"""Whatever is sent: a friendly page with the right status, no fault of ours, and no booking that should not be."""

import itertools
import os
import uuid
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from beautydrop.bookings.messages import keys
from beautydrop.bookings.models import Booking
from beautydrop.scheduling.models import TimeSlot
from beautydrop.shops import actions as shops
from tests import factories
from tests.factories import NOW, a_booking, a_world, berlin
from tests.pages import Visitor, mailed_link

pytestmark = pytest.mark.django_db

# As they stand in an address: lone surrogates, bytes that are no text, and NUL can only be written encoded.
ABSURD = [
    "",
    "%20",
    "%00",
    "a%00b",
    "%ED%A0%80",
    "%FF%FE",
    "%0D%0ASet-Cookie:%20a=b",
    *(
        quote(value)
        for value in (
            "%",
            "%s%n",
            "'; DROP TABLE shops_shop; --",
            '"><script>alert(1)</script>',
            "{{ 7*7 }}",
            "🦄",
            "\u202eabc\u2066",
            "ß",
            "İ",
            "٣",
            "１２",
            "-1",
            "0",
            "1",
            "1.5",
            "1e999",
            "nan",
            "inf",
            "-inf",
            "9" * 400,
            "None",
            "true",
            "foo",
            "[]",
            "../../etc/passwd",
            "//evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            "0001-01-01",
            "9999-12-31",
            "10000-01-01",
            "2026-02-29",
            "2028-02-29",
            "2026-13-45",
            "2026-W49-4",
            "20261203",
            "2026-12-03",
            "0001-01-01T00:00Z",
            "0001-01-01T00:00+14:00",
            "9999-12-31T23:59Z",
            "9999-12-31T23:59-14:00",
            "10000-01-01T00:00Z",
            "2026-02-29T10:00Z",
            "2026-12-03T25:61Z",
            "2026-12-03T09:15",
            "2026-12-03T09:15+99:99",
            "2026-12-03T09:15:30.123456Z",
            "2026-12-03T09:15Z/",
            "2026-12-03T09:15Z/foo",
            "2000-01-01T00:00Z",
            "2200-12-31T23:59Z",
            "00000000-0000-0000-0000-000000000000",
            "x" * 10_000,
        )
    ),
]
FRIENDLY = {200, 204, 302, 400, 404, 409, 422, 429}


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def _send(client: Client, method: str, path: str, query: str) -> Any:
    if method == "post":
        return client.generic("POST", path, query, content_type="application/x-www-form-urlencoded")
    return client.get(f"{path}?{query}")


def _check(response: Any, what: str) -> None:
    assert response.status_code in FRIENDLY, what
    body = b"" if response.streaming else response.content
    assert b"Traceback" not in body, what
    assert b"<script>alert" not in body, what
    if response.status_code == 302:
        target = urljoin("http://testserver/a/b/", response.headers["Location"])
        assert urlsplit(target).netloc == "testserver", (what, target)
    elif response.headers["Content-Type"].startswith("text/html") and b"<html" in body:
        assert body.count(b"<h1") == 1, what


class Site:
    """Every page with its parameters, for a stranger and for a customer."""

    def __init__(self) -> None:
        world = self.world = a_world()
        self.guests = a_booking(world, berlin(3, "10:00"), is_guest=True)
        self.own = a_booking(world, berlin(4, "10:00"))
        slug, service = world.shop.slug, world.manicure.slug
        held, own = self.guests.token, self.own.token
        chosen = {"start": "2026-12-03T13:00Z", "staff": str(world.mina.pk)}
        self.stranger = [
            ("get", reverse("marketplace:home"), {"where": "Berlin"}),
            (
                "get",
                reverse("marketplace:search"),
                {
                    "what": "Gel",
                    "where": "Berlin",
                    "date": "2026-12-03",
                    "part": "evening",
                    "lat": "52.5",
                    "lng": "13.4",
                    "radius": "5",
                    "max_price": "50",
                    "instant": "1",
                    "step_free": "1",
                    "sort": "soon",
                    "page": "2",
                    "region": "results",
                },
            ),
            ("get", reverse("marketplace:shop", args=[slug]), {"region": ""}),
            ("get", reverse("bookings:when", args=[slug, service]), {**chosen, "day": "2026-12-03", "region": "slots"}),
            ("get", reverse("bookings:details", args=[slug, service]), {**chosen, "day": "2026-12-03"}),
            (
                "post",
                reverse("bookings:details", args=[slug, service]),
                {
                    **chosen,
                    "name": "Gita Guest",
                    "email": "gita@example.com",
                    "phone": "+49305550123",
                    "note": "No note",
                    "form_token": "a-token",
                },
            ),
            ("get", reverse("bookings:show", args=[held]), {"region": ""}),
            ("get", reverse("bookings:confirm", args=[held, keys.confirm_key(self.guests)]), {"region": ""}),
            ("get", reverse("bookings:change", args=[own]), {**chosen, "day": "2026-12-03", "region": "slots"}),
            ("post", reverse("bookings:change", args=[own]), {"start": "2026-12-05T13:00Z", "staff": "any"}),
            ("get", reverse("bookings:cancel", args=[own]), {"reason": ""}),
            ("get", reverse("bookings:calendar", args=[own]), {"format": ""}),
            ("get", reverse("bookings:change_address", args=[held]), {"email": ""}),
            ("post", reverse("bookings:change_address", args=[held]), {"email": "other@example.com"}),
            ("post", reverse("bookings:make_account", args=[held]), {"password": "a-password-7"}),
            ("post", reverse("accounts:preferences"), {"theme": "dark", "language": "de", "next": "/"}),
            ("get", reverse("account_login"), {"next": "/bookings/"}),
            ("post", reverse("account_login"), {"login": "clara@example.com", "password": "wrong", "next": "/"}),
            ("get", reverse("account_signup"), {"next": "/bookings/"}),
            (
                "post",
                reverse("account_signup"),
                {"first_name": "Gita", "email": "gita@example.com", "password1": "short", "next": "/"},
            ),
            (
                "post",
                reverse("marketplace:contact"),
                {"name": "Nora", "email": "nora@example.com", "salon": "Studio Nord", "message": "A question"},
            ),
            ("post", reverse("account_reset_password"), {"email": "clara@example.com", "next": "/"}),
        ]
        self.customer = [
            ("get", reverse("bookings:mine"), {"page": "2"}),
            ("get", reverse("marketplace:favourites"), {"page": "2"}),
            ("get", reverse("accounts:profile"), {"next": "/"}),
            (
                "post",
                reverse("accounts:profile"),
                {"first_name": "Clara", "last_name": "Neumann", "phone": "", "language": "en"},
            ),
            ("post", reverse("marketplace:toggle_favourite", args=[slug]), {"next": "/"}),
            ("get", reverse("notifications:centre"), {"page": "2"}),
            ("get", reverse("notifications:bell"), {"known": "1"}),
            ("get", reverse("notifications:newer"), {"newest": str(uuid.UUID(int=0))}),
            (
                "post",
                reverse("notifications:preferences"),
                {"on": "booking.moved:site", "sms_phone": "", "quiet_from": "21:00", "quiet_until": "08:00"},
            ),
            (
                "post",
                reverse("bookings:details", args=[slug, service]),
                {**chosen, "name": "Clara", "phone": "", "note": "", "form_token": ""},
            ),
            ("post", reverse("accounts:email"), {"email": "new@example.com"}),
            ("get", reverse("accounts:sessions"), {"next": "/"}),
            ("post", reverse("accounts:clear", args=["bookings"]), {"next": "/"}),
            ("get", "/account/email/change/a-key/", {"next": "/"}),
            ("post", reverse("mfa_login_webauthn"), {"credential": '{"id": "x"}', "next": "/"}),
            ("post", reverse("mfa_activate_totp"), {"code": "123456"}),
            ("post", reverse("mfa_add_webauthn"), {"name": "Phone", "credential": "{}"}),
            ("post", reverse("account_change_password"), {"oldpassword": "wrong", "password1": "a", "password2": "b"}),
        ]


def _encoded(values: dict[str, str]) -> str:
    return "&".join(f"{quote(name)}={quote(value)}" for name, value in values.items())


@pytest.fixture
def unhurried(settings):
    """Without rate limits: they have their own tests."""
    settings.ACCOUNT_RATE_LIMITS = False


@pytest.mark.parametrize("who", ["stranger", "customer"])
def test_no_value_of_any_parameter_breaks_a_page(who, unhurried):
    """Each parameter in turn gets a few of the values, each page others; FUZZ=all tries every one everywhere."""
    site = Site()
    is_all = os.environ.get("FUZZ") == "all"
    values = itertools.cycle(ABSURD)
    for method, path, usual in getattr(site, who):
        each = ABSURD if is_all else list(itertools.islice(values, max(4, 12 // len(usual))))
        for name in usual:
            others = {other: value for other, value in usual.items() if other != name}
            for absurd in each:
                client = Client()
                if who == "customer":
                    client.cookies = _session(site)
                query = f"{_encoded(others)}&{name}={absurd}"
                _check(_send(client, method, path, query), f"{method} {path}?{query}"[:300])
            each = each if is_all else list(itertools.islice(values, len(each)))


_cookies: dict[str, Any] = {}


def _session(site: Site) -> Any:
    """Clara's cookies: signed in once, since each sign-in costs queries."""
    key = str(site.world.customer.pk)
    if key not in _cookies:
        client = Client()
        client.force_login(site.world.customer.user)
        _cookies.clear()
        _cookies[key] = client.cookies
    return _cookies[key]


# --- Times that are not offered --------------------------------------------------------------------


def _details(site_or_world: Any) -> str:
    world = getattr(site_or_world, "world", site_or_world)
    return reverse("bookings:details", args=[world.shop.slug, world.manicure.slug])


TYPED = {"name": "Gita Guest", "email": "gita@example.com", "phone": "+49305550123", "note": "Nut allergy"}


@pytest.mark.parametrize(
    ("start", "why"),
    [
        ("2026-12-03T09:07Z", "This time isn’t one of the salon’s starting times."),
        ("2026-12-03T09:15:30Z", "This time isn’t one of the salon’s starting times."),
        ("2026-12-03T07:00Z", "This time is outside working hours."),
        ("2026-12-03T16:30Z", "This time is outside working hours."),
        ("2026-12-06T12:00Z", "The salon is closed on this day."),
        ("2026-11-30T08:15Z", "This time is too soon or already past."),
        ("2026-11-27T12:00Z", "This time is too soon or already past."),
        ("2028-02-29T12:00Z", "This time is further ahead than the salon takes bookings."),
        ("2200-12-31T12:00Z", "This time is further ahead than the salon takes bookings."),
        ("2000-01-01T12:00Z", "This time is too soon or already past."),
    ],
)
def test_a_start_that_is_not_offered_is_refused_with_the_reason_and_what_was_typed(start, why):
    world = a_world()
    for page in (
        Visitor().get(_details(world), {"start": start}),
        Visitor().post(_details(world), {**TYPED, "start": start}),
        Visitor(world.customer.user).post(_details(world), {**TYPED, "start": start}),
    ):
        assert page.status == 409
        assert page.h1 == "This time can’t be booked"
        assert why in page.text
        assert page.has_link("See all times")
    assert "Nut allergy" in page.text
    assert not Booking.objects.exists()


@pytest.mark.parametrize(
    "start",
    [
        "2026-02-29T12:00Z",
        "0001-01-01T12:00Z",
        "9999-12-31T12:00Z",
        "10000-01-01T12:00Z",
        "soon",
        "",
        "2026-12-03T09:15",
    ],
)
def test_a_start_that_is_no_time_is_asked_for_again(start):
    world = a_world()
    for send in (Visitor().get, Visitor().post):
        visitor = Visitor()
        page = visitor.follow(send(_details(world), {**TYPED, "start": start}))
        assert page.h1 == "When and with whom?"
        assert "Select a time" in page.text
    assert not Booking.objects.exists()


def test_anothers_service_or_person_never_books_here():
    world = a_world()
    other = factories.a_shop(factories.an_owner("other@example.com"), "Elsewhere")
    otto = shops.create_staff_member(shop=other, name="Otto Other")
    foreign = factories.a_service(other, "Haircut", staff=[otto])
    mixed = reverse("bookings:details", args=[world.shop.slug, foreign.slug])
    assert Visitor().post(mixed, {**TYPED, "start": "2026-12-03T09:15Z"}).status == 404
    lost = Visitor().post(_details(world), {**TYPED, "start": f"2026-12-03T09:15Z/{otto.pk}"})
    assert lost.status == 409
    assert "This person doesn’t do this service." in lost.text
    smuggled = {**TYPED, "start": "2026-12-03T09:15Z", "service": str(foreign.pk), "service_id": str(foreign.pk)}
    smuggled |= {"end": "2026-12-03T09:20Z", "ends_at": "2026-12-03T09:20Z", "duration_minutes": "5", "price": "0"}
    Visitor().post(_details(world), smuggled | {"status": "confirmed", "customer": str(world.customer.pk)})
    booking = Booking.objects.get()
    assert (booking.service, booking.status, booking.customer) == (world.manicure, "pending", None)
    assert (booking.price, booking.ends_at) == (42, berlin(3, "11:05"))


@pytest.mark.parametrize("gone", ["staff", "service", "shop", "assignment"])
def test_what_was_switched_off_meanwhile_is_not_booked(gone):
    world, visitor = a_world(), Visitor()
    details = visitor.get(_details(world), {"start": f"2026-12-03T09:15Z/{world.mina.pk}"})
    if gone == "assignment":
        world.mina.assignments.all().delete()
    else:
        thing = {"staff": world.mina, "service": world.manicure, "shop": world.shop}[gone]
        thing.is_active = False
        thing.save()
    page = visitor.submit(details, follow=False, **TYPED)
    assert page.status == (409 if gone in {"staff", "assignment"} else 404)
    assert page.h1
    assert not Booking.objects.exists()


def test_a_service_switched_off_while_the_guest_reads_the_mail(time_machine):
    """The hold stands; after it ran out nothing is booked on a service that is no longer sold."""
    world, visitor = a_world(), Visitor()
    booking = a_booking(world, berlin(3, "10:15"), is_guest=True)
    link = reverse("bookings:confirm", args=[booking.token, keys.confirm_key(booking)])
    world.manicure.is_active = False
    world.manicure.save()
    time_machine.move_to(NOW + timedelta(minutes=40), tick=False)
    page = visitor.submit(visitor.get(link), "Confirm booking")
    assert page.status == 409
    booking.refresh_from_db()
    assert booking.status != "confirmed"


def test_a_hold_that_ran_out_frees_the_time_for_others(time_machine):
    world = a_world()
    a_booking(world, berlin(3, "10:15"), is_guest=True)
    taken = Visitor().get(_details(world), {"start": f"2026-12-03T09:15Z/{world.mina.pk}"})
    assert taken.status == 409
    time_machine.move_to(NOW + timedelta(minutes=30), tick=False)
    visitor = Visitor()
    free = visitor.get(_details(world), {"start": f"2026-12-03T09:15Z/{world.mina.pk}"})
    assert visitor.submit(free, **TYPED).h1 == "One more step: open the e-mail"
    assert TimeSlot.objects.count() == 1


# --- What is typed ---------------------------------------------------------------------------------

STRANGE = {
    "emoji": "💅🏽 Zoë",
    "right to left": "ליאור كريم",
    "bidi controls": "\u202eevil\u2066",
    "combining": "Z̸̛̰a̷l̴g̵o̶",
    "markup": "<script>alert(1)</script>",
    "template": "{{ request.user }}{% csrf_token %}",
    "format": "%(name)s %s {0}",
    "quotes": """O'Neil "Bob" \\""",
    "long word": "W" * 120,
}


@pytest.mark.parametrize("value", STRANGE.values(), ids=STRANGE.keys())
def test_strange_words_are_words(value):
    """They are kept as typed, come back escaped, and arrive in the mail."""
    world, visitor = a_world(), Visitor()
    details = visitor.get(_details(world), {"start": "2026-12-03T09:15Z"})
    wrong = visitor.submit(details, follow=False, name=value, email="", note=value)
    assert wrong.form().values["name"] == [value]
    shown = visitor.submit(wrong, name=value, email="gita@example.com", note=value)
    booking = Booking.objects.get()
    assert (booking.contact_name, booking.customer_notes) == (" ".join(value.split()), value)
    visitor.submit(visitor.get(mailed_link("gita@example.com", "/confirm/")), "Confirm booking")
    booking.refresh_from_db()
    assert booking.status == "confirmed"
    assert "<script>alert" not in shown.html


@pytest.mark.parametrize("name", ["name", "email", "phone", "note", "form_token"])
@pytest.mark.parametrize("raw", [b"%00", b"a%00b", b"%ED%A0%80", b"%FF", b"%C0%80"])
def test_nul_surrogates_and_broken_bytes_in_a_field(name, raw):
    world = a_world()
    fields = {**{key: quote(value) for key, value in TYPED.items()}, "start": "2026-12-03T09:15Z", "form_token": "t"}
    body = "&".join(f"{key}={raw.decode() if key == name else value}" for key, value in fields.items())
    response = Client().generic("POST", _details(world), body, content_type="application/x-www-form-urlencoded")
    assert response.status_code in {302, 422}


def test_ten_thousand_characters_of_note_are_refused_and_kept():
    world, visitor = a_world(), Visitor()
    details = visitor.get(_details(world), {"start": "2026-12-03T09:15Z"})
    page = visitor.submit(details, follow=False, **{**TYPED, "note": "n" * 10_000})
    assert page.status == 422
    assert "Shorten the note to 1000 characters (it has 10000)" in page.text
    assert page.form().values["note"] == ["n" * 10_000]


def test_a_megabyte_and_a_thousand_fields_are_too_much():
    world = a_world()
    huge = Visitor().post(_details(world), {**TYPED, "start": "2026-12-03T09:15Z", "note": "n" * 1_100_000})
    many = Visitor().post(_details(world), {f"field-{number}": "x" for number in range(2000)})
    for page in (huge, many):
        assert page.status in {400, 413}
        assert page.h1
    assert not Booking.objects.exists()


def test_repeated_parameters_and_other_types():
    world, visitor = a_world(), Visitor()
    url = _details(world)
    client = visitor.client
    doubled = client.generic(
        "POST",
        url,
        "name=A&name=Gita&email=x&email=gita@example.com&start=soon&start=2026-12-03T09:15Z&note[]=x&note=",
        content_type="application/x-www-form-urlencoded",
    )
    assert doubled.status_code == 302
    assert Booking.objects.get().contact_name == "Gita"
    as_json = client.post(url, {"name": "Gita"}, content_type="application/json")
    assert as_json.status_code == 302  # nothing was read, so a time is asked for
    broken = client.generic("POST", url, b"--x\r\nbroken", content_type="multipart/form-data; boundary=x")
    assert broken.status_code in {302, 400}
    no_boundary = client.generic("POST", url, b"x", content_type="multipart/form-data")
    assert no_boundary.status_code == 400
    assert Booking.objects.count() == 1


# --- Sending twice, going back -----------------------------------------------------------------------


def test_a_double_click_is_one_booking_for_guests_and_customers():
    world = a_world()
    for number, visitor in enumerate((Visitor(), Visitor(world.customer.user))):
        details = visitor.get(_details(world), {"start": f"2026-12-0{3 + number}T09:15Z"})
        pages = [visitor.submit(details, **TYPED) for _press in range(3)]
        assert len({page.url for page in pages}) == 1
    assert Booking.objects.count() == TimeSlot.objects.count() == 2


def test_back_and_resubmit_after_success_and_with_a_new_form_on_a_taken_time():
    world, visitor = a_world(), Visitor()
    details = visitor.get(_details(world), {"start": f"2026-12-03T09:15Z/{world.mina.pk}"})
    fresh = visitor.get(_details(world), {"start": f"2026-12-03T09:15Z/{world.mina.pk}"})
    shown = visitor.submit(details, **TYPED)
    assert visitor.submit(details, **TYPED).url == shown.url
    taken = visitor.submit(fresh, follow=False, **TYPED)
    assert taken.status == 409
    for value in TYPED.values():
        assert value in taken.text
    assert Booking.objects.count() == 1


# --- Forgery -----------------------------------------------------------------------------------------


def test_without_the_forms_own_token_nothing_happens_and_a_page_says_so():
    site = Site()
    customer = Client(enforce_csrf_checks=True)
    customer.force_login(site.world.customer.user)
    for method, path, values in site.stranger + site.customer:
        if method == "get":
            continue
        for client in (Client(enforce_csrf_checks=True), customer):
            response = client.post(path, values)
            assert response.status_code == 403, path
            assert "This form is too old" in response.content.decode(), path
            assert "Traceback" not in response.content.decode()
    for name in ("resend", "cancel", "confirm"):
        args = [site.guests.token, *([keys.confirm_key(site.guests)] if name == "confirm" else [])]
        assert Client(enforce_csrf_checks=True).post(reverse(f"bookings:{name}", args=args)).status_code == 403
    assert Booking.objects.count() == 2
    site.guests.refresh_from_db()
    assert site.guests.status == "pending"


def test_with_the_token_of_its_own_page_every_form_is_taken():
    """The same with a browser's cookies and the token that stands in the page."""
    world = a_world()
    visitor = Visitor(enforce_csrf_checks=True)
    details = visitor.get(_details(world), {"start": "2026-12-03T09:15Z"})
    shown = visitor.submit(details, **TYPED)
    assert shown.h1 == "One more step: open the e-mail"
    assert visitor.submit(shown, "Send the e-mail again").status == 200


def test_a_host_that_is_not_ours_is_refused():
    page = Client().get("/", headers={"Host": "evil.example"})
    assert page.status_code == 400
    assert "evil.example" not in page.content.decode()


# --- Addresses ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/nothing/",
        "/s/",
        "/s/%00/",
        "/s/%F0%9F%A6%84/",
        "/s/../../etc/passwd",
        "/s/studio-nord/book/",
        "/s/" + "x" * 5000 + "/",
        "/b/",
        "/b/%ED%A0%80/",
        "/about/",
        "/.env",
        "/static/../beautydrop/settings/__init__.py",
        "/static/js/none.js",
        "/demo/mailbox/",
        "/styleguide/",
        "/wp-login.php",
    ],
)
def test_nothing_there_is_a_friendly_404(path):
    a_world()
    response = Client().get(path, follow=True)
    assert response.status_code == 404
    if not path.startswith("/static/"):
        assert b"There is nothing here" in response.content
        assert b"Traceback" not in response.content


@pytest.mark.parametrize("path", ["/nothing/", "/s/none/", "/b/" + "x" * 43 + "/", "/s/studio-nord/book/none/"])
def test_nothing_there_is_as_friendly_with_debug(path, settings):
    """The demo runs with DEBUG, and Django would show the list of all addresses."""
    settings.DEBUG = True
    a_world()
    page = Visitor().get(path)
    assert page.status == 404
    assert page.h1 == "There is nothing here"
    assert "URLconf" not in page.html
    assert Visitor().get("/s/studio-nord").status == 301  # a forgotten slash is still put right
