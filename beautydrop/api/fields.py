"""What may be sent: fields whose messages say what to do. Everything that is read from a client is made of these."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

_MISSING = {"required": _("Send a value"), "null": _("Send a value, not null")}


class Input(serializers.Serializer):
    """What a client sends. Members that it does not name are ignored, so an answer can be sent back changed."""

    default_error_messages = {**_MISSING, "invalid": _("Send a JSON object")}


class Text(serializers.CharField):
    default_error_messages = {
        **_MISSING,
        "invalid": _("Send a text"),
        "blank": _("Send a text that is not empty"),
        "max_length": _("Send at most {max_length} characters"),
        "min_length": _("Send at least {min_length} characters"),
    }


class Choice(serializers.ChoiceField):
    default_error_messages = {**_MISSING, "invalid_choice": _("Send one of the values that /api/docs/ lists")}


class Whole(serializers.IntegerField):
    default_error_messages = {
        **_MISSING,
        "invalid": _("Send a whole number"),
        "max_value": _("Send a number that is at most {max_value}"),
        "min_value": _("Send a number that is at least {min_value}"),
        "max_string_length": _("Send a whole number"),
    }
