"""What the marketplace keeps itself: favourites."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from beautydrop.accounts.models import User
from beautydrop.shops.models import Shop


class Favourite(models.Model):
    """A person keeps a shop at hand."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="favourites")
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="favourites")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("favourite")
        verbose_name_plural = _("favourites")
        constraints = [models.UniqueConstraint(fields=["user", "shop"], name="shop_is_a_favourite_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.shop}"


class ContactMessage(models.Model):
    """What somebody wrote on the contact page."""

    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    salon = models.CharField(_("salon"), max_length=120, blank=True)
    message = models.TextField(_("message"), max_length=3000)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("contact message")
        verbose_name_plural = _("contact messages")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name}, {self.created_at:%Y-%m-%d}"
