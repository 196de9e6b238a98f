from django.contrib import admin

from beautydrop.marketplace.models import ContactMessage, Favourite


@admin.register(Favourite)
class FavouriteAdmin(admin.ModelAdmin):
    list_display = ("user", "shop", "created_at")
    list_select_related = ("user", "shop")
    search_fields = ("user__email", "shop__name")
    autocomplete_fields = ("user", "shop")


@admin.register(ContactMessage)
class ContactMessageAdmin(admin.ModelAdmin):
    list_display = ("created_at", "name", "email", "salon", "answered_at")
    list_filter = ("answered_at",)
    search_fields = ("name", "email", "salon", "message")
    date_hierarchy = "created_at"
    readonly_fields = ("name", "email", "salon", "message", "user", "created_at")
