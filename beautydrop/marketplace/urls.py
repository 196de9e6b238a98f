from django.urls import path

from beautydrop.marketplace import contact, shop_page, views

app_name = "marketplace"
urlpatterns = [
    path("", views.home, name="home"),
    path("salons/", views.search, name="search"),
    path("favourites/", views.favourites, name="favourites"),
    path("s/<slug:slug>/", shop_page.shop, name="shop"),
    path("s/<slug:slug>/favourite/", views.toggle_favourite, name="toggle_favourite"),
    path("contact/", contact.contact, name="contact"),
    path("about/<slug:name>/", views.page, name="page"),
]
