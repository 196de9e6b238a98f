"""The .ics of a booking (RFC 5545): stable UID, SEQUENCE per change, TZID with its VTIMEZONE."""

from datetime import UTC, datetime
from urllib.parse import urlencode

import icalendar
from django.conf import settings
from django.urls import reverse

from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import State


def address_line(booking: Booking) -> str:
    """`Torstraße 140, 10119 Berlin`"""
    shop = booking.shop
    return ", ".join(part for part in (shop.address, f"{shop.postal_code} {shop.city}".strip()) if part)


def page_url(booking: Booking) -> str:
    """The absolute address of the booking's page."""
    return settings.SITE_URL + reverse("bookings:show", args=[booking.token])


def render(booking: Booking, *, now: datetime) -> bytes:
    """The calendar file; METHOD:PUBLISH, STATUS:CANCELLED for a cancelled booking."""
    event = icalendar.Event()
    event.add("uid", f"{booking.pk}@beautydrop")
    event.add("sequence", booking.sequence)
    event.add("dtstamp", now)
    starts_at, ends_at = booking.starts_at.astimezone(booking.zone), booking.ends_at.astimezone(booking.zone)
    if starts_at.fold or ends_at.fold:
        # A local time that occurs twice means the first of the two (RFC 5545, 3.3.5): the second only has its UTC.
        starts_at, ends_at = starts_at.astimezone(UTC), ends_at.astimezone(UTC)
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    event.add("summary", f"{booking.service_name}, {booking.shop.name}")
    event.add("location", f"{booking.shop.name}, {address_line(booking)}")
    event.add("description", f"{booking.staff_member.name}\n{booking.spoken_reference}\n{page_url(booking)}")
    event.add("url", page_url(booking))
    status = {State.CANCELLED: "CANCELLED", State.PENDING: "TENTATIVE"}.get(State(booking.status), "CONFIRMED")
    event.add("status", status)
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//BeautyDrop//Bookings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return calendar.to_ical()


def google_url(booking: Booking) -> str:
    """Google Calendar's page with the appointment filled in."""
    return "https://calendar.google.com/calendar/render?" + urlencode(
        {
            "action": "TEMPLATE",
            "text": f"{booking.service_name}, {booking.shop.name}",
            "dates": f"{booking.starts_at:%Y%m%dT%H%M%SZ}/{booking.ends_at:%Y%m%dT%H%M%SZ}",
            "location": f"{booking.shop.name}, {address_line(booking)}",
            "details": page_url(booking),
        }
    )


def outlook_url(booking: Booking) -> str:
    """Outlook's page with the appointment filled in."""
    return "https://outlook.live.com/calendar/0/action/compose?" + urlencode(
        {
            "rru": "addevent",
            "subject": f"{booking.service_name}, {booking.shop.name}",
            "startdt": f"{booking.starts_at:%Y-%m-%dT%H:%M:%SZ}",
            "enddt": f"{booking.ends_at:%Y-%m-%dT%H:%M:%SZ}",
            "location": f"{booking.shop.name}, {address_line(booking)}",
            "body": page_url(booking),
        }
    )


def directions_url(booking: Booking) -> str:
    """A route to the salon in the visitor's map."""
    return shop_directions_url(booking.shop)


def shop_directions_url(shop: object) -> str:
    """As `directions_url`, for a Shop."""
    where = ", ".join(str(getattr(shop, name)) for name in ("name", "address", "city") if getattr(shop, name))
    return "https://www.openstreetmap.org/search?" + urlencode({"query": where})
