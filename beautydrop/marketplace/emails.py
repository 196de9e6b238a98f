"""Mails of the marketplace: invitations into a salon's team, and what salons write to the operator."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from beautydrop.notifications import outbox
from beautydrop.notifications.kinds import Audience, Kind, Mail, register
from beautydrop.notifications.letters import Letter, Link
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


def load_invitations(messages: Sequence[OutboxMessage], now: datetime) -> dict[uuid.UUID, StaffInvitation]:
    """The open invitations that these messages are about: one query."""
    found = StaffInvitation.objects.select_related("staff_member__shop").in_bulk(
        {message.subject_id for message in messages}
    )
    return {pk: invitation for pk, invitation in found.items() if invitation.is_open(now)}


def invited_mail(message: OutboxMessage, invitation: StaffInvitation) -> Mail | None:
    member = invitation.staff_member
    if invitation.email != message.recipient or member.user_id is not None or not member.is_active:
        return None
    shop = member.shop
    is_manager = invitation.level == StaffInvitation.Level.MANAGER
    until = {
        "until": formats.moment(invitation.expires_at, shop.zone),
        "zone": formats.zone_label(invitation.expires_at, shop.zone),
    }
    letter = Letter(
        subject=_("%(shop)s invites you into its team") % {"shop": shop.name},
        status=_("%(shop)s keeps its calendar on BeautyDrop and has a place in it for %(name)s.")
        % {"shop": shop.name, "name": member.name},
        paragraphs=(
            _("You will see everybody’s calendar, the clients, the services and the team.")
            if is_manager
            else _("You will see your own day, your hours and your time off."),
        ),
        buttons=(Link(_("See the invitation"), invitation_url(invitation)),),
        quiet=(
            _(
                "The link works once, until %(until)s, %(zone)s. It opens a page with a button; nothing happens before "
                "you press it."
            )
            % until,
        ),
        footer=_("If you don’t know this salon, do nothing."),
    )
    return letter.mail(message)


def contact_mail(message: OutboxMessage, _subject: object) -> Mail:
    """Complete when written: it is somebody else's words."""
    return Mail(**message.payload)


register(
    Kind(
        INVITED,
        gettext_lazy("Invitation into a team"),
        Audience.ACCOUNT,
        mail=invited_mail,
        load=load_invitations,
        is_essential=True,
    )
)
register(Kind(CONTACT, gettext_lazy("A salon writes to us"), Audience.OPERATOR, mail=contact_mail, is_essential=True))
