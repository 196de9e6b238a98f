"""Whose appointment it is: one form, nothing typed is lost, and one booking however often it is sent."""

import pytest
from django.urls import reverse

from beautydrop.accounts.models import Customer
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import State
from beautydrop.scheduling import claims
from beautydrop.scheduling.models import TimeSlot
from tests.factories import NOW, PASSWORD, a_booking, a_person, a_world, berlin
from tests.pages import Page, Visitor, mails

pytestmark = pytest.mark.django_db

START = "2026-12-03T09:15Z"
TYPED = {
    "name": "Gita Guest",
    "email": "gita@example.com",
    "phone": "030 5550123",
    "note": "Nut allergy, <b>really</b>",
}


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def _url(world) -> str:
    return reverse("bookings:details", args=[world.shop.slug, world.manicure.slug])


def _details(world, visitor: Visitor, start: str = START, staff: str = "") -> Page:
    page = visitor.get(_url(world), {"start": start, "staff": staff or str(world.mina.pk)})
    assert page.status == 200, page.text
    return page


def test_a_guest_books_and_the_time_is_held():
    world, visitor = a_world(), Visitor()
    details = _details(world, visitor)
    for words in ("10:15", "Mina Haddad", "€42", "Free to cancel until Wed 2 Dec, 10:15.", "No account needed"):
        assert words in details.text
    shown = visitor.submit(details, **TYPED)
    booking = Booking.objects.get()
    assert shown.url == reverse("bookings:show", args=[booking.token])
    assert (booking.status, booking.pending_for) == (State.PENDING, "email")
    assert (booking.contact_name, booking.contact_email) == ("Gita Guest", "gita@example.com")
    assert booking.contact_phone == "+49305550123"  # read as a number of the salon's country
    assert booking.customer_notes == TYPED["note"]
    assert booking.customer is None
    assert shown.h1 == "One more step: open the e-mail"
    assert "gita@example.com" in shown.text and "Held until 09:30" in shown.text
    assert [mail.subject for mail in mails("gita@example.com")] == [
        "Confirm your booking: Gel manicure, Thu 3 Dec 10:15 — Studio Nord"
    ]


def test_a_customer_is_booked_at_once_and_types_nothing():
    world = a_world()
    Customer.objects.filter(pk=world.customer.pk).update(phone="+49305550199")
    visitor = Visitor(world.customer.user)
    details = _details(world, visitor)
    assert "email" not in details.form().values  # the confirmation goes to the account's address
    assert details.form().values["name"] == ["Clara Neumann"]
    assert details.form().values["phone"] == ["+49305550199"]
    assert "Been here before?" not in details.text
    shown = visitor.submit(details)
    booking = Booking.objects.get()
    assert (booking.status, booking.customer) == (State.CONFIRMED, world.customer)
    assert booking.contact_email == "clara@example.com"
    assert shown.h1 == "Your time is booked"
    assert [mail.subject for mail in mails("clara@example.com")] == [
        "Confirmed: Gel manicure, Thu 3 Dec 10:15 — Studio Nord"
    ]


def test_a_signed_in_person_cannot_book_in_anothers_name():
    world = a_world()
    visitor = Visitor(world.customer.user)
    visitor.submit(_details(world, visitor), email="other@example.com")
    assert Booking.objects.get().contact_email == "clara@example.com"


def test_an_account_without_a_proved_address_gets_the_link_first():
    world = a_world()
    visitor = Visitor(a_person("new@example.com", name="Nina New", is_verified=False))
    shown = visitor.submit(_details(world, visitor))
    assert Booking.objects.get().pending_for == "email"
    assert shown.h1 == "One more step: open the e-mail"


def test_an_owner_books_like_anybody_else():
    world = a_world()
    visitor = Visitor(world.client.user)
    visitor.submit(_details(world, visitor))
    booking = Booking.objects.get()
    assert booking.customer.user == world.client.user
    assert booking.source == Booking.Source.ONLINE


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": ""}, "Enter your name"),
        ({"name": "   "}, "Enter your name"),
        ({"name": "x" * 121}, "Shorten the name to 120 characters"),
        ({"email": ""}, "Enter your e-mail address"),
        ({"email": "gita@"}, "Enter an e-mail address like name@example.com"),
        ({"email": "gita@example.com\ngita@evil.example"}, "Enter an e-mail address like name@example.com"),
        ({"phone": "call me"}, "Enter a phone number with its country code, like +49 30 5550123"),
        ({"note": "x" * 1001}, "Shorten the note to 1000 characters (it has 1001)"),
    ],
)
def test_what_is_wrong_is_said_twice_and_everything_typed_stays(changed, message):
    world, visitor = a_world(), Visitor()
    typed = {**TYPED, **changed}
    page = visitor.submit(_details(world, visitor), follow=False, **typed)
    assert page.status == 422
    assert page.title.startswith("Error: ")
    assert page.text.count(message) == 2  # in the summary, which links to the field, and beside it
    (field,) = changed
    assert page.has_link(f"#id_{field}")
    ids = [got.get("id") for _tag, got in page.elements]
    assert f"id_{field}" in ids
    values = page.form().values
    for name, value in typed.items():
        assert values[name][0].replace("\n", "") == value.replace("\n", ""), name
    assert values["start"][0].startswith(START)
    assert not Booking.objects.exists()


def test_all_mistakes_are_listed_in_the_order_of_the_form():
    world, visitor = a_world(), Visitor()
    page = visitor.submit(_details(world, visitor), follow=False, name="", email="no", phone="x", note="n" * 2000)
    assert [url for url in page.links if url.startswith("#id_")] == ["#id_name", "#id_email", "#id_phone", "#id_note"]
    described = {got["id"]: got.get("aria-describedby", "") for _tag, got in page.elements if got.get("aria-invalid")}
    assert set(described) == {"id_name", "id_email", "id_phone", "id_note"}
    assert all(f"{name}_error" in ids for name, ids in described.items())


def test_sending_the_same_form_twice_is_one_booking():
    world, visitor = a_world(), Visitor()
    details = _details(world, visitor)
    first = visitor.submit(details, **TYPED)
    again = visitor.submit(details, **TYPED)
    assert again.url == first.url
    assert Booking.objects.count() == 1
    assert len(mails("gita@example.com")) == 1


def test_the_same_token_of_somebody_else_is_another_form():
    world = a_world()
    details = _details(world, Visitor())
    Visitor().submit(details, **TYPED)
    taken = Visitor().submit(details, **{**TYPED, "email": "other@example.com"})
    assert taken.status == 409
    assert Booking.objects.count() == 1


def test_a_lost_race_keeps_everything_typed_and_offers_the_nearest():
    world, visitor = a_world(), Visitor()
    details = _details(world, visitor)
    a_booking(world, berlin(3, "10:15"))
    a_booking(world, berlin(3, "10:00"), staff=world.ayla)
    lost = visitor.submit(details, follow=False, **TYPED)
    assert lost.status == 409
    assert lost.h1 == "The 10:15 has just been taken"
    assert "Nothing is booked and nothing is due. What you typed is kept." in lost.text
    for value in TYPED.values():
        assert value in lost.text
    form = lost.form("Confirm the new time")
    assert {name: form.values[name] for name in TYPED} == {name: [value] for name, value in TYPED.items()}
    offered = form.choices["start"]
    assert 3 <= len(offered) <= 4
    assert "2026-12-03T09:15Z" not in [value.partition("/")[0] for value in offered]
    shown = visitor.submit(lost, "Confirm the new time", start=offered[0])
    assert shown.h1 == "One more step: open the e-mail"
    booking = Booking.objects.get(contact_email="gita@example.com")
    assert f"{booking.starts_at:%Y-%m-%dT%H:%M}Z/{booking.staff_member_id}" == offered[0]
    assert booking.customer_notes == TYPED["note"]


def test_a_guest_who_comes_back_to_the_time_they_hold_is_told_where_it_is():
    """Who a guest is shows in their mailbox only; it must not sound as if nothing were booked."""
    world, visitor = a_world(), Visitor()
    url = f"{_url(world)}?start=2026-12-03T09:15Z/{world.mina.pk}"
    fresh = visitor.get(url)
    visitor.submit(visitor.get(url), **TYPED)
    where = "If that was you, the link to your booking is in your e-mail."
    for page in (visitor.get(url), visitor.submit(fresh, follow=False, **TYPED)):
        assert page.status == 409
        assert where in page.text
    assert where not in Visitor(world.customer.user).get(url).text
    assert Booking.objects.count() == 1


def test_the_lost_time_stands_only_among_times_of_its_own_day():
    world = a_world()
    url = f"{_url(world)}?start=2026-12-03T09:15Z/{world.mina.pk}"
    for member in (world.mina, world.ayla):
        a_booking(world, berlin(3, "10:15"), staff=member)
    same_day = Visitor().get(url)
    assert "Nearest on Thursday 3 December" in same_day.text and "10:15 taken" in same_day.text
    for member in (world.mina, world.ayla):
        for begin, end in (("10:00", "10:15"), ("11:05", "18:00")):
            claims.block(staff_member=member, start=berlin(3, begin), end=berlin(3, end), now=NOW)
    next_day = Visitor().get(url)
    assert "Nearest on Friday 4 December" in next_day.text and "10:15 taken" not in next_day.text


def test_another_day_after_a_lost_race_still_keeps_what_was_typed():
    world, visitor = a_world(), Visitor()
    details = _details(world, visitor)
    a_booking(world, berlin(3, "10:15"))
    lost = visitor.submit(details, follow=False, **TYPED)
    times = visitor.get(lost.link("See all times"))
    assert "Thursday 3 December" in times.text
    again = visitor.submit(times, start="2026-12-04T09:15Z")
    assert {name: again.form().values[name] for name in TYPED} == {name: [value] for name, value in TYPED.items()}
    visitor.submit(again)
    assert Booking.objects.get(contact_email="gita@example.com").starts_at == berlin(4, "10:15")
    fresh = visitor.get(_url(world), {"start": "2026-12-04T13:15Z"})
    assert fresh.form().values["name"] == [""]  # kept for that booking, not for ever


def test_choosing_none_of_the_offered_times_asks_for_one_and_keeps_what_was_typed():
    world, visitor = a_world(), Visitor()
    details = _details(world, visitor)
    a_booking(world, berlin(3, "10:15"))
    lost = visitor.submit(details, follow=False, **TYPED)
    asked = visitor.submit(lost, "Confirm the new time", start=None)
    assert "Select a time" in asked.text
    again = visitor.submit(asked, start="2026-12-04T09:15Z")
    assert again.form().values["note"] == [TYPED["note"]]


def test_mistakes_and_a_taken_time_at_once_keep_both():
    world, visitor = a_world(), Visitor()
    details = _details(world, visitor)
    a_booking(world, berlin(3, "10:15"))
    lost = visitor.submit(details, follow=False, **{**TYPED, "email": "gita@"})
    assert lost.status == 409
    corrected = visitor.submit(
        lost, "Confirm the new time", start=lost.form("Confirm the new time").choices["start"][0]
    )
    assert corrected.status == 422
    assert "Enter an e-mail address like name@example.com" in corrected.text
    assert corrected.form().values["note"] == [TYPED["note"]]


def test_back_and_resubmit_and_reload_lead_to_the_same_booking():
    world = a_world()
    visitor = Visitor(world.customer.user)
    details = _details(world, visitor)
    booked = visitor.submit(details, **TYPED)
    again = visitor.submit(details, **{**TYPED, "note": "Changed after going back"})
    assert again.url == booked.url
    reloaded = visitor.follow(visitor.get(_url(world), {"start": START, "staff": str(world.mina.pk)}))
    assert reloaded.url == booked.url  # nobody else took it, and nobody says so
    assert Visitor().get(_url(world), {"start": START, "staff": str(world.mina.pk)}).status == 409
    assert Booking.objects.count() == 1


def test_the_person_shown_is_the_person_booked():
    """Anyone free showed Mina; that she is taken meanwhile never gives the booking to Ayla unasked."""
    world, visitor = a_world(), Visitor()
    details = _details(world, visitor, staff="any")
    assert "Mina Haddad" in details.text
    a_booking(world, berlin(3, "10:15"))
    assert visitor.submit(details, follow=False, **TYPED).status == 409


def test_signing_in_comes_back_to_the_chosen_time():
    world = a_world()
    details = _details(world, Visitor())
    sign_in = details.link("Sign in and") if details.has_link("Sign in and") else details.link("next=%2Fs%2F")
    assert "start%3D" in sign_in or "start%253A" in sign_in or "start=" in sign_in
    visitor = Visitor()
    page = visitor.get(sign_in)
    back = visitor.submit(page, "Sign in", login="clara@example.com", password=PASSWORD)
    assert back.h1 == "Your details"
    assert back.form().values["start"] == details.form().values["start"]
    assert back.form().values["name"] == ["Clara Neumann"]


def test_without_a_time_one_is_asked_for():
    world = a_world()
    page = Visitor().follow(Visitor().get(_url(world)))
    assert page.h1 == "When and with whom?"
    assert "Select a time" in page.text


def test_only_what_is_offered_takes_time():
    world, visitor = a_world(), Visitor()
    visitor.submit(_details(world, visitor), **TYPED, end="2026-12-03T23:00Z", duration="5", price="1")
    slot, booking = TimeSlot.objects.get(), Booking.objects.get()
    assert (slot.start_at, slot.end_at) == (berlin(3, "10:15"), berlin(3, "11:05"))
    assert booking.price == 42


def test_methods():
    world = a_world()
    client = Visitor().client
    assert client.head(_url(world), {"start": START}).status_code == 200
    for method in ("put", "patch", "delete"):
        assert getattr(client, method)(_url(world)).status_code == 405
