"""The stand-in's webhooks: signed, retried until they are taken, and on demand twice, out of order or held back."""

import base64
import hashlib
import hmac
import json
import queue
import secrets
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from beautydrop.standins.clerk.faults import Faults

# Seconds before each attempt.
RETRIES = [0.0, 0.3, 1.0, 3.0, 10.0, 30.0]


@dataclass(frozen=True, slots=True)
class Event:
    id: str
    body: bytes

    @property
    def kind(self) -> str:
        return str(json.loads(self.body)["type"])


class Hooks:
    """Sends in a thread of its own. With `faults.hold_webhooks`, events wait in `held` for `deliver`."""

    def __init__(self, *, url: str, secret: str, faults: Faults) -> None:
        self.url, self.secret, self.faults = url, secret, faults
        self.held: list[Event] = []
        self._waiting: queue.Queue[Event | None] = queue.Queue()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._is_over.set()
        self._waiting.put(None)
        self._thread.join()

    def announce(self, kind: str, data: dict[str, Any]) -> None:
        body = {"type": kind, "object": "event", "data": data, "timestamp": int(time.time() * 1000)}
        event = Event(f"msg_{secrets.token_hex(12)}", json.dumps(body).encode())
        if self.faults.hold_webhooks:
            self.held.append(event)
        else:
            self._waiting.put(event)

    def headers(self, event: Event, *, secret: str = "", age_seconds: int = 0) -> dict[str, str]:
        """The three that sign an event, as Svix writes them."""
        stamp = str(int(time.time()) - age_seconds)
        key = base64.b64decode((secret or self.secret).removeprefix("whsec_"))
        signed = hmac.new(key, f"{event.id}.{stamp}.".encode() + event.body, hashlib.sha256).digest()
        return {
            "svix-id": event.id,
            "svix-timestamp": stamp,
            "svix-signature": f"v1,{base64.b64encode(signed).decode()}",
        }

    def deliver(self, event: Event, headers: dict[str, str] | None = None) -> int:
        """Send it once, now; the status of the answer, 0 when there is none."""
        request = urllib.request.Request(self.url, data=event.body, method="POST")
        for name, value in {"Content-Type": "application/json", **(headers or self.headers(event))}.items():
            request.add_header(name, value)
        try:
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(request, timeout=15) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
        except OSError:
            return 0

    def _work(self) -> None:
        while (event := self._waiting.get()) is not None:
            batch = [event]
            if self.faults.reorder_webhooks:
                self._is_over.wait(0.2)
                while not self._waiting.empty():
                    if (later := self._waiting.get()) is None:
                        return
                    batch.insert(0, later)
            for one in batch:
                for _time in range(2 if self.faults.duplicate_webhooks else 1):
                    self._until_taken(one)

    def _until_taken(self, event: Event) -> None:
        for pause in RETRIES:
            if self._is_over.wait(pause) or 200 <= self.deliver(event) < 300:
                return
