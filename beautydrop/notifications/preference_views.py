"""What comes, and how: a person's preferences, their devices, and the script that receives push."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beautydrop.accounts import open_sessions
from beautydrop.accounts.access import signed_in
from beautydrop.accounts.models import User
from beautydrop.notifications import addressing, push, texting
from beautydrop.notifications import preferences as wishes
from beautydrop.notifications.forms import DeviceForm, ReachForm
from beautydrop.notifications.models import PushSubscription
from beautydrop.web.access import public


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """Kinds by ways, SMS, quiet hours and devices, in one plain form."""
    user = request.user
    assert isinstance(user, User)
    groups = wishes.table(user)
    reach = wishes.reach_of(user)
    form = ReachForm(
        request.POST if request.method == "POST" else None,
        has_sms=texting.is_on(),
        initial={
            "sms_phone": reach.sms_phone,
            "quiet_from": reach.quiet_from or addressing.QUIET_FROM,
            "quiet_until": reach.quiet_until or addressing.QUIET_UNTIL,
        },
    )
    if request.method == "POST":
        groups = wishes.as_ticked(groups, set(request.POST.getlist("on")))
        if form.is_valid():
            wishes.save(
                user=user,
                groups=groups,
                sms_phone=form.cleaned_data.get("sms_phone"),
                quiet_from=form.cleaned_data["quiet_from"],
                quiet_until=form.cleaned_data["quiet_until"],
                now=timezone.now(),
            )
            messages.success(request, _("Your choices are saved."))
            return redirect("notifications:preferences")
    context = {
        "form": form,
        "groups": groups,
        "ways": wishes.ways(),
        "is_push_on": push.is_on(),
        "push_key": settings.VAPID_PUBLIC_KEY.rstrip("="),
        "devices": PushSubscription.objects.filter(user=user).order_by("-created_at") if push.is_on() else [],
    }
    return render(request, "notifications/preferences.html", context, status=422 if form.errors else 200)


@signed_in
@never_cache
@require_POST
def device_new(request: HttpRequest) -> HttpResponse:
    """The browser at hand gets pushes from now on."""
    assert isinstance(request.user, User)
    if not push.is_on():
        raise Http404
    form = DeviceForm(request.POST)
    if form.is_valid():
        push.subscribe(
            user=request.user,
            **form.cleaned_data,
            device=push.device_name(request.headers.get("User-Agent", "")),
            session_id=open_sessions.current(request),
            now=timezone.now(),
        )
        messages.success(request, _("This browser gets messages now."))
    else:
        messages.error(request, _("This browser’s push service is not one that we send to."))
    return redirect("notifications:preferences")


@signed_in
@never_cache
@require_POST
def device_remove(request: HttpRequest, device_id: int) -> HttpResponse:
    """One browser gets no more pushes; 404 for somebody else's."""
    assert isinstance(request.user, User)
    if not push.unsubscribe(user=request.user, subscription_id=device_id):
        raise Http404
    messages.success(request, _("That browser gets no more messages."))
    return redirect("notifications:preferences")


@public
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The script that receives push, from the site's root so that it may speak for all of it; 404 without keys."""
    if not push.is_on():
        raise Http404
    response = HttpResponse(_worker(), content_type="text/javascript; charset=utf-8")
    # Browsers ask for it themselves and must see a new one soon.
    response.headers["Cache-Control"] = "max-age=0, must-revalidate"
    return response


@cache
def _worker() -> bytes:
    return (Path(settings.BASE_DIR) / "static" / "js" / "push-worker.js").read_bytes()
