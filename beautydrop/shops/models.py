"""The catalogue: a client's shops, what they sell and who works there."""

import uuid
import zoneinfo
from datetime import datetime
from decimal import Decimal

from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from beautydrop.accounts.models import Client, User

MAX_SERVICE_MINUTES = 12 * 60
MAX_BUFFER_MINUTES = 4 * 60
PICTURE_WIDTHS = (320, 640, 1280)  # in pixels


class Category(models.TextChoices):
    """Kinds of service, in the order in which they are shown everywhere."""

    HAIR = "hair", _("Hair")
    NAILS = "nails", _("Nails")
    SKIN = "skin", _("Skin")
    BROWS = "brows", _("Brows")
    MASSAGE = "massage", _("Massage")
    BARBER = "barber", _("Barber")
    MAKEUP = "makeup", _("Make-up")
    WAX = "wax", _("Wax")


def validate_timezone(name: str) -> None:
    """Raise ValidationError unless `name` is an IANA zone such as Europe/Berlin."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("Choose a time zone such as Europe/Berlin"))


class ShopQuerySet(models.QuerySet["Shop"]):
    def bookable(self) -> "ShopQuerySet":
        """Shops that customers may see and book."""
        return self.filter(is_active=True)


class Shop(models.Model):
    """One salon: where it is, in which zone and currency it works, and its booking policy.

    Policy units: `lead_time_minutes` before a start, `horizon_days` ahead (0 = today only),
    `slot_interval_minutes` of the grid when hours give none, `cancellation_cutoff_hours` before the
    start, shares of the price in percent.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="shops")
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("address on the site"), max_length=80, unique=True)
    description = models.TextField(_("description"), max_length=2000, blank=True)
    address = models.CharField(_("street and number"), max_length=200)
    area = models.CharField(_("district"), max_length=80, blank=True)
    city = models.CharField(_("city"), max_length=80)
    state = models.CharField(_("state or region"), max_length=80, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=20, blank=True)
    country = models.CharField(
        _("country"),
        max_length=2,
        validators=[RegexValidator(r"^[A-Z]{2}$", _("Two capital letters, such as DE"))],
    )
    latitude = models.FloatField(
        _("latitude"), null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    longitude = models.FloatField(
        _("longitude"), null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    finding_note = models.CharField(_("finding it"), max_length=300, blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, validators=[validate_timezone])
    currency = models.CharField(
        _("currency"),
        max_length=3,
        validators=[RegexValidator(r"^[A-Z]{3}$", _("Three capital letters, such as EUR"))],
    )
    is_step_free = models.BooleanField(_("step-free entrance"), default=False)
    is_active = models.BooleanField(_("open for booking"), default=True)
    sends_sms = models.BooleanField(_("sends SMS"), default=False, db_default=False)
    lead_time_minutes = models.PositiveIntegerField(_("lead time in minutes"), default=60)
    horizon_days = models.PositiveSmallIntegerField(_("bookable days ahead"), default=90)
    slot_interval_minutes = models.PositiveSmallIntegerField(_("slot interval in minutes"), default=15)
    is_auto_confirmed = models.BooleanField(_("bookings are confirmed at once"), default=True)
    cancellation_cutoff_hours = models.PositiveSmallIntegerField(_("free to cancel until, hours before"), default=24)
    late_cancel_percent = models.PositiveSmallIntegerField(_("share due after that, percent"), default=0)
    no_show_percent = models.PositiveSmallIntegerField(_("share due for a no-show, percent"), default=0)
    terms_settled_at = models.DateTimeField(_("policy settled"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("shop")
        verbose_name_plural = _("shops")
        indexes = [
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="shop_name_trgm"),
            models.Index(Upper("city"), name="shop_city"),
            GistIndex(
                models.Func(models.F("longitude"), models.F("latitude"), function="POINT"),
                name="shop_location",
                condition=models.Q(is_active=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="shop_coordinates_are_a_pair_on_earth",
                violation_error_message=_("Give both latitude and longitude, or neither"),
            ),
            models.CheckConstraint(
                condition=models.Q(slot_interval_minutes__range=(5, 240)),
                name="shop_slot_interval_is_5_to_240_minutes",
                violation_error_message=_("Choose a slot interval from 5 to 240 minutes"),
            ),
            models.CheckConstraint(
                condition=models.Q(horizon_days__lte=365, lead_time_minutes__lte=60 * 24 * 60),
                name="shop_lead_time_and_horizon_are_bounded",
                violation_error_message=_("Choose a horizon of at most 365 days and a lead time of at most 60 days"),
            ),
            models.CheckConstraint(
                condition=models.Q(late_cancel_percent__lte=100, no_show_percent__lte=100),
                name="shop_shares_due_are_percents",
                violation_error_message=_("Choose shares from 0 to 100 percent"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.timezone)


class ServiceQuerySet(models.QuerySet["Service"]):
    def bookable(self) -> "ServiceQuerySet":
        """Active services of active shops."""
        return self.filter(is_active=True, shop__is_active=True)


class Service(models.Model):
    """What a shop sells. Buffers keep the staff member busy before and after, in minutes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="services")
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("address on the site"), max_length=80)
    category = models.CharField(_("category"), max_length=16, choices=Category)
    menu_section = models.CharField(_("section of the menu"), max_length=80, blank=True)
    description = models.CharField(_("description"), max_length=500, blank=True)
    price = models.DecimalField(_("price"), max_digits=10, decimal_places=2)
    duration_minutes = models.PositiveSmallIntegerField(_("duration in minutes"))
    buffer_before_minutes = models.PositiveSmallIntegerField(_("buffer before in minutes"), default=0)
    buffer_after_minutes = models.PositiveSmallIntegerField(_("buffer after in minutes"), default=0)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("bookable"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["position", "name"]
        indexes = [
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="service_name_trgm"),
            # Search takes the first bookable service of each salon.
            models.Index(fields=["shop", "position", "name"], name="service_in_menu_order"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "slug"],
                name="service_slug_is_unique_in_its_shop",
                violation_error_message=_("This shop already has a service with this address"),
            ),
            models.UniqueConstraint(fields=["id", "shop"], name="service_and_shop_can_be_referenced_together"),
            models.CheckConstraint(
                condition=models.Q(price__gte=Decimal(0)),
                name="service_price_is_not_negative",
                violation_error_message=_("Enter a price of 0 or more"),
            ),
            models.CheckConstraint(
                condition=models.Q(duration_minutes__range=(5, MAX_SERVICE_MINUTES)),
                name="service_lasts_5_minutes_to_12_hours",
                violation_error_message=_("Enter a duration from 5 minutes to 12 hours"),
            ),
            models.CheckConstraint(
                condition=models.Q(
                    buffer_before_minutes__lte=MAX_BUFFER_MINUTES,
                    buffer_after_minutes__lte=MAX_BUFFER_MINUTES,
                ),
                name="service_buffers_are_at_most_4_hours",
                violation_error_message=_("Enter buffers of at most 4 hours"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StaffMember(models.Model):
    """Somebody who works at a shop; `user` once they accepted an invitation, if they sign in at all."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="staff_members")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="staff_memberships")
    services = models.ManyToManyField(Service, through="StaffServiceAssignment", related_name="staff_members")
    name = models.CharField(_("name"), max_length=120)
    title = models.CharField(_("title"), max_length=80, blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_manager = models.BooleanField(_("manages the shop"), default=False)
    is_active = models.BooleanField(_("takes bookings"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("staff member")
        verbose_name_plural = _("staff members")
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["id", "shop"], name="staff_member_and_shop_can_be_referenced_together"),
            models.UniqueConstraint(
                fields=["shop", "user"],
                name="person_is_staff_of_a_shop_once",
                violation_error_message=_("This person already works at this shop"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def short_name(self) -> str:
        """The first name, as shown under a time."""
        return self.name.split()[0] if self.name.split() else self.name


class StaffServiceAssignment(models.Model):
    """Who does what; an own price or duration beats the service's. Both sides are of `shop`.

    Composite foreign keys (see the migration) make the database refuse an assignment across shops.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    staff_member = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="assignments")
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="assignments")
    is_primary = models.BooleanField(_("first choice for this service"), default=False)
    price = models.DecimalField(_("own price"), max_digits=10, decimal_places=2, null=True, blank=True)
    duration_minutes = models.PositiveSmallIntegerField(_("own duration in minutes"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("staff service assignment")
        verbose_name_plural = _("staff service assignments")
        constraints = [
            models.UniqueConstraint(
                fields=["staff_member", "service"],
                name="staff_member_does_a_service_once",
                violation_error_message=_("This person already does this service"),
            ),
            models.CheckConstraint(
                condition=models.Q(price__isnull=True) | models.Q(price__gte=Decimal(0)),
                name="own_price_is_not_negative",
                violation_error_message=_("Enter a price of 0 or more"),
            ),
            models.CheckConstraint(
                condition=models.Q(duration_minutes__isnull=True)
                | models.Q(duration_minutes__range=(5, MAX_SERVICE_MINUTES)),
                name="own_duration_is_5_minutes_to_12_hours",
                violation_error_message=_("Enter a duration from 5 minutes to 12 hours"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_member}: {self.service}"

    def clean(self) -> None:
        if self.staff_member_id and self.service_id and self.staff_member.shop_id != self.service.shop_id:
            raise ValidationError(_("Choose a service of the shop where this person works"))

    @property
    def actual_price(self) -> Decimal:
        """What this person asks for the service, in the shop's currency."""
        return self.service.price if self.price is None else self.price

    @property
    def actual_duration_minutes(self) -> int:
        return self.duration_minutes or self.service.duration_minutes


class StaffInvitation(models.Model):
    """A link by which somebody becomes the sign-in of a staff member (see shops/invitations.py, its only writer)."""

    class Level(models.TextChoices):
        STAFF = "staff", _("Own calendar")
        MANAGER = "manager", _("Manages the shop")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    staff_member = models.ForeignKey(StaffMember, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    level = models.CharField(_("may do"), max_length=8, choices=Level, default=Level.STAFF)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("works until"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("accepted by")
    )
    revoked_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    created_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("invited by")
    )
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("staff invitation")
        verbose_name_plural = _("staff invitations")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["staff_member"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="staff_member_has_one_open_invitation",
                violation_error_message=_("This person has an open invitation already"),
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at=None) | models.Q(revoked_at=None),
                name="invitation_is_accepted_or_withdrawn_not_both",
            ),
            models.CheckConstraint(
                condition=models.Q(level__in=["staff", "manager"]), name="invitation_level_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_member}: {self.email}"

    def is_open(self, now: datetime) -> bool:
        """True while the link can be accepted."""
        return self.accepted_at is None and self.revoked_at is None and now < self.expires_at


class ShopPicture(models.Model):
    """A picture of a shop, in its order (see shops/pictures.py, its only writer): `width` × `height` pixels at most.

    Files are MEDIA_ROOT/shops/<id>-<width>.webp, for each of PICTURE_WIDTHS the original fills and for its own width.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="pictures")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    alt = models.CharField(_("what it shows"), max_length=160, blank=True)
    width = models.PositiveSmallIntegerField(_("width"), editable=False)
    height = models.PositiveSmallIntegerField(_("height"), editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["position", "created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(width__range=(1, PICTURE_WIDTHS[-1]), height__gte=1),
                name="picture_has_a_size_we_make",
            ),
        ]

    def __str__(self) -> str:
        return self.alt or str(self.pk)

    @property
    def widths(self) -> list[int]:
        """Of the files, smallest first."""
        return [*(width for width in PICTURE_WIDTHS if width < self.width), self.width]

    def url(self, width: int) -> str:
        return reverse("shops:picture", args=[self.pk, width])

    @property
    def src(self) -> str:
        """The middle one, for browsers that don't choose."""
        return self.url(self.widths[len(self.widths) // 2])

    @property
    def srcset(self) -> str:
        return ", ".join(f"{self.url(width)} {width}w" for width in self.widths)
