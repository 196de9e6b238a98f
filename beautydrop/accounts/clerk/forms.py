"""The choice at the first sign-in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class WelcomeForm(forms.Form):
    """What somebody came for; a salon needs a name."""

    purpose = forms.ChoiceField(
        label=_("What do you want to do here?"),
        choices=[("customer", _("I book appointments")), ("client", _("I run a salon"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Select what you want to do"), "invalid_choice": _("Select one of the two")},
    )
    business_name = forms.CharField(
        label=_("Name of the business"),
        required=False,
        max_length=120,
        help_text=_("Only for a salon. You can change it later."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )

    @property
    def is_salon(self) -> bool:
        return bool(self.cleaned_data.get("purpose") == "client")

    def clean(self) -> dict[str, Any]:
        """The name counts for a salon only."""
        cleaned = {"business_name": "", **(super().clean() or {})}
        cleaned["business_name"] = cleaned["business_name"].strip() if self.is_salon else ""
        if self.is_salon and not cleaned["business_name"] and "business_name" not in self.errors:
            self.add_error("business_name", _("Enter the name of the business"))
        return cleaned
