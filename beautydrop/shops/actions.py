"""The only writers of the catalogue. Each validates the whole row; the database has the last word.

Raise ValidationError with messages by field.
"""

import uuid
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from beautydrop.accounts.models import Client
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
