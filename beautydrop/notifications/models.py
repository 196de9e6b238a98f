"""The outbox, and what people want to hear by which way.

A message is a row written in the transaction that causes it, and sent after the commit.
"""

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from beautydrop.accounts.models import OpenSession, User


class Channel(models.TextChoices):
    """A way to somebody. An announcement is not one yet: it becomes rows with a way when it is due."""

    ANNOUNCED = "people", _("Whoever it concerns")
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")
    SITE = "site", _("List in the site")
    PUSH = "push", _("Push")


class OutboxMessage(models.Model):
    """One message by one way to one address. Key: (subject, kind, sequence, channel, recipient); nobody gets two.

    `kind` names a registered Kind (kinds.py); `subject_id` is what it is about (a booking's id, say). `recipient` is an
    e-mail address, a phone number, a person's id (site, push), or "" for an announcement. The row is the promise: a
    lost queue is caught up by the sweep. `claim` is who is sending it right now, until `claimed_until`.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting")
        SENT = "sent", _("Sent")
        STALE = "stale", _("Dropped, no longer true")
        BLOCKED = "blocked", _("Not sent, the address takes no mail")
        DEAD = "dead", _("Given up")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=40)
    subject_id = models.UUIDField(_("about"))
    sequence = models.PositiveSmallIntegerField(_("sequence"), default=0)
    channel = models.CharField(_("way"), max_length=8, choices=Channel, default=Channel.EMAIL)
    recipient = models.CharField(_("to"), max_length=254, blank=True)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    language = models.CharField(_("language"), max_length=8, default="en")
    payload = models.JSONField(_("content given at once"), default=dict, blank=True)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    copies = models.PositiveSmallIntegerField(_("sent again"), default=0)
    due_at = models.DateTimeField(_("due"))
    claim = models.UUIDField(_("being sent by"), null=True, blank=True, editable=False)
    claimed_until = models.DateTimeField(_("being sent until"), null=True, blank=True)
    error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id", "kind", "sequence", "channel", "recipient"], name="message_is_sent_once_per_cause"
            ),
            models.CheckConstraint(
                condition=Q(status="sent", sent_at__isnull=False) | ~Q(status="sent") & Q(sent_at__isnull=True),
                name="sent_messages_say_when",
            ),
            models.CheckConstraint(
                condition=Q(channel="people", recipient="") | ~Q(channel="people") & ~Q(recipient=""),
                name="only_announcements_have_no_recipient",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(status="pending"), name="message_pending_due"),
            models.Index(fields=["recipient"], name="message_recipient"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.recipient or self.get_channel_display()}"

    # What `forget` changes besides the status.
    FORGOTTEN = ("recipient", "user", "payload", "error")

    def forget(self) -> None:
        """Take out to whom it went and what it said; one that still waits is not sent. Not saved here."""
        if self.channel != Channel.ANNOUNCED:
            self.recipient = f"erased-{self.pk}@erased.invalid"  # unique by recipient too, so each gets its own
        self.user = None
        self.forget_content()

    def forget_content(self) -> None:
        """Only what it said: it went to somebody else."""
        self.payload, self.error = {}, ""
        if self.status == self.Status.PENDING:
            self.status = self.Status.STALE


class Notification(models.Model):
    """A line in somebody's list in the site. Made once per message; it says what was so at `at`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    message_id = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    text = models.CharField(_("text"), max_length=500, blank=True)
    path = models.CharField(_("leads to"), max_length=500)
    at = models.DateTimeField(_("when"))
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["user", "-at"], name="notification_newest"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="notification_unread"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(path__startswith="/"), name="notification_leads_into_the_site"),
            models.CheckConstraint(
                condition=Q(read_at=None) | Q(read_at__gte=F("at")), name="notification_is_read_after_it_came"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Preference(models.Model):
    """A person turned one kind of message on or off for one way. What has no row is as the kind has it."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="message_preferences")
    kind = models.CharField(_("kind"), max_length=40)
    channel = models.CharField(_("way"), max_length=8, choices=Channel)
    is_on = models.BooleanField(_("wanted"))
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("message preference")
        verbose_name_plural = _("message preferences")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "channel"], name="preference_is_one_per_kind_and_way")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel}: {self.is_on}"


class Reach(models.Model):
    """How a person may be reached beside e-mail: their number for SMS, and when nothing may ring.

    Quiet hours are wall-clock times where the message happens (the salon's zone) and may go past midnight.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="reach")
    sms_phone = models.CharField(_("number for SMS"), max_length=32, blank=True)
    sms_since = models.DateTimeField(_("asked for SMS"), null=True, blank=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("way to a person")
        verbose_name_plural = _("ways to people")
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False) & ~Q(quiet_from=F("quiet_until")),
                name="quiet_hours_have_a_beginning_and_an_end",
                violation_error_message=_("Enter both times, and two that differ"),
            ),
            models.CheckConstraint(
                condition=Q(sms_phone="", sms_since=None) | ~Q(sms_phone="") & Q(sms_since__isnull=False),
                name="sms_is_asked_for_with_a_number",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


class Suppression(models.Model):
    """An address that must not be written to: everything (it bounced, somebody complained) or one kind (unsubscribed).

    `kind` is "" for everything. A person with an account turns kinds off by preferences instead.
    """

    class Reason(models.TextChoices):
        UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
        BOUNCED = "bounced", _("Came back")
        COMPLAINED = "complained", _("Called spam")
        STOPPED = "stopped", _("Answered STOP")

    address = models.CharField(_("address"), max_length=254)
    kind = models.CharField(_("kind"), max_length=40, blank=True)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("address not written to")
        verbose_name_plural = _("addresses not written to")
        constraints = [
            models.UniqueConstraint(fields=["address", "kind"], name="address_is_suppressed_once_per_kind"),
            models.CheckConstraint(condition=Q(address=Lower("address")), name="suppressed_address_is_lower_case"),
            models.CheckConstraint(
                condition=Q(reason="unsubscribed") & ~Q(kind="") | ~Q(reason="unsubscribed") & Q(kind=""),
                name="only_unsubscribing_is_by_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.get_reason_display()}"


class PushSubscription(models.Model):
    """A browser that asked for push messages: where its vendor takes them, and the keys they are sealed with.

    It goes with the session it was asked for in: a browser that is signed out, from there or from afar, gets no more.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="push_subscriptions")
    session = models.ForeignKey(
        OpenSession, on_delete=models.CASCADE, null=True, editable=False, related_name="push_subscriptions"
    )
    endpoint = models.URLField(_("endpoint"), max_length=1000, unique=True)
    p256dh = models.CharField(max_length=120, editable=False)
    auth = models.CharField(max_length=60, editable=False)
    device = models.CharField(_("device"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("push subscription")
        verbose_name_plural = _("push subscriptions")
        constraints = [
            models.CheckConstraint(condition=Q(endpoint__startswith="https://"), name="push_endpoint_is_https")
        ]

    def __str__(self) -> str:
        return self.device or str(self.user)


class MailboxMessage(models.Model):
    """A mail or SMS kept for the demo's mailbox page, in place of a server (see mailbox.py)."""

    received_at = models.DateTimeField(auto_now_add=True)
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.EMAIL)
    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=500)
    text = models.TextField()
    html = models.TextField(blank=True)
    calendar = models.TextField(blank=True)

    class Meta:
        ordering = ["-received_at", "-pk"]

    def __str__(self) -> str:
        return self.subject
