"""SMS, behind what carries it: Twilio, the demo's mailbox, or nobody."""

from django.conf import settings


def is_on() -> bool:
    """True when somebody carries SMS; otherwise none is offered, and none is written."""
    return bool(settings.SMS_BY)
