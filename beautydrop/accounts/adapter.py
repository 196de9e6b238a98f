"""How allauth signs our people up: role, names, and the verified flag on the person."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context as allauth_context
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beautydrop.accounts import actions, open_sessions
from beautydrop.accounts.access import landing_of
from beautydrop.accounts.clerk import sessions as clerk_sessions
from beautydrop.web.requests import client_address


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is switched off. Write to us if you need it."),
        "email_password_mismatch": _("E-mail and password don’t fit together. Check both, or choose a new password."),
        "email_taken": _("Somebody already has an account with this e-mail address"),
        "enter_current_password": _("Enter your present password"),
        "incorrect_password": _("This is not your present password"),
        "invalid_password_reset": _("This link no longer works. Ask for a new one."),
        "too_many_login_attempts": _("That was too often. Wait a few minutes, then try again."),
        "rate_limited": _("That was a lot at once. Wait a minute, then try again."),
        "same_as_current": _("Choose one that differs from the present one"),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or "unknown"

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        confirmed = bool(super().confirm_email(request, email_address))
        if confirmed:
            actions.record_verified_email(user=email_address.user, email=email_address.email)
        return confirmed

    def logout(self, request: HttpRequest) -> None:
        clerk_sessions.sign_out(request, now=timezone.now())

    def set_password(self, user: Any, password: str) -> None:
        """A new password ends every other session; here are also those of whoever reset it by mail."""
        super().set_password(user, password)
        request = allauth_context.request
        here = open_sessions.current(request) if hasattr(request, "session") else None
        open_sessions.end_all(user=user, now=timezone.now(), but=here)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return landing_of(request.user)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:index")

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user = super().save_user(request, user, form, commit=False)
        user.email = user.email.lower()
        user.language = getattr(request, "LANGUAGE_CODE", "")
        if commit:
            user.save()
            actions.become_customer(user=user)
        return user
