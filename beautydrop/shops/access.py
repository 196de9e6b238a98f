"""Access by one's standing at a shop: its owner, a manager, or staff.

A stranger is sent to sign in; a person without a standing at the shop gets 404 (it is not theirs to know);
one whose standing is too low gets 403.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from beautydrop.accounts.access import to_sign_in
from beautydrop.accounts.models import User
from beautydrop.shops.models import Shop, StaffMember

View = Callable[..., HttpResponse]


class Level(IntEnum):
    """What a standing allows; each includes the ones before."""

    STAFF = 1  # their own day, hours and time off
    MANAGER = 2  # everybody's, and the catalogue
    OWNER = 3  # the shop itself, its rights and its figures


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's relation to one shop; `staff_member` is their own row there, if any."""

    shop: Shop
    level: Level
    staff_member: StaffMember | None


def standing_of(user: object, shop: Shop) -> Standing | None:
    """How `user` stands to `shop` (with its client loaded), or None. At most one query."""
    if not isinstance(user, User) or not user.is_active:
        return None
    member = StaffMember.objects.filter(shop=shop, user=user, is_active=True).first()
    if shop.client.user_id == user.pk:
        shop.client.user = user  # known from both sides: the shell asks for the user's client
        return Standing(shop, Level.OWNER, member)
    if member is None:
        return None
    return Standing(shop, Level.MANAGER if member.is_manager else Level.STAFF, member)


def at_shop(level: Level) -> Callable[[View], View]:
    """For people who stand at least at `level` to the shop of the address: `view(request, standing, …)`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return to_sign_in(request, otherwise="/manage/")
            shop = Shop.objects.select_related("client").filter(slug=slug).first()
            standing = standing_of(request.user, shop) if shop else None
            if standing is None:
                raise Http404
            if standing.level < level:
                raise PermissionDenied
            request.standing = standing  # type: ignore[attr-defined]  # the shell's context reads it
            return view(request, standing, *args, **kwargs)

        wrapped = never_cache(inner)
        wrapped.access = f"shop:{level.name.lower()}"  # type: ignore[attr-defined]
        return wrapped

    return decorate


def shops_of(user: User) -> QuerySet[Shop]:
    """Every shop that the person may manage or works at, by name."""
    own = Shop.objects.filter(client__user=user)
    works = Shop.objects.filter(staff_members__user=user, staff_members__is_active=True)
    return (own | works).distinct().order_by("name", "pk")


def works_anywhere(user: User) -> bool:
    """True for the owner of a shop and for whoever works at one: one query."""
    return shops_of(user).exists()
