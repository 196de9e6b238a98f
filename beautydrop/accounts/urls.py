from django.urls import path

from beautydrop.accounts import look_as, views

app_name = "accounts"
urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("preferences/", views.preferences, name="preferences"),
    path("stop-looking/", look_as.stop_looking, name="stop_looking"),
]
