"""Django's side of the sign-in: a session token in, its active person out."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest
from django.utils import timezone

from beautydrop.accounts.clerk import config
from beautydrop.accounts.clerk.errors import TokenRefused
from beautydrop.accounts.clerk.people import person_of
from beautydrop.accounts.clerk.tokens import verify_session_token
from beautydrop.accounts.models import User

PATH = f"{__name__}.ClerkBackend"


class ClerkBackend(BaseBackend):
    """`authenticate(request, clerk_session_token=…)`. Its sessions stop counting when Clerk is switched off."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        token = credentials.get("clerk_session_token")
        if token is None:
            return None
        try:
            return person_of(verify_session_token(token), now=timezone.now())
        except TokenRefused:
            return None

    def get_user(self, user_id: Any) -> User | None:
        if not config.is_on():
            return None
        user = User.objects.filter(pk=user_id).first()
        return user if user is not None and user.is_active else None
