"""The admin: every list and form answers, lists stay at a constant number of queries, changes go by the rules.

Who may do what with the rows of which model stands in tests/rights.py.
"""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from beautydrop.accounts.models import User
from beautydrop.bookings.models import Booking
from beautydrop.marketplace.models import ContactMessage
from beautydrop.notifications.models import OutboxMessage
from beautydrop.scheduling.models import TimeSlot
from tests import factories
from tests.factories import NOW, a_booking, a_world, berlin

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin_client(time_machine) -> Client:
    time_machine.move_to(NOW, tick=False)
    client = Client()
    client.force_login(User.objects.create_superuser("admin@example.com", factories.PASSWORD))
    return client


def _lists() -> list[str]:
    names = [(model._meta.app_label, model._meta.model_name) for model in admin.site._registry]
    return [f"admin:{app}_{name}_changelist" for app, name in names]


OURS = [model for model in apps.get_models() if model.__module__.startswith("beautydrop.") and model._meta.managed]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_model_is_found_by_words_kinds_and_days(model: type[Model]):
    page = admin.site._registry[model]
    assert page.search_fields
    assert page.list_filter
    assert page.date_hierarchy


def test_every_form_opens(admin_client):
    world = a_world()
    a_booking(world, berlin(3, "10:15"))
    for model in OURS:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert admin_client.get(reverse(f"{name}_add")).status_code in {200, 403}, name
        if one := model._default_manager.first():
            assert admin_client.get(reverse(f"{name}_change", args=[one.pk])).status_code == 200, name


def test_every_list_searches_and_opens(admin_client):
    world = a_world()
    a_booking(world, berlin(3, "10:15"))
    for name in _lists():
        assert admin_client.get(reverse(name)).status_code == 200, name
        assert admin_client.get(reverse(name), {"q": "nord"}).status_code == 200, name


def test_lists_take_the_same_queries_for_one_and_three_bookings(admin_client, django_assert_num_queries):
    world = a_world()
    a_booking(world, berlin(3, "10:15"))
    address = reverse("admin:bookings_booking_changelist")
    admin_client.get(address)
    with django_assert_num_queries(6):
        admin_client.get(address)
    a_booking(world, berlin(3, "12:00"), staff=world.ayla)
    a_booking(world, berlin(3, "14:00"), staff=world.mina)
    with django_assert_num_queries(6):
        admin_client.get(address)


def test_actions_go_by_the_rules(admin_client):
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    address = reverse("admin:bookings_booking_changelist")
    response = admin_client.post(address, {"action": "mark_no_show", "_selected_action": [booking.pk]}, follow=True)
    assert "once the appointment has begun" in response.content.decode()
    booking.refresh_from_db()
    assert booking.status == "confirmed"
    admin_client.post(address, {"action": "cancel", "_selected_action": [booking.pk]})
    booking.refresh_from_db()
    assert (booking.status, booking.cancel_reason) == ("cancelled", "shop")
    assert not TimeSlot.objects.filter(claim_id=booking.pk).exists()
    assert OutboxMessage.objects.filter(kind="booking.cancelled", subject_id=booking.pk).exists()
    assert booking.events.get(to_status="cancelled").by.email == "admin@example.com"


def test_bookings_are_neither_edited_nor_deleted_here(admin_client):
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    assert admin_client.get(reverse("admin:bookings_booking_change", args=[booking.pk])).status_code == 200
    assert admin_client.post(reverse("admin:bookings_booking_change", args=[booking.pk]), {}).status_code == 403
    assert admin_client.post(reverse("admin:bookings_booking_delete", args=[booking.pk])).status_code == 403
    assert admin_client.get(reverse("admin:bookings_booking_add")).status_code == 403
    assert Booking.objects.filter(pk=booking.pk, status="confirmed").exists()


def _block(start) -> dict[str, str]:
    utc = start.astimezone(NOW.tzinfo)
    end = utc + timedelta(hours=1)
    return {
        "start_at_0": f"{utc:%Y-%m-%d}",
        "start_at_1": f"{utc:%H:%M:%S}",
        "end_at_0": f"{end:%Y-%m-%d}",
        "end_at_1": f"{end:%H:%M:%S}",
    }


def test_a_block_is_claimed_like_a_booking(admin_client):
    world = a_world()
    a_booking(world, berlin(3, "10:15"))
    address = reverse("admin:scheduling_timeslot_add")
    refused = admin_client.post(address, {"staff_member": world.mina.pk, **_block(berlin(3, "10:45"))})
    assert refused.status_code == 200
    assert "already taken" in refused.content.decode()
    accepted = admin_client.post(address, {"staff_member": world.mina.pk, **_block(berlin(3, "12:00"))})
    assert accepted.status_code == 302
    block = TimeSlot.objects.get(status="blocked")
    assert block.start_at == berlin(3, "12:00")
    assert (
        admin_client.post(reverse("admin:scheduling_timeslot_delete", args=[block.pk]), {"post": "yes"}).status_code
        == 302
    )
    assert not TimeSlot.objects.filter(status="blocked").exists()


def test_a_service_with_bookings_can_not_be_deleted(admin_client):
    world = a_world()
    a_booking(world, berlin(3, "10:15"))
    admin_client.post(reverse("admin:shops_service_delete", args=[world.manicure.pk]), {"post": "yes"})
    world.manicure.refresh_from_db()
    assert world.manicure.is_active


def test_a_person_can_be_assigned_to_services_of_their_shop_only(admin_client):
    world = a_world()
    other = factories.a_shop(factories.an_owner("other@example.com"), "Other")
    foreign = factories.a_service(other, "Foreign")
    page = reverse("admin:shops_staffmember_change", args=[world.mina.pk])
    fields = {
        "shop": world.shop.pk,
        "name": "Mina Haddad",
        "position": 0,
        "assignments-TOTAL_FORMS": 2,
        "assignments-INITIAL_FORMS": 1,
        "assignments-0-id": world.mina.assignments.get().pk,
        "assignments-0-staff_member": world.mina.pk,
        "assignments-0-service": world.manicure.pk,
        "assignments-1-staff_member": world.mina.pk,
        "assignments-1-service": foreign.pk,
    }
    response = admin_client.post(page, fields)
    assert "service of the shop where this person works" in response.content.decode()
    assert world.mina.assignments.count() == 1


def _run(admin_client: Client, row: Model, action: str) -> str:
    """The list's answer after one of its actions on one row."""
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_changelist")
    answer = admin_client.post(address, {"action": action, "_selected_action": [row.pk]}, follow=True)
    row.refresh_from_db()
    return answer.content.decode()


def test_nobody_leaves_the_team_with_bookings_ahead(admin_client):
    world = a_world()
    a_booking(world, berlin(3, "10:15"))
    assert "Mina Haddad still has bookings ahead" in _run(admin_client, world.mina, "leave")
    assert world.mina.is_active
    _run(admin_client, world.ayla, "leave")
    assert not world.ayla.is_active
    _run(admin_client, world.ayla, "come_back")
    assert world.ayla.is_active
    # And not by the form either.
    page = admin_client.get(reverse("admin:shops_staffmember_change", args=[world.mina.pk])).content.decode()
    assert 'name="is_active"' not in page


def test_shops_and_services_open_and_close_by_the_domains_actions(admin_client):
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    _run(admin_client, world.shop, "close_shops")
    _run(admin_client, world.manicure, "take_off")
    assert (world.shop.is_active, world.manicure.is_active) == (False, False)
    _run(admin_client, world.shop, "open_shops")
    _run(admin_client, world.manicure, "offer")
    assert (world.shop.is_active, world.manicure.is_active) == (True, True)
    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_a_contact_message_is_marked_once_and_never_rewritten(admin_client, time_machine):
    message = ContactMessage.objects.create(name="Nora", email="nora@example.com", message="How?")
    _run(admin_client, message, "mark_answered")
    assert message.answered_at == NOW
    time_machine.move_to(NOW + timedelta(days=1), tick=False)
    _run(admin_client, message, "mark_answered")
    assert message.answered_at == NOW
