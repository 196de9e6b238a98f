"""Puts on record what Django and allauth do to sign-ins. They tell by signals; our own actions call `audit`."""

from typing import Any

from allauth.account import signals as account
from django.apps import apps
from django.contrib.auth import signals as auth

from beautydrop.accounts import audit
from beautydrop.accounts.audit import Kind
from beautydrop.accounts.models import User
from beautydrop.web.redaction import redact


def listen() -> None:
    """Once, when the app is ready."""
    auth.user_logged_in.connect(_signed_in)
    auth.user_logged_out.connect(_signed_out)
    auth.user_login_failed.connect(_sign_in_failed)
    for signal, how in (
        (account.password_set, "set"),
        (account.password_changed, "changed"),
        (account.password_reset, "reset by e-mail"),
    ):
        signal.connect(_password(how), weak=False)
    account.email_added.connect(_email_added)
    account.email_removed.connect(_email_removed)
    account.email_changed.connect(_email_changed)
    if apps.is_installed("allauth.mfa"):
        from allauth.mfa import signals as two_factor

        for signal, how in (
            (two_factor.authenticator_added, "added"),
            (two_factor.authenticator_removed, "removed"),
            (two_factor.authenticator_reset, "made anew"),
        ):
            signal.connect(_two_factor(how), weak=False)


def _signed_in(sender: Any, user: User, **kwargs: Any) -> None:
    audit.record(Kind.SIGNED_IN, subject=user, by=user)


def _signed_out(sender: Any, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        audit.record(Kind.SIGNED_OUT, subject=user, by=user)


def _sign_in_failed(sender: Any, credentials: dict[str, Any], **kwargs: Any) -> None:
    """The same work whether there is such a person or not: how long it takes must not tell."""
    typed = str(credentials.get("email") or credentials.get("username") or credentials.get("login") or "")[:254]
    person = User.objects.filter(email=typed.strip().lower()).first()
    audit.record(Kind.SIGN_IN_FAILED, subject=person, detail={"typed": redact(typed) if "@" in typed else ""})


def _password(how: str) -> Any:
    def receive(sender: Any, user: User, **kwargs: Any) -> None:
        audit.record(Kind.PASSWORD_CHANGED, subject=user, by=user, detail={"how": how})

    return receive


def _email_added(sender: Any, email_address: Any, **kwargs: Any) -> None:
    """The link that was mailed may be opened where nobody is signed in."""
    audit.record(Kind.EMAIL_CHANGED, subject=email_address.user, detail={"added": email_address.email})


def _email_removed(sender: Any, user: User, email_address: Any, **kwargs: Any) -> None:
    audit.record(Kind.EMAIL_CHANGED, subject=user, by=user, detail={"removed": email_address.email})


def _email_changed(sender: Any, user: User, from_email_address: Any, to_email_address: Any, **kwargs: Any) -> None:
    before = from_email_address.email if from_email_address is not None else ""
    audit.record(Kind.EMAIL_CHANGED, subject=user, by=user, detail={"email": [before, to_email_address.email]})


def _two_factor(how: str) -> Any:
    def receive(sender: Any, user: User, authenticator: Any, **kwargs: Any) -> None:
        audit.record(Kind.TWO_FACTOR_CHANGED, subject=user, by=user, detail={how: str(authenticator.type)})

    return receive
