"""Inviting somebody into the team by a link that is shown once and mailed, and accepting it."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from beautydrop.accounts.models import User
from beautydrop.marketplace import emails
from beautydrop.shops import invitations
from beautydrop.shops.access import Level, Standing, at_shop
from beautydrop.shops.models import StaffInvitation, StaffMember
from beautydrop.web import formats, limits
from beautydrop.web.access import public
from beautydrop.web.errors import error_page
from beautydrop.web.limits import limited

# The session's key: the invitation whose link this browser may show once.
_JUST_MADE = "invitation-just-made"


class InvitationForm(forms.Form):
    """To whom, and what they may do."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("The link goes there. Whoever opens it signs in with an account of their own."),
        error_messages={
            "required": gettext_lazy("Enter an e-mail address"),
            "invalid": gettext_lazy("Enter an e-mail address like name@example.com"),
        },
    )
    level = forms.ChoiceField(
        label=gettext_lazy("What they may do"),
        choices=[
            (StaffInvitation.Level.STAFF, gettext_lazy("Their own day, hours and time off")),
            (StaffInvitation.Level.MANAGER, gettext_lazy("Manage the salon: everybody’s calendar, clients, services")),
        ],
        initial=StaffInvitation.Level.STAFF,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what they may do")},
    )

    def __init__(self, *args: object, may_make_managers: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not may_make_managers:
            del self.fields["level"]

    def level_wanted(self) -> str:
        return str(self.cleaned_data.get("level") or StaffInvitation.Level.STAFF)


@at_shop(Level.MANAGER)
@require_http_methods(["GET", "HEAD", "POST"])
@limited("invitations")
def invite(request: HttpRequest, standing: Standing, staff_id: UUID) -> HttpResponse:
    """The form, or how the invitation that was sent stands; right after sending, its link."""
    member = _member(standing, staff_id)
    form = InvitationForm(
        request.POST if request.method == "POST" else None,
        initial={"email": member.email},
        may_make_managers=standing.level >= Level.OWNER,
    )
    if request.method == "POST" and form.is_valid():
        try:
            _send(request, member, form.cleaned_data["email"], form.level_wanted())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("manage:invite", standing.shop.slug, member.pk)
    now = timezone.now()
    waiting = member.invitations.filter(accepted_at=None, revoked_at=None).first()
    is_just_made = waiting is not None and request.session.get(_JUST_MADE) == str(waiting.pk)
    if is_just_made:
        del request.session[_JUST_MADE]
    context = {
        "section": "team",
        "member": member,
        "form": form,
        "invitation": waiting if not form.errors else None,
        "may_change": waiting is None or _may_change(standing, waiting),
        "is_open": waiting is not None and waiting.is_open(now),
        "until": formats.moment(waiting.expires_at, standing.shop.zone) if waiting else "",
        "link": emails.invitation_url(waiting) if waiting and is_just_made else "",
    }
    return render(request, "marketplace/manage/invite.html", context, status=422 if form.errors else 200)


@at_shop(Level.MANAGER)
@require_POST
@limited("invitations")
def invite_again(request: HttpRequest, standing: Standing, staff_id: UUID) -> HttpResponse:
    """A new link to the same address; the old one stops working."""
    member = _member(standing, staff_id)
    waiting = _waiting(standing, member)
    try:
        _send(request, member, waiting.email, waiting.level)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("manage:invite", standing.shop.slug, member.pk)


@at_shop(Level.MANAGER)
@require_POST
def invite_withdraw(request: HttpRequest, standing: Standing, staff_id: UUID) -> HttpResponse:
    """The link stops working."""
    member = _member(standing, staff_id)
    invitations.revoke(invitation=_waiting(standing, member), now=timezone.now())
    messages.success(request, _("The invitation is withdrawn. Its link doesn’t work any more."))
    return redirect("manage:person", standing.shop.slug, member.pk)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The page that the link opens. Only the button changes anything, once, for the person who is signed in."""
    now = timezone.now()
    found = invitations.find(token)
    if found is not None and found.accepted_by_id is not None and found.accepted_by_id == request.user.pk:
        return redirect("manage:shop", found.staff_member.shop.slug)
    why = invitations.refusal(found, now)
    if found is None:
        limits.check("guessing", request)
    if found is None or why:
        return _over(request, why, status=404 if found is None else 410)
    context = {
        "invitation": found,
        "member": found.staff_member,
        "shop": found.staff_member.shop,
        "is_manager": found.level == StaffInvitation.Level.MANAGER,
        "until": formats.moment(found.expires_at, found.staff_member.shop.zone),
    }
    if request.method == "POST" and isinstance(request.user, User):
        try:
            member = invitations.accept(token=token, user=request.user, now=now)
        except ValidationError as error:
            return _over(request, " ".join(error.messages), status=409)
        messages.success(request, _("Welcome to the team of %(shop)s.") % {"shop": member.shop.name})
        return redirect("manage:shop", member.shop.slug)
    return render(request, "marketplace/manage/accept_invitation.html", context)


def _member(standing: Standing, staff_id: UUID) -> StaffMember:
    """A person without a sign-in; who would manage the salon is the owner's to invite."""
    member = get_object_or_404(standing.shop.staff_members.filter(user=None), pk=staff_id)
    if member.is_manager and standing.level < Level.OWNER:
        raise PermissionDenied
    return member


def _waiting(standing: Standing, member: StaffMember) -> StaffInvitation:
    waiting = get_object_or_404(member.invitations, accepted_at=None, revoked_at=None)
    if not _may_change(standing, waiting):
        raise PermissionDenied
    return waiting


def _may_change(standing: Standing, invitation: StaffInvitation) -> bool:
    return standing.level >= Level.OWNER or invitation.level == StaffInvitation.Level.STAFF


def _send(request: HttpRequest, member: StaffMember, email: str, level: str) -> None:
    assert isinstance(request.user, User)
    now = timezone.now()
    with transaction.atomic():
        made = invitations.invite(staff_member=member, email=email, level=level, by=request.user, now=now)
        emails.invited(made, now=now)
    request.session[_JUST_MADE] = str(made.pk)
    messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": email})


def _over(request: HttpRequest, why: str, *, status: int) -> HttpResponse:
    words = _("Ask the salon for a new link if you need one.")
    return error_page(request, status=status, heading=why, words=words)
