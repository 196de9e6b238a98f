"""To the salon's people: a new booking, one moved, one cancelled. Whoever did it is not told of it."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beautydrop.bookings.messages import parts
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import Pending, State
from beautydrop.notifications.kinds import Audience, Kind, Mail, Note, Person, register
from beautydrop.notifications.letters import Letter, Link, Row
from beautydrop.notifications.models import OutboxMessage
from beautydrop.web import formats

BOOKED = "salon.booked"
MOVED = "salon.moved"
CANCELLED = "salon.cancelled"


def people(booking: Booking, message: OutboxMessage) -> Sequence[Person]:
    """The owner, and whoever does it when they have a sign-in of their own."""
    if not parts.is_current(message, booking):
        return []
    users = {booking.shop.client.user.pk: booking.shop.client.user}
    if booking.staff_member.user is not None and booking.staff_member.is_active:
        users[booking.staff_member.user.pk] = booking.staff_member.user
    return [
        Person(zone=booking.shop.zone, language=user.language, user=user, email=user.email)
        for user in users.values()
        if user.is_active and str(user.pk) != message.payload.get("by")
    ]


def _is_true(message: OutboxMessage, booking: Booking) -> bool:
    if not parts.is_current(message, booking):
        return False
    is_cancelled = booking.status == State.CANCELLED
    return is_cancelled == (message.kind == CANCELLED)


def _words(message: OutboxMessage, booking: Booking) -> tuple[str, str]:
    """Title and sentence."""
    values = {"who": booking.contact_name, "what": booking.service_name, "when": parts.moment(booking)}
    match message.kind:
        case "salon.booked" if booking.pending_for == Pending.APPROVAL:
            return (
                _("To confirm: %(who)s, %(when)s") % values,
                _("%(who)s asks for this time. It is held until you answer.") % values,
            )
        case "salon.booked":
            return _("Booked: %(who)s, %(when)s") % values, _("%(who)s booked %(what)s.") % values
        case "salon.moved":
            return _("Moved: %(who)s, %(when)s") % values, _("%(who)s has a new time.") % values
    return _("Cancelled: %(who)s, %(when)s") % values, _("%(who)s is cancelled; the time is free again.") % values


def mail(message: OutboxMessage, booking: Booking) -> Mail | None:
    if not _is_true(message, booking):
        return None
    title, sentence = _words(message, booking)
    letter = Letter(
        subject=f"{title} — {booking.shop.name}",
        status=sentence,
        when=parts.when(booking),
        facts=_facts(booking),
        paragraphs=_paragraphs(message, booking),
        buttons=(Link(_("See it in the calendar"), parts.site_url("manage:booking", booking.shop.slug, booking.pk)),),
        reference=booking.spoken_reference,
        footer=_("You get this because you work at %(shop)s.") % {"shop": booking.shop.name},
    )
    return letter.mail(message)


def note(message: OutboxMessage, booking: Booking) -> Note | None:
    if not _is_true(message, booking):
        return None
    title, _sentence = _words(message, booking)
    text = f"{booking.service_name}, {booking.staff_member.short_name} · {booking.shop.name}"
    return Note(title, text, reverse("manage:booking", args=[booking.shop.slug, booking.pk]))


def _facts(booking: Booking) -> tuple[Row, ...]:
    contact = [part for part in (booking.contact_phone, booking.contact_email) if part]
    rows = [
        Row(_("Client"), (booking.contact_name, *contact)),
        Row(_("What"), (f"{booking.service_name}, {formats.minutes(booking.duration_minutes)}",)),
        Row(_("With"), (booking.staff_member.name,)),
        Row(_("Price"), (formats.money(booking.price, booking.currency),)),
    ]
    if booking.customer_notes:
        rows.append(Row(_("Note"), tuple(booking.customer_notes.splitlines())))
    return tuple(rows)


def _paragraphs(message: OutboxMessage, booking: Booking) -> tuple[str, ...]:
    if message.kind != CANCELLED or booking.cancel_reason != Booking.CancelReason.BY_CUSTOMER:
        return ()
    event = booking.events.filter(to_status=State.CANCELLED).order_by("at").last()
    if event is None or not event.note:
        return ()
    return (_("%(who)s writes: %(note)s") % {"who": booking.contact_name, "note": event.note},)


for _name, _label in (
    (BOOKED, gettext_lazy("Somebody books")),
    (MOVED, gettext_lazy("A booking is moved")),
    (CANCELLED, gettext_lazy("A booking is cancelled")),
):
    register(Kind(_name, _label, Audience.SALON, mail=mail, note=note, load=parts.load, people=people))
