"""The only writers of people."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from beautydrop.accounts.models import ClerkPerson, Client, Customer, Role, User


def record_verified_email(*, user: User, email: str) -> None:
    """The person opened a link sent to `email`; it counts when it is the address they sign in with."""
    if user.email.lower() == email.lower() and not user.email_verified:
        user.email_verified = True
        user.save(update_fields=["email_verified"])


def become_customer(*, user: User) -> Customer:
    """The booking side of a person, made at first need."""
    return Customer.objects.get_or_create(user=user)[0]


def become_client(*, user: User, business_name: str, phone: str = "") -> Client:
    """The owning side of a person; again, it renames the business."""
    client, is_new = Client.objects.get_or_create(user=user, defaults={"business_name": business_name, "phone": phone})
    if not is_new:
        client.business_name, client.phone = business_name, phone
        client.save(update_fields=["business_name", "phone", "updated_at"])
    if user.role == Role.CUSTOMER:
        user.role = Role.CLIENT
        user.save(update_fields=["role"])
    return client


@transaction.atomic
def register(
    *,
    email: str,
    password: str | None,
    first_name: str = "",
    last_name: str = "",
    role: str = Role.CUSTOMER,
    language: str = "",
    is_verified: bool = False,
    business_name: str = "",
) -> User:
    """A new account with its address (verified only when the caller has proof), and its customer or client side.

    Without a password it is one that signs in by Clerk.
    """
    user = User.objects.create_user(
        email,
        password,
        first_name=first_name,
        last_name=last_name,
        role=role,
        language=language,
        email_verified=is_verified,
    )
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=is_verified)
    if role == Role.CLIENT:
        Client.objects.create(user=user, business_name=business_name)
    if role == Role.CUSTOMER:
        become_customer(user=user)
    return user


def update_profile(
    *,
    user: User,
    first_name: str | None = None,
    last_name: str | None = None,
    phone: str | None = None,
    language: str | None = None,
) -> None:
    """Change what a person says about themselves; None leaves it. The phone is their customer side's."""
    said = {"first_name": first_name, "last_name": last_name, "language": language}
    changed = {name: value for name, value in said.items() if value is not None}
    with transaction.atomic():
        for name, value in changed.items():
            setattr(user, name, value)
        if changed:
            user.save(update_fields=list(changed))
        if phone is not None:
            customer = become_customer(user=user)
            customer.phone = phone
            customer.save(update_fields=["phone", "updated_at"])


@transaction.atomic
def begin_as(
    *,
    user: User,
    role: str,
    now: datetime,
    first_name: str | None = None,
    last_name: str | None = None,
    phone: str | None = None,
    business_name: str = "",
) -> bool:
    """What a person from Clerk came for: afterwards they have that side, a client named as they are without a name.

    True the first time. Later it makes a side that is missing and changes nothing else, so it may be sent again.
    """
    # Two at once come one after the other: the second finds what the first made.
    user = User.objects.select_for_update().get(pk=user.pk)
    is_first = bool(ClerkPerson.objects.filter(pk=user.clerk_user_id, welcomed_at=None).update(welcomed_at=now))
    if is_first:
        update_profile(user=user, first_name=first_name, last_name=last_name)
    if role == Role.CLIENT and not Client.objects.filter(user=user).exists():
        become_client(user=user, business_name=business_name or user.full_name, phone=phone or "")
    elif role == Role.CUSTOMER and (is_first or not Customer.objects.filter(user=user).exists()):
        become_customer(user=user)
        update_profile(user=user, phone=phone)
    return is_first
