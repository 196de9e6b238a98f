"""What a person types on the preferences page, and what their browser sends for push."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from beautydrop.accounts.forms import clean_phone
from beautydrop.notifications import push


class ReachForm(forms.Form):
    """The number for SMS, and the quiet hours."""

    sms_phone = forms.CharField(
        label=_("Number for SMS"),
        max_length=40,
        required=False,
        help_text=_("With its country code. Salons that send SMS text you there; leave it empty for no SMS."),
        error_messages={"max_length": _("Shorten the phone number to %(limit_value)d characters")},
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    quiet_from = forms.TimeField(
        label=_("Quiet from"),
        required=False,
        error_messages={"invalid": _("Enter a time like 21:00")},
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        error_messages={"invalid": _("Enter a time like 08:00")},
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def __init__(self, *args: Any, has_sms: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_sms:
            del self.fields["sms_phone"]

    def clean_sms_phone(self) -> str:
        return clean_phone(self.cleaned_data["sms_phone"])

    def clean(self) -> None:
        begin, end = self.cleaned_data.get("quiet_from"), self.cleaned_data.get("quiet_until")
        if "quiet_from" in self.errors or "quiet_until" in self.errors:
            return
        if begin and not end:
            self.add_error("quiet_until", _("Enter when the quiet hours end, or empty both times"))
        elif end and not begin:
            self.add_error("quiet_from", _("Enter when the quiet hours begin, or empty both times"))
        elif begin and begin == end:
            self.add_error("quiet_until", _("Enter a time that differs from the beginning"))


class DeviceForm(forms.Form):
    """A browser's push subscription, as it gives it."""

    endpoint = forms.CharField(max_length=1000)
    p256dh = forms.CharField(max_length=120)
    auth = forms.CharField(max_length=60)

    def clean(self) -> dict[str, Any]:
        """Only at the browsers' own services (PUSH_HOSTS), with keys of the right size."""
        values = self.cleaned_data
        is_fit = (
            push.is_allowed(values.get("endpoint", ""))
            and push.is_key(values.get("p256dh", ""), 65)
            and push.is_key(values.get("auth", ""), 16)
        )
        if not is_fit:
            raise forms.ValidationError(_("This browser’s push service is not one that we send to."))
        return values
