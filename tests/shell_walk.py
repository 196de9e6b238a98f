"""Every address of the URLconf with things that exist in a small world, and everybody who may knock."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.exceptions import NoReverseMatch
from django.utils import timezone

from beautydrop.accounts.models import User
from beautydrop.bookings.messages import keys
from beautydrop.notifications.models import MailboxMessage
from beautydrop.shops import invitations
from tests.factories import PASSWORD, a_booking, a_world, berlin


@dataclass(frozen=True)
class Visit:
    """One address, by the name of its pattern, and who opens it."""

    name: str
    path: str
    client: Client
    who: str


def _patterns(found: list[Any], prefix: str = "", namespaces: tuple[str, ...] = ()) -> Iterator[tuple[str, str, Any]]:
    """(name, route, pattern) of every address, admin and allauth included."""
    for one in found:
        route = f"{prefix}{one.pattern}"
        if isinstance(one, URLResolver):
            inner = (*namespaces, one.namespace) if one.namespace else namespaces
            yield from _patterns(one.url_patterns, route, inner)
        elif isinstance(one, URLPattern):
            yield ":".join((*namespaces, one.name or "-")), route, one


def names(urlconf: str) -> list[str]:
    return [name for name, _route, _pattern in _patterns(get_resolver(urlconf).url_patterns)]


def visits(urlconf: str) -> Iterator[Visit]:
    """Each address as a stranger, and as those who see most: the salon's owner, and an administrator in the admin."""
    world = a_world()
    booking = a_booking(world, berlin(4, "10:00"))
    held = a_booking(world, berlin(3, "10:00"), is_guest=True)
    mail = MailboxMessage.objects.create(recipient="a@example.com", subject="S", text="T", html="<html><head></head>")
    administrator = User.objects.create_superuser("admin@example.com", PASSWORD)
    group = Group.objects.create(name="Support")
    invitation = invitations.invite(
        staff_member=world.ayla, email="ayla@example.com", level="staff", by=world.client.user, now=timezone.now()
    )
    known: dict[str, Any] = {
        "slug": world.shop.slug,
        "service_slug": world.manicure.slug,
        "booking_id": booking.pk,
        "staff_id": world.ayla.pk,
        "service_id": world.manicure.pk,
        "client_id": booking.shop_client_id,
        "act": "arrived",
        "key": keys.confirm_key(held),
        "name": "help",
        "pk": mail.pk,
        "width": 320,
        "kind": "booking.confirmed",
        "uidb36": "1",
        "app_label": "accounts",
        "content_type_id": 1,
        "url": "nothing/",
    }
    things = {"shop": world.shop, "service": world.manicure, "booking": booking, "user": administrator, "group": group}
    people = {
        "stranger": Client(),
        "owner": _signed_in(world.client.user),
        "administrator": _signed_in(administrator),
    }
    resolver = get_resolver(urlconf)
    for name, _route, pattern in _patterns(resolver.url_patterns):
        values = {}
        for word in pattern.pattern.regex.groupindex:
            values[word] = known.get(word, uuid.UUID(int=7))
            if word == "token":
                is_invitation = name == "manage:accept_invitation"
                values[word] = invitations.token_of(invitation) if is_invitation else held.token
            if word == "object_id":
                thing = next((one for kind, one in things.items() if f"_{kind}_" in name), None)
                values[word] = thing.pk if thing else "0"
        values.update(
            {"key": "set-password"} if name == "account_reset_password_from_key" else {},
        )
        namespace, _colon, short = name.rpartition(":")
        try:
            path = "/" + _reversed(resolver, name, values) if short != "-" else f"/{_route_of(_route, values)}"
        except NoReverseMatch:
            path = f"/{_route_of(_route, values)}"
        is_admins = namespace.startswith("admin") or path.startswith("/admin/")
        knocking = people
        if "logout" in name:  # with sessions of their own: the others go on
            knocking = {"owner": _signed_in(world.client.user), "administrator": _signed_in(administrator)}
        for who in ("stranger", "administrator") if is_admins else ("stranger", "owner"):
            yield Visit(name, path, knocking.get(who) or Client(), who)


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _reversed(resolver: Any, name: str, values: dict[str, Any]) -> str:
    from django.urls import reverse

    return reverse(name, urlconf=resolver.urlconf_name, kwargs=values).lstrip("/")


def _route_of(route: str, values: dict[str, Any]) -> str:
    """A route without a name of its own, such as the admin's catch-all or the limited sign-in in front of it."""
    return route.replace("^", "").split("(")[0].split("<")[0]
