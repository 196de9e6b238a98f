"""The first salon, everybody there is, and what stands in the addresses: the world of tests/rights.py."""

import uuid
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.test import Client

from beautydrop.accounts.models import User
from beautydrop.bookings.messages import keys
from beautydrop.notifications import stopping
from beautydrop.notifications.models import MailboxMessage, OutboxMessage
from beautydrop.scheduling import actions as scheduling
from beautydrop.scheduling import claims
from beautydrop.shops import actions as shops
from beautydrop.shops import invitations
from beautydrop.shops.models import ShopPicture, StaffMember
from beautydrop.shops.pictures import file_name
from tests import factories
from tests.factories import NOW, World, a_booking, a_person, a_world, an_owner, berlin


@dataclass
class Town:
    """Everybody there is, and what stands in the addresses (see rights.ROLES)."""

    people: dict[str, User | None]
    values: dict[str, Any]
    rows: dict[str, Any]  # the model's label → the row that the admin's addresses name, where it matters which
    of_a_colleague: dict[str, Any]
    of_a_manager: dict[str, Any]
    other_slug: str

    def sign_in(self, client: Client, role: str) -> None:
        """With a session of its own, whatever became of the last one."""
        client.cookies.clear()
        if user := self.people[role]:
            client.force_login(user)


def a_town(media: Path) -> Town:
    """Made at NOW; `media` is the folder of the pictures."""
    world = a_world()
    for member, email, is_manager in ((world.mina, "mina@example.com", False), (world.ayla, "ayla@example.com", True)):
        member.user = a_person(email, name=member.name)
        member.is_manager = is_manager
        member.save()
    elsewhere = factories.a_shop(an_owner("other@example.com"), "Elsewhere")
    sam = shops.create_staff_member(shop=elsewhere, name="Sam Other")
    sam.user = a_person("sam@example.com", name="Sam Other")
    sam.save()
    values = _values(world, media)
    return Town(
        people={
            "stranger": None,
            "unverified": a_person("una@example.com", name="Una Unproved", is_verified=False),
            "customer": world.customer.user,
            "other customer": a_person("carl@example.com", name="Carl Other"),
            "staff": world.mina.user,
            "other staff": sam.user,
            "manager": world.ayla.user,
            "owner": world.client.user,
            "other owner": elsewhere.client.user,
            "helper": _with_admin("helper@example.com", is_superuser=False),
            "admin": _with_admin("admin@example.com", is_superuser=True),
        },
        values=values,
        rows={"scheduling.TimeSlot": values["block_id"], "accounts.User": world.customer.user.pk},
        of_a_colleague=_of(world, world.ayla, hour=15),
        of_a_manager={"staff_id": world.ayla.pk},
        other_slug=elsewhere.slug,
    )


def _with_admin(email: str, *, is_superuser: bool) -> User:
    user = a_person(email, name="Ada Admin")
    user.is_staff, user.is_superuser = True, is_superuser
    user.save()
    return user


def _values(world: World, media: Path) -> dict[str, Any]:
    """What stands in the addresses, each thing of the first salon and, where it is one person's, Mina's."""
    own = a_booking(world, berlin(4, "10:00"))
    guests = a_booking(world, berlin(3, "10:00"), is_guest=True)
    new = shops.create_staff_member(shop=world.shop, name="Toni New")
    invitation = invitations.invite(
        staff_member=new, email="toni@example.com", level="staff", by=world.client.user, now=NOW
    )
    picture = ShopPicture.objects.create(shop=world.shop, width=480, height=300)
    (media / "shops").mkdir()
    (media / "shops" / file_name(picture.pk, 480)).write_bytes(b"RIFF")
    mail = MailboxMessage.objects.create(recipient="a@example.com", subject="S", text="T", html="<html><head></head>")
    reminder = OutboxMessage(kind="booking.reminder_day", recipient="guest@example.com")
    return {
        "slug": world.shop.slug,
        "service_slug": world.manicure.slug,
        "service_id": world.manicure.pk,
        "client_id": own.shop_client_id,
        "picture_id": picture.pk,
        "width": 480,
        "act": "note",
        "name": "help",
        "pk": mail.pk,
        "token": own.token,
        "bookings:confirm token": guests.token,
        "bookings:change_address token": guests.token,
        "bookings:resend token": guests.token,
        "notifications:stop token": stopping.url_of(reminder).split("/")[-2],
        "manage:accept_invitation token": invitations.token_of(invitation),
        "manage:invite staff_id": new.pk,
        "manage:invite_again staff_id": new.pk,
        "manage:invite_withdraw staff_id": new.pk,
        "key": keys.confirm_key(guests),
        "account_confirm_email key": "a-key",
        "account_reset_password_from_key key": "set-password",
        "uidb36": "1",
        "app_label": "shops",
        "content_type_id": ContentType.objects.get_for_model(world.shop).pk,
        "admin:view_on_site object_id": world.shop.pk,
        "url": "nothing/",
        "kind": "booking.confirmed",
        "accounts:change_email key": "a-key",
        "accounts:clear name": "bookings",
        "session_id": uuid.UUID(int=0),
        "line_id": uuid.UUID(int=0),
        "device_id": 0,
        **_of(world, world.mina, hour=12),
    } | {"booking_id": own.pk}


def _of(world: World, member: StaffMember, *, hour: int) -> dict[str, Any]:
    """Things of one person at the salon."""
    booking = a_booking(world, berlin(8, f"{hour}:00"), staff=member)
    block = claims.block(staff_member=member, start=berlin(9, f"{hour}:00"), end=berlin(9, f"{hour + 1}:00"), now=NOW)
    off = scheduling.add_exception(
        shop=world.shop,
        staff_member=member,
        reason="time_off",
        start_date=date(2026, 12, 17),
        end_date=date(2026, 12, 18),
    )
    return {"staff_id": member.pk, "booking_id": booking.pk, "block_id": block.pk, "exception_id": off.pk}
