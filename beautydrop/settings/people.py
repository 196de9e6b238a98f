"""Signing in, and the languages that people read."""

import base64
import binascii
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from beautydrop.accounts.clerk.config import is_loopback, read_publishable_key
from beautydrop.settings.reading import BASE_DIR, env, number, switch
from beautydrop.settings.safety import ALLOW_PLAIN_HTTP, DEBUG, IS_HTTPS, RATE_LIMITS_ENABLED, SITE_URL

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
    "beautydrop.accounts.clerk.backend.ClerkBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "bookings:mine"
ACCOUNT_ADAPTER = "beautydrop.notifications.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "beautydrop.accounts.forms.SignupDetailsForm"
ACCOUNT_FORMS = {
    "login": "beautydrop.accounts.allauth_forms.LoginForm",
    "signup": "beautydrop.accounts.allauth_forms.SignupForm",
    "change_password": "beautydrop.accounts.allauth_forms.ChangePasswordForm",
    "set_password": "beautydrop.accounts.allauth_forms.SetPasswordForm",
    "reset_password": "beautydrop.accounts.allauth_forms.ResetPasswordForm",
    "reset_password_from_key": "beautydrop.accounts.allauth_forms.ResetPasswordKeyForm",
    "reauthenticate": "beautydrop.accounts.allauth_forms.ReauthenticateForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGOUT_REDIRECT_URL = "marketplace:home"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
if not RATE_LIMITS_ENABLED:
    ACCOUNT_RATE_LIMITS = False
# How long it stays on record who signed in and who changed rights and prices. The database refuses to delete any
# of it before 90 days are over (accounts/migrations/0005_audit.py).
AUDIT_KEPT_DAYS = number("AUDIT_KEPT_DAYS", 400, lowest=90, highest=3_650)
# Mails that tell of a new password, a second factor set up or taken away, and the like.
ACCOUNT_EMAIL_NOTIFICATIONS = True
# The password (or second factor) once more before what matters, unless it was given in the last five minutes.
ACCOUNT_REAUTHENTICATION_REQUIRED = True

# --- The second factor ---------------------------------------------------------------------------

MFA_ADAPTER = "beautydrop.accounts.second_factor.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# The phone's clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "beautydrop.accounts.second_factor_forms.AuthenticateForm",
    "reauthenticate": "beautydrop.accounts.second_factor_forms.ReauthenticateForm",
    "activate_totp": "beautydrop.accounts.second_factor_forms.ActivateTOTPForm",
    "add_webauthn": "beautydrop.accounts.second_factor_forms.AddPasskeyForm",
    "edit_webauthn": "beautydrop.accounts.second_factor_forms.EditPasskeyForm",
    "authenticate_webauthn": "beautydrop.accounts.second_factor_forms.AuthenticatePasskeyForm",
    "reauthenticate_webauthn": "beautydrop.accounts.second_factor_forms.ReauthenticatePasskeyForm",
    "login_webauthn": "beautydrop.accounts.second_factor_forms.LoginPasskeyForm",
}
# Former keys: what was encrypted or signed with them can still be read.
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
# An administrator without a second factor is led to setting one up, which takes a minute and locks nobody out.
ADMIN_REQUIRES_TWO_FACTOR = switch("ADMIN_REQUIRES_TWO_FACTOR", default=not DEBUG)

# --- Clerk: on when both of its keys are set ------------------------------------------------------

CLERK_SECRET_KEY = env.str("CLERK_SECRET_KEY", default="")
CLERK_PUBLISHABLE_KEY = env.str("CLERK_PUBLISHABLE_KEY", default="")
CLERK_WEBHOOK_SECRET = env.str("CLERK_WEBHOOK_SECRET", default="")
CLERK_API_URL = env.str("CLERK_API_URL", default="") or "https://api.clerk.com"
# Where a token may come from: the origins of pages that people sign in for.
CLERK_AUTHORIZED_PARTIES: list[str] = env.list("CLERK_AUTHORIZED_PARTIES", default=[]) or [SITE_URL]


def _refuse_unsafe_clerk() -> None:
    """Raise ImproperlyConfigured for keys that are half there, of two instances, or not safe in production."""
    if not CLERK_SECRET_KEY and not CLERK_PUBLISHABLE_KEY:
        return
    if not CLERK_PUBLISHABLE_KEY:
        raise ImproperlyConfigured("CLERK_PUBLISHABLE_KEY: expected beside CLERK_SECRET_KEY (or neither)")
    if not CLERK_SECRET_KEY:
        raise ImproperlyConfigured("CLERK_SECRET_KEY: expected beside CLERK_PUBLISHABLE_KEY (or neither)")
    try:
        clerk = read_publishable_key(CLERK_PUBLISHABLE_KEY)
    except ValueError as error:
        raise ImproperlyConfigured(
            "CLERK_PUBLISHABLE_KEY: expected pk_test_… or pk_live_… as the Clerk dashboard shows it"
        ) from error
    kind = "live" if clerk.is_live else "test"
    if not CLERK_SECRET_KEY.startswith(f"sk_{kind}_"):
        raise ImproperlyConfigured(f"CLERK_SECRET_KEY: expected sk_{kind}_…, of the same instance as pk_{kind}_…")
    is_plain_allowed = DEBUG or ALLOW_PLAIN_HTTP
    if clerk.is_loopback and not is_plain_allowed:
        raise ImproperlyConfigured("CLERK_PUBLISHABLE_KEY: expected that of a Clerk instance, not of a stand-in")
    for name, urls in (("CLERK_API_URL", [CLERK_API_URL]), ("CLERK_AUTHORIZED_PARTIES", CLERK_AUTHORIZED_PARTIES)):
        for url in urls:
            parts = urlsplit(url)
            is_origin = bool(parts.netloc) and not parts.path.strip("/") and not parts.query and "@" not in parts.netloc
            is_plain = parts.scheme == "http" and (is_loopback(url) or url == SITE_URL) and is_plain_allowed
            if not is_origin or not (parts.scheme == "https" or is_plain):
                raise ImproperlyConfigured(f"{name}: expected https://host without a path, got {url!r}")
    if CLERK_WEBHOOK_SECRET:
        try:
            is_secret = len(base64.b64decode(CLERK_WEBHOOK_SECRET.removeprefix("whsec_") + "==")) >= 16
        except (binascii.Error, ValueError):
            is_secret = False
        if not is_secret or not CLERK_WEBHOOK_SECRET.startswith("whsec_"):
            raise ImproperlyConfigured("CLERK_WEBHOOK_SECRET: expected whsec_… as the Clerk dashboard shows it")
    elif not DEBUG:
        raise ImproperlyConfigured("CLERK_WEBHOOK_SECRET: expected when Clerk is on and DEBUG is off")


_refuse_unsafe_clerk()

# --- Languages and time --------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("es", "Español"), ("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
LANGUAGE_COOKIE_SECURE = IS_HTTPS
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
