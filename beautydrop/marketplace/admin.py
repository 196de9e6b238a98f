from django.contrib import admin

from beautydrop.marketplace.models import Favourite


@admin.register(Favourite)
class FavouriteAdmin(admin.ModelAdmin):
    list_display = ("user", "shop", "created_at")
    list_select_related = ("user", "shop")
    search_fields = ("user__email", "shop__name")
    autocomplete_fields = ("user", "shop")
