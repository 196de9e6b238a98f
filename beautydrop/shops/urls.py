"""Public addresses of the catalogue: the salons' pictures."""

from django.urls import path

from beautydrop.shops import views

app_name = "shops"

urlpatterns = [
    path("media/shops/<uuid:picture_id>-<int:width>.webp", views.picture, name="picture"),
]
