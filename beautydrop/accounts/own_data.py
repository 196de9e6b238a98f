"""What the site holds about a person, app by app: handed out to them, and forgotten when they leave.

This app stands below those that hold most of it, so each registers its part when it is ready, like the kinds of the
outbox: what it holds; what stands in the way of leaving, and how the person clears that away; and how it forgets.
Nothing here knows what a booking is.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from beautydrop.accounts.models import User


@dataclass(frozen=True, slots=True)
class Held:
    """`data` goes into the file: plain values, instants as ISO in UTC. `lines` say the same to read."""

    data: Any
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Section:
    """One app's part on the page."""

    name: str
    title: str
    held: Held


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why somebody can't leave yet: `rows` are (words, address or ""), `remedy` says what to do.

    `link` is (words, address) of where. `clear` is what a button says that clears it away on the spot, or "".
    """

    name: str
    words: str
    remedy: str
    rows: list[tuple[str, str]] = field(default_factory=list)
    link: tuple[str, str] | None = None
    clear: str = ""


Holder = Callable[[User, datetime], Held]
Refuser = Callable[[User, datetime], list[Obstacle]]
Doer = Callable[[User, datetime], None]
Mover = Callable[[User, str, datetime], None]

_titles: dict[str, str | Promise] = {}
_holders: dict[str, Holder] = {}
_refusers: dict[str, Refuser] = {}
_clearers: dict[str, Doer] = {}
_erasers: dict[str, Doer] = {}
_movers: dict[str, Mover] = {}


def register(name: str, *, title: str | Promise) -> Callable[[Holder], Holder]:
    """Decorator: this function says what is held under `name`, about the person and nobody else."""

    def add(holder: Holder) -> Holder:
        _titles[name], _holders[name] = title, holder
        return holder

    return add


def refuses(name: str) -> Callable[[Refuser], Refuser]:
    """Decorator: this function says what stands in the way of deleting the account."""

    def add(refuser: Refuser) -> Refuser:
        _refusers[name] = refuser
        return refuser

    return add


def clears(name: str) -> Callable[[Doer], Doer]:
    """Decorator: this function clears away the obstacles called `name` that have a button for it.

    It commits as it goes, and may leave some: the page then shows which.
    """

    def add(clearer: Doer) -> Doer:
        _clearers[name] = clearer
        return clearer

    return add


def erases(name: str) -> Callable[[Doer], Doer]:
    """Decorator: this function forgets the person in the running transaction, and nothing of anybody else."""

    def add(eraser: Doer) -> Doer:
        _erasers[name] = eraser
        return eraser

    return add


def moves(name: str) -> Callable[[Mover], Mover]:
    """Decorator: this function takes what is found by the person's former address (the second argument) along to
    their new one, in the running transaction."""

    def add(mover: Mover) -> Mover:
        _movers[name] = mover
        return mover

    return add


def names() -> list[str]:
    """Everything registered, in the order of the apps."""
    return list(_holders)


def sections(user: User, now: datetime) -> list[Section]:
    return [Section(name, str(_titles[name]), holder(user, now)) for name, holder in _holders.items()]


def everything(user: User, now: datetime) -> dict[str, Any]:
    """The content of the file."""
    return {"made_at": now.isoformat(), **{name: holder(user, now).data for name, holder in _holders.items()}}


def obstacles(user: User, now: datetime) -> list[Obstacle]:
    return [found for refuser in _refusers.values() for found in refuser(user, now)]


def clear(name: str, user: User, now: datetime) -> bool:
    """Clear away what the person may clear; False when there is no such thing."""
    if name not in _clearers:
        return False
    _clearers[name](user, now)
    return True


def erase(user: User, now: datetime) -> None:
    """Have every app forget the person, the highest first: what stands on what is gone before it."""
    for eraser in reversed(_erasers.values()):
        eraser(user, now)


def moved(user: User, former: str, now: datetime) -> None:
    """The person's address was `former` and is another now."""
    for mover in _movers.values():
        mover(user, former, now)
