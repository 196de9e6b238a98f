"""New booking by the salon: client, walk-in, conflicts, who may."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from beautydrop.bookings import actions
from beautydrop.bookings.actions import By, Contact
from beautydrop.bookings.models import Booking, ShopClient
from beautydrop.bookings.states import Actor
from beautydrop.shops import actions as shops
from tests.factories import NOW, a_booking, a_person, a_service, a_world, an_owner, berlin, to_customer
from tests.pages import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def _url(world, **query):
    return reverse("manage:new_booking", args=[world.shop.slug], query=query or None)


def _owner(world):
    return Visitor(world.client.user)


def _staff(world, member=None, email="mina@example.com"):
    member = member or world.mina
    member.user = a_person(email, name=member.name)
    member.save()
    return Visitor(member.user)


def _typed(world, **changes):
    return {
        "kind": "client",
        "mode": "new",
        "form_token": "a-token",
        "name": "Hanna Vogt",
        "phone": "",
        "email": "",
        "service": str(world.manicure.pk),
        "staff": str(world.mina.pk),
        "date": "2026-12-03",
        "time": "14:30",
        **changes,
    }


def test_a_caller_is_booked_with_a_name_alone():
    world = a_world()
    page = _owner(world).post(_url(world), _typed(world))
    booking = Booking.objects.get()
    assert page.status == 302
    assert page.location == reverse("manage:day", args=[world.shop.slug], query={"date": "2026-12-03"})
    assert (booking.contact_name, booking.contact_email, booking.status) == ("Hanna Vogt", "", "confirmed")
    assert (booking.starts_at, booking.staff_member) == (berlin(3, "14:30"), world.mina)
    assert booking.source == Booking.Source.SHOP
    event = booking.events.get()
    assert (event.actor, event.by) == (Actor.OWNER, world.client.user)
    assert not to_customer().exists()


def test_the_salon_starts_off_the_customers_grid_now_and_beyond_the_horizon():
    world = a_world()
    world.shop.lead_time_minutes, world.shop.horizon_days = 600, 7
    world.shop.save()
    for date, time in (("2026-11-30", "10:05"), ("2027-03-01", "11:20")):
        assert _owner(world).post(_url(world), _typed(world, date=date, time=time, form_token=date)).status == 302
    assert Booking.objects.count() == 2


@pytest.mark.parametrize(("tell", "mails"), [("on", 1), (None, 0)])
def test_the_client_is_told_when_the_salon_says_so(tell, mails):
    world = a_world()
    typed = _typed(world, email="hanna@example.com", tell=tell)
    _owner(world).post(_url(world), {name: value for name, value in typed.items() if value is not None})
    assert to_customer().filter(recipient="hanna@example.com").count() == mails


def test_a_double_click_books_once():
    world = a_world()
    visitor = _owner(world)
    first, second = (visitor.post(_url(world), _typed(world)) for _press in range(2))
    assert first.location == second.location
    assert Booking.objects.count() == 1


def test_an_empty_place_in_the_calendar_fills_in_time_and_person():
    world = a_world()
    page = _owner(world).get(_url(world, start="2026-12-03T13:30Z", staff=str(world.ayla.pk)))
    form = page.form("bookings/new")
    assert (form.values["date"], form.values["time"]) == (["2026-12-03"], ["14:30"])
    assert form.values["staff"] == [str(world.ayla.pk)]
    assert form.values["tell"] == ["on"]
    assert "Berlin time (CET)" in page.text


def test_the_button_says_the_whole_act_and_names_who_is_free():
    world = a_world()
    a_booking(world, berlin(3, "14:30"))
    page = _owner(world).post(_url(world), _typed(world, staff="any", do="look"))
    assert page.status == 200
    assert "Book Gel manicure, 14:30 with Ayla" in page.text
    assert not Booking.objects.filter(contact_name="Hanna Vogt").exists()
    booked = _owner(world).submit(page, "bookings/new", follow=False, name="Hanna Vogt")
    assert booked.status == 302
    assert Booking.objects.get(contact_name="Hanna Vogt").staff_member == world.ayla


def test_what_the_button_said_is_what_is_booked_or_it_is_said_anew():
    world = a_world()
    visitor = _owner(world)
    page = visitor.post(_url(world), _typed(world, do="look"))
    changed = visitor.submit(page, "bookings/new", time="16:00", follow=False)
    assert changed.status == 200
    assert "You changed what the button says." in changed.text
    assert "Book Gel manicure, 16:00 with Mina" in changed.text
    assert not Booking.objects.exists()
    assert visitor.submit(changed, "bookings/new", follow=False).status == 302
    assert Booking.objects.get().starts_at == berlin(3, "16:00")


def test_a_pressed_free_time_becomes_the_wanted_one():
    world = a_world()
    pick = f"2026-12-04T09:00Z/{world.mina.pk}"
    page = _owner(world).post(_url(world), _typed(world, pick=pick))
    assert page.status == 200
    assert "Book Gel manicure, 10:00 with Mina" in page.text
    assert page.form("bookings/new").values["date"] == ["2026-12-04"]


def test_a_conflict_names_the_booking_offers_times_and_keeps_what_was_typed():
    world = a_world()
    a_booking(world, berlin(3, "14:00"))
    page = _owner(world).post(_url(world), _typed(world, phone="+493055501"))
    words = "Mina has Clara Neumann from 14:00 to 14:50"
    assert page.status == 409
    assert page.title.startswith("Error: ")
    assert page.links["#id_time"] == words
    assert page.text.count(words) == 2  # in the summary and at the field
    assert "14:30 with Ayla" in page.text
    values = page.form("bookings/new").values
    assert (values["name"], values["phone"]) == (["Hanna Vogt"], ["+493055501"])
    assert (values["time"], values["staff"], values["form_token"]) == (
        ["14:30"],
        [str(world.mina.pk)],
        ["a-token"],
    )
    other = _owner(world).submit(page, "bookings/new", pick=f"2026-12-03T13:30Z/{world.ayla.pk}")
    assert "Book Gel manicure, 14:30 with Ayla" in other.text  # a pressed time is with the person it shows
    offered = [got["value"] for tag, got in page.elements if tag == "button" and got.get("id", "").startswith("near-")]
    assert len(offered) == 3


def test_the_refusal_is_shown_before_anything_is_tried():
    world = a_world()
    a_booking(world, berlin(3, "14:00"))
    page = _owner(world).post(_url(world), _typed(world), **{"HX-Request": "true"})
    assert page.status == 409
    look = _owner(world).post(_url(world) + "?region=choice", _typed(world), **{"HX-Request": "true"})
    assert look.status == 200
    assert look.html.lstrip().startswith('<div class="choice-part" id="choice"')
    assert "Mina has Clara Neumann from 14:00 to 14:50" in look.text
    assert Booking.objects.count() == 1


def test_outside_hours_off_and_closed_are_said_in_words():
    world = a_world()
    for date, time, words in (
        ("2026-12-03", "19:00", "Mina works 10:00–18:00 that day"),
        ("2026-12-03", "17:30", "Gel manicure takes 50 min, until 18:20"),
        ("2026-12-06", "11:00", "Studio Nord has no opening hours on Sunday, 6 Dec"),
        ("2026-11-29", "11:00", "Sun 29 Nov, 11:00 is past"),
    ):
        page = _owner(world).post(_url(world), _typed(world, date=date, time=time))
        assert page.status == 409
        assert words in page.text


def test_a_full_day_offers_the_next_free_time():
    world = a_world()
    for hour in range(10, 18):
        for member in (world.mina, world.ayla):
            a_booking(world, berlin(3, f"{hour}:00"), staff=member)
    page = _owner(world).post(_url(world), _typed(world, time="", do="look"))
    assert "Nothing is free on Thu 3 Dec." in page.text
    assert "Fri 4 Dec, Mina" in page.text


def test_a_person_who_is_found_is_chosen_with_their_address():
    world = a_world()
    earlier = a_booking(world, berlin(1, "10:00"))
    visitor = _owner(world)
    for text in ("neum", "clara@", "CLARA"):
        found = visitor.post(_url(world) + "?region=found", {"q": text}, **{"HX-Request": "true"})
        assert found.html.lstrip().startswith('<div class="found" id="found"')
        assert "Clara Neumann" in found.text
        assert "Last booking 1 Dec, Gel manicure with Mina" in found.text
    page = visitor.post(_url(world), {"q": "clara", "do": "find"})  # the same without JavaScript
    assert "Clara Neumann" in page.text
    key = next(got["value"] for tag, got in page.elements if tag == "button" and got.get("name") == "choose")
    chosen = visitor.submit(page, "bookings/new", choose=key)
    assert "Send Clara the confirmation by e-mail" in chosen.text
    done = visitor.submit(
        chosen,
        "bookings/new",
        follow=False,
        service=str(world.manicure.pk),
        staff="any",
        date="2026-12-03",
        time="11:00",
    )
    assert done.status == 302
    booking = Booking.objects.exclude(pk=earlier.pk).get()
    assert (booking.contact_name, booking.contact_email) == ("Clara Neumann", "clara@example.com")
    assert booking.shop_client == earlier.shop_client
    assert booking.customer is None  # nobody is linked by an address alone
    assert to_customer().filter(subject_id=booking.pk).count() == 1


def test_nobody_found_can_be_added_under_the_typed_name():
    world = a_world()
    visitor = _owner(world)
    page = visitor.post(_url(world), {"q": "hanna vogt", "do": "find"})
    assert "Add “hanna vogt” as a new client" in page.text
    added = visitor.submit(page, "bookings/new", do="new")
    assert added.form("bookings/new").values["name"] == ["Hanna Vogt"]


def test_a_new_client_is_the_salons_own_also_by_name_alone():
    world = a_world()
    _owner(world).post(_url(world), _typed(world))
    client = Booking.objects.get().shop_client
    assert (client.name, client.is_added) == ("Hanna Vogt", True)
    found = _owner(world).post(_url(world), {"q": "hanna", "do": "find"})
    assert "Last booking 3 Dec, Gel manicure with Mina" in found.text
    typed = _typed(world, client=str(client.pk), mode="known", name="", form_token="another", time="16:00")
    assert _owner(world).post(_url(world), typed).status == 302
    assert list(Booking.objects.values_list("shop_client", flat=True)) == [client.pk, client.pk]


def test_a_refused_booking_adds_nobody():
    world = a_world()
    a_booking(world, berlin(3, "14:00"))
    assert _owner(world).post(_url(world), _typed(world)).status == 409
    assert not ShopClient.objects.filter(name="Hanna Vogt").exists()


def test_people_of_other_shops_are_not_found():
    world = a_world()
    a_booking(world, berlin(3, "14:00"))
    other = an_owner("other@example.com")
    shop = shops.create_shop(
        client=other,
        name="Elsewhere",
        address="a",
        city="Berlin",
        country="DE",
        timezone="Europe/Berlin",
        currency="EUR",
    )
    url = reverse("manage:new_booking", args=[shop.slug])
    assert "Clara" not in Visitor(other.user).post(url, {"q": "clara", "do": "find"}).text
    stolen = Visitor(other.user).post(url, {"choose": str(ShopClient.objects.get().pk)})
    assert "Clara" not in stolen.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "Enter the client’s name"),
        ({"mode": "search", "name": "", "q": "hanna"}, "Choose a client from the list, or add “hanna” as a new one"),
        ({"mode": "search", "name": ""}, "Enter a name, phone or e-mail to find the client"),
        ({"service": ""}, "Choose a service"),
        ({"service": "00000000-0000-0000-0000-000000000000"}, "Choose a service"),
        ({"staff": "00000000-0000-0000-0000-000000000000"}, "Choose a person"),
        ({"date": "soon"}, "Enter a day"),
        ({"time": "half past"}, "Enter a time like 14:30"),
        ({"time": ""}, "Enter a time like 14:30"),
        ({"email": "hanna"}, "Enter an e-mail address like name@example.com"),
        ({"phone": "1"}, "Enter a phone number"),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(changes, words):
    world = a_world()
    page = _owner(world).post(_url(world), _typed(world, **changes))
    assert page.status == 422
    assert words in page.text
    assert page.form("bookings/new").values["form_token"] == ["a-token"]
    assert not Booking.objects.exists()


@pytest.mark.parametrize("time", ["14:30", "14.30", "1430", " 14:30 "])
def test_times_are_read_as_people_type_them(time):
    world = a_world()
    assert _owner(world).post(_url(world), _typed(world, time=time)).status == 302
    assert Booking.objects.get().starts_at == berlin(3, "14:30")


def test_book_again_begins_with_the_same_client_and_service():
    world = a_world()
    booking = a_booking(world, berlin(3, "14:00"))
    page = _owner(world).get(_url(world, start="2026-12-04T13:00Z", again=str(booking.pk)))
    assert "Clara Neumann" in page.text
    assert page.form("bookings/new").values["service"] == [str(world.manicure.pk)]


# Walk-in


def _walk_in(world, **changes):
    return {
        "kind": "walk-in",
        "form_token": "at-the-counter",
        "name": "",
        "service": str(world.manicure.pk),
        "staff": str(world.mina.pk),
        "date": "2026-11-30",
        "time": "11:00",
        **changes,
    }


def test_a_walk_in_is_one_press_and_arrived_when_it_starts_now(time_machine):
    world = a_world()
    time_machine.move_to(berlin(30, "11:03", month=11), tick=False)
    visitor = _owner(world)
    page = visitor.get(_url(world, kind="walk-in"))
    assert "Book Gel manicure, 11:00 with Mina" in page.text
    assert "Mina, now" in page.text
    done = visitor.submit(page, "bookings/new", follow=False)
    assert done.status == 302
    booking = Booking.objects.get()
    assert (booking.contact_name, booking.status) == ("Walk-in", "arrived")
    assert booking.starts_at == berlin(30, "11:00", month=11)
    assert [event.to_status for event in booking.events.all()] == ["confirmed", "arrived"]
    assert visitor.submit(page, "bookings/new", follow=False).status == 302  # the second press
    assert Booking.objects.count() == 1


def test_a_walk_in_who_waits_is_not_here_yet_for_the_table(time_machine):
    world = a_world()
    time_machine.move_to(berlin(30, "11:03", month=11), tick=False)
    done = _owner(world).post(_url(world), _walk_in(world, time="11:40", name="Tim"))
    assert done.status == 302
    booking = Booking.objects.get()
    assert (booking.contact_name, booking.status) == ("Tim", "confirmed")


def test_only_what_fits_within_the_hour_is_shown_soonest_person_first(time_machine):
    world = a_world()
    a_service(world.shop, "Colour", staff=[world.ayla], duration_minutes=240, category="hair")
    a_booking(world, berlin(30, "11:00", month=11))
    a_booking(world, berlin(30, "13:00", month=11), staff=world.ayla)
    time_machine.move_to(berlin(30, "11:03", month=11), tick=False)
    page = _owner(world).get(_url(world, kind="walk-in"))
    assert "Colour" not in page.text
    picks = [got["value"] for tag, got in page.elements if tag == "button" and got.get("name") == "pick"]
    assert picks == [f"2026-11-30T10:00Z/{world.ayla.pk}", f"2026-11-30T10:50Z/{world.mina.pk}"]
    assert "11:00 Ayla, now 11:50 Mina, in 47 min" in page.text
    assert "Ayla has until 13:00. Gel manicure takes 50 min." in page.text
    picked = _owner(world).post(
        _url(world) + "?region=choice",
        _walk_in(world, pick=f"2026-11-30T10:50Z/{world.mina.pk}", staff=str(world.ayla.pk)),
        **{"HX-Request": "true"},
    )
    assert "Book Gel manicure, 11:50 with Mina" in picked.text


def test_when_nobody_can_start_a_later_time_is_offered():
    world = a_world()  # NOW is 09:00, the salon opens at 10:00 and the hour just reaches it
    world.mina.is_active = world.ayla.is_active = False
    world.mina.save()
    world.ayla.save()
    page = _owner(world).get(_url(world, kind="walk-in"))
    assert "Nobody can start within the hour" in page.text
    assert page.has_link("Book a later time")


def test_a_walk_in_for_a_time_that_is_gone_is_told_so(time_machine):
    world = a_world()
    time_machine.move_to(berlin(30, "11:03", month=11), tick=False)
    actions.book(
        service_id=world.manicure.pk,
        staff_id=world.mina.pk,
        start=berlin(30, "11:00", month=11),
        contact=Contact("Tim"),
        by=By(Actor.OWNER, world.client.user),
        now=berlin(30, "11:03", month=11),
    )
    page = _owner(world).post(_url(world), _walk_in(world, name="Ben"))
    assert page.status == 409
    assert page.form("bookings/new").values["name"] == ["Ben"]
    assert "Ayla, now" in page.text


# Who may


def test_staff_book_their_own_column_only():
    world = a_world()
    visitor = _staff(world)
    page = visitor.get(_url(world, staff=str(world.ayla.pk)))
    assert page.form("bookings/new").values["staff"] == [str(world.mina.pk)]
    assert "Ayla" not in page.text
    assert visitor.post(_url(world), _typed(world, staff=str(world.ayla.pk))).status == 403
    assert visitor.post(_url(world), _typed(world)).status == 302
    assert Booking.objects.get().events.get().actor == Actor.STAFF


def test_staff_find_only_people_of_their_own_bookings():
    world = a_world()
    a_booking(world, berlin(3, "14:00"), staff=world.ayla)
    assert "Clara" not in _staff(world).post(_url(world), {"q": "clara", "do": "find"}).text
    ayla = _staff(world, world.ayla, "ayla@example.com")
    assert "Clara Neumann" in ayla.post(_url(world), {"q": "clara", "do": "find"}).text


def test_strangers_customers_and_other_owners():
    world = a_world()
    for url in (_url(world), _url(world, kind="walk-in")):
        assert Visitor().get(url).status == 302
        assert Visitor(world.customer.user).get(url).status == 404
        assert Visitor(an_owner(f"other{len(url)}@example.com").user).get(url).status == 404
    for method in ("put", "patch", "delete"):
        assert getattr(_owner(world).client, method)(_url(world)).status_code == 405


@pytest.mark.parametrize("kind", ["client", "walk-in"])
def test_queries_do_not_grow_with_services_and_people(kind):
    world = a_world()
    visitor = _owner(world)

    def count():
        with CaptureQueriesContext(connection) as found:
            assert visitor.get(_url(world, kind=kind, service=str(world.manicure.pk))).status == 200
        return len(found)

    before = count()
    for number in range(3):
        member = shops.create_staff_member(shop=world.shop, name=f"Person {number}", position=number + 5)
        a_service(world.shop, f"Service {number}", staff=[member])
    assert count() == before <= 14


@pytest.mark.parametrize(
    "query",
    [
        {"start": "nonsense"},
        {"start": "0001-01-01T00:00Z"},
        {"start": "2200-12-31T23:59Z"},
        {"date": "2000-01-01", "time": "25:00"},
        {"date": "9999-99-99"},
        {"staff": "x", "service": "%00"},
        {"kind": "what"},
        {"again": "00000000-0000-0000-0000-000000000000"},
        {"q": "\x00" * 5},
        {"pick": "x/y"},
        {"time": "٣:30"},
    ],
)
def test_absurd_input_is_a_page(query):
    world = a_world()
    query = {"service": str(world.manicure.pk), **query}
    assert _owner(world).get(_url(world, **query)).status in {200, 302}
    assert _owner(world).post(_url(world), query).status in {200, 302, 409, 422}
    assert _owner(world).post(_url(world), {**query, "kind": "walk-in"}).status in {200, 302, 409, 422}


def test_block_time_is_its_own_page():
    world = a_world()
    page = _owner(world).get(_url(world, kind="block", start="2026-12-03T13:30Z", staff=str(world.mina.pk)))
    assert page.status == 302
    assert page.location.startswith(reverse("manage:block_new", args=[world.shop.slug]))
    assert str(world.mina.pk) in page.location
