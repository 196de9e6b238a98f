"""The search bar. Every value is optional, and what can't be read is left out rather than refused."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beautydrop.marketplace.search import read_day
from beautydrop.web import formats

DAYS_OFFERED = 21


class SearchForm(forms.Form):
    """What, where, when: bound to the address's query."""

    use_required_attribute = False

    what = forms.CharField(
        required=False,
        max_length=80,
        widget=forms.TextInput(
            attrs={"placeholder": gettext_lazy("Gel manicure, haircut, massage"), "autocomplete": "off"}
        ),
    )
    where = forms.CharField(
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("City or district"), "autocomplete": "off"}),
    )
    date = forms.ChoiceField(required=False)
    part = forms.ChoiceField(required=False)
    lat = forms.CharField(required=False, widget=forms.HiddenInput)
    lng = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.now().date()
        days = [today + timedelta(days=ahead) for ahead in range(DAYS_OFFERED)]
        chosen = read_day(self.data.get("date"), today) if self.is_bound else None
        choices = [("", _("Any day"))]
        choices += [(day.isoformat(), formats.day_short(day, today)) for day in days]
        if chosen and chosen not in days:
            choices.append((chosen.isoformat(), formats.day_short(chosen, today)))
        if self.is_bound:  # a day that is none is left out: the form never claims what was not looked for
            self.data = {**dict(self.data.items()), "date": chosen.isoformat() if chosen else ""}
        self.fields["date"].choices = choices  # type: ignore[attr-defined]
        self.fields["part"].choices = [  # type: ignore[attr-defined]
            ("", _("Any time")),
            ("morning", _("Morning")),
            ("afternoon", _("Afternoon")),
            ("evening", _("Evening")),
        ]
