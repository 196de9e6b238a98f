"""What cancelling costs, in one sentence with the exact moment. Pages, confirmation and mails show the same."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision
from django.utils.translation import gettext as _

from beautydrop.bookings.models import Booking
from beautydrop.shops.models import Shop
from beautydrop.web import formats


@dataclass(frozen=True, slots=True)
class Policy:
    """The terms of one appointment: price in `currency`, hours before the start, shares in percent."""

    starts_at: datetime
    zone: ZoneInfo
    price: Decimal
    currency: str
    cutoff_hours: int
    late_cancel_percent: int
    no_show_percent: int

    @classmethod
    def of_booking(cls, booking: Booking) -> "Policy":
        """As it was when the booking was made."""
        return cls(
            booking.starts_at,
            booking.zone,
            booking.price,
            booking.currency,
            booking.cancellation_cutoff_hours,
            booking.late_cancel_percent,
            booking.no_show_percent,
        )

    @classmethod
    def of_shop(cls, shop: Shop, *, starts_at: datetime, price: Decimal) -> "Policy":
        """As it would be for a booking made now."""
        return cls(
            starts_at,
            shop.zone,
            price,
            shop.currency,
            shop.cancellation_cutoff_hours,
            shop.late_cancel_percent,
            shop.no_show_percent,
        )

    @property
    def free_until(self) -> datetime:
        return self.starts_at - timedelta(hours=self.cutoff_hours)

    def share(self, percent: int) -> Decimal:
        """That share of the price, rounded half up to the currency's smallest unit."""
        unit = Decimal(1).scaleb(-get_currency_precision(self.currency))
        return (self.price * percent / 100).quantize(unit, rounding=ROUND_HALF_UP)

    def headline(self, now: datetime) -> str:
        """`Free to cancel until Wed 2 Dec, 10:15.`"""
        if not self.late_cancel_percent:
            return _("Free to cancel until %(moment)s.") % {"moment": formats.moment(self.starts_at, self.zone)}
        if now >= self.free_until:
            return _("Cancelling costs %(amount)s.") % {"amount": self._money(self.late_cancel_percent)}
        return _("Free to cancel until %(moment)s.") % {"moment": formats.moment(self.free_until, self.zone)}

    def rest(self, now: datetime) -> str:
        """What is due afterwards and for a no-show, and where one pays."""
        late, no_show = self.late_cancel_percent, self.no_show_percent
        parts = []
        if late and now < self.free_until:
            if late == no_show:
                parts.append(
                    _("After that, or if you don’t come, %(amount)s (%(percent)s of the price) is due.")
                    % {"amount": self._money(late), "percent": f"{late} %"}
                )
            else:
                parts.append(
                    _("After that, %(amount)s (%(percent)s of the price) is due.")
                    % {"amount": self._money(late), "percent": f"{late} %"}
                )
        if no_show and (late != no_show or now >= self.free_until):
            parts.append(
                _("If you don’t come, %(amount)s (%(percent)s of the price) is due.")
                % {"amount": self._money(no_show), "percent": f"{no_show} %"}
            )
        parts.append(
            _("You pay %(amount)s at the salon, nothing now.") % {"amount": formats.money(self.price, self.currency)}
        )
        return " ".join(parts)

    def due_if_cancelled(self, now: datetime) -> Decimal:
        """What cancelling at `now` costs."""
        return self.share(self.late_cancel_percent) if now >= self.free_until else Decimal(0)

    def _money(self, percent: int) -> str:
        return formats.money(self.share(percent), self.currency)


def short_terms(terms: Shop | Booking) -> str:
    """The terms of a shop, or those a booking was made on, without a date: `Free to cancel until 24 hours before.`"""
    if not terms.late_cancel_percent or not terms.cancellation_cutoff_hours:
        return _("Free to cancel until the start.")
    return _("Free to cancel until %(hours)s hours before.") % {"hours": terms.cancellation_cutoff_hours}
