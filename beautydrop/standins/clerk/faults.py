"""What goes wrong, on demand."""

from dataclasses import dataclass, fields
from typing import Any


@dataclass
class Faults:
    """Set in a test's process, or by POST /standin/faults with the secret key."""

    down: str = ""  # paths that begin so are cut off without an answer ("/" is all)
    error: str = ""  # paths that begin so answer 500
    slow: str = ""  # paths that begin so wait `slow_seconds` first
    slow_seconds: float = 10.0
    wrong_kid: bool = False  # tokens name a key that is not published
    duplicate_webhooks: bool = False
    reorder_webhooks: bool = False
    hold_webhooks: bool = False

    def change(self, wanted: dict[str, Any]) -> None:
        """Raises ValueError for a fault there is not, or of another type."""
        kinds = {one.name: type(getattr(self, one.name)) for one in fields(self)}
        for name, value in wanted.items():
            if name not in kinds or not isinstance(value, (kinds[name], int if kinds[name] is float else kinds[name])):
                raise ValueError(f"{name}: no such fault")
        for name, value in wanted.items():
            setattr(self, name, value)
