"""Secrets stay out of the logs and of error pages: whatever is written is looked through once more.

Patterns, not discipline: a line may come from any library, and a traceback quotes what failed. Better one harmless
word too many blanked than one key kept.
"""

import logging
import re
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

HIDDEN = "[hidden]"

# Paths whose last parts are keys: whoever has the path may act.
_PATHS = re.compile(
    r"(?P<kept>/(?:b|invitations|confirm-email|email/change|password/reset/key|stop|unsubscribe|claim|feeds?)/)"
    r"(?P<key>[^/\s?\"'<>]{16,})(?P<confirm>/confirm/[^/\s?\"'<>]+)?"
)
_NAMES = (
    r"[\w.-]{0,40}(?:passw(?:or)?d|secret|token|api[_-]?key|private[_-]?key|session|authorization|cookie|signature|"
    r"handshake|client_uat|credential)[\w.-]{0,40}"
)
# Any other part of a path that is long and mixed as only a key is: names in addresses are written small.
_LONG_PARTS = re.compile(
    r"(?<=/)(?=[\w:.=~-]{0,200}[A-Z])(?=[\w:.=~-]{0,200}[a-z])(?=[\w:.=~-]{0,200}\d)[\w:=~-]{24,}(?=[/?\s\"']|$)"
)
# Repetitions are bounded: a line may be anything, and long.
# name=value, name: value, 'name': 'value', (b'name', b'value'); a header's value goes to the end of its line.
_HEADERS = re.compile(r"(?im)^(?P<name>[ \t]*(?:set-cookie|cookie|authorization|proxy-authorization)\s*[:=]\s*).+$")
_PAIRS = re.compile(
    rf"(?i)(?P<name>\b{_NAMES}[\"']?\s{{0,9}}(?:=|:|,)\s{{0,9}})"
    r"(?:(?P<quote>b?[\"'])(?P<value>[^\"'\n]+)|(?P<bare>(?:bearer |basic )?[^\s&,;\"')\]}]+))"
)
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}")
_JWT = re.compile(r"\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?")
_KEYS = re.compile(r"\b(?:sk|pk|rk|whsec)_(?:(?:live|test)_)?[\w+/=-]{8,}")
_URLS = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]{0,20}://)[^\s/@\"']{0,200}:[^\s/@\"']{0,200}@")
_EMAILS = re.compile(r"(?P<first>[\w.+-])[\w.+%-]{0,63}@(?P<host>[\w-]{1,63}(?:\.[\w-]{1,63})+)")


def redact(text: str) -> str:
    """The text without keys in paths, credentials, cookies and tokens; of an e-mail address c…@example.com stays."""
    text = _PATHS.sub(lambda hit: f"{hit['kept']}{HIDDEN}" + (f"/confirm/{HIDDEN}" if hit["confirm"] else ""), text)
    text = _LONG_PARTS.sub(HIDDEN, text)
    text = _HEADERS.sub(rf"\g<name>{HIDDEN}", text)
    text = _URLS.sub(rf"\g<scheme>{HIDDEN}@", text)
    text = _BEARER.sub(rf"\1 {HIDDEN}", text)
    text = _PAIRS.sub(_pair, text)
    text = _JWT.sub(HIDDEN, text)
    text = _KEYS.sub(HIDDEN, text)
    return _EMAILS.sub(r"\g<first>…@\g<host>", text)


def _pair(hit: re.Match[str]) -> str:
    is_done = (hit["value"] or hit["bare"]).startswith(HIDDEN[:-1])
    return hit[0] if is_done else f"{hit['name']}{hit['quote'] or ''}{HIDDEN}"


class RedactingFormatter(logging.Formatter):
    """Formats as usual, traceback included, and redacts the whole."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class ReporterFilter(SafeExceptionReporterFilter):
    """Django's own for error pages, which knows settings by their names only: also hides what stands in values,
    and passwords that were sent, with DEBUG too."""

    def cleanse_setting(self, key: Any, value: Any) -> Any:
        cleansed = super().cleanse_setting(key, value)
        return redact(cleansed) if isinstance(cleansed, str) else cleansed

    def get_post_parameters(self, request: HttpRequest | None) -> Any:
        if request is None:
            return {}
        sent = super().get_post_parameters(request).copy()
        for name in sent:
            if self.hidden_settings.search(name) or name in {"name", "email", "phone", "login", "note"}:
                sent[name] = self.cleansed_substitute
        return sent
