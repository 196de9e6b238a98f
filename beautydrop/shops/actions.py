"""The only writers of the catalogue. Each validates the whole row; the database has the last word.

Raise ValidationError with messages by field.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Model, ProtectedError
from django.utils.text import slugify

from beautydrop.accounts import audit
from beautydrop.accounts.audit import Kind
from beautydrop.accounts.models import Client
from beautydrop.shops import menus
from beautydrop.shops.errors import StillNeeded
from beautydrop.shops.models import Service, Shop, StaffMember, StaffServiceAssignment

# Of a person in the team: what they may do here. Changes go on record.
RIGHTS = frozenset({"user", "is_manager", "is_active"})
# What customers pay, or may have to: by words in the columns' names, so that a new one can't be forgotten.
_MONEY = ("price", "percent", "deposit", "fee", "currency", "cutoff", "auto_confirmed", "tax")


def on_record(model: type[Model]) -> frozenset[str]:
    """The columns of prices and terms: who changes them, from what to what, goes on record."""
    return frozenset(field.attname for field in model._meta.concrete_fields if any(w in field.name for w in _MONEY))


@transaction.atomic
def create_shop(*, client: Client, name: str, **fields: Any) -> Shop:
    """A new shop with a free address on the site made from its name (and city, when taken)."""
    city = str(fields.get("city", ""))
    shop = Shop(client=client, name=name, slug=_free_slug(name, city), **fields)
    shop.full_clean()
    shop.save(force_insert=True)
    return shop


@transaction.atomic
def update_shop(*, shop: Shop, **fields: Any) -> Shop:
    """Change what a shop says about itself."""
    before = audit.facts(shop, on_record(Shop) & set(fields))
    for name, value in fields.items():
        setattr(shop, name, value)
    shop.full_clean()
    shop.save(update_fields=[*fields, "updated_at"])
    audit.record_changes(Kind.TERMS_CHANGED, shop, before)
    return shop


def settle_terms(*, shop: Shop, now: datetime, **terms: Any) -> Shop:
    """The policy, as the salon has decided it: charging nothing is a decision too, so the moment is kept.

    Bookings keep the terms they were made under.
    """
    return update_shop(shop=shop, terms_settled_at=now, **terms)


def set_open(*, shop: Shop, is_open: bool) -> Shop:
    """Open a shop for booking, or close it: nothing is deleted and what is booked stands."""
    shop.is_active = is_open
    shop.save(update_fields=["is_active", "updated_at"])
    return shop


@transaction.atomic
def take_over_menu(*, shop: Shop, kind: str) -> list[Service]:
    """Start with the ready-made menu for a kind of salon (a Category): its services, leaving out names already there.

    Everybody who works at the shop does them, until the shop says otherwise.
    """
    known = {name.casefold() for name in shop.services.values_list("name", flat=True)}
    made: list[Service] = []
    position = shop.services.count()
    staff = list(shop.staff_members.filter(is_active=True).order_by("position", "name"))
    for section, name, minutes, price, buffer in menus.ready_made(kind, shop.currency):
        if name.casefold() in known:
            continue
        service = create_service(
            shop=shop,
            name=name,
            price=price,
            duration_minutes=minutes,
            buffer_after_minutes=buffer,
            category=kind,
            menu_section=section,
            position=position + len(made),
        )
        for place, member in enumerate(staff):
            assign(staff_member=member, service=service, is_primary=place == 0)
        made.append(service)
    return made


@transaction.atomic
def create_service(
    *, shop: Shop, name: str, price: Decimal, duration_minutes: int, category: str, **fields: Any
) -> Service:
    """A new service; price in the shop's currency."""
    slug = _unique_in(slugify(name)[:70] or "service", set(shop.services.values_list("slug", flat=True)))
    service = Service(
        shop=shop,
        name=name,
        slug=slug,
        price=price,
        duration_minutes=duration_minutes,
        category=category,
        **fields,
    )
    service.full_clean()
    service.save(force_insert=True)
    return service


@transaction.atomic
def update_service(*, service: Service, **fields: Any) -> Service:
    """Change a service. What was booked keeps its name, price and duration; its address on the site stays."""
    before = audit.facts(service, on_record(Service) & set(fields))
    _updated(service, fields)
    audit.record_changes(Kind.PRICE_CHANGED, service, before, shop=service.shop_id)
    return service


def set_service_active(*, service: Service, is_active: bool) -> Service:
    """Offer a service, or take it off the menu. Bookings that were made stand."""
    return _updated(service, {"is_active": is_active})


@transaction.atomic
def delete_service(*, service: Service) -> None:
    """Delete a service that was never booked. Raises StillNeeded otherwise: its history is the bookings' too."""
    try:
        with transaction.atomic():
            service.delete()
    except ProtectedError as error:
        raise StillNeeded from error


@transaction.atomic
def arrange_services(*, shop: Shop, ids: Sequence[uuid.UUID]) -> None:
    """Put the menu in this order; services not named follow as they were."""
    _arranged(Service.objects.filter(shop=shop), ids)


@transaction.atomic
def create_staff_member(*, shop: Shop, name: str, **fields: Any) -> StaffMember:
    """A new person at the shop."""
    member = StaffMember(shop=shop, name=name, **fields)
    member.full_clean()
    member.save(force_insert=True)
    if member.user_id is not None:
        audit.record(Kind.JOINED_TEAM, subject=member, detail={"person": member.user_id, "shop": shop.pk})
    return member


@transaction.atomic
def update_staff_member(*, staff_member: StaffMember, **fields: Any) -> StaffMember:
    """Change what is said about a person, or what they may do."""
    before = audit.facts(staff_member, RIGHTS & set(fields))
    _updated(staff_member, fields)
    audit.record_changes(Kind.RIGHTS_CHANGED, staff_member, before, shop=staff_member.shop_id)
    return staff_member


@transaction.atomic
def deactivate_staff_member(*, staff_member: StaffMember, now: datetime) -> StaffMember:
    """They take no bookings any more and can't sign in here; the person and the past stay.

    Raises StillNeeded while live bookings of theirs lie ahead. Their row is locked first, as everybody does who
    claims their time, so no booking slips in between.
    """
    member = StaffMember.objects.select_for_update(no_key=True).get(pk=staff_member.pk)
    if coming_bookings(member, now=now).exists():
        raise StillNeeded
    return update_staff_member(staff_member=member, is_active=False)


def reactivate_staff_member(*, staff_member: StaffMember) -> StaffMember:
    """They work here again, with the services they did."""
    return update_staff_member(staff_member=staff_member, is_active=True)


@transaction.atomic
def arrange_staff(*, shop: Shop, ids: Sequence[uuid.UUID]) -> None:
    """Put the team in this order; people not named follow as they were."""
    _arranged(StaffMember.objects.filter(shop=shop), ids)


@dataclass(frozen=True, slots=True)
class Terms:
    """How somebody does a service: None means as the service says."""

    is_primary: bool = False
    price: Decimal | None = None
    duration_minutes: int | None = None


@transaction.atomic
def set_performers(*, service: Service, terms: Mapping[StaffMember, Terms], among: Iterable[StaffMember]) -> None:
    """Of the people `among`, those in `terms` do the service, in that way, and the others don't."""
    known = {one.staff_member_id: one for one in service.assignments.select_related("staff_member", "service")}
    for member in among:
        _set_terms(known.get(member.pk), member, service, terms.get(member))


@transaction.atomic
def set_services(*, staff_member: StaffMember, terms: Mapping[Service, Terms], among: Iterable[Service]) -> None:
    """Of the services `among`, the person does those in `terms`, in that way, and not the others."""
    known = {one.service_id: one for one in staff_member.assignments.select_related("staff_member", "service")}
    for service in among:
        _set_terms(known.get(service.pk), staff_member, service, terms.get(service))


@transaction.atomic
def assign(
    *,
    staff_member: StaffMember,
    service: Service,
    is_primary: bool = False,
    price: Decimal | None = None,
    duration_minutes: int | None = None,
) -> StaffServiceAssignment:
    """From now on this person does this service, at an own price and duration when given."""
    assignment = StaffServiceAssignment(
        shop=service.shop,
        staff_member=staff_member,
        service=service,
        is_primary=is_primary,
        price=price,
        duration_minutes=duration_minutes,
    )
    assignment.full_clean()
    assignment.save(force_insert=True)
    return assignment


def coming_bookings(of: Service | StaffMember, *, now: datetime) -> Any:
    """Live bookings of a service or a person that are not over, soonest first.

    Bookings belong to an app above this one and are reached over the relation; the names of their states are the
    database's own (see bookings/states.py, LIVE). A hold that ran out doesn't count.
    """
    live = of.bookings.filter(status__in=["pending", "confirmed", "arrived"], ends_at__gt=now)
    return live.exclude(status="pending", expires_at__lte=now).order_by("starts_at")


def _updated[Row: (Service, StaffMember)](row: Row, fields: Mapping[str, Any]) -> Row:
    for name, value in fields.items():
        setattr(row, name, value)
    row.full_clean()
    row.save(update_fields=[*fields, "updated_at"])
    return row


def _arranged(rows: Any, ids: Sequence[uuid.UUID]) -> None:
    found = {row.pk: row for row in rows.order_by("position", "name").select_for_update(no_key=True)}
    ordered = [found.pop(one) for one in ids if one in found] + list(found.values())
    for position, row in enumerate(ordered):
        row.position = position
    rows.model.objects.bulk_update(ordered, ["position"])


def _set_terms(
    known: StaffServiceAssignment | None, member: StaffMember, service: Service, terms: Terms | None
) -> None:
    if terms is None:
        if known is not None:
            known.delete()
        return
    if known is None:
        assign(
            staff_member=member,
            service=service,
            is_primary=terms.is_primary,
            price=terms.price,
            duration_minutes=terms.duration_minutes,
        )
        return
    if (known.is_primary, known.price, known.duration_minutes) == (
        terms.is_primary,
        terms.price,
        terms.duration_minutes,
    ):
        return
    before = audit.facts(known, ["price"])
    known.is_primary, known.price, known.duration_minutes = terms.is_primary, terms.price, terms.duration_minutes
    known.full_clean()
    known.save(update_fields=["is_primary", "price", "duration_minutes"])
    audit.record_changes(Kind.PRICE_CHANGED, known, before, shop=known.shop_id)


def _free_slug(name: str, city: str) -> str:
    base = slugify(name)[:60] or f"salon-{uuid.uuid4().hex[:6]}"
    if not Shop.objects.filter(slug=base).exists():
        return base
    with_city = f"{base}-{slugify(city)}"[:74].strip("-")
    taken = set(Shop.objects.filter(slug__startswith=with_city).values_list("slug", flat=True))
    return _unique_in(with_city, taken)


def _unique_in(base: str, taken: set[str]) -> str:
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug
