"""A salon's appointments: some weeks behind it and two weeks ahead, each booked the way people book.

Appointments are laid out on the windows and grids that the engine gives, and then asked for through
`bookings.actions`, which decides.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from django.db import IntegrityError

from beautydrop.availability import Interval, local_date, to_datetime
from beautydrop.bookings import actions
from beautydrop.bookings.actions import By, Contact
from beautydrop.bookings.errors import BookingError
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import Actor, Pending, State
from beautydrop.marketplace.demo import people, texts
from beautydrop.marketplace.demo.made import MadeShop
from beautydrop.scheduling import claims, openings
from beautydrop.scheduling.openings import Openings, Performer
from beautydrop.shops.models import Service, StaffMember

DAYS_BEHIND = 40
DAYS_AHEAD = 14
_PAST_LOAD = (0.0, 0.02)
_PAST_LOAD_WHERE_BUSY = (0.02, 0.05)


@dataclass(frozen=True, slots=True)
class Wish:
    """An appointment to ask for."""

    service: Service
    staff: StaffMember
    start: datetime
    end: datetime


def fill(made: MadeShop, *, moment: datetime, latest: datetime) -> Counter[str]:
    """Book the salon's weeks around `moment`; what waits for the salon's answer is booked at `latest`.

    Returns `appointments`, how many of them stand how (by state), `blocks`, and `refused`.
    """
    rng = made.plan.rng("diary")
    tally: Counter[str] = Counter()
    for wish in _wishes(made, moment=moment, rng=rng):
        if wish.end + timedelta(minutes=15) <= moment:
            booking = _ask(made, wish, _lead(made, rng), rng, tally, no_later=wish.end)
            if booking:
                _close(made, booking, rng, tally)
        else:
            waits = not made.shop.is_auto_confirmed and wish.start > latest + timedelta(days=2) and rng.random() < 0.3
            booking = _ask(
                made,
                wish,
                _lead(made, rng),
                rng,
                tally,
                no_later=latest if waits else moment,
                is_answered=not waits,
            )
            if booking and booking.status == State.CONFIRMED:
                _look_ahead(made, booking, moment, rng, tally)
            elif booking:
                tally[booking.status] += 1
    if made.plan.is_popular:
        _fill_a_day(made, moment=moment, rng=rng, tally=tally)
    if made.plan.load[1] > 0.5:
        _block_some_time(made, moment=moment, tally=tally)
    return tally


def book(made: MadeShop, wish: Wish, *, contact: Contact, by: By, now: datetime, **fields: object) -> Booking:
    """As `bookings.actions.book`; should the reference drawn by chance be taken, it is asked again."""
    for attempt in range(5):
        try:
            return actions.book(
                service_id=wish.service.pk,
                staff_id=wish.staff.pk,
                start=wish.start,
                contact=contact,
                by=by,
                now=now,
                **fields,  # type: ignore[arg-type]
            )
        except IntegrityError:
            if attempt == 4:
                raise
    raise AssertionError("unreachable")


def openings_of(made: MadeShop, *, now: datetime, first: date, last: date) -> dict[Service, Openings]:
    """The free times of each service of the salon."""
    found = openings.load_many(made.services, now=now, first=first, last=last)
    return {service: found[service.pk] for service in made.services}


def _wishes(made: MadeShop, *, moment: datetime, rng: Random) -> list[Wish]:
    """Appointments of every staff member that fit each other and what is booked already, in order of time."""
    today = made.local_day(moment)
    first, last = today - timedelta(days=DAYS_BEHIND), today + timedelta(days=DAYS_AHEAD)
    every = openings_of(made, now=moment, first=first, last=last)
    zone = made.shop.zone
    is_busy = made.plan.load[1] > 0.5
    loads: dict[date, float] = {}
    for offset in range((last - first).days + 2):
        day = first + timedelta(days=offset)
        least, most = made.plan.load if day >= today else _PAST_LOAD_WHERE_BUSY if is_busy else _PAST_LOAD
        loads[day] = rng.uniform(least, most)
    wishes = []
    for member in made.staff:
        does = [(service, one) for service, found in every.items() if (one := found.performer(member.pk))]
        if not does:
            continue
        busy = list(does[0][1].busy.intervals)
        length = _usual_minutes(made, does)
        for window in does[0][1].windows:
            load = loads.get(local_date(window.start, zone), 0.0)
            if load <= 0:
                continue
            at = window.start + _gap(load, length, window.interval, rng)
            while at < window.end:
                service, performer = _pick(made, does, rng)
                end = at + performer.duration_minutes
                occupied = (at - service.buffer_before_minutes, end + service.buffer_after_minutes)
                if end > window.end or _meets(occupied, busy):
                    at += window.interval
                    continue
                wishes.append(Wish(service, member, to_datetime(at), to_datetime(end)))
                busy.append(occupied)
                used = occupied[1] - at + _gap(load, length, window.interval, rng)
                at += -(-used // window.interval) * window.interval
    return sorted(wishes, key=lambda wish: (wish.start, wish.staff.position))


def _usual_minutes(made: MadeShop, does: list[tuple[Service, Performer]]) -> float:
    """How long somebody is taken by an appointment on average, by how much each service is asked for."""
    weights = _weights(made, does)
    minutes = [one.duration_minutes + service.buffer_after_minutes for service, one in does]
    return sum(map(float.__mul__, weights, map(float, minutes))) / sum(weights)


def _gap(load: float, length: float, interval: int, rng: Random) -> int:
    """Free minutes before an appointment, a multiple of the grid, so that about `load` is taken."""
    mean = length * (1 - load) / load
    return int(rng.expovariate(1 / mean) // interval) * interval


def _pick(made: MadeShop, does: list[tuple[Service, Performer]], rng: Random) -> tuple[Service, Performer]:
    return rng.choices(does, _weights(made, does))[0]


def _weights(made: MadeShop, does: list[tuple[Service, Performer]]) -> list[float]:
    return [made.plan.services[service.position].popularity for service, _performer in does]


def _meets(occupied: Interval, busy: Iterable[Interval]) -> bool:
    return any(occupied[0] < end and start < occupied[1] for start, end in busy)


def _lead(made: MadeShop, rng: Random) -> timedelta:
    """How long before its start somebody books: hours to two weeks, within what the salon allows."""
    least = timedelta(minutes=made.shop.lead_time_minutes + 90)
    return max(least, timedelta(hours=rng.choice((3, 9, 20, 30, 52, 75, 120, 200, 330)), minutes=rng.randint(0, 59)))


def _ask(
    made: MadeShop,
    wish: Wish,
    lead: timedelta,
    rng: Random,
    tally: Counter[str],
    *,
    no_later: datetime,
    is_answered: bool = True,
) -> Booking | None:
    """Book as a caller, a guest or somebody with an account does; None when the rules refuse it.

    A guest opens the mailed link, unless the address is proved already; where the salon has to say yes, it
    does, unless `is_answered` is False.
    """
    now = min(wish.start - lead, no_later)
    chance, person = rng.random(), people.passer_by(made.plan.city, rng)
    note = rng.choice(texts.CUSTOMER_NOTES) if rng.random() < 0.1 else ""
    contact = Contact(person.name, person.email, person.phone, person.language)
    patience = timedelta(minutes=rng.randint(2, 25))
    is_known = made.customers and chance < 0.05 and is_answered
    customer = rng.choice(made.customers) if is_known else None
    try:
        if customer is not None:
            user = customer.user
            contact = Contact(user.full_name, user.email, person.phone, person.language)
            booking = book(
                made,
                wish,
                contact=contact,
                by=By(Actor.CUSTOMER, user),
                now=now,
                customer=customer,
                note=note,
            )
        elif chance < 0.6 and is_answered:
            caller = Contact(person.name, person.email if chance < 0.2 else "", person.phone, person.language)
            booking = book(made, wish, contact=caller, by=made.by_owner, now=now)
        elif chance < 0.75 and is_answered:
            booking = book(made, wish, contact=contact, by=By(Actor.GUEST), now=now, note=note, is_email_proved=True)
        else:
            booking = book(made, wish, contact=contact, by=By(Actor.GUEST), now=now, note=note)
            if rng.random() < 0.04 and wish.end <= no_later:  # never opened the mail
                actions.expire(booking_id=booking.pk, now=now + timedelta(minutes=31))
                tally["expired"] += 1
                return None
            now += patience if is_answered else timedelta(0)
            booking = actions.confirm_by_link(booking_id=booking.pk, by=By(Actor.GUEST), now=now)
        if booking.pending_for == Pending.APPROVAL and is_answered:
            booking = actions.approve(booking_id=booking.pk, by=made.by_owner, now=now + timedelta(minutes=12))
    except BookingError:
        tally["refused"] += 1
        return None
    tally["appointments"] += 1
    return booking


def _close(made: MadeShop, booking: Booking, rng: Random, tally: Counter[str]) -> None:
    """An appointment that is over: held as a rule, sometimes cancelled before, sometimes nobody came."""
    chance, by = rng.random(), made.by_owner
    over = booking.ends_at + timedelta(minutes=5)
    if chance < 0.08:
        booking = _cancel(made, booking, booking.starts_at - timedelta(minutes=rng.randint(30, 85)), rng)
    elif chance < 0.15:
        booking = actions.mark_no_show(booking_id=booking.pk, by=by, now=booking.starts_at + timedelta(minutes=20))
    elif chance < 0.22:
        actions.mark_arrived(booking_id=booking.pk, by=by, now=booking.starts_at - timedelta(minutes=4))
        booking = actions.complete(booking_id=booking.pk, by=by, now=over)
    else:
        booking = actions.complete(booking_id=booking.pk, by=by, now=over)
    tally[booking.status] += 1


def _look_ahead(made: MadeShop, booking: Booking, moment: datetime, rng: Random, tally: Counter[str]) -> None:
    """A coming appointment: some are cancelled already; who sits in the chair right now has arrived."""
    if booking.starts_at <= moment:
        booking = actions.mark_arrived(booking_id=booking.pk, by=made.by_owner, now=booking.starts_at)
    elif rng.random() < 0.05:
        booking = _cancel(made, booking, moment, rng)
    tally[booking.status] += 1


def _cancel(made: MadeShop, booking: Booking, now: datetime, rng: Random) -> Booking:
    if rng.random() < 0.2:
        return actions.cancel(
            booking_id=booking.pk, by=made.by_owner, now=now, note=rng.choice(texts.SHOP_CANCEL_NOTES)
        )
    customer = booking.customer
    by = By(Actor.CUSTOMER, customer.user) if customer else By(Actor.GUEST)
    return actions.cancel(booking_id=booking.pk, by=by, now=now, note=rng.choice(texts.CANCEL_NOTES))


def _fill_a_day(made: MadeShop, *, moment: datetime, rng: Random, tally: Counter[str]) -> None:
    """Book everything that is free on a day soon, longest services first: the salon's full day."""
    today = made.local_day(moment)
    day = next(
        (one for offset in range(5, 12) if _is_worked(made, one := today + timedelta(days=offset), moment)),
        None,
    )
    while day is not None:
        free = [
            (service, found)
            for service, every in openings_of(made, now=moment, first=day, last=day).items()
            if (found := every.on(day))
        ]
        if not free:
            return
        service, found = max(free, key=lambda item: (item[0].duration_minutes <= 60, item[0].duration_minutes))
        opening = found[0]
        wish = Wish(service, opening.performer.staff, opening.start, opening.end)
        if _ask(made, wish, timedelta(days=1), rng, tally, no_later=moment) is None:
            return
        tally[State.CONFIRMED] += 1


def _is_worked(made: MadeShop, day: date, moment: datetime) -> bool:
    every = openings_of(made, now=moment, first=day, last=day)
    return any(found.is_worked(day) for found in every.values())


def _block_some_time(made: MadeShop, *, moment: datetime, tally: Counter[str]) -> None:
    """Half an hour that two of the people keep for themselves in the coming days."""
    today = made.local_day(moment)
    first, last = today + timedelta(days=1), today + timedelta(days=4)
    every = openings_of(made, now=moment, first=first, last=last)
    for member in made.staff[:2]:
        starts = [
            opening[0].start
            for found in every.values()
            if (opening := found.first_free(member.pk, frm=found.bounds(first)[0]))
        ]
        if starts:
            start = min(starts)
            length = min(timedelta(minutes=30), timedelta(minutes=min(one.minutes for one in made.plan.services)))
            claims.block(staff_member=member, start=start, end=start + length, now=moment)
            tally["blocks"] += 1
