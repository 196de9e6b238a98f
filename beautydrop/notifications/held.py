"""What this app holds about a person: messages to them, and by which ways they want them (see accounts/own_data.py)."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from beautydrop.accounts import own_data
from beautydrop.accounts.models import User
from beautydrop.notifications.kinds import label_of
from beautydrop.notifications.models import (
    Notification,
    OutboxMessage,
    Preference,
    PushSubscription,
    Reach,
    Suppression,
)
from beautydrop.web import formats


def _to(user: User) -> QuerySet[OutboxMessage]:
    """By an address that is not proved, they could be anybody's."""
    mine = Q(user=user) | Q(recipient=str(user.pk))
    if user.email_verified:
        mine |= Q(recipient=user.email)
    return OutboxMessage.objects.filter(mine)


@own_data.register("messages", title=gettext_lazy("Messages to you"))
def _messages(user: User, now: datetime) -> own_data.Held:
    """That they were sent and about what; the words of some hold links that sign in, so they stay out."""
    rows = list(_to(user).order_by("created_at"))
    data = [
        {
            "kind": row.kind,
            "way": row.channel,
            "subject": row.payload.get("subject", ""),
            "to": row.recipient,
            "status": row.status,
            "written_at": row.created_at.isoformat(),
            "sent_at": row.sent_at.isoformat() if row.sent_at else None,
        }
        for row in rows
    ]
    lines = [
        f"{formats.day_short(row.created_at.date())}: {row.payload.get('subject') or label_of(row.kind)}"
        for row in reversed(rows)
    ]
    return own_data.Held(data, lines)


@own_data.register("news", title=gettext_lazy("Your list of news"))
def _news(user: User, now: datetime) -> own_data.Held:
    """The site's own list. What a salon's people are told names clients, so of that only the kind and the time."""
    rows = list(Notification.objects.filter(user=user))
    data = []
    for row in rows:
        is_salons = row.kind.startswith("salon.")
        data.append(
            {
                "kind": row.kind,
                "title": "" if is_salons else row.title,
                "text": "" if is_salons else row.text,
                "at": row.at.isoformat(),
                "read_at": row.read_at.isoformat() if row.read_at else None,
            }
        )
    return own_data.Held(data, [f"{formats.day_short(row.at.date())}: {label_of(row.kind)}" for row in rows])


@own_data.register("ways", title=gettext_lazy("How you want to hear from us"))
def _ways(user: User, now: datetime) -> own_data.Held:
    reach = Reach.objects.filter(user=user).first()
    data: dict[str, Any] = {
        "preferences": [
            {"kind": row.kind, "way": row.channel, "is_on": row.is_on}
            for row in Preference.objects.filter(user=user).order_by("kind", "channel")
        ],
        "sms_phone": reach.sms_phone if reach else "",
        "sms_since": reach.sms_since.isoformat() if reach and reach.sms_since else None,
        "quiet_from": reach.quiet_from.isoformat() if reach and reach.quiet_from else None,
        "quiet_until": reach.quiet_until.isoformat() if reach and reach.quiet_until else None,
        "push": [
            {"device": row.device, "since": row.created_at.isoformat()}
            for row in PushSubscription.objects.filter(user=user).order_by("created_at")
        ],
        "not_written_to": [
            {"kind": row.kind, "reason": row.reason, "since": row.at.isoformat()}
            for row in _stopped(user).order_by("at")
        ],
    }
    lines = [data["sms_phone"], *(row["device"] for row in data["push"])]
    return own_data.Held(data, [line for line in lines if line])


def _stopped(user: User) -> QuerySet[Suppression]:
    return Suppression.objects.filter(address=user.email) if user.email_verified else Suppression.objects.none()


@own_data.erases("messages")
def _erase(user: User, now: datetime) -> None:
    """What mail servers and people refused stays on record, so that nobody writes there again by mistake."""
    rows = list(_to(user))
    for row in rows:
        row.forget()
    OutboxMessage.objects.bulk_update(rows, ["status", *OutboxMessage.FORGOTTEN], batch_size=500)
    _stopped(user).filter(reason=Suppression.Reason.UNSUBSCRIBED).delete()
    for model in (Notification, Preference, Reach, PushSubscription):
        model.objects.filter(user=user).delete()
