"""What a customer types. Messages say what to do, and nothing typed is lost."""

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from beautydrop.accounts.forms import clean_phone
from beautydrop.web import requests


class StartField(forms.CharField):
    """A start, alone or with the person it was shown with.

    `2026-12-03T09:15Z/<staff id>` → (aware start, staff id or None).
    """

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> tuple[datetime, uuid.UUID | None] | None:  # type: ignore[override]
        raw, _slash, staff = str(value or "").partition("/")
        start = requests.instant(raw)
        return (start, requests.key(staff)) if start else None

    def validate(self, value: Any) -> None:
        if value is None:
            raise ValidationError(_("Select a time"))

    def run_validators(self, value: Any) -> None:
        """The engine decides what is bookable."""


class DetailsForm(forms.Form):
    """Who the appointment is for. `start` and `form_token` travel along unseen."""

    start = StartField(error_messages={"required": _("Select a time")})
    form_token = forms.CharField(max_length=64, widget=forms.HiddenInput, required=False)
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        error_messages={
            "required": _("Enter your name"),
            "max_length": _("Shorten the name to %(limit_value)d characters"),
        },
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("Your confirmation goes here."),
        error_messages={
            "required": _("Enter your e-mail address"),
            "invalid": _("Enter an e-mail address like name@example.com"),
            "max_length": _("Shorten the e-mail address to %(limit_value)d characters"),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        help_text=_("Only used if something changes on the day."),
        error_messages={"max_length": _("Shorten the phone number to %(limit_value)d characters")},
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    wants_sms = forms.BooleanField(
        label=_("Text me about this appointment"),
        required=False,
        help_text=_("A reminder before it, and word if the salon changes something."),
    )
    note = forms.CharField(
        max_length=1000,
        required=False,
        help_text=_("Allergies, wishes, anything they should know."),
        error_messages={"max_length": _("Shorten the note to %(limit_value)d characters (it has %(show_value)d)")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(
        self, *args: Any, shop_name: str, region: str, fixed_email: str = "", offers_sms: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.region = region
        self.fields["note"].label = _("Note for %(shop)s") % {"shop": shop_name}
        if fixed_email:  # signed in: the confirmation goes to the account's address
            del self.fields["email"]
        if not offers_sms:
            del self.fields["wants_sms"]

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"], self.region)

    def clean(self) -> None:
        if self.cleaned_data.get("wants_sms") and "phone" not in self.errors and not self.cleaned_data.get("phone"):
            self.add_error("phone", _("Enter your phone number, or untick the text messages"))


class AddressForm(forms.Form):
    email = DetailsForm.base_fields["email"]


class CancelForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        help_text=_("The salon reads it."),
        error_messages={"max_length": _("Shorten the reason to %(limit_value)d characters")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AccountForm(forms.Form):
    """A password makes an account of a guest."""

    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        help_text=_("At least 8 characters."),
        error_messages={"required": _("Choose a password")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        password_validation.validate_password(password)
        return password
