"""Access by being signed in. An account that is switched off counts as nobody: Django forgets it at each request."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache

from beautydrop.accounts.models import Role
from beautydrop.web import requests


def landing_of(user: object) -> str:
    """Where somebody is led after signing in without having been on the way: to their work, else to their bookings."""
    works_here = getattr(user, "role", "") in {Role.CLIENT, Role.STAFF}
    return reverse("manage:home" if works_here else "bookings:mine")


def signed_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For people who signed in; others are sent to do so and come back. Kept by nobody on the way."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        return view(request, *args, **kwargs)

    wrapped = never_cache(inner)
    wrapped.access = "signed_in"  # type: ignore[attr-defined]
    return wrapped


def signed_in_anew(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For people who gave their password or second factor in the last five minutes; others do so and come back.

    Somebody who has neither (signed in elsewhere) passes: there is nothing to ask for. Never while an administrator
    looks as the person, and never kept by a cache. Stands below the decorator of methods: nobody is asked for a
    password to be told 405.
    """

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if getattr(request, "looking", None):
            raise PermissionDenied
        raise_if_reauthentication_required(request, app="allauth.account")
        return view(request, *args, **kwargs)

    wrapped = signed_in(inner)
    wrapped.access = "signed_in_anew"  # type: ignore[attr-defined]
    return wrapped


def administrator(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For people who may use the admin, with or without a second factor: it leads to giving one."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not (request.user.is_active and getattr(request.user, "is_staff", False)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    wrapped = signed_in(inner)
    wrapped.access = "administrator"  # type: ignore[attr-defined]
    return wrapped


def to_sign_in(request: HttpRequest, *, otherwise: str = "/") -> HttpResponse:
    """To the sign-in page and then back: to what was asked for, or to the page whose form was sent.

    `otherwise` is for forms that came from no page of ours; nobody is led to another site.
    """
    if request.method in {"GET", "HEAD"}:
        return redirect_to_login(request.get_full_path())
    return redirect_to_login(requests.own_address(_page_before(request), default=otherwise))


def _page_before(request: HttpRequest) -> str | None:
    """The page of this site that the request came from, without the host."""
    try:
        parts = urlsplit(request.META.get("HTTP_REFERER", ""))
    except ValueError:
        return None
    if parts.netloc != request.get_host():
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
