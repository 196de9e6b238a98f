"""The first salon, everybody there is, and what stands in the addresses: the world of tests/rights.py."""

import time
import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from beautydrop.accounts.models import EmailChange, OpenSession, User
from beautydrop.bookings.messages import keys
from beautydrop.notifications import stopping
from beautydrop.notifications.models import MailboxMessage, Notification, OutboxMessage, PushSubscription
from beautydrop.scheduling import actions as scheduling
from beautydrop.scheduling import claims
from beautydrop.shops import actions as shops
from beautydrop.shops import invitations
from beautydrop.shops.models import ShopPicture, StaffMember
from beautydrop.shops.pictures import file_name
from tests import factories
from tests.factories import NOW, World, a_booking, a_person, a_world, an_owner, berlin

_PROOFS = "account_authentication_methods"


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
            # As the sign-in page keeps it: for five minutes nobody is asked for the password again.
            session = client.session
            session[_PROOFS] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
            session["account_authentication_methods_user"] = str(user.pk)
            session.save()

    @staticmethod
    def forget_the_password(client: Client) -> None:
        """The five minutes are over."""
        session = client.session
        session[_PROOFS][-1]["at"] -= 301
        session.save()


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
        **_of_the_customer(world.customer.user),
        **_of(world, world.mina, hour=12),
    } | {"booking_id": own.pk}


def _of_the_customer(user: User) -> dict[str, Any]:
    """What is one person's own: nobody else's request finds it. The passkey, which no test can use, is another's."""
    wish = EmailChange.objects.create(user=user, new_email="new@example.com", asked_at=NOW)
    session = OpenSession.objects.create(
        user=user, session_key="elsewhere", began_at=NOW, seen_at=NOW, expires_at=NOW + timedelta(days=1)
    )
    line = Notification.objects.create(
        user=user, message_id=uuid.uuid4(), kind="booking.confirmed", title="Confirmed", path="/bookings/", at=NOW
    )
    device = PushSubscription.objects.create(
        user=user, endpoint="https://push.example/a", p256dh="a", auth="a", created_at=NOW
    )
    nobody_here = a_person("pia@example.com", name="Pia Passkey")
    passkey = Authenticator.objects.create(user=nobody_here, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone"})
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(user)
    return {
        "accounts:change_email key": wish.key,
        "accounts:clear name": "bookings",
        "session_id": session.pk,
        "line_id": line.pk,
        "device_id": device.pk,
        "mfa_edit_webauthn pk": passkey.pk,
        "mfa_remove_webauthn pk": passkey.pk,
    }


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
