from django.urls import path

from beautydrop.notifications import stop_views

app_name = "notifications"
urlpatterns = [
    path("stop/<str:token>/", stop_views.stop, name="stop"),
]
