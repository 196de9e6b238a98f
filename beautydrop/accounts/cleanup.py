"""What of accounts is deleted with time (see docs/rules.md)."""

from datetime import datetime, timedelta

from allauth.account.models import EmailConfirmation
from django.conf import settings

from beautydrop.accounts.models import AuditEvent, EmailChange, OpenSession
from beautydrop.jobs.cleanup import delete_some, part


@part("accounts.confirmations", kept=timedelta(days=3))
def delete_confirmations(before: datetime, limit: int) -> int:
    """allauth's stored keys for proving an address. It signs them now; rows are leftovers, good for three days."""
    return delete_some(EmailConfirmation.objects.filter(created__lt=before), limit)


@part("accounts.email_changes", kept=EmailChange.VALID)
def delete_email_changes(before: datetime, limit: int) -> int:
    """Wishes for another address whose link has run out."""
    return delete_some(EmailChange.objects.filter(asked_at__lt=before), limit)


@part("accounts.open_sessions")
def delete_open_sessions(before: datetime, limit: int) -> int:
    """Where people were signed in; beside Django's sessions, which go with the framework's own."""
    return delete_some(OpenSession.objects.filter(expires_at__lt=before), limit)


@part("accounts.audit", kept=timedelta(days=settings.AUDIT_KEPT_DAYS))
def delete_audit_events(before: datetime, limit: int) -> int:
    """Who signed in and who changed rights and prices. The database refuses to lose any of it before 90 days."""
    return delete_some(AuditEvent.objects.filter(at__lt=before), limit)
