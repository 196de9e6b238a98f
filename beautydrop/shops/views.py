"""What the catalogue shows to everybody by itself: the files of pictures."""

from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from beautydrop.shops.pictures import file_name
from beautydrop.web.access import public

_FOR_EVER = "public, max-age=31536000, immutable"


@public
@require_safe
def picture(request: HttpRequest, picture_id: UUID, width: int) -> HttpResponse:
    """A file of a picture. Its name is made of an id and a number here, so it can't leave the folder."""
    path = Path(settings.MEDIA_ROOT) / "shops" / file_name(picture_id, width)
    try:
        content = path.read_bytes()
    except OSError:
        raise Http404 from None
    # A WebP is compressed already; the middleware need not try again.
    request.META.pop("HTTP_ACCEPT_ENCODING", None)
    return HttpResponse(content, content_type="image/webp", headers={"Cache-Control": _FOR_EVER})
