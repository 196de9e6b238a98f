"""Somebody as Clerk's Backend API describes them, reduced to what we use."""

from dataclasses import dataclass
from typing import Any

from beautydrop.accounts.clerk.errors import ClerkUnavailable


@dataclass(frozen=True, slots=True)
class Profile:
    """What Clerk itself says of somebody. Metadata is left out on purpose: people write some of it themselves."""

    clerk_user_id: str
    email: str  # the primary one, in lower case, and only when Clerk verified it; otherwise ""
    first_name: str
    last_name: str
    version: int  # grows with every change
    is_banned: bool


def read_profile(found: dict[str, Any]) -> Profile:
    """The profile in Clerk's user object. Raises ClerkUnavailable when it is none."""
    if not isinstance(found.get("id"), str):
        raise ClerkUnavailable("the answer is no user")
    addresses = found.get("email_addresses")
    email = ""
    for one in addresses if isinstance(addresses, list) else []:
        verification = one.get("verification") or {}
        if one.get("id") == found.get("primary_email_address_id") and verification.get("status") == "verified":
            email = str(one.get("email_address", "")).strip().lower()[:254]
    version = found.get("updated_at")
    return Profile(
        clerk_user_id=found["id"],
        email=email,
        first_name=str(found.get("first_name") or "").strip()[:80],
        last_name=str(found.get("last_name") or "").strip()[:80],
        version=version if isinstance(version, int) else 0,
        is_banned=bool(found.get("banned")),
    )
