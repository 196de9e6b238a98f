"""Several first bookings of one person at once, and a merge in the middle: one client, no booking left behind."""

from functools import partial

import pytest

from beautydrop.bookings import actions
from beautydrop.bookings.actions import Contact
from beautydrop.bookings.clients import actions as clients
from beautydrop.bookings.clients.actions import ClientError
from beautydrop.bookings.models import Booking, ShopClient
from tests.concurrency.legal import assert_legal
from tests.concurrency.racing import at_once
from tests.factories import NOW, a_world, berlin, by_owner

pytestmark = pytest.mark.django_db(transaction=True)

ANA = Contact("Ana Ruiz", "ana@example.org", "+491765550118")


def test_first_bookings_of_one_person_at_once_make_one_client():
    world = a_world()
    book = partial(actions.book, service_id=world.manicure.pk, contact=ANA, by=by_owner(world.client), now=NOW)
    jobs = [
        partial(book, staff_id=member.pk, start=berlin(3, clock))
        for member in (world.mina, world.ayla)
        for clock in ("10:00", "12:00", "14:00", "16:00")
    ]
    race = at_once(jobs)
    assert len(race.values) == 8
    assert ShopClient.objects.count() == 1
    assert not Booking.objects.filter(shop_client=None).exists()
    assert_legal()


def test_bookings_while_two_rows_become_one_all_end_at_the_kept_client():
    world = a_world()
    owner = by_owner(world.client)
    for day in (3, 4, 5):
        kept = clients.create(shop=world.shop, name="Ana", email=f"ana{day}@example.org")
        gone = clients.create(shop=world.shop, name="Anna", email=f"anna{day}@example.org")
        book = partial(
            actions.book, service_id=world.manicure.pk, contact=Contact("Anna", gone.email), by=owner, now=NOW
        )
        jobs = [
            partial(book, staff_id=member.pk, start=berlin(day, clock))
            for member in (world.mina, world.ayla)
            for clock in ("10:00", "12:00")
        ]
        jobs.insert(2, partial(clients.merge, kept_id=kept.pk, gone_id=gone.pk, now=NOW))
        assert len(at_once(jobs).values) == 5
        assert Booking.objects.filter(shop_client=kept).count() == 4
        assert not Booking.objects.filter(shop_client=gone).exists()
    assert_legal()


def test_nobody_is_merged_both_ways_at_once():
    world = a_world()
    one = clients.create(shop=world.shop, name="Ana", email="ana@example.org")
    two = clients.create(shop=world.shop, name="Anna", email="anna@example.org")

    def merge(kept: ShopClient, gone: ShopClient) -> bool:
        try:
            clients.merge(kept_id=kept.pk, gone_id=gone.pk, now=NOW)
        except ClientError:
            return False
        return True

    race = at_once([partial(merge, one, two), partial(merge, two, one)])
    assert sorted(race.values) == [False, True]
    assert ShopClient.objects.filter(merged_into=None).count() == 1
