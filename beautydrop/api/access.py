"""Who may use an address of the API. Each view carries exactly one of these markers, outermost.

Beyond that, rights come from the relation to an object, as on the pages: see shops/access.py and bookings/access.py.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.vary import vary_on_headers
from rest_framework.permissions import AllowAny, IsAuthenticated

_View = Callable[..., HttpResponse]


def public(view: _View) -> _View:
    """For everybody."""
    return _opened(view, "public", AllowAny)


def signed_in(view: _View) -> _View:
    """For people who say who they are; others get 401. What it answers is kept by nobody on the way."""
    return never_cache(_opened(view, "signed_in", IsAuthenticated))


def _opened(view: _View, access: str, permission: type[AllowAny | IsAuthenticated]) -> _View:
    marked: Any = vary_on_headers("Authorization", "Cookie", "X-Clerk-User-ID")(view)
    marked.cls.permission_classes = [permission]
    marked.access = access
    return marked
