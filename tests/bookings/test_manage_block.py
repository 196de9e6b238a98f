"""Blocking time and giving it back."""

import pytest
from django.urls import reverse

from beautydrop.scheduling import claims
from beautydrop.scheduling.models import TimeSlot
from tests.factories import NOW, a_booking, a_person, a_world, an_owner, berlin
from tests.pages import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def _new(world, **query):
    return reverse("manage:block_new", args=[world.shop.slug], query=query or None)


def _one(world, slot):
    return reverse("manage:block", args=[world.shop.slug, slot.pk])


def _owner(world):
    return Visitor(world.client.user)


def _typed(world, **changes):
    typed = {"staff": str(world.mina.pk), "date": "2026-12-03", "start": "14:00", "end": "15:30", "note": "Dentist"}
    return {**typed, **changes}


def _a_block(world, staff=None, note="Dentist"):
    return claims.block(
        staff_member=staff or world.mina, start=berlin(3, "14:00"), end=berlin(3, "15:30"), now=NOW, note=note
    )


def test_time_is_blocked_with_its_words():
    world = a_world()
    page = _owner(world).post(_new(world), _typed(world))
    assert page.status == 302
    assert page.location == reverse("manage:day", args=[world.shop.slug], query={"date": "2026-12-03"})
    slot = TimeSlot.objects.get()
    assert (slot.staff_member, slot.status, slot.note) == (world.mina, "blocked", "Dentist")
    assert (slot.start_at, slot.end_at) == (berlin(3, "14:00"), berlin(3, "15:30"))


def test_an_empty_place_fills_in_an_hour():
    world = a_world()
    page = _owner(world).get(_new(world, start="2026-12-03T13:00Z", staff=str(world.mina.pk)))
    values = page.form("blocks/new").values
    assert (values["date"], values["start"], values["end"]) == (["2026-12-03"], ["14:00"], ["15:00"])
    assert values["staff"] == [str(world.mina.pk)]


def test_midnight_ends_the_day():
    world = a_world()
    assert _owner(world).post(_new(world), _typed(world, start="22:00", end="00:00")).status == 302
    assert TimeSlot.objects.get().end_at == berlin(4, "00:00")


def test_a_double_click_blocks_once():
    world = a_world()
    for _press in range(2):
        assert _owner(world).post(_new(world), _typed(world)).status == 302
    assert TimeSlot.objects.count() == 1


def test_over_bookings_it_is_refused_naming_each_and_nothing_typed_is_lost():
    world = a_world()
    a_booking(world, berlin(3, "14:00"))
    a_booking(world, berlin(3, "15:00"))
    page = _owner(world).post(_new(world), _typed(world))
    assert page.status == 409
    assert page.title.startswith("Error: ")
    assert "Mina has Clara Neumann from 14:00 to 14:50" in page.text
    assert "Mina has Clara Neumann from 15:00 to 15:50" in page.text
    assert page.form("blocks/new").values["note"] == ["Dentist"]
    assert not TimeSlot.objects.filter(status="blocked").exists()


def test_beside_a_booking_it_fits():
    world = a_world()
    a_booking(world, berlin(3, "13:00"))
    assert _owner(world).post(_new(world), _typed(world, start="13:50")).status == 302


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"staff": ""}, "Choose a person"),
        ({"staff": "x"}, "Choose a person"),
        ({"date": ""}, "Enter a day"),
        ({"date": "9999-99-99"}, "Enter a day"),
        ({"start": "soon"}, "Enter a start like 14:30"),
        ({"end": ""}, "Enter an end like 15:30"),
        ({"end": "14:00"}, "Enter an end after the start"),
        ({"end": "13:00"}, "Enter an end after the start"),
        ({"note": "x" * 121}, "Shorten this to 120 characters (it has 121)"),
    ],
)
def test_what_is_missing_is_said(changes, words):
    world = a_world()
    page = _owner(world).post(_new(world), _typed(world, **changes))
    assert page.status == 422
    assert words in page.text
    assert not TimeSlot.objects.exists()


def test_a_block_is_removed_on_its_own_page_with_the_consequence():
    world = a_world()
    slot = _a_block(world)
    visitor = _owner(world)
    page = visitor.get(_one(world, slot))
    assert page.h1 == "Dentist"
    assert "14:00–15:30" in page.text
    assert "customers can book the time again at once" in page.text
    assert TimeSlot.objects.exists()
    assert visitor.submit(page, "/blocks/", follow=False).status == 302
    assert not TimeSlot.objects.exists()
    assert visitor.get(_one(world, slot)).status == 404


def test_the_time_of_a_booking_is_no_block():
    world = a_world()
    a_booking(world, berlin(3, "14:00"))
    slot = TimeSlot.objects.get()
    assert _owner(world).get(_one(world, slot)).status == 404
    assert _owner(world).post(_one(world, slot)).status == 404
    assert TimeSlot.objects.exists()


def test_staff_block_their_own_time_only():
    world = a_world()
    world.mina.user = a_person("mina@example.com", name="Mina Haddad")
    world.mina.save()
    mina = Visitor(world.mina.user)
    other = _a_block(world, world.ayla)
    assert mina.post(_new(world), _typed(world, staff=str(world.ayla.pk))).status == 422
    assert mina.get(_one(world, other)).status == 403
    assert mina.post(_one(world, other)).status == 403
    assert "Ayla" not in mina.get(_new(world)).text
    assert mina.post(_new(world), _typed(world)).status == 302
    own = TimeSlot.objects.get(staff_member=world.mina)
    assert mina.post(_one(world, own)).status == 302
    assert list(TimeSlot.objects.all()) == [other]


def test_strangers_customers_other_owners_and_methods():
    world = a_world()
    slot = _a_block(world)
    for url in (_new(world), _one(world, slot)):
        assert Visitor().get(url).status == 302
        assert Visitor(world.customer.user).get(url).status == 404
        assert Visitor(an_owner(f"other{len(url)}@example.com").user).post(url).status == 404
        assert _owner(world).client.put(url).status_code == 405
        assert _owner(world).client.delete(url).status_code == 405
