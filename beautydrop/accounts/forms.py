"""Forms about people. Messages say what to do."""

from typing import Any

import phonenumbers
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from beautydrop.accounts.models import User


def clean_phone(raw: str, region: str | None = None) -> str:
    """An international number (+49305550123) from what was typed; raises ValidationError with what to do.

    Numbers without a country code are read as of `region` (two letters) when given.
    """
    raw = raw.strip()
    if not raw:
        return ""
    try:
        number = phonenumbers.parse(raw, region)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise forms.ValidationError(_("Enter a phone number with its country code, like +49 30 5550123"))
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


class SignupDetailsForm(forms.Form):
    """What we ask for besides e-mail and password (allauth's sign-up form extends this)."""

    first_name = forms.CharField(
        label=_("Name"),
        max_length=80,
        error_messages={"required": _("Enter your name")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["first_name", "email", "password1"]

    def signup(self, request: HttpRequest, user: User) -> None:
        first, _space, last = self.cleaned_data["first_name"].strip().partition(" ")
        user.first_name, user.last_name = first, last[:80]
        user.save(update_fields=["first_name", "last_name"])


class ProfileForm(forms.Form):
    """What a signed-in person says about themselves."""

    first_name = forms.CharField(
        label=_("First name"),
        max_length=80,
        error_messages={"required": _("Enter your first name")},
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    last_name = forms.CharField(
        label=_("Last name"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=32,
        required=False,
        help_text=_("Only used if something changes on the day."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        help_text=_("Pages and e-mails come in this language."),
    )

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"])


class EmailForm(forms.Form):
    """Another address to sign in with."""

    email = forms.EmailField(
        label=_("New e-mail address"),
        max_length=254,
        error_messages={
            "required": _("Enter the new e-mail address"),
            "invalid": _("Enter an e-mail address like name@example.com"),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if email == self.user.email:
            raise forms.ValidationError(_("This is your address already. Enter another one."))
        return email


class PreferencesForm(forms.Form):
    """Theme and language, for anybody; kept in cookies."""

    theme = forms.ChoiceField(choices=[("", ""), ("light", ""), ("dark", ""), ("device", "")], required=False)
    language = forms.ChoiceField(choices=[("", ""), *settings.LANGUAGES], required=False)
    next = forms.CharField(required=False, max_length=2000)

    def cleaned(self) -> dict[str, Any]:
        """What was understood; anything else is ignored."""
        self.is_valid()
        return self.cleaned_data
