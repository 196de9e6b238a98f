"""Today at a salon, and what needs somebody: each with the page where it is settled."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beautydrop.availability import day_bounds, to_datetime
from beautydrop.bookings import closures
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import State
from beautydrop.scheduling import openings
from beautydrop.shops.models import Shop, StaffMember
from beautydrop.web import formats

_LATE_AFTER = timedelta(minutes=10)
_HOURS_AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that needs somebody."""

    icon: str
    tone: str
    title: str
    words: str
    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Today:
    """The day in numbers: how full, and how far it is."""

    booked_percent: int | None
    bookings: int
    expected: str
    done: int
    present: int
    coming: int


def today(shop: Shop, staff: list[StaffMember], *, now: datetime) -> Today:
    """Bookings that start on the shop's today, and the booked share of everybody's working time: three queries."""
    zone = shop.zone
    day = now.astimezone(zone).date()
    low, high = day_bounds(day, zone)
    own = Booking.objects.filter(shop=shop, starts_at__gte=to_datetime(low), starts_at__lt=to_datetime(high))
    standing = own.filter(status__in=[State.PENDING, State.CONFIRMED, State.ARRIVED, State.COMPLETED])
    sums = standing.aggregate(
        bookings=Count("pk"),
        expected=Sum("price"),
        minutes=Sum("duration_minutes"),
        done=Count("pk", filter=Q(status=State.COMPLETED)),
        present=Count("pk", filter=Q(status=State.ARRIVED)),
        coming=Count("pk", filter=Q(status__in=[State.PENDING, State.CONFIRMED], starts_at__gt=now)),
    )
    hours = openings.load_hours([shop], [member.pk for member in staff], first=day, last=day)[shop.pk]
    working = sum(
        min(window.end, high) - max(window.start, low)
        for member in staff
        for window in hours.windows(member.pk, shop, first=day, last=day)
        if window.start < high and window.end > low
    )
    return Today(
        booked_percent=min(100, round(100 * (sums["minutes"] or 0) / working)) if working else None,
        bookings=sums["bookings"],
        expected=formats.money(sums["expected"] or Decimal(0), shop.currency),
        done=sums["done"],
        present=sums["present"],
        coming=sums["coming"],
    )


def tasks(shop: Shop, staff: list[StaffMember], *, now: datetime) -> list[Task]:
    """Late clients, bookings to confirm or on closed days, people without hours, past appointments to close."""
    return [
        *_late(shop, now),
        *_to_confirm(shop, now),
        *_closures(shop, now),
        *_without_hours(shop, staff, now),
        *_unclosed(shop, now),
    ]


def _booking_url(shop: Shop, booking: Booking) -> str:
    return reverse("manage:booking", args=[shop.slug, booking.pk])


def _late(shop: Shop, now: datetime) -> list[Task]:
    late = (
        Booking.objects.filter(shop=shop, status=State.CONFIRMED, starts_at__lte=now - _LATE_AFTER, ends_at__gt=now)
        .select_related("staff_member")
        .order_by("starts_at")[:5]
    )
    return [
        Task(
            "clock",
            "warn",
            _("%(who)s is %(minutes)s min late")
            % {"who": booking.contact_name, "minutes": int((now - booking.starts_at).total_seconds() // 60)},
            _("%(time)s with %(staff)s, %(service)s")
            % {
                "time": formats.clock(booking.starts_at, booking.zone),
                "staff": booking.staff_member.short_name,
                "service": booking.service_name,
            },
            _booking_url(shop, booking),
            _("Open"),
        )
        for booking in late
    ]


def _to_confirm(shop: Shop, now: datetime) -> list[Task]:
    waiting = Booking.objects.filter(shop=shop, status=State.PENDING, pending_for="approval", expires_at__gt=now)
    first = waiting.order_by("expires_at").first()
    if first is None:
        return []
    count = waiting.count()
    return [
        Task(
            "alert",
            "warn",
            ngettext("%(count)s booking to confirm", "%(count)s bookings to confirm", count) % {"count": count},
            _("The first lapses on %(moment)s: %(who)s")
            % {"moment": formats.moment(first.expires_at or now, shop.zone), "who": first.contact_name},
            _booking_url(shop, first),
            _("Review"),
        )
    ]


def _closures(shop: Shop, now: datetime) -> list[Task]:
    """Closed days on which somebody still has an appointment that nobody decided about."""
    return [
        Task(
            "alert",
            "warn",
            ngettext("%(count)s booking on a closed day", "%(count)s bookings on a closed day", len(bookings))
            % {"count": len(bookings)},
            _("From %(day)s on. Keep, move or cancel them.") % {"day": formats.day_short(closure.first)},
            reverse("manage:closure", args=[shop.slug, closure.pk]),
            _("Decide"),
        )
        for closure, bookings in closures.unfinished(shop, now)
    ]


def _without_hours(shop: Shop, staff: list[StaffMember], now: datetime) -> list[Task]:
    day = now.astimezone(shop.zone).date()
    last = day + _HOURS_AHEAD
    hours = openings.load_hours([shop], [member.pk for member in staff], first=day, last=last)[shop.pk]
    return [
        Task(
            "calendar",
            "",
            _("%(who)s has no hours in the next two weeks") % {"who": member.short_name},
            _("Customers can’t book %(who)s then.") % {"who": member.short_name},
            reverse("manage:person_hours", args=[shop.slug, member.pk]),
            _("Set hours"),
        )
        for member in staff
        if not hours.windows(member.pk, shop, first=day, last=last)
    ]


def _unclosed(shop: Shop, now: datetime) -> list[Task]:
    ended = Booking.objects.filter(shop=shop, status__in=[State.CONFIRMED, State.ARRIVED], ends_at__lte=now)
    first = ended.order_by("starts_at").first()
    if first is None:
        return []
    count = ended.count()
    return [
        Task(
            "check",
            "",
            ngettext("%(count)s appointment to close", "%(count)s appointments to close", count) % {"count": count},
            _("Over, but neither completed nor missed. Twelve hours after the end they count as completed."),
            _booking_url(shop, first),
            _("Close the first"),
        )
    ]
