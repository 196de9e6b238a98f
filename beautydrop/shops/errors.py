"""What the catalogue refuses, besides values that don't fit (ValidationError)."""


class StillNeeded(Exception):
    """Bookings depend on it; the page lists them."""
