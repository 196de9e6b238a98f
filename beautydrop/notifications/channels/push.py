"""Push to browsers: sealed for the browser (RFC 8291), signed by our key (RFC 8292), to the vendors' own hosts only."""

import base64
import json
import logging
import time
from urllib.parse import urlsplit

import http_ece
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from beautydrop.notifications import push
from beautydrop.notifications.channels.http import Answer, post
from beautydrop.notifications.kinds import Note
from beautydrop.notifications.models import OutboxMessage, PushSubscription

logger = logging.getLogger(__name__)

# What a device could not take for so long is left to the list in the site.
_KEPT_SECONDS = 4 * 60 * 60
_SIGNED_SECONDS = 12 * 60 * 60
_GONE = {404, 410}


class NotTaken(Exception):
    """No push service took it; it may next time."""


class PushSender:
    """Sends to each browser of a person; signs once per host and batch."""

    def __init__(self) -> None:
        self._signed: dict[str, str] = {}
        self._gone: set[int] = set()

    def send(self, message: OutboxMessage, content: Note) -> None:
        """Returns when a browser's service took it, or when there is no browser left; the others are removed."""
        if message.user is None:
            return
        body = _body(message, content)
        problems: list[str] = []
        is_taken = False
        # Read for the whole batch at once, see delivery.py.
        for subscription in message.user.push_subscriptions.all():
            if subscription.pk in self._gone:
                continue
            if not push.is_allowed(subscription.endpoint):
                self._forget(subscription)
                continue
            try:
                answer = self._post(subscription, message, body)
            except OSError as error:
                problems.append(type(error).__name__)
                continue
            if answer.status in _GONE:
                self._forget(subscription)
            elif 200 <= answer.status < 300:
                is_taken = True
            else:
                problems.append(f"status {answer.status}")
        if problems and not is_taken:
            raise NotTaken(", ".join(problems))

    def _forget(self, subscription: PushSubscription) -> None:
        """Further messages of the batch were read with it."""
        self._gone.add(subscription.pk)
        PushSubscription.objects.filter(pk=subscription.pk).delete()

    def _post(self, subscription: PushSubscription, message: OutboxMessage, body: bytes) -> Answer:
        sealed = http_ece.encrypt(
            body,
            private_key=ec.generate_private_key(ec.SECP256R1()),
            dh=_decoded(subscription.p256dh),
            auth_secret=_decoded(subscription.auth),
            version="aes128gcm",
        )
        return post(
            subscription.endpoint,
            sealed,
            {
                "Authorization": self._authorization(subscription.endpoint),
                "Content-Encoding": "aes128gcm",
                "Content-Type": "application/octet-stream",
                "TTL": str(_KEPT_SECONDS),
                # A second try replaces the first where that still waits.
                "Topic": message.pk.hex,
            },
        )

    def _authorization(self, endpoint: str) -> str:
        parts = urlsplit(endpoint)
        host = f"{parts.scheme}://{parts.netloc}"
        if host not in self._signed:
            claims = {"aud": host, "exp": int(time.time()) + _SIGNED_SECONDS, "sub": settings.VAPID_CONTACT}
            token = jwt.encode(claims, push.private_key(), algorithm="ES256")
            self._signed[host] = f"vapid t={token}, k={settings.VAPID_PUBLIC_KEY.rstrip('=')}"
        return self._signed[host]

    def flush(self) -> None:
        """A push is out when `send` returns."""

    def close(self) -> None:
        """Nothing was opened."""


def _body(message: OutboxMessage, content: Note) -> bytes:
    """What static/js/push-worker.js shows; far below the 4 KB that services take."""
    shown = {"title": content.title[:120], "text": content.text[:200], "path": content.path, "id": str(message.pk)}
    return json.dumps(shown, ensure_ascii=False).encode()


def _decoded(value: str) -> bytes:
    return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
