"""The jobs of this app, where the worker looks for them."""

from beautydrop.accounts.clerk.tasks import revoke_session

__all__ = ["revoke_session"]
