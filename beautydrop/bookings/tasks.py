"""The clock's jobs on bookings: each row in its own transaction, safe to run twice or at once."""

import logging

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from beautydrop.bookings import actions
from beautydrop.bookings.clients import importing
from beautydrop.bookings.errors import BookingError
from beautydrop.bookings.messages import agenda
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import Actor

logger = logging.getLogger(__name__)
_AT_ONCE = 500


@db_periodic_task(crontab(minute="*"))
def expire_holds() -> None:
    """Close pending bookings whose hold is over."""
    now = timezone.now()
    for booking_id in list(Booking.objects.expired(now).values_list("pk", flat=True)[:_AT_ONCE]):
        try:
            actions.expire(booking_id=booking_id, now=now)
        except BookingError:
            logger.info("booking %s is being changed; its hold is looked at again in a minute", booking_id)


@db_periodic_task(crontab(minute="7"))
def complete_past() -> None:
    """Close appointments that ended 12 hours ago and that nobody closed."""
    now = timezone.now()
    for booking_id in list(Booking.objects.to_complete(now).values_list("pk", flat=True)[:_AT_ONCE]):
        try:
            actions.complete(booking_id=booking_id, by=actions.By(Actor.CLOCK), now=now)
        except BookingError:
            logger.info("booking %s changed meanwhile; left as it is", booking_id)


@db_periodic_task(crontab(minute="17"))
def discard_old_lists() -> None:
    """Delete uploaded lists of clients that nobody decided on within a day."""
    importing.discard_old(timezone.now())


@db_periodic_task(crontab(minute="*"))
def post_agendas() -> None:
    """The day's appointments to the salons where it is seven by now."""
    agenda.post_due(timezone.now())
