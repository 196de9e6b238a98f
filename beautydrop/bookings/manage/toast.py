"""The word after an act, with Undo where the table allows it."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from beautydrop.bookings import actions
from beautydrop.bookings.actions import By
from beautydrop.bookings.models import Booking, BookingEvent
from beautydrop.bookings.states import Actor, State
from beautydrop.shops.access import Level, Standing
from beautydrop.web import requests


@dataclass(frozen=True, slots=True)
class Toast:
    """`words`; with `undo_url`, the form that takes the change to `state` back. `again_url` offers to book anew."""

    words: str
    undo_url: str = ""
    state: str = ""
    again_url: str = ""


def by_of(request: HttpRequest, standing: Standing) -> By:
    """Who acts, by their standing at the shop."""
    return By(Actor.OWNER if standing.level >= Level.MANAGER else Actor.STAFF, request.user)  # type: ignore[arg-type]


def may_see(standing: Standing, booking: Booking) -> bool:
    """Everybody's bookings from level MANAGER on, else one's own."""
    return standing.level >= Level.MANAGER or (
        standing.staff_member is not None and booking.staff_member_id == standing.staff_member.pk
    )


def done_words(booking: Booking) -> str:
    name = {"name": booking.contact_name}
    return {
        State.ARRIVED: _("%(name)s has arrived."),
        State.COMPLETED: _("%(name)s: completed."),
        State.NO_SHOW: _("%(name)s: no-show."),
        State.CANCELLED: _("%(name)s: cancelled."),
        State.CONFIRMED: _("%(name)s: confirmed."),
        State.PENDING: _("%(name)s: pending."),
    }[State(booking.status)] % name


def toast_of(booking: Booking, *, by: By, now: datetime, last: BookingEvent | None) -> Toast:
    """The word about the state the booking is in now."""
    slug = booking.shop.slug
    before = actions.undoable(booking, last, by=by, now=now)
    again = ""
    if booking.status == State.CANCELLED:
        again = again_url(booking)
    return Toast(
        words=done_words(booking),
        undo_url=reverse("manage:booking_act", args=[slug, booking.pk, "undo"]) if before else "",
        state=booking.status,
        again_url=again,
    )


def again_url(booking: Booking) -> str:
    """Where the salon books the same client anew: a cancelled booking never comes back to life."""
    from beautydrop.bookings.manage.facts import entry_url

    return entry_url(booking.shop, booking.starts_at, booking.staff_member_id, again=str(booking.pk))


def last_change(booking: Booking) -> BookingEvent | None:
    """The latest change of status: one query."""
    return booking.events.filter(kind=BookingEvent.Kind.STATUS).last()


def toast_for(request: HttpRequest, standing: Standing, now: datetime) -> Toast | None:
    """After a plain form came back here with `?done=<booking>`: two queries, and none otherwise."""
    key = requests.key(request.GET.get("done"))
    if key is None:
        return None
    booking = Booking.objects.select_related("shop").filter(shop=standing.shop, pk=key).first()
    if booking is None or not may_see(standing, booking):
        return None
    return toast_of(booking, by=by_of(request, standing), now=now, last=last_change(booking))
