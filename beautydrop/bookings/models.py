"""Bookings and their history. What was sold is a snapshot: later edits of a service change nothing here."""

import secrets
import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Upper
from django.utils.translation import gettext_lazy as _

from beautydrop.accounts.models import Customer, User
from beautydrop.bookings.states import LIVE, Actor, Pending, State
from beautydrop.scheduling.models import ScheduleException
from beautydrop.shops.models import Service, Shop, StaffMember

# Speakable and without look-alikes: consonant-vowel pairs, then digits.
_CONSONANTS = "BDFGKLMNPRSTVZ"
_VOWELS = "AEIU"
_DIGITS = "234679"


def new_reference() -> str:
    """A reference such as `RAMU7394`: about 4 million of them, so look before giving one (free_reference)."""
    pick = secrets.choice
    letters = "".join(pick(_CONSONANTS) + pick(_VOWELS) for _unused in range(2))
    return letters + "".join(pick(_DIGITS) for _unused in range(4))


def free_reference() -> str:
    """A reference that no booking has yet; the unique constraint has the last word."""
    reference = new_reference()
    while Booking.objects.filter(reference=reference).exists():
        reference = new_reference()
    return reference


def new_token() -> str:
    """The unguessable address of a booking's page: 192 bits."""
    return secrets.token_urlsafe(24)


class ShopClient(models.Model):
    """Somebody whom one salon serves, with what the salon knows of them; bookings find theirs by e-mail, else phone.

    `email` is in lower case or "", `phone` international (+49305550123) or "". `is_added` says that the salon entered
    them; the others came with a booking. `merged_into` makes a row a second address of that client: bookings by it go
    there. An erased row keeps its bookings and nothing of the person. Written by bookings/clients/ alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="shop_clients")
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    notes = models.TextField(_("notes"), max_length=4000, blank=True)
    tags = ArrayField(models.CharField(max_length=30), verbose_name=_("tags"), default=list, blank=True)
    is_added = models.BooleanField(_("entered by the salon"), default=False)
    is_erased = models.BooleanField(_("erased"), default=False)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="aliases")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("client of a salon")
        verbose_name_plural = _("clients of a salon")
        indexes = [
            models.Index(fields=["shop", "phone"], name="client_phone"),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="client_name_trgm"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "email"],
                condition=~Q(email="") & Q(is_erased=False),
                name="client_email_is_unique_in_its_shop",
                violation_error_message=_("Another client has this e-mail address"),
            ),
            models.UniqueConstraint(fields=["id", "shop"], name="client_and_shop_can_be_referenced_together"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="client_email_is_lower_case"),
            models.CheckConstraint(
                condition=Q(phone="") | Q(phone__regex=r"^\+[0-9]{4,15}$"), name="client_phone_is_international"
            ),
            models.CheckConstraint(
                condition=Q(is_erased=False) | Q(email="", phone="", notes="", tags=[]),
                name="erased_clients_have_no_contact",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ClientImport(models.Model):
    """An uploaded list between its preview and the decision: deleted then, or after a day. Bound to who uploaded it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    file_name = models.CharField(_("file"), max_length=200)
    text = models.TextField()
    created_at = models.DateTimeField(_("uploaded"))

    class Meta:
        verbose_name = _("uploaded list of clients")
        verbose_name_plural = _("uploaded lists of clients")

    def __str__(self) -> str:
        return self.file_name


class BookingQuerySet(models.QuerySet["Booking"]):
    def of(self, user: User) -> "BookingQuerySet":
        """Bookings of a signed-in person: their own, and those they proved by the same e-mail address as a guest."""
        # A scalar, not a join: joined, each side of the OR would be looked for among everybody's bookings.
        mine = Q(customer=Customer.objects.filter(user=user).values("pk")[:1])
        if user.email_verified:
            mine |= Q(customer=None, contact_email=user.email, email_proved_at__isnull=False)
        return self.filter(mine)

    def upcoming(self, now: datetime) -> "BookingQuerySet":
        """Live bookings that are not over, soonest first."""
        return self.filter(status__in=LIVE, ends_at__gt=now).order_by("starts_at")

    def past(self, now: datetime) -> "BookingQuerySet":
        """Everything else, latest first; holds that ran out without ever being confirmed are left out."""
        over = ~Q(status__in=LIVE) | Q(ends_at__lte=now)
        return self.filter(over).exclude(cancel_reason=Booking.CancelReason.EXPIRED).order_by("-starts_at")

    def expired(self, now: datetime) -> "BookingQuerySet":
        """Pending bookings whose hold is over."""
        return self.filter(status=State.PENDING, expires_at__lte=now)

    def to_complete(self, now: datetime) -> "BookingQuerySet":
        """Bookings that ended 12 hours ago or more and were never closed."""
        return self.filter(status__in=[State.CONFIRMED, State.ARRIVED], ends_at__lte=now - timedelta(hours=12))


class Booking(models.Model):
    """One appointment. `starts_at`/`ends_at` (UTC) are the service itself; the claimed range is in TimeSlot.

    `local_start` is the same start as wall-clock time in `timezone`, kept so that a future change of a
    zone's law can be resolved anew. `sequence` counts changes of the time and is the .ics SEQUENCE.
    """

    class CancelReason(models.TextChoices):
        BY_CUSTOMER = "customer", _("Cancelled by the customer")
        BY_SHOP = "shop", _("Cancelled by the salon")
        EXPIRED = "expired", _("The hold ran out")

    class Source(models.TextChoices):
        ONLINE = "online", _("Online")
        SHOP = "shop", _("Entered by the salon")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(_("reference"), max_length=12, unique=True, default=new_reference, editable=False)
    token = models.CharField(max_length=48, unique=True, default=new_token, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="bookings")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="bookings")
    staff_member = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="bookings")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="bookings")
    shop_client = models.ForeignKey(
        ShopClient, on_delete=models.PROTECT, null=True, blank=True, related_name="bookings"
    )
    contact_name = models.CharField(_("name"), max_length=120)
    contact_email = models.EmailField(_("e-mail"), blank=True)
    contact_phone = models.CharField(_("phone"), max_length=32, blank=True)
    language = models.CharField(_("language"), max_length=8, default="en")
    email_proved_at = models.DateTimeField(_("e-mail proved"), null=True, blank=True)

    status = models.CharField(_("status"), max_length=12, choices=State)
    pending_for = models.CharField(_("waits for"), max_length=12, choices=Pending, blank=True)
    expires_at = models.DateTimeField(_("held until"), null=True, blank=True)
    cancel_reason = models.CharField(_("cancelled because"), max_length=12, choices=CancelReason, blank=True)
    source = models.CharField(_("source"), max_length=12, choices=Source, default=Source.ONLINE)
    rebooked_from = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="rebooked_as"
    )

    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    local_start = models.CharField(_("start in local time"), max_length=16, editable=False)
    timezone = models.CharField(_("time zone"), max_length=64)
    sequence = models.PositiveSmallIntegerField(_("sequence"), default=0)

    service_name = models.CharField(_("service"), max_length=120)
    price = models.DecimalField(_("price"), max_digits=10, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    duration_minutes = models.PositiveSmallIntegerField(_("duration in minutes"))
    cancellation_cutoff_hours = models.PositiveSmallIntegerField(_("free to cancel until, hours before"))
    late_cancel_percent = models.PositiveSmallIntegerField(_("share due after that, percent"))
    no_show_percent = models.PositiveSmallIntegerField(_("share due for a no-show, percent"))

    customer_notes = models.TextField(_("note of the customer"), max_length=1000, blank=True)
    wants_sms = models.BooleanField(_("asked for SMS"), default=False, db_default=False)
    staff_notes = models.TextField(_("note of the salon"), max_length=2000, blank=True)
    is_erased = models.BooleanField(_("contact erased"), default=False, db_default=False)
    idempotency_key = models.CharField(max_length=160, unique=True, null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        indexes = [
            models.Index(fields=["shop", "starts_at"], name="booking_shop_start"),
            models.Index(fields=["customer", "starts_at"], name="booking_customer_start"),
            models.Index(fields=["shop_client", "starts_at"], name="booking_client_start"),
            models.Index(
                fields=["contact_email", "starts_at"],
                condition=Q(customer=None),
                name="booking_guest_email_start",
            ),
            models.Index(fields=["expires_at"], condition=Q(status="pending"), name="booking_pending_expiry"),
            models.Index(fields=["ends_at"], condition=Q(status__in=["confirmed", "arrived"]), name="booking_open_end"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(starts_at__lt=models.F("ends_at")), name="booking_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(status="pending", expires_at__isnull=False) & ~Q(pending_for="")
                | ~Q(status="pending") & Q(expires_at__isnull=True, pending_for=""),
                name="only_pending_bookings_wait_and_expire",
            ),
            models.CheckConstraint(
                condition=Q(status="cancelled") & ~Q(cancel_reason="") | ~Q(status="cancelled") & Q(cancel_reason=""),
                name="cancelled_bookings_say_why",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[state.value for state in State]), name="booking_status_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(contact_email="") | Q(source="shop") | Q(is_erased=True),
                name="online_bookings_have_an_email",
            ),
        ]

    def __str__(self) -> str:
        return self.spoken_reference

    @property
    def spoken_reference(self) -> str:
        """As shown: `RAMU 7394`."""
        return f"{self.reference[:4]} {self.reference[4:]}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def free_until(self) -> datetime:
        """Until when cancelling or moving costs nothing (aware, UTC)."""
        return self.starts_at - timedelta(hours=self.cancellation_cutoff_hours)

    @property
    def is_guest(self) -> bool:
        return self.customer_id is None

    def is_cancellable(self, now: datetime) -> bool:
        """True while the customer may still cancel (it may cost something)."""
        return self.status in {State.PENDING, State.CONFIRMED} and now < self.ends_at

    def is_movable(self, now: datetime) -> bool:
        """True while the customer may change the time: as long as it is free."""
        return self.status == State.CONFIRMED and now < self.starts_at and now <= self.free_until

    def is_hold_over(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


class BookingEvent(models.Model):
    """One line of a booking's history; rows are only ever added."""

    class Kind(models.TextChoices):
        CREATED = "created", _("Created")
        STATUS = "status", _("Status changed")
        MOVED = "moved", _("Moved")
        EDITED = "edited", _("Edited")

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(_("when"))
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    actor = models.CharField(_("who"), max_length=12, choices=[(actor.value, actor.value) for actor in Actor])
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    from_status = models.CharField(_("from"), max_length=12, blank=True)
    to_status = models.CharField(_("to"), max_length=12, blank=True)
    from_start = models.DateTimeField(_("from start"), null=True, blank=True)
    to_start = models.DateTimeField(_("to start"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("booking event")
        verbose_name_plural = _("booking events")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"


class KeptBooking(models.Model):
    """The salon decided that a booking stands at this time, although a closure covers it.

    Once the booking moves, or the closure goes, the decision is about nothing any more.
    """

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="kept_in")
    closure = models.ForeignKey(ScheduleException, on_delete=models.CASCADE, related_name="kept_bookings")
    starts_at = models.DateTimeField(_("start"))
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("kept booking")
        verbose_name_plural = _("kept bookings")
        constraints = [
            models.UniqueConstraint(
                fields=["closure", "booking", "starts_at"], name="booking_is_kept_once_in_a_closure_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.booking_id} {self.starts_at:%Y-%m-%d %H:%M}"
