"""People whom the salon has had before, found as one types. Staff find those of their own bookings."""

import uuid
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from beautydrop.bookings.manage.wanted import own_column
from beautydrop.bookings.models import Booking
from beautydrop.shops.access import Standing
from beautydrop.web import formats

_LOOKED_AT = 80


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who was here before: `key` finds them again, `line` says when they last were."""

    key: str
    name: str
    phone: str
    email: str
    line: str

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.split() else self.name


def find(standing: Standing, text: str, limit: int = 6) -> list[Known]:
    """Whose name, phone or e-mail contains `text` (two characters at least), latest visit first: one query."""
    if len(text) < 2:
        return []
    wanted = Q(contact_name__icontains=text) | Q(contact_email__icontains=text)
    digits = "".join(char for char in text if char.isdigit()).lstrip("0")
    if len(digits) >= 3:
        wanted |= Q(contact_phone__contains=digits)
    people: dict[str, Known] = {}
    for booking in _bookings(standing).filter(wanted).order_by("-starts_at")[:_LOOKED_AT]:
        who = booking.contact_email or booking.contact_phone or booking.contact_name.casefold()
        people.setdefault(who, _known(booking))
        if len(people) == limit:
            break
    return list(people.values())


def get(standing: Standing, key: uuid.UUID | None) -> Known | None:
    """The person that `key` stands for, or None."""
    booking = _bookings(standing).filter(pk=key).first() if key else None
    return _known(booking) if booking else None


def of_booking(standing: Standing, booking: Booking) -> Known | None:
    """The person of a booking that the salon already looks at."""
    return _known(booking)


def _bookings(standing: Standing) -> QuerySet[Booking]:
    found = Booking.objects.filter(shop=standing.shop).select_related("staff_member")
    own = own_column(standing)
    return found.filter(staff_member=own) if own else found


def _known(booking: Booking) -> Known:
    line = _("Last booking %(day)s, %(service)s with %(who)s") % {
        "day": formats.day_month(booking.starts_at.astimezone(booking.zone).date()),
        "service": booking.service_name,
        "who": booking.staff_member.short_name,
    }
    return Known(str(booking.pk), booking.contact_name, booking.contact_phone, booking.contact_email, line)
