"""JSON in and out, and nothing else: whatever is sent, reading it ends in plain values or in a refusal."""

import json
from typing import Any, NoReturn

from django.conf import settings
from django.http import UnreadablePostError
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from beautydrop.api.problems import Problem

_DEEPEST = 20


class Json(BaseParser):
    """A body in UTF-8, bounded in size and depth."""

    media_type = "application/json"
    # The framework renders forms of its own with this; it has to be named.
    renderer_class = JSONRenderer

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The values in the body. Raises Problem (413) and ParseError."""
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        # A body is read only as far as this length says, and without one it is empty.
        if int(parser_context["request"].META.get("CONTENT_LENGTH") or 0) > most:
            raise Problem(413, "too_large", _("Send at most %(bytes)d bytes.") % {"bytes": most})
        try:
            body = stream.read()
        except (UnreadablePostError, OSError) as error:
            raise ParseError(_("The body broke off. Send it again.")) from error
        try:
            values = json.loads(body.decode("utf-8"), parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise ParseError(_("Send the body as JSON in UTF-8.")) from error
        if _is_deep(values):
            raise ParseError(_("Send at most %(levels)d levels in one another.") % {"levels": _DEEPEST})
        return values


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _is_deep(values: Any) -> bool:
    level = [values]
    for _depth in range(_DEEPEST):
        inner: list[Any] = []
        for value in level:
            inner += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        if not inner:
            return False
        level = inner
    return True


class AlwaysJson(BaseContentNegotiation):
    """Answers are JSON whatever `Accept` says: a refusal in words helps more than 406."""

    def select_parser(self, request: Request, parsers: Any) -> BaseParser | None:
        sent = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == sent), None)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type
