"""The only writers of bookings. Keyword-only; each is one transaction; `now` and who asks are arguments.

Lock order, everywhere: the booking's row, then staff rows (inside claims.claim), never the other way.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from beautydrop.accounts.models import Customer, User
from beautydrop.availability import Refusal, local_date, minutes_of
from beautydrop.bookings import emails
from beautydrop.bookings.errors import BookingError, refusal_words
from beautydrop.bookings.models import Booking, BookingEvent, free_reference
from beautydrop.bookings.states import Actor, Pending, State, may_move
from beautydrop.scheduling import claims, openings
from beautydrop.scheduling.claims import Claimed
from beautydrop.scheduling.errors import TimeRefused
from beautydrop.scheduling.openings import Opening
from beautydrop.shops.models import Service


@dataclass(frozen=True, slots=True)
class Contact:
    """Who the appointment is for. `email` may be empty only for what a salon enters itself."""

    name: str
    email: str = ""
    phone: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class By:
    """Who makes a change: their relation to the booking, and the person when signed in."""

    actor: Actor
    user: User | None = None


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
) -> Booking:
    """Book `service_id` at the aware `start`, with `staff_id` or anyone free.

    A signed-in customer with a verified e-mail and the shop's people are confirmed at once (unless the
    shop approves each booking); a guest gets a hold and a link by e-mail. The same `idempotency_key` by the
    same person gives the same booking. Raises BookingError with the nearest free times.
    """
    key = _scoped(idempotency_key, by, contact)
    if key and (known := Booking.objects.filter(idempotency_key=key).first()):
        return known
    try:
        with claims.lost_races_refused(start), transaction.atomic():
            service = Service.objects.select_related("shop").get(pk=service_id)
            waits_for = _waits_for(service, by, is_email_proved=is_email_proved or _has_verified_email(customer))
            booking_id = uuid.uuid4()
            expires_at = _hold_ends(waits_for, start, now)
            claimed = claims.claim(
                service=service,
                staff_id=staff_id,
                start=start,
                claim_id=booking_id,
                now=now,
                expires_at=expires_at,
                is_shop=_is_shop(by),
            )
            shop = service.shop
            booking = Booking(
                id=booking_id,
                reference=free_reference(),
                shop=shop,
                service=service,
                customer=customer,
                contact_name=contact.name,
                contact_email=contact.email.lower(),
                contact_phone=contact.phone,
                language=contact.language,
                email_proved_at=now if is_email_proved else None,
                status=State.PENDING if waits_for else State.CONFIRMED,
                pending_for=waits_for,
                expires_at=expires_at,
                source=Booking.Source.SHOP if _is_shop(by) else Booking.Source.ONLINE,
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
            _take_time(booking, claimed)
            booking.price = claimed.opening.performer.price
            booking.save(force_insert=True)
            _record(booking, BookingEvent.Kind.CREATED, by=by, now=now, to_start=booking.starts_at)
            emails.booked(booking, now=now)
            return booking
    except TimeRefused as refused:
        # The lock made a double click wait for its twin: then the time is taken by the very booking asked for.
        if key and (known := Booking.objects.filter(idempotency_key=key).first()):
            return known
        raise _error(refused, service_id, now=now) from refused
    except IntegrityError:
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
    with _changing(booking_id, now) as booking:
        if booking.pending_for != Pending.EMAIL:
            return booking
        _require_move(booking, State.CONFIRMED, by)
        waits_for = "" if booking.shop.is_auto_confirmed else Pending.APPROVAL
        expires_at = _hold_ends(waits_for, booking.starts_at, now)
        if not claims.keep(booking.pk, expires_at=expires_at, now=now):
            _claim_own_time(booking, now=now, expires_at=expires_at)
        before = booking.status
        booking.email_proved_at = now
        booking.status = State.PENDING if waits_for else State.CONFIRMED
        booking.pending_for, booking.expires_at = waits_for, expires_at
        booking.save()
        _record(booking, BookingEvent.Kind.STATUS, by=by, now=now, from_status=before)
        emails.booked(booking, now=now)
        return booking


def approve(*, booking_id: uuid.UUID, by: By, now: datetime) -> Booking:
    """The shop, and nobody else, accepts a booking; BookingError when it no longer waits."""
    with _changing(booking_id, now) as booking:
        if not _is_shop(by):
            raise BookingError("conflict", _("Only the salon can accept this booking."))
        _require_move(booking, State.CONFIRMED, by)
        if not claims.keep(booking.pk, expires_at=None, now=now):
            _claim_own_time(booking, now=now, expires_at=None, is_shop=True)
        _set_status(booking, State.CONFIRMED, by=by, now=now)
        emails.booked(booking, now=now)
        return booking


def reschedule(*, booking_id: uuid.UUID, staff_id: uuid.UUID | None, start: datetime, by: By, now: datetime) -> Booking:
    """Move a confirmed booking in one transaction: the old time stands until the new one is claimed.

    What was sold stays sold (price, duration and policy are the booking's); the own old time counts as free.
    Moving to where it already is changes nothing. Raises BookingError with the nearest free times.
    """
    with _changing(booking_id, now) as booking:
        if booking.status != State.CONFIRMED:
            raise BookingError("conflict", _not_changeable(booking))
        if not _is_shop(by) and not booking.is_movable(now):
            raise BookingError("too_late", _("It is too late to change the time here. Call the salon."))
        if start == booking.starts_at and staff_id in {None, booking.staff_member_id}:
            return booking
        old = booking.starts_at
        claimed = claims.claim(
            service=booking.service,
            staff_id=staff_id,
            start=start,
            claim_id=booking.pk,
            now=now,
            is_move=True,
            duration_minutes=booking.duration_minutes,
            is_shop=_is_shop(by),
        )
        _take_time(booking, claimed)
        booking.sequence += 1
        booking.save()
        _record(booking, BookingEvent.Kind.MOVED, by=by, now=now, from_start=old, to_start=booking.starts_at)
        emails.moved(booking, now=now)
        return booking


def cancel(*, booking_id: uuid.UUID, by: By, now: datetime, note: str = "") -> Booking:
    """Cancel and give the time back. Cancelling what is already cancelled changes nothing. Raises BookingError."""
    with _changing(booking_id, now) as booking:
        if booking.status == State.CANCELLED:
            return booking
        _require_move(booking, State.CANCELLED, by)
        if now >= booking.ends_at:
            raise BookingError("too_late", _("This appointment is over, so it can’t be cancelled."))
        booking.cancel_reason = Booking.CancelReason.BY_SHOP if _is_shop(by) else Booking.CancelReason.BY_CUSTOMER
        was_pending = booking.status == State.PENDING
        claims.release(booking.pk)
        booking.sequence += 1
        _set_status(booking, State.CANCELLED, by=by, now=now, note=note)
        emails.cancelled(booking, now=now, was_pending=was_pending)
        return booking


def expire(*, booking_id: uuid.UUID, now: datetime) -> bool:
    """The clock closes a pending booking whose hold is over; False when it no longer is one."""
    with _changing(booking_id, now) as booking:
        if booking.status != State.PENDING or not booking.is_hold_over(now):
            return False
        booking.cancel_reason = Booking.CancelReason.EXPIRED
        claims.release(booking.pk)
        _set_status(booking, State.CANCELLED, by=By(Actor.CLOCK), now=now)
        emails.expired(booking, now=now)
        return True


def mark_arrived(*, booking_id: uuid.UUID, by: By, now: datetime) -> Booking:
    """The customer is here; from two hours before the start. Raises BookingError."""
    with _changing(booking_id, now) as booking:
        _require_move(booking, State.ARRIVED, by)
        if now < booking.starts_at - timedelta(hours=2):
            raise BookingError("conflict", _("This can be marked from two hours before the start."))
        _set_status(booking, State.ARRIVED, by=by, now=now)
        return booking


def complete(*, booking_id: uuid.UUID, by: By, now: datetime) -> Booking:
    """The appointment took place; after its start (the clock: 12 hours after its end). Raises BookingError."""
    with _changing(booking_id, now) as booking:
        _require_move(booking, State.COMPLETED, by)
        earliest = booking.ends_at + timedelta(hours=12) if by.actor == Actor.CLOCK else booking.starts_at
        _require_not_before(earliest, now)
        _require_correctable(booking, now)
        _set_status(booking, State.COMPLETED, by=by, now=now)
        return booking


def mark_no_show(*, booking_id: uuid.UUID, by: By, now: datetime) -> Booking:
    """The customer did not come; after the start. Raises BookingError."""
    with _changing(booking_id, now) as booking:
        _require_move(booking, State.NO_SHOW, by)
        _require_not_before(booking.starts_at, now)
        _require_correctable(booking, now)
        _set_status(booking, State.NO_SHOW, by=by, now=now)
        return booking


def change_address(*, booking_id: uuid.UUID, email: str, by: By, now: datetime) -> Booking:
    """A guest mistyped their address: the hold stays, the link goes to the new one, the old link no longer works."""
    with _changing(booking_id, now) as booking:
        if booking.pending_for != Pending.EMAIL or booking.is_hold_over(now):
            raise BookingError("conflict", _("This booking no longer waits for an e-mail."))
        booking.contact_email = email.lower()
        booking.sequence += 1
        booking.save(update_fields=["contact_email", "sequence", "updated_at"])
        _record(booking, BookingEvent.Kind.EDITED, by=by, now=now, note="e-mail address")
        emails.booked(booking, now=now)
        return booking


@contextmanager
def _changing(booking_id: uuid.UUID, now: datetime) -> Iterator[Booking]:
    """One transaction with the booking's row locked and read anew; a refused time leaves it as a BookingError."""
    booking: Booking | None = None
    try:
        with claims.lost_races_refused(now), transaction.atomic():
            claims.bound_waiting()
            # Lock, then read. In one query PostgreSQL would wait for the lock and then join the changed booking
            # to the rows it had found before: none, when the booking went to another person meanwhile.
            row = Booking.objects.select_for_update(no_key=True).filter(pk=booking_id)
            list(row.values_list("pk", flat=True))
            booking = Booking.objects.select_related("service__shop", "shop", "staff_member", "customer__user").get(
                pk=booking_id
            )
            yield booking
    except TimeRefused as refused:
        if booking is None:  # somebody else is changing this very booking, for longer than one waits
            raise BookingError("conflict", _("Somebody is changing this booking right now. Try again.")) from refused
        # A booking that moves keeps its duration; for one that never was confirmed, the next would be a new one.
        sold = booking.duration_minutes if booking.status == State.CONFIRMED else None
        raise _error(refused, booking.service_id, now=now, own_claim=booking.pk, duration_minutes=sold) from refused


def _take_time(booking: Booking, claimed: Claimed) -> None:
    opening = claimed.opening
    booking.staff_member = opening.performer.staff
    booking.starts_at, booking.ends_at = opening.start, opening.end
    booking.duration_minutes = opening.performer.duration_minutes
    booking.local_start = opening.start.astimezone(booking.zone).strftime("%Y-%m-%dT%H:%M")


def _claim_own_time(
    booking: Booking, *, now: datetime, expires_at: datetime | None, is_shop: bool = False
) -> None:
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
        contact=Contact(old.contact_name, old.contact_email, old.contact_phone, old.language),
        by=by,
        now=now,
        customer=old.customer,
        note=old.customer_notes,
        idempotency_key=f"again-{old.pk}",
        is_email_proved=True,
        rebooked_from=old,
    )


def _waits_for(service: Service, by: By, *, is_email_proved: bool) -> str:
    if _is_shop(by):
        return ""
    if not is_email_proved:
        return Pending.EMAIL
    return "" if service.shop.is_auto_confirmed else Pending.APPROVAL


def _has_verified_email(customer: Customer | None) -> bool:
    return customer is not None and customer.user.email_verified


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


def _set_status(booking: Booking, state: State, *, by: By, now: datetime, note: str = "") -> None:
    before, booking.status = booking.status, state
    booking.pending_for, booking.expires_at = "", None
    booking.save()
    _record(booking, BookingEvent.Kind.STATUS, by=by, now=now, from_status=before, note=note)


def _record(
    booking: Booking,
    kind: str,
    *,
    by: By,
    now: datetime,
    from_status: str = "",
    from_start: datetime | None = None,
    to_start: datetime | None = None,
    note: str = "",
) -> None:
    BookingEvent.objects.create(
        booking=booking,
        at=now,
        kind=kind,
        actor=by.actor,
        by=by.user,
        from_status=from_status,
        to_status=booking.status,
        from_start=from_start,
        to_start=to_start,
        note=note[:500],
    )


def _require_move(booking: Booking, target: State, by: By) -> None:
    if not may_move(booking.status, target, by.actor):
        raise BookingError("conflict", _not_changeable(booking))


def _require_not_before(earliest: datetime, now: datetime) -> None:
    if now < earliest:
        raise BookingError("conflict", _("This can be marked once the appointment has begun."))


def _require_correctable(booking: Booking, now: datetime) -> None:
    """Completed ↔ no-show can be put right for seven days after the end."""
    if booking.status in {State.COMPLETED, State.NO_SHOW} and now > booking.ends_at + timedelta(days=7):
        raise BookingError("too_late", _("This can be put right for seven days after the appointment."))


def _not_changeable(booking: Booking) -> str:
    return _("This booking is %(status)s, so that can’t be done any more.") % {
        "status": booking.get_status_display().lower()
    }


def _is_shop(by: By) -> bool:
    return by.actor in {Actor.STAFF, Actor.OWNER, Actor.ADMIN}


def _scoped(key: str, by: By, contact: Contact) -> str | None:
    """An idempotency key is its person's own: nobody reaches another's booking by repeating a key."""
    if not key:
        return None
    return f"{by.user.pk if by.user else contact.email.lower()[:80]}:{key[:64]}"


def _error(
    refused: TimeRefused,
    service_id: uuid.UUID,
    *,
    now: datetime,
    own_claim: uuid.UUID | None = None,
    duration_minutes: int | None = None,
) -> BookingError:
    """The refusal in words, with the nearest free times that day (with anyone), else the next ones."""
    alternatives: list[Opening] = []
    if refused.reason not in {Refusal.INACTIVE, Refusal.NOT_OFFERED}:
        alternatives = nearest_openings(
            service_id, refused.start, now=now, own_claim=own_claim, duration_minutes=duration_minutes
        )
    return BookingError(refused.reason, refusal_words(refused.reason), alternatives)


def nearest_openings(
    service_id: uuid.UUID,
    start: datetime,
    *,
    now: datetime,
    own_claim: uuid.UUID | None = None,
    duration_minutes: int | None = None,
    limit: int = 4,
) -> list[Opening]:
    """Up to `limit` openings around `start`: of its local day, or else the next ones there are."""
    service = Service.objects.select_related("shop").get(pk=service_id)
    today, horizon = openings.bookable_days(service.shop, now)
    earliest, latest = now, now + timedelta(days=367)
    day = local_date(minutes_of(min(max(start, earliest), latest)), service.shop.zone)
    day = min(max(day, today), horizon)
    that_day = openings.load(
        service, now=now, first=day, last=day, own_claim=own_claim, duration_minutes=duration_minutes
    ).on(day)
    if that_day:
        return openings.nearest(that_day, start, limit)
    return openings.next_free(
        service, now=now, after=day, limit=limit, own_claim=own_claim, duration_minutes=duration_minutes
    )
