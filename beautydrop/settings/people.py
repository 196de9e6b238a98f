"""Signing in, and the languages that people read."""

from beautydrop.settings.reading import BASE_DIR
from beautydrop.settings.safety import IS_HTTPS

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
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
    "add_email": "beautydrop.accounts.allauth_forms.AddEmailForm",
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
