"""The salons of somebody who has many: the switcher stays short, the page of all has pages."""

import pytest
from django.test import Client as Browser

from beautydrop.shops.models import Shop
from tests.factories import World, a_shop, a_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return a_world()


def test_the_switcher_of_few_lists_all(client: Browser, world: World) -> None:
    a_shop(world.client, "Studio Süd")
    client.force_login(world.client.user)
    page = client.get(f"/manage/{world.shop.slug}/hours/").content.decode()
    assert ">Studio Süd" in page
    assert '<a href="/manage/">Your salons</a>' not in page


def test_the_switcher_of_many_is_short_and_leads_to_all(client: Browser, world: World) -> None:
    for number in range(60):
        Shop.objects.create(
            client=world.client, name=f"Chain {number:02d}", slug=f"chain-{number:02d}", city="Berlin", country="DE",
            timezone="Europe/Berlin", currency="EUR", latitude=52.5, longitude=13.4,
        )  # fmt: skip
    client.force_login(world.client.user)
    page = client.get(f"/manage/{world.shop.slug}/hours/").content.decode()
    assert page.count('href="/manage/chain-') == 20
    assert '<a href="/manage/">Your salons</a>' in page
    first, second = (client.get(f"/manage/?page={number}").content.decode() for number in (1, 2))
    assert first.count('href="/manage/chain-') == 50
    assert second.count('href="/manage/chain-') == 10
    assert f'href="/manage/{world.shop.slug}/"' in second
    assert client.get("/manage/?page=x").status_code == 200
