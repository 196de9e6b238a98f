"""What of the marketplace is deleted with time (see docs/rules.md)."""

from datetime import datetime, timedelta

from beautydrop.jobs.cleanup import delete_some, part
from beautydrop.marketplace.models import ContactMessage


@part("marketplace.contact_messages", kept=timedelta(days=365))
def delete_contact_messages(before: datetime, limit: int) -> int:
    """What salons wrote on the contact page, answered or not."""
    return delete_some(ContactMessage.objects.filter(created_at__lt=before), limit)
