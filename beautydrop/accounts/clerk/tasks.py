"""Jobs: what Clerk could not be told at once."""

from huey.contrib.djhuey import db_task

from beautydrop.accounts.clerk import backend_api


@db_task(retries=10, retry_delay=60)
def revoke_session(sid: str) -> None:
    """End a session at Clerk that was ended here; raises ClerkUnavailable to be run again."""
    backend_api.revoke_session(sid)
