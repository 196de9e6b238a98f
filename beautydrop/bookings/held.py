"""What this app holds about a person: their bookings (see accounts/own_data.py)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from beautydrop.accounts import own_data
from beautydrop.accounts.models import User
from beautydrop.bookings import actions
from beautydrop.bookings.actions.person import follow_email, forget, locked_ids
from beautydrop.bookings.actions.writing import By
from beautydrop.bookings.clients.actions import forget_by_bookings
from beautydrop.bookings.errors import BookingError
from beautydrop.bookings.models import Booking, BookingEvent, ClientImport
from beautydrop.bookings.policy import Policy
from beautydrop.bookings.states import Actor
from beautydrop.web import formats


@own_data.register("bookings", title=gettext_lazy("Bookings"))
def _held(user: User, now: datetime) -> own_data.Held:
    """Made signed in, and as a guest by the same proved address. A salon's notes are its own: it hands them out."""
    bookings = list(Booking.objects.of(user).select_related("shop", "staff_member").order_by("-starts_at", "pk"))
    history: dict[Any, list[dict[str, Any]]] = {}
    for event in BookingEvent.objects.filter(booking__in=bookings).order_by("at", "pk"):
        history.setdefault(event.booking_id, []).append(
            {
                "at": event.at.isoformat(),
                "what": event.kind,
                "who": event.actor,
                "from_status": event.from_status,
                "to_status": event.to_status,
                "from_start": event.from_start.isoformat() if event.from_start else None,
                "to_start": event.to_start.isoformat() if event.to_start else None,
            }
        )
    data = [{**_facts(booking), "history": history.get(booking.pk, [])} for booking in bookings]
    return own_data.Held(data, [f"{_when_and_where(booking)}: {booking.get_status_display()}" for booking in bookings])


def _facts(booking: Booking) -> dict[str, Any]:
    return {
        "reference": booking.reference,
        "status": booking.status,
        "salon": booking.shop.name,
        "service": booking.service_name,
        "with": booking.staff_member.name,
        "starts_at": booking.starts_at.isoformat(),
        "ends_at": booking.ends_at.isoformat(),
        "local_start": booking.local_start,
        "time_zone": booking.timezone,
        "price": str(booking.price),
        "currency": booking.currency,
        "name": booking.contact_name,
        "email": booking.contact_email,
        "phone": booking.contact_phone,
        "language": booking.language,
        "email_proved_at": booking.email_proved_at.isoformat() if booking.email_proved_at else None,
        "your_note": booking.customer_notes,
        "source": booking.source,
        "booked_at": booking.created_at.isoformat(),
    }


def _when_and_where(booking: Booking) -> str:
    return f"{formats.moment(booking.starts_at, booking.zone)}, {booking.service_name}, {booking.shop.name}"


def _ahead(user: User, now: datetime) -> list[Booking]:
    """The person's own that still stand; a hold that ran out is none."""
    rows = Booking.objects.of(user).upcoming(now).select_related("shop", "staff_member")
    return [booking for booking in rows if not booking.is_hold_over(now)]


@own_data.refuses("bookings")
def _refused(user: User, now: datetime) -> list[own_data.Obstacle]:
    found = []
    ahead = _ahead(user, now)
    if ahead:
        count = len(ahead)
        may_clear = any(booking.is_cancellable(now) for booking in ahead)
        found.append(
            own_data.Obstacle(
                "bookings",
                words=ngettext("An appointment still lies ahead.", "%(count)s appointments still lie ahead.", count)
                % {"count": count},
                remedy=_cost(ahead, now)
                if may_clear
                else _("Come back when it is over, or call the salon if you can’t come."),
                rows=[(_when_and_where(one), reverse("bookings:show", args=[one.token])) for one in ahead],
                clear=ngettext("Cancel this appointment", "Cancel these appointments", count) if may_clear else "",
            )
        )
    # With whom others have appointments.
    calendars = (
        Booking.objects.filter(staff_member__user=user)
        .upcoming(now)
        .order_by()
        .values("shop__name", "shop__slug")
        .annotate(count=Count("pk"))
        .order_by("shop__name")
    )
    rows = [
        (
            ngettext("%(salon)s: %(count)s appointment", "%(salon)s: %(count)s appointments", row["count"])
            % {"salon": row["shop__name"], "count": row["count"]},
            reverse("manage:day", args=[row["shop__slug"]]),
        )
        for row in calendars
    ]
    if rows:
        found.append(
            own_data.Obstacle(
                "calendar",
                words=_("Clients have appointments with you."),
                remedy=_("Ask the salon to move or cancel them, or to take your sign-in out of its team."),
                rows=rows,
            )
        )
    return found


def _cost(bookings: Iterable[Booking], now: datetime) -> str:
    """What cancelling them now costs, in words."""
    dues = [(Policy.of_booking(one).due_if_cancelled(now), one.currency) for one in bookings if one.is_cancellable(now)]
    due = [formats.money(amount, currency) for amount, currency in dues if amount]
    if not due:
        return _("Keep them and come back later, or cancel them here. That costs nothing now.")
    return _("Keep them and come back later, or cancel them here. It is late for that: %(amounts)s is due.") % {
        "amounts": " + ".join(due)
    }


@own_data.clears("bookings")
def _clear(user: User, now: datetime) -> None:
    """By the same action as the booking's own page, so that salons and mails hear of it."""
    for booking in _ahead(user, now):
        actor = Actor.CUSTOMER if booking.customer_id else Actor.GUEST
        try:
            actions.cancel(booking_id=booking.pk, by=By(actor, user), now=now)
        except BookingError:
            continue  # begun or changed meanwhile: it stays in the list


@own_data.moves("bookings")
def _follow(user: User, former: str, now: datetime) -> None:
    follow_email(user=user, former=former, now=now)


@own_data.erases("bookings")
def _erase(user: User, now: datetime) -> None:
    ids = locked_ids(user)
    forget_by_bookings(ids, now=now)
    forget(ids, now=now, with_salon_notes=False)
    ClientImport.objects.filter(by=user).delete()
