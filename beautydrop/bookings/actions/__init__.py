"""The only writers of bookings. Keyword-only; each is one transaction; `now` and who asks are arguments.

Lock order, everywhere: the booking's row, then staff rows (inside claims.claim), never the other way.
"""

from beautydrop.bookings.actions.book import Contact, approve, book, change_address, confirm_by_link
from beautydrop.bookings.actions.change import cancel, reschedule, write_note
from beautydrop.bookings.actions.progress import (
    UNDO_MINUTES,
    complete,
    expire,
    mark_arrived,
    mark_no_show,
    undo,
    undoable,
)
from beautydrop.bookings.actions.writing import By, nearest_openings

__all__ = [
    "UNDO_MINUTES",
    "By",
    "Contact",
    "approve",
    "book",
    "cancel",
    "change_address",
    "complete",
    "confirm_by_link",
    "expire",
    "mark_arrived",
    "mark_no_show",
    "nearest_openings",
    "reschedule",
    "undo",
    "undoable",
    "write_note",
]
