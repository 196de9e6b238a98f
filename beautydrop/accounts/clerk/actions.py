"""The only writers of what comes from Clerk: people, their link to an account here, and sessions."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from beautydrop.accounts import actions as accounts
from beautydrop.accounts import second_factor
from beautydrop.accounts.clerk.errors import PersonRefused
from beautydrop.accounts.clerk.profiles import Profile
from beautydrop.accounts.models import ClerkPerson, ClerkSession, User


@transaction.atomic
def link_or_make(*, profile: Profile, now: datetime) -> User:
    """The account of somebody seen for the first time, whose address Clerk has verified.

    An account with the same address is theirs only when it was proved here too, and is never one that runs the
    site or has a second factor: those sign in with their password. Raises PersonRefused.
    """
    person = _locked(profile.clerk_user_id)
    if person.deleted_at is not None:
        raise PersonRefused("closed")
    if known := User.objects.filter(clerk_user_id=profile.clerk_user_id).first():
        return known
    user = User.objects.select_for_update().filter(email=profile.email).first()
    if EmailAddress.objects.filter(email__iexact=profile.email, verified=True).exclude(user=user).exists():
        raise PersonRefused("email_taken")  # somebody's second address, proved here
    if user is None:
        user = accounts.register(
            email=profile.email,
            password=None,
            first_name=profile.first_name,
            last_name=profile.last_name,
            is_verified=True,
        )
    else:
        _take_over(user, person, now=now)
    user.clerk_user_id = profile.clerk_user_id
    user.save(update_fields=["clerk_user_id"])
    _remember(person, profile)
    return user


def _take_over(user: User, person: ClerkPerson, *, now: datetime) -> None:
    """Raise PersonRefused unless the account that has the address may be linked; it knows its way around."""
    if user.clerk_user_id is not None or not user.email_verified:
        raise PersonRefused("email_taken")
    # Clerk asks for no second factor of ours, so an account that has one is not to be had without it.
    if user.is_staff or user.is_superuser or second_factor.is_set_up(user):
        raise PersonRefused("signs_in_with_password")
    if not user.is_active:
        was_closed_by_clerk = ClerkPerson.objects.filter(closed_account=user)
        if not was_closed_by_clerk.update(closed_account=None):
            raise PersonRefused("closed")
        user.is_active = True
        user.save(update_fields=["is_active"])
    person.welcomed_at = now


@transaction.atomic
def apply_profile(*, profile: Profile, now: datetime) -> str:
    """Take over what changed at Clerk, unless something newer was taken over already. Never a role.

    What the person changed here since stays as it is here. Returns what was done.
    """
    person = _locked(profile.clerk_user_id)
    user = User.objects.select_for_update().filter(clerk_user_id=profile.clerk_user_id).first()
    if person.deleted_at is not None or user is None:
        return "nobody of ours"
    if profile.version < person.profile_version:
        return "older than what is known"
    if profile.is_banned:
        end_sessions_of(clerk_user_id=profile.clerk_user_id, now=now)
    done = []
    for name in ("first_name", "last_name"):
        if getattr(user, name) == getattr(person, name) != getattr(profile, name):
            setattr(user, name, getattr(profile, name))
            done.append(name)
    user.save(update_fields=["first_name", "last_name"])
    is_followed = user.email == person.email
    if profile.email and is_followed and profile.email != user.email:
        done.append(_move_to(user, profile.email))
    _remember(person, profile)
    if is_followed and person.email != user.email:  # not verified yet, or somebody else's: the next news may help
        person.email = user.email
        person.save(update_fields=["email"])
    return ", ".join(done) or "nothing new"


def _move_to(user: User, email: str) -> str:
    """The address that Clerk verified becomes the account's, if it is nobody else's."""
    is_taken = User.objects.filter(email=email).exclude(pk=user.pk).exists()
    if is_taken or EmailAddress.objects.filter(email__iexact=email, verified=True).exclude(user=user).exists():
        return "email is somebody else's"
    EmailAddress.objects.filter(user=user, email__in=[user.email, email]).delete()
    EmailAddress.objects.filter(user=user, primary=True).update(primary=False)
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    user.email, user.email_verified = email, True
    user.save(update_fields=["email", "email_verified"])
    return "email"


@transaction.atomic
def close(*, clerk_user_id: str, now: datetime) -> str:
    """The person is deleted at Clerk: unlinked, their sessions ended; the account is closed when it has no password
    of its own. Nothing is deleted here: bookings and salons keep their people. Returns what was done."""
    person = _locked(clerk_user_id)
    if person.deleted_at is not None:
        return "closed before"
    person.deleted_at = now
    user = User.objects.select_for_update().filter(clerk_user_id=clerk_user_id).first()
    if user is not None:
        user.clerk_user_id = None
        if user.is_active and not user.has_usable_password():
            user.is_active = False
            person.closed_account = user
        user.save(update_fields=["clerk_user_id", "is_active"])
    person.save()
    end_sessions_of(clerk_user_id=clerk_user_id, now=now)
    return "nobody of ours" if user is None else "unlinked" if user.is_active else "unlinked and closed"


@transaction.atomic
def welcome(*, user: User, business_name: str, now: datetime) -> None:
    """The choice at the first sign-in: a customer, or with `business_name` the owner of salons."""
    if business_name:
        accounts.become_client(user=user, business_name=business_name)
    else:
        accounts.become_customer(user=user)
    ClerkPerson.objects.filter(pk=user.clerk_user_id, welcomed_at=None).update(welcomed_at=now)


@transaction.atomic
def begin_session(*, sid: str, clerk_user_id: str, now: datetime) -> None:
    """Raises PersonRefused when it is over already."""
    session, _is_new = ClerkSession.objects.select_for_update().get_or_create(
        sid=sid, defaults={"clerk_user_id": clerk_user_id, "began_at": now}
    )
    if session.ended_at is not None:
        raise PersonRefused("session_ended")


@transaction.atomic
def end_session(*, sid: str, clerk_user_id: str = "", now: datetime) -> str:
    """Whoever holds it is signed out with their next request. An unknown one is kept too: it never begins."""
    session, is_new = ClerkSession.objects.select_for_update().get_or_create(
        sid=sid, defaults={"clerk_user_id": clerk_user_id, "began_at": now, "ended_at": now}
    )
    if is_new:
        return "ended before it was seen"
    if session.ended_at is not None:
        return "ended before"
    session.ended_at = now
    session.save(update_fields=["ended_at"])
    return "ended"


def end_sessions_of(*, clerk_user_id: str, now: datetime) -> None:
    """All that were used here."""
    ClerkSession.objects.filter(clerk_user_id=clerk_user_id, ended_at=None).update(ended_at=now)


def _locked(clerk_user_id: str) -> ClerkPerson:
    return ClerkPerson.objects.select_for_update().get_or_create(pk=clerk_user_id)[0]


def _remember(person: ClerkPerson, profile: Profile) -> None:
    person.email, person.first_name, person.last_name = profile.email, profile.first_name, profile.last_name
    person.profile_version = profile.version
    person.save()


@transaction.atomic
def forget(*, user: User, now: datetime) -> None:
    """The person leaves this site, and stays at Clerk: coming back, they begin anew. The caller unlinks the account."""
    if user.clerk_user_id is not None:
        end_sessions_of(clerk_user_id=user.clerk_user_id, now=now)
        ClerkPerson.objects.filter(pk=user.clerk_user_id).delete()
    # Unlinked before, when they were deleted there: that they were stays known, who it was doesn't.
    ClerkPerson.objects.filter(email__iexact=user.email).update(email="", first_name="", last_name="")
