"""The clock's jobs on bookings: each row in its own transaction, safe to run twice or at once."""

from datetime import datetime, timedelta

from huey import crontab

from beautydrop.bookings import actions
from beautydrop.bookings.clients import importing
from beautydrop.bookings.errors import BookingError
from beautydrop.bookings.messages import agenda
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import Actor
from beautydrop.jobs.batches import each
from beautydrop.jobs.registry import job

_AT_ONCE = 500


@job(crontab(minute="*"), name="bookings.expire_holds", overdue_after=timedelta(minutes=5))
def expire_holds(now: datetime) -> int:
    """Close pending bookings whose hold is over. One that is being changed is looked at again in a minute."""
    over = Booking.objects.expired(now).values_list("pk", flat=True)[:_AT_ONCE]
    return each(over, lambda pk: actions.expire(booking_id=pk, now=now), passing=(BookingError,))


@job(crontab(minute="7"), name="bookings.complete_past", overdue_after=timedelta(hours=3))
def complete_past(now: datetime) -> int:
    """Close appointments that ended 12 hours ago and that nobody closed."""
    by = actions.By(Actor.CLOCK)
    past = Booking.objects.to_complete(now).values_list("pk", flat=True)[:_AT_ONCE]
    return each(past, lambda pk: actions.complete(booking_id=pk, by=by, now=now), passing=(BookingError,))


@job(crontab(minute="17"), name="bookings.discard_old_lists", overdue_after=timedelta(hours=3))
def discard_old_lists(now: datetime) -> int:
    """Delete uploaded lists of clients that nobody decided on within a day."""
    return importing.discard_old(now)


@job(crontab(minute="*"), name="bookings.post_agendas", overdue_after=timedelta(minutes=5))
def post_agendas(now: datetime) -> int:
    """The day's appointments to the salons where it is seven by now."""
    return agenda.post_due(now)
