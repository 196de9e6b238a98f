"""What is kept of Clerk beside `User.clerk_user_id`: people, sessions and the events that were received.

Rows are made as they are heard of, in any order: a session's end may arrive before anybody came with it.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ClerkPerson(models.Model):
    """Somebody at Clerk: what Clerk said last, which is how a later change here is told from one there."""

    clerk_user_id = models.CharField(primary_key=True, max_length=64)
    email = models.EmailField(_("e-mail"), max_length=254, blank=True)
    first_name = models.CharField(_("first name"), max_length=80, blank=True)
    last_name = models.CharField(_("last name"), max_length=80, blank=True)
    # Clerk's own time stamp of what is kept here, in milliseconds: what is older is not applied.
    profile_version = models.BigIntegerField(default=0)
    welcomed_at = models.DateTimeField(_("chose what to do here"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted at Clerk"), null=True, blank=True)
    # The account that was closed with the person: opened again only when the same proven address comes back.
    closed_account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("person at Clerk")
        verbose_name_plural = _("people at Clerk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closed_account=None) | models.Q(deleted_at__isnull=False),
                name="account_is_closed_by_deletion_only",
            )
        ]

    def __str__(self) -> str:
        return self.clerk_user_id


class ClerkSession(models.Model):
    """A session at Clerk that was used here, or whose end was heard of. An ended one opens nothing any more."""

    sid = models.CharField(primary_key=True, max_length=64)
    clerk_user_id = models.CharField(max_length=64, blank=True, db_index=True)
    began_at = models.DateTimeField(_("began"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("session at Clerk")
        verbose_name_plural = _("sessions at Clerk")

    def __str__(self) -> str:
        return self.sid


class ClerkEvent(models.Model):
    """A webhook by its id: received once, applied once."""

    class Outcome(models.TextChoices):
        FAILED = "failed", _("Failed; Clerk sends it again")
        APPLIED = "applied", _("Applied")
        IGNORED = "ignored", _("Nothing to do")

    event_id = models.CharField(primary_key=True, max_length=128)
    kind = models.CharField(_("kind"), max_length=64)
    subject_id = models.CharField(_("about"), max_length=64, blank=True)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome, default=Outcome.FAILED)
    note = models.CharField(_("note"), max_length=200, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    received_at = models.DateTimeField(_("received"))
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)

    class Meta:
        verbose_name = _("event from Clerk")
        verbose_name_plural = _("events from Clerk")
        ordering = ["-received_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
