"""Web push: a stand-in is the browser's service, over TLS on loopback; what arrives is opened as a browser would."""

import base64
import json
import uuid
from dataclasses import dataclass
from pathlib import Path

import http_ece
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from beautydrop.accounts.models import User
from beautydrop.notifications import delivery, kinds, push
from beautydrop.notifications.kinds import Audience, Kind, Note
from beautydrop.notifications.models import OutboxMessage, PushSubscription
from tests.factories import NOW, PASSWORD, a_person
from tests.notifications.settings_of import settings_with
from tests.notifications.standins import make_certificate, serve
from tests.pages import Visitor

KIND = "test.push"
ROOT = Path(__file__).resolve().parent.parent.parent


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def public(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@dataclass
class Browser:
    """Its keys, and what it can read."""

    key: ec.EllipticCurvePrivateKey
    auth: bytes

    def form(self, endpoint: str) -> dict[str, str]:
        return {"endpoint": endpoint, "p256dh": text(public(self.key)), "auth": text(self.auth)}

    def read(self, body: bytes) -> dict[str, str]:
        opened = http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
        return json.loads(opened)


@pytest.fixture
def keys(settings, capsys) -> ec.EllipticCurvePublicKey:
    """A pair as the command prints it."""
    call_command("vapid_keys")
    found = dict(line.split("=", 1) for line in capsys.readouterr().out.split())
    settings.VAPID_PUBLIC_KEY, settings.VAPID_PRIVATE_KEY = found["VAPID_PUBLIC_KEY"], found["VAPID_PRIVATE_KEY"]
    assert settings_with(**found)["VAPID_CONTACT"] == "mailto:hello@beautydrop.example"
    raw = base64.urlsafe_b64decode(found["VAPID_PUBLIC_KEY"] + "=")
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)


@pytest.fixture
def service(settings, tmp_path, monkeypatch):
    """A push service whose certificate this process believes."""
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with serve((201, {}, b""), certificate) as standin:
        settings.PUSH_HOSTS = [standin.host]
        yield standin


@pytest.fixture
def browser() -> Browser:
    return Browser(ec.generate_private_key(ec.SECP256R1()), b"0123456789abcdef")


@pytest.fixture
def user(db, time_machine, monkeypatch) -> User:
    time_machine.move_to(NOW, tick=False)
    note = Note("Moved: Gel manicure", "The salon moved it.", "/b/abc/")
    monkeypatch.setitem(kinds._kinds, KIND, Kind(KIND, "Test", Audience.CUSTOMER, note=lambda message, subject: note))
    return a_person("clara@example.com")


def subscribed(user: User, browser: Browser, endpoint: str) -> PushSubscription:
    return push.subscribe(user=user, **browser.form(endpoint), device="Firefox, Linux", now=NOW)


def deliver(user: User) -> OutboxMessage:
    message = OutboxMessage.objects.create(
        kind=KIND, subject_id=uuid.uuid4(), channel="push", recipient=str(user.pk), user=user, due_at=NOW
    )
    delivery.deliver(message.pk, now=NOW)
    message.refresh_from_db()
    return message


# --- To the service -------------------------------------------------------------------------------


def test_a_push_is_sealed_for_the_browser_and_signed_by_the_site(user, keys, service, browser):
    subscribed(user, browser, f"{service.url}/wpush/v2/one")
    message = deliver(user)
    assert message.status == "sent"
    (request,) = service.requests
    assert request.path == "/wpush/v2/one"
    assert browser.read(request.body) == {
        "title": "Moved: Gel manicure",
        "text": "The salon moved it.",
        "path": "/b/abc/",
        "id": str(message.pk),
    }
    assert b"manicure" not in request.body and len(request.body) < 4096
    headers = request.headers
    assert headers["Content-Encoding"] == "aes128gcm" and int(headers["Ttl"]) == 4 * 3600
    scheme, _space, rest = headers["Authorization"].partition(" ")
    token, key = (part.strip()[2:] for part in rest.split(","))
    assert scheme == "vapid" and base64.urlsafe_b64decode(key + "=") == keys.public_bytes(
        Encoding.X962, PublicFormat.UncompressedPoint
    )
    claims = jwt.decode(token, keys, algorithms=["ES256"], audience=service.url, options={"verify_exp": False})
    assert claims["sub"] == "mailto:hello@beautydrop.example"
    assert 0 < claims["exp"] - NOW.timestamp() <= 24 * 3600


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten_and_the_others_are_reached(user, keys, service, browser, status):
    gone = subscribed(user, browser, f"{service.url}/gone")
    service.answers = [(status, {}, b"")]
    subscribed(user, browser, f"{service.url}/here")
    assert deliver(user).status == "sent"
    assert len(service.requests) == 2
    left = PushSubscription.objects.get()
    assert left.endpoint != gone.endpoint or service.requests[0].path != "/gone"


def test_when_no_browser_is_left_there_is_nothing_to_try_again(user, keys, service, browser):
    subscribed(user, browser, f"{service.url}/gone")
    service.usual = (410, {}, b"")
    assert deliver(user).status == "sent"
    assert not PushSubscription.objects.exists()


def test_a_browser_that_is_gone_is_asked_once_for_a_whole_batch(user, keys, service, browser):
    subscribed(user, browser, f"{service.url}/gone")
    service.usual = (410, {}, b"")
    ids = [
        OutboxMessage.objects.create(
            kind=KIND, subject_id=uuid.uuid4(), channel="push", recipient=str(user.pk), user=user, due_at=NOW
        ).pk
        for _number in range(3)
    ]
    assert set(delivery.deliver_many(ids, now=NOW).values()) == {"sent"}
    assert len(service.requests) == 1


@pytest.mark.parametrize("answer", [(429, {}, b""), (500, {}, b""), (302, {"Location": "/elsewhere"}, b"")])
def test_troubles_are_tried_again_and_redirects_are_not_followed(user, keys, service, browser, answer):
    subscribed(user, browser, f"{service.url}/one")
    service.usual = answer
    message = deliver(user)
    assert (message.status, message.attempts, len(service.requests)) == ("pending", 1, 1)
    assert PushSubscription.objects.count() == 1
    service.usual = (201, {}, b"")
    assert delivery.deliver(message.pk, now=message.due_at) == "sent"


def test_a_certificate_that_nobody_vouches_for_is_not_believed(user, keys, service, browser, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    subscribed(user, browser, f"{service.url}/one")
    message = deliver(user)
    assert (message.status, service.requests) == ("pending", [])


def test_a_host_that_is_no_longer_allowed_gets_nothing(user, keys, service, browser, settings):
    subscribed(user, browser, f"{service.url}/one")
    settings.PUSH_HOSTS = ["fcm.googleapis.com"]
    deliver(user)
    assert service.requests == []
    assert not PushSubscription.objects.exists()


def test_many_pushes_ask_once_for_the_browsers(user, keys, service, browser, django_assert_max_num_queries):
    subscribed(user, browser, f"{service.url}/one")
    ids = [
        OutboxMessage.objects.create(
            kind=KIND, subject_id=uuid.uuid4(), channel="push", recipient=str(user.pk), user=user, due_at=NOW
        ).pk
        for _number in range(6)
    ]
    with django_assert_max_num_queries(6):
        delivery.deliver_many(ids, now=NOW)
    assert len(service.requests) == 6


# --- Where to -------------------------------------------------------------------------------------

REFUSED = [
    "http://fcm.googleapis.com/x",
    "https://evil.example/x",
    "https://fcm.googleapis.com.evil.example/x",
    "https://evilfcm.googleapis.com/x",
    "https://fcm.googleapis.com:8443/x",
    "https://fcm.googleapis.com@evil.example/x",
    "https://user:secret@fcm.googleapis.com/x",
    "https://127.0.0.1/x",
    "https://[::1]/x",
    "https://localhost/x",
    "https://169.254.169.254/latest/meta-data",
    "https://push.apple.com.evil.example/x",
    "https://notpush.apple.com/x",
    "https://fcm.googleapis.com\\@evil.example/x",
    "https://fcm.googleapis.com\n.evil.example/x",
    "https:///fcm.googleapis.com/x",
    "https://fcm.googleapis.com:99999/x",
    "file:///etc/passwd",
    "//fcm.googleapis.com/x",
    "",
    "https://fcm.googleapis.com/" + "x" * 1000,
]


@pytest.mark.parametrize("endpoint", REFUSED)
def test_addresses_that_are_no_push_service(endpoint, browser, keys, user):
    assert not push.is_allowed(endpoint)
    page = Visitor(user).post(reverse("notifications:device_new"), browser.form(endpoint))
    assert page.status == 302
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc",
        "https://fcm.googleapis.com:443/fcm/send/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/abc",
        "https://db5p.notify.windows.com/w/?token=abc",
    ],
)
def test_the_browsers_own_services(endpoint):
    assert push.is_allowed(endpoint)


# --- The page -------------------------------------------------------------------------------------


def test_a_browser_is_added_by_the_page_and_removed(user, keys, service, browser):
    visitor = Visitor(user)
    page = visitor.get(reverse("notifications:preferences"))
    assert ("script", "/static/js/push.js") in [(tag, got.get("src")) for tag, got in page.elements]
    sent = browser.form(f"{service.url}/one")
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    shown = visitor.follow(visitor.post(reverse("notifications:device_new"), sent, **{"User-Agent": agent}))
    assert "Firefox, Linux" in shown.text and "This browser gets messages now." in shown.text
    visitor.post(reverse("notifications:device_new"), sent)  # again: the same browser
    device = PushSubscription.objects.get()
    other = Visitor(a_person("carl@example.com"))
    assert other.post(reverse("notifications:device_remove", args=[device.pk])).status == 404
    visitor.submit(visitor.get(reverse("notifications:preferences")), "Remove")
    assert not PushSubscription.objects.exists()


def test_a_browser_that_is_signed_out_gets_no_more(user, keys, service, browser):
    """From that browser itself, or from another one of the same person's."""
    here, there = Client(), Client()
    for number, visitor in enumerate((here, there)):
        visitor.post("/account/login/", {"login": user.email, "password": PASSWORD})
        visitor.post(reverse("notifications:device_new"), browser.form(f"{service.url}/{number}"))
    assert PushSubscription.objects.count() == 2
    here.post("/account/logout/")
    (left,) = PushSubscription.objects.all()
    assert left.endpoint.endswith("/1")
    here.post("/account/login/", {"login": user.email, "password": PASSWORD})
    here.post("/account/sessions/end-others/")
    assert not PushSubscription.objects.exists()
    deliver(user)
    assert not service.requests


@pytest.mark.parametrize("changed", [{"p256dh": "AAAA"}, {"auth": ""}, {"auth": "!"}, {"endpoint": "x" * 2000}])
def test_what_no_browser_sends(user, keys, service, browser, changed):
    sent = {**browser.form(f"{service.url}/one"), **changed}
    assert Visitor(user).post(reverse("notifications:device_new"), sent).status == 302
    assert not PushSubscription.objects.exists()


def test_a_browser_that_changes_hands_is_the_new_persons(user, keys, service, browser):
    subscribed(user, browser, f"{service.url}/one")
    other = a_person("carl@example.com")
    subscribed(other, browser, f"{service.url}/one")
    assert PushSubscription.objects.get().user == other


def test_devices_are_bounded(user, keys, service, browser):
    for number in range(25):
        subscribed(user, browser, f"{service.url}/{number}")
    left = set(PushSubscription.objects.values_list("endpoint", flat=True))
    assert len(left) == 20 and f"{service.url}/24" in left and f"{service.url}/0" not in left


def test_the_worker_is_a_script_at_the_root(db, keys):
    page = Visitor().get("/sw.js")
    assert page.status == 200
    assert page.response.headers["Content-Type"].startswith("text/javascript")
    assert "max-age=0" in page.response.headers["Cache-Control"]
    assert "sessionid" not in page.response.cookies
    assert page.response.content == (ROOT / "static" / "js" / "push-worker.js").read_bytes()


def test_without_keys_there_is_nothing_of_it(user, browser, service):
    visitor = Visitor(user)
    page = visitor.get(reverse("notifications:preferences"))
    assert "Push" not in page.text and "push.js" not in page.html and "Devices" not in page.text
    assert visitor.get("/sw.js").status == 404
    assert visitor.post(reverse("notifications:device_new"), browser.form(f"{service.url}/one")).status == 404


# --- Settings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "environment"),
    [
        ("VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY", {"VAPID_PUBLIC_KEY": "A" * 87}),
        ("VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY", {"VAPID_PRIVATE_KEY": "A" * 43}),
        ("VAPID_PRIVATE_KEY", {"VAPID_PUBLIC_KEY": "A" * 87, "VAPID_PRIVATE_KEY": "short"}),
        ("VAPID_PUBLIC_KEY", {"VAPID_PUBLIC_KEY": "!" * 87, "VAPID_PRIVATE_KEY": "A" * 43}),
        ("VAPID_CONTACT", {"VAPID_CONTACT": "hello@example.com"}),
    ],
)
def test_keys_that_are_none_refuse_to_start(name, environment):
    with pytest.raises(ImproperlyConfigured, match=name):
        settings_with(**environment)
