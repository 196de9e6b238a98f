"""A stand-in of Clerk: `python -m beautydrop.standins.clerk`, or `ClerkStandIn` inside a test's process."""

from beautydrop.standins.clerk.server import ClerkStandIn

__all__ = ["ClerkStandIn"]
