"""The weekly editor: what is typed is understood or kept, saved in one piece, and never leaves bookings unseen."""

from datetime import date, time

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from beautydrop.bookings import actions as bookings
from beautydrop.scheduling import actions, week
from beautydrop.scheduling.models import Schedule, ScheduleException
from beautydrop.scheduling.week import Row, Season
from beautydrop.shops import actions as shops
from beautydrop.shops.models import StaffMember
from tests.factories import NOW, World, a_booking, a_person, a_shop, a_world, an_owner, berlin, by_owner
from tests.pages import Page, Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def owner(world) -> Visitor:
    return Visitor(world.client.user)


def _shop_url(world: World) -> str:
    return reverse("manage:hours", args=[world.shop.slug])


def _person_url(world: World, person: StaffMember) -> str:
    return reverse("manage:person_hours", args=[world.shop.slug, person.pk])


def _sign_in(person: StaffMember, *, is_manager: bool = False) -> Visitor:
    user = a_person(f"{person.short_name.lower()}@example.com", name=person.name)
    StaffMember.objects.filter(pk=person.pk).update(user=user, is_manager=is_manager)
    return Visitor(user)


def _rows(world: World, person: StaffMember | None = None) -> list[str]:
    return [
        f"{row.day_of_week} {row.start_time:%H:%M}-{row.end_time:%H:%M}"
        for row in Schedule.objects.filter(shop=world.shop, staff_member=person)
    ]


def _send(visitor: Visitor, page: Page, **changes: object) -> Page:
    return visitor.submit(page, "Save", **changes)


# What is typed


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("9", time(9)),
        ("9:00", time(9)),
        ("09:00", time(9)),
        ("0900", time(9)),
        ("900", time(9)),
        ("9.30", time(9, 30)),
        ("9h30", time(9, 30)),
        (" 9:05 ", time(9, 5)),
        ("2 pm", time(14)),
        ("12am", time(0)),
        ("24:00", time(0)),
        ("0", time(0)),
        ("", None),
        ("25", None),
        ("9:60", None),
        ("9:5", None),
        ("13 pm", None),
        ("nine", None),
        ("²", None),
    ],
)
def test_typed_times(typed, found):
    assert week.parse_clock(typed) == found


@pytest.mark.parametrize(
    ("rows", "clashes"),
    [
        ([Row(0, time(9), time(12)), Row(0, time(12), time(18))], False),
        ([Row(0, time(9), time(12)), Row(0, time(11, 55), time(18))], True),
        ([Row(0, time(9), time(12)), Row(0, time(9), time(12))], True),
        ([Row(4, time(20), time(2)), Row(5, time(2), time(6))], False),
        ([Row(4, time(20), time(2)), Row(5, time(1), time(6))], True),
        ([Row(6, time(20), time(2)), Row(0, time(1), time(6))], True),
        ([Row(6, time(20), time(0)), Row(0, time(0), time(6))], False),
        ([Row(0, time(0), time(0))], False),
    ],
)
def test_overlaps_are_seen_across_midnight_and_the_week(rows, clashes):
    assert (week.clash(rows) is not None) is clashes


def test_a_night_counts_its_hours():
    assert Row(4, time(20), time(2)).minutes == 360
    assert Row(4, time(20), time(0)).minutes == 240
    assert Row(4, time(0), time(0)).minutes == 1440


# The rule of the set


def test_a_set_replaces_the_old_one_whole(world):
    actions.set_week(shop=world.shop, rows=[Row(1, time(9), time(12)), Row(1, time(13), time(18))])
    assert _rows(world) == ["1 09:00-12:00", "1 13:00-18:00"]


def test_a_season_cuts_what_holds_on_its_dates_and_gives_way_again(world):
    summer = Season(date(2027, 6, 1), date(2027, 8, 31))
    actions.set_week(shop=world.shop, rows=[Row(0, time(8), time(12))], season=summer)

    def seasons() -> set[tuple[date | None, date | None]]:
        return set(Schedule.objects.filter(shop=world.shop).values_list("valid_from", "valid_until"))

    assert seasons() == {
        (None, date(2027, 5, 31)),
        (date(2027, 6, 1), date(2027, 8, 31)),
        (date(2027, 9, 1), None),
    }
    assert Schedule.objects.filter(shop=world.shop).count() == 13
    actions.remove_season(shop=world.shop, season=summer)
    assert seasons() == {(None, None)}
    assert Schedule.objects.filter(shop=world.shop).count() == 6


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "Enter hours for at least one day"),
        ([Row(0, time(hour), time(hour, 30)) for hour in range(9, 16)], "Monday: enter at most 6 rows"),
        ([Row(0, time(9), time(12)), Row(0, time(11), time(13))], "Monday: 9:00–12:00 and 11:00–13:00 overlap."),
        ([Row(4, time(20), time(2)), Row(5, time(1), time(4))], "Friday’s 20:00–2:00 runs into Saturday’s 1:00–4:00."),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_is_written(world, rows, words):
    before = _rows(world)
    with pytest.raises(ValidationError) as refused:
        actions.set_week(shop=world.shop, rows=rows)
    assert words in refused.value.messages[0]
    assert _rows(world) == before


# The page


def test_the_week_says_its_hours_and_saves(world, owner):
    page = owner.get(_shop_url(world))
    assert page.h1 == "The salon is open 48 hours a week"
    saved = _send(owner, page, **{"start-0-0": "9", "end-0-0": "1730"})
    assert "Saved. The salon is open 48.5 hours a week." in saved.text
    assert _rows(world)[0] == "0 09:00-17:30"


def test_rows_are_added_and_removed_without_losing_what_was_typed(world, owner):
    page = owner.get(_shop_url(world))
    more = _send(owner, page, act="add-0", **{"end-0-0": "noon-ish", "start-1-0": "7"})
    assert more.status == 200
    values = more.form("Save").values
    assert (values["end-0-0"], values["start-0-1"], values["start-1-0"]) == (["noon-ish"], [""], ["7"])
    fewer = _send(owner, more, act="remove-0-0")
    values = fewer.form("Save").values
    assert values["start-0-0"] == [""]
    assert "start-0-1" not in values
    assert values["start-1-0"] == ["7"]
    assert len(_rows(world)) == 6


def test_a_day_is_copied_to_others(world, owner):
    page = owner.get(_shop_url(world))
    copied = _send(owner, page, act="copy-0", **{"start-0-0": "8", "to-0": ["1", "6", "nonsense"]})
    values = copied.form("Save").values
    assert [values[f"start-{day}-0"] for day in (0, 1, 2, 6)] == [["8"], ["8"], ["10:00"], ["8"]]
    none = _send(owner, page, act="copy-0", **{"to-0": None})
    assert none.status == 422
    assert "Select the days to copy Monday to" in none.text


def test_a_region_is_the_editor_alone(world, owner):
    page = owner.post(f"{_shop_url(world)}?region=week", {"act": "add-0", "start-0-0": "9"}, **{"HX-Request": "true"})
    assert page.status == 200
    assert "<html" not in page.html
    assert 'id="start-0-1"' in page.html


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"start-0-0": "25"}, "Monday: enter a time such as 9:00 instead of “25”"),
        ({"end-0-0": ""}, "Monday: enter both times, or leave both empty"),
        ({"start-0-1": "11", "end-0-1": "12"}, "Monday: 10:00–18:00 and 11:00–12:00 overlap."),
        ({"end-5-0": "2", "start-6-0": "1", "end-6-0": "3"}, "Saturday’s 10:00–2:00 runs into Sunday’s 1:00–3:00."),
        ({"interval": "0"}, "Choose a slot interval from 5 to 240 minutes"),
        ({"interval": "9" * 30}, "Choose a slot interval from 5 to 240 minutes"),
        ({"valid_from": "soon"}, "Enter a date such as 2026-06-01"),
        ({"valid_from": "2027-02-01", "valid_until": "2027-01-01"}, "Choose an end date that is not before"),
    ],
)
def test_mistakes_are_said_and_nothing_typed_is_lost(world, owner, changes, words):
    page = _send(owner, owner.get(_shop_url(world)), **changes)
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert words in page.text
    values = page.form("Save").values
    for name, value in changes.items():
        if name not in {"interval"}:
            assert values[name] == [value]
    assert len(_rows(world)) == 6


def test_bad_input_is_never_an_error_of_ours(world, owner):
    for act in ("", "add-99", "remove-0-99", "copy-x", "add-", "remove-season", "save-anyway", "as-shop", "\x00"):
        data = {"act": act, "season": "x" * 500, "accepted": "1", "start-0-0": "\x00", "to-0": "7", "meant": "add-0"}
        assert owner.post(_shop_url(world), data).status in {200, 422}
    assert owner.get(_shop_url(world), {"season": "9999_", "mode": "x"}).status == 200
    assert len(_rows(world)) == 6


def test_past_midnight_is_said_in_words(world, owner):
    page = _send(owner, owner.get(_shop_url(world)), act="refresh", **{"start-5-0": "20", "end-5-0": "2"})
    assert "until 02:00 the next day" in page.text
    saved = _send(owner, page)
    assert "5 20:00-02:00" in _rows(world)
    assert "until 02:00 the next day" in saved.text


def test_a_season_is_added_and_removed(world, owner):
    page = owner.get(_shop_url(world), {"season": "new"})
    saved = _send(owner, page, valid_from="2027-06-01", valid_until="2027-08-31", **{"start-0-0": "8"})
    assert "1 Jun 2027 to 31 Aug 2027" in saved.text
    assert "Until 31 May 2027" in saved.text
    assert Schedule.objects.filter(shop=world.shop).count() == 18
    gone = _send(owner, saved, act="remove-season")
    assert "The season is gone." in gone.text
    assert Schedule.objects.filter(shop=world.shop).count() == 6


def test_a_season_that_went_meanwhile_takes_nothing_with_it(world, owner):
    summer = week.Season(date(2027, 6, 1), date(2027, 8, 31))
    actions.set_week(shop=world.shop, rows=[Row(0, time(8), time(12))], season=summer)
    page = owner.get(_shop_url(world), {"season": summer.key})
    actions.remove_season(shop=world.shop, season=summer)
    gone = _send(owner, page, act="remove-season")
    assert gone.status == 422
    assert "This season is gone already" in gone.text
    assert Schedule.objects.filter(shop=world.shop).count() == 6
    saved = _send(owner, page)
    assert "Saved." in saved.text
    assert Schedule.objects.filter(shop=world.shop, valid_from=None, valid_until=date(2027, 5, 31)).count() == 6


def test_a_person_has_own_hours_or_the_shops(world, owner):
    url = _person_url(world, world.mina)
    page = owner.get(url)
    assert "Mina works whenever the salon is open." in page.text
    own = owner.get(url, {"mode": "own"})
    saved = _send(owner, own, **{"start-0-0": "12", "end-0-0": "16", "interval": "30"})
    assert saved.h1 == "Mina works 44 hours a week"
    assert len(_rows(world, world.mina)) == 6
    assert Schedule.objects.filter(staff_member=world.mina, slot_interval_minutes=30).count() == 6
    assert len(_rows(world)) == 6
    back = owner.submit(owner.get(url, {"mode": "shop"}), "work as the shop", act="as-shop")
    assert "Mina works whenever the salon is open." in back.text
    assert _rows(world, world.mina) == []


# Bookings that would fall outside


def test_bookings_outside_are_listed_before_anything_is_saved(world, owner):
    a_booking(world, berlin(3, "10:15"))
    a_booking(world, berlin(3, "14:00"), staff=world.ayla)
    page = owner.get(_shop_url(world))
    asked = _send(owner, page, **{"start-3-0": "12"})
    assert asked.status == 409
    assert "1 booking would fall outside: Clara Neumann, Thu 3 Dec, 10:15 Mina" in asked.text
    assert "3 10:00-18:00" in _rows(world)
    back = _send(owner, asked, act="back", accepted=None)
    assert back.form("Save").values["start-3-0"] == ["12"]
    saved = _send(owner, asked, act="save-anyway")
    assert "Saved." in saved.text
    assert "3 12:00-18:00" in _rows(world)
    assert world.shop.bookings.filter(status="confirmed").count() == 2


def test_a_booking_made_meanwhile_is_asked_about(world, owner):
    a_booking(world, berlin(3, "10:15"))
    asked = _send(owner, owner.get(_shop_url(world)), **{"start-3-0": "12"})
    a_booking(world, berlin(3, "11:00"), staff=world.ayla)
    again = _send(owner, asked, act="save-anyway")
    assert again.status == 409
    assert "2 bookings would fall outside:" in again.text
    assert "3 10:00-18:00" in _rows(world)


def test_what_lay_outside_before_is_not_asked_about_again(world, owner):
    a_booking(world, berlin(3, "10:15"))
    actions.set_week(shop=world.shop, rows=[Row(3, time(12), time(18))])
    assert "Saved." in _send(owner, owner.get(_shop_url(world)), **{"start-3-0": "13"}).text


def test_own_hours_ask_only_about_that_person(world, owner):
    a_booking(world, berlin(3, "10:15"), staff=world.ayla)
    own = owner.get(_person_url(world, world.mina), {"mode": "own"})
    assert "Saved." in _send(owner, own, **{"start-3-0": "12"}).text


def test_a_cancelled_booking_is_none(world, owner):
    booking = a_booking(world, berlin(3, "10:15"))
    bookings.cancel(booking_id=booking.pk, by=by_owner(world.client), now=NOW)
    assert "Saved." in _send(owner, owner.get(_shop_url(world)), **{"start-3-0": "12"}).text


def test_the_night_of_a_clock_change_is_held_by_its_hours(world, owner):
    """25 October 2026 was a 25-hour day; on 28 March 2027 the clock skips from 2 to 3."""
    rows = [Row(day, time(10), time(18)) for day in range(5)] + [Row(5, time(22), time(4))]
    actions.set_week(shop=world.shop, rows=rows)
    shops.update_shop(shop=world.shop, horizon_days=200)
    a_booking(world, berlin(28, "03:00", month=3, year=2027))
    page = owner.get(_shop_url(world))
    assert _send(owner, page, **{"end-5-0": "3"}).status == 409
    saved = _send(owner, page, **{"start-5-0": "21"})
    assert "Saved." in saved.text


# Rights


def test_who_may(world):
    shop, mina = _shop_url(world), _person_url(world, world.mina)
    ayla = _person_url(world, world.ayla)
    staff = _sign_in(world.mina)
    manager = _sign_in(world.ayla, is_manager=True)
    other = Visitor(an_owner("other@example.com").user)
    customer = Visitor(world.customer.user)
    for url in (shop, mina, ayla):
        assert Visitor().get(url).status == 302
        assert customer.get(url).status == 404
        assert other.get(url).status == 404
        assert other.post(url, {"act": "save"}).status == 404
        assert manager.get(url).status == 200
        assert manager.client.put(url).status_code == 405
    assert (staff.get(shop).status, staff.get(mina).status, staff.get(ayla).status) == (403, 200, 403)
    assert staff.post(mina, {"act": "save"}).status == 403
    own = staff.get(mina)
    assert not own.has_form("Save")
    assert "Your hours are set by the salon." in own.text
    assert world.shop.schedules.count() == 6


def test_a_person_of_another_shop_is_not_there(world, owner):
    elsewhere = a_shop(an_owner("other@example.com"), "Elsewhere")
    assert owner.get(_person_url(world, shops.create_staff_member(shop=elsewhere, name="Otto"))).status == 404


def test_the_page_takes_the_same_queries_for_one_and_three(world, owner, django_assert_num_queries):
    def close(day: int) -> None:
        actions.add_exception(
            shop=world.shop,
            reason=ScheduleException.Reason.BLACKOUT,
            start_date=date(2026, 12, day),
            end_date=date(2026, 12, day),
        )

    a_booking(world, berlin(3, "10:15"))
    close(3)
    owner.get(_shop_url(world))
    with django_assert_num_queries(11):
        owner.get(_shop_url(world))
    shops.create_staff_member(shop=world.shop, name="Lotte Berg")
    for day in (4, 5):
        a_booking(world, berlin(day, "10:15"), staff=world.ayla)
        close(day)
    with django_assert_num_queries(11):
        owner.get(_shop_url(world))
