"""Every kind of message, in every language: what a mail program does with it, and what adding a kind takes."""

import re
import uuid
from collections.abc import Iterator
from email import message_from_bytes
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from beautydrop.accounts.models import User
from beautydrop.bookings import actions
from beautydrop.bookings.messages import agenda
from beautydrop.notifications import delivery, kinds, outbox, reports
from beautydrop.notifications.kinds import Audience, Kind, Mail, Note, Person, kind_of, known_kinds, register
from beautydrop.notifications.letters import Letter
from beautydrop.notifications.models import Channel, Notification, OutboxMessage
from tests.factories import GUEST, NOW, World, a_booking, a_world, berlin, by_customer, by_owner
from tests.pages import Visitor

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _name in settings.LANGUAGES]
# Gmail shows no more of a mail than this.
CLIP_BYTES = 102_000


@pytest.fixture
def world(time_machine) -> World:
    time_machine.move_to(NOW, tick=False)
    return a_world()


def send_all(now) -> None:
    """Everything that is due, and what that leads to."""
    while ids := delivery.due(now):
        delivery.deliver_many(ids, now=now)


def everything_happens(world: World, time_machine) -> None:
    """A story in which every kind of message is sent once."""
    owner = by_owner(world.client)
    guest = a_booking(world, berlin(4, "10:15"), is_guest=True)
    booking = a_booking(world, berlin(4, "12:00"))
    send_all(NOW)
    actions.confirm_by_link(booking_id=guest.pk, by=GUEST, now=NOW)
    actions.reschedule(booking_id=booking.pk, staff_id=None, start=berlin(4, "15:00"), by=owner, now=NOW, note="A cold")
    reports.record(guest.contact_email, "bounced", detail="no such user", now=NOW)
    send_all(NOW)
    morning = berlin(4, "07:00")
    for moment in (berlin(3, "15:00"), morning, berlin(4, "13:00")):
        time_machine.move_to(moment, tick=False)
        agenda.post_due(moment)
        send_all(moment)
    actions.cancel(booking_id=booking.pk, by=by_customer(world.customer), now=berlin(4, "13:00"))
    send_all(berlin(4, "13:00"))


class _Reader(HTMLParser):
    """Addresses that a mail program would load by itself, and pairs of colours that stand on each other."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = dict(attrs)
        if tag in {"img", "link", "script", "iframe", "video", "audio", "source", "object", "embed"}:
            self.loaded.append(tag)
        if got.get("background"):
            self.loaded.append(str(got["background"]))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _html(mail: EmailMultiAlternatives) -> str:
    ((content, mimetype),) = mail.alternatives
    assert mimetype == "text/html"
    return str(content)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_is_fit_for_mail_programs(world, time_machine, mailoutbox, language):
    for person in (world.client.user, world.customer.user):
        person.language = language
        person.save()
    everything_happens(world, time_machine)
    OutboxMessage.objects.filter(language="en").exclude(kind__startswith="salon").update(language=language)
    sent = set(OutboxMessage.objects.filter(status="sent").values_list("kind", flat=True))
    assert sent >= {
        "booking.please_confirm", "booking.confirmed", "booking.moved", "booking.cancelled", "booking.reminder_day",
        "booking.reminder_hours", "salon.booked", "salon.moved", "salon.cancelled", "salon.agenda",
        "salon.undeliverable",
    }  # fmt: skip
    assert len(mailoutbox) >= 10
    for mail in mailoutbox:
        html = _html(mail)
        reader = _Reader()
        reader.feed(html)
        assert reader.loaded == []
        assert "url(" not in html and "@import" not in html and "@font-face" not in html
        raw = mail.message().as_bytes()
        assert len(html.encode()) < CLIP_BYTES
        assert message_from_bytes(raw)["Message-ID"].endswith("@testserver>")
        assert not mail.body.startswith(" ") and "<" not in mail.body.replace("<http", "")
        assert "{{" not in mail.body + html and "{%" not in mail.body + html and "None" not in mail.body
        # Whatever a link says in HTML, the plain text says too.
        for url in re.findall(r'href="(https?://[^"]+)"', html):
            assert url.replace("&amp;", "&") in mail.body or "openstreetmap" in url, url
        assert max(len(line) for line in mail.subject.splitlines()) < 200


def test_the_colours_of_mails_can_be_read_in_light_and_dark():
    """The pairs of templates/notifications/emails, read from there."""
    source = (settings.BASE_DIR / "templates/notifications/emails/base.html").read_text()
    letter = (settings.BASE_DIR / "templates/notifications/emails/letter.html").read_text()
    dark = source[source.index("prefers-color-scheme") : source.index("</style>")]
    light = source[source.index("<body") :] + letter
    page, ink = re.search(r"background:(#\w{6});color:(#\w{6})", light).groups()
    sheet = re.search(r'class="sheet" style="background:(#\w{6})', light)[1]
    button = re.search(r'class="button"[^>]*background:(#\w{6});color:(#\w{6})', light).groups()
    quiet = re.search(r'class="quiet" style="[^"]*color:(#\w{6})', light)[1]
    link = re.search(r'class="link"[^>]*color:(#\w{6})', light)[1]
    pairs = [(ink, page), (ink, sheet), button, (quiet, page), (quiet, sheet), (link, sheet)]
    dark_page, dark_ink = re.search(r"\.page { background: (#\w{6}) !important; color: (#\w{6})", dark).groups()
    dark_sheet = re.search(r"\.sheet { background: (#\w{6})", dark)[1]
    dark_quiet = re.search(r"\.quiet.*?color: (#\w{6})", dark)[1]
    dark_button = re.search(r"\.button { background: (#\w{6}) !important; color: (#\w{6})", dark).groups()
    dark_link = re.search(r"\.link { color: (#\w{6})", dark)[1]
    pairs += [
        (dark_ink, dark_page), (dark_ink, dark_sheet), (dark_quiet, dark_page), (dark_quiet, dark_sheet), dark_button,
        (dark_link, dark_sheet),
    ]  # fmt: skip
    assert len(pairs) == 12
    for one, other in pairs:
        assert contrast(one, other) >= 4.5, (one, other)
    # Every colour that stands in a style is one that the dark sheet knows how to turn, by its class.
    for tag in re.findall(r"<(?:p|td|span|a)\b[^>]*color:#46554E[^>]*>", letter + light):
        assert "quiet" in tag, tag


# --- Adding a kind ----------------------------------------------------------------------------------


@pytest.fixture
def wishlist(monkeypatch) -> Iterator[Kind]:
    """A kind that nothing in the project knows: made here, in one place, as an app would."""
    before = dict(kinds._kinds)

    def mail(message: OutboxMessage, subject: object) -> Mail:
        return Letter(subject="Something frees up", status="There is a time for you.").mail(message)

    def note(message: OutboxMessage, subject: object) -> Note:
        return Note("Something frees up", "Thu 3 Dec 10:15", "/salons/")

    def people(subject: object, message: OutboxMessage) -> list[Person]:
        user = User.objects.get(email="clara@example.com")
        return [Person(zone=berlin(1, "00:00").tzinfo, language="en", user=user, email=user.email)]

    yield register(Kind("waitlist.offer", "Something frees up", Audience.CUSTOMER, mail=mail, note=note, people=people))
    kinds._kinds.clear()
    kinds._kinds.update(before)


def test_a_new_kind_is_known_everywhere_without_touching_anything_else(world, wishlist, mailoutbox):
    row = outbox.announcement(wishlist.name, subject_id=uuid.uuid4(), due_at=NOW)
    outbox.write([row], now=NOW)
    send_all(NOW)
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["clara@example.com"], "Something frees up")
    assert "/messages/stop/" in mail.body and "List-Unsubscribe" in mail.message()
    assert Notification.objects.get().title == "Something frees up"
    # Stopped by the link of its own mail, without signing in.
    path = re.search(r"http://testserver(/messages/stop/\S+)", mail.body)[1]
    visitor = Visitor()
    page = visitor.get(path)
    assert "Something frees up" in page.text
    visitor.submit(page, "Stop them")
    again = outbox.announcement(wishlist.name, subject_id=uuid.uuid4(), due_at=NOW)
    outbox.write([again], now=NOW)
    send_all(NOW)
    assert len(mailoutbox) == 1
    assert Notification.objects.count() == 2  # that way is still wanted
    admin = Visitor(_admin())
    assert "waitlist.offer" in admin.get(reverse("admin:notifications_outboxmessage_changelist")).html


def _admin():
    return User.objects.create_superuser("admin@example.com", "pw")


def test_a_kind_is_registered_once():
    with pytest.raises(ValueError, match="twice"):
        register(Kind("booking.confirmed", "Twice", Audience.CUSTOMER))


def test_essential_kinds_carry_no_way_to_stop_them_and_others_do(world, mailoutbox, time_machine):
    everything_happens(world, time_machine)
    for mail, message in _sent_mails(mailoutbox):
        is_essential = kind_of(message.kind).is_essential
        assert ("List-Unsubscribe" in mail.extra_headers) is not is_essential, message.kind
        assert ("/messages/stop/" in mail.body) is not is_essential


def _sent_mails(mailoutbox) -> Iterator[tuple[EmailMultiAlternatives, OutboxMessage]]:
    for mail in mailoutbox:
        key = mail.extra_headers["Message-ID"].strip("<").split(".")[0]
        yield mail, OutboxMessage.objects.get(pk=key)


def test_each_kind_says_what_it_is():
    names = [kind.name for kind in known_kinds()]
    assert len(names) == len(set(names)) >= 12
    for kind in known_kinds():
        assert str(kind.label) and kind.channels
        assert kind.mail is not None, kind.name
        assert Channel.ANNOUNCED not in kind.channels


def test_three_announcements_take_as_many_queries_as_one(world):
    """To read what they are about and whom they concern, and to write what they become: sending comes on top."""
    counts = []
    for days in (range(7, 8), range(8, 11)):
        bookings = [a_booking(world, berlin(day, "10:15")) for day in days]
        rows = OutboxMessage.objects.filter(kind="salon.booked", subject_id__in=[booking.pk for booking in bookings])
        world.client.user.message_preferences.get_or_create(
            kind="salon.booked", channel=Channel.EMAIL, defaults={"is_on": False}
        )
        with CaptureQueriesContext(connection) as counted:
            delivery.deliver_many(list(rows.values_list("pk", flat=True)), now=NOW)
        counts.append(len(counted))
    assert counts[0] == counts[1]
    assert Notification.objects.filter(user=world.client.user).count() == 4
