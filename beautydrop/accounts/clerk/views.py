"""To Clerk's hosted pages and back, the choice at the first sign-in, and the webhooks' endpoint."""

import logging
import secrets
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beautydrop.accounts.access import landing_of, signed_in
from beautydrop.accounts.clerk import actions, config, cookies, handshake, webhooks
from beautydrop.accounts.clerk.forms import WelcomeForm
from beautydrop.accounts.models import ClerkEvent, ClerkPerson, Role, User
from beautydrop.web import requests
from beautydrop.web.access import public
from beautydrop.web.errors import error_page

log = logging.getLogger("beautydrop.clerk")


@public
@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Off to Clerk's sign-in page (or sign-up, `?new=1`); it sends the browser back to `done`."""
    _only_when_on()
    if not handshake.is_own_host(request):  # its cookies would be missing on the way back
        return HttpResponseRedirect(settings.SITE_URL + request.get_full_path())
    target = _target(request)
    if request.user.is_authenticated:
        return redirect(target)
    state = secrets.token_urlsafe(16)
    way_back = urlencode({"next": target, handshake.STATE_PARAMETER: state})
    page = "sign-up" if request.GET.get("new") else "sign-in"
    back = urlencode({"redirect_url": f"{settings.SITE_URL}{reverse('accounts:clerk_done')}?{way_back}"})
    response = HttpResponseRedirect(f"{config.instance().portal_url}/{page}?{back}")
    handshake.remember(response, state)
    response.delete_cookie(cookies.KEEP_OUT, samesite="Lax")
    return response


@public
@never_cache
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """Back from Clerk: the middleware has looked at who it is. Once, the person chooses what to do here."""
    _only_when_on()
    if isinstance(request.user, User):
        target = _target(request)
        if _is_welcomed(request.user):
            return redirect(target)
        return redirect(f"{reverse('accounts:welcome')}?{urlencode({'next': target})}")
    heading, words = _refusal(request.COOKIES.get(cookies.KEEP_OUT, ""))
    again = f"{reverse('accounts:clerk_start')}?{urlencode({'next': _target(request)})}"
    return error_page(
        request,
        status=403,
        heading=heading,
        words=words,
        actions=[(_("Try again with Clerk"), again), (_("Sign in with e-mail and password"), reverse("account_login"))],
    )


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """Once, after the first sign-in by Clerk: books appointments, or runs a salon. Left open, it comes again."""
    user = request.user
    assert isinstance(user, User)
    if _is_welcomed(user):
        return redirect(_target(request))
    form = WelcomeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.welcome(user=user, business_name=form.cleaned_data["business_name"], now=timezone.now())
        return redirect("manage:new_shop" if form.is_salon else _target(request))
    context = {"form": form, "next": _target(request), "name": user.first_name}
    return render(request, "accounts/welcome.html", context, status=422 if form.errors else 200)


@public
@csrf_exempt
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Clerk's webhooks. 200 also for a repeat; 503 asks Clerk to send it again."""
    _only_when_on()
    now = timezone.now()
    try:
        event_id, event = webhooks.verified(
            request.body, {name.lower(): value for name, value in request.headers.items()}
        )
    except webhooks.WebhookRefused as error:
        log.warning("A webhook was refused: %s", error)
        return JsonResponse({"error": "not signed by Clerk"}, status=400)
    row = webhooks.receive(event_id, event, now=now)
    is_done = row.outcome != ClerkEvent.Outcome.FAILED
    return JsonResponse({"outcome": row.outcome}, status=200 if is_done else 503)


def _only_when_on() -> None:
    if not config.is_on():
        raise Http404


def _target(request: HttpRequest) -> str:
    """Where the person wanted to go: an address of ours."""
    wanted = request.POST.get("next") or request.GET.get("next")
    return requests.own_address(wanted, default=landing_of(request.user))


def _is_welcomed(user: User) -> bool:
    if user.clerk_user_id is None or user.role != Role.CUSTOMER:
        return True
    return ClerkPerson.objects.filter(pk=user.clerk_user_id, welcomed_at__isnull=False).exists()


def _refusal(reason: str) -> tuple[str, str]:
    """What happened and what to do, for everybody who comes back from Clerk and cannot be signed in."""
    if reason == "no_verified_email":
        return _("Your e-mail address is not confirmed yet"), _(
            "Confirm your e-mail address at Clerk first, then sign in again."
        )
    if reason == "email_taken":
        return _("There is an account with your e-mail address already"), _(
            "It could not be joined with Clerk, because its address was never confirmed here or it belongs to another "
            "sign-in. Use “Forgot your password?” on the sign-in page to get into it."
        )
    if reason == "signs_in_with_password":
        return _("This account signs in with its password"), _(
            "It runs the site or asks for a second step, so Clerk does not open it."
        )
    if reason == "closed":
        return _("This account is closed"), _("Write to us if you need it.")
    if reason in {"unavailable", "keys_unavailable"}:
        return _("Clerk does not answer just now"), _("Try again in a minute, or sign in with e-mail and password.")
    return _("You are not signed in"), _("The sign-in at Clerk was not finished, or it has ended. Try again.")
