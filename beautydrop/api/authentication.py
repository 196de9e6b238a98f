"""Who is asking: a Clerk session token, the site's session with its CSRF token, or (development only) a mere header."""

import re

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import APIException, AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from beautydrop.accounts.clerk import config
from beautydrop.accounts.clerk.errors import PersonRefused
from beautydrop.accounts.clerk.people import person_of
from beautydrop.accounts.clerk.tokens import Claims, TokenRefused, verify_session_token
from beautydrop.accounts.models import User
from beautydrop.api.problems import plain

USER_ID_HEADER = "X-Clerk-User-ID"
_AN_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class ClerkToken(BaseAuthentication):
    """`Authorization: Bearer <Clerk session token>`. A token that is refused is 401, whatever else was sent."""

    def authenticate(self, request: Request) -> tuple[User, Claims] | None:
        scheme, _space, token = request.headers.get("Authorization", "").strip().partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            if not config.is_on():
                raise TokenRefused("off")
            claims = verify_session_token(token.strip())
        except TokenRefused as refusal:
            raise _in_words(refusal) from None
        return _person(claims), claims

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="BeautyDrop"'


class ClerkUserIdHeader(BaseAuthentication):
    """`X-Clerk-User-ID: <id>`, believed without proof: only with DEBUG and ALLOW_CLERK_USER_ID_HEADER."""

    def authenticate(self, request: Request) -> tuple[User, Claims] | None:
        user_id = request.headers.get(USER_ID_HEADER, "").strip()
        if not user_id or not is_header_believed():
            return None
        if not _AN_ID.fullmatch(user_id):
            raise AuthenticationFailed(_("Send a Clerk user id, like user_2abc."))
        if not config.is_on() and not User.objects.filter(clerk_user_id=user_id).exists():
            raise AuthenticationFailed(_("Nobody has this id, and Clerk is not switched on to ask who it is."))
        now = timezone.now()
        claims = Claims(sub=user_id, sid="", azp="", issued_at=now, expires_at=now)
        return _person(claims), claims


class SiteSession(SessionAuthentication):
    """A person signed in on the site, by cookie; what changes something carries the CSRF token too."""

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied as refusal:
            raise PermissionDenied(_("Send the CSRF token as X-CSRFToken.")) from refusal


def is_header_believed() -> bool:
    return bool(settings.DEBUG and settings.ALLOW_CLERK_USER_ID_HEADER)


def _person(claims: Claims) -> User:
    try:
        person = person_of(claims, now=timezone.now())
    except TokenRefused as refusal:
        raise _in_words(refusal) from None
    if not person.is_active:
        raise _in_words(PersonRefused("closed"))
    return person


def _in_words(refusal: TokenRefused) -> APIException:
    """401: another token may help. 403: it is the account. 503: the same token may do in a minute."""
    if refusal.reason in {"unavailable", "keys_unavailable"}:
        return plain(503)
    match refusal.reason:
        case "closed":
            return PermissionDenied(_("This account is switched off. Write to us if you need it."))
        case "no_verified_email":
            return PermissionDenied(_("Verify your e-mail address first, then try again."))
        case "email_taken" | "signs_in_with_password":
            return PermissionDenied(_("Somebody already has an account with this e-mail address"))
    return AuthenticationFailed(_("This session token is not accepted. Fetch a new one."))
