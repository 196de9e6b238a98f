"""Friendly pages for everything that can go wrong: what happened, and what to do next."""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def error_page(
    request: HttpRequest,
    *,
    status: int,
    heading: str,
    words: str,
    actions: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    """The error page; `actions` are (label, address), by default the search."""
    links = actions or [(_("Find a salon"), reverse("marketplace:search"))]
    return render(
        request,
        "errors/error.html",
        {"code": status, "heading": heading, "words": words, "actions": links},
        status=status,
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return too_large(request)
    return error_page(
        request,
        status=400,
        heading=_("This request can’t be read"),
        words=_("Something in the address or the form is not what the site expects. Go back and try again."),
    )


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(
        request,
        status=403,
        heading=_("This page is not yours to see"),
        words=_("You are signed in, but this belongs to somebody else. Sign in with another account to see it."),
        actions=[
            (_("My bookings"), reverse("bookings:mine")),
            (_("Find a salon"), reverse("marketplace:search")),
        ],
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(
        request,
        status=403,
        heading=_("This form is too old"),
        words=_("Nothing was changed. Go back, reload the page and send the form again; cookies have to be allowed."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(
        request,
        status=404,
        heading=_("There is nothing here"),
        words=_(
            "The address may be mistyped, or the page is gone. Your bookings are safe: "
            "find them under My bookings or by the link in your e-mail."
        ),
        actions=[
            (_("Find a salon"), reverse("marketplace:search")),
            (_("My bookings"), reverse("bookings:mine")),
        ],
    )


def too_large(request: HttpRequest) -> HttpResponse:
    return error_page(
        request,
        status=413,
        heading=_("This is too much to send at once"),
        words=_("Nothing was changed. Go back and shorten the text, or choose smaller or fewer files."),
    )


def too_many_requests(
    request: HttpRequest, exception: Exception | None = None, *, retry_after: int = 60
) -> HttpResponse:
    """Too often; `retry_after` is in seconds. site.js shows the words to somebody whose htmx request met it."""
    minutes = -(-retry_after // 60)
    wait = (
        _("Wait a minute, then try again.")
        if minutes <= 1
        else ngettext("Wait %(count)s minute, then try again.", "Wait %(count)s minutes, then try again.", minutes)
        % {"count": minutes}
    )
    calm = _("Nothing that you booked is affected.")
    response = error_page(
        request,
        status=429,
        heading=_("That was a lot at once"),
        words=f"{wait} {calm}",
    )
    response.headers["Retry-After"] = str(retry_after)
    return response
