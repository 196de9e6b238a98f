"""Who changed what about sign-ins, rights and money, and from where. Rows are only ever added (the database holds it).

Actions call `record` in their own transaction, so that what happened and what is written down can't part. Bookings
have a history of their own (BookingEvent). Kept for AUDIT_KEPT_DAYS; no passwords, keys or whole addresses of others.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from allauth.core import context as allauth_context
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone

from beautydrop.accounts.models import AuditEvent, User
from beautydrop.web.redaction import redact
from beautydrop.web.requests import client_address

Kind = AuditEvent.Kind


def record(
    kind: AuditEvent.Kind,
    *,
    subject: Model | None = None,
    by: User | None = None,
    now: datetime | None = None,
    detail: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Add an event. Without `by` it was the person whose request this is (an admin who looks as somebody is the admin),
    or, outside of requests, the system.

    `subject` is the row it is about; `detail` is plain data for a reader, each change as [before, after].
    """
    request: HttpRequest | None = allauth_context.request
    return AuditEvent.objects.create(
        at=now or timezone.now(),
        kind=kind,
        actor=by or _asking(request),
        subject_type=subject._meta.model_name or "" if subject is not None else "",
        subject_id=str(subject.pk) if subject is not None else "",
        subject=_words(subject)[:120] if subject is not None else "",
        address=(client_address(request) if request is not None else "") or None,
        detail={name: _plain(value) for name, value in (detail or {}).items()},
    )


def facts(row: Model, names: Iterable[str]) -> dict[str, Any]:
    """What the database holds of a row in these columns, to compare with later; {} for a new row."""
    columns = list(names)
    found = type(row)._default_manager.filter(pk=row.pk).values(*columns).first() if columns else None
    return dict(found or {})


def record_changes(
    kind: AuditEvent.Kind, row: Model, before: Mapping[str, Any], *, by: User | None = None, **more: Any
) -> None:
    """Record which of `before` (see `facts`) the saved row has no more; nothing when nothing changed."""
    after = facts(row, before)
    changed = {name: [value, after[name]] for name, value in before.items() if name in after and after[name] != value}
    if changed:
        record(kind, subject=row, by=by, detail={**changed, **more})


def _asking(request: HttpRequest | None) -> User | None:
    looking = getattr(request, "looking", None)
    user = looking.admin if looking is not None else getattr(request, "user", None)
    return user if isinstance(user, User) else None


def _words(subject: Model) -> str:
    """A name for the list; a person by no more of their address than tells accounts apart."""
    return redact(subject.email if isinstance(subject, User) else str(subject))


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple | set):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else redact(str(value))
