"""Who the visitor is behind proxies: only what a trusted proxy says counts, and it may not be talked into more."""

import ipaddress

import pytest
from django.test import Client, RequestFactory

from beautydrop.web.requests import came_by_proxy, client_address


def _address(peer: str, forwarded: str | None = None) -> str:
    extra = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=peer, **extra))


@pytest.fixture
def proxies(settings):
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8")]


def test_without_proxies_it_is_the_peer():
    assert _address("203.0.113.5") == "203.0.113.5"
    assert _address("203.0.113.5", "198.51.100.1") == "203.0.113.5"
    assert _address("::ffff:203.0.113.5") == "203.0.113.5"
    assert _address("") == ""
    assert _address("", "198.51.100.1") == ""


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("10.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.5", "203.0.113.5"),  # the left one is anybody's word
        ("10.0.0.1", "198.51.100.1, 203.0.113.5, 10.0.0.9", "203.0.113.5"),
        ("10.0.0.1", " 203.0.113.5:4711 ", "203.0.113.5"),
        ("10.0.0.1", "[2001:db8::1]:4711, fd00::2", "2001:db8::1"),
        ("10.0.0.1", "::ffff:203.0.113.5", "203.0.113.5"),
        ("10.0.0.1", "203.0.113.5, rubbish", "10.0.0.1"),
        ("10.0.0.1", "rubbish, 10.0.0.9", "10.0.0.9"),
        ("10.0.0.1", "10.0.0.7, 10.0.0.9", "10.0.0.7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "," * 5_000, "10.0.0.1"),
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),  # no proxy of ours
        ("", "198.51.100.1", ""),
    ],
)
def test_behind_proxies_the_last_untrusted_hop_counts(proxies, peer, forwarded, found):
    assert _address(peer, forwarded) == found


def test_a_socket_on_this_machine_can_be_trusted(settings):
    settings.TRUSTS_UNIX_SOCKET = True
    assert _address("", "198.51.100.1, 203.0.113.5") == "203.0.113.5"
    assert came_by_proxy(RequestFactory().get("/", REMOTE_ADDR=""))


@pytest.mark.django_db
def test_only_a_trusted_proxy_says_that_it_was_https(settings, proxies):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 60
    by_proxy = Client(REMOTE_ADDR="10.0.0.1").get("/about/help/", headers={"X-Forwarded-Proto": "https"})
    by_stranger = Client(REMOTE_ADDR="203.0.113.5").get("/about/help/", headers={"X-Forwarded-Proto": "https"})
    assert by_proxy.status_code == 200 and "Strict-Transport-Security" in by_proxy.headers
    assert by_stranger.status_code == 301
