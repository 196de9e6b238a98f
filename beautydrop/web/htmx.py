"""One view answers the whole page, or the one region of it that an htmx request names."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def is_htmx(request: HttpRequest) -> bool:
    """True for a request that swaps a part of a page (not for htmx restoring history)."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-History-Restore-Request") != "true"


def region_of(request: HttpRequest, regions: Sequence[str]) -> str:
    """The region that an htmx request names in its query string, from the view's own list, or ""."""
    wanted = request.GET.get("region", "")
    return wanted if is_htmx(request) and wanted in regions else ""


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    regions: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    """The page, or its region (`{% partialdef name inline %}`), with Vary: HX-Request."""
    region = region_of(request, regions)
    name = f"{template}#{region}" if region else template
    response = render(request, name, {**context, "is_region": bool(region)}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
