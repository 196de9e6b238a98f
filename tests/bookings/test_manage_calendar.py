"""The owner's calendar: day, week and agenda, whose columns, the clock's odd days, and what it costs."""

import gzip
import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client as Browser
from django.urls import reverse

from beautydrop.accounts.models import User
from beautydrop.availability import day_bounds, minutes_of
from beautydrop.bookings import actions
from beautydrop.bookings.actions import Contact
from beautydrop.bookings.manage import board, rows
from beautydrop.bookings.manage.board import Day
from beautydrop.bookings.manage.rows import Axis
from beautydrop.bookings.models import Booking
from beautydrop.scheduling import actions as scheduling
from beautydrop.scheduling import claims
from beautydrop.shops import actions as shops
from beautydrop.web.bundle import SOURCE
from tests.factories import NOW, World, a_booking, a_person, a_service, a_world, berlin, by_owner

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}
VIEWS = ["day", "week", "agenda"]


def signed_in(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


@pytest.fixture
def world(time_machine) -> World:
    time_machine.move_to(NOW, tick=False)
    return a_world()


@pytest.fixture
def owner(world) -> Browser:
    return signed_in(world.client.user)


def a_stylist(world: World) -> User:
    user = a_person("mina@example.com", name="Mina Haddad")
    world.mina.user = user
    world.mina.save()
    return user


def url(view: str, world: World, **query: str) -> str:
    return reverse(f"manage:{view}", args=[world.shop.slug], query=query)


def said(page: str, booking: Booking) -> str:
    """A block's words, as they are read aloud."""
    link = re.search(rf'<a id="b-{booking.pk}".*?</a>', page, re.DOTALL)
    assert link
    return re.sub(r"<svg.*?</svg>|<[^>]+>", "", link[0])


# --- Who may ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", VIEWS)
def test_strangers_sign_in_and_others_find_nothing(world, view):
    path = url(view, world)
    assert Browser().get(path).status_code == 302
    assert signed_in(world.customer.user).get(path).status_code == 404
    assert signed_in(world.client.user).post(path).status_code == 405


@pytest.mark.parametrize("view", VIEWS)
def test_staff_see_only_their_own_column(world, view):
    a_booking(world, berlin(3, "10:15"))
    a_booking(world, berlin(3, "12:15"), staff=world.ayla, is_guest=True)
    browser = signed_in(a_stylist(world))
    for query in ({"date": "2026-12-03"}, {"date": "2026-12-03", "staff": str(world.ayla.pk)}):
        page = browser.get(url(view, world, **query)).content.decode()
        assert "Clara Neumann" in page
        assert "Gita Guest" not in page
        assert "Ayla" not in page


# --- What is shown -----------------------------------------------------------------------------------


def test_the_day_has_a_column_for_each_person_with_blocks_in_words(world, owner):
    booking = a_booking(world, berlin(3, "10:15"))
    a_booking(world, berlin(3, "12:15"), staff=world.ayla, is_guest=True)
    page = owner.get(url("day", world, date="2026-12-03")).content.decode()
    assert "Thursday 3 December" in page
    assert re.findall(r'<h2 id="c-[^"]+"><a [^>]+>(\w+)</a>', page) == ["Mina", "Ayla"]
    assert said(page, booking) == "10:15–11:05, Clara Neumann, Gel manicure, Confirmed"
    assert f'id="b-{booking.pk}"' in page
    assert "t-3 d-10" in page  # 10:15 to 11:05 on an axis from 10:00
    assert "2 bookings · €84" in page
    assert "Pending" in page


def test_people_are_chosen_by_a_form(world, owner):
    a_booking(world, berlin(3, "10:15"))
    page = owner.get(url("day", world, date="2026-12-03", staff=str(world.ayla.pk))).content.decode()
    assert "Clara Neumann" not in page
    assert "Nothing is booked yet" in page


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    "query",
    [{"date": "nonsense"}, {"date": "9999-99-99"}, {"staff": "x"}, {"date": "2200-12-31"}, {"date": "2000-01-01"}],
)
def test_what_makes_no_sense_is_today_and_everybody(owner, world, view, query):
    assert owner.get(url(view, world, **query)).status_code == 200


@pytest.mark.parametrize("view", VIEWS)
def test_the_grid_alone_answers_polling(world, owner, view):
    a_booking(world, berlin(3, "10:15"))
    page = owner.get(url(view, world, date="2026-12-03", region="grid"), **HTMX).content.decode()
    assert "<html" not in page
    assert 'id="grid"' in page
    assert 'hx-trigger="every 25s' in page
    assert 'id="tally" hx-swap-oob="true"' in page
    assert "Clara Neumann" in page


def test_buffers_breaks_blocks_and_absences_are_drawn_and_said(world, owner):
    peel = a_service(world.shop, "Peel", staff=[world.mina], duration_minutes=30, buffer_after_minutes=15)
    actions.book(
        service_id=peel.pk,
        staff_id=world.mina.pk,
        start=berlin(3, "12:00"),
        contact=Contact("Walk-in"),
        by=by_owner(world.client),
        now=NOW,
    )
    slot = claims.block(staff_member=world.mina, start=berlin(3, "16:00"), end=berlin(3, "17:00"), now=NOW)
    slot.note = "Dentist"
    slot.save()
    scheduling.add_exception(
        shop=world.shop,
        staff_member=world.ayla,
        reason="time_off",
        start_date=date(2026, 12, 3),
        end_date=date(2026, 12, 3),
        note="Holiday",
    )
    page = owner.get(url("day", world, date="2026-12-03")).content.decode()
    assert "Clean-up 15 min" in page
    assert "Dentist" in page
    assert "Holiday" in page
    listed = owner.get(url("agenda", world, date="2026-12-03")).content.decode()
    assert "Dentist" in listed
    assert "Ayla: Holiday" in listed


def test_breaks_have_their_word(world, owner):
    for start, end in ((9, 12), (13, 17)):
        scheduling.add_hours(
            shop=world.shop, staff_member=world.mina, day_of_week=3, start_time=time(start), end_time=time(end)
        )
    page = owner.get(url("day", world, date="2026-12-03")).content.decode()
    assert "Break" in page
    assert "9–17 h" in page


def test_an_empty_day_says_what_to_do_next(world, owner):
    assert "New booking" in owner.get(url("day", world, date="2026-12-03")).content.decode()
    sunday = owner.get(url("day", world, date="2026-12-06")).content.decode()
    assert "Nobody has working hours on Sunday 6 December." in sunday
    empty = shops.create_shop(
        client=world.client,
        name="Empty",
        address="A 1",
        city="Berlin",
        country="DE",
        timezone="Europe/Berlin",
        currency="EUR",
    )
    for view in VIEWS:
        page = owner.get(reverse(f"manage:{view}", args=[empty.slug])).content.decode()
        assert "Nobody works here yet" in page


def test_a_closed_shop_says_why(world, owner):
    scheduling.add_exception(
        shop=world.shop,
        reason="holiday",
        start_date=date(2026, 12, 3),
        end_date=date(2026, 12, 3),
        note="Stocktaking",
    )
    assert "The salon is closed: Stocktaking." in owner.get(url("day", world, date="2026-12-03")).content.decode()


def test_a_cancelled_booking_leaves_the_grid_when_its_time_is_given_again(world, owner):
    first = a_booking(world, berlin(3, "10:15"))
    actions.cancel(booking_id=first.pk, by=by_owner(world.client), now=NOW)
    path = url("day", world, date="2026-12-03")
    assert f"b-{first.pk}" in owner.get(path).content.decode()
    second = a_booking(world, berlin(3, "10:15"), is_guest=True)
    page = owner.get(path).content.decode()
    assert f"b-{first.pk}" not in page
    assert f"b-{second.pk}" in page


def test_a_hold_that_ran_out_is_not_there(world, owner, time_machine):
    a_booking(world, berlin(3, "10:15"), is_guest=True)
    time_machine.move_to(NOW + timedelta(minutes=31), tick=False)
    assert "Gita Guest" not in owner.get(url("day", world, date="2026-12-03")).content.decode()


def test_who_is_late_stands_in_the_block_and_can_be_marked_from_the_agenda(world, owner, time_machine):
    booking = a_booking(world, berlin(3, "10:15"))
    time_machine.move_to(berlin(3, "10:35"), tick=False)
    page = owner.get(url("day", world)).content.decode()
    assert said(page, booking) == "10:15–11:05, Clara Neumann, Gel manicure, 20 min late, Confirmed"
    agenda = owner.get(url("agenda", world)).content.decode()
    act = reverse("manage:booking_act", args=[world.shop.slug, booking.pk, "arrived"])
    assert f'action="{act}"' in agenda
    here = url("agenda", world, date="2026-12-03")
    answer = owner.post(act, {"next": here}, follow=True)
    assert answer.redirect_chain[0][0] == f"{here}&done={booking.pk}"
    page = answer.content.decode()
    assert "Clara Neumann has arrived." in page
    assert "Undo" in page


def test_the_week_is_one_persons(world, owner):
    a_booking(world, berlin(1, "10:15"))
    a_booking(world, berlin(3, "12:15"), is_guest=True)
    a_booking(world, berlin(4, "12:15"), staff=world.ayla)
    page = owner.get(url("week", world, date="2026-12-03", staff=str(world.mina.pk))).content.decode()
    assert "30 Nov to 6 Dec" in page
    assert "2 bookings" in page
    assert page.count("Not working") >= 1  # Sunday
    assert len(re.findall(r'<section class="column', page)) == 7


# --- Places in time ----------------------------------------------------------------------------------


def test_every_place_has_its_class():
    css = (SOURCE / "manage" / "rows.css").read_text()
    for number in range(rows.MAX_ROWS + 1):
        assert f".t-{number} {{ grid-row-start: {number + 1}; }}" in css
    for number in range(1, rows.MAX_ROWS + 1):
        assert f".d-{number} {{ grid-row-end: span {number}; }}" in css


def test_what_meets_in_time_meets_in_the_grid():
    axis = Axis(0, 600)
    for minute in range(5, 400):
        first, second = axis.place(0, minute), axis.place(minute, minute + 20)
        assert second.startswith(f"t-{first.split('-')[-1]} ")
    assert axis.place(-60, 900) == "t-0 d-120"
    assert axis.place(599, 2000) == "t-119 d-1"


@pytest.mark.parametrize(
    ("day", "hours", "labels"),
    [
        (date(2026, 10, 24), 24, ["0", "1", "2", "3", "4"]),
        (date(2026, 10, 25), 25, ["0", "1", "2", "2", "3"]),
        (date(2027, 3, 28), 23, ["0", "1", "3", "4", "5"]),
    ],
)
def test_a_day_has_as_many_rows_as_it_has_hours(day, hours, labels):
    zone = ZoneInfo("Europe/Berlin")
    start, end = day_bounds(day, zone)
    axis = Axis(start, end)
    assert axis.rows == hours * 12
    ticks = board.ticks(axis, zone)
    assert [one.hour for one in ticks if one.hour][:5] == labels
    changed = [one.zone for one in ticks if one.zone]
    assert changed == ([] if hours == 24 else ["CET"] if hours == 25 else ["CEST"])


def test_the_night_of_the_long_day_keeps_its_places(world, owner, time_machine):
    """Open from midnight to six when the clock goes back: 02:30 comes twice, and each has its own rows."""
    time_machine.move_to(datetime(2026, 10, 20, 8, tzinfo=UTC), tick=False)
    scheduling.add_hours(shop=world.shop, staff_member=world.mina, day_of_week=6, start_time=time(0), end_time=time(6))
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    for start in (first, second):
        actions.book(
            service_id=world.manicure.pk,
            staff_id=world.mina.pk,
            start=start,
            contact=Contact("Night"),
            by=by_owner(world.client),
            now=datetime(2026, 10, 20, 8, tzinfo=UTC),
        )
    page = owner.get(url("day", world, date="2026-10-25")).content.decode()
    assert page.count('class="b-when">02:30<') == 2
    assert "t-30 d-10" in page
    assert "t-42 d-10" in page


def test_what_runs_past_midnight_belongs_to_both_days_but_counts_once(world, owner):
    scheduling.add_hours(shop=world.shop, staff_member=world.mina, day_of_week=3, start_time=time(20), end_time=time(2))
    actions.book(
        service_id=world.manicure.pk,
        staff_id=world.mina.pk,
        start=berlin(3, "23:30"),
        contact=Contact("Night owl"),
        by=by_owner(world.client),
        now=NOW,
    )
    thursday = owner.get(url("day", world, date="2026-12-03")).content.decode()
    friday = owner.get(url("day", world, date="2026-12-04")).content.decode()
    assert "Night owl" in thursday and "Night owl" in friday
    assert "1 booking ·" in thursday and "0 bookings ·" in friday
    week = owner.get(url("week", world, date="2026-12-03", staff=str(world.mina.pk))).content.decode()
    ids = re.findall(r'id="([^"]+)"', week)
    assert len(ids) == len(set(ids))
    assert "1 booking ·" in week


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Auckland", "Australia/Lord_Howe", "Asia/Kathmandu"])
def test_today_and_the_axis_are_the_shops(world, owner, zone):
    world.shop.timezone = zone
    world.shop.save()
    today = NOW.astimezone(ZoneInfo(zone)).date()
    page = owner.get(url("day", world)).content.decode()
    assert f'value="{today.isoformat()}"' in page
    local = Day.of(today, world.shop.zone, [])
    assert local.start <= minutes_of(NOW) < local.end


# --- What it costs -----------------------------------------------------------------------------------


def a_full_day(world: World) -> None:
    """Twelve people with some seventeen short appointments each: 200 blocks."""
    people = [world.mina, world.ayla]
    people += [shops.create_staff_member(shop=world.shop, name=f"Person {n}", position=n) for n in range(2, 12)]
    quick = a_service(world.shop, "Brow shape", staff=people, duration_minutes=20, buffer_after_minutes=5)
    left = 200
    for person in people:
        for number in range(17):
            if left:
                left -= 1
                actions.book(
                    service_id=quick.pk,
                    staff_id=person.pk,
                    start=berlin(3, "10:00") + timedelta(minutes=25 * number),
                    contact=Contact(f"Client number {number}"),
                    by=by_owner(world.client),
                    now=NOW,
                )


def test_two_hundred_blocks_of_twelve_people_cost_eight_queries_and_little_html(
    world, owner, django_assert_num_queries
):
    a_full_day(world)
    path = url("day", world, date="2026-12-03")
    with django_assert_num_queries(8):
        page = owner.get(path).content
    assert page.count(b'<li class="b ') == 200
    assert len(gzip.compress(page)) <= 60 * 1024
    with django_assert_num_queries(7):  # without the switcher
        owner.get(path + "&region=grid", **HTMX)


@pytest.mark.parametrize(("view", "count"), [("day", 8), ("week", 8), ("agenda", 9)])
@pytest.mark.parametrize("bookings", [1, 3])
def test_queries_do_not_grow(world, owner, django_assert_num_queries, view, count, bookings):
    for number in range(bookings):
        a_booking(world, berlin(3, "10:15") + timedelta(hours=number))
    with django_assert_num_queries(count):
        owner.get(url(view, world, date="2026-12-03"))


def test_the_scripts_of_the_calendar_stay_small():
    js = SOURCE.parent.parent / "js"
    names = ["htmx-2.0.11.min.js", "site.js", "manage-calendar.js"]
    total = sum(len(gzip.compress((js / name).read_bytes())) for name in names)
    assert total <= 35 * 1024
