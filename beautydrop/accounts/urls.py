from django.urls import path

from beautydrop.accounts import look_as, views
from beautydrop.accounts.clerk import views as clerk

app_name = "accounts"
urlpatterns = [
    path("profile/", views.profile, name="profile"),
    path("preferences/", views.preferences, name="preferences"),
    path("stop-looking/", look_as.stop_looking, name="stop_looking"),
    path("welcome/", clerk.welcome, name="welcome"),
    path("clerk/start/", clerk.start, name="clerk_start"),
    path("clerk/done/", clerk.done, name="clerk_done"),
    path("clerk/webhooks/", clerk.receive, name="clerk_webhooks"),
]
