"""The outbox: a message is a row written in the transaction that causes it, and sent after the commit."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class OutboxMessage(models.Model):
    """One message to one address. Key: (subject, kind, sequence, recipient); nobody gets two of the same.

    `kind` names a registered renderer (see outbox.register); `subject_id` is what it is about (a
    booking's id, say). The row is the promise: a lost queue is caught up by the sweep.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting")
        SENT = "sent", _("Sent")
        STALE = "stale", _("Dropped, no longer true")
        DEAD = "dead", _("Given up")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=40)
    subject_id = models.UUIDField(_("about"))
    sequence = models.PositiveSmallIntegerField(_("sequence"), default=0)
    recipient = models.EmailField(_("to"))
    language = models.CharField(_("language"), max_length=8, default="en")
    payload = models.JSONField(_("content given at once"), default=dict, blank=True)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due"))
    claimed_until = models.DateTimeField(_("being sent until"), null=True, blank=True)
    error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id", "kind", "sequence", "recipient"], name="message_is_sent_once_per_cause"
            ),
            models.CheckConstraint(
                condition=models.Q(status="sent", sent_at__isnull=False)
                | ~models.Q(status="sent") & models.Q(sent_at__isnull=True),
                name="sent_messages_say_when",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(status="pending"), name="message_pending_due")]

    def __str__(self) -> str:
        return f"{self.kind} → {self.recipient}"


class MailboxMessage(models.Model):
    """A mail kept for the demo's mailbox page, in place of a mail server (see mailbox.MailboxBackend)."""

    received_at = models.DateTimeField(auto_now_add=True)
    recipient = models.CharField(max_length=254)
    subject = models.CharField(max_length=500)
    text = models.TextField()
    html = models.TextField(blank=True)
    calendar = models.TextField(blank=True)

    class Meta:
        ordering = ["-received_at", "-pk"]

    def __str__(self) -> str:
        return self.subject
