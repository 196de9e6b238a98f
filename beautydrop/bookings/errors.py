"""The one error of booking actions: a code for programs, a message for the person, and what to do next."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from beautydrop.availability import Refusal
from beautydrop.scheduling.openings import Opening


class BookingError(Exception):
    """An action that cannot be done.

    `code` is a Refusal's value, or one of `conflict` (the booking's state does not allow it),
    `expired`, `too_late`. `message` says it to the person in the active language. `alternatives` are
    the nearest openings when a time was refused.
    """

    def __init__(self, code: str, message: str, alternatives: Sequence[Opening] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.alternatives = list(alternatives)

    @property
    def is_lost_race(self) -> bool:
        """True when the time was free a moment ago: the page answers 409."""
        return self.code in {Refusal.TAKEN, Refusal.BUFFER}


def refusal_words(reason: Refusal) -> str:
    """Why a start cannot be booked, and what to do, as one sentence."""
    return {
        Refusal.INACTIVE: _("This service can’t be booked at the moment. Choose another one."),
        Refusal.NOT_OFFERED: _("This person doesn’t do this service. Choose somebody else or anyone free."),
        Refusal.TOO_SOON: _("This time is too soon or already past. Choose a later one."),
        Refusal.TOO_FAR: _("This time is further ahead than the salon takes bookings. Choose an earlier one."),
        Refusal.CLOSED: _("The salon is closed on this day. Choose another day."),
        Refusal.TIME_OFF: _("This person is off on this day. Choose another day or somebody else."),
        Refusal.OUTSIDE_HOURS: _("This time is outside working hours. Choose another one."),
        Refusal.OFF_GRID: _("This time isn’t one of the salon’s starting times. Choose one from the list."),
        Refusal.TAKEN: _("This time has just been taken. Choose another one."),
        Refusal.BUFFER: _("This time is too close to another appointment. Choose another one."),
    }[reason]
