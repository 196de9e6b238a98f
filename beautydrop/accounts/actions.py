"""The only writers of people."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from beautydrop.accounts import audit, open_sessions, own_data
from beautydrop.accounts.errors import AccountError
from beautydrop.accounts.models import ClerkPerson, Client, Customer, EmailChange, Role, User

ERASED_NAME = "Erased account"


def record_verified_email(*, user: User, email: str) -> None:
    """The person opened a link sent to `email`; it counts when it is the address they sign in with."""
    if user.email.lower() == email.lower() and not user.email_verified:
        user.email_verified = True
        user.save(update_fields=["email_verified"])


def become_customer(*, user: User) -> Customer:
    """The booking side of a person, made at first need."""
    return Customer.objects.get_or_create(user=user)[0]


@transaction.atomic
def become_client(*, user: User, business_name: str, phone: str = "") -> Client:
    """The owning side of a person; again, it renames the business."""
    client, is_new = Client.objects.get_or_create(user=user, defaults={"business_name": business_name, "phone": phone})
    if not is_new:
        client.business_name, client.phone = business_name, phone
        client.save(update_fields=["business_name", "phone", "updated_at"])
    if user.role == Role.CUSTOMER:
        user.role = Role.CLIENT
        user.save(update_fields=["role"])
        audit.record(audit.Kind.RIGHTS_CHANGED, subject=user, detail={"role": [Role.CUSTOMER.value, user.role]})
    return client


def become_staff(*, user: User) -> None:
    """The person works in a salon from now on: that is what they mainly come for."""
    if user.role == Role.CUSTOMER:
        user.role = Role.STAFF
        user.save(update_fields=["role"])


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


@transaction.atomic
def ask_for_email(*, user: User, new_email: str, now: datetime) -> EmailChange:
    """Remember which address the person wants; asked again for the same one, its link stays and is valid anew.

    Also kept for an address that is somebody else's: saying so would tell whose addresses are here. It never comes
    true (change_email looks again).
    """
    new_email = new_email.strip().lower()
    # One after the other: two wishes at once must not both be new.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    found = EmailChange.objects.filter(user=user).first()
    if found and found.new_email == new_email:
        found.asked_at = now
        found.save(update_fields=["asked_at"])
        return found
    EmailChange.objects.filter(user=user).delete()
    return EmailChange.objects.create(user=user, new_email=new_email, asked_at=now)


def take_back_email(*, user: User) -> None:
    """The wish for another address is dropped; its link stops working."""
    EmailChange.objects.filter(user=user).delete()


def change_email(*, key: str, now: datetime) -> tuple[User, str]:
    """Who follows the link has the new mailbox: it becomes the person's address. They and the former address.

    Raises AccountError when the link is no good any more, or the address became somebody else's meanwhile.
    """
    taken = AccountError("taken", _("This address has become somebody else’s meanwhile. Choose another one."))
    try:
        with transaction.atomic():
            wish = EmailChange.of_key(key, now)
            if wish is None:
                raise AccountError("gone", _("This link has been used or is too old. Ask for a new one."))
            user = User.objects.select_for_update(no_key=True).get(pk=wish.user_id)
            # Of two clicks at once the second finds it gone.
            if not EmailChange.objects.filter(pk=wish.pk).delete()[0] or not user.is_active:
                raise AccountError("gone", _("This link has been used or is too old. Ask for a new one."))
            if is_email_taken(wish.new_email, by_another_than=user):
                raise taken
            former, user.email, user.email_verified = user.email, wish.new_email, True
            user.save(update_fields=["email", "email_verified"])
            EmailAddress.objects.filter(user=user).delete()
            EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
            own_data.moved(user, former, now)
            audit.record(audit.Kind.EMAIL_CHANGED, subject=user, now=now, detail={"email": [former, user.email]})
            return user, former
    except IntegrityError as error:  # taken at this very moment
        raise taken from error


def is_email_taken(email: str, *, by_another_than: User) -> bool:
    """True when another account signs in with it, or has proved it."""
    others = User.objects.exclude(pk=by_another_than.pk).filter(email=email)
    proved = EmailAddress.objects.exclude(user=by_another_than.pk).filter(email__iexact=email, verified=True)
    return others.exists() or proved.exists()


@transaction.atomic
def delete_account(*, user: User, now: datetime) -> None:
    """Forget the person. The row stays, without a name and switched off, because history points at it.

    Raises AccountError with the obstacles while something stands in the way. Every session ends.
    """
    locked = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    # Whoever books for this customer right now finishes first, and is seen below.
    list(Customer.objects.select_for_update().filter(user=locked).values_list("pk"))
    if not locked.is_active:
        return
    in_the_way = own_data.obstacles(locked, now)
    if in_the_way:
        raise AccountError("refused", _("Something stands in the way of deleting your account."), in_the_way)
    own_data.erase(locked, now)
    open_sessions.end_all(user=locked, now=now)
    Authenticator.objects.filter(user=locked).delete()
    EmailAddress.objects.filter(user=locked).delete()
    EmailChange.objects.filter(user=locked).delete()
    Customer.objects.filter(user=locked).update(phone="", updated_at=now)
    Client.objects.filter(user=locked).update(business_name=ERASED_NAME, phone="", updated_at=now)
    locked.groups.clear()
    locked.user_permissions.clear()
    locked.email = f"erased-{locked.pk}@erased.invalid"
    locked.first_name, locked.last_name, locked.language, locked.clerk_user_id = "", "", "", None
    locked.email_verified, locked.is_active, locked.last_login = False, False, None
    locked.set_unusable_password()  # also ends sessions that nobody has on record
    locked.save()
    audit.record(audit.Kind.ACCOUNT_DELETED, subject=locked, now=now)
