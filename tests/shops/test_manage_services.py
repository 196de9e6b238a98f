"""The menu under /manage/: written by those who manage, kept together with what was booked."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from beautydrop.accounts.models import User
from beautydrop.bookings import actions as bookings
from beautydrop.shops import actions as shops
from beautydrop.shops.manage.forms import PriceField, read_price
from beautydrop.shops.models import Category, Service
from tests.factories import NOW, World, a_booking, a_person, a_service, a_shop, a_world, an_owner, berlin, by_owner
from tests.pages import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _frozen(time_machine):
    time_machine.move_to(NOW, tick=False)


def _url(world: World, name: str = "services", *args: object) -> str:
    return reverse(f"manage:{name}", args=[world.shop.slug, *args])


def _stylist(world: World, *, is_manager: bool = False) -> User:
    user = a_person("mina@example.com", name="Mina Haddad")
    shops.update_staff_member(staff_member=world.mina, user=user, is_manager=is_manager)
    return user


def _typed(world: World, **changes: str) -> dict[str, str]:
    return {
        "name": "Pedicure",
        "category": "nails",
        "menu_section": "Feet",
        "description": "With a foot bath",
        "price": "45,50",
        "duration_minutes": "50",
        "buffer_before_minutes": "",
        "buffer_after_minutes": "5",
        f"does-{world.ayla.pk}": "on",
        f"primary-{world.ayla.pk}": "on",
        f"price-{world.ayla.pk}": "49.00",
        f"minutes-{world.ayla.pk}": "60",
        f"price-{world.mina.pk}": "whatever",
        **changes,
    }


# --- Prices as people type them ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("42", "42"),
        ("42,5", "42.5"),
        ("42.50", "42.50"),
        ("€ 42,50", "42.50"),
        ("1.234,50", "1234.50"),
        ("1,234.50 EUR", "1234.50"),
        ("1 234", "1234"),
        ("42.–", "42"),
        ("Fr. 42", "42"),
        ("3,000", "3000"),
        ("0", "0"),
    ],
)
def test_a_price_is_read_with_comma_or_point(text, amount):
    assert read_price(text, decimals=2) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "-5", "free", "4 2", "1e5", "42 an hour", "about 42", "1.2.3", "9" * 40, "NaN"])
def test_what_is_no_price_is_refused_in_words(text):
    with pytest.raises(ValidationError, match="Enter a price"):
        read_price(text, decimals=2)


def test_a_currency_without_cents_takes_none():
    with pytest.raises(ValidationError, match="whole amounts"):
        read_price("42.50", decimals=PriceField(currency="JPY").decimals)


def test_a_price_is_shown_in_the_readers_way():
    with translation.override("de"):
        assert PriceField(currency="EUR").prepare_value(Decimal("1234.50")) == "1234,50"
    assert PriceField(currency="EUR").prepare_value(Decimal("42.00")) == "42"


# --- The list ------------------------------------------------------------------------------------------


def test_an_empty_menu_offers_eight_doors():
    client = an_owner()
    shop = a_shop(client)
    visitor = Visitor(client.user)
    page = visitor.get(reverse("manage:services", args=[shop.slug]))
    kinds = [got["value"] for tag, got in page.elements if tag == "input" and got.get("name") == "kind"]
    assert kinds == Category.values
    visitor.post(reverse("manage:take_menu", args=[shop.slug]), {"kind": "barber"})
    assert "Hot-towel shave" in visitor.get(page.url).text


def test_the_list_says_what_matters():
    world = a_world()
    a_service(world.shop, "Peel", menu_section="Face", buffer_after_minutes=10, price=Decimal("95.50"))
    page = Visitor(world.client.user).get(_url(world))
    assert page.h1 == "2 services can be booked"
    assert "50 min · Mina, Ayla" in page.text and "50 min + 10 min after" in page.text
    assert "€95.50" in page.text and "Nobody does it" in page.text


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_takes_as_many_queries_for_one_and_three(size, django_assert_num_queries):
    world = a_world()
    for n in range(size - 1):
        a_service(world.shop, f"Manicure {n}", staff=[world.mina, world.ayla])
    visitor = Visitor(world.client.user)
    with django_assert_num_queries(7):
        assert visitor.client.get(_url(world)).status_code == 200


# --- Writing -------------------------------------------------------------------------------------------


def test_a_service_is_added_with_who_does_it():
    world = a_world()
    page = Visitor(world.client.user).post(_url(world, "service_new"), _typed(world))
    assert page.status == 302, page.text
    made = world.shop.services.get(name="Pedicure")
    assert (made.price, made.duration_minutes, made.buffer_before_minutes, made.buffer_after_minutes) == (
        Decimal("45.50"),
        50,
        0,
        5,
    )
    assert made.position > world.manicure.position
    does = made.assignments.get()
    assert (does.staff_member, does.is_primary, does.price, does.duration_minutes) == (world.ayla, True, 49, 60)


def test_what_was_typed_stays_beside_what_is_wrong():
    world = a_world()
    typed = _typed(world, price="lots", duration_minutes="3", name="", **{f"minutes-{world.ayla.pk}": "a while"})
    page = Visitor(world.client.user).post(_url(world, "service_new"), typed)
    assert page.status == 422
    assert page.title.startswith("Error:")
    for words in ("Enter the name of the service", "Enter a price like", "minutes from 5 to 720"):
        assert words in page.text
    form = page.form("Add the service")
    assert form.values["price"] == ["lots"] and form.values["description"] == ["With a foot bath"]
    assert form.values[f"minutes-{world.ayla.pk}"] == ["a while"]
    assert world.shop.services.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"price": "9" * 30},
        {"price": "\x00"},
        {"name": "x" * 500},
        {"category": "surgery"},
        {"duration_minutes": "9" * 30},
        {"buffer_after_minutes": "-1"},
        {"menu_section": "y" * 200},
        {"description": "z" * 2000},
        {"name": "a\x00b"},
    ],
)
def test_no_input_breaks_the_form(changes):
    world = a_world()
    page = Visitor(world.client.user).post(_url(world, "service_new"), _typed(world, **changes))
    assert page.status == 422, changes


def test_editing_changes_nothing_that_was_sold():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:00"))
    visitor = Visitor(world.client.user)
    page = visitor.get(_url(world, "service", world.manicure.pk))
    sent = visitor.submit(page, "Save the service", follow=False, price="50", **{f"does-{world.mina.pk}": None})
    assert sent.status == 302
    assert "1 booking stands as it was made" in visitor.follow(sent).text
    booking.refresh_from_db()
    world.manicure.refresh_from_db()
    assert (booking.price, world.manicure.price) == (42, 50)
    assert [one.staff_member for one in world.manicure.assignments.all()] == [world.ayla]
    assert world.manicure.slug == "gel-manicure"


def test_own_terms_of_an_inactive_person_survive_an_edit():
    world = a_world()
    shops.deactivate_staff_member(staff_member=world.ayla, now=NOW)
    visitor = Visitor(world.client.user)
    page = visitor.get(_url(world, "service", world.manicure.pk))
    visitor.submit(page, "Save the service")
    assert world.manicure.assignments.filter(staff_member=world.ayla).exists()


# --- Order ---------------------------------------------------------------------------------------------


def _names(world: World) -> list[str]:
    return list(world.shop.services.order_by("position", "name").values_list("name", flat=True))


def test_services_and_sections_change_places():
    world = a_world()
    feet = [a_service(world.shop, name, menu_section="Feet", position=n) for n, name in enumerate("ABC", start=1)]
    visitor = Visitor(world.client.user)
    visitor.post(_url(world, "service_move", feet[2].pk), {"to": "up"})
    assert _names(world) == ["Gel manicure", "A", "C", "B"]
    visitor.post(_url(world, "service_move", feet[0].pk), {"to": "up"})  # the first of its section
    assert _names(world) == ["Gel manicure", "A", "C", "B"]
    visitor.post(_url(world, "section_move"), {"section": "Feet", "to": "up"})
    assert _names(world) == ["A", "C", "B", "Gel manicure"]
    for bad in ({"section": "Nothing", "to": "up"}, {"section": "Feet", "to": "sideways"}, {}):
        assert visitor.post(_url(world, "section_move"), bad).status == 302
    assert _names(world) == ["A", "C", "B", "Gel manicure"]


# --- Off the menu, and gone --------------------------------------------------------------------------


def test_off_the_menu_says_how_many_bookings_stand():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:00"))
    gone = a_booking(world, berlin(4, "10:00"))
    bookings.cancel(booking_id=gone.pk, by=by_owner(world.client), now=NOW)
    visitor = Visitor(world.client.user)
    url = _url(world, "service_active", world.manicure.pk)
    assert "1 booking stands" in visitor.follow(visitor.post(url, {"active": "0"})).text
    world.manicure.refresh_from_db()
    booking.refresh_from_db()
    assert not world.manicure.is_active and booking.status == "confirmed"
    visitor.post(url, {"active": "1"})
    world.manicure.refresh_from_db()
    assert world.manicure.is_active


def test_a_booked_service_is_not_deleted_and_the_page_lists_why():
    world = a_world()
    booking = a_booking(world, berlin(3, "10:00"))
    visitor = Visitor(world.client.user)
    url = _url(world, "service_delete", world.manicure.pk)
    page = visitor.post(url)
    assert page.status == 409
    assert page.h1 == "Gel manicure can’t be deleted" and "Thu 3 Dec, 10:00" in page.text
    assert page.has_link(reverse("manage:booking", args=[world.shop.slug, booking.pk]))
    assert not visitor.get(url).has_form("Delete this service")
    assert Service.objects.filter(pk=world.manicure.pk).exists()


def test_a_service_without_bookings_is_deleted_from_a_page_of_its_own():
    world = a_world()
    other = a_service(world.shop, "Never booked", staff=[world.mina])
    visitor = Visitor(world.client.user)
    page = visitor.get(_url(world, "service_delete", other.pk))
    assert page.h1 == "Delete Never booked?"
    visitor.submit(page, "Delete this service")
    assert not Service.objects.filter(pk=other.pk).exists()


# --- For whom --------------------------------------------------------------------------------------------


def _addresses(world: World) -> dict[str, str]:
    pk = world.manicure.pk
    return {
        **{_url(world, name): "get" for name in ("services", "service_new")},
        _url(world, "section_move"): "post",
        **{_url(world, name, pk): "get" for name in ("service", "service_delete")},
        **{_url(world, name, pk): "post" for name in ("service_move", "service_active")},
    }


def test_strangers_sign_in_others_see_nothing_and_staff_may_not():
    world = a_world()
    stylist = _stylist(world)
    for url, method in _addresses(world).items():
        assert getattr(Visitor(), method)(url).location.startswith("/account/login/"), url
        assert getattr(Visitor(world.customer.user), method)(url).status == 404, url
        assert getattr(Visitor(stylist), method)(url).status == 403, url
        wrong = "delete" if method == "get" else "get"
        client = Visitor(world.client.user).client
        assert getattr(client, wrong)(url).status_code == 405, url


def test_a_manager_writes_the_menu():
    world = a_world()
    manager = Visitor(_stylist(world, is_manager=True))
    assert manager.get(_url(world)).status == 200
    assert manager.post(_url(world, "service_new"), _typed(world)).status == 302


def test_services_and_people_of_another_shop_are_not_there():
    world = a_world()
    other_shop = a_shop(an_owner("other@example.com"), "Other")
    jo = shops.create_staff_member(shop=other_shop, name="Jo")
    foreign = a_service(other_shop, "Foreign", staff=[jo])
    visitor = Visitor(world.client.user)
    for name in ("service", "service_delete"):
        assert visitor.get(_url(world, name, foreign.pk)).status == 404
    for name in ("service", "service_move", "service_active", "service_delete"):
        assert visitor.post(_url(world, name, foreign.pk), {"active": "0", "to": "up"}).status == 404
    visitor.post(_url(world, "service_new"), _typed(world, **{f"does-{jo.pk}": "on"}))
    assert not world.shop.services.get(name="Pedicure").assignments.filter(staff_member=jo).exists()
    foreign.refresh_from_db()
    assert foreign.is_active
