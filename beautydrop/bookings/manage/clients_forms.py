"""What an owner types about a client. Messages say what to do, and nothing typed is lost."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from beautydrop.bookings.clients.actions import MAX_TAGS
from beautydrop.bookings.clients.phones import international
from beautydrop.bookings.models import ShopClient
from beautydrop.shops.models import Shop

MAX_TAG = 30


class ClientForm(forms.Form):
    """Contact, tags and notes. E-mail and phone may both be missing."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        error_messages={
            "required": _("Enter the client’s name"),
            "max_length": _("Shorten the name to %(limit_value)d characters"),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        error_messages={"max_length": _("Shorten the phone number to %(limit_value)d characters")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "type": "tel"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        help_text=_("Bookings made with it appear here."),
        error_messages={
            "invalid": _("Enter an e-mail address like name@example.com"),
            "max_length": _("Shorten the e-mail address to %(limit_value)d characters"),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    tags = forms.CharField(
        label=_("Tags"),
        max_length=500,
        required=False,
        help_text=_("Short words with commas between them, like “Nail art, Reacts to HEMA”."),
        error_messages={"max_length": _("Shorten the tags to %(limit_value)d characters")},
    )
    notes = forms.CharField(
        label=_("Notes"),
        max_length=4000,
        required=False,
        help_text=_("Only the salon reads them."),
        error_messages={"max_length": _("Shorten the notes to %(limit_value)d characters (they have %(show_value)d)")},
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    seen = forms.CharField(max_length=4000, required=False, widget=forms.HiddenInput, strip=False)

    def __init__(self, data: Any, *, client: ShopClient | None, shop: Shop) -> None:
        self.shop = shop
        known: dict[str, Any] = {}
        if client:
            known = {
                "name": client.name,
                "phone": client.phone,
                "email": client.email,
                "tags": ", ".join(client.tags),
                "notes": client.notes,
                "seen": client.notes,
            }
        super().__init__(data, initial=known)

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean_phone(self) -> str:
        return international(self.cleaned_data["phone"], self.shop.country)

    def clean_notes(self) -> str:
        return _lines(self.cleaned_data["notes"])

    def clean_tags(self) -> list[str]:
        tags = split_tags(self.cleaned_data["tags"])
        if any(len(tag) > MAX_TAG for tag in tags):
            raise forms.ValidationError(_now("Shorten each tag to %(count)s characters") % {"count": MAX_TAG})
        if len(tags) > MAX_TAGS:
            raise forms.ValidationError(_now("Keep the %(count)s most useful tags") % {"count": MAX_TAGS})
        return tags

    def fields_data(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("name", "phone", "email", "tags", "notes")}

    def seen_notes(self) -> str:
        return _lines(self.cleaned_data["seen"])


def split_tags(text: str) -> list[str]:
    """Each tag once, in the order typed."""
    parts = (" ".join(part.split()) for part in text.replace(";", ",").split(","))
    return list(dict.fromkeys(part for part in parts if part))


def _lines(text: str) -> str:
    kept = text.replace("\r\n", "\n")
    return "".join(char for char in kept if char == "\n" or char.isprintable()).strip()
