"""Moving a booking in the calendar: by the form, by dragging, back again, and what stands in the way."""

import pytest
from django.urls import reverse

from beautydrop.bookings import actions
from beautydrop.scheduling import claims
from beautydrop.scheduling.models import TimeSlot
from beautydrop.shops import actions as shops
from tests.factories import NOW, a_booking, a_person, a_service, a_world, an_owner, berlin, by_owner, to_customer
from tests.pages import Visitor

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def _url(world, booking):
    return reverse("manage:booking_move", args=[world.shop.slug, booking.pk])


def _owner(world):
    return Visitor(world.client.user)


def _mails():
    return to_customer().filter(kind="booking.moved").count()


def _drag(world, start, staff=None, **more):
    return {"start": start, "staff": str((staff or world.mina).pk), **more}


def test_the_form_moves_changes_the_person_and_tells_the_client():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    visitor = _owner(world)
    page = visitor.get(_url(world, booking))
    form = page.form("/move/")
    assert (form.values["date"], form.values["time"]) == (["2026-12-03"], ["10:15"])
    assert (form.values["staff"], form.values["tell"]) == ([str(world.mina.pk)], ["on"])
    done = visitor.submit(page, "/move/", follow=False, date="2026-12-04", time="14:05", staff=str(world.ayla.pk))
    assert done.status == 302
    assert done.location == reverse("manage:booking", args=[world.shop.slug, booking.pk])
    booking.refresh_from_db()
    assert (booking.starts_at, booking.staff_member) == (berlin(4, "14:05"), world.ayla)
    assert TimeSlot.objects.get().staff_member == world.ayla
    assert _mails() == 1


def test_without_the_tick_nobody_is_told():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    visitor = _owner(world)
    visitor.submit(visitor.get(_url(world, booking)), "/move/", follow=False, time="15:00", tell=None)
    booking.refresh_from_db()
    assert booking.starts_at == berlin(3, "15:00")
    assert _mails() == 0


@pytest.mark.parametrize(
    ("tell", "words", "mails"), [("on", "An e-mail is on its way.", 1), ("", "Nobody was told.", 0)]
)
def test_a_drag_answers_with_words_and_the_way_back(tell, words, mails):
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    visitor = _owner(world)
    page = visitor.post(_url(world, booking), _drag(world, "2026-12-03T13:00Z", world.ayla, tell=tell), **HTMX)
    assert page.status == 200
    assert "<html" not in page.html
    assert f"Moved: Clara Neumann, Thu 3 Dec, 14:00 with Ayla. {words}" in page.text
    assert "HX-Trigger" not in page.response.headers
    assert _mails() == mails
    back = visitor.submit(page, "Undo", follow=False)
    assert back.status == 302
    booking.refresh_from_db()
    assert (booking.starts_at, booking.staff_member) == (berlin(3, "10:15"), world.mina)
    assert booking.sequence == 2


def test_a_drag_onto_a_booking_is_refused_in_words_and_changes_nothing():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    a_booking(world, berlin(3, "14:00"))
    page = _owner(world).post(_url(world, booking), _drag(world, "2026-12-03T13:30Z"), **HTMX)
    assert page.status == 409
    assert page.text == "Mina has Clara Neumann from 14:00 to 14:50"
    booking.refresh_from_db()
    assert booking.starts_at == berlin(3, "10:15")


def test_the_form_keeps_what_was_typed_when_the_time_is_taken():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    claims.block(staff_member=world.mina, start=berlin(3, "14:00"), end=berlin(3, "15:00"), now=NOW, note="Dentist")
    visitor = _owner(world)
    page = visitor.submit(visitor.get(_url(world, booking)), "/move/", time="14:30", tell=None)
    assert page.status == 409
    assert page.links["#id_time"] == "Mina’s time from 14:00 to 15:00 is blocked: Dentist"
    values = page.form("/move/").values
    assert values["time"] == ["14:30"]
    assert "tell" not in values
    assert "14:30 with Ayla" in page.text


def test_the_own_old_time_is_free_and_staying_changes_nothing():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    visitor = _owner(world)
    page = visitor.post(_url(world, booking), _drag(world, "2026-12-03T09:15Z"), **HTMX)
    assert "Clara Neumann stays on Thu 3 Dec, 10:15." in page.text
    assert not page.has_form("Undo")
    assert visitor.post(_url(world, booking), _drag(world, "2026-12-03T09:30Z"), **HTMX).status == 200
    booking.refresh_from_db()
    assert booking.starts_at == berlin(3, "10:30")


def test_somebody_who_does_not_do_the_service_is_named():
    world = a_world()
    jonas = shops.create_staff_member(shop=world.shop, name="Jonas Park", position=3)
    booking = a_booking(world, berlin(3, "10:15"))
    page = _owner(world).post(_url(world, booking), _drag(world, "2026-12-03T13:00Z", jonas), **HTMX)
    assert page.status == 409
    assert page.text == "Jonas doesn’t do Gel manicure"


def test_looking_moves_nothing():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    page = _owner(world).post(_url(world, booking) + "?region=choice", {"date": "2026-12-04", "time": "14:30"}, **HTMX)
    assert page.status == 200
    assert "Move to Fri 4 Dec, 14:30 with Mina" in page.text
    pick = f"2026-12-04T09:00Z/{world.ayla.pk}"
    assert "Move to Fri 4 Dec, 10:00 with Ayla" in _owner(world).post(_url(world, booking), {"pick": pick}).text
    booking.refresh_from_db()
    assert booking.starts_at == berlin(3, "10:15")


def test_only_confirmed_bookings_move():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    actions.cancel(booking_id=booking.pk, by=by_owner(world.client), now=NOW)
    visitor = _owner(world)
    assert "This booking can’t be moved" in visitor.get(_url(world, booking)).text
    page = visitor.post(_url(world, booking), _drag(world, "2026-12-03T13:00Z"), **HTMX)
    assert page.status == 409
    assert page.text == "This booking is cancelled, so that can’t be done any more."


@pytest.mark.parametrize(
    "typed",
    [
        {"start": "nonsense"},
        {"start": ""},
        {"start": "2026-12-03T13:00Z", "staff": "00000000-0000-0000-0000-000000000000"},
        {"date": "x", "time": "14:30"},
        {"date": "2026-12-03", "time": "x"},
    ],
)
def test_what_cannot_be_read_is_asked_for(typed):
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    for headers in ({}, HTMX):
        assert _owner(world).post(_url(world, booking), typed, **headers).status == 422
    booking.refresh_from_db()
    assert booking.starts_at == berlin(3, "10:15")


def test_what_was_sold_stays_sold():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    world.manicure.duration_minutes, world.manicure.price = 120, 90
    world.manicure.save()
    _owner(world).post(_url(world, booking), _drag(world, "2026-12-03T13:00Z"))
    booking.refresh_from_db()
    assert (booking.ends_at, booking.price) == (berlin(3, "14:50"), 42)


def test_staff_move_their_own_bookings_in_their_own_column():
    world = a_world()
    world.mina.user = a_person("mina@example.com", name="Mina Haddad")
    world.mina.save()
    own, other = a_booking(world, berlin(3, "10:15")), a_booking(world, berlin(3, "10:15"), staff=world.ayla)
    mina = Visitor(world.mina.user)
    assert "Ayla" not in mina.get(_url(world, own), {"date": "2026-12-03", "time": "19:00"}).text
    assert mina.get(_url(world, other)).status == 403
    assert mina.post(_url(world, other), _drag(world, "2026-12-03T13:00Z")).status == 403
    assert mina.post(_url(world, own), _drag(world, "2026-12-03T13:00Z", world.ayla)).status == 403
    assert mina.post(_url(world, own), _drag(world, "2026-12-03T13:00Z")).status == 302
    own.refresh_from_db()
    assert (own.starts_at, own.staff_member) == (berlin(3, "14:00"), world.mina)


def test_strangers_customers_other_owners_and_methods():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    assert Visitor().get(_url(world, booking)).status == 302
    assert Visitor(world.customer.user).get(_url(world, booking)).status == 404
    assert Visitor(an_owner("other@example.com").user).post(_url(world, booking)).status == 404
    missing = reverse("manage:booking_move", args=[world.shop.slug, world.shop.pk])
    assert _owner(world).get(missing).status == 404
    for method in ("put", "patch", "delete"):
        assert getattr(_owner(world).client, method)(_url(world, booking)).status_code == 405


def test_queries_do_not_grow_with_people(django_assert_max_num_queries):
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    for number in range(3):
        member = shops.create_staff_member(shop=world.shop, name=f"Person {number}", position=number + 5)
        shops.assign(staff_member=member, service=world.manicure)
        a_service(world.shop, f"Service {number}", staff=[member])
    visitor = _owner(world)
    with django_assert_max_num_queries(12):
        assert visitor.get(_url(world, booking)).status == 200
