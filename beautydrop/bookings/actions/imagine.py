"""A booking that nobody made and that is never saved: for showing a salon what its messages look like."""

from datetime import datetime, timedelta

from beautydrop.bookings.actions.book import Contact
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import Pending, State
from beautydrop.shops.models import Service, Shop, StaffMember


def imagined(
    *, shop: Shop, service: Service, staff: StaffMember, contact: Contact, start: datetime, status: str, now: datetime
) -> Booking:
    """Such a booking at the aware `start`: confirmed, held for the mail's link, or cancelled by the salon."""
    is_held, is_cancelled = status == State.PENDING, status == State.CANCELLED
    return Booking(
        reference="EXAMPLE1",
        shop=shop,
        service=service,
        staff_member=staff,
        contact_name=contact.name,
        contact_email=contact.email,
        contact_phone=contact.phone,
        language=contact.language,
        status=status,
        pending_for=Pending.EMAIL if is_held else "",
        expires_at=now + timedelta(minutes=30) if is_held else None,
        cancel_reason=Booking.CancelReason.BY_SHOP if is_cancelled else "",
        starts_at=start,
        ends_at=start + timedelta(minutes=service.duration_minutes),
        local_start=f"{start.astimezone(shop.zone):%Y-%m-%dT%H:%M}",
        timezone=shop.timezone,
        service_name=service.name,
        price=service.price,
        currency=shop.currency,
        duration_minutes=service.duration_minutes,
        cancellation_cutoff_hours=shop.cancellation_cutoff_hours,
        late_cancel_percent=shop.late_cancel_percent,
        no_show_percent=shop.no_show_percent,
    )
