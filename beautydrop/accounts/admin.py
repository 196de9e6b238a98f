"""People in the admin."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.utils.translation import gettext_lazy as _

from beautydrop.accounts.models import Client, Customer, User

admin.site.site_header = _("BeautyDrop")
admin.site.site_title = _("BeautyDrop")
admin.site.index_title = _("The marketplace")


class PersonCreationForm(AdminUserCreationForm):
    """An e-mail address (kept in lower case) and a password."""

    class Meta:
        model = User
        fields = ("email",)

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    add_form = PersonCreationForm
    ordering = ("email",)
    list_display = ("email", "first_name", "last_name", "role", "email_verified", "is_active", "created_at")
    list_filter = ("role", "email_verified", "is_active", "is_staff")
    search_fields = ("email", "first_name", "last_name")
    date_hierarchy = "created_at"
    readonly_fields = ("clerk_user_id", "created_at", "last_login")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "language", "role", "email_verified")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        (_("Record"), {"fields": ("clerk_user_id", "created_at", "last_login")}),
    )
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("email", "usable_password", "password1", "password2")}),)


@admin.register(Client)
class ClientAdmin(admin.ModelAdmin):
    list_display = ("business_name", "user", "phone", "created_at")
    list_select_related = ("user",)
    search_fields = ("business_name", "user__email")
    autocomplete_fields = ("user",)
    date_hierarchy = "created_at"


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin):
    list_display = ("user", "phone", "created_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__first_name", "user__last_name", "phone")
    autocomplete_fields = ("user",)
    date_hierarchy = "created_at"
