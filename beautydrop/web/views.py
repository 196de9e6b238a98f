"""Pages that belong to no app."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from beautydrop.web.access import public


@public
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the process answers and the database does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


@public
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Search engines see salons, never a booking."""
    lines = ["User-agent: *", "Disallow: /b/", "Disallow: /account/", "Disallow: /messages/", "Disallow: /admin/", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")


@public
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component in every state; development only."""
    return render(request, "styleguide.html")
