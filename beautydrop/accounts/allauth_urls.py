"""allauth's pages; those that try passwords, make accounts or send mails count against our limits too."""

from allauth.account import views
from django.urls import include, path, re_path

from beautydrop.web.limits import limited

urlpatterns = [
    path("login/", limited("sign_in")(views.login), name="account_login"),
    path("reauthenticate/", limited("sign_in")(views.reauthenticate), name="account_reauthenticate"),
    path("signup/", limited("sign_up")(views.signup), name="account_signup"),
    path("password/reset/", limited("mail")(views.password_reset), name="account_reset_password"),
    # Each guess of a key is a look at its page, so looking counts as well.
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        limited("sign_in", "GET", "POST")(views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    re_path(
        r"^confirm-email/(?P<key>[-:\w]+)/$",
        limited("sign_in", "GET", "POST")(views.confirm_email),
        name="account_confirm_email",
    ),
    path("", include("allauth.account.urls")),
]
