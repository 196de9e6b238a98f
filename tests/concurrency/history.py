"""Who claimed what and when, as those saw it who asked: a history of calls, and what it must never show.

A call takes effect at some moment between its start and its end. A claim is *surely* there from the end of
the call that made it to the start of the call that gives it up, and *possibly* there from the start of the
former to the end of the latter. So whatever order the calls took effect in:

- two claims of one person that meet are never both surely there at one moment;
- a time that was refused as taken meets a claim that was possibly there during the call;
- what is read is the claims: all that were surely there throughout, none that was not possibly there.
"""

import math
from dataclasses import dataclass, field
from uuid import UUID

type Range = tuple[int, int]
"""Claimed time in UTC minutes, half-open."""


@dataclass(frozen=True, slots=True)
class Call:
    """When a call started and ended, on one clock for all."""

    started: float
    ended: float


@dataclass(slots=True)
class Claim:
    """One stay of a booking at one time of one person."""

    staff_id: UUID
    time: Range
    made: Call
    given_up: Call | None = None

    @property
    def surely(self) -> tuple[float, float]:
        return self.made.ended, self.given_up.started if self.given_up else math.inf

    @property
    def possibly(self) -> tuple[float, float]:
        return self.made.started, self.given_up.ended if self.given_up else math.inf


@dataclass(frozen=True, slots=True)
class Taken:
    """A call that was refused because somebody had the time; all of these staff members were asked for."""

    staff_ids: frozenset[UUID]
    time: Range
    call: Call


@dataclass(frozen=True, slots=True)
class Read:
    """The claims of one staff member as one call saw them."""

    staff_id: UUID
    times: tuple[Range, ...]
    call: Call


@dataclass(slots=True)
class History:
    """What happened. `initial` claims are those made before the first call."""

    claims: list[Claim] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)


def faults(history: History) -> list[str]:
    """What no order of the calls explains; empty when all is well."""
    found = []
    for number, one in enumerate(history.claims):
        for other in history.claims[number + 1 :]:
            if one.staff_id == other.staff_id and _meet(one.time, other.time) and _meet(one.surely, other.surely):
                found.append(f"both claimed at once: {one} and {other}")
    for refused in history.taken:
        for staff_id in refused.staff_ids:
            if not any(
                claim.staff_id == staff_id
                and _meet(claim.time, refused.time)
                and _meet(claim.possibly, (refused.call.started, refused.call.ended))
                for claim in history.claims
            ):
                found.append(f"refused as taken by nobody: {refused}")
    for read in history.reads:
        found += _faults_of_read(read, [one for one in history.claims if one.staff_id == read.staff_id])
    return found


def _faults_of_read(read: Read, claims: list[Claim]) -> list[str]:
    found = []
    times = sorted(read.times)
    if any(_meet(one, other) for one, other in zip(times, times[1:], strict=False)):
        found.append(f"read two claims that meet: {read}")
    during = (read.call.started, read.call.ended)
    possible = {claim.time for claim in claims if _meet(claim.possibly, during)}
    sure = {claim.time for claim in claims if claim.surely[0] <= during[0] and during[1] <= claim.surely[1]}
    if not set(times) <= possible:
        found.append(f"read a claim that nobody had made: {read}")
    if not sure <= set(times):
        found.append(f"did not read a claim that was there: {read}")
    return found


def _meet(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
