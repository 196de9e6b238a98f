"""Loading the openings of services: three queries, however many days, people and bookings."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from beautydrop.availability import Ask, Interval, Window, ceil_minutes, day_bounds, minutes_of
from beautydrop.scheduling.openings.busy import Busy, load_busy
from beautydrop.scheduling.openings.free import Opening, Openings, Performer
from beautydrop.scheduling.openings.hours import bookable_days, load_hours
from beautydrop.shops.models import Service, Shop, StaffServiceAssignment

# The shop's own people start appointments on this grid too, besides the customers'.
SHOP_GRID_MINUTES = 5
_YEAR_MINUTES = 366 * 24 * 60


def reach(shop: Shop, now: datetime, *, is_shop: bool = False) -> Interval:
    """The first bookable minute and the end of the horizon; the shop's own people may start now, up to a year ahead."""
    if is_shop:
        minute = minutes_of(now)
        return minute - minute % SHOP_GRID_MINUTES, minute + _YEAR_MINUTES
    _today, horizon = bookable_days(shop, now)
    return ceil_minutes(now + timedelta(minutes=shop.lead_time_minutes)), day_bounds(horizon, shop.zone)[1]


def load(
    service: Service,
    *,
    now: datetime,
    first: date,
    last: date,
    staff_id: uuid.UUID | None = None,
    own_claim: uuid.UUID | None = None,
    merged: bool = False,
    duration_minutes: int | None = None,
    is_shop: bool = False,
) -> Openings:
    """The openings of `service` (with its shop loaded) on the local days first..last, as of `now`.

    Time claimed by `own_claim` counts as free (rescheduling into one's own time), and `duration_minutes` is what
    was sold, whatever the service takes today. `is_shop` is for the shop's own people: no lead time, no horizon, and
    a five-minute grid besides the customers', but never over a claim or outside the hours. `merged` lets the server
    join touching claims: far faster over months, but then "least booked" counts blocks too.
    """
    loaded = load_many(
        [service],
        now=now,
        first=first,
        last=last,
        staff_id=staff_id,
        own_claim=own_claim,
        merged=merged,
        duration_minutes=duration_minutes,
        is_shop=is_shop,
    )
    return loaded[service.pk]


def load_many(
    services: Sequence[Service],
    *,
    now: datetime,
    first: date,
    last: date,
    staff_id: uuid.UUID | None = None,
    own_claim: uuid.UUID | None = None,
    merged: bool = False,
    duration_minutes: int | None = None,
    is_shop: bool = False,
) -> dict[uuid.UUID, Openings]:
    """As `load`, for several services of any shops (each day is local to its shop) in the same three queries."""
    by_service: dict[uuid.UUID, list[StaffServiceAssignment]] = defaultdict(list)
    assignments = StaffServiceAssignment.objects.filter(
        service__in=[service.pk for service in services], staff_member__is_active=True
    ).select_related("staff_member")
    if staff_id is not None:
        assignments = assignments.filter(staff_member=staff_id)
    for assignment in assignments:
        by_service[assignment.service_id].append(assignment)
    staff_ids = {one.staff_member_id for rows in by_service.values() for one in rows}
    shops = {service.shop_id: service.shop for service in services}

    # To the horizon, so that looking ahead needs no second look: there are few exceptions.
    furthest = max([last, *(bookable_days(shop, now)[1] for shop in shops.values())])
    hours = load_hours(list(shops.values()), staff_ids, first=first, last=furthest)
    busy = load_busy(
        staff_ids, first=first, last=last, shops=shops.values(), now=now, own_claim=own_claim, merged=merged
    )

    windows: dict[uuid.UUID, list[Window]] = {}
    result = {}
    for service in services:
        shop, rules = service.shop, hours[service.shop_id]
        zone = shop.zone
        earliest, latest = reach(shop, now, is_shop=is_shop)
        performers = []
        for assignment in by_service[service.pk]:
            staff = assignment.staff_member
            assignment.service = service
            duration = duration_minutes or assignment.actual_duration_minutes
            # Whoever has neither hours nor exceptions of their own works as the shop does.
            whose = staff.pk if staff.pk in rules.staff or staff.pk in rules.staff_exceptions else shop.pk
            if whose not in windows:
                worked = rules.windows(staff.pk, shop, first=first, last=last)
                finer = [replace(one, interval=SHOP_GRID_MINUTES) for one in worked] if is_shop else []
                windows[whose] = worked + finer
            performers.append(
                Performer(
                    staff=staff,
                    price=assignment.actual_price,
                    duration_minutes=duration,
                    is_primary=assignment.is_primary,
                    ask=Ask(
                        duration=duration,
                        buffer_before=service.buffer_before_minutes,
                        buffer_after=service.buffer_after_minutes,
                        earliest=earliest,
                        latest=latest,
                    ),
                    windows=windows[whose],
                    busy=busy.get(staff.pk) or Busy(),
                )
            )
        performers.sort(key=lambda one: (one.staff.position, one.staff.name))
        result[service.pk] = Openings(
            service=service,
            zone=zone,
            first=first,
            last=last,
            hours=rules,
            performers=performers,
            own_claim=own_claim,
        )
    return result


def next_free(
    service: Service,
    *,
    now: datetime,
    staff_id: uuid.UUID | None = None,
    after: date | None = None,
    limit: int = 1,
    own_claim: uuid.UUID | None = None,
    duration_minutes: int | None = None,
) -> list[Opening]:
    """The first `limit` openings from the local day `after` (default: today) to the shop's horizon; three queries."""
    today, horizon = bookable_days(service.shop, now)
    first = max(after or today, today)
    if first > horizon:
        return []
    openings = load(
        service,
        now=now,
        first=first,
        last=horizon,
        staff_id=staff_id,
        own_claim=own_claim,
        merged=True,
        duration_minutes=duration_minutes,
    )
    return openings.first_free(staff_id, frm=day_bounds(first, openings.zone)[0], limit=limit)
