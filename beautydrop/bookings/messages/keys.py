"""What the mailed link carries besides the booking's token: only who reads the mail can confirm."""

from django.core import signing

from beautydrop.bookings.models import Booking

_SALT = "bookings.confirm"


def confirm_key(booking: Booking) -> str:
    """Signed, for this booking at its present address."""
    return signing.dumps([str(booking.pk), booking.sequence], salt=_SALT, compress=False)


def is_confirm_key(booking: Booking, key: str) -> bool:
    """True for the key of this booking and its present address."""
    try:
        value = signing.loads(key, salt=_SALT)
    except signing.BadSignature:
        return False
    return value == [str(booking.pk), booking.sequence]
