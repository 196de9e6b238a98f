"""Session tokens: what has to hold before one is believed. Nothing of a token is used before its signature is."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt
from django.conf import settings

from beautydrop.accounts.clerk import config, keys
from beautydrop.accounts.clerk.errors import TokenRefused

__all__ = ["Claims", "TokenRefused", "verify_session_token", "verify_signed"]

LEEWAY_SECONDS = 5
_MOST_CHARACTERS = 8_192
_MOST_CHARACTERS_OF_AN_ID = 64
# `cat` in the header tells the kinds of tokens apart that one instance signs: session tokens, and the mark of
# instances that tell no kinds apart. Tokens from before the mark have none.
_KINDS = [None, "cl_B7d4PD111AAA", "cl_I7d4PD111III"]

_REASONS: list[tuple[type[Exception], str]] = [
    (jwt.ExpiredSignatureError, "expired"),
    (jwt.ImmatureSignatureError, "not_yet_valid"),
    (jwt.InvalidIssuerError, "issuer"),
    (jwt.InvalidSignatureError, "signature"),
    (jwt.InvalidAlgorithmError, "algorithm"),
    (jwt.MissingRequiredClaimError, "claims"),
    (jwt.InvalidTokenError, "malformed"),
    (jwt.PyJWTError, "malformed"),
]


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified session token says: who (`sub`), in which session (`sid`), for which of our sites (`azp`).

    Nothing else of it is kept, so that nobody can ask it for a role.
    """

    sub: str
    sid: str
    azp: str
    issued_at: datetime
    expires_at: datetime


def verify_session_token(token: str) -> Claims:
    """The claims of a session token of ours that is valid now. Raises TokenRefused."""
    found = verify_signed(
        token, require=["exp", "iat", "nbf", "iss", "sub", "sid"], issuer=config.instance().frontend_url
    )
    if found.get("sts", "active") != "active":
        raise TokenRefused("pending")
    if found.get("azp") not in settings.CLERK_AUTHORIZED_PARTIES:
        raise TokenRefused("party")
    for name in ("sub", "sid"):
        if not isinstance(found[name], str) or not 0 < len(found[name]) <= _MOST_CHARACTERS_OF_AN_ID:
            raise TokenRefused("claims")
    try:
        issued_at, expires_at = (datetime.fromtimestamp(int(found[name]), UTC) for name in ("iat", "exp"))
    except (ValueError, OverflowError, OSError):
        raise TokenRefused("claims") from None
    return Claims(sub=found["sub"], sid=found["sid"], azp=found["azp"], issued_at=issued_at, expires_at=expires_at)


def verify_signed(token: str, *, require: list[str], issuer: str | None = None) -> dict[str, Any]:
    """The payload of anything that our Clerk instance signed. Raises TokenRefused.

    `issuer` must be the token's when given; a handshake's token names none.
    """
    if not config.is_on():
        raise TokenRefused("off")
    if not isinstance(token, str) or len(token) > _MOST_CHARACTERS:
        raise TokenRefused("oversized")
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError:
        raise TokenRefused("malformed") from None
    # Before any key is looked for: "none" and HS256 (with the public key as its secret) end here.
    if header.get("alg") != "RS256":
        raise TokenRefused("algorithm")
    if header.get("cat") not in _KINDS or header.get("typ", "JWT") != "JWT":
        raise TokenRefused("kind")
    kid = header.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= 2 * _MOST_CHARACTERS_OF_AN_ID:
        raise TokenRefused("unknown_key")
    try:
        return jwt.decode(
            token,
            keys.signing_key(kid),
            algorithms=["RS256"],
            issuer=issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": require, "verify_aud": False, "verify_iss": issuer is not None},
        )
    except (TypeError, ValueError, OverflowError):
        raise TokenRefused("malformed") from None
    except jwt.PyJWTError as error:
        raise TokenRefused(next(word for kind, word in _REASONS if isinstance(error, kind))) from None
