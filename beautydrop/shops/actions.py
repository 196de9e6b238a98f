"""The only writers of the catalogue. Each validates the whole row; the database has the last word.

Raise ValidationError with messages by field.
"""

import uuid
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from beautydrop.accounts.models import Client
from beautydrop.shops import menus
from beautydrop.shops.models import Service, Shop, StaffMember, StaffServiceAssignment


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
    """Change what a shop says about itself, or its policy. Bookings keep the terms they were made under."""
    for name, value in fields.items():
        setattr(shop, name, value)
    shop.full_clean()
    shop.save(update_fields=[*fields, "updated_at"])
    return shop


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
    made = []
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
def create_staff_member(*, shop: Shop, name: str, **fields: Any) -> StaffMember:
    """A new person at the shop."""
    member = StaffMember(shop=shop, name=name, **fields)
    member.full_clean()
    member.save(force_insert=True)
    return member


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
