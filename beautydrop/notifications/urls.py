from django.urls import path

from beautydrop.notifications import mail_events, stop_views

app_name = "notifications"
urlpatterns = [
    path("events/", mail_events.receive, name="mail_events"),
    path("stop/<str:token>/", stop_views.stop, name="stop"),
]
