"""The ways a message goes. A sender is opened for a batch, takes one message at a time, and is closed again.

`send` returns when the other side has taken the message, raises `Refused` when it never will, `Unreachable` when
nobody answers, and anything else when it may next time. What `flush` has not seen is not recorded as sent.
"""

from typing import Any, Protocol

from beautydrop.notifications.models import OutboxMessage, Suppression


class Refused(Exception):
    """The address itself is refused, for good: trying again would not help."""

    def __init__(self, words: str, *, reason: Suppression.Reason = Suppression.Reason.BOUNCED) -> None:
        super().__init__(words)
        self.reason = reason


class Unreachable(Exception):
    """Nobody answers on this way at all: what else waits for it need not be tried now."""


class Sender(Protocol):
    """One way, for one batch."""

    def send(self, message: OutboxMessage, content: Any) -> None:
        """Hand over `content`: Mail for e-mail, str for SMS, Note for site and push."""
        ...

    def flush(self) -> None:
        """Finish what was handed over so far."""
        ...

    def close(self) -> None:
        """Give back what was opened."""
        ...
