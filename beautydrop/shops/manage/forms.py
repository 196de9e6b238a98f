"""What an owner types about services, people and pictures. Nothing typed is lost, and messages say what to do."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from babel.numbers import format_decimal, get_currency_precision
from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from beautydrop.accounts.forms import clean_phone
from beautydrop.shops.actions import Terms
from beautydrop.shops.models import (
    MAX_BUFFER_MINUTES,
    MAX_SERVICE_MINUTES,
    Category,
    Service,
    Shop,
    StaffMember,
    StaffServiceAssignment,
)
from beautydrop.web import formats

# Groups of three are parted by a space, an apostrophe, a point or a comma; one or two digits at the end are decimals.
_PRICE = re.compile(r"(?:\d{1,3}(?:[ '’.,]\d{3})+|\d+)(?:[.,]\d{1,2})?")
_MOST = Decimal(99_999_999)


def read_price(text: str, *, decimals: int) -> Decimal:
    """`42`, `42,5`, `€ 1.234,50` or `1,234.50 EUR`. Raises ValidationError with what to do."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"^[^\d\s-]{0,4} ?(?=\d)|(?<=\d) ?[^\d\s]{0,4}$", "", text)  # a currency's sign or letters
    if not _PRICE.fullmatch(text):
        raise ValidationError(_("Enter a price like 42 or 42.50"))
    cents = re.search(r"[.,](\d{1,2})$", text)
    digits = re.sub(r"\D", "", text[: cents.start()] if cents else text)
    amount = Decimal(f"{digits}.{cents[1]}" if cents else digits)
    if cents and len(cents[1]) > decimals:
        raise ValidationError(_("This currency has whole amounts only. Enter a price like 4200"))
    if amount > _MOST:
        raise ValidationError(_("Enter a price below 100 million"))
    return amount


class PriceField(forms.Field):
    """A price typed with comma or point, with or without the currency's sign; a Decimal, or None when empty."""

    widget = forms.TextInput

    def __init__(self, *, currency: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.decimals = min(get_currency_precision(currency), 2)
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off", "class": "short"})

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Decimal):
            return value
        pattern = "0" if value == value.to_integral_value() else "0.00"
        return format_decimal(value, pattern, locale=(get_language() or "en").split("-")[0])

    def to_python(self, value: Any) -> Decimal | None:
        text = str(value or "").strip()
        return read_price(text, decimals=self.decimals) if text else None


def _minutes(label: str, lowest: int, highest: int, **kwargs: Any) -> forms.IntegerField:
    words = _("Enter whole minutes from %(lowest)s to %(highest)s") % {"lowest": lowest, "highest": highest}
    return forms.IntegerField(
        label=label,
        min_value=lowest,
        max_value=highest,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), words),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}),
        **kwargs,
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One line of "who does what": a person on a service's page, a service on a person's."""

    name: str
    hint: str
    does: BoundField
    is_primary: BoundField
    price: BoundField
    minutes: BoundField

    @property
    def own(self) -> list[BoundField]:
        return [self.price, self.minutes]

    @property
    def has_errors(self) -> bool:
        return bool(self.price.errors or self.minutes.errors)


class WithRows(forms.Form):
    """A form with a line for each of `among`: does it, first choice, own price, own minutes.

    The names of the lines' fields hold a hyphen, those of the other fields none.
    """

    among: list[Any]

    def add_rows(
        self, among: Iterable[Any], known: Mapping[UUID, StaffServiceAssignment], *, currency: str, is_new: bool
    ) -> None:
        """`known` by the id of the other side; `is_new` ticks every line, which is right more often than none."""
        self.among = list(among)
        for one in self.among:
            held = known.get(one.pk)
            self.fields[f"does-{one.pk}"] = forms.BooleanField(
                label=one.name, required=False, initial=is_new or held is not None
            )
            self.fields[f"primary-{one.pk}"] = forms.BooleanField(
                label=_("First choice"), required=False, initial=bool(held and held.is_primary)
            )
            self.fields[f"price-{one.pk}"] = PriceField(
                label=_("Own price"), required=False, currency=currency, initial=held.price if held else None
            )
            self.fields[f"minutes-{one.pk}"] = _minutes(
                _("Own minutes"),
                5,
                MAX_SERVICE_MINUTES,
                required=False,
                initial=held.duration_minutes if held else None,
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for one in self.among:
            if not data.get(f"does-{one.pk}"):  # what stands in a line that doesn't count is no mistake
                for name in ("price", "minutes"):
                    self.errors.pop(f"{name}-{one.pk}", None)
        return data

    def rows(self) -> list[Row]:
        return [
            Row(
                one.name,
                one.title if isinstance(one, StaffMember) else formats.minutes(one.duration_minutes),
                self[f"does-{one.pk}"],
                self[f"primary-{one.pk}"],
                self[f"price-{one.pk}"],
                self[f"minutes-{one.pk}"],
            )
            for one in self.among
        ]

    def terms(self) -> dict[Any, Terms]:
        """Who does it (or what they do), and how: once the form is valid."""
        data = self.cleaned_data
        return {
            one: Terms(
                is_primary=data[f"primary-{one.pk}"],
                price=data[f"price-{one.pk}"],
                duration_minutes=data[f"minutes-{one.pk}"],
            )
            for one in self.among
            if data[f"does-{one.pk}"]
        }

    def own_fields(self) -> list[BoundField]:
        return [field for field in self if "-" not in field.name]

    def own_data(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if "-" not in name}


class ServiceForm(WithRows):
    """A service, and who does it. `staff`: the active people of the shop."""

    def __init__(
        self, data: Any = None, *, shop: Shop, service: Service | None, staff: list[StaffMember], sections: list[str]
    ) -> None:
        names = ["name", "category", "menu_section", "description", "price", "duration_minutes"]
        names += ["buffer_before_minutes", "buffer_after_minutes"]
        super().__init__(data, initial={name: getattr(service, name) for name in names} if service else None)
        self.sections = sections
        buffers_hint = _("Kept free for cleaning up or preparing; customers don’t see it.")
        self.fields["name"] = forms.CharField(
            label=_("Name"),
            max_length=120,
            help_text=_("As customers say it: “Gel manicure”."),
            error_messages={
                "required": _("Enter the name of the service"),
                "max_length": _("Enter a name of at most 120 characters"),
            },
        )
        self.fields["category"] = forms.ChoiceField(
            label=_("Kind"),
            choices=[("", _("Choose one")), *Category.choices],
            help_text=_("Customers find it under this."),
            error_messages={"required": _("Choose the kind"), "invalid_choice": _("Choose the kind")},
        )
        self.fields["menu_section"] = forms.CharField(
            label=_("Section of your menu"),
            max_length=80,
            required=False,
            help_text=_("Such as “Hands” or “Colour”. Without one, it stands under its kind."),
            error_messages={"max_length": _("Enter a section of at most 80 characters")},
            widget=forms.TextInput(attrs={"list": "sections", "autocomplete": "off"}),
        )
        self.fields["description"] = forms.CharField(
            label=_("Description"),
            max_length=500,
            required=False,
            help_text=_("What is done, and what is included."),
            error_messages={"max_length": _("Enter a description of at most 500 characters")},
            widget=forms.Textarea(attrs={"rows": 3}),
        )
        self.fields["price"] = PriceField(
            label=_("Price in %(currency)s") % {"currency": shop.currency},
            currency=shop.currency,
            error_messages={"required": _("Enter a price, 0 if it is free of charge")},
        )
        self.fields["duration_minutes"] = _minutes(_("Minutes"), 5, MAX_SERVICE_MINUTES)
        self.fields["buffer_before_minutes"] = _minutes(
            _("Minutes before it"), 0, MAX_BUFFER_MINUTES, required=False, help_text=buffers_hint
        )
        self.fields["buffer_after_minutes"] = _minutes(_("Minutes after it"), 0, MAX_BUFFER_MINUTES, required=False)
        known = {one.staff_member_id: one for one in service.assignments.all()} if service else {}
        self.add_rows(staff, known, currency=shop.currency, is_new=service is None)

    def clean_buffer_before_minutes(self) -> int:
        return self.cleaned_data["buffer_before_minutes"] or 0

    def clean_buffer_after_minutes(self) -> int:
        return self.cleaned_data["buffer_after_minutes"] or 0


class PersonForm(WithRows):
    """Somebody who works at the shop, and what they do. `services`: those on the menu."""

    def __init__(
        self,
        data: Any = None,
        *,
        shop: Shop,
        member: StaffMember | None,
        services: list[Service],
        may_make_managers: bool,
        may_be_me: bool = False,
    ) -> None:
        self.shop = shop
        names = ("name", "title", "phone", "email", "is_manager")
        super().__init__(data, initial={name: getattr(member, name) for name in names} if member else None)
        self.fields["name"] = forms.CharField(
            label=_("Name"),
            max_length=120,
            help_text=_("Customers see it. Under a time, they see the first name."),
            error_messages={
                "required": _("Enter a name"),
                "max_length": _("Enter a name of at most 120 characters"),
            },
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
        self.fields["title"] = forms.CharField(
            label=_("What they are"),
            max_length=80,
            required=False,
            help_text=_("Such as “Nail artist”. Customers see it."),
            error_messages={"max_length": _("Enter at most 80 characters")},
        )
        self.fields["phone"] = forms.CharField(
            label=_("Phone"),
            max_length=40,
            required=False,
            help_text=_("For the salon only."),
            widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        )
        self.fields["email"] = forms.EmailField(
            label=_("E-mail"),
            required=False,
            help_text=_("For the salon only."),
            error_messages={"invalid": _("Enter an e-mail address like name@example.com")},
            widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        )
        if may_be_me:
            self.fields["is_me"] = forms.BooleanField(
                label=_("This is me"),
                required=False,
                help_text=_("Your own column in the calendar, under your sign-in."),
            )
        if may_make_managers:
            self.fields["is_manager"] = forms.BooleanField(
                label=_("Manages the salon"),
                required=False,
                help_text=_("Sees everybody’s calendar, clients, services and the team. Otherwise only their own day."),
            )
        known = {one.service_id: one for one in member.assignments.all()} if member else {}
        self.add_rows(services, known, currency=shop.currency, is_new=member is None)

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"], self.shop.country)


class PictureForm(forms.Form):
    """What a picture shows; the file itself is looked at by shops/pictures.py."""

    alt = forms.CharField(
        label=gettext_lazy("What it shows"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("Read aloud to those who don’t see it: “Two manicure tables by the window”."),
        error_messages={"max_length": gettext_lazy("Describe it in at most 160 characters")},
    )


class NewPictureForm(PictureForm):
    """One more picture."""

    picture = forms.FileField(
        label=gettext_lazy("Picture"),
        help_text=gettext_lazy("JPEG, PNG or WebP, at most 10 MB. Where it was taken is removed."),
        error_messages={
            "required": gettext_lazy("Choose a picture"),
            "empty": gettext_lazy("This file is empty. Choose another."),
            "invalid": gettext_lazy("Choose a picture"),
            "missing": gettext_lazy("Choose a picture"),
        },
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    field_order = ["picture", "alt"]
