"""Posting to an outside service: bounded in time and size, to exactly the address given."""

import http.client
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

_SECONDS = 10
_LONGEST_ANSWER = 20_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said; `body` is its beginning."""

    status: int
    body: bytes


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows nothing: where a message goes is decided here, not by an answer."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """The answer, whatever its status (a redirect is an answer too). Raises OSError when there is none in time."""
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")  # noqa: S310  (settings name it)
    opener = urllib.request.build_opener(_Stay)
    try:
        with opener.open(request, timeout=_SECONDS) as answer:
            return Answer(answer.status, answer.read(_LONGEST_ANSWER))
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.read(_LONGEST_ANSWER))
    except http.client.HTTPException as error:
        raise OSError(f"no answer that can be read: {type(error).__name__}") from error
