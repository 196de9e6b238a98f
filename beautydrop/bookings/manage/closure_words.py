"""A closure in words: when, what, and both."""

from datetime import date

from django.utils.translation import gettext as _

from beautydrop.bookings.closures import Closure
from beautydrop.scheduling.models import ScheduleException
from beautydrop.scheduling.week import Row
from beautydrop.web import formats


def dates(first: date, last: date) -> str:
    """`Thu 24 Dec`, `25–26 Dec`, `28 Dec to 2 Jan`"""
    if first == last:
        return formats.day_short(first)
    return _("%(first)s to %(last)s") % {"first": formats.day_month(first), "last": formats.day_month(last)}


def what(closure: Closure) -> str:
    """`Whole shop closed, Christmas Eve`"""
    if closure.windows:
        times = ", ".join(Row(0, start, end).words for start, end in closure.windows)
        who = closure.staff_member.short_name if closure.staff_member else _("Whole shop")
        words = f"{who} {times}"
    elif closure.staff_member:
        words = _("%(who)s off") % {"who": closure.staff_member.short_name}
    elif closure.reason == ScheduleException.Reason.HOLIDAY:
        words = _("Whole shop closed, public holiday")
    else:
        words = _("Whole shop closed")
    return f"{words}, {closure.note}" if closure.note else words


def title(found: Closure) -> str:
    """`Thu 24 Dec: Whole shop closed, Christmas Eve`"""
    return f"{dates(found.first, found.last)}: {what(found)}"


def act(found: Closure) -> str:
    """`Closing 24 Dec`"""
    when = formats.day_month(found.first) if found.first == found.last else dates(found.first, found.last)
    if found.windows:
        return _("Changing the hours of %(dates)s") % {"dates": when}
    if found.staff_member:
        return _("%(who)s’s time off, %(dates)s,") % {"who": found.staff_member.short_name, "dates": when}
    return _("Closing %(dates)s") % {"dates": when}


def in_full(found: Closure) -> str:
    """`Thursday 24 December: Whole shop closed`"""
    when = formats.day_long(found.first)
    if found.last != found.first:
        when = _("%(first)s to %(last)s") % {"first": when, "last": formats.day_long(found.last)}
    return f"{when}: {what(found)}."
