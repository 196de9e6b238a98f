"""Who a token's person is here: known, made or linked at first sight, kept in step, closed."""

from datetime import datetime

from django.db import IntegrityError

from beautydrop.accounts.clerk import actions, backend_api
from beautydrop.accounts.clerk.errors import ClerkUnavailable, PersonRefused
from beautydrop.accounts.clerk.profiles import Profile, read_profile
from beautydrop.accounts.clerk.tokens import Claims
from beautydrop.accounts.models import ClerkPerson, ClerkSession, User

__all__ = ["PersonRefused", "person_of", "refresh"]


def person_of(claims: Claims, *, now: datetime) -> User:
    """The active person of a verified token; at first sight, Clerk is asked who it is.

    Raises PersonRefused (a TokenRefused) with a reason of errors.py.
    """
    if ClerkSession.objects.filter(sid=claims.sid, ended_at__isnull=False).exists():
        raise PersonRefused("session_ended")
    user = User.objects.filter(clerk_user_id=claims.sub).first() or _at_first_sight(claims.sub, now=now)
    if not user.is_active:
        raise PersonRefused("closed")
    return user


def refresh(clerk_user_id: str, *, now: datetime) -> str:
    """Bring what is kept of somebody in step with what Clerk says now; what was done, in a word or two.

    Whatever order news arrives in, Clerk is asked for the end of the story. Raises ClerkUnavailable.
    """
    found = backend_api.user(clerk_user_id)
    if found is None:
        return actions.close(clerk_user_id=clerk_user_id, now=now)
    return actions.apply_profile(profile=read_profile(found), now=now)


def _at_first_sight(clerk_user_id: str, *, now: datetime) -> User:
    if ClerkPerson.objects.filter(pk=clerk_user_id, deleted_at__isnull=False).exists():
        raise PersonRefused("closed")
    try:
        found = backend_api.user(clerk_user_id)
        if found is None:
            raise PersonRefused("closed")
        profile = read_profile(found)
        if profile.clerk_user_id != clerk_user_id or profile.is_banned:
            raise PersonRefused("closed")
        if not profile.email:
            raise PersonRefused("no_verified_email")
        _let_go_of_who_is_gone(profile, now=now)
    except ClerkUnavailable:
        raise PersonRefused("unavailable") from None
    try:
        return actions.link_or_make(profile=profile, now=now)
    except IntegrityError:  # somebody else's request made the same person, or took the address, a moment ago
        user = User.objects.filter(clerk_user_id=clerk_user_id).first()
        if user is None:
            raise PersonRefused("email_taken") from None
        return user


def _let_go_of_who_is_gone(profile: Profile, *, now: datetime) -> None:
    """The same address may have come back under a new id; the old one counts until Clerk says that it is gone."""
    user = User.objects.filter(email=profile.email).exclude(clerk_user_id=None).first()
    if user is None or user.clerk_user_id in {None, profile.clerk_user_id}:
        return
    if backend_api.user(str(user.clerk_user_id)) is None:
        actions.close(clerk_user_id=str(user.clerk_user_id), now=now)
