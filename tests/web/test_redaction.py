"""No key, cookie, password or whole address in what is logged or shown, written by real loggers and real failures."""

import io
import logging
import logging.config
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse

from beautydrop.bookings.messages import keys
from beautydrop.web.redaction import RedactingFormatter, redact
from tests.factories import NOW, a_booking, a_world, berlin

TOKEN = "Zk3vQ9xw7Tn2Lr8Bd5Hc1Yf6Mp4Js0Ga"
PASSWORD = "hunter2-hunter2"


@pytest.mark.parametrize(
    "line",
    [
        f"Not Found: /b/{TOKEN}/",
        f"Internal Server Error: /b/{TOKEN}/confirm/1:{TOKEN}:abc_def-{TOKEN}/",
        f"GET /manage/invitations/{TOKEN}/ HTTP/1.1",
        f"https://beauty.example/account/confirm-email/MTI:{TOKEN}:x/",
        f"/account/password/reset/key/4abc-{TOKEN}/",
        f"/messages/stop/{TOKEN}/",
        f"/account/email/change/{TOKEN}/",
        f"/some/page/of/tomorrow/{TOKEN}/?page=2",
        f"Authorization: Bearer {TOKEN}",
        f"headers={{'Authorization': 'Bearer {TOKEN}', 'Accept': '*/*'}}",
        f"('authorization', 'Token {TOKEN}')",
        f"Cookie: theme=dark; __Host-sessionid={TOKEN}; a=b",
        f"sessionid={TOKEN}; path=/",
        f"csrfmiddlewaretoken={TOKEN}&name=x",
        f'{{"password": "{PASSWORD}", "email": "clara@example.com"}}',
        f"password={PASSWORD}",
        f"postgres://beauty:{PASSWORD}@db.example:5432/beauty",
        f"redis://:{PASSWORD}@cache.example/0",
        f"SECRET_KEY = '{TOKEN}'",
        f"STRIPE_API_KEY='sk_live_{TOKEN}'",
        f"signed with whsec_{TOKEN}",
        f"token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c2VyIn0.{TOKEN} expired",
        f"/x/?token={TOKEN}&page=2",
    ],
)
def test_keys_are_hidden(line):
    written = redact(line)
    assert TOKEN not in written and PASSWORD not in written, written
    assert "[hidden]" in written
    assert redact(written) == written


@pytest.mark.parametrize("part", ["a-", "x", "token ", "a.b@", "://:", "/b/x/", "session", "Cookie: ", "a:b,"])
def test_a_long_line_takes_no_time(part):
    started = time.perf_counter()
    redact(part * 10_000)
    assert time.perf_counter() - started < 2


def test_of_an_address_only_where_it_is_stays():
    assert redact("to clara.neumann+b@mail.example.com now") == "to c…@mail.example.com now"


@pytest.mark.parametrize(
    "line",
    [
        "Not Found: /s/studio-nord/",
        "booking BD-4821 moved from 10:15 to 11:00",
        "/manage/studio-nord/bookings/0192f3a4-7b1c-7def-8abc-0123456789ab/",
        "/static/css/site.3f2a9c1b7d4e.css",
        "/b/ and /static/js/site.js answered in 12 ms",
        "Cannot count requests, so none is refused: ConnectionError",
    ],
)
def test_what_is_no_secret_stays(line):
    assert redact(line) == line


# --- Written by what is really set up -------------------------------------------------------------


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the settings' one handler writes. Django's own handlers are as the settings leave them."""
    logging.config.dictConfig(django_settings.LOGGING)
    console = next(one for one in logging.getLogger().handlers if isinstance(one.formatter, RedactingFormatter))
    assert isinstance(console, logging.StreamHandler)
    stream = io.StringIO()
    console.setStream(stream)
    for name in ("django.server", "huey"):
        for one in logging.getLogger(name).handlers:
            assert one is console
    yield stream
    console.setStream(sys.stderr)


LOGGERS = ["beautydrop.bookings", "django.request", "django.security.csrf", "django.server", "huey"]


@pytest.mark.parametrize("name", LOGGERS)
def test_every_logger_writes_through_it(written, name):
    logging.getLogger(name).error("failed for %s with %s", "clara@example.com", f"/b/{TOKEN}/")
    assert "c…@example.com" in written.getvalue() and f"{name}: failed" in written.getvalue()
    assert TOKEN not in written.getvalue()


def _boom(request: HttpRequest, **kwargs: object) -> HttpResponse:
    password = PASSWORD  # noqa: F841  (a local variable, as a debug page would show)
    raise RuntimeError(f"no luck with sk_live_{TOKEN} for clara@example.com, Cookie: sessionid={TOKEN}")


def _odd(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation(f"token={TOKEN}")


urlpatterns = [path("b/<str:token>/", _boom), path("odd/", _odd)]


@pytest.mark.urls(__name__)
def test_a_500_and_a_suspicious_request_are_logged_without_them(written):
    client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {TOKEN}"})
    assert client.post(f"/b/{TOKEN}/", {"password": PASSWORD}).status_code == 500
    assert client.get("/odd/").status_code == 400
    lines = written.getvalue()
    assert "Internal Server Error: /b/[hidden]/" in lines
    assert "RuntimeError: no luck with" in lines and "Traceback" in lines
    assert "django.security.SuspiciousOperation" in lines
    assert TOKEN not in lines and PASSWORD not in lines and "clara@" not in lines


@pytest.mark.django_db
def test_pages_that_are_refused_are_logged_without_keys(written, time_machine):
    time_machine.move_to(NOW, tick=False)
    world = a_world()
    booking = a_booking(world, berlin(3, "10:00"), is_guest=True)
    key = keys.confirm_key(booking)
    Client(enforce_csrf_checks=True).post(reverse("bookings:confirm", args=[booking.token, key]))
    Client().get(f"/b/{TOKEN}/")
    lines = written.getvalue()
    assert "/b/[hidden]" in lines
    for secret in (booking.token, key, TOKEN):
        assert secret not in lines


@pytest.mark.urls(__name__)
def test_the_debug_page_hides_settings_and_what_was_typed(settings, written):
    settings.DEBUG = True
    settings.REDIS_URL = f"redis://:{PASSWORD}@cache.example/0"
    client = Client(raise_request_exception=False)
    client.cookies["sessionid"] = TOKEN
    page = client.post("/b/a-short-one/", {"password": PASSWORD, "email": "clara@example.com"}).content.decode()
    assert "RuntimeError" in page
    assert django_settings.SECRET_KEY not in page
    sent = re.search(r"<h3 id=\"post-info\">.*?<h3 id=\"files-info\">", page, re.DOTALL)
    assert sent and PASSWORD not in sent[0] and "clara@example.com" not in sent[0]
    shown = page[page.index('id="settings-info"') :]
    assert PASSWORD not in shown
    database = re.search(r"://[^:/@\s]*:([^@/\s]+)@", str(django_settings.HUEY.get("connection", {}).get("dsn", "")))
    if database:
        assert f":{database[1]}@" not in page


def test_gunicorn_writes_accesses_without_queries_or_keys(tmp_path):
    """The real server, with gunicorn.conf.py as Procfile starts it."""
    access = tmp_path / "access.log"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        site = f"127.0.0.1:{probe.getsockname()[1]}"
    (tmp_path / "bare.py").write_text(
        "def application(environ, start_response):\n"
        "    start_response('200 OK', [('Content-Type', 'text/plain')])\n"
        "    return [b'ok']\n"
    )
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--chdir",
        str(django_settings.BASE_DIR),
        "--pythonpath",
        str(tmp_path),
    ]
    server = subprocess.Popen(
        [*command, "bare", "--bind", site, "--access-logfile", str(access), "--no-control-socket"],
        cwd=django_settings.BASE_DIR,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://{site}/b/{TOKEN}/confirm/1:{TOKEN}/?token={TOKEN}"
        for _time in range(100):
            try:
                urllib.request.urlopen(urllib.request.Request(url, headers={"Referer": f"/b/{TOKEN}/"}), timeout=5)
                break
            except urllib.error.URLError:
                time.sleep(0.1)
        with pytest.raises(urllib.error.HTTPError) as long:
            urllib.request.urlopen(f"http://{site}/{'x' * 5_000}", timeout=5)
        with pytest.raises(urllib.error.HTTPError) as many:
            headers = {f"X-Header-{number}": "x" for number in range(80)}
            urllib.request.urlopen(urllib.request.Request(f"http://{site}/", headers=headers), timeout=5)
    finally:
        server.terminate()
        server.wait(10)
    assert 400 <= long.value.code < 500
    assert 400 <= many.value.code < 500
    lines = access.read_text()
    assert '"GET /b/[hidden]/confirm/[hidden]/" 200' in lines
    assert TOKEN not in lines and "127.0.0.1" not in lines
