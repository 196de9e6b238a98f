"""What of a shop is deleted with time (see docs/rules.md)."""

from datetime import datetime, timedelta

from beautydrop.jobs.cleanup import delete_some, part
from beautydrop.shops.models import StaffInvitation


@part("shops.invitations", kept=timedelta(days=90))
def delete_invitations(before: datetime, limit: int) -> int:
    """Invitations whose link has run out, accepted or not: they hold somebody's address."""
    return delete_some(StaffInvitation.objects.filter(expires_at__lt=before), limit)
