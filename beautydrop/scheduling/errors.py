"""The one way in which claiming time fails."""

from datetime import datetime

from beautydrop.availability import Refusal


class TimeRefused(Exception):
    """A start cannot be claimed. `reason` is the engine's; `start` is the aware instant that was asked for."""

    def __init__(self, reason: Refusal, start: datetime) -> None:
        super().__init__(f"{start.isoformat()} is refused: {reason}")
        self.reason = reason
        self.start = start
