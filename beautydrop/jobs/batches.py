"""Doing one thing to many rows: each by itself, and one that fails never stops the others."""

import logging
import traceback
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from beautydrop.jobs.words import in_words

logger = logging.getLogger(__name__)


class SomeFailed(Exception):
    """The batch was gone through to its end; `done` went well, `failed` did not, and the first one says why."""

    def __init__(self, done: int, failed: int, first: str) -> None:
        self.done, self.failed, self.first = done, failed, first
        super().__init__(_("%(failed)s failed. The first: %(first)s") % {"failed": failed, "first": first})


def each[Key](keys: Iterable[Key], act: Callable[[Key], Any], *, passing: tuple[type[Exception], ...] = ()) -> int:
    """Call `act` with each key and return for how many it did something (it may answer False for "nothing to do").

    Errors in `passing` are what happens when somebody else was quicker: noted, and no failure. Any other is logged,
    and after the last key SomeFailed tells how many there were. Keys go into the log: ids, never names.
    """
    done, failed, first = 0, 0, ""
    for key in list(keys):
        try:
            done += act(key) is not False
        except passing as error:
            logger.info("%s passed over: %s", key, type(error).__name__)
        except Exception as error:
            failed += 1
            first = first or in_words(error)
            log_error(f"{key} failed", error)
            let_go_of_a_lost_connection()
    if failed:
        raise SomeFailed(done, failed, first)
    return done


def log_error(what: str, error: Exception) -> None:
    """Log an error with the lines of code it came through, without the values in its message."""
    where = "".join(traceback.format_tb(error.__traceback__))
    logger.error("%s: %s\n%s", what, in_words(error), where)


def let_go_of_a_lost_connection() -> None:
    """After an error: what comes next gets a new connection if this one is gone."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
