"""What this app holds about a person: where they work, what they own (see accounts/own_data.py)."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from beautydrop.accounts import own_data
from beautydrop.accounts.models import User
from beautydrop.shops import invitations
from beautydrop.shops.models import Shop, StaffInvitation, StaffMember


@own_data.register("salons", title=gettext_lazy("Salons where you work"))
def _held(user: User, now: datetime) -> own_data.Held:
    owned = list(Shop.objects.filter(client__user=user).order_by("name"))
    places = list(StaffMember.objects.filter(user=user).select_related("shop").order_by("shop__name"))
    accepted = list(
        StaffInvitation.objects.filter(accepted_by=user).select_related("staff_member__shop").order_by("created_at")
    )
    data = {
        "owned": [{"name": shop.name, "since": shop.created_at.isoformat()} for shop in owned],
        "staff_of": [
            {
                "salon": member.shop.name,
                "name": member.name,
                "title": member.title,
                "phone": member.phone,
                "email": member.email,
                "is_manager": member.is_manager,
                "since": member.created_at.isoformat(),
            }
            for member in places
        ],
        "invitations": [
            {
                "salon": invitation.staff_member.shop.name,
                "email": invitation.email,
                "accepted_at": invitation.accepted_at.isoformat() if invitation.accepted_at else None,
            }
            for invitation in accepted
        ],
    }
    lines = [_("%(salon)s, yours") % {"salon": shop.name} for shop in owned]
    lines += [_("%(salon)s, as %(name)s") % {"salon": member.shop.name, "name": member.name} for member in places]
    return own_data.Held(data, lines)


@own_data.refuses("salons")
def _refused(user: User, now: datetime) -> list[own_data.Obstacle]:
    owned = list(Shop.objects.filter(client__user=user).order_by("name"))
    if not owned:
        return []
    return [
        own_data.Obstacle(
            "salons",
            words=_("You own a salon, and a salon can’t be without its owner."),
            remedy=_("Write to us: we hand it over to somebody else, or close it with you."),
            rows=[(shop.name, reverse("manage:shop", args=[shop.slug])) for shop in owned],
            link=(_("Write to us"), reverse("marketplace:contact")),
        )
    ]


@own_data.erases("salons")
def _erase(user: User, now: datetime) -> None:
    """The place in the team stays the salon's, without the sign-in and the person's phone and address."""
    for member in StaffMember.objects.filter(user=user).order_by("pk"):
        invitations.disconnect(staff_member=member, is_forgotten=True)
    invitations.forget(user=user)
