"""What customer@demo.example finds under her bookings: Clara lives in Berlin and travels."""

from collections import Counter
from datetime import datetime, time, timedelta

from beautydrop.accounts.models import Customer
from beautydrop.bookings import actions
from beautydrop.bookings.actions import By, Contact
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import Actor, State
from beautydrop.marketplace import actions as marketplace
from beautydrop.marketplace.demo.diary import Wish, book
from beautydrop.marketplace.demo.made import MadeShop
from beautydrop.scheduling import openings

_PHONE = "+49 30 23125 417"
# How many days ago, at about which local time, the which-th of her salons and the place on its menu.
_PAST = (
    (23, "11:00", 0, 0),
    (38, "17:00", 2, 0),
    (9, "18:00", 1, 1),
    (52, "10:00", 3, 1),
    (66, "15:30", 1, 0),
    (80, "12:00", 0, 2),
)
_CANCELLED = (30, "16:00", 1, 0)


def keep_diary(clara: Customer, made: list[MadeShop], *, moment: datetime, latest: datetime) -> Counter[str]:
    """Her favourites and bookings; made before anybody else's, so that she gets her times.

    Coming: in three days in Berlin, in two weeks at the salon that answers each booking itself (asked for at
    `latest`), in a month in another city. Behind her: six appointments and one that she cancelled.
    """
    tally: Counter[str] = Counter()
    at_home = [one for one in made if one.plan.city.key == "berlin"]
    asks = next((one for one in made if not one.shop.is_auto_confirmed), None)
    away = next((one for one in made if one not in at_home and one is not asks), None)
    haunts = [one for one in (at_home[0], at_home[1] if len(at_home) > 1 else None, asks, away) if one]
    for one in (*haunts[:3], *at_home[2:4]):
        marketplace.toggle_favourite(user=clara.user, shop=one.shop)

    coming = [_find(at_home[0], moment, moment, 3, "10:15", 0)]
    if asks:
        coming.append(_find(asks, latest, moment, 16, "18:30", 0))
    if away:
        coming.append(_find(away, moment, moment, min(33, away.shop.horizon_days - 3), "11:00", 0))
    for found in coming:
        if found:
            tally[_book(clara, *found).status] += 1
    for days, clock, haunt, service in (*_PAST, _CANCELLED):
        salon = haunts[haunt % len(haunts)]
        found = _find(salon, moment - timedelta(days=days + 6), moment, -days, clock, service)
        if found is None:
            continue
        booking = _book(clara, *found)
        if booking.status == State.PENDING:
            actions.approve(booking_id=booking.pk, by=salon.by_owner, now=found[2] + timedelta(hours=2))
        if (days, clock, haunt, service) == _CANCELLED:
            by = By(Actor.CUSTOMER, clara.user)
            booking = actions.cancel(booking_id=booking.pk, by=by, now=found[2] + timedelta(days=1))
        else:
            over = booking.ends_at + timedelta(minutes=5)
            booking = actions.complete(booking_id=booking.pk, by=salon.by_owner, now=over)
        tally[booking.status] += 1
    tally["appointments"] = sum(tally.values())
    return tally


def _find(
    made: MadeShop, now: datetime, moment: datetime, days: int, clock: str, service: int
) -> tuple[MadeShop, Wish, datetime] | None:
    """The free time nearest to `clock`, `days` from the local day of `moment` or on the next day with one."""
    what = made.services[service % len(made.services)]
    wanted = made.local_day(moment) + timedelta(days=days)
    found = openings.load(what, now=now, first=wanted, last=wanted + timedelta(days=5))
    for offset in range(6):
        day = wanted + timedelta(days=offset)
        free = found.on(day)
        if free:
            ideal = datetime.combine(day, time.fromisoformat(clock), made.shop.zone)
            best = min(free, key=lambda one: (abs(one.start - ideal), one.start))
            return made, Wish(what, best.performer.staff, best.start, best.end), now
    return None


def _book(clara: Customer, made: MadeShop, wish: Wish, now: datetime) -> Booking:
    user = clara.user
    contact = Contact(user.full_name, user.email, _PHONE, user.language)
    return book(made, wish, contact=contact, by=By(Actor.CUSTOMER, user), now=now, customer=clara)
