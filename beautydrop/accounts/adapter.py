"""How allauth signs our people up: role, names, and the verified flag on the person."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.http import HttpRequest

from beautydrop.accounts import actions


class AccountAdapter(DefaultAccountAdapter):
    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        confirmed = bool(super().confirm_email(request, email_address))
        if confirmed:
            actions.record_verified_email(user=email_address.user, email=email_address.email)
        return confirmed

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        user = super().save_user(request, user, form, commit=False)
        user.email = user.email.lower()
        user.language = getattr(request, "LANGUAGE_CODE", "")
        if commit:
            user.save()
            actions.become_customer(user=user)
        return user
