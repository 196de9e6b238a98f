"""The admin's door: signing in goes by the site's own page, and a second factor can be asked for."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from beautydrop.accounts import second_factor
from beautydrop.accounts.access import administrator
from beautydrop.web import requests


class Site(admin.AdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and is_factor_enough(request)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    @method_decorator(administrator)  # type: ignore[arg-type]
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Never the admin's own form: it would sign in past the second factor and the counting of attempts."""
        index = reverse("admin:index", current_app=self.name)
        target = requests.own_address(request.GET.get("next"), default=index)
        if is_factor_enough(request):
            return HttpResponseRedirect(index if target.startswith(request.path) else target)
        return redirect(f"{reverse('accounts:admin_door')}?{urlencode({'next': target})}")


def is_factor_enough(request: HttpRequest) -> bool:
    """True where no second factor is asked for, or this session gave one. Asked often in a request, so kept on it."""
    if not settings.ADMIN_REQUIRES_TWO_FACTOR:
        return True
    known: bool | None = getattr(request, "is_factor_enough", None)
    if known is None:
        known = second_factor.was_used(request)
        request.is_factor_enough = known  # type: ignore[attr-defined]
    return known
