"""To the salon's people: mail to a client comes back, so that somebody calls before the appointment."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beautydrop.bookings.messages import parts, salon
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import LIVE
from beautydrop.notifications import outbox
from beautydrop.notifications.kinds import Audience, Kind, Mail, Note, register
from beautydrop.notifications.letters import Letter, Link, Row
from beautydrop.notifications.models import OutboxMessage
from beautydrop.notifications.reports import on_report

UNDELIVERABLE = "salon.undeliverable"
_AT_ONCE = 50


@on_report
def tell_salons(address: str, reason: str, now: datetime) -> None:
    """Of each appointment ahead whose client can't be written to any more."""
    ahead = Booking.objects.filter(contact_email=address, status__in=LIVE, ends_at__gt=now).order_by("starts_at")
    outbox.write(
        [
            outbox.announcement(UNDELIVERABLE, subject_id=booking.pk, sequence=booking.sequence, due_at=now)
            for booking in ahead[:_AT_ONCE]
        ],
        now=now,
    )


def _is_true(message: OutboxMessage, booking: Booking) -> bool:
    return parts.is_current(message, booking) and booking.status in LIVE and booking.ends_at > timezone.now()


def _title(booking: Booking) -> str:
    return _("Mail to %(who)s comes back") % {"who": booking.contact_name}


def mail(message: OutboxMessage, booking: Booking) -> Mail | None:
    if not _is_true(message, booking):
        return None
    contact = [part for part in (booking.contact_phone, booking.contact_email) if part]
    letter = Letter(
        subject=f"{_title(booking)} — {booking.shop.name}",
        status=_("%(who)s gets no mail from us about this appointment: their address takes none.")
        % {"who": booking.contact_name},
        when=parts.when(booking),
        facts=(Row(_("Client"), (booking.contact_name, *contact)), Row(_("What"), (booking.service_name,))),
        paragraphs=(_("Call them if something changes, and ask for an address that works."),),
        buttons=(Link(_("See it in the calendar"), parts.site_url("manage:booking", booking.shop.slug, booking.pk)),),
        reference=booking.spoken_reference,
        footer=_("You get this because you work at %(shop)s.") % {"shop": booking.shop.name},
    )
    return letter.mail(message)


def note(message: OutboxMessage, booking: Booking) -> Note | None:
    if not _is_true(message, booking):
        return None
    text = f"{booking.service_name}, {parts.moment(booking)} · {booking.shop.name}"
    return Note(_title(booking), text, reverse("manage:booking", args=[booking.shop.slug, booking.pk]))


register(
    Kind(
        UNDELIVERABLE,
        gettext_lazy("Mail to a client comes back"),
        Audience.SALON,
        mail=mail,
        note=note,
        load=parts.load,
        people=salon.people,
    )
)
