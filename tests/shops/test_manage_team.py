"""The team under /manage/: who works there, who of them signs in, and that nobody leaves bookings behind."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from beautydrop.accounts.models import User
from beautydrop.bookings import actions as bookings
from beautydrop.shops import actions as shops
from beautydrop.shops.errors import StillNeeded
from beautydrop.shops.models import StaffMember
from tests.factories import NOW, World, a_booking, a_person, a_service, a_shop, a_world, an_owner, berlin, by_owner
from tests.pages import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def _url(world: World, name: str = "team", *args: object) -> str:
    return reverse(f"manage:{name}", args=[world.shop.slug, *args])


def _signs_in(member: StaffMember, email: str, *, is_manager: bool = False) -> User:
    user = a_person(email, name=member.name)
    shops.update_staff_member(staff_member=member, user=user, is_manager=is_manager)
    return user


def _typed(world: World, **changes: str) -> dict[str, str]:
    return {
        "name": "Lotte Brandt",
        "title": "Nail artist",
        "phone": "030 5550123",
        "email": "lotte@example.com",
        f"does-{world.manicure.pk}": "on",
        f"price-{world.manicure.pk}": "48,00",
        **changes,
    }


# --- The list and the form ----------------------------------------------------------------------------


def test_the_list_says_who_does_what_and_who_signs_in():
    world = a_world()
    _signs_in(world.mina, "mina@example.com", is_manager=True)
    shops.create_staff_member(shop=world.shop, name="Nele New", position=2)
    page = Visitor(world.client.user).get(_url(world))
    assert page.h1 == "3 people work here"
    assert "Manages the salon" in page.text and "Needs services" in page.text and "Gel manicure" in page.text
    assert page.has_link(reverse("manage:invite", args=[world.shop.slug, world.ayla.pk]))


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_takes_as_many_queries_for_one_and_three(size, django_assert_num_queries):
    world = a_world()
    for n in range(size - 1):
        shops.create_staff_member(shop=world.shop, name=f"Jo {n}")
        a_service(world.shop, f"Manicure {n}", staff=[world.mina, world.ayla])
    visitor = Visitor(world.client.user)
    with django_assert_num_queries(8):
        assert visitor.client.get(_url(world)).status_code == 200


def test_a_person_is_added_with_what_they_do():
    world = a_world()
    page = Visitor(world.client.user).post(_url(world, "person_new"), _typed(world))
    assert page.status == 302, page.text
    made = world.shop.staff_members.get(name="Lotte Brandt")
    assert (made.phone, made.user, made.is_manager, made.position) == ("+49305550123", None, False, 2)
    assert made.assignments.get().price == 48


def test_the_owner_is_added_as_themselves_once():
    world = a_world()
    visitor = Visitor(world.client.user)
    visitor.post(_url(world, "person_new"), _typed(world, name="Nora", is_me="on"))
    assert world.shop.staff_members.get(name="Nora").user == world.client.user
    assert "This is me" not in visitor.get(_url(world, "person_new")).text
    visitor.post(_url(world, "person_new"), _typed(world, name="Again", is_me="on"))
    assert world.shop.staff_members.get(name="Again").user is None


@pytest.mark.parametrize(
    "changes", [{"name": ""}, {"name": "x" * 300}, {"phone": "ring me"}, {"email": "here"}, {"title": "y" * 200}]
)
def test_what_was_typed_stays_beside_what_is_wrong(changes):
    world = a_world()
    page = Visitor(world.client.user).post(_url(world, "person_new"), _typed(world, **changes))
    assert page.status == 422 and page.title.startswith("Error:")
    values = page.form("Add to the team").values
    for name, value in changes.items():
        assert values[name] == [value]
    assert values[f"price-{world.manicure.pk}"] == ["48,00"]


def test_editing_keeps_the_services_that_are_off_the_menu():
    world = a_world()
    shops.set_service_active(service=world.manicure, is_active=False)
    peel = a_service(world.shop, "Peel", staff=[world.mina])
    visitor = Visitor(world.client.user)
    page = visitor.get(_url(world, "person", world.mina.pk))
    visitor.submit(page, "Save", title="Chief", **{f"does-{peel.pk}": None})
    world.mina.refresh_from_db()
    assert world.mina.title == "Chief"
    assert [one.service for one in world.mina.assignments.all()] == [world.manicure]


def test_people_change_places():
    world = a_world()
    visitor = Visitor(world.client.user)
    visitor.post(_url(world, "person_move", world.ayla.pk), {"to": "up"})
    assert list(world.shop.staff_members.all()) == [world.ayla, world.mina]


# --- Leaving -------------------------------------------------------------------------------------------


def test_nobody_leaves_bookings_behind():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:00"))
    visitor = Visitor(world.client.user)
    url = _url(world, "person_leave", world.mina.pk)
    page = visitor.post(url)
    assert page.status == 409
    assert page.h1 == "Mina Haddad still has bookings ahead" and "Thu 3 Dec, 10:00" in page.text
    assert page.has_link(reverse("manage:booking", args=[world.shop.slug, booking.pk]))
    world.mina.refresh_from_db()
    assert world.mina.is_active
    bookings.cancel(booking_id=booking.pk, by=by_owner(world.client), now=NOW)
    visitor.submit(visitor.get(url), "Take out of the team")
    world.mina.refresh_from_db()
    assert not world.mina.is_active


def test_a_hold_that_ran_out_and_the_past_hold_nobody_back():
    world = a_world()
    a_booking(world, berlin(3, "10:00"), is_guest=True)
    with pytest.raises(StillNeeded):
        shops.deactivate_staff_member(staff_member=world.mina, now=NOW)
    shops.deactivate_staff_member(staff_member=world.mina, now=NOW + timedelta(hours=2))
    other = a_world_with_past_only()
    shops.deactivate_staff_member(staff_member=other, now=NOW + timedelta(days=30))


def a_world_with_past_only() -> StaffMember:
    shop = a_shop(an_owner("past@example.com"), "Past")
    member = shops.create_staff_member(shop=shop, name="Pia")
    service = a_service(shop, staff=[member])
    world = World(shop.client, shop, member, member, service, a_person("clara2@example.com").customer)
    a_booking(world, berlin(3, "10:00"))
    return member


def test_who_left_can_not_sign_in_and_can_come_back():
    world = a_world()
    user = _signs_in(world.mina, "mina@example.com")
    shops.deactivate_staff_member(staff_member=world.mina, now=NOW)
    assert Visitor(user).get(_url(world)).status == 404
    assert User.objects.filter(pk=user.pk, is_active=True).exists()
    Visitor(world.client.user).post(_url(world, "person_return", world.mina.pk))
    assert Visitor(user).get(_url(world)).status == 200


@pytest.mark.django_db(transaction=True)
def test_a_booking_and_a_leaving_at_once_never_both_happen():
    """Whoever comes second sees the first: the row of the person is locked by both."""
    from django.db import connection

    from beautydrop.bookings.errors import BookingError
    from beautydrop.scheduling.errors import TimeRefused

    world = a_world()
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def book() -> None:
        try:
            start.wait()
            a_booking(world, berlin(3, "10:00"))
            outcomes.append("booked")
        except (TimeRefused, BookingError):
            outcomes.append("refused")
        finally:
            connection.close()

    def leave() -> None:
        try:
            start.wait()
            shops.deactivate_staff_member(staff_member=world.mina, now=NOW)
            outcomes.append("left")
        except StillNeeded:
            outcomes.append("stays")
        finally:
            connection.close()

    threads = [threading.Thread(target=book), threading.Thread(target=leave)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) in (["booked", "stays"], ["left", "refused"])


# --- Sign-ins ------------------------------------------------------------------------------------------


def test_only_the_owner_makes_managers():
    world = a_world()
    manager = _signs_in(world.mina, "mina@example.com", is_manager=True)
    _signs_in(world.ayla, "ayla@example.com")
    url = _url(world, "person", world.ayla.pk)
    typed = _typed(world, name="Ayla Demir", is_manager="on")
    assert Visitor(manager).post(url, typed).status == 302
    world.ayla.refresh_from_db()
    assert not world.ayla.is_manager
    Visitor(world.client.user).post(url, typed)
    world.ayla.refresh_from_db()
    assert world.ayla.is_manager


def test_a_manager_takes_nothing_from_another_manager():
    world = a_world()
    manager = _signs_in(world.mina, "mina@example.com", is_manager=True)
    _signs_in(world.ayla, "ayla@example.com", is_manager=True)
    for name in ("person_leave", "person_disconnect", "person_return"):
        assert Visitor(manager).post(_url(world, name, world.ayla.pk)).status == 403, name


def test_a_sign_in_is_taken_away_without_deleting_the_person():
    world = a_world()
    user = _signs_in(world.mina, "mina@example.com", is_manager=True)
    visitor = Visitor(world.client.user)
    visitor.submit(visitor.get(_url(world, "person_disconnect", world.mina.pk)), "Take away the sign-in")
    world.mina.refresh_from_db()
    assert (world.mina.user, world.mina.is_manager, world.mina.is_active) == (None, False, True)
    assert Visitor(user).get(_url(world)).status == 404


# --- For whom --------------------------------------------------------------------------------------------


def test_staff_see_their_own_page_only():
    world = a_world()
    stylist = Visitor(_signs_in(world.mina, "mina@example.com"))
    page = stylist.get(_url(world))
    assert page.h1 == "Mina Haddad" and "Gel manicure" in page.text and "Ayla" not in page.text
    for name in ("person", "person_leave", "person_disconnect"):
        assert stylist.get(_url(world, name, world.ayla.pk)).status == 403
        assert stylist.get(_url(world, name, world.mina.pk)).status == 403
    for name in ("person_move", "person_return"):
        assert stylist.post(_url(world, name, world.mina.pk)).status == 403
    assert stylist.get(_url(world, "person_new")).status == 403


def test_strangers_sign_in_others_see_nothing():
    world = a_world()
    outsider = an_owner("other@example.com").user
    gets = [_url(world), _url(world, "person_new")]
    gets += [_url(world, name, world.mina.pk) for name in ("person", "person_leave", "person_disconnect")]
    posts = [_url(world, name, world.mina.pk) for name in ("person_move", "person_return")]
    for url in gets:
        assert Visitor().get(url).location.startswith("/account/login/"), url
        assert Visitor(world.customer.user).get(url).status == 404, url
        assert Visitor(outsider).get(url).status == 404, url
    for url in posts:
        assert Visitor(outsider).post(url).status == 404, url
        assert Visitor(world.client.user).get(url).status == 405, url
    client = Client()
    client.force_login(world.client.user)
    assert client.post(_url(world)).status_code == 405


def test_people_and_services_of_another_shop_are_not_there():
    world = a_world()
    shop = a_shop(an_owner("other@example.com"), "Other")
    jo = shops.create_staff_member(shop=shop, name="Jo")
    foreign = a_service(shop, "Foreign")
    visitor = Visitor(world.client.user)
    for name in ("person", "person_leave", "person_disconnect"):
        assert visitor.get(_url(world, name, jo.pk)).status == 404
    for name in ("person", "person_leave", "person_disconnect", "person_move", "person_return"):
        assert visitor.post(_url(world, name, jo.pk), {"to": "up"}).status == 404
    visitor.post(_url(world, "person", world.mina.pk), _typed(world, **{f"does-{foreign.pk}": "on"}))
    assert not foreign.assignments.exists()
    with pytest.raises(ValidationError):
        shops.assign(staff_member=world.mina, service=foreign)
