"""A closure as it is typed, and what was chosen for each booking that it covers."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from beautydrop.bookings import closures
from beautydrop.bookings.choosing import iso
from beautydrop.bookings.closures import CANCEL, KEEP, MOVE, Closure, Decision
from beautydrop.bookings.manage import closure_words
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import State
from beautydrop.scheduling import week
from beautydrop.scheduling.manage.editor import Mistake, Typed, WeekForm
from beautydrop.scheduling.models import ScheduleException
from beautydrop.scheduling.openings import Opening
from beautydrop.shops.models import Shop, StaffMember
from beautydrop.web import formats, requests

Reason = ScheduleException.Reason
_LONGEST = timedelta(days=366)
MESSAGE_LENGTH = 500


def kinds() -> list[tuple[str, str]]:
    """(value, words) of what an owner can enter."""
    return [
        (Reason.BLACKOUT.value, _("Closed")),
        (Reason.HOLIDAY.value, _("Closed, a public holiday")),
        (Reason.SPECIAL.value, _("Special hours")),
        (Reason.TIME_OFF.value, _("Time off")),
    ]


@dataclass(slots=True)
class ClosureForm:
    """What was typed; `closure()` once `check` has found no mistakes."""

    kind: str = Reason.BLACKOUT
    staff: str = ""
    first: str = ""
    last: str = ""
    note: str = ""
    windows: list[Typed] = field(default_factory=list)
    pk: str = ""
    mistakes: list[Mistake] = field(default_factory=list)

    @classmethod
    def read(cls, sent: QueryDict) -> "ClosureForm":
        """From an address or a form; what isn't there is empty."""
        return cls(
            kind=requests.text(sent.get("kind"), 16) or Reason.BLACKOUT,
            staff=requests.text(sent.get("staff"), 40),
            first=requests.text(sent.get("first"), 12),
            last=requests.text(sent.get("last"), 12),
            note=requests.text(sent.get("note"), 200),
            windows=WeekForm.read(sent).days[0],
            pk=str(requests.key(sent.get("id")) or uuid.uuid4()),
        )

    @classmethod
    def of(cls, closure: Closure) -> "ClosureForm":
        return cls(
            kind=closure.reason,
            staff=str(closure.staff_member.pk) if closure.staff_member else "",
            first=closure.first.isoformat(),
            last=closure.last.isoformat(),
            note=closure.note,
            windows=[Typed(week.clock(start), week.clock(end)) for start, end in closure.windows],
            pk=str(closure.pk),
        )

    def heading(self, existing: Closure | None, *, may_choose: bool) -> str:
        """What the page is for."""
        if existing:
            return _("Change %(what)s") % {"what": closure_words.title(existing)}
        if not may_choose:
            return _("Enter your time off")
        return {str(Reason.TIME_OFF): _("Enter time off"), str(Reason.SPECIAL): _("Enter special hours")}.get(
            self.kind, _("Close the shop")
        )

    def press(self, act: str) -> str:
        """Add or remove a row of special hours; the id of the control to go to."""
        form = WeekForm([self.windows, *([] for _other in range(6))], "")
        focus = form.act(act, ())
        self.windows, self.mistakes = form.days[0], form.mistakes
        return focus

    def closure(self, shop: Shop, staff: Mapping[str, StaffMember], *, today: date) -> Closure | None:
        """Read all of it; None with the `mistakes`."""
        if self.kind not in Reason.values:
            self._mistake("kind", _("Choose what it is"))
        person = staff.get(self.staff)
        if self.staff and person is None:
            self._mistake("staff", _("Choose a person of this salon"))
        if self.kind == Reason.TIME_OFF and person is None and not self.staff:
            self._mistake("staff", _("Choose who is off"))
        first, last = requests.day(self.first), requests.day(self.last or self.first)
        if first is None:
            self._mistake("first", _("Enter the first day, such as 2026-12-24"))
        elif last is None:
            self._mistake("last", _("Enter the last day, such as 2026-12-26, or leave it empty"))
        elif last < first:
            self._mistake("last", _("Choose a last day that is not before the first day"))
        elif last < today:
            self._mistake("first", _("Choose a day that is not over"))
        elif last - first > _LONGEST:
            self._mistake("last", _("Choose at most a year"))
        if len(self.note) > 120:
            self._mistake("note", _("Enter a note of at most 120 characters"))
        windows = self._windows() if self.kind == Reason.SPECIAL else ()
        if self.mistakes or first is None or last is None:
            return None
        # One person's closed days are time off, whatever they are for.
        reason = Reason.TIME_OFF if person and self.kind != Reason.SPECIAL else self.kind
        return Closure(
            shop=shop,
            reason=reason,
            first=first,
            last=last,
            staff_member=person,
            windows=windows,
            note=self.note,
            pk=requests.key(self.pk),
        )

    def _windows(self) -> tuple[tuple[time, time], ...]:
        found = []
        for position, typed in enumerate(self.windows):
            if typed.is_empty:
                continue
            start, end = week.parse_clock(typed.start), week.parse_clock(typed.end)
            if start is None or end is None:
                words = _("Enter both times, such as 9:00 to 14:00")
                self._mistake(f"{'end' if start is not None else 'start'}-0-{position}", words)
            else:
                found.append((start, end))
        if not found and not self.mistakes:
            self._mistake("start-0-0", _("Enter the hours, such as 9:00 to 14:00"))
        return tuple(sorted(found))

    def _mistake(self, control: str, words: str) -> None:
        self.mistakes.append(Mistake(control, words))


@dataclass(slots=True)
class Choices:
    """What was chosen for each booking, and the words to the clients, as typed."""

    choice: dict[str, str] = field(default_factory=dict)
    to: dict[str, str] = field(default_factory=dict)
    own_message: dict[str, str] = field(default_factory=dict)
    sequence: dict[str, str] = field(default_factory=dict)
    message: str = ""
    mistakes: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, sent: QueryDict) -> "Choices":
        found = cls(message=_prose(sent.get("message")))
        for name in sent:
            what, _dash, key = name.partition("-")
            if requests.key(key) is None:
                continue
            value = sent.get(name) or ""
            if what == "choice":
                found.choice[key] = requests.text(value, 8)
            elif what == "to":
                found.to[key] = requests.text(value, 80)
            elif what == "message":
                found.own_message[key] = _prose(value)
            elif what == "sequence":
                found.sequence[key] = requests.text(value, 6)
        return found

    def choose_for_all(
        self, choice: str, bookings: Sequence[Booking], offers: Mapping[uuid.UUID, list[Opening]]
    ) -> None:
        """Preselect one choice wherever it is possible; the others stay as they were."""
        for booking in bookings:
            if choice in closures.choices(booking) and (choice != MOVE or offers.get(booking.pk)):
                self.choice[str(booking.pk)] = choice

    def words_for(self, key: str) -> str:
        """The message to one client: their own, else the one for all."""
        return self.own_message.get(key) or self.message

    def decisions(self, bookings: Sequence[Booking]) -> list[Decision]:
        """One for each booking; what is missing stands in `mistakes`, by booking."""
        found = []
        for booking in bookings:
            key = str(booking.pk)
            choice = self.choice.get(key, "")
            if choice not in {KEEP, MOVE, CANCEL} or choice not in closures.choices(booking):
                self.mistakes[key] = _("Choose what happens to %(who)s’s booking") % {"who": booking.contact_name}
                continue
            raw_start, _slash, raw_staff = self.to.get(key, "").partition("/")
            start, staff_id = requests.instant(raw_start), requests.key(raw_staff)
            if choice == MOVE and (start is None or staff_id is None):
                self.mistakes[key] = _("Choose the new time for %(who)s") % {"who": booking.contact_name}
                continue
            found.append(
                Decision(
                    booking_id=booking.pk,
                    sequence=requests.whole(self.sequence.get(key), booking.sequence, lowest=0),
                    choice=choice,
                    start=start if choice == MOVE else None,
                    staff_id=staff_id if choice == MOVE else None,
                    message=self.words_for(key) if choice == CANCEL else "",
                )
            )
        return found

    def row(self, booking: Booking, offered: Sequence[Opening], *, shop: Shop, closure: Closure) -> dict[str, Any]:
        """One booking of the decision page."""
        key = str(booking.pk)
        possible = closures.choices(booking)
        labels = {KEEP: _("Keep"), MOVE: _("Move"), CANCEL: _("Cancel")}
        chosen_to = self.to.get(key) or (value(offered[0]) if offered else "")
        starts = booking.starts_at.astimezone(shop.zone)
        shown = [_offer(one, booking, shop, is_chosen=value(one) == chosen_to) for one in offered]
        if MOVE in possible and not shown:
            possible = [one for one in possible if one != MOVE]
        return {
            "key": key,
            "sequence": self.sequence.get(key) or booking.sequence,
            "time": f"{starts:%H:%M}",
            "until": _("to %(time)s") % {"time": formats.clock(booking.ends_at, shop.zone)},
            "day": formats.day_short(starts.date()) if closure.first != closure.last else "",
            "client": booking.contact_name,
            "what": _("%(service)s, %(who)s")
            % {"service": booking.service_name, "who": booking.staff_member.short_name},
            "price": formats.money(booking.price, booking.currency),
            "is_pending": booking.status == State.PENDING,
            "url": reverse("manage:booking", args=[shop.slug, booking.pk]),
            "move_url": reverse("manage:booking_move", args=[shop.slug, booking.pk])
            if MOVE in closures.choices(booking)
            else "",
            "choices": [
                {"value": one, "label": labels[one], "checked": self.choice.get(key) == one} for one in possible
            ],
            "offers": shown,
            "keep_words": _("Stays in the calendar: %(who)s works then, although it is closed.")
            % {"who": booking.staff_member.short_name},
            "tell_words": ""
            if booking.contact_email
            else _("No e-mail address is known. Call %(phone)s.") % {"phone": booking.contact_phone}
            if booking.contact_phone
            else _("No e-mail address and no number is known."),
            "own_message": self.own_message.get(key, ""),
            "error": self.mistakes.get(key, ""),
        }

    def summary(self, bookings: Sequence[Booking]) -> str:
        """`1 stays, 3 move, 2 are cancelled.`; empty until something is chosen."""
        chosen = [self.choice.get(str(booking.pk)) for booking in bookings]
        parts = []
        if count := chosen.count(KEEP):
            parts.append(ngettext("%(count)s stays", "%(count)s stay", count) % {"count": count})
        if count := chosen.count(MOVE):
            parts.append(ngettext("%(count)s moves", "%(count)s move", count) % {"count": count})
        if count := chosen.count(CANCEL):
            parts.append(ngettext("%(count)s is cancelled", "%(count)s are cancelled", count) % {"count": count})
        return ", ".join(parts)


def value(opening: Opening) -> str:
    """A time and its person as it stands in the form."""
    return f"{iso(opening.start)}/{opening.performer.staff.pk}"


def _offer(opening: Opening, booking: Booking, shop: Shop, *, is_chosen: bool) -> dict[str, Any]:
    local = opening.start.astimezone(shop.zone)
    who = opening.performer.staff.short_name
    is_same_day = local.date() == booking.starts_at.astimezone(shop.zone).date()
    return {
        "value": value(opening),
        "time": f"{local:%H:%M}",
        "words": who if is_same_day else _("%(day)s, %(who)s") % {"day": formats.day_short(local.date()), "who": who},
        "checked": is_chosen,
    }


def _prose(text: str | None) -> str:
    """Several lines of plain text, bounded."""
    lines = (text or "")[: 2 * MESSAGE_LENGTH].splitlines()
    return "\n".join(requests.text(line, MESSAGE_LENGTH) for line in lines).strip()[:MESSAGE_LENGTH]
