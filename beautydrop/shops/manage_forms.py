"""What an owner types about a shop. Messages say what to do, and nothing typed is lost."""

import zoneinfo
from typing import Any

from babel import Locale
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from beautydrop.accounts.forms import clean_phone
from beautydrop.shops.models import Shop

# Where salons are likely to be: the usual currency and zone of the country, first choice of the form.
CURRENCIES = (
    "EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "CAD", "AUD", "NZD", "JPY", "INR", "BRL", "MXN",
    "ZAR", "KES", "NGN", "AED",
)  # fmt: skip
# Codes that CLDR names besides countries.
_NO_COUNTRIES = {"EU", "EZ", "UN", "ZZ", "QO", "XA", "XB"}
_REGIONS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def _locale() -> Locale:
    return Locale.parse((get_language() or "en").split("-")[0])


def countries() -> list[tuple[str, str]]:
    """(code, name) of every country, by name in the active language."""
    names = _locale().territories
    found = [
        (code, str(name))
        for code, name in names.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
    ]
    return sorted(found, key=lambda pair: pair[1].casefold())


def currencies() -> list[tuple[str, str]]:
    """(code, "EUR, Euro")"""
    names = _locale().currencies
    return [(code, f"{code}, {names.get(code, code)}") for code in CURRENCIES]


def zones() -> list[tuple[str, str]]:
    """IANA zones of places where people live."""
    names = sorted(name for name in zoneinfo.available_timezones() if name.split("/")[0] in _REGIONS)
    return [(name, name.replace("_", " ")) for name in names]


class BusinessForm(forms.Form):
    """The business behind the salons."""

    business_name = forms.CharField(
        label=_("Name of the business"),
        max_length=120,
        help_text=_("As on your invoices. Customers see the name of the salon, which comes next."),
        error_messages={"required": _("Enter the name of the business")},
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        help_text=_("For us, if something is wrong. With the country code."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"])


class ShopForm(forms.ModelForm):
    """A salon: name, place, zone, currency."""

    class Meta:
        model = Shop
        fields = (
            "name", "description", "address", "postal_code", "city", "area", "country", "timezone", "currency",
            "phone", "email", "finding_note", "is_step_free", "latitude", "longitude",
        )  # fmt: skip
        labels = {"area": _("District"), "finding_note": _("How to find the door"), "email": _("E-mail")}
        help_texts = {
            "name": _("As on your door."),
            "finding_note": _("“Second courtyard, ground floor”."),
            "timezone": _("All times of this salon are shown in it."),
            "currency": _("All prices of this salon are in it."),
            "latitude": _("For distances in the search. Copy it from a map, like 52.5296."),
        }
        error_messages = {
            "name": {"required": _("Enter the name of the salon")},
            "address": {"required": _("Enter street and number")},
            "city": {"required": _("Enter the city")},
            "country": {"required": _("Choose the country")},
            "timezone": {"required": _("Choose the time zone")},
            "currency": {"required": _("Choose the currency")},
            "email": {"invalid": _("Enter an e-mail address like name@example.com")},
        }
        widgets = {
            "description": forms.Textarea(attrs={"rows": 3}),
            "latitude": forms.TextInput(attrs={"inputmode": "decimal"}),
            "longitude": forms.TextInput(attrs={"inputmode": "decimal"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        empty = [("", _("Choose one"))]
        for name, choices in (("country", countries()), ("timezone", zones()), ("currency", currencies())):
            field = self.fields[name]
            chosen = self.initial.get(name)
            if chosen and chosen not in dict(choices):
                choices = [(chosen, chosen), *choices]
            self.fields[name] = forms.ChoiceField(
                label=field.label,
                help_text=field.help_text,
                choices=[*empty, *choices],
                error_messages={"required": field.error_messages["required"]},
            )
        # Where we don't know it, the browser's own: whoever makes a salon mostly sits in it.
        self.fields["timezone"].widget.attrs["data-guess-zone"] = ""

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"], self.data.get("country") or None)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("latitude") is None) != (data.get("longitude") is None):
            missing = "latitude" if data.get("latitude") is None else "longitude"
            self.add_error(missing, _("Give both latitude and longitude, or neither"))
        return data


class PolicyForm(forms.ModelForm):
    """When and how customers may book and cancel."""

    class Meta:
        model = Shop
        fields = (
            "cancellation_cutoff_hours", "late_cancel_percent", "no_show_percent", "lead_time_minutes", "horizon_days",
            "slot_interval_minutes", "is_auto_confirmed",
        )  # fmt: skip
        labels = {
            "cancellation_cutoff_hours": _("Free to cancel until, hours before"),
            "late_cancel_percent": _("Due when cancelled later, percent of the price"),
            "no_show_percent": _("Due for a no-show, percent of the price"),
            "lead_time_minutes": _("Latest booking, minutes before the start"),
            "horizon_days": _("Earliest booking, days before"),
            "slot_interval_minutes": _("A start every, minutes"),
            "is_auto_confirmed": _("Bookings are confirmed at once"),
        }
        help_texts = {"is_auto_confirmed": _("Otherwise each one waits for you, for a day at most.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limits = {
            "cancellation_cutoff_hours": (0, 720),
            "late_cancel_percent": (0, 100),
            "no_show_percent": (0, 100),
            "lead_time_minutes": (0, 60 * 24 * 60),
            "horizon_days": (0, 365),
            "slot_interval_minutes": (5, 240),
        }
        for name, (lowest, highest) in limits.items():
            words = _("Enter a whole number from %(lowest)s to %(highest)s") % {"lowest": lowest, "highest": highest}
            field = self.fields[name]
            self.fields[name] = forms.IntegerField(
                label=field.label,
                min_value=lowest,
                max_value=highest,
                error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), words),
                widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "short"}),
            )
