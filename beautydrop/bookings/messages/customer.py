"""To the customer: please confirm, confirmed, moved, cancelled. None of them can be turned off."""

from collections.abc import Sequence
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beautydrop.bookings import calendar_file
from beautydrop.bookings.messages import parts
from beautydrop.bookings.messages.keys import confirm_key
from beautydrop.bookings.models import Booking
from beautydrop.bookings.policy import Policy
from beautydrop.bookings.states import Pending, State
from beautydrop.notifications.kinds import Audience, Kind, Mail, Note, Person, register
from beautydrop.notifications.letters import Link
from beautydrop.notifications.models import OutboxMessage
from beautydrop.web import formats

PLEASE_CONFIRM = "booking.please_confirm"
CONFIRMED = "booking.confirmed"
MOVED = "booking.moved"
CANCELLED = "booking.cancelled"


def people(booking: Booking, message: OutboxMessage) -> Sequence[Person]:
    return [parts.customer_person(booking)]


def _is_for(message: OutboxMessage, booking: Booking) -> bool:
    """About this booking as it is, and to the address that it has."""
    is_theirs = message.channel != "email" or message.recipient == booking.contact_email
    return parts.is_current(message, booking) and is_theirs


def _stands(message: OutboxMessage, booking: Booking) -> bool:
    return _is_for(message, booking) and booking.status in {State.CONFIRMED, State.ARRIVED}


# --- Please confirm ---------------------------------------------------------------------------------


def please_confirm_mail(message: OutboxMessage, booking: Booking) -> Mail | None:
    is_held = booking.pending_for == Pending.EMAIL and not booking.is_hold_over(timezone.now())
    if not is_held or not _is_for(message, booking):
        return None
    held_until = formats.clock(booking.expires_at or booking.starts_at, booking.zone)
    letter = parts.customer_letter(
        booking,
        _("Confirm your booking: %(what)s") % {"what": parts.what(booking)},
        _("One more step: confirm before %(held_until)s and this time is yours.") % {"held_until": held_until},
        buttons=(
            Link(
                _("Confirm the booking"),
                parts.site_url("bookings:confirm", booking.token, confirm_key(booking)),
            ),
        ),
        links=(),
        quiet=(
            _(
                "The link opens a page with a button; nothing is booked before you press it. If you did not ask for "
                "this, do nothing and the time is given back."
            ),
        ),
    )
    return letter.mail(message)


# --- Confirmed and moved ----------------------------------------------------------------------------


def confirmed_mail(message: OutboxMessage, booking: Booking) -> Mail | None:
    if not _stands(message, booking):
        return None
    subject = _("Confirmed: %(what)s") % {"what": parts.what(booking)}
    return parts.customer_letter(
        booking, subject, _("Your time is booked."), calendar=calendar_file.render(booking, now=timezone.now())
    ).mail(message)


def confirmed_note(message: OutboxMessage, booking: Booking) -> Note | None:
    return _note(_("Confirmed: %(what)s"), booking) if _stands(message, booking) else None


def moved_mail(message: OutboxMessage, booking: Booking) -> Mail | None:
    if not _stands(message, booking):
        return None
    note = str(message.payload.get("note", ""))
    letter = parts.customer_letter(
        booking,
        _("Moved: %(what)s") % {"what": parts.what(booking)},
        _("Your appointment is moved. This is the new time."),
        paragraphs=(*_salon_writes(booking, note), parts.policy_words(booking)),
        calendar=calendar_file.render(booking, now=timezone.now()),
    )
    return letter.mail(message)


def moved_note(message: OutboxMessage, booking: Booking) -> Note | None:
    return _note(_("Moved: %(what)s"), booking) if _stands(message, booking) else None


def moved_sms(message: OutboxMessage, booking: Booking) -> str | None:
    if not _stands(message, booking):
        return None
    return parts.sms(booking, _("%(shop)s: your appointment is now %(when)s. %(url)s"))


# --- Cancelled --------------------------------------------------------------------------------------


def cancelled_mail(message: OutboxMessage, booking: Booking) -> Mail | None:
    if booking.status != State.CANCELLED or not _is_for(message, booking):
        return None
    event = booking.events.filter(to_status=State.CANCELLED).order_by("at").last()
    by_customer = booking.cancel_reason == Booking.CancelReason.BY_CUSTOMER
    due = Policy.of_booking(booking).due_if_cancelled(event.at) if event and by_customer else Decimal(0)
    # What the salon wrote is for the customer; what the customer wrote is for the salon.
    note = event.note if event and not by_customer else ""
    letter = parts.customer_letter(
        booking,
        _("Cancelled: %(what)s") % {"what": parts.what(booking)},
        _cancelled_words(booking),
        paragraphs=(_due_words(due, booking), *_salon_writes(booking, note)),
        buttons=(Link(_("Book a new time"), parts.site_url("marketplace:shop", booking.shop.slug)),),
        links=(),
        calendar=calendar_file.render(booking, now=timezone.now()),
    )
    return letter.mail(message)


def cancelled_note(message: OutboxMessage, booking: Booking) -> Note | None:
    if booking.status != State.CANCELLED or not _is_for(message, booking):
        return None
    return Note(_("Cancelled: %(what)s") % {"what": parts.what(booking)}, _cancelled_words(booking), _path(booking))


def cancelled_sms(message: OutboxMessage, booking: Booking) -> str | None:
    """Of the salon's cancelling only: who cancels knows."""
    by_customer = booking.cancel_reason == Booking.CancelReason.BY_CUSTOMER
    if booking.status != State.CANCELLED or by_customer or not _is_for(message, booking):
        return None
    return parts.sms(booking, _("%(shop)s: your appointment on %(when)s is cancelled. %(url)s"))


def _cancelled_words(booking: Booking) -> str:
    match booking.cancel_reason:
        case Booking.CancelReason.BY_SHOP:
            return _("The salon cancelled this appointment.")
        case Booking.CancelReason.EXPIRED:
            return _("The salon did not answer in time, so this appointment is cancelled.")
    return _("You cancelled this appointment.")


def _due_words(due: Decimal, booking: Booking) -> str:
    if not due:
        return _("Nothing is due.")
    money = formats.money(due, booking.currency)
    return _("It was cancelled after the free period, so %(due)s is due at the salon.") % {"due": money}


def _salon_writes(booking: Booking, note: str) -> tuple[str, ...]:
    return (_("%(shop)s writes: %(note)s") % {"shop": booking.shop.name, "note": note},) if note else ()


def _note(title: str, booking: Booking) -> Note:
    price = formats.money(booking.price, booking.currency)
    return Note(title % {"what": parts.what(booking)}, f"{booking.staff_member.name}, {price}", _path(booking))


def _path(booking: Booking) -> str:
    return reverse("bookings:show", args=[booking.token])


register(
    Kind(
        PLEASE_CONFIRM,
        gettext_lazy("Confirm your booking"),
        Audience.CUSTOMER,
        mail=please_confirm_mail,
        load=parts.load,
        people=people,
        is_essential=True,
    )
)
register(
    Kind(
        CONFIRMED,
        gettext_lazy("Your booking is confirmed"),
        Audience.CUSTOMER,
        mail=confirmed_mail,
        note=confirmed_note,
        load=parts.load,
        people=people,
        is_essential=True,
    )
)
register(
    Kind(
        MOVED,
        gettext_lazy("Your booking is moved"),
        Audience.CUSTOMER,
        mail=moved_mail,
        sms=moved_sms,
        note=moved_note,
        load=parts.load,
        people=people,
        is_essential=True,
    )
)
register(
    Kind(
        CANCELLED,
        gettext_lazy("Your booking is cancelled"),
        Audience.CUSTOMER,
        mail=cancelled_mail,
        sms=cancelled_sms,
        note=cancelled_note,
        load=parts.load,
        people=people,
        is_essential=True,
    )
)
