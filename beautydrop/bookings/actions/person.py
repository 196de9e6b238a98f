"""Bookings of a person who changes their address, or who is forgotten."""

import uuid
from datetime import datetime

from beautydrop.accounts.actions import become_customer
from beautydrop.accounts.models import User
from beautydrop.bookings.messages.parts import is_to_customer
from beautydrop.bookings.models import Booking, BookingEvent, new_token
from beautydrop.bookings.states import LIVE, Actor, State
from beautydrop.notifications.models import Notification, OutboxMessage

ERASED_NAME = "Erased client"


def forget(ids: list[uuid.UUID], *, now: datetime, with_salon_notes: bool) -> None:
    """Take the person out of bookings that the caller has locked: contact, links, mails. The facts stay."""
    bookings = list(Booking.objects.filter(pk__in=ids).only("pk", "token"))
    for booking in bookings:
        booking.token = new_token()
    Booking.objects.bulk_update(bookings, ["token"], batch_size=500)
    Booking.objects.filter(pk__in=ids).update(
        contact_name=ERASED_NAME,
        contact_email="",
        contact_phone="",
        customer=None,
        customer_notes="",
        idempotency_key=None,  # it holds the address of who sent it
        email_proved_at=None,
        is_erased=True,
        updated_at=now,
        **({"staff_notes": ""} if with_salon_notes else {}),
    )
    events = BookingEvent.objects.filter(booking__in=ids)
    events.filter(actor__in=[Actor.GUEST, Actor.CUSTOMER]).update(by=None)
    events.filter(to_status=State.CANCELLED).update(note="")
    _forget_mails(ids)


def locked_ids(user: User) -> list[uuid.UUID]:
    """The person's bookings, locked in the order in which everybody locks them."""
    own = Booking.objects.of(user).order_by("pk")
    return list(own.select_for_update(no_key=True).values_list("pk", flat=True))


def follow_email(*, user: User, former: str, now: datetime) -> None:
    """What was found by the former address stays the person's; mails about what lies ahead go to the new one."""
    proved = Booking.objects.filter(customer=None, contact_email=former, email_proved_at__isnull=False)
    ids = list(proved.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    if ids:
        Booking.objects.filter(pk__in=ids).update(customer=become_customer(user=user), updated_at=now)
    ahead = Booking.objects.filter(customer__user=user, contact_email=former, status__in=LIVE, ends_at__gt=now)
    Booking.objects.filter(
        pk__in=list(ahead.order_by("pk").select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
    ).update(contact_email=user.email, updated_at=now)


def _forget_mails(booking_ids: list[uuid.UUID]) -> None:
    about = OutboxMessage.objects.filter(subject_id__in=booking_ids)
    # What the salon's people were told names the client too.
    Notification.objects.filter(message_id__in=about.values("pk")).delete()
    messages = list(about)
    for message in messages:
        if is_to_customer(message):
            message.forget()
        else:
            message.forget_content()
    OutboxMessage.objects.bulk_update(messages, ["status", *OutboxMessage.FORGOTTEN], batch_size=500)
