"""People: `User` signs in, `Client` owns shops, `Customer` books. One person may be several."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
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
        return self.create_user(
            email, password, is_staff=True, is_superuser=True, email_verified=True, role=Role.ADMIN, **fields
        )

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
