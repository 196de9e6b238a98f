"""Mails of the marketplace: invitations into a salon's team, and what salons write to the operator."""

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from beautydrop.notifications import outbox
from beautydrop.notifications.models import OutboxMessage
from beautydrop.shops import invitations
from beautydrop.shops.models import StaffInvitation
from beautydrop.web import formats

INVITED = "staff.invited"
CONTACT = "contact.message"


def invited(invitation: StaffInvitation, *, now: datetime) -> None:
    """In the language of who invites: of the other person's nothing is known."""
    outbox.post(
        INVITED,
        subject_id=invitation.pk,
        recipient=invitation.email,
        language=get_language() or settings.LANGUAGE_CODE,
        now=now,
    )


def invitation_url(invitation: StaffInvitation) -> str:
    """The whole address of the page where it is accepted."""
    return settings.SITE_URL + reverse("manage:accept_invitation", args=[invitations.token_of(invitation)])


@outbox.register(INVITED)
def render_invited(message: OutboxMessage) -> outbox.Mail | None:
    found = StaffInvitation.objects.select_related("staff_member__shop").filter(pk=message.subject_id).first()
    if found is None or found.email != message.recipient or not found.is_open(timezone.now()):
        return None
    member = found.staff_member
    if member.user_id is not None or not member.is_active:
        return None
    subject = _("%(shop)s invites you into its team") % {"shop": member.shop.name}
    context = {
        "subject": subject,
        "shop": member.shop,
        "member": member,
        "is_manager": found.level == StaffInvitation.Level.MANAGER,
        "url": invitation_url(found),
        "until": formats.moment(found.expires_at, member.shop.zone),
        "zone": formats.zone_label(found.expires_at, member.shop.zone),
        "language": message.language,
    }
    return outbox.Mail(
        subject=subject,
        text=render_to_string("marketplace/emails/invited.txt", context).strip() + "\n",
        html=render_to_string("marketplace/emails/invited.html", context),
    )


@outbox.register(CONTACT)
def render_contact(message: OutboxMessage) -> outbox.Mail:
    """Complete when written: it is somebody else's words."""
    return outbox.Mail(**message.payload)
