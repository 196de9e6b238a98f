"""The site's rate limits, for every view of the API (see beautydrop/web/limits.py, scope "api")."""

from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from beautydrop.web import limits

if TYPE_CHECKING:  # that module imports this one
    from rest_framework.views import APIView


class SiteLimits(BaseThrottle):
    """Counts each request by address and person; beyond the limit the framework refuses it with Retry-After."""

    _wait_seconds = 0

    def allow_request(self, request: Request, view: "APIView") -> bool:
        try:
            limits.check("api", request)
        except limits.TooManyRequests as refused:
            self._wait_seconds = refused.retry_after
            return False
        return True

    def wait(self) -> float:
        return self._wait_seconds
