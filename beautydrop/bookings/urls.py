from django.urls import path, register_converter
from django.urls.converters import StringConverter

from beautydrop.bookings.views import book, manage, mine


class TokenConverter(StringConverter):
    """What tokens are made of; anything else is no address of ours."""

    regex = "[A-Za-z0-9_-]{20,64}"


class KeyConverter(StringConverter):
    """A signed key."""

    regex = "[A-Za-z0-9_:.-]{20,300}"


register_converter(TokenConverter, "token")
register_converter(KeyConverter, "key")

app_name = "bookings"
urlpatterns = [
    path("s/<slug:slug>/book/<slug:service_slug>/", book.when, name="when"),
    path("s/<slug:slug>/book/<slug:service_slug>/details/", book.details, name="details"),
    path("bookings/", mine.mine, name="mine"),
    path("b/<token:token>/", manage.show, name="show"),
    path("b/<token:token>/confirm/<key:key>/", manage.confirm, name="confirm"),
    path("b/<token:token>/change/", manage.change, name="change"),
    path("b/<token:token>/cancel/", manage.cancel, name="cancel"),
    path("b/<token:token>/appointment.ics", manage.calendar, name="calendar"),
    path("b/<token:token>/resend/", manage.resend, name="resend"),
    path("b/<token:token>/address/", manage.change_address, name="change_address"),
    path("b/<token:token>/account/", manage.make_account, name="make_account"),
]
