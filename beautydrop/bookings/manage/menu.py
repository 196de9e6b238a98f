"""What a shop sells and who does it, as the person at the desk may book it."""

import uuid
from dataclasses import dataclass

from beautydrop.bookings.manage.wanted import own_column
from beautydrop.shops.access import Standing
from beautydrop.shops.models import Service, StaffMember, StaffServiceAssignment


@dataclass(frozen=True, slots=True)
class Menu:
    """What the shop sells and who does it, as far as the person may book it: three queries."""

    services: list[Service]
    staff: list[StaffMember]
    does: dict[uuid.UUID, set[uuid.UUID]]

    @classmethod
    def load(cls, standing: Standing, *, is_whole: bool = False) -> "Menu":
        """`is_whole`: with what is switched off and, for a manager, what nobody does."""
        own = own_column(standing)
        staff = [own] if own else list(StaffMember.objects.filter(shop=standing.shop, is_active=True))
        does: dict[uuid.UUID, set[uuid.UUID]] = {}
        pairs = StaffServiceAssignment.objects.filter(staff_member__in=[one.pk for one in staff])
        for service_id, staff_id in pairs.values_list("service_id", "staff_member_id"):
            does.setdefault(service_id, set()).add(staff_id)
        found = standing.shop.services.all() if is_whole else standing.shop.services.filter(is_active=True)
        services = [one for one in found if one.pk in does or (is_whole and own is None)]
        for service in services:
            service.shop = standing.shop
        return cls(services, staff, does)

    def service(self, key: uuid.UUID | None) -> Service | None:
        return next((one for one in self.services if one.pk == key), None)

    def member(self, key: uuid.UUID | None) -> StaffMember | None:
        return next((one for one in self.staff if one.pk == key), None)
