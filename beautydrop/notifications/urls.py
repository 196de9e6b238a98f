from django.urls import path

from beautydrop.notifications import centre_views, mail_events, preference_views, stop_views

app_name = "notifications"
urlpatterns = [
    path("", centre_views.centre, name="centre"),
    path("bell/", centre_views.bell, name="bell"),
    path("newer/", centre_views.newer, name="newer"),
    path("read/", centre_views.read_all, name="read_all"),
    path("<uuid:line_id>/", centre_views.open_line, name="open_line"),
    path("preferences/", preference_views.preferences, name="preferences"),
    path("devices/", preference_views.device_new, name="device_new"),
    path("devices/<int:device_id>/remove/", preference_views.device_remove, name="device_remove"),
    path("events/", mail_events.receive, name="mail_events"),
    path("stop/<str:token>/", stop_views.stop, name="stop"),
]
