"""People in the admin, and what is on record about them."""

from typing import Any

from allauth.mfa import admin as allauth_admin
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from beautydrop.accounts import audit, look_as
from beautydrop.accounts.clerk import admin as clerk_admin
from beautydrop.accounts.models import AuditEvent, Client, Customer, EmailChange, LookAs, OpenSession, User
from beautydrop.web.read_only import ReadOnly

__all__ = ["allauth_admin", "clerk_admin"]  # they register their own

# allauth's would show what signs people in, and let one person's second factor be given to another.
admin.site.unregister(Authenticator)

admin.site.site_header = _("BeautyDrop")
admin.site.site_title = _("BeautyDrop")
admin.site.index_title = _("The marketplace")


# What a person may do follows from these; each change is put on record.
_RIGHTS = ("role", "is_active", "is_staff", "is_superuser", "email_verified")


class PersonCreationForm(AdminUserCreationForm):
    """An e-mail address (kept in lower case) and a password."""

    class Meta:
        model = User
        fields = ("email",)

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


def _granted(user: User) -> set[str]:
    """Groups and single permissions, by name."""
    return {
        *user.groups.values_list("name", flat=True),
        *user.user_permissions.values_list("codename", flat=True),
    }


class PersonPasswordForm(AdminPasswordChangeForm):
    """An administrator chooses somebody's password, or takes it away: that is on record."""

    @transaction.atomic
    def save(self, commit: bool = True) -> Any:
        saved = super().save(commit)
        audit.record(audit.Kind.PASSWORD_CHANGED, subject=self.user, detail={"how": "by an administrator"})
        return saved


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    add_form = PersonCreationForm
    change_password_form = PersonPasswordForm
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
    actions = ("look_as_person",)
    add_fieldsets = ((None, {"classes": ("wide",), "fields": ("email", "usable_password", "password1", "password2")}),)

    @admin.action(description=_("Look at the site as this person"), permissions=["look"])
    def look_as_person(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Exactly one, and no other superuser."""
        people = list(queryset[:2])
        if len(people) != 1 or people[0].is_superuser or not people[0].is_active:
            self.message_user(request, _("Choose one active person who is no administrator"), messages.ERROR)
            return None
        look_as.begin(request, person=people[0], now=timezone.now())
        return redirect("marketplace:home")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        before = audit.facts(obj, (*_RIGHTS, "email"))
        super().save_model(request, obj, form, change)
        audit.record_changes(audit.Kind.RIGHTS_CHANGED, obj, {name: before[name] for name in _RIGHTS if before})
        audit.record_changes(audit.Kind.EMAIL_CHANGED, obj, {"email": before["email"]} if before else {})
        if not change and (obj.is_staff or obj.is_superuser):
            audit.record(audit.Kind.RIGHTS_CHANGED, subject=obj, detail={"is_staff": [False, obj.is_staff]})

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        before = _granted(form.instance)
        super().save_related(request, form, formsets, change)
        after = _granted(form.instance)
        if after != before:
            gained, lost = sorted(after - before), sorted(before - after)
            audit.record(audit.Kind.RIGHTS_CHANGED, subject=form.instance, detail={"gained": gained, "lost": lost})

    def has_look_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)


@admin.register(LookAs)
class LookAsAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("began_at", "ended_at", "admin", "person")
    list_select_related = ("admin", "person")
    list_filter = (("ended_at", admin.EmptyFieldListFilter),)
    search_fields = ("admin__email", "person__email")
    date_hierarchy = "began_at"


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnly, admin.ModelAdmin):
    """To read: sign-ins, and changes of rights and money. Bookings have a list of their own."""

    list_display = ("at", "kind", "actor", "subject_type", "subject", "what_changed", "address")
    list_select_related = ("actor",)
    list_filter = ("kind", "subject_type")
    search_fields = ("subject", "=subject_id", "actor__email", "address")
    date_hierarchy = "at"
    list_per_page = 50
    show_full_result_count = False

    @admin.display(description=_("Detail"))
    def what_changed(self, event: AuditEvent) -> str:
        return "; ".join(
            f"{name}: {' → '.join(str(one) for one in value)}" if isinstance(value, list) else f"{name}: {value}"
            for name, value in event.detail.items()
        )


@admin.register(Client)
class ClientAdmin(admin.ModelAdmin):
    list_display = ("business_name", "user", "phone", "created_at")
    list_select_related = ("user",)
    list_filter = ("user__is_active", "user__email_verified")
    search_fields = ("business_name", "user__email")
    autocomplete_fields = ("user",)
    date_hierarchy = "created_at"


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin):
    list_display = ("user", "phone", "created_at")
    list_select_related = ("user",)
    list_filter = ("user__is_active", "user__email_verified")
    search_fields = ("user__email", "user__first_name", "user__last_name", "phone")
    autocomplete_fields = ("user",)
    date_hierarchy = "created_at"


@admin.register(OpenSession)
class OpenSessionAdmin(ReadOnly, admin.ModelAdmin):
    """Where people are signed in; the session's key, which signs in, is not shown."""

    list_display = ("user", "user_agent", "began_at", "seen_at", "expires_at")
    list_select_related = ("user",)
    list_filter = ("seen_at",)
    search_fields = ("user__email", "user_agent")
    date_hierarchy = "began_at"
    exclude = ("session_key",)


@admin.register(EmailChange)
class EmailChangeAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("user", "new_email", "asked_at")
    list_select_related = ("user",)
    list_filter = ("asked_at",)
    search_fields = ("user__email", "new_email")
    date_hierarchy = "asked_at"


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnly, admin.ModelAdmin):
    """Second factors: that they are there, never what they hold. Taken away from somebody who lost theirs."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    list_filter = ("type",)
    search_fields = ("user__email",)
    date_hierarchy = "created_at"
    fields = ("user", "type", "created_at", "last_used_at")

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: Authenticator) -> None:
        by, how = request.user, {"removed": str(obj.type)}
        audit.record(audit.Kind.TWO_FACTOR_CHANGED, subject=obj.user, by=by, detail=how)  # type: ignore[arg-type]
        obj.delete()

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Authenticator]) -> None:
        for one in queryset.select_related("user"):
            self.delete_model(request, one)
