"""Rows → engine → free times. Pages, claims, search and the API all read free time here.

Loading costs three queries, whatever the number of days, staff members and bookings: who does the
service, the weekly hours and exceptions, the claims. Instants inside are whole UTC minutes.
"""

from beautydrop.scheduling.openings.busy import Busy, load_busy
from beautydrop.scheduling.openings.free import Opening, Openings, Performer, nearest
from beautydrop.scheduling.openings.hours import Hours, bookable_days, load_hours, shop_windows
from beautydrop.scheduling.openings.loading import SHOP_GRID_MINUTES, load, load_many, next_free, reach

__all__ = [
    "SHOP_GRID_MINUTES",
    "Busy",
    "Hours",
    "Opening",
    "Openings",
    "Performer",
    "bookable_days",
    "load",
    "load_busy",
    "load_hours",
    "load_many",
    "nearest",
    "next_free",
    "reach",
    "shop_windows",
]
