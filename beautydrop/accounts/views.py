"""A person's own pages."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST

from beautydrop.accounts import actions
from beautydrop.accounts.access import signed_in
from beautydrop.accounts.forms import PreferencesForm, ProfileForm
from beautydrop.accounts.models import Customer
from beautydrop.web import requests
from beautydrop.web.access import public
from beautydrop.web.htmx import render_page

_YEAR_SECONDS = 60 * 60 * 24 * 365


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name, phone and language of the signed-in person."""
    user = request.user
    assert user.is_authenticated
    customer = Customer.objects.filter(user=user).first()
    form = ProfileForm(
        request.POST or None,
        initial={
            "first_name": user.first_name,
            "last_name": user.last_name,
            "phone": customer.phone if customer else "",
            "language": user.language or request.LANGUAGE_CODE,
        },
    )
    if request.method == "POST" and form.is_valid():
        actions.update_profile(user=user, **form.cleaned_data)
        with override(form.cleaned_data["language"]):
            messages.success(request, _("Your profile is saved."))
        response: HttpResponse = redirect("accounts:profile")
        _remember_language(response, form.cleaned_data["language"])
        return response
    context = {"form": form, "email": user.email, "email_verified": user.email_verified}
    return render_page(request, "accounts/profile.html", context, status=422 if form.is_bound else 200)


@public
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Light, dark or as the device; language. Goes back to the page it came from."""
    chosen = PreferencesForm(request.POST).cleaned()
    response = HttpResponseRedirect(requests.own_address(chosen.get("next"), default=reverse("marketplace:home")))
    if theme := chosen.get("theme"):
        if theme == "device":
            response.delete_cookie("theme")
        else:
            response.set_cookie(
                "theme",
                theme,
                max_age=_YEAR_SECONDS,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
            )
    if language := chosen.get("language"):
        _remember_language(response, language)
    return response


def _remember_language(response: HttpResponse, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )
