"""The stand-in of Clerk on this machine, asked over HTTP, with the site's settings pointing to it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from beautydrop.accounts.clerk import keys
from beautydrop.standins.clerk import ClerkStandIn
from beautydrop.standins.clerk.signing import SigningKeys
from beautydrop.standins.clerk.state import Session


@pytest.fixture(scope="session")
def signing_keys() -> SigningKeys:
    """Making a key takes a while: no test of the API rotates it."""
    return SigningKeys()


@pytest.fixture
def clerk(settings: Any, signing_keys: SigningKeys) -> Iterator[ClerkStandIn]:
    stand_in = ClerkStandIn(site=settings.SITE_URL, keys=signing_keys)
    for name, value in stand_in.environment().items():
        setattr(settings, name, [value] if name == "CLERK_AUTHORIZED_PARTIES" else value)
    keys.forget()
    stand_in.faults.hold_webhooks = True
    stand_in.start()
    yield stand_in
    stand_in.stop()
    keys.forget()


@pytest.fixture
def carla(clerk: ClerkStandIn) -> Session:
    """Carla's session at Clerk; she was never here."""
    person = clerk.state.add_person("carla@example.com", "Carla", "Clerk", user_id="user_carla")
    return clerk.state.sign_in(person)


@pytest.fixture
def app(clerk: ClerkStandIn, carla: Session) -> Client:
    """An app of Carla's: her session token goes with every request, and cookies are kept. CSRF is enforced."""
    token = clerk.session_token(carla)
    return Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {token}"})
