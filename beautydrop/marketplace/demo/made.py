"""A salon of the demo as it stands in the database."""

from dataclasses import dataclass, field
from datetime import date, datetime

from beautydrop.accounts.models import Customer, User
from beautydrop.bookings.actions import By
from beautydrop.bookings.states import Actor
from beautydrop.marketplace.demo.plan import ShopPlan
from beautydrop.shops.models import Service, Shop, StaffMember


@dataclass(slots=True)
class MadeShop:
    """The rows made for `plan`, in its order; `customers` have an account and book here now and then."""

    plan: ShopPlan
    shop: Shop
    owner: User
    services: list[Service]
    staff: list[StaffMember]
    customers: list[Customer] = field(default_factory=list)

    @property
    def by_owner(self) -> By:
        return By(Actor.OWNER, self.owner)

    def local_day(self, at: datetime) -> date:
        """The date at the salon at an aware instant."""
        return at.astimezone(self.shop.zone).date()
