"""People: `User` signs in, `Client` owns shops, `Customer` books. One person may be several."""

import base64
import uuid
from datetime import datetime, timedelta
from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from beautydrop.accounts.clerk.records import ClerkEvent, ClerkPerson, ClerkSession

__all__ = ["ClerkEvent", "ClerkPerson", "ClerkSession", "Client", "Customer", "LookAs", "Role", "User", "UserManager"]


class Role(models.TextChoices):
    """What a person mainly came for. Rights never come from it, but from their relation to an object."""

    CUSTOMER = "customer", _("Customer")
    CLIENT = "client", _("Salon owner")
    STAFF = "staff", _("Staff")
    ADMIN = "admin", _("Administrator")


class UserManager(BaseUserManager["User"]):
    """Makes people by e-mail address; addresses are kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Whoever may run this command vouches for the address, so that signing in asks for no link."""
        fields = {"is_staff": True, "is_superuser": True, "email_verified": True, "role": Role.ADMIN, **fields}
        user = self.create_user(email, password, **fields)
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who can sign in. `email_verified` is true once they opened a link sent to `email`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clerk_user_id = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    email = models.EmailField(
        _("e-mail"),
        max_length=254,
        unique=True,
        error_messages={"unique": _("Somebody already has an account with this e-mail address")},
    )
    first_name = models.CharField(_("first name"), max_length=80, blank=True)
    last_name = models.CharField(_("last name"), max_length=80, blank=True)
    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.CUSTOMER)
    language = models.CharField(_("language"), max_length=8, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may use the admin"), default=False)
    email_verified = models.BooleanField(_("e-mail verified"), default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="user_email_is_lower_case",
                violation_error_message=_("Enter the e-mail address in lower case"),
            )
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Client(models.Model):
    """A salon owner: the business that shops belong to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="client")
    business_name = models.CharField(_("business name"), max_length=120)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")

    def __str__(self) -> str:
        return self.business_name


class Customer(models.Model):
    """The booking side of a signed-in person. Guests have none: their booking carries who they are."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="customer")
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")

    def __str__(self) -> str:
        return str(self.user)


class EmailChange(models.Model):
    """A person asked for another e-mail address; theirs stays until the link sent to the new one is followed.

    Gone once it is used, taken back, or replaced by a newer wish. The link's key is derived from the row's id and the
    site's key, so that the mail can be written when it is sent, and nobody who reads the database can follow it.
    """

    VALID = timedelta(hours=24)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="email_change")
    new_email = models.EmailField(_("new e-mail"), max_length=254)
    asked_at = models.DateTimeField(_("asked"))

    class Meta:
        verbose_name = _("change of an e-mail address")
        verbose_name_plural = _("changes of e-mail addresses")
        constraints = [
            models.CheckConstraint(condition=models.Q(new_email=Lower("new_email")), name="new_email_is_lower_case")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.new_email}"

    @property
    def key(self) -> str:
        """The secret part of its link."""
        digest = salted_hmac("beautydrop.accounts.email_change", str(self.pk), algorithm="sha256").digest()
        return f"{self.pk.hex}-{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"

    def is_open(self, now: datetime) -> bool:
        return now < self.asked_at + self.VALID

    @classmethod
    def of_key(cls, key: str, now: datetime) -> "EmailChange | None":
        """The wish that this link stands for, while it is open."""
        try:
            found = cls.objects.select_related("user").filter(pk=uuid.UUID(key.partition("-")[0])).first()
        except ValueError:
            return None
        return found if found and constant_time_compare(found.key, key) and found.is_open(now) else None


class OpenSession(models.Model):
    """Where a person is signed in: one row a browser (see accounts/open_sessions.py, its only writer)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="open_sessions")
    session_key = models.CharField(max_length=40, unique=True, editable=False)
    user_agent = models.CharField(_("browser"), max_length=300, blank=True)
    began_at = models.DateTimeField(_("signed in"))
    seen_at = models.DateTimeField(_("last seen"))
    expires_at = models.DateTimeField(_("ends"))

    class Meta:
        verbose_name = _("open session")
        verbose_name_plural = _("open sessions")
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.began_at:%Y-%m-%d %H:%M}"


class LookAs(models.Model):
    """On record: an admin looked at the site as another person. Rows are only ever added and ended."""

    admin = models.ForeignKey(User, on_delete=models.PROTECT, related_name="looks")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="looked_as")
    began_at = models.DateTimeField(_("began"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("look as another person")
        verbose_name_plural = _("looks as another person")
        ordering = ["-began_at"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(admin=models.F("person")), name="nobody_looks_as_themselves")
        ]

    def __str__(self) -> str:
        return f"{self.admin} → {self.person}"


class AuditEvent(models.Model):
    """On record: a sign-in, or a change of rights or money. Written by audit.py; a trigger refuses all but adding.

    The subject is named by type, id and words, not by a foreign key: the record outlives what it is about.
    """

    class Kind(models.TextChoices):
        SIGNED_IN = "signed_in", _("Signed in")
        SIGN_IN_FAILED = "sign_in_failed", _("Sign-in failed")
        SIGNED_OUT = "signed_out", _("Signed out")
        PASSWORD_CHANGED = "password_changed", _("Password changed")
        EMAIL_CHANGED = "email_changed", _("E-mail address changed")
        TWO_FACTOR_CHANGED = "two_factor_changed", _("Two-factor sign-in changed")
        ACCOUNT_DELETED = "account_deleted", _("Account deleted")
        RIGHTS_CHANGED = "rights_changed", _("Rights changed")
        JOINED_TEAM = "joined_team", _("Joined a team")
        LEFT_TEAM = "left_team", _("Left a team")
        LOOKED_AS = "looked_as", _("Looked at the site as another person")
        PRICE_CHANGED = "price_changed", _("Price changed")
        TERMS_CHANGED = "terms_changed", _("Terms changed")

    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("what"), max_length=24, choices=Kind)
    # Cleared when the person is erased: the one change that the trigger lets through.
    actor = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    subject_type = models.CharField(_("kind of subject"), max_length=40, blank=True)
    subject_id = models.CharField(_("subject’s id"), max_length=40, blank=True)
    subject = models.CharField(_("subject"), max_length=120, blank=True)
    address = models.GenericIPAddressField(_("network address"), null=True, blank=True)
    detail = models.JSONField(_("detail"), default=dict, blank=True)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["-at"], name="audit_newest_first"),
            models.Index(fields=["subject_id", "-at"], name="audit_of_a_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.subject}".strip()
