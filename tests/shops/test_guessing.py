"""What the form of a new salon starts with: of the salon before, the phone number, or the browser's language."""

import pytest
from django.test import Client as Browser

from beautydrop.accounts.models import Client
from beautydrop.shops.guessing import guesses
from tests.factories import NOW, a_shop, an_owner

pytestmark = pytest.mark.django_db

AUSTRIA = {"country": "AT", "timezone": "Europe/Vienna", "currency": "EUR"}


@pytest.mark.parametrize(
    ("phone", "languages", "expected"),
    [
        ("", "de-AT,de;q=0.9,en;q=0.8", {"country": "AT", "currency": "EUR"}),
        ("+4315550123", "en-US,en", AUSTRIA),  # a number says more than a language
        ("+493055501400", "", {"country": "DE", "timezone": "Europe/Berlin", "currency": "EUR"}),
        ("+919876543210", "", {"country": "IN", "timezone": "Asia/Kolkata", "currency": "INR"}),
        ("+34915550123", "", {"country": "ES", "currency": "EUR"}),  # the Canaries have another clock
        ("+12125550123", "", {"country": "US", "currency": "USD"}),
        ("+80012345678", "", {}),  # everywhere
        ("", "en", {}),
        ("", "zh-Hant", {}),
        ("", "en-GB,en", {}),
        ("", "x" * 5000, {}),
        ("", "", {}),
    ],
)
def test_what_is_known_is_filled_in_and_the_rest_left_open(phone: str, languages: str, expected: dict[str, str]):
    owner = an_owner()
    Client.objects.filter(pk=owner.pk).update(phone=phone)
    owner.refresh_from_db()
    assert guesses(owner, languages=languages, now=NOW) == expected


def test_the_next_salon_is_where_the_last_one_is(client: Browser):
    owner = an_owner()
    a_shop(owner, country="CH", timezone="Europe/Zurich", currency="CHF")
    assert guesses(owner, languages="de-AT", now=NOW) == {
        "country": "CH", "timezone": "Europe/Zurich", "currency": "CHF"
    }  # fmt: skip
    client.force_login(owner.user)
    page = client.get("/manage/shops/new/").content.decode()
    for value in ("CH", "Europe/Zurich", "CHF"):
        assert f'<option value="{value}" selected>' in page
