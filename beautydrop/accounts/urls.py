from django.urls import path

from beautydrop.accounts import look_as, own_views, views
from beautydrop.accounts.clerk import views as clerk

app_name = "accounts"
urlpatterns = [
    path("", own_views.index, name="index"),
    path("profile/", views.profile, name="profile"),
    # Before allauth's page of the same address, which would keep unproved addresses of others.
    path("email/", own_views.email, name="email"),
    path("email/take-back/", own_views.take_back_email, name="take_back_email"),
    path("email/change/<str:key>/", own_views.change_email, name="change_email"),
    path("sessions/", own_views.sessions, name="sessions"),
    path("sessions/end-others/", own_views.end_others, name="end_others"),
    path("sessions/<uuid:session_id>/end/", own_views.end_session, name="end_session"),
    path("data/", own_views.data, name="data"),
    path("data/file/", own_views.data_file, name="data_file"),
    path("delete/", own_views.delete, name="delete"),
    path("delete/clear/<slug:name>/", own_views.clear, name="clear"),
    path("admin-door/", own_views.admin_door, name="admin_door"),
    path("preferences/", views.preferences, name="preferences"),
    path("stop-looking/", look_as.stop_looking, name="stop_looking"),
    path("welcome/", clerk.welcome, name="welcome"),
    path("clerk/start/", clerk.start, name="clerk_start"),
    path("clerk/done/", clerk.done, name="clerk_done"),
    path("clerk/webhooks/", clerk.receive, name="clerk_webhooks"),
]
