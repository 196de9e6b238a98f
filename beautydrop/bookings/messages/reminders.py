"""Reminders a day and two hours ahead. Each is a row from the moment the booking stands, read anew when it is due."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from beautydrop.bookings.messages import parts
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import State
from beautydrop.notifications.kinds import Audience, Kind, Mail, Note, Person, register
from beautydrop.notifications.models import Channel, OutboxMessage

DAY = "booking.reminder_day"
HOURS = "booking.reminder_hours"
# How long before the start each is due.
BEFORE = {DAY: timedelta(hours=24), HOURS: timedelta(hours=2)}


def people(booking: Booking, message: OutboxMessage) -> Sequence[Person]:
    return [parts.customer_person(booking)] if _is_ahead(message, booking) else []


def mail(message: OutboxMessage, booking: Booking) -> Mail | None:
    if not _is_ahead(message, booking):
        return None
    subject = _("Reminder: %(what)s") % {"what": parts.what(booking)}
    return parts.customer_letter(booking, subject, _status(booking)).mail(message)


def sms(message: OutboxMessage, booking: Booking) -> str | None:
    if not _is_ahead(message, booking):
        return None
    return parts.sms(booking, _("%(shop)s: reminder of your appointment %(when)s with %(who)s. %(url)s"))


def note(message: OutboxMessage, booking: Booking) -> Note | None:
    if not _is_ahead(message, booking):
        return None
    from django.urls import reverse

    title = _("Reminder: %(what)s") % {"what": parts.what(booking)}
    return Note(title, _status(booking), reverse("bookings:show", args=[booking.token]))


def _is_ahead(message: OutboxMessage, booking: Booking) -> bool:
    """True while it still reminds of something: the same time, standing, and not begun.

    A day's reminder that comes so late that the other one is due is left to that one.
    """
    until = booking.starts_at - (BEFORE[HOURS] if message.kind == DAY else timedelta(0))
    return (
        parts.is_current(message, booking)
        and booking.status == State.CONFIRMED
        and timezone.now() < until
        and (message.channel != Channel.EMAIL or message.recipient == booking.contact_email)
    )


def _status(booking: Booking) -> str:
    """`Your appointment is in 2 hours.`, by the whole hours that are left; the exact time stands below it."""
    hours = round((booking.starts_at - timezone.now()).total_seconds() / 3600)
    if hours < 1:
        return _("Your appointment is about to begin.")
    return ngettext("Your appointment is in %(hours)s hour.", "Your appointment is in %(hours)s hours.", hours) % {
        "hours": hours
    }


register(
    Kind(
        DAY,
        gettext_lazy("Reminder a day ahead"),
        Audience.CUSTOMER,
        mail=mail,
        sms=sms,
        note=note,
        load=parts.load,
        people=people,
    )
)
register(
    Kind(
        HOURS,
        gettext_lazy("Reminder two hours ahead"),
        Audience.CUSTOMER,
        mail=mail,
        sms=sms,
        note=note,
        load=parts.load,
        people=people,
    )
)
