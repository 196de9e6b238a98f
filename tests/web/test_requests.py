"""Reading what a visitor sent: bounded, typed, and never an exception, whatever it is."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beautydrop.web import requests

ANYTHING = st.one_of(st.none(), st.text(max_size=80), st.text(alphabet="0123456789-+:.TZtz WwEe٣１２", max_size=40))


@given(ANYTHING)
def test_nothing_breaks_a_reader(value):
    day, instant = requests.day(value), requests.instant(value)
    assert day is None or 2000 <= day.year <= 2200
    assert instant is None or (instant.tzinfo is not None and instant.astimezone(UTC) + timedelta(days=400))
    assert requests.key(value) is None or isinstance(requests.key(value), uuid.UUID)
    number = requests.number(value, lowest=-5, highest=5)
    assert number is None or -5 <= number <= 5
    assert 1 <= requests.whole(value, 1, highest=9) <= 9
    text = requests.text(value, 10)
    assert len(text) <= 10 and text.isprintable()
    assert requests.own_address(value, default="/").startswith("/")


@given(st.datetimes(min_value=datetime(2001, 1, 1), max_value=datetime(2199, 1, 1), timezones=st.just(UTC)))
def test_what_we_write_is_what_we_read(at):
    minute = at.replace(second=0, microsecond=0)
    assert requests.instant(f"{minute:%Y-%m-%dT%H:%M}Z") == minute
    assert requests.instant(minute.isoformat()) == minute
    assert requests.instant(minute.isoformat().replace("+", " ")) == minute  # a + that an address lost
    assert requests.day(at.date().isoformat()) == at.date()


@pytest.mark.parametrize("value", ["2026-02-29", "2026-13-01", "10000-01-01", "0001-01-01", "9999-12-31", "٢٠٢٦-١٢-٠٣"])
def test_days_that_are_none(value):
    assert requests.day(value) is None


def test_a_leap_day_is_one():
    assert requests.day("2028-02-29") == date(2028, 2, 29)


@pytest.mark.parametrize(
    "value", ["2026-12-03T10:15", "2026-12-03T10:15+16:00", "2026-12-03T25:00Z", "now", "1764753300"]
)
def test_instants_need_a_zone_and_sense(value):
    assert requests.instant(value) is None


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e999", "0x10", "", "6", "1_0"])
def test_numbers_that_are_none_here(value):
    assert requests.number(value, lowest=-5, highest=5) is None


@pytest.mark.parametrize(
    ("value", "own"),
    [
        ("/bookings/?page=2", True),
        ("/", True),
        ("//evil.example", False),
        ("///evil.example", False),
        ("/\\evil.example", False),
        ("https://testserver/", False),
        ("foo", False),
        ("", False),
        (None, False),
        ("/\t/evil.example", False),
        ("\x01/evil", False),
    ],
)
def test_ways_back_stay_on_the_site(value, own):
    assert requests.own_address(value, default="/default/") == (value if own else "/default/")
