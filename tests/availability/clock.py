"""Instants as people write them, so that tests can say what they expect in plain UTC.

Converts with nothing but aware datetimes in UTC, not with the engine.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from beautydrop.availability import Window


def utc(text: str) -> int:
    """ "2026-03-29 01:00" in UTC, as minutes since the epoch."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) // 60


def shown(minutes: int) -> str:
    return datetime.fromtimestamp(minutes * 60, UTC).strftime("%Y-%m-%d %H:%M")


def spans(windows: Iterable[Window]) -> list[tuple[str, str]]:
    return [(shown(window.start), shown(window.end)) for window in windows]


def at(text: str) -> time:
    return time.fromisoformat(text)


def on(text: str) -> date:
    return date.fromisoformat(text)
