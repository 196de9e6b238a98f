"""A superuser looks as another person: looks, no more; banner, on record."""

import pytest
from django.test import Client
from django.urls import reverse

from beautydrop.accounts.models import LookAs, User
from tests import factories
from tests.factories import NOW, a_booking, a_world, berlin

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(time_machine) -> Client:
    time_machine.move_to(NOW, tick=False)
    client = Client()
    client.force_login(User.objects.create_superuser("admin@example.com", factories.PASSWORD))
    return client


def look(admin: Client, person: User):
    return admin.post(
        reverse("admin:accounts_user_changelist"), {"action": "look_as_person", "_selected_action": [person.pk]}
    )


def test_looking_shows_their_pages_with_a_banner_and_is_on_record(admin):
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    assert look(admin, world.customer.user).url == "/"
    page = admin.get(reverse("bookings:mine")).content.decode()
    assert "You look at the site as Clara Neumann" in page
    assert booking.token in page
    assert admin.get(reverse("admin:index")).status_code == 200  # the admin stays the admin's own
    row = LookAs.objects.get()
    assert (row.admin.email, row.person, row.ended_at) == ("admin@example.com", world.customer.user, None)

    assert admin.post(reverse("accounts:stop_looking")).status_code == 302
    row.refresh_from_db()
    assert row.ended_at is not None
    assert booking.token not in admin.get(reverse("bookings:mine")).content.decode()


def test_looking_changes_nothing(admin):
    world = a_world()
    booking = a_booking(world, berlin(3, "10:15"))
    look(admin, world.customer.user)
    assert admin.post(reverse("bookings:cancel", args=[booking.token])).status_code == 403
    assert admin.post(reverse("marketplace:toggle_favourite", args=[world.shop.slug])).status_code == 403
    booking.refresh_from_db()
    assert booking.status == "confirmed"


def test_only_superusers_and_never_at_another(admin):
    world = a_world()
    other_admin = User.objects.create_superuser("second@example.com", factories.PASSWORD)
    look(admin, other_admin)
    assert not LookAs.objects.exists()
    helper = factories.a_person("helper@example.com")
    helper.is_staff = True
    helper.save()
    client = Client()
    client.force_login(helper)
    assert look(client, world.customer.user).status_code in {302, 403}
    assert not LookAs.objects.exists()


def test_a_look_ends_with_the_right_to_it(admin):
    world = a_world()
    look(admin, world.customer.user)
    User.objects.filter(email="admin@example.com").update(is_superuser=False)
    page = admin.get(reverse("bookings:mine")).content.decode()
    assert "You look at the site as" not in page
