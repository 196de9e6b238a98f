"""How somebody becomes the sign-in of a staff member: by a link, once, while signed in. Never by an e-mail match.

The link's token is derived from the invitation's id and the site's key; the row keeps only its SHA-256. So the mail
can be written when it is sent, and nobody who reads the database can accept.
"""

import base64
import hashlib
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from beautydrop.accounts import actions as accounts
from beautydrop.accounts import audit
from beautydrop.accounts.models import User
from beautydrop.shops.models import Shop, StaffInvitation, StaffMember

VALID = timedelta(days=7)
# Each one sends a mail to an address that somebody typed.
MAX_A_DAY = 30
_SALT = "beautydrop.shops.invitations"


def token_of(invitation: StaffInvitation) -> str:
    """The secret part of its link."""
    digest = salted_hmac(_SALT, str(invitation.pk), algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def find(token: str) -> StaffInvitation | None:
    """The invitation of a link, in whatever state, with its person, shop and inviter; None for an unknown one."""
    invitations = StaffInvitation.objects.select_related("staff_member__shop__client", "created_by", "accepted_by")
    return invitations.filter(token_hash=_hash(token)).first()


@transaction.atomic
def invite(*, staff_member: StaffMember, email: str, level: str, by: User, now: datetime) -> StaffInvitation:
    """A new link for this person, valid for 7 days; one that was open before is withdrawn.

    Raises ValidationError when they have a sign-in, are not active, or too many were sent today.
    """
    member = _locked(staff_member)
    if member.user_id is not None:
        raise ValidationError(_("%(name)s signs in already") % {"name": member.name})
    if not member.is_active:
        raise ValidationError(_("%(name)s doesn’t work here at present") % {"name": member.name})
    recent = StaffInvitation.objects.filter(staff_member__shop=member.shop_id, created_at__gt=now - timedelta(days=1))
    if recent.count() >= MAX_A_DAY:
        raise ValidationError(_("That were many invitations for one day. Go on tomorrow."))
    member.invitations.filter(accepted_at=None, revoked_at=None).update(revoked_at=now)
    invitation = StaffInvitation(
        staff_member=member, email=email, level=level, created_by=by, created_at=now, expires_at=now + VALID
    )
    invitation.token_hash = _hash(token_of(invitation))
    invitation.full_clean()
    invitation.save(force_insert=True)
    return invitation


@transaction.atomic
def accept(*, token: str, user: User, now: datetime) -> StaffMember:
    """From now on `user` signs in as this staff member. Raises ValidationError with why the link doesn't work."""
    found = find(token)
    if found is None:
        raise ValidationError(refusal(None, now))
    member = _locked(found.staff_member)
    invitation = StaffInvitation.objects.select_for_update().get(pk=found.pk)
    why = refusal(invitation, now)
    if why:
        raise ValidationError(why)
    if member.user_id is not None or not member.is_active:
        raise ValidationError(_("The salon has changed this place in the team. Ask for a new invitation."))
    if StaffMember.objects.filter(shop=member.shop_id, user=user).exists():
        raise ValidationError(_("You belong to this salon’s team already"))
    member.user = user
    if invitation.level == StaffInvitation.Level.MANAGER:
        member.is_manager = True
    try:
        with transaction.atomic():
            member.save(update_fields=["user", "is_manager", "updated_at"])
    except IntegrityError as error:  # the same person by another link, at the same moment
        raise ValidationError(_("You belong to this salon’s team already")) from error
    invitation.accepted_at, invitation.accepted_by = now, user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    accounts.become_staff(user=user)
    audit.record(
        audit.Kind.JOINED_TEAM,
        subject=member,
        by=user,
        now=now,
        detail={
            "person": user.pk,
            "shop": member.shop_id,
            "level": invitation.level,
            "invited_by": invitation.created_by_id,
        },
    )
    return member


def revoke(*, invitation: StaffInvitation, now: datetime) -> None:
    """The link stops working; one that was accepted stays so."""
    StaffInvitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(revoked_at=now)


@transaction.atomic
def disconnect(*, staff_member: StaffMember, is_forgotten: bool = False) -> StaffMember:
    """Take the sign-in away from this place in the team, `is_forgotten` also phone and e-mail. All that was booked
    stays, and so does the name, by which the salon knows who did it."""
    member = _locked(staff_member)
    left = {"person": member.user_id, "was_manager": member.is_manager, "shop": member.shop_id}
    member.user = None
    member.is_manager = False
    if is_forgotten:
        member.phone = member.email = ""
    member.save(update_fields=["user", "is_manager", "phone", "email", "updated_at"])
    audit.record(audit.Kind.LEFT_TEAM, subject=member, detail=left)
    return member


def forget(*, user: User) -> None:
    """Invitations that the person accepted no longer say to whom they went."""
    for invitation in StaffInvitation.objects.filter(accepted_by=user):
        invitation.email, invitation.accepted_by = f"erased-{invitation.pk}@erased.invalid", None
        invitation.save(update_fields=["email", "accepted_by"])


def refusal(invitation: StaffInvitation | None, now: datetime) -> str:
    """Why the link doesn't work, in words; "" when it does."""
    if invitation is None:
        return _("This invitation doesn’t exist")
    if invitation.accepted_at is not None:
        return _("This invitation has been accepted")
    if invitation.revoked_at is not None:
        return _("This invitation was withdrawn")
    if not invitation.is_open(now):
        return _("This invitation has run out")
    return ""


def open_invitations(shop: Shop) -> dict[object, StaffInvitation]:
    """Staff member's id → their invitation that was neither accepted nor withdrawn (it may have run out)."""
    rows = StaffInvitation.objects.filter(staff_member__shop=shop, accepted_at=None, revoked_at=None)
    return {row.staff_member_id: row for row in rows}


def _locked(staff_member: StaffMember) -> StaffMember:
    return StaffMember.objects.select_for_update(no_key=True).get(pk=staff_member.pk)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
