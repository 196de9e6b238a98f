"""News from Clerk: signed, taken once by its id, and right in whatever order it arrives.

A session's end and a person's deletion are final, so that they are taken as they come. Everything else is only a hint
to ask Clerk how things are now.
"""

import json
import logging
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from standardwebhooks import Webhook, WebhookVerificationError

from beautydrop.accounts.clerk import actions, people
from beautydrop.accounts.clerk.errors import ClerkUnavailable
from beautydrop.accounts.models import ClerkEvent

log = logging.getLogger("beautydrop.clerk")

MOST_BYTES = 256_000
_ENDED = {"session.ended", "session.removed", "session.revoked"}
_CHANGED = {"user.created", "user.updated"}


class WebhookRefused(Exception):
    """Not from Clerk, too old, or nothing that can be read."""


def verified(body: bytes, headers: dict[str, str]) -> tuple[str, dict[str, Any]]:
    """Id and content of an event that Clerk signed within the last five minutes. Raises WebhookRefused.

    Without a secret nothing is accepted.
    """
    if not settings.CLERK_WEBHOOK_SECRET:
        raise WebhookRefused("CLERK_WEBHOOK_SECRET is not set")
    if len(body) > MOST_BYTES:
        raise WebhookRefused("too long")
    # Svix signs in the standard's way, under names of its own.
    signed = {f"webhook-{name}": headers.get(f"svix-{name}", "") for name in ("id", "timestamp", "signature")}
    try:
        Webhook(settings.CLERK_WEBHOOK_SECRET).verify(body, signed, json_parse=False)
        event = json.loads(body)
    except (WebhookVerificationError, ValueError, OverflowError) as error:
        raise WebhookRefused(type(error).__name__) from None
    event_id = signed["webhook-id"]
    is_readable = isinstance(event, dict) and isinstance(event.get("data"), dict)
    if not is_readable or not isinstance(event.get("type"), str) or len(event_id) > 128:
        raise WebhookRefused("not an event")
    return event_id, event


def receive(event_id: str, event: dict[str, Any], *, now: datetime) -> ClerkEvent:
    """Apply a verified event, unless that was done. The row is kept whatever happens; see its outcome."""
    row, _is_new = ClerkEvent.objects.get_or_create(
        event_id=event_id,
        defaults={
            "kind": str(event["type"])[:64],
            "subject_id": str(event["data"].get("id", ""))[:64],
            "received_at": now,
        },
    )
    if row.outcome != ClerkEvent.Outcome.FAILED:
        return row
    ClerkEvent.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1)
    try:
        row.note = _apply(str(event["type"]), event["data"], now=now)[:200]
    except ClerkUnavailable as error:
        row.note = f"Clerk does not answer: {error}"[:200]
        row.save(update_fields=["note"])
        return row
    row.outcome = ClerkEvent.Outcome.APPLIED if row.note else ClerkEvent.Outcome.IGNORED
    row.applied_at = now
    with transaction.atomic():
        row.save(update_fields=["outcome", "note", "applied_at"])
    log.info("Clerk event %s: %s", row.kind, row.note or "ignored")
    return row


def _apply(kind: str, data: dict[str, Any], *, now: datetime) -> str:
    """What was done, or "" for an event that is none of ours. Raises ClerkUnavailable."""
    subject = data.get("id")
    if not isinstance(subject, str) or not 0 < len(subject) <= 64:
        return ""
    if kind in _ENDED:
        user_id = data.get("user_id")
        return actions.end_session(sid=subject, clerk_user_id=user_id[:64] if isinstance(user_id, str) else "", now=now)
    if kind == "user.deleted":
        return actions.close(clerk_user_id=subject, now=now)
    if kind in _CHANGED:
        return people.refresh(subject, now=now)
    return ""
