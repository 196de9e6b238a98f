"""States of a booking and the only moves between them. Everything that asks "may it?" asks here."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    PENDING = "pending", _("Pending")
    CONFIRMED = "confirmed", _("Confirmed")
    ARRIVED = "arrived", _("Arrived")
    COMPLETED = "completed", _("Completed")
    NO_SHOW = "no_show", _("No-show")
    CANCELLED = "cancelled", _("Cancelled")


class Pending(models.TextChoices):
    """What a pending booking waits for."""

    EMAIL = "email", _("the link in the e-mail")
    APPROVAL = "approval", _("the salon")


class Actor(StrEnum):
    """Who makes a change, as the relation to the booking gives it."""

    GUEST = "guest"
    CUSTOMER = "customer"
    STAFF = "staff"
    OWNER = "owner"
    ADMIN = "admin"
    CLOCK = "clock"


LIVE = frozenset({State.PENDING, State.CONFIRMED, State.ARRIVED})
# These need their claimed time; a trigger in the database holds it.
WITH_TIME = frozenset({State.CONFIRMED, State.ARRIVED, State.COMPLETED, State.NO_SHOW})

_SHOP = frozenset({Actor.STAFF, Actor.OWNER, Actor.ADMIN})
_VISITOR = frozenset({Actor.GUEST, Actor.CUSTOMER})
_CLOCK = frozenset({Actor.CLOCK})

TRANSITIONS: dict[tuple[State, State], frozenset[Actor]] = {
    (State.PENDING, State.CONFIRMED): _SHOP | _VISITOR,
    (State.PENDING, State.CANCELLED): _SHOP | _VISITOR | _CLOCK,
    (State.CONFIRMED, State.ARRIVED): _SHOP,
    (State.CONFIRMED, State.COMPLETED): _SHOP | _CLOCK,
    (State.ARRIVED, State.COMPLETED): _SHOP | _CLOCK,
    (State.CONFIRMED, State.NO_SHOW): _SHOP,
    (State.CONFIRMED, State.CANCELLED): _SHOP | _VISITOR,
    (State.COMPLETED, State.NO_SHOW): frozenset({Actor.OWNER, Actor.ADMIN}),
    (State.NO_SHOW, State.COMPLETED): frozenset({Actor.OWNER, Actor.ADMIN}),
}


def may_move(source: str, target: str, actor: Actor) -> bool:
    """True when the table allows `actor` this move; guards of time are the actions'."""
    return actor in TRANSITIONS.get((State(source), State(target)), frozenset())


# A slip of the hand is taken back to the state before it (actions.undo, soon after). No undo leads out of cancelled.
UNDOS: dict[tuple[State, State], frozenset[Actor]] = {
    (State.ARRIVED, State.CONFIRMED): _SHOP,
    (State.COMPLETED, State.CONFIRMED): _SHOP,
    (State.COMPLETED, State.ARRIVED): _SHOP,
    (State.COMPLETED, State.NO_SHOW): frozenset({Actor.OWNER, Actor.ADMIN}),
    (State.NO_SHOW, State.CONFIRMED): _SHOP,
    (State.NO_SHOW, State.COMPLETED): frozenset({Actor.OWNER, Actor.ADMIN}),
}


def may_undo(source: str, target: str, actor: Actor) -> bool:
    """True when `actor` may take back the change that led from `target` to `source`."""
    return actor in UNDOS.get((State(source), State(target)), frozenset())
