"""Phone numbers of clients: kept international, shown as the salon's country writes them."""

import phonenumbers
from django import forms
from django.utils.translation import gettext as _

from beautydrop.accounts.forms import clean_phone


def international(typed: str, country: str) -> str:
    """+49305550123 from what was typed in `country` (two letters), "" from nothing. ValidationError says what to do."""
    phone = clean_phone(typed, country)
    if len(phone) > 16:  # E.164 ends at 15 digits; some countries' rules allow more
        raise forms.ValidationError(_("Enter a phone number with its country code, like +49 30 5550123"))
    return phone


def words(phone: str, country: str) -> str:
    """As people of the country read it: `0176 5550118` there, `+49 176 5550118` elsewhere; "" stays."""
    try:
        number = phonenumbers.parse(phone, None)
    except phonenumbers.NumberParseException:
        return phone
    is_home = number.country_code == phonenumbers.country_code_for_region(country)
    form = phonenumbers.PhoneNumberFormat.NATIONAL if is_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return str(phonenumbers.format_number(number, form))
