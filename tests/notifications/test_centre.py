"""The bell and the list behind it: one's own, newest first, read by following or by the button."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from beautydrop.notifications.models import Notification
from tests.factories import NOW, a_booking, a_person, a_world, berlin
from tests.pages import Visitor

pytestmark = pytest.mark.django_db

LIST, BELL, NEWER = (reverse(f"notifications:{name}") for name in ("centre", "bell", "newer"))
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def a_line(user, number=0, **fields) -> Notification:
    values = {
        "title": f"Number {number}.",
        "text": "Some words",
        "path": "/bookings/",
        "at": NOW - timedelta(minutes=number),
        "message_id": uuid.uuid4(),
        **fields,
    }
    return Notification.objects.create(user=user, kind="booking.confirmed", **values)


def queries(visitor: Visitor, url: str, data=None) -> int:
    with CaptureQueriesContext(connection) as sent:
        assert visitor.get(url, data, **HTMX).status in {200, 204}
    return len(sent.captured_queries)


# --- The list -------------------------------------------------------------------------------------


def test_newest_first_and_by_pages_of_twenty():
    user = a_person("clara@example.com")
    for number in range(23):
        a_line(user, number)
    visitor = Visitor(user)
    page = visitor.get(LIST)
    assert page.text.index("Number 0.") < page.text.index("Number 1.") < page.text.index("Number 19.")
    assert "Number 20." not in page.text and "23 unread" in page.text
    assert page.has_link("Older")
    older = visitor.get(LIST, {"page": "2"})
    assert "Number 20." in older.text and "Number 0." not in older.text
    assert 'id="newest"' not in older.html  # only the first page asks for newer ones
    assert Notification.objects.filter(read_at=None).count() == 23  # looking reads nothing


def test_following_a_line_reads_it_and_leads_there():
    user = a_person("clara@example.com")
    line, other = a_line(user), a_line(user, 1)
    visitor = Visitor(user)
    sent = visitor.submit(visitor.get(LIST), "Number 0.", follow=False)
    assert (sent.status, sent.location) == (302, "/bookings/")
    line.refresh_from_db()
    other.refresh_from_db()
    assert (line.read_at, other.read_at) == (NOW, None)
    page = visitor.get(LIST)
    assert "1 unread" in page.text and page.html.count('class="line unread"') == 1
    visitor.submit(page, "Mark all as read")
    shown = visitor.get(LIST)
    assert "unread" not in shown.text and not shown.has_form("Mark all as read")


def test_a_line_leads_into_the_site_only():
    user = a_person("clara@example.com")
    line = a_line(user, path="//evil.example/")
    sent = Visitor(user).post(reverse("notifications:open_line", args=[line.pk]))
    assert sent.location == "/messages/"


def test_a_line_that_came_from_a_clock_ahead_can_be_read():
    user = a_person("clara@example.com")
    line = a_line(user, at=NOW + timedelta(seconds=3))
    assert Visitor(user).post(reverse("notifications:open_line", args=[line.pk])).status == 302
    line.refresh_from_db()
    assert line.read_at == line.at


def test_only_ones_own():
    user, other = a_person("clara@example.com"), a_person("carl@example.com")
    line = a_line(user)
    visitor = Visitor(other)
    assert "Number 0." not in visitor.get(LIST).text
    assert visitor.post(reverse("notifications:open_line", args=[line.pk])).status == 404
    assert visitor.get(NEWER, {"newest": str(line.pk)}).status == 204
    visitor.post(reverse("notifications:read_all"))
    line.refresh_from_db()
    assert line.read_at is None


def test_reading_is_a_post_and_needs_a_sign_in():
    user = a_person("clara@example.com")
    line = a_line(user)
    for name, args in (("open_line", [line.pk]), ("read_all", [])):
        url = reverse(f"notifications:{name}", args=args)
        assert Visitor(user).get(url).status == 405
        assert Visitor().post(url).location.startswith("/account/login/")
        assert Visitor(user, enforce_csrf_checks=True).post(url).status == 403
    assert Visitor().get(LIST).location == "/account/login/?next=/messages/"
    assert Visitor(user).post(LIST).status == 405
    line.refresh_from_db()
    assert line.read_at is None


def test_empty_it_says_what_will_come():
    world = a_world()
    customer = Visitor(world.customer.user).get(LIST)
    assert "Nothing has come yet" in customer.text and "When you book" in customer.text
    owner = Visitor(world.client.user).get(LIST)
    assert "of your salon" in owner.text and owner.has_link("/manage/")


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number(size):
    user = a_person("clara@example.com")
    for number in range(size):
        a_line(user, number)
    visitor = Visitor(user)
    # Session, person, how many lines, the lines, how many unread.
    assert queries(visitor, LIST) == 5
    assert queries(visitor, BELL) == 3
    newest = Notification.objects.filter(user=user).earliest("at")
    assert queries(visitor, f"{NEWER}?newest={newest.pk}") == 4


def test_what_a_booking_says_arrives_in_the_list():
    world = a_world()
    a_booking(world, berlin(3, "10:15"))
    from beautydrop.notifications import delivery

    delivery.deliver_many(delivery.due(NOW), now=NOW)
    page = Visitor(world.customer.user).get(LIST)
    assert "Confirmed: Gel manicure, Thu 3 Dec 10:15 — Studio Nord" in page.text
    owner = Visitor(world.client.user).get(LIST)
    assert "Booked: Clara Neumann, Thu 3 Dec 10:15" in owner.text


# --- The bell -------------------------------------------------------------------------------------


def test_the_bell_is_a_link_on_every_page_and_counts_by_itself():
    world = a_world()
    for user, url in ((world.customer.user, "/"), (world.client.user, f"/manage/{world.shop.slug}/day/")):
        page = Visitor(user).get(url)
        (bell,) = [got for tag, got in page.elements if tag == "a" and got.get("id") == "bell"]
        assert bell["href"] == LIST and bell["hx-get"] == BELL and "every 60s" in bell["hx-trigger"]
        assert page.links[LIST] == "Messages"
    assert not Visitor().get("/").has_link(LIST)


def test_the_count_is_sent_when_it_changed_and_said_when_it_grew():
    user = a_person("clara@example.com")
    visitor = Visitor(user)
    first = visitor.get(BELL, **HTMX)
    assert first.status == 200 and "data-announce" not in first.html
    assert visitor.get(BELL, {"known": "0"}, **HTMX).status == 204
    a_line(user)
    grown = visitor.get(BELL, {"known": "0"}, **HTMX)
    assert 'data-announce="1 unread message"' in grown.html and "Messages, 1 unread" in grown.text
    assert 'name="known" value="1"' in grown.html
    fewer = visitor.get(BELL, {"known": "4"}, **HTMX)
    assert fewer.status == 200 and "data-announce" not in fewer.html
    assert visitor.get(BELL, {"known": "nonsense"}, **HTMX).status == 200


def test_a_crowd_is_counted_to_ninety_nine():
    user = a_person("clara@example.com")
    Notification.objects.bulk_create(
        Notification(user=user, message_id=uuid.uuid4(), kind="x", title="T", path="/", at=NOW) for _n in range(120)
    )
    page = Visitor(user).get(BELL)
    assert "99+" in page.html and "120 unread" in page.text


def test_after_the_session_ended_nothing_is_swapped_in():
    for url in (BELL, NEWER):
        assert Visitor().get(url, **HTMX).status == 204
        assert Visitor().post(url).status == 405


def test_the_open_list_asks_for_what_came_since():
    user = a_person("clara@example.com")
    known = a_line(user, 5)
    visitor = Visitor(user)
    ask = {"newest": str(known.pk)}
    assert visitor.get(NEWER, ask, **HTMX).status == 204
    new = [a_line(user, 1), a_line(user, 2)]
    part = visitor.get(NEWER, ask, **HTMX)
    assert part.text.index("Number 1.") < part.text.index("Number 2.") and "Number 5." not in part.text
    assert "<html" not in part.html
    assert f'value="{new[0].pk}" hx-swap-oob="true"' in part.html
    assert visitor.get(NEWER, {"newest": str(new[0].pk)}, **HTMX).status == 204
    for absurd in ("", "x", str(uuid.uuid4()), "%00"):
        assert visitor.get(NEWER, {"newest": absurd}, **HTMX).status == 204
