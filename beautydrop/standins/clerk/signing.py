"""The keys of the stand-in and what it signs: session tokens, handshakes."""

import json
import secrets
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

SESSION_KIND = "cl_B7d4PD111AAA"
TEMPLATE_KIND = "cl_B7d4PD222AAA"
TOKEN_SECONDS = 60


class SigningKeys:
    """One key signs at a time; earlier ones stay published for as long as nobody calls `forget_old`."""

    def __init__(self) -> None:
        self._published: dict[str, rsa.RSAPrivateKey] = {}
        self.rotate()

    @property
    def private_key(self) -> rsa.RSAPrivateKey:
        return self._published[self.kid]

    def rotate(self) -> None:
        """From now on another key signs."""
        self.kid = f"ins_{secrets.token_hex(8)}"
        self._published[self.kid] = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def forget_old(self) -> None:
        self._published = {self.kid: self.private_key}

    def jwks(self) -> dict[str, Any]:
        entries = []
        for kid, key in self._published.items():
            entry = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
            entries.append({"kty": "RSA", "n": entry["n"], "e": entry["e"], "use": "sig", "alg": "RS256", "kid": kid})
        return {"keys": entries}

    def sign(self, payload: dict[str, Any], **header: Any) -> str:
        """A JWT of ours; a header set to None is left out."""
        headers = {"kid": self.kid, "typ": "JWT", "cat": SESSION_KIND, **header}
        headers = {name: value for name, value in headers.items() if value is not None}
        return jwt.encode(payload, self.private_key, algorithm="RS256", headers=headers)


def session_claims(*, issuer: str, origin: str, user_id: str, sid: str) -> dict[str, Any]:
    """Version 2 of Clerk's default claims."""
    now = int(time.time())
    return {
        "azp": origin,
        "exp": now + TOKEN_SECONDS,
        "fva": [0, -1],
        "iat": now,
        "iss": issuer,
        "nbf": now - 10,
        "sid": sid,
        "sts": "active",
        "sub": user_id,
        "v": 2,
    }
