"""What the people of the demo find behind the bell and in the mailbox, worded by the kinds of message themselves."""

from datetime import datetime, time

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation

from beautydrop.accounts.models import User
from beautydrop.bookings.messages import customer, reminders, salon
from beautydrop.bookings.models import Booking, BookingEvent
from beautydrop.bookings.states import Actor, State
from beautydrop.marketplace.demo.cast import Cast
from beautydrop.marketplace.demo.made import MadeShop
from beautydrop.notifications import preferences
from beautydrop.notifications.channels.sms import SmsSender
from beautydrop.notifications.kinds import kind_of
from beautydrop.notifications.models import Channel, Notification, OutboxMessage

# The newest lines of each wait to be read.
_UNREAD = 2
# For the owner more than fit on a page.
_LINES = {"customer": 9, "salon": 27}


def tell(cast: Cast, made: list[MadeShop], *, moment: datetime) -> None:
    """Lines in the lists of Clara, the owner and the stylist, as of `moment`; Clara's choices; one SMS to her."""
    clara = cast.clara.user
    own = BookingEvent.objects.filter(booking__customer=cast.clara)
    _lines(clara, "customer", own, moment)
    of_salon = BookingEvent.objects.filter(actor__in=[Actor.GUEST, Actor.CUSTOMER])
    shops = [one.shop.pk for one in made if one.plan.is_owners]
    _lines(cast.owner.user, "salon", of_salon.filter(booking__shop__in=shops), moment)
    _lines(cast.stylist, "salon", of_salon.filter(booking__staff_member__user=cast.stylist), moment)
    day_ahead = f"{reminders.DAY}:{Channel.EMAIL}"
    groups = preferences.table(clara)
    ticked = {cell.name for group in groups for line in group.lines for cell in line.cells if cell.is_on}
    preferences.save(
        user=clara,
        groups=preferences.as_ticked(groups, ticked - {day_ahead}),
        sms_phone="+493023125417",
        quiet_from=time(22),
        quiet_until=time(7),
        now=moment,
    )
    _text(cast, moment)


def _lines(user: User, whom: str, events: QuerySet[BookingEvent], moment: datetime) -> None:
    """One line for each of the newest events that has something to say."""
    lines: list[Notification] = []
    newest = events.filter(at__lte=moment).order_by("-at", "-pk")
    found = newest.select_related("booking__shop", "booking__staff_member")
    for event in found[: 6 * _LINES[whom]]:
        kind = kind_of(_kind(whom, event))
        message = OutboxMessage(kind=kind.name, channel=Channel.SITE, sequence=event.booking.sequence, user=user)
        with translation.override(user.language):
            note = kind.note(message, event.booking) if kind.note else None
        if note is None or any(line.path == note.path for line in lines):
            continue
        read_at = event.at if len(lines) >= _UNREAD else None
        lines.append(
            Notification(
                user=user,
                message_id=message.pk,
                kind=kind.name,
                title=note.title,
                text=note.text,
                path=note.path,
                at=event.at,
                read_at=read_at,
            )
        )
        if len(lines) == _LINES[whom]:
            break
    Notification.objects.bulk_create(lines)


def _kind(whom: str, event: BookingEvent) -> str:
    is_cancelled = event.booking.status == State.CANCELLED
    if whom == "salon":
        return salon.CANCELLED if is_cancelled else salon.BOOKED
    return customer.CANCELLED if is_cancelled else customer.CONFIRMED


def _text(cast: Cast, moment: datetime) -> None:
    """The reminder of Clara's next appointment, in the demo's mailbox."""
    if settings.SMS_BY != "mailbox":
        return
    ahead = Booking.objects.filter(customer=cast.clara, status=State.CONFIRMED, starts_at__gt=moment).order_by(
        "starts_at"
    )
    booking = ahead.select_related("shop", "staff_member").first()
    kind = kind_of(reminders.DAY)
    if booking is None or kind.sms is None:
        return
    message = OutboxMessage(
        kind=kind.name, channel=Channel.SMS, sequence=booking.sequence, recipient="+493023125417", user=cast.clara.user
    )
    if text := kind.sms(message, booking):
        SmsSender().send(message, text)
