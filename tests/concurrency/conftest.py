"""Races are about the database: nothing is sent, and a slow machine never turns waiting into a refusal."""

import pytest

from beautydrop.notifications import tasks
from beautydrop.scheduling import claims


@pytest.fixture(autouse=True)
def _messages_stay_in_the_outbox(monkeypatch):
    """Their rows are what a race may damage; sending them is tested in tests/notifications."""
    monkeypatch.setattr(tasks, "send_messages", lambda message_ids: None)


@pytest.fixture(autouse=True)
def _patience(monkeypatch):
    """A lock time-out is "taken" to the person, so it would hide what these tests look at."""
    monkeypatch.setattr(claims, "_LOCK_TIMEOUT", "60s")
