"""A bound on what may be uploaded at all, before anything is written to memory or disk."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

# The other fields of the form, and what multipart puts around them.
_BESIDES_BYTES = 500_000


class BoundedUploadHandler(FileUploadHandler):
    """Drops every file of a request that is larger than MAX_UPLOAD_BYTES; see `is_too_large`."""

    def handle_raw_input(
        self, input_data: Any, META: dict[str, Any], content_length: int, boundary: str, encoding: str | None = None
    ) -> None:
        self.is_refused = content_length > settings.MAX_UPLOAD_BYTES + _BESIDES_BYTES
        if self.request is not None:
            self.request.META["beautydrop.upload_is_too_large"] = self.is_refused

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.is_refused:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def is_too_large(request: HttpRequest) -> bool:
    """True when the files of this request were dropped for its size. Read request.FILES first: that parses it."""
    return bool(request.META.get("beautydrop.upload_is_too_large"))
