"""The stand-in beside the live server, with the site's settings pointing to it."""

from collections.abc import Iterator
from typing import Any

import pytest

from beautydrop.accounts.clerk import keys
from beautydrop.standins.clerk import ClerkStandIn
from beautydrop.standins.clerk.signing import SigningKeys
from beautydrop.standins.clerk.state import Session
from tests.accounts.clerk.wire import Browser


@pytest.fixture(scope="session")
def key_material() -> SigningKeys:
    """Making a key takes a while: tests share the first."""
    return SigningKeys()


@pytest.fixture
def clerk(live_server: Any, settings: Any, key_material: SigningKeys) -> Iterator[ClerkStandIn]:
    shared = SigningKeys.__new__(SigningKeys)
    shared.kid, shared._published = key_material.kid, dict(key_material._published)
    stand_in = ClerkStandIn(site=live_server.url, keys=shared)
    for name, value in stand_in.environment().items():
        setattr(settings, name, [value] if name == "CLERK_AUTHORIZED_PARTIES" else value)
    settings.SITE_URL = live_server.url
    settings.CSRF_TRUSTED_ORIGINS = [live_server.url]
    keys.forget()
    # What the stand-in announces waits until a test delivers it.
    stand_in.faults.hold_webhooks = True
    stand_in.start()
    yield stand_in
    stand_in.stop()
    keys.forget()


@pytest.fixture
def visitor(live_server: Any) -> Browser:
    return Browser(live_server.url)


@pytest.fixture
def carla(clerk: ClerkStandIn) -> Session:
    """Carla's session at Clerk; she was never here."""
    return clerk.state.sign_in(clerk.state.add_person("carla@example.com", "Carla", "Clerk"))
