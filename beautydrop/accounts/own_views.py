"""A person's own account: address, where they are signed in, their data, leaving."""

import uuid
from datetime import datetime
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from beautydrop.accounts import actions, open_sessions, own_data, second_factor
from beautydrop.accounts.access import administrator, signed_in, signed_in_anew
from beautydrop.accounts.admin_site import is_factor_enough
from beautydrop.accounts.errors import AccountError
from beautydrop.accounts.forms import EmailForm
from beautydrop.accounts.models import EmailChange, OpenSession, User
from beautydrop.web import formats, limits, requests
from beautydrop.web.access import public
from beautydrop.web.limits import limited


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@signed_in
@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Leads to everything of the account."""
    user = _person(request)
    context = {
        "email": user.email,
        "has_password": user.has_usable_password(),
        "has_second_factor": second_factor.is_set_up(user),
        "session_count": len(open_sessions.of(user, now=timezone.now())),
    }
    return render(request, "accounts/index.html", context)


# --- E-mail ----------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_anew
@limited("mail")
def email(request: HttpRequest) -> HttpResponse:
    """Ask for another address: the present one stays until the link sent to the new one is followed."""
    user, now = _person(request), timezone.now()
    form = EmailForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["email"]
        if not _may_send(request, wanted):
            form.add_error("email", _("A link went there a moment ago. Wait three minutes, then ask again."))
        else:
            with transaction.atomic():
                _send_links(user, actions.ask_for_email(user=user, new_email=wanted, now=now))
            messages.success(request, _("A link is on its way to %(email)s.") % {"email": wanted})
            return redirect("accounts:email")
    wish = EmailChange.objects.filter(user=user).first()
    context = {"form": form, "email": user.email, "wish": wish if wish and wish.is_open(now) else None}
    return render(request, "accounts/email.html", context, status=422 if form.is_bound else 200)


def _may_send(request: HttpRequest, to: str) -> bool:
    """Ten times a minute for who asks, once in three minutes to the same address."""
    usages = (
        ratelimit.consume(request, action="manage_email", user=request.user),
        ratelimit.consume(request, action="confirm_email", key=to),
    )
    return all(usages)


def _send_links(user: User, wish: EmailChange) -> None:
    """The link to the new address, and word of it to the present one."""
    adapter = get_adapter()
    if actions.is_email_taken(wish.new_email, by_another_than=user):
        adapter.send_account_already_exists_mail(wish.new_email)
    else:
        url = adapter.request.build_absolute_uri(reverse("accounts:change_email", args=[wish.key]))
        adapter.send_mail("account/email/email_change", wish.new_email, {"change_url": url})
    asked = {"to_email": wish.new_email}
    adapter.send_notification_mail("account/email/email_change_asked", user, asked, email=user.email)


@signed_in
@require_POST
def take_back_email(request: HttpRequest) -> HttpResponse:
    actions.take_back_email(user=_person(request))
    messages.success(request, _("Your address stays as it is."))
    return redirect("accounts:index")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_email(request: HttpRequest, key: str) -> HttpResponse:
    """What the mailed link opens: a page with a button, since mail programs open links by themselves."""
    now = timezone.now()
    wish = EmailChange.of_key(key, now)
    if wish is None:
        limits.check("guessing", request)
    if request.method != "POST":
        return render(request, "accounts/email_change.html", {"wish": wish}, status=200 if wish else 404)
    try:
        with transaction.atomic():
            user, former = actions.change_email(key=key, now=now)
            context = {"from_email": former, "to_email": user.email}
            get_adapter().send_notification_mail("account/email/email_changed", user, context, email=former)
    except AccountError as error:
        return render(request, "accounts/email_change.html", {"wish": None, "why": error.message}, status=409)
    messages.success(request, _("From now on you sign in with %(email)s.") % {"email": user.email})
    return redirect("accounts:index")


# --- Where one is signed in ------------------------------------------------------------------------


@signed_in
@never_cache
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    user, here, now = _person(request), open_sessions.current(request), timezone.now()
    rows = [_session_row(row, here, now) for row in open_sessions.of(user, now=now)]
    rows.sort(key=lambda row: not row["is_here"])
    return render(request, "accounts/sessions.html", {"rows": rows, "others": sum(not row["is_here"] for row in rows)})


def _session_row(row: OpenSession, here: uuid.UUID | None, now: datetime) -> dict[str, Any]:
    is_fresh = now - row.seen_at < open_sessions.SEEN_EVERY
    return {
        "id": row.pk,
        "device": open_sessions.device(row.user_agent),
        "is_phone": "Mobi" in row.user_agent,
        "began": _("Signed in on %(day)s") % {"day": formats.day_long(row.began_at.date())},
        "seen": _("Seen a moment ago")
        if is_fresh
        else _("Last seen %(ago)s ago") % {"ago": timesince(row.seen_at, now)},
        "is_here": row.pk == here,
    }


@signed_in
@require_POST
def end_session(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """One that isn't the person's is 404, like one that is gone."""
    if session_id == open_sessions.current(request):
        get_adapter().logout(request)
        return redirect("marketplace:home")
    if not open_sessions.end(user=_person(request), session_id=session_id, now=timezone.now()):
        raise Http404
    messages.success(request, _("That browser is signed out."))
    return redirect("accounts:sessions")


@signed_in
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    open_sessions.end_all(user=_person(request), now=timezone.now(), but=open_sessions.current(request))
    messages.success(request, _("All other browsers are signed out."))
    return redirect("accounts:sessions")


# --- Data and leaving ------------------------------------------------------------------------------


@require_safe
@signed_in_anew
def data(request: HttpRequest) -> HttpResponse:
    """What the site holds about the person, to read before it is downloaded."""
    sections = own_data.sections(_person(request), timezone.now())
    empty = [section.title for section in sections if not section.held.lines]
    return render(request, "accounts/data.html", {"sections": sections, "empty": empty})


@require_safe
@signed_in_anew
def data_file(request: HttpRequest) -> HttpResponse:
    """The same as one file."""
    content = own_data.everything(_person(request), timezone.now())
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response.headers["Content-Disposition"] = 'attachment; filename="beautydrop-my-data.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in_anew
def delete(request: HttpRequest) -> HttpResponse:
    """What goes, what stays, what stands in the way, and the red button."""
    user, now = _person(request), timezone.now()
    if request.method != "POST":
        return _delete_page(request, own_data.obstacles(user, now), status=200)
    address = user.email
    try:
        with transaction.atomic():
            actions.delete_account(user=user, now=now)
            get_adapter().send_mail("account/email/account_deleted", address, {})
    except AccountError as error:
        return _delete_page(request, error.obstacles, status=409)
    get_adapter().logout(request)
    messages.success(request, _("Your account is deleted."))
    return redirect("marketplace:home")


def _delete_page(request: HttpRequest, obstacles: list[own_data.Obstacle], *, status: int) -> HttpResponse:
    return render(request, "accounts/delete.html", {"obstacles": obstacles, "is_refused": status == 409}, status=status)


@require_POST
@signed_in_anew
def clear(request: HttpRequest, name: str) -> HttpResponse:
    """An obstacle that the person may clear away on the spot."""
    if not own_data.clear(name, _person(request), timezone.now()):
        raise Http404
    return redirect("accounts:delete")


# --- The admin's door ------------------------------------------------------------------------------


@require_safe
@administrator
def admin_door(request: HttpRequest) -> HttpResponse:
    """For an administrator whose session lacks the second factor: set one up, or give it."""
    user = _person(request)
    target = requests.own_address(request.GET.get("next"), default=reverse("admin:index"))
    if is_factor_enough(request):
        return redirect(target)
    methods = [one for one in get_adapter().get_reauthentication_methods(user) if one["id"].startswith("mfa")]
    context = {
        "is_set_up": second_factor.is_set_up(user),
        "with_code": next((one["url"] for one in methods if one["id"] == "mfa_reauthenticate"), ""),
        "with_passkey": next((one["url"] for one in methods if one["id"].endswith("webauthn")), ""),
        "target": target,
    }
    return render(request, "accounts/admin_door.html", context)
