"""allauth's forms of the second factor in our words."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.base import forms as base_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)

_UNKNOWN_PASSKEY = _("This passkey is not known here. Use another one, or another way.")
_NO_PASSKEY = _("The passkey did not answer. Try again.")
# An attestation with its certificates takes a few thousand.
_MAX_CREDENTIAL = 20_000


class OurCode(forms.BaseForm):
    """A code that is easy to type on a phone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code = self.fields["code"]
        code.label = _("Code")
        code.error_messages["required"] = _("Enter the code")
        code.widget.attrs.pop("placeholder", None)
        code.widget.attrs.update({"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "20"})

    def clean_code(self) -> str:
        # Apps show `123 456`, and people type what they see.
        self.cleaned_data["code"] = "".join(self.cleaned_data["code"].split())
        return str(super().clean_code())  # type: ignore[misc]


class AuthenticateForm(OurCode, base_forms.AuthenticateForm):
    pass


class ReauthenticateForm(OurCode, base_forms.ReauthenticateForm):
    pass


class ActivateTOTPForm(OurCode, totp_forms.ActivateTOTPForm):
    pass


class CredentialField(forms.JSONField):
    """What the script sends: bounded, and never an exception for absurd input."""

    def __init__(self) -> None:
        words = {"required": _NO_PASSKEY, "invalid": _NO_PASSKEY}
        super().__init__(widget=forms.HiddenInput, error_messages=words)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > _MAX_CREDENTIAL:
            raise forms.ValidationError(_NO_PASSKEY)
        try:
            return super().to_python(value)
        except RecursionError as error:
            raise forms.ValidationError(_NO_PASSKEY) from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        return None

    def prepare_value(self, value: Any) -> str:
        """Never shown again: each try is a new one."""
        return ""


@contextmanager
def _refused_when_forged() -> Iterator[None]:
    """Whatever the libraries make of a forged answer (missing keys, a wrong signature), it is no passkey."""
    try:
        yield
    except forms.ValidationError as error:
        if getattr(error, "code", "") != "incorrect_code":
            raise
        raise forms.ValidationError(_UNKNOWN_PASSKEY) from error
    except (DatabaseError, ImmediateHttpResponse):
        raise
    except Exception as error:
        logger.info("A passkey's answer was refused: %s", type(error).__name__)
        raise forms.ValidationError(_NO_PASSKEY) from error


class OurPasskey(forms.BaseForm):
    """The script fills in `credential`; without it there is nothing to send."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"] = CredentialField()

    def clean_credential(self) -> Any:
        with _refused_when_forged():
            own = getattr(super(), "clean_credential", None)
            return own() if own else self.cleaned_data["credential"]


class AddPasskeyForm(OurPasskey, webauthn_forms.AddWebAuthnForm):
    """Each one is a whole passkey: it checks who holds it, and signs in without a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(
            label=_("Name"),
            max_length=60,
            required=False,
            help_text=_("So that you know it again, such as “My phone”."),
        )
        self.fields["passwordless"] = forms.BooleanField(required=False, widget=forms.HiddenInput, initial=True)

    def clean_passwordless(self) -> bool:
        return True

    def clean(self) -> dict[str, Any] | None:
        cleaned: dict[str, Any] | None = None
        with _refused_when_forged():
            cleaned = super().clean()
        return cleaned


class AuthenticatePasskeyForm(OurPasskey, webauthn_forms.AuthenticateWebAuthnForm):
    pass


class ReauthenticatePasskeyForm(OurPasskey, webauthn_forms.ReauthenticateWebAuthnForm):
    pass


class LoginPasskeyForm(OurPasskey, webauthn_forms.LoginWebAuthnForm):
    pass


class EditPasskeyForm(webauthn_forms.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(
            label=_("Name"), max_length=60, error_messages={"required": _("Enter a name")}
        )
