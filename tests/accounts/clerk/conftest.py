"""The stand-in beside the live server, with the site's settings pointing to it."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from beautydrop.accounts.clerk import keys
from beautydrop.standins.clerk import ClerkStandIn
from beautydrop.standins.clerk.signing import SigningKeys
from beautydrop.standins.clerk.state import Session
from tests.accounts.clerk.acts import give
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


@pytest.fixture
def clock(time_machine: Any) -> Any:
    """Can be shifted; it ticks on from now, because the stand-in and the site are threads of this process."""
    time_machine.move_to(int(time.time()))
    return time_machine


@pytest.fixture
def there(clerk: ClerkStandIn, carla: Session, visitor: Browser) -> Browser:
    """Carla's browser: Clerk knows it by the development token."""
    visitor.own[f"__clerk_db_jwt_{clerk.cookie_suffix}"] = f"dvb_{carla.client_id}"
    return visitor


@pytest.fixture
def signed_in(clerk: ClerkStandIn, carla: Session, there: Browser, clock: Any) -> Browser:
    """Carla, just signed in; what Clerk announced until then is old news."""
    give(there, clerk, token=clerk.session_token(carla), uat=int(time.time()))
    assert there.get("/bookings/", follow=False).status == 200
    clerk.hooks.held.clear()
    clerk.asked.clear()
    return there
