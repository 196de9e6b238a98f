"""Rows → engine → free times, and: what is offered can be booked, what is not offered is refused."""

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from beautydrop.availability import Refusal, minutes_of
from beautydrop.bookings import actions as bookings
from beautydrop.bookings.actions import Contact
from beautydrop.bookings.errors import BookingError
from beautydrop.bookings.models import Booking
from beautydrop.scheduling import actions as scheduling
from beautydrop.scheduling import claims, openings
from beautydrop.scheduling.models import Schedule, TimeSlot
from beautydrop.scheduling.openings import Opening, Openings
from beautydrop.shops import actions as shops
from beautydrop.shops.models import Service, Shop, StaffMember
from tests.factories import (
    BERLIN,
    GUEST,
    NOW,
    World,
    a_booking,
    a_guest,
    a_service,
    a_shop,
    a_world,
    an_owner,
    berlin,
    by_owner,
)

pytestmark = pytest.mark.django_db

THURSDAY = date(2026, 12, 3)
DAY = timedelta(days=1)


@pytest.fixture
def world() -> World:
    return a_world()


def load(service: Service, first: date = THURSDAY, last: date | None = None, **options: object) -> Openings:
    # Read anew, as a page would: what an object in hand still believes about its shop does not count.
    service = Service.objects.select_related("shop").get(pk=service.pk)
    return openings.load(service, **{"now": NOW, "first": first, "last": last or first, **options})


def clocks(found: list[Opening], zone: ZoneInfo = BERLIN) -> list[str]:
    return [one.start.astimezone(zone).strftime("%H:%M") for one in found]


def on(service: Service, day: date = THURSDAY, staff: StaffMember | None = None, **options: object) -> list[str]:
    """The free starts of a local day as wall-clock times."""
    shown = load(service, day, **options)
    return clocks(shown.on(day, staff.pk if staff else None), shown.zone)


def grid(first: str, last: str, minutes: int = 15) -> list[str]:
    """Wall-clock times from first to last, both included."""
    at, end = (datetime.combine(THURSDAY, time.fromisoformat(clock)) for clock in (first, last))
    return [f"{at + timedelta(minutes=n):%H:%M}" for n in range(0, int((end - at).total_seconds()) // 60 + 1, minutes)]


def set_hours(shop: Shop, *hours: tuple[str, str], staff: StaffMember | None = None, **fields: object) -> None:
    """Thursday's hours, in place of what the shop or the person had that day."""
    Schedule.objects.filter(shop=shop, staff_member=staff, day_of_week=3).delete()
    for start, end in hours:
        scheduling.add_hours(
            shop=shop,
            staff_member=staff,
            day_of_week=3,
            start_time=time.fromisoformat(start),
            end_time=time.fromisoformat(end),
            **fields,
        )


def add_exception(world: World, reason: str, *, staff: StaffMember | None = None, hours: tuple[str, str] | None = None):
    start, end = (time.fromisoformat(clock) for clock in hours) if hours else (None, None)
    scheduling.add_exception(
        shop=world.shop,
        staff_member=staff,
        reason=reason,
        start_date=THURSDAY,
        end_date=THURSDAY,
        start_time=start,
        end_time=end,
    )


# --- Hours ----------------------------------------------------------------------------------------


def test_the_shops_hours(world):
    assert on(world.manicure) == grid("10:00", "17:00")
    assert on(world.manicure, date(2026, 12, 6)) == []  # Sunday


def test_a_break_is_two_rows(world):
    set_hours(world.shop, ("10:00", "13:00"), ("14:00", "18:00"))
    assert on(world.manicure) == grid("10:00", "12:00") + grid("14:00", "17:00")


def test_rows_that_touch_are_worked_through(world):
    set_hours(world.shop, ("10:00", "12:00"), ("12:00", "14:00"))
    assert on(world.manicure) == grid("10:00", "13:00")


def test_rows_that_do_not_count(world):
    set_hours(world.shop, ("10:00", "18:00"), valid_until=THURSDAY - DAY)
    assert on(world.manicure) == []
    set_hours(world.shop, ("10:00", "12:00"), valid_from=THURSDAY, valid_until=THURSDAY)
    assert on(world.manicure) == grid("10:00", "11:00")
    set_hours(world.shop, ("10:00", "18:00"), is_active=False)
    assert on(world.manicure) == []


def test_a_persons_own_hours_replace_the_shops(world):
    set_hours(world.shop, ("08:00", "10:00"), staff=world.mina)
    assert on(world.manicure, staff=world.mina) == grid("08:00", "09:00")
    assert on(world.manicure, staff=world.ayla) == grid("10:00", "17:00")
    assert on(world.manicure) == grid("08:00", "09:00") + grid("10:00", "17:00")
    # Having own hours on Thursdays means not working on the other days.
    assert on(world.manicure, THURSDAY + DAY, staff=world.mina) == []


def test_the_grid_is_the_rows_own(world):
    set_hours(world.shop, ("10:10", "12:00"), slot_interval_minutes=30)
    assert on(world.manicure) == ["10:10", "10:40", "11:10"]


@pytest.mark.parametrize("reason", ["holiday", "blackout"])
def test_a_closed_day(world, reason):
    add_exception(world, reason)
    assert on(world.manicure) == []
    assert on(world.manicure, THURSDAY - DAY) == on(world.manicure, THURSDAY + DAY) == grid("10:00", "17:00")


def test_a_closed_shop_is_closed_for_all(world):
    set_hours(world.shop, ("08:00", "10:00"), staff=world.mina)
    add_exception(world, "special", staff=world.ayla, hours=("10:00", "12:00"))
    assert on(world.manicure) == grid("08:00", "09:00") + grid("10:00", "11:00")
    add_exception(world, "holiday")
    assert on(world.manicure) == []


def test_special_hours_replace_the_weekdays(world):
    add_exception(world, "special", hours=("20:00", "22:00"))
    assert on(world.manicure) == grid("20:00", "21:00")


def test_time_off_and_special_hours_of_one_person(world):
    add_exception(world, "time_off", staff=world.mina)
    add_exception(world, "special", staff=world.ayla, hours=("07:00", "08:00"))
    assert on(world.manicure, staff=world.mina) == []
    assert on(world.manicure, staff=world.ayla) == ["07:00"]


def test_another_shops_rows_change_nothing(world):
    other = a_shop(an_owner("other@example.com"), name="Other")
    set_hours(other, ("06:00", "08:00"))
    scheduling.add_exception(shop=other, reason="holiday", start_date=THURSDAY, end_date=THURSDAY)
    assert on(world.manicure) == grid("10:00", "17:00")


def test_windows_past_midnight():
    shop = a_shop(an_owner())
    Schedule.objects.all().delete()
    set_hours(shop, ("20:00", "02:00"))  # Thursday night
    mina = shops.create_staff_member(shop=shop, name="Mina Haddad")
    service = a_service(shop, staff=[mina])
    assert on(service, THURSDAY) == grid("20:00", "23:45")
    assert on(service, THURSDAY + DAY) == grid("00:00", "01:00")
    assert load(service, THURSDAY, THURSDAY + DAY).starts_on(THURSDAY + DAY) == 5
    # The appointment that begins before midnight stands in the way after it, whichever day is loaded.
    claims.block(staff_member=mina, start=berlin(3, "23:30"), end=berlin(4, "00:20"), now=NOW)
    assert on(service, THURSDAY) == grid("20:00", "22:30")
    assert on(service, THURSDAY + DAY) == ["00:30", "00:45", "01:00"]


def test_midnight_closes_at_midnight(world):
    set_hours(world.shop, ("22:00", "00:00"))
    assert on(world.manicure) == grid("22:00", "23:00")


def test_a_service_may_begin_on_one_day_and_end_on_the_next(world):
    Schedule.objects.all().delete()
    for weekday in (3, 4):
        scheduling.add_hours(shop=world.shop, day_of_week=weekday, start_time=time(0), end_time=time(0))
    assert "23:45" in on(world.manicure, THURSDAY)
    assert on(world.manicure, THURSDAY + DAY)[-1] == "23:00"


@pytest.mark.parametrize(
    ("zone", "day", "first_utc", "count"),
    [
        ("Europe/Berlin", date(2027, 3, 28), datetime(2027, 3, 28, 0, tzinfo=UTC), 8),  # 01:00–09:00 is 7 hours
        ("Europe/Berlin", date(2026, 10, 25), datetime(2026, 10, 24, 23, tzinfo=UTC), 10),
        ("America/Los_Angeles", date(2026, 12, 3), datetime(2026, 12, 3, 9, tzinfo=UTC), 9),
        ("Australia/Lord_Howe", date(2027, 4, 4), datetime(2027, 4, 3, 14, tzinfo=UTC), 9),  # half an hour more
    ],
)
def test_days_that_are_shorter_or_longer(zone, day, first_utc, count):
    """Hourly starts from 01:00 to 09:00 local: elapsed hours, whatever the clock does meanwhile."""
    shop = a_shop(an_owner(), timezone=zone, horizon_days=365)
    Schedule.objects.all().delete()
    scheduling.add_hours(
        shop=shop,
        day_of_week=day.weekday(),
        start_time=time(1),
        end_time=time(9, 50),
        slot_interval_minutes=60,
    )
    service = a_service(shop, staff=[shops.create_staff_member(shop=shop, name="Mina")])
    now = first_utc - timedelta(days=3)
    found = load(service, day, now=now).on(day)
    assert [one.start for one in found] == [first_utc + timedelta(hours=n) for n in range(count)]


def test_an_evening_is_busy_although_it_is_tomorrow_in_utc():
    zone = ZoneInfo("America/Los_Angeles")
    shop = a_shop(an_owner(), timezone=zone.key)
    mina = shops.create_staff_member(shop=shop, name="Mina")
    service = a_service(shop, staff=[mina])
    start = datetime(2026, 12, 3, 17, 0, tzinfo=zone)
    assert start.astimezone(UTC).date() == THURSDAY + DAY
    bookings.book(service_id=service.pk, staff_id=mina.pk, start=start, contact=a_guest(), by=GUEST, now=NOW)
    assert on(service) == grid("10:00", "16:00")


# --- Claims ---------------------------------------------------------------------------------------


def test_bookings_holds_and_blocks_are_busy(world):
    a_booking(world, berlin(3, "10:00"))
    a_booking(world, berlin(3, "13:00"), is_guest=True)
    claims.block(staff_member=world.mina, start=berlin(3, "16:00"), end=berlin(3, "20:00"), now=NOW)
    free = grid("11:00", "12:00") + grid("14:00", "15:00")
    assert on(world.manicure, staff=world.mina) == free
    assert on(world.manicure, staff=world.ayla) == grid("10:00", "17:00")


def test_a_hold_is_busy_until_it_is_over(world):
    a_booking(world, berlin(3, "10:00"), is_guest=True)
    over = NOW + timedelta(minutes=30)
    assert on(world.manicure, staff=world.mina, now=over - timedelta(seconds=1))[0] == "11:00"
    assert on(world.manicure, staff=world.mina, now=over)[0] == "10:00"
    assert TimeSlot.objects.count() == 1  # nobody had to clear it away


def test_the_own_claim_counts_as_free(world):
    booking = a_booking(world, berlin(3, "10:00"))
    assert "10:15" not in on(world.manicure, staff=world.mina)
    assert on(world.manicure, staff=world.mina, own_claim=booking.pk) == grid("10:00", "17:00")


@pytest.mark.parametrize("merged", [True, False])
def test_claims_that_touch_leave_the_same_times_free_joined_or_not(world, merged):
    for clock in ("10:00", "10:50", "11:40"):
        start = berlin(3, clock)
        claims.block(staff_member=world.mina, start=start, end=start + timedelta(minutes=50), now=NOW)
    assert on(world.manicure, staff=world.mina, merged=merged) == grid("12:30", "17:00")


def test_a_claim_with_seconds_is_busy_for_each_minute_it_touches(world):
    start = berlin(3, "11:50") + timedelta(seconds=1)
    claims.block(staff_member=world.mina, start=start, end=start + timedelta(seconds=1), now=NOW)
    free = on(world.manicure, staff=world.mina)
    assert "11:00" in free and "11:15" not in free and "12:00" in free
    claims.block(
        staff_member=world.mina, start=berlin(3, "13:45"), end=berlin(3, "14:00") + timedelta(seconds=1), now=NOW
    )
    assert "14:00" not in on(world.manicure, staff=world.mina)


def test_buffers_keep_appointments_apart(world):
    world.manicure.buffer_before_minutes, world.manicure.buffer_after_minutes = 10, 15
    world.manicure.save()
    # Buffers may reach outside the hours.
    assert on(world.manicure) == grid("10:00", "17:00")
    claims.block(staff_member=world.mina, start=berlin(3, "12:00"), end=berlin(3, "13:00"), now=NOW)
    # Until 11:50 and 15 more would meet 12:00; from 13:00 on 10 minutes are needed before.
    assert on(world.manicure, staff=world.mina) == grid("10:00", "10:45") + grid("13:15", "17:00")


# --- Lead time and horizon ------------------------------------------------------------------------


def test_not_sooner_than_the_lead_time(world):
    today = date(2026, 11, 30)
    now = berlin(30, "11:01", month=11)
    assert on(world.manicure, today, now=now)[0] == "12:15"  # 60 minutes' notice, from 12:01
    assert on(world.manicure, today, now=berlin(30, "11:00", month=11))[0] == "12:00"


def test_not_later_than_the_horizon(world):
    world.shop.horizon_days = 3
    world.shop.save()
    assert on(world.manicure, THURSDAY) == grid("10:00", "17:00")
    assert on(world.manicure, THURSDAY + DAY) == []
    world.shop.horizon_days = 0
    world.shop.save()
    assert on(world.manicure, date(2026, 11, 30)) == grid("10:00", "17:00")
    assert on(world.manicure, date(2026, 12, 1)) == []


# --- Who ------------------------------------------------------------------------------------------


def test_own_price_and_duration(world):
    zoe = shops.create_staff_member(shop=world.shop, name="Zoe")
    shops.assign(staff_member=zoe, service=world.manicure, price=Decimal(55), duration_minutes=80)
    shown = load(world.manicure)
    found = shown.on(THURSDAY, zoe.pk)
    assert clocks(found) == grid("10:00", "16:30")
    assert (found[0].performer.price, found[0].end - found[0].start) == (55, timedelta(minutes=80))
    others = shown.on(THURSDAY, world.mina.pk)[0].performer
    assert (others.price, others.duration_minutes) == (42, 50)
    booking = bookings.book(
        service_id=world.manicure.pk, staff_id=zoe.pk, start=found[0].start, contact=a_guest(), by=GUEST, now=NOW
    )
    assert (booking.price, booking.duration_minutes, booking.ends_at) == (55, 80, berlin(3, "11:20"))


def test_a_price_of_nothing_is_a_price(world):
    zoe = shops.create_staff_member(shop=world.shop, name="Zoe")
    shops.assign(staff_member=zoe, service=world.manicure, price=Decimal(0))
    assert load(world.manicure).performer(zoe.pk).price == 0


def test_what_was_sold_decides_how_long_it_takes(world):
    assert on(world.manicure, duration_minutes=240)[-1] == "14:00"


def test_who_does_not_do_it_or_is_not_there_is_not_offered(world):
    shops.create_staff_member(shop=world.shop, name="Zoe")
    world.ayla.is_active = False
    world.ayla.save()
    assert [one.staff for one in load(world.manicure).performers] == [world.mina]


def choice(world: World, clock: str = "10:00", **options: object) -> StaffMember:
    """Who is shown for anyone free, having made sure that it is who gets the booking."""
    start = berlin(3, clock)
    shown = load(world.manicure, **options).at(start).performer.staff
    with transaction.atomic():
        booking = bookings.book(
            service_id=world.manicure.pk, staff_id=None, start=start, contact=a_guest(), by=GUEST, now=NOW
        )
        assert booking.staff_member == shown
        transaction.set_rollback(True)
    return shown


@pytest.fixture
def without_primary(world) -> World:
    world.manicure.assignments.update(is_primary=False)
    return world


def test_anyone_is_the_primary_even_when_busier(world):
    a_booking(world, berlin(3, "14:00"))
    assert choice(world) == world.mina
    assert choice(world, "14:00") == world.ayla


def test_then_who_has_the_least_booked_that_day(without_primary):
    world = without_primary
    assert choice(world) == world.ayla  # nobody has anything: by name
    a_booking(world, berlin(3, "14:00"), staff=world.ayla)
    assert choice(world) == world.mina
    a_booking(world, berlin(3, "14:00"))
    a_booking(world, berlin(3, "16:00"))
    assert choice(world) == world.ayla
    # Of that day alone.
    a_booking(world, berlin(4, "10:00"), staff=world.ayla)
    a_booking(world, berlin(2, "10:00"), staff=world.ayla)
    assert choice(world) == world.ayla


def test_blocked_time_is_not_booked_time(without_primary):
    world = without_primary
    claims.block(staff_member=world.ayla, start=berlin(3, "12:00"), end=berlin(3, "18:00"), now=NOW)
    assert choice(world) == world.ayla
    a_booking(world, berlin(3, "10:00"), staff=world.ayla, is_guest=True)
    assert choice(world, "11:00") == world.mina  # a hold is


def test_each_start_names_who_would_get_it(without_primary):
    world = without_primary
    a_booking(world, berlin(3, "10:00"), staff=world.ayla)
    shown = {one.start: one.performer.staff for one in load(world.manicure).on(THURSDAY)}
    assert len(shown) == 29
    claims.block(staff_member=world.mina, start=berlin(3, "15:00"), end=berlin(3, "18:00"), now=NOW)
    shown = {one.start: one.performer.staff for one in load(world.manicure).on(THURSDAY)}
    for start, staff in shown.items():
        with transaction.atomic():
            booking = bookings.book(
                service_id=world.manicure.pk, staff_id=None, start=start, contact=a_guest(), by=GUEST, now=NOW
            )
            assert booking.staff_member == staff
            transaction.set_rollback(True)
    assert set(shown.values()) == {world.mina, world.ayla}


# --- Looking ahead --------------------------------------------------------------------------------


def book_up(world: World, days: int) -> datetime:
    """Nobody is free for so many days from today; returns the first free start after that."""
    first = berlin(30, "00:00", month=11)
    for staff in (world.mina, world.ayla):
        for number in range(days):
            start = first + number * DAY
            claims.block(staff_member=staff, start=start, end=start + DAY, now=NOW)
    after = first.date() + days * DAY
    while after.weekday() == 6:
        after += DAY
    return datetime.combine(after, time(10), BERLIN)


@pytest.mark.parametrize("days", [0, 1, 31, 62])
def test_the_next_free_time_after_a_fully_booked_month(world, days):
    expected = book_up(world, days)
    service = Service.objects.select_related("shop").get(pk=world.manicure.pk)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = openings.next_free(service, now=NOW, limit=3)
    assert len(queries) <= 4
    assert [one.start for one in found] == [expected + timedelta(minutes=15 * n) for n in range(3)]
    for opening in found:
        assert openings.load(service, now=NOW, first=opening.start.date(), last=opening.start.date()).at(opening.start)

    week = load(service, date(2026, 11, 30), date(2026, 12, 6))
    with CaptureQueriesContext(connection) as queries:
        later = week.look_ahead(date(2026, 12, 7), now=NOW, limit=2)
    assert len(queries) == 1
    not_before = max(expected, berlin(7, "10:00"))
    assert [one.start for one in later] == [not_before, not_before + timedelta(minutes=15)]


def test_nothing_is_free_up_to_the_horizon(world):
    book_up(world, 91)
    service = Service.objects.select_related("shop").get(pk=world.manicure.pk)
    with CaptureQueriesContext(connection) as queries:
        assert openings.next_free(service, now=NOW) == []
    assert len(queries) <= 4
    assert load(service).look_ahead(THURSDAY, now=NOW) == []
    assert openings.next_free(service, now=NOW, after=date(2028, 1, 1)) == []
    assert load(service).look_ahead(date(2028, 1, 1), now=NOW) == []


def test_the_next_free_time_of_one_person(world):
    start = berlin(1, "00:00")
    claims.block(staff_member=world.mina, start=start, end=start + 10 * DAY, now=NOW)
    (found,) = openings.next_free(world.manicure, now=NOW, staff_id=world.mina.pk, after=date(2026, 12, 1))
    assert (found.start, found.performer.staff) == (berlin(11, "10:00"), world.mina)
    (anyone,) = openings.next_free(world.manicure, now=NOW, after=date(2026, 12, 1))
    assert (anyone.start, anyone.performer.staff) == (berlin(1, "10:00"), world.ayla)


def test_looking_ahead_knows_exceptions_up_to_the_horizon(world):
    scheduling.add_exception(
        shop=world.shop, reason="holiday", start_date=date(2026, 12, 7), end_date=date(2027, 1, 31)
    )
    week = load(world.manicure, date(2026, 11, 30), date(2026, 12, 6))
    (found,) = week.look_ahead(date(2026, 12, 7), now=NOW)
    assert found.start == berlin(1, "10:00", month=2, year=2027)


def test_the_last_free_time_of_a_span(world):
    shown = load(world.manicure, date(2026, 11, 30), THURSDAY)
    span = shown.bounds(date(2026, 11, 30))[0], shown.bounds(THURSDAY)[0]
    assert shown.last_free(frm=span[0], to=span[1]).start == berlin(2, "17:00")
    assert shown.last_free(frm=span[0], to=span[0]) is None


def test_the_nearest_openings_are_in_order_of_time(world):
    found = load(world.manicure).on(THURSDAY)
    assert clocks(openings.nearest(found, berlin(3, "12:05"), 3)) == ["11:45", "12:00", "12:15"]
    assert clocks(openings.nearest(found, berlin(3, "06:00"), 2)) == ["10:00", "10:15"]
    assert clocks(openings.nearest(found, berlin(3, "23:00"), 2)) == ["16:45", "17:00"]
    assert openings.nearest([], berlin(3, "12:00"), 3) == []


# --- Cost -----------------------------------------------------------------------------------------


def queries_of(**span: object) -> int:
    service = Service.objects.select_related("shop").get(name="Gel manicure")
    with CaptureQueriesContext(connection) as queries:
        shown = openings.load(service, now=NOW, **span)
        for number in range((span["last"] - span["first"]).days + 1):
            for opening in shown.on(span["first"] + number * DAY):
                assert opening.performer.staff.name
    return len(queries)


def test_loading_costs_the_same_whatever_there_is(world):
    short, long = {"first": THURSDAY, "last": THURSDAY}, {"first": THURSDAY, "last": THURSDAY + 60 * DAY}
    cost = queries_of(**short)
    assert cost <= 4
    assert queries_of(**long) == cost
    for number in range(6):
        zoe = shops.create_staff_member(shop=world.shop, name=f"Zoe {number}")
        shops.assign(staff_member=zoe, service=world.manicure)
        set_hours(world.shop, ("09:00", "19:00"), staff=zoe)
        add_exception(world, "special", staff=zoe, hours=("08:00", "20:00"))
        for hour in range(8):
            start = berlin(3, f"{hour + 9:02}:00")
            claims.block(staff_member=zoe, start=start, end=start + timedelta(minutes=30), now=NOW)
    assert queries_of(**short) == queries_of(**long) == cost


def test_many_services_cost_as_much_as_one(world):
    other = a_shop(an_owner("other@example.com"), name="Other", timezone="America/Los_Angeles")
    services = [
        a_service(other, name=f"Service {number}", staff=[shops.create_staff_member(shop=other, name=f"Zoe {number}")])
        for number in range(4)
    ]
    loaded = list(Service.objects.select_related("shop").filter(pk__in=[one.pk for one in [world.manicure, *services]]))
    with CaptureQueriesContext(connection) as queries:
        shown = openings.load_many(loaded, now=NOW, first=THURSDAY, last=THURSDAY)
        found = {service.pk: clocks(shown[service.pk].on(THURSDAY), shown[service.pk].zone) for service in loaded}
    assert len(queries) <= 4
    # Each day is local to its shop.
    assert set(map(tuple, found.values())) == {tuple(grid("10:00", "17:00"))}


def test_a_person_with_two_services_is_busy_for_both(world):
    pedicure = a_service(world.shop, name="Pedicure", staff=[world.mina], duration_minutes=30)
    a_booking(world, berlin(3, "10:00"))
    shown = openings.load_many([world.manicure, pedicure], now=NOW, first=THURSDAY, last=THURSDAY)
    assert clocks(shown[pedicure.pk].on(THURSDAY, world.mina.pk))[0] == "11:00"
    assert clocks(shown[pedicure.pk].on(THURSDAY, world.mina.pk))[-1] == "17:30"


# --- Why not --------------------------------------------------------------------------------------


def why(world: World, start: datetime, staff: StaffMember | None = None, **options: object) -> Refusal | None:
    """The reason, having made sure that booking is refused with the same one."""
    day = start.astimezone(BERLIN).date()
    reason = load(world.manicure, day, **options).refusal(start, staff.pk if staff else None)
    if reason is not None:
        with pytest.raises(BookingError) as refused:
            bookings.book(
                service_id=world.manicure.pk,
                staff_id=staff.pk if staff else None,
                start=start,
                contact=a_guest(),
                by=GUEST,
                now=NOW,
            )
        assert refused.value.code == reason
        assert refused.value.message
        assert not refused.value.is_lost_race or reason in {"taken", "buffer"}
    return reason


def test_reasons(world):
    world.manicure.buffer_after_minutes = 10
    world.manicure.save()
    assert why(world, berlin(3, "10:00")) is None
    assert why(world, berlin(3, "10:05")) == "off_grid"
    assert why(world, berlin(3, "10:00") + timedelta(seconds=1)) == "off_grid"
    assert why(world, berlin(3, "09:45")) == "outside_hours"
    assert why(world, berlin(3, "17:15")) == "outside_hours"
    assert why(world, berlin(6, "12:00")) == "closed"
    assert why(world, NOW + timedelta(minutes=45)) == "too_soon"
    assert why(world, NOW - timedelta(minutes=15)) == "too_soon"
    assert why(world, berlin(1, "12:00", month=3, year=2027)) == "too_far"
    a_booking(world, berlin(3, "12:00"))
    assert why(world, berlin(3, "12:00"), world.mina) == "taken"
    assert why(world, berlin(3, "11:15"), world.mina) == "taken"
    assert why(world, berlin(3, "12:45"), world.mina) == "taken"
    assert why(world, berlin(3, "11:00"), world.mina) is None
    claims.block(staff_member=world.mina, start=berlin(3, "15:55"), end=berlin(3, "16:30"), now=NOW)
    assert why(world, berlin(3, "15:00"), world.mina) == "buffer"
    add_exception(world, "time_off", staff=world.ayla)
    assert why(world, berlin(3, "12:00"), world.ayla) == "time_off"


def test_reasons_for_anyone_are_of_who_comes_closest(world):
    a_booking(world, berlin(3, "12:00"))
    assert why(world, berlin(3, "12:00")) is None
    add_exception(world, "time_off", staff=world.ayla)
    assert why(world, berlin(3, "12:00")) == "taken"
    add_exception(world, "holiday")
    assert why(world, berlin(3, "12:00")) == "closed"


def test_reasons_about_who_and_what(world):
    start = berlin(3, "12:00")
    zoe = shops.create_staff_member(shop=world.shop, name="Zoe")
    assert why(world, start, zoe) == "not_offered"
    world.mina.is_active = False
    world.mina.save()
    assert why(world, start, world.mina) == "not_offered"
    for row in (world.manicure, world.shop):
        row.is_active = False
        row.save()
        assert why(world, start) == "inactive"
        row.is_active = True
        row.save()
    assert why(world, start) is None


# --- The shop's own people ------------------------------------------------------------------------


@pytest.mark.parametrize("interval", [12, 15, 45])
def test_the_shops_people_may_start_where_customers_may_and_every_five_minutes(interval):
    shop = a_shop(an_owner(), slot_interval_minutes=interval)
    mina = shops.create_staff_member(shop=shop, name="Mina")
    service = a_service(shop, staff=[mina])
    customers, people = on(service), on(service, is_shop=True)
    assert customers == grid("10:00", "17:10", interval)
    assert people == sorted({*customers, *grid("10:00", "17:10", 5)})
    for clock in (customers[1], "10:05"):
        with transaction.atomic():
            booking = bookings.book(
                service_id=service.pk,
                staff_id=None,
                start=berlin(3, clock),
                contact=Contact("Walk-in"),
                by=by_owner(shop.client),
                now=NOW,
            )
            assert booking.status == "confirmed"
            transaction.set_rollback(True)
    with pytest.raises(BookingError) as refused:
        bookings.book(
            service_id=service.pk, staff_id=None, start=berlin(3, "10:05"), contact=a_guest(), by=GUEST, now=NOW
        )
    assert refused.value.code == "off_grid"


# --- What is offered can be booked ----------------------------------------------------------------

ZONES = ["Europe/Berlin", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kolkata"]


@dataclass
class RandomWorld:
    """A shop with hours, exceptions, people and claims drawn at random; it is 20 minutes past some hour."""

    rng: random.Random
    shop: Shop
    service: Service
    staff: list[StaffMember]
    now: datetime


def a_random_world(seed: int) -> RandomWorld:
    rng = random.Random(seed)
    zone = ZONES[seed % len(ZONES)]
    interval = rng.choice([5, 10, 15, 20, 45])
    shop = a_shop(
        an_owner(),
        timezone=zone,
        slot_interval_minutes=interval,
        lead_time_minutes=rng.choice([0, 90, 60 * 20]),
        horizon_days=rng.choice([2, 3, 30]),
    )
    Schedule.objects.all().delete()
    # Around the nights in which Berlin and Lord Howe put their clocks.
    now = datetime(2027, 3, 27, 10, 20, tzinfo=UTC) if seed % 2 == 0 else datetime(2027, 4, 2, 10, 20, tzinfo=UTC)
    today = now.astimezone(shop.zone).date()
    staff = [shops.create_staff_member(shop=shop, name=name) for name in ("Mina", "Ayla", "Zoe")]
    service = a_service(
        shop,
        duration_minutes=rng.choice([25, 50, 90]),
        buffer_before_minutes=rng.choice([0, 10]),
        buffer_after_minutes=rng.choice([0, 5, 15]),
    )
    for number, member in enumerate(staff):
        shops.assign(
            staff_member=member,
            service=service,
            is_primary=number == 0,
            duration_minutes=rng.choice([None, None, 40]),
        )
    for owner in (None, staff[2]):
        for weekday in range(7):
            for opening, closing in rng.choice([[(10, 13), (14, 18)], [(9, 17)], [(20, 2)], [(0, 5), (12, 0)], []]):
                scheduling.add_hours(
                    shop=shop,
                    staff_member=owner,
                    day_of_week=weekday,
                    start_time=time(opening, rng.choice([0, 10, 30])),
                    end_time=time(closing),
                )
    scheduling.add_exception(
        shop=shop, staff_member=staff[1], reason="time_off", start_date=today + DAY, end_date=today + DAY
    )
    scheduling.add_exception(
        shop=shop,
        reason="special",
        start_date=today + 2 * DAY,
        end_date=today + 2 * DAY,
        start_time=time(1, 30),
        end_time=time(8),
    )
    for member in staff:
        for _number in range(10):
            start = now + timedelta(minutes=rng.randrange(-600, 4 * 24 * 60))
            end = start + timedelta(minutes=rng.randrange(1, 120), seconds=rng.choice([0, 30]))
            if not TimeSlot.objects.filter(staff_member=member, start_at__lt=end, end_at__gt=start).exists():
                slot = claims.block(staff_member=member, start=start, end=end, now=now)
                if rng.random() < 0.3:  # a hold that is over, or not yet
                    slot.status = "held"
                    slot.expires_at = now + timedelta(minutes=rng.choice([-1, 0, 1]))
                    slot.save()
    return RandomWorld(rng, shop, Service.objects.select_related("shop").get(pk=service.pk), staff, now)


def try_to_book(world: RandomWorld, start: datetime, staff: StaffMember | None) -> Booking | BookingError:
    """The booking, taken back at once with all its constraints checked, or the refusal."""
    try:
        with transaction.atomic():
            booking = bookings.book(
                service_id=world.service.pk,
                staff_id=staff.pk if staff else None,
                start=start,
                contact=a_guest(),
                by=GUEST,
                now=world.now,
            )
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
            return booking
    except BookingError as error:
        return error


@pytest.mark.parametrize("seed", range(6))
def test_what_is_offered_can_be_booked_and_nothing_else(seed):
    world = a_random_world(seed)
    today = world.now.astimezone(world.shop.zone).date()
    days = [today + number * DAY for number in range(4)]
    shown = openings.load(world.service, now=world.now, first=days[0], last=days[-1])
    offered = defaultdict(dict)
    for staff in (None, *world.staff):
        for day in days:
            for opening in shown.on(day, staff.pk if staff else None):
                assert opening.start.astimezone(world.shop.zone).date() == day
                offered[staff][opening.start] = opening
    assert sum(len(found) for found in offered.values()) > 20

    for staff, found in offered.items():
        for start in world.rng.sample(sorted(found), min(12, len(found))):
            booking = try_to_book(world, start, staff)
            assert isinstance(booking, Booking), (start, staff, booking.code)
            assert (booking.staff_member, booking.ends_at) == (found[start].performer.staff, found[start].end)
            assert shown.refusal(start, staff.pk if staff else None) is None

    # Starts of the grid that were left out, other minutes, and the edges of what is loaded.
    midnight = shown.bounds(days[0])[0]
    span = shown.bounds(days[-1])[1] - midnight
    first = datetime.fromtimestamp(midnight * 60, UTC)
    minutes = {world.rng.randrange(span // 5) * 5 for _number in range(30)} | {
        world.rng.randrange(span) for _number in range(10)
    }
    refused = 0
    for minute in sorted(minutes):
        start, staff = first + timedelta(minutes=minute), world.rng.choice([None, *world.staff])
        if start in offered[staff]:
            continue
        error = try_to_book(world, start, staff)
        assert isinstance(error, BookingError), (start, staff)
        assert error.code == shown.refusal(start, staff.pk if staff else None)
        refused += 1
    assert refused > 10


def test_anyone_is_offered_what_somebody_is(world):
    a_booking(world, berlin(3, "10:00"))
    a_booking(world, berlin(3, "14:00"), staff=world.ayla)
    shown = load(world.manicure)
    each = {start for one in shown.performers for start in one.free(*shown.bounds(THURSDAY))}
    assert {minutes_of(one.start) for one in shown.on(THURSDAY)} == each
    assert shown.starts_on(THURSDAY) == len(each)
