"""What of accounts is deleted with time (see docs/rules.md)."""

from datetime import datetime, timedelta

from allauth.account.models import EmailConfirmation

from beautydrop.jobs.cleanup import delete_some, part


@part("accounts.confirmations", kept=timedelta(days=3))
def delete_confirmations(before: datetime, limit: int) -> int:
    """allauth's stored keys for proving an address. It signs them now; rows are leftovers, good for three days."""
    return delete_some(EmailConfirmation.objects.filter(created__lt=before), limit)
