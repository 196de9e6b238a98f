"""The second factor: what allauth is told about ours, and what others ask about a session."""

import base64
import hashlib
import logging
import secrets
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from beautydrop.accounts.models import User

logger = logging.getLogger(__name__)

_NAME = "BeautyDrop"


class MFAAdapter(DefaultMFAAdapter):
    """Our words; secrets are kept encrypted by the site's key, so that a copy of the database signs nobody in."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_generate_recovery_codes": _("Set up an authenticator app or a passkey first"),
        "incorrect_code": _("This code does not fit. Enter the newest one."),
        "unverified_email": _("Confirm your e-mail address first, then set up the second step."),
    }

    def get_totp_issuer(self) -> str:
        return _NAME

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": _NAME}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey %(number)s") % {"number": count + 1}

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _fernet().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            logger.error("A second factor can't be read: SECRET_KEY changed without SECRET_KEY_FALLBACKS")
            # Nothing that anybody could know: no code fits.
            return base64.b32encode(secrets.token_bytes(20)).decode()


def is_set_up(user: User) -> bool:
    """True for somebody with an authenticator app or a passkey."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return Authenticator.objects.filter(user=user, type__in=kinds).exists()


def was_used(request: HttpRequest) -> bool:
    """True when this session proved a second factor that the person still has (a recovery code counts)."""
    user = request.user
    if not isinstance(user, User):
        return False
    records = get_authentication_records(request, user)
    return any(record.get("method") == "mfa" for record in records) and is_set_up(user)


def _fernet() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"beautydrop.accounts.second_factor:" + key.encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
