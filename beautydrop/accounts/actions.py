"""The only writers of people."""

from allauth.account.models import EmailAddress
from django.db import transaction

from beautydrop.accounts.models import Client, Customer, Role, User


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


def update_profile(*, user: User, first_name: str, last_name: str, phone: str, language: str) -> None:
    """Change what a person says about themselves."""
    with transaction.atomic():
        user.first_name, user.last_name, user.language = first_name, last_name, language
        user.save(update_fields=["first_name", "last_name", "language"])
        customer = become_customer(user=user)
        customer.phone = phone
        customer.save(update_fields=["phone", "updated_at"])
