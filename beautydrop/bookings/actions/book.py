"""Making bookings, and confirming those that wait."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from beautydrop.accounts.models import Customer
from beautydrop.availability import Refusal
from beautydrop.bookings import messages
from beautydrop.bookings.actions.writing import (
    By,
    changing,
    is_of_shop,
    record,
    require_move,
    set_status,
    take_time,
    worded,
)
from beautydrop.bookings.clients import linking
from beautydrop.bookings.errors import BookingError
from beautydrop.bookings.models import Booking, BookingEvent, free_reference
from beautydrop.bookings.states import Pending, State
from beautydrop.scheduling import claims
from beautydrop.scheduling.errors import TimeRefused
from beautydrop.shops.models import Service


@dataclass(frozen=True, slots=True)
class Contact:
    """Who the appointment is for. `email` may be empty only for what a salon enters itself.

    `wants_sms`: they asked to be texted about it, at `phone`.
    """

    name: str
    email: str = ""
    phone: str = ""
    language: str = "en"
    wants_sms: bool = False


def book(
    *,
    service_id: uuid.UUID,
    staff_id: uuid.UUID | None,
    start: datetime,
    contact: Contact,
    by: By,
    now: datetime,
    customer: Customer | None = None,
    note: str = "",
    idempotency_key: str = "",
    is_email_proved: bool = False,
    rebooked_from: Booking | None = None,
    tell: bool = True,
    client_id: uuid.UUID | None = None,
    is_client_added: bool = False,
) -> Booking:
    """Book `service_id` at the aware `start`, with `staff_id` or anyone free.

    A signed-in customer with a verified e-mail and the shop's people are confirmed at once (unless the
    shop approves each booking); a guest gets a hold and a link by e-mail. The same `idempotency_key` by the
    same person gives the same booking; without `tell` nobody gets a mail. The salon may name the client (`client_id`),
    or add one by name alone (`is_client_added`). Raises BookingError with the nearest free times.
    """
    key = _scoped(idempotency_key, by, contact)
    try:
        with claims.lost_races_refused(start), transaction.atomic():
            service = Service.objects.select_related("shop").get(pk=service_id)
            waits_for = _waits_for(service, by, is_email_proved=is_email_proved or _has_verified_email(customer, by))
            booking_id = uuid.uuid4()
            expires_at = _hold_ends(waits_for, start, now)
            claimed = claims.claim(
                service=service,
                staff_id=staff_id,
                start=start,
                claim_id=booking_id,
                now=now,
                expires_at=expires_at,
                is_shop=is_of_shop(by),
            )
            shop = service.shop
            booking = Booking(
                id=booking_id,
                reference=free_reference(),
                shop=shop,
                service=service,
                customer=customer,
                shop_client_id=_client(shop.pk, contact, client_id, is_added=is_client_added, now=now),
                contact_name=contact.name,
                contact_email=contact.email.lower(),
                contact_phone=contact.phone,
                language=contact.language,
                wants_sms=contact.wants_sms and bool(contact.phone),
                email_proved_at=now if is_email_proved else None,
                status=State.PENDING if waits_for else State.CONFIRMED,
                pending_for=waits_for,
                expires_at=expires_at,
                source=Booking.Source.SHOP if is_of_shop(by) else Booking.Source.ONLINE,
                timezone=shop.timezone,
                service_name=service.name,
                currency=shop.currency,
                cancellation_cutoff_hours=shop.cancellation_cutoff_hours,
                late_cancel_percent=shop.late_cancel_percent,
                no_show_percent=shop.no_show_percent,
                customer_notes=note,
                idempotency_key=key,
                rebooked_from=rebooked_from,
            )
            take_time(booking, claimed)
            booking.price = claimed.opening.performer.price
            booking.save(force_insert=True)
            record(booking, BookingEvent.Kind.CREATED, by=by, now=now, to_start=booking.starts_at)
            messages.booked(booking, now=now, by_user_id=by.user_id, tell=tell)
            return booking
    except TimeRefused as refused:
        # The lock made a double click wait for its twin: then the time is taken by the very booking asked for.
        if key and (known := Booking.objects.filter(idempotency_key=key).first()):
            return known
        raise worded(refused, service_id, now=now) from refused
    except IntegrityError:  # the key is another booking's: with anyone free, a second click finds a second person
        if key and (known := Booking.objects.filter(idempotency_key=key).first()):
            return known
        raise


def confirm_by_link(*, booking_id: uuid.UUID, by: By, now: datetime) -> Booking:
    """The guest pressed Confirm on the page that the mailed link opens. Doing it again is harmless.

    When the hold is over, the time is claimed anew if it is still free; if the booking was already closed by
    the clock, a new booking takes its place (a cancelled one never comes back to life). Raises BookingError.
    """
    try:
        booking = _confirm_held(booking_id, by=by, now=now)
        if booking.status != State.CANCELLED:
            return booking
        if booking.cancel_reason == Booking.CancelReason.EXPIRED:
            return _book_again(booking, by=by, now=now)
    except BookingError as error:
        if error.code in set(Refusal):
            message = _("Your time was held until it ran out, and it is gone now. Choose another one.")
            raise BookingError("expired", message, error.alternatives) from error
        raise
    raise BookingError("conflict", _("This booking was cancelled. Book a new time."))


def _confirm_held(booking_id: uuid.UUID, *, by: By, now: datetime) -> Booking:
    """Confirm what still waits for the e-mail; anything else is returned as it is."""
    with changing(booking_id, now) as booking:
        if booking.pending_for != Pending.EMAIL:
            return booking
        require_move(booking, State.CONFIRMED, by)
        waits_for = "" if booking.shop.is_auto_confirmed else Pending.APPROVAL
        expires_at = _hold_ends(waits_for, booking.starts_at, now)
        if not claims.keep(booking.pk, expires_at=expires_at, now=now):
            claim_own_time(booking, now=now, expires_at=expires_at)
        before = booking.status
        booking.email_proved_at = now
        booking.status = State.PENDING if waits_for else State.CONFIRMED
        booking.pending_for, booking.expires_at = waits_for, expires_at
        booking.save()
        record(booking, BookingEvent.Kind.STATUS, by=by, now=now, from_status=before)
        messages.booked(booking, now=now, by_user_id=by.user_id)
        return booking


def approve(*, booking_id: uuid.UUID, by: By, now: datetime) -> Booking:
    """The shop, and nobody else, accepts a booking; BookingError when it no longer waits."""
    with changing(booking_id, now) as booking:
        if not is_of_shop(by):
            raise BookingError("conflict", _("Only the salon can accept this booking."))
        require_move(booking, State.CONFIRMED, by)
        if not claims.keep(booking.pk, expires_at=None, now=now):
            claim_own_time(booking, now=now, expires_at=None, is_shop=True)
        set_status(booking, State.CONFIRMED, by=by, now=now)
        messages.booked(booking, now=now, by_user_id=by.user_id)
        return booking


def change_address(*, booking_id: uuid.UUID, email: str, by: By, now: datetime) -> Booking:
    """A guest mistyped their address: the hold stays, the link goes to the new one, the old link no longer works."""
    with changing(booking_id, now) as booking:
        if booking.pending_for != Pending.EMAIL or booking.is_hold_over(now):
            raise BookingError("conflict", _("This booking no longer waits for an e-mail."))
        booking.contact_email = email.lower()
        booking.shop_client_id = linking.client_of(
            booking.shop_id, name=booking.contact_name, email=email, phone=booking.contact_phone, now=now
        )
        booking.sequence += 1
        booking.save(update_fields=["contact_email", "shop_client", "sequence", "updated_at"])
        record(booking, BookingEvent.Kind.EDITED, by=by, now=now, note="e-mail address")
        messages.booked(booking, now=now, by_user_id=by.user_id)
        return booking


def claim_own_time(booking: Booking, *, now: datetime, expires_at: datetime | None, is_shop: bool = False) -> None:
    """Claim the time of a hold that ran out, if it is still free. Raises TimeRefused."""
    claims.claim(
        service=booking.service,
        staff_id=booking.staff_member_id,
        start=booking.starts_at,
        claim_id=booking.pk,
        now=now,
        expires_at=expires_at,
        is_move=True,
        duration_minutes=booking.duration_minutes,
        is_shop=is_shop,
    )


def _book_again(old: Booking, *, by: By, now: datetime) -> Booking:
    """The same appointment as a new booking, for a link that was opened after the hold ran out."""
    if newer := Booking.objects.filter(rebooked_from=old).first():
        return newer
    return book(
        service_id=old.service_id,
        staff_id=old.staff_member_id,
        start=old.starts_at,
        contact=Contact(old.contact_name, old.contact_email, old.contact_phone, old.language, old.wants_sms),
        by=by,
        now=now,
        customer=old.customer,
        note=old.customer_notes,
        idempotency_key=f"again-{old.pk}",
        is_email_proved=True,
        rebooked_from=old,
    )


def _client(
    shop_id: uuid.UUID, contact: Contact, client_id: uuid.UUID | None, *, is_added: bool, now: datetime
) -> uuid.UUID | None:
    """The shop's client: the one that was picked, else found or made by the contact, else added by name."""
    if client_id and (picked := linking.chosen(shop_id, client_id)):
        return picked
    found = linking.client_of(shop_id, name=contact.name, email=contact.email, phone=contact.phone, now=now)
    return found or (linking.add(shop_id, name=contact.name) if is_added else None)


def _waits_for(service: Service, by: By, *, is_email_proved: bool) -> str:
    if is_of_shop(by):
        return ""
    if not is_email_proved:
        return Pending.EMAIL
    return "" if service.shop.is_auto_confirmed else Pending.APPROVAL


def _has_verified_email(customer: Customer | None, by: By) -> bool:
    if customer is None:
        return False
    # Who books is mostly the customer, and read already.
    person = by.user if by.user and by.user.pk == customer.user_id else customer.user
    return person.email_verified


def _hold_ends(waits_for: str, start: datetime, now: datetime) -> datetime | None:
    """When a hold ends; never after the appointment would begin, but not before it can be used at all."""
    if not waits_for:
        return None
    length = (
        timedelta(minutes=settings.GUEST_HOLD_MINUTES)
        if waits_for == Pending.EMAIL
        else timedelta(hours=settings.APPROVAL_HOLD_HOURS)
    )
    return min(now + length, max(start, now + timedelta(minutes=5)))


def _scoped(key: str, by: By, contact: Contact) -> str | None:
    """An idempotency key is its person's own: nobody reaches another's booking by repeating a key."""
    if not key:
        return None
    return f"{by.user.pk if by.user else contact.email.lower()[:80]}:{key[:64]}"
