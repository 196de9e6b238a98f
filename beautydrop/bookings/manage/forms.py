"""What the salon types into the calendar's forms. Messages say what to do, and nothing typed is lost."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from beautydrop.accounts.forms import clean_phone
from beautydrop.bookings.choosing import ANYONE
from beautydrop.bookings.manage.wanted import clock
from beautydrop.shops.models import Service, StaffMember
from beautydrop.web import requests

_TOO_LONG = _("Shorten this to %(limit_value)d characters")


class WhenForm(forms.Form):
    """A day and a start, in the shop's wall-clock time, with a person."""

    staff = forms.ChoiceField(label=_("With"), error_messages={"required": _("Choose a person")})
    date = forms.CharField(
        label=_("Day"),
        max_length=40,
        error_messages={"required": _("Enter a day")},
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    time = forms.CharField(
        label=_("Start"),
        max_length=40,
        error_messages={"required": _("Enter a time like 14:30")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "list": "free-times"}),
    )
    tell = forms.BooleanField(required=False)

    def __init__(self, *args: Any, people: list[StaffMember], with_anyone: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        anyone = [(ANYONE, _now("Anyone free"))] if with_anyone else []
        staff = self.fields["staff"]
        assert isinstance(staff, forms.ChoiceField)
        staff.choices = [*anyone, *((str(one.pk), one.name) for one in people)]
        staff.error_messages["invalid_choice"] = _now("Choose a person")

    def clean_date(self) -> Any:
        found = requests.day(self.cleaned_data["date"])
        if found is None:
            raise forms.ValidationError(_now("Enter a day"))
        return found

    def clean_time(self) -> Any:
        found = clock(self.cleaned_data["time"])
        if found is None:
            raise forms.ValidationError(_now("Enter a time like 14:30"))
        return found


class EntryForm(WhenForm):
    """A booking that the salon enters: for whom, what, with whom, when."""

    form_token = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        error_messages={"required": _("Enter the client’s name"), "max_length": _TOO_LONG},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        error_messages={"max_length": _TOO_LONG},
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        error_messages={"invalid": _("Enter an e-mail address like name@example.com"), "max_length": _TOO_LONG},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    service = forms.ChoiceField(
        label=_("Service"),
        error_messages={"required": _("Choose a service"), "invalid_choice": _("Choose a service")},
    )

    field_order = ["form_token", "name", "phone", "email", "service", "staff", "date", "time", "tell"]

    def __init__(self, *args: Any, services: list[Service], region: str, is_name_needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.region = region
        service = self.fields["service"]
        assert isinstance(service, forms.ChoiceField)
        service.choices = [("", _now("Choose a service")), *((str(one.pk), one.name) for one in services)]
        self.fields["name"].required = is_name_needed

    def clean_name(self) -> str:
        return requests.text(" ".join(str(self.cleaned_data["name"]).split()), 120)

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"], self.region)


class BlockForm(forms.Form):
    """Time to keep free of bookings."""

    staff = forms.ChoiceField(
        label=_("Whose time"),
        error_messages={"required": _("Choose a person"), "invalid_choice": _("Choose a person")},
    )
    date = forms.CharField(
        label=_("Day"),
        max_length=40,
        error_messages={"required": _("Enter a day")},
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    start = forms.CharField(
        label=_("From"),
        max_length=40,
        error_messages={"required": _("Enter a start like 14:30")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    end = forms.CharField(
        label=_("To"),
        max_length=40,
        error_messages={"required": _("Enter an end like 15:30")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    note = forms.CharField(
        label=_("What for"),
        max_length=120,
        required=False,
        help_text=_("Only your team sees it: a break, a course, the dentist."),
        error_messages={"max_length": _("Shorten this to %(limit_value)d characters (it has %(show_value)d)")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, people: list[StaffMember], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = self.fields["staff"]
        assert isinstance(staff, forms.ChoiceField)
        staff.choices = [("", _now("Choose a person")), *((str(one.pk), one.name) for one in people)]

    def clean_date(self) -> Any:
        found = requests.day(self.cleaned_data["date"])
        if found is None:
            raise forms.ValidationError(_now("Enter a day"))
        return found

    def clean_start(self) -> Any:
        found = clock(self.cleaned_data["start"])
        if found is None:
            raise forms.ValidationError(_now("Enter a start like 14:30"))
        return found

    def clean_end(self) -> Any:
        found = clock(self.cleaned_data["end"])
        if found is None:
            raise forms.ValidationError(_now("Enter an end like 15:30"))
        return found

    def clean_note(self) -> str:
        return requests.text(self.cleaned_data["note"], 120)
