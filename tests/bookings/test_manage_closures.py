"""Days that differ: nothing is written before each booking that they cover is decided about, and none is forgotten."""

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from beautydrop.bookings import actions, closures
from beautydrop.bookings.models import Booking, BookingEvent, KeptBooking
from beautydrop.scheduling import actions as scheduling
from beautydrop.scheduling.models import ScheduleException
from beautydrop.scheduling.week import Row
from beautydrop.shops import actions as shops
from beautydrop.shops.models import StaffMember
from tests.factories import (
    NOW,
    World,
    a_booking,
    a_person,
    a_service,
    a_shop,
    a_world,
    an_owner,
    berlin,
    by_customer,
    by_owner,
)
from tests.pages import Page, Visitor, mails

pytestmark = pytest.mark.django_db
Reason = ScheduleException.Reason


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def owner(world) -> Visitor:
    return Visitor(world.client.user)


def _new(world: World) -> str:
    return reverse("manage:closure_new", args=[world.shop.slug])


def _url(world: World, exception: ScheduleException) -> str:
    return reverse("manage:closure", args=[world.shop.slug, exception.pk])


def _sign_in(person: StaffMember, *, is_manager: bool = False) -> Visitor:
    user = a_person(f"{person.short_name.lower()}@example.com", name=person.name)
    StaffMember.objects.filter(pk=person.pk).update(user=user, is_manager=is_manager)
    return Visitor(user)


def _look(world: World, visitor: Visitor, **typed: object) -> Page:
    """Type an entry and press Continue."""
    return visitor.submit(visitor.get(_new(world)), "Continue", **typed)


def _close(world: World, first: int, last: int | None = None, *, staff: StaffMember | None = None) -> ScheduleException:
    return scheduling.set_exception(
        shop=world.shop,
        reason=Reason.TIME_OFF if staff else Reason.BLACKOUT,
        start_date=date(2026, 12, first),
        end_date=date(2026, 12, last or first),
        staff_member=staff,
    )


def _covered(world: World, exception: ScheduleException) -> list[Booking]:
    rows = ScheduleException.objects.filter(pk=exception.pk).select_related("staff_member")
    closure = closures.stored(rows, world.shop)[0]
    return closures.Overview(world.shop, [closure], now=NOW).undecided(closure)


# What a closure covers


def test_a_closed_shop_covers_everybodys_bookings_of_the_day_only(world):
    first = a_booking(world, berlin(3, "10:15"))
    second = a_booking(world, berlin(3, "14:00"), staff=world.ayla)
    a_booking(world, berlin(4, "10:15"))
    assert _covered(world, _close(world, 3)) == [first, second]


def test_time_off_covers_that_persons_bookings(world):
    mine = a_booking(world, berlin(3, "10:15"))
    a_booking(world, berlin(3, "10:15"), staff=world.ayla)
    assert _covered(world, _close(world, 3, staff=world.mina)) == [mine]


def test_special_hours_cover_what_lies_outside_them(world):
    a_booking(world, berlin(3, "10:15"))
    late = a_booking(world, berlin(3, "16:00"))
    row = scheduling.set_exception(
        shop=world.shop,
        reason=Reason.SPECIAL,
        start_date=date(2026, 12, 3),
        end_date=date(2026, 12, 3),
        windows=[(time(10), time(12)), (time(13), time(15))],
    )
    assert ScheduleException.objects.count() == 2
    exceptions = scheduling.exception_rows(row).select_related("staff_member")
    closure = closures.stored(exceptions, world.shop)[0]
    assert closures.Overview(world.shop, [closure], now=NOW).affected(closure) == [late]


def test_a_night_belongs_to_the_day_on_which_it_begins(world):
    rows = [Row(weekday, time(20), time(2)) for weekday in range(6)]
    scheduling.set_week(shop=world.shop, rows=rows)
    eve = a_booking(world, berlin(3, "00:30"))
    night = a_booking(world, berlin(4, "00:30"))
    closed = _close(world, 3)
    assert eve not in _covered(world, closed)
    assert _covered(world, closed) == [night]


def test_a_25_hour_day_is_covered_to_its_end(world):
    shops.update_shop(shop=world.shop, horizon_days=365)
    scheduling.set_week(shop=world.shop, rows=[Row(6, time(0), time(0))])
    # 31 October 2027: the clock goes back at 3.
    last = a_booking(world, berlin(31, "23:00", month=10, year=2027))
    row = scheduling.set_exception(
        shop=world.shop, reason=Reason.BLACKOUT, start_date=date(2027, 10, 31), end_date=date(2027, 10, 31)
    )
    assert _covered(world, row) == [last]


def test_cancelled_and_expired_ones_are_none(world):
    booking = a_booking(world, berlin(3, "10:15"))
    hold = a_booking(world, berlin(3, "12:00"), is_guest=True)
    actions.cancel(booking_id=booking.pk, by=by_owner(world.client), now=NOW)
    closed = _close(world, 3)
    assert _covered(world, closed) == [hold]
    closure = closures.stored(ScheduleException.objects.all(), world.shop)[0]
    assert closures.Overview(world.shop, [closure], now=NOW + timedelta(hours=1)).undecided(closure) == []


# Entering


def test_without_bookings_it_is_entered_at_once(world, owner):
    shown = _look(world, owner, kind="blackout", first="2026-12-24", last="2026-12-26", note="Christmas")
    assert "Entered for 24 Dec to 26 Dec: Whole shop closed, Christmas. No booking is concerned." in shown.text
    assert "24 Dec to 26 Dec" in shown.text
    assert ScheduleException.objects.count() == 1


def test_over_bookings_nothing_is_written_before_the_owner_decides(world, owner):
    booking = a_booking(world, berlin(3, "10:15"))
    page = _look(world, owner, kind="blackout", first="2026-12-03")
    assert page.status == 200
    assert page.h1 == "Closing 3 Dec affects 1 booking"
    assert "Clara Neumann" in page.text
    assert page.has_link(f"/bookings/{booking.pk}/move/")
    assert not ScheduleException.objects.exists()
    missing = owner.submit(page, "Enter it", act="decide")
    assert missing.status == 422
    assert missing.title.startswith("Error: ")
    assert "Choose what happens to Clara Neumann’s booking" in missing.text
    assert not ScheduleException.objects.exists()
    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_each_booking_is_kept_moved_or_cancelled(world, owner):
    kept = a_booking(world, berlin(3, "10:15"))
    moved = a_booking(world, berlin(3, "12:00"))
    gone = a_booking(world, berlin(3, "14:00"))
    page = _look(world, owner, kind="blackout", first="2026-12-03")
    to = page.form("Enter it").choices[f"to-{moved.pk}"][0]
    chosen = {
        f"choice-{kept.pk}": "keep",
        f"choice-{moved.pk}": "move",
        f"to-{moved.pk}": to,
        f"choice-{gone.pk}": "cancel",
        "message": "We stay closed.\nHappy holidays",
    }
    done = owner.submit(page, "Enter it", act="decide", **chosen)
    assert done.status == 200
    assert done.h1 == "Everything is decided"
    assert "Stays on Thu 3 Dec, 10:15." in done.text
    assert "Moved to" in done.text
    assert "Cancelled. The client is told by e-mail." in done.text
    for booking in (kept, moved, gone):
        booking.refresh_from_db()
    assert (kept.status, moved.status, gone.status) == ("confirmed", "confirmed", "cancelled")
    assert (kept.starts_at, gone.cancel_reason) == (berlin(3, "10:15"), "shop")
    assert moved.starts_at.date() != date(2026, 12, 3)
    note = BookingEvent.objects.get(booking=kept, kind="edited")
    assert note.note == "Stays, although these hours are closed"
    subjects = [one.subject for one in mails("clara@example.com")]
    assert sum(subject.startswith("Moved: ") for subject in subjects) == 1
    cancelled = next(one for one in mails("clara@example.com") if one.subject.startswith("Cancelled: "))
    assert "We stay closed." in cancelled.body
    closed = ScheduleException.objects.get()
    assert _covered(world, closed) == []
    assert "No booking waits for a decision." in owner.get(_url(world, closed)).text


def test_sending_it_twice_does_it_once(world, owner):
    kept = a_booking(world, berlin(3, "10:15"))
    gone = a_booking(world, berlin(3, "14:00"))
    moved = a_booking(world, berlin(3, "12:00"))
    page = _look(world, owner, kind="blackout", first="2026-12-03")
    chosen = {f"choice-{kept.pk}": "keep", f"choice-{gone.pk}": "cancel", f"choice-{moved.pk}": "move"}
    once = owner.submit(page, "Enter it", act="decide", **chosen)
    sent = len(mails("clara@example.com"))
    again = owner.submit(page, "Enter it", act="decide", **chosen)
    assert (once.status, again.status) == (200, 200)
    assert ScheduleException.objects.count() == KeptBooking.objects.count() == 1
    assert BookingEvent.objects.filter(booking=kept, kind="edited").count() == 1
    assert BookingEvent.objects.filter(booking=moved, kind="moved").count() == 1
    assert len(mails("clara@example.com")) == sent


def test_one_client_can_get_other_words(world, owner):
    booking = a_booking(world, berlin(3, "14:00"))
    page = _look(world, owner, kind="blackout", first="2026-12-03")
    chosen = {f"choice-{booking.pk}": "cancel", "message": "For all.", f"message-{booking.pk}": "For you alone."}
    owner.submit(page, "Enter it", act="decide", **chosen)
    body = mails("clara@example.com")[-1].body
    assert "For you alone." in body
    assert "For all." not in body


def test_one_choice_for_all_keeps_what_was_typed(world, owner):
    a_booking(world, berlin(3, "10:15"))
    a_booking(world, berlin(3, "12:00"))
    page = _look(world, owner, kind="blackout", first="2026-12-03", note="Flood")
    moved = owner.submit(page, "Enter it", act="move-all", message="A pipe burst.")
    assert "2 move." in moved.text
    values = moved.form("Enter it").values
    assert values["message"] == ["A pipe burst."]
    offered = [value for name, value in values.items() if name.startswith("to-")]
    assert len(offered) == 2
    assert offered[0] != offered[1]
    assert not ScheduleException.objects.exists()
    done = owner.submit(moved, "Enter it", act="decide")
    assert done.status == 200
    assert not Booking.objects.filter(starts_at__gte=berlin(3, "00:00"), starts_at__lt=berlin(4, "00:00")).exists()
    assert ScheduleException.objects.get().note == "Flood"


def test_going_back_keeps_what_was_typed(world, owner):
    a_booking(world, berlin(3, "10:15"))
    page = _look(world, owner, kind="blackout", first="2026-12-03", note="Flood")
    form = owner.submit(page, "Enter it", act="edit")
    values = form.form("Continue").values
    assert (values["first"], values["note"], values["kind"]) == (["2026-12-03"], ["Flood"], ["blackout"])


def test_time_off_first_offers_the_same_time_with_somebody_else(world, owner):
    booking = a_booking(world, berlin(3, "10:15"))
    page = _look(world, owner, kind="time_off", staff=str(world.mina.pk), first="2026-12-03")
    assert page.form("Enter it").choices[f"to-{booking.pk}"][0] == f"2026-12-03T09:15Z/{world.ayla.pk}"
    owner.submit(page, "Enter it", act="decide", **{f"choice-{booking.pk}": "move"})
    booking.refresh_from_db()
    assert (booking.starts_at, booking.staff_member) == (berlin(3, "10:15"), world.ayla)


def test_no_time_on_the_closed_days_is_offered(world, owner):
    booking = a_booking(world, berlin(3, "10:15"))
    page = _look(world, owner, kind="blackout", first="2026-12-01", last="2026-12-05")
    for value in page.form("Enter it").choices[f"to-{booking.pk}"]:
        assert not "2026-12-01" <= value[:10] <= "2026-12-05"


def test_a_pending_one_can_be_kept_or_cancelled_but_not_moved(world, owner):
    hold = a_booking(world, berlin(3, "10:15"), is_guest=True)
    page = _look(world, owner, kind="blackout", first="2026-12-03")
    assert page.form("Enter it").choices[f"choice-{hold.pk}"] == ["keep", "cancel"]
    refused = owner.submit(page, "Enter it", act="decide", **{f"choice-{hold.pk}": "move"})
    assert refused.status == 422


# Races


def test_a_booking_made_between_the_list_and_the_decision_is_still_to_decide(world, owner):
    first = a_booking(world, berlin(3, "10:15"))
    page = _look(world, owner, kind="blackout", first="2026-12-03")
    second = a_booking(world, berlin(3, "14:00"))
    done = owner.submit(page, "Enter it", act="decide", **{f"choice-{first.pk}": "cancel"})
    assert done.status == 409
    assert done.h1 == "1 booking is still to decide"
    assert "Booked or changed while you were deciding." in done.text
    closed = ScheduleException.objects.get()
    assert _covered(world, closed) == [second]
    assert "1 booking to decide" in owner.get(reverse("manage:hours", args=[world.shop.slug])).text
    left = owner.get(_url(world, closed))
    finished = owner.submit(left, "Carry this out", act="decide", **{f"choice-{second.pk}": "keep"})
    assert finished.status == 200
    assert _covered(world, closed) == []
    assert "These stay" in owner.get(_url(world, closed)).text


def test_a_booking_that_moved_meanwhile_is_left_as_it_is(world, owner):
    away = a_booking(world, berlin(3, "10:15"))
    nearby = a_booking(world, berlin(3, "12:00"))
    page = _look(world, owner, kind="blackout", first="2026-12-03")
    by = by_customer(world.customer)
    actions.reschedule(booking_id=away.pk, staff_id=None, start=berlin(4, "10:15"), by=by, now=NOW)
    actions.reschedule(booking_id=nearby.pk, staff_id=None, start=berlin(3, "15:00"), by=by, now=NOW)
    chosen = {f"choice-{away.pk}": "cancel", f"choice-{nearby.pk}": "cancel"}
    done = owner.submit(page, "Enter it", act="decide", **chosen)
    assert done.status == 409
    assert done.text.count("Somebody has changed this booking meanwhile, so it was left as it is.") == 2
    assert "Left as it is" in done.text
    for booking in (away, nearby):
        booking.refresh_from_db()
        assert booking.status == "confirmed"
    assert _covered(world, ScheduleException.objects.get()) == [nearby]


def test_a_time_that_was_just_taken_stays_to_decide(world, owner):
    booking = a_booking(world, berlin(3, "10:15"))
    page = _look(world, owner, kind="time_off", staff=str(world.mina.pk), first="2026-12-03")
    a_booking(world, berlin(3, "10:15"), staff=world.ayla)
    done = owner.submit(page, "Enter it", act="decide", **{f"choice-{booking.pk}": "move"})
    assert done.status == 409
    assert "This time has just been taken." in done.text
    assert _covered(world, ScheduleException.objects.get()) == [booking]


def test_a_kept_booking_that_moves_within_the_closed_days_is_to_decide_again(world):
    booking = a_booking(world, berlin(3, "10:15"))
    closed = _close(world, 3, staff=world.mina)
    decision = closures.Decision(booking.pk, booking.sequence, closures.KEEP)
    closures.decide(decision, closure=closed, by=by_owner(world.client), now=NOW)
    assert _covered(world, closed) == []
    another = _close(world, 2, 4, staff=world.mina)
    assert _covered(world, another) == [booking]
    assert closures.unfinished(world.shop, NOW)[0][1] == [booking]


# Mistakes, changing, taking back


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"first": ""}, "Enter the first day, such as 2026-12-24"),
        ({"first": "soon"}, "Enter the first day, such as 2026-12-24"),
        ({"first": "2026-12-24", "last": "2026-12-23"}, "Choose a last day that is not before the first day"),
        ({"first": "2026-11-01"}, "Choose a day that is not over"),
        ({"first": "2026-12-24", "last": "2028-12-24"}, "Choose at most a year"),
        ({"first": "2026-12-24", "kind": "time_off"}, "Choose who is off"),
        ({"first": "2026-12-24", "kind": "party"}, "Choose what it is"),
        ({"first": "2026-12-24", "staff": "nobody"}, "Choose a person of this salon"),
        ({"first": "2026-12-24", "kind": "special"}, "Enter the hours, such as 9:00 to 14:00"),
        ({"first": "2026-12-24", "kind": "special", "start-0-0": "9", "end-0-0": "late"}, "Enter both times"),
        ({"first": "2026-12-24", "note": "x" * 121}, "Enter a note of at most 120 characters"),
    ],
)
def test_mistakes_are_said_and_nothing_typed_is_lost(world, owner, typed, words):
    page = _look(world, owner, note=typed.get("note", "Kept words"), **{k: v for k, v in typed.items() if k != "note"})
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert words in page.text
    values = page.form("Continue").values
    assert values["note"] == [typed.get("note", "Kept words")]
    assert values.get("start-0-0", [""]) == [typed.get("start-0-0", "")]
    assert not ScheduleException.objects.exists()


def test_overlapping_special_hours_are_refused(world, owner):
    typed = {"start-0-0": "9", "end-0-0": "12", "start-0-1": "11", "end-0-1": "14"}
    page = _look(world, owner, kind="special", first="2026-12-24", **typed)
    assert page.status == 422
    assert "9:00–12:00 and 11:00–14:00 overlap." in page.text
    assert page.form("Continue").values["end-0-1"] == ["14"]


def test_special_hours_with_a_break(world, owner):
    form = owner.get(_new(world), {"kind": "special", "first": "2026-12-24"})
    more = owner.submit(form, "Continue", act="add-0", **{"start-0-0": "9", "end-0-0": "1200"})
    shown = owner.submit(more, "Continue", **{"start-0-1": "13", "end-0-1": "14.30"})
    assert "Whole shop 9:00–12:00, 13:00–14:30" in shown.text
    assert ScheduleException.objects.count() == 2


def test_an_entry_is_changed_in_its_place(world, owner):
    closed = _close(world, 24)
    form = owner.get(_url(world, closed), {"edit": "1"})
    changed = owner.submit(
        form, "Continue", kind="special", last="2026-12-25", note="Short", **{"start-0-0": "9", "end-0-0": "14"}
    )
    assert "Entered for 24 Dec to 25 Dec: Whole shop 9:00–14:00, Short." in changed.text
    row = ScheduleException.objects.get()
    assert (row.pk, row.reason, row.end_date) == (closed.pk, "special", date(2026, 12, 25))


def test_changing_it_over_more_bookings_asks_about_those(world, owner):
    closed = _close(world, 2)
    booking = a_booking(world, berlin(3, "10:15"))
    form = owner.get(_url(world, closed), {"edit": "1"})
    asked = owner.submit(form, "Continue", last="2026-12-03")
    assert "affects 1 booking" in asked.h1
    assert ScheduleException.objects.get().end_date == date(2026, 12, 2)
    owner.submit(asked, "Enter it", act="decide", **{f"choice-{booking.pk}": "keep"})
    assert ScheduleException.objects.get().end_date == date(2026, 12, 3)
    assert _covered(world, closed) == []


def test_it_is_taken_back_on_a_page_of_its_own(world, owner):
    closed = _close(world, 24)
    page = owner.get(_url(world, closed), {"delete": "1"})
    assert ScheduleException.objects.exists()
    gone = owner.submit(page, "Take it back", act="delete")
    assert "Taken back for Thu 24 Dec: Whole shop closed." in gone.text
    assert not ScheduleException.objects.exists()
    assert owner.post(_url(world, closed), {"act": "delete"}).status == 404


def test_bad_input_is_never_an_error_of_ours(world, owner):
    booking = a_booking(world, berlin(3, "10:15"))
    closed = _close(world, 3)
    for url in (_new(world), _url(world, closed)):
        for act in ("", "decide", "keep-all", "add-9", "remove-0-7", "edit", "\x00", "x" * 99):
            data = {
                "act": act,
                "id": "x",
                f"choice-{booking.pk}": "move",
                f"to-{booking.pk}": "never/nobody",
                f"sequence-{booking.pk}": "-1",
                "choice-x": "keep",
                "message": "\x00" * 9,
            }
            assert owner.post(url, data).status in {200, 409, 422}
            assert owner.post(url, {**data, "first": "2026-12-03"}).status in {200, 409, 422}
    booking.refresh_from_db()
    assert booking.status == "confirmed"


# Rights


def test_who_may(world):
    shop_wide, minas = _close(world, 24), _close(world, 28, staff=world.mina)
    urls = [_new(world), _url(world, shop_wide), _url(world, minas)]
    staff, manager = _sign_in(world.mina), _sign_in(world.ayla, is_manager=True)
    for url in urls:
        assert Visitor().get(url).status == 302
        assert Visitor(world.customer.user).get(url).status == 404
        assert manager.get(url).status == 200
        assert manager.client.put(url).status_code == 405
    other = Visitor(an_owner("other@example.com").user)
    for url in urls:
        assert (other.get(url).status, other.post(url, {"act": "delete"}).status) == (404, 404)
    assert [staff.get(url).status for url in urls] == [200, 403, 200]
    assert staff.post(_url(world, shop_wide), {"act": "delete"}).status == 403
    assert ScheduleException.objects.count() == 2


def test_staff_enter_their_own_time_off_whatever_they_send(world):
    staff = _sign_in(world.mina)
    mine = a_booking(world, berlin(3, "10:15"))
    theirs = a_booking(world, berlin(3, "10:15"), staff=world.ayla)
    page = staff.get(_new(world))
    assert page.h1 == "Enter your time off"
    sent = {"kind": "blackout", "staff": str(world.ayla.pk), "first": "2026-12-03", "act": "look"}
    asked = staff.post(_new(world), sent)
    assert "Clara Neumann" in asked.text
    assert f"choice-{mine.pk}" in asked.html
    assert f"choice-{theirs.pk}" not in asked.html
    for value in asked.form("Enter it").choices[f"to-{mine.pk}"]:
        assert value.endswith(str(world.mina.pk))
    chosen = {
        f"choice-{mine.pk}": "move",
        f"to-{mine.pk}": f"2026-12-03T13:00Z/{world.ayla.pk}",
        f"choice-{theirs.pk}": "cancel",
        f"sequence-{theirs.pk}": "0",
    }
    refused = staff.submit(asked, "Enter it", act="decide", **chosen)
    assert refused.status == 409
    assert "Moving it to others is the manager’s." in refused.text
    theirs.refresh_from_db()
    assert theirs.status == "confirmed"
    row = ScheduleException.objects.get()
    assert (row.staff_member, row.reason) == (world.mina, "time_off")


def test_the_id_of_another_entry_is_no_way_to_it(world):
    shop_wide = _close(world, 24)
    staff = _sign_in(world.mina)
    staff.post(_new(world), {"id": str(shop_wide.pk), "first": "2026-12-28", "act": "look"})
    shop_wide.refresh_from_db()
    assert (shop_wide.start_date, shop_wide.staff_member) == (date(2026, 12, 24), None)
    assert ScheduleException.objects.filter(staff_member=world.mina).count() == 1


def test_a_booking_of_another_shop_is_not_decided_about(world, owner):
    elsewhere = a_shop(an_owner("other@example.com"), "Elsewhere")
    otto = shops.create_staff_member(shop=elsewhere, name="Otto")
    service = a_service(elsewhere, staff=[otto])
    theirs = actions.book(
        service_id=service.pk,
        staff_id=otto.pk,
        start=berlin(3, "10:15"),
        contact=actions.Contact("Clara Neumann", "clara@example.com"),
        by=by_customer(world.customer),
        customer=world.customer,
        now=NOW,
    )
    data = {"first": "2026-12-03", "act": "decide", f"choice-{theirs.pk}": "cancel", f"sequence-{theirs.pk}": "0"}
    owner.post(_new(world), data)
    theirs.refresh_from_db()
    assert theirs.status == "confirmed"


def test_the_decision_page_takes_the_same_queries_for_one_and_three(world, owner, django_assert_num_queries):
    a_booking(world, berlin(3, "10:15"))
    closed = _close(world, 3)
    owner.get(_url(world, closed))
    with django_assert_num_queries(13):
        owner.get(_url(world, closed))
    scheduling.remove_exception(exception=closed)
    a_booking(world, berlin(3, "12:00"))
    a_booking(world, berlin(3, "14:00"), staff=world.ayla)
    closed = _close(world, 3)
    with django_assert_num_queries(13):
        assert owner.get(_url(world, closed)).text.count("Clara Neumann") >= 3


def test_the_summary_follows_the_choices(world, owner):
    booking = a_booking(world, berlin(3, "10:15"))
    page = _look(world, owner, kind="blackout", first="2026-12-03")
    line = owner.submit(page, "Enter it", act="recount", **{f"choice-{booking.pk}": "cancel"})
    assert line.text == "1 is cancelled. Nothing changes until you press the button."
    stored = owner.get(_url(world, _close(world, 3)))
    line = owner.submit(stored, "Carry this out", act="recount", **{f"choice-{booking.pk}": "keep"})
    assert line.text == "1 stays. Nothing changes until you press the button."
    assert "<html" not in line.html


def test_regions_answer_alone(world, owner):
    a_booking(world, berlin(3, "10:15"))
    sent = {"first": "2026-12-03", "kind": "blackout", "act": "cancel-all"}
    page = owner.post(f"{_new(world)}?region=decisions", sent, **{"HX-Request": "true"})
    assert "<html" not in page.html
    assert "1 is cancelled." in page.text
    entry = owner.post(f"{_new(world)}?region=entry", {**sent, "act": "add-0"}, **{"HX-Request": "true"})
    assert "<html" not in entry.html
    assert 'id="start-0-0"' in entry.html
