"""Pictures of a shop: what may come in, what is kept, and their order. The only writer of ShopPicture and its files.

A file is believed only as far as it decodes: its kind is what Pillow finds in it, its pixels are counted before
they are unpacked, and what is kept is drawn anew, so that nothing of the original (place, camera, comments, code)
survives but the picture.
"""

import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

from beautydrop.shops.models import PICTURE_WIDTHS, Shop, ShopPicture

MAX_PIXELS = 40_000_000
MAX_PICTURES = 8
MIN_WIDTH, MIN_HEIGHT = 320, 160
_MAX_RATIO = 3
_KINDS = ("JPEG", "PNG", "WEBP")
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif")
_QUALITY = 80


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture in all its widths: (width, WebP bytes), smallest first, and the size of the largest in pixels."""

    files: list[tuple[int, bytes]]
    width: int
    height: int


def draw(source: BinaryIO, size: int) -> Drawn:
    """The picture in `source` (`size` bytes), drawn anew. Raises ValidationError with what to do instead."""
    if size > settings.MAX_UPLOAD_BYTES:
        raise too_large()
    try:
        image = _opened(source)
        largest = _fitted(image, PICTURE_WIDTHS[-1])
        sizes = [*(width for width in PICTURE_WIDTHS if width < largest.width), largest.width]
        files = [(width, _webp(_fitted(largest, width))) for width in sizes]
    except ValidationError:
        raise
    except Exception as error:  # a decoder may throw anything at bytes that were made to break it
        raise ValidationError(
            _("This file is damaged. Open it on your device, save it again, and choose that.")
        ) from error
    return Drawn(files, largest.width, largest.height)


def too_large() -> ValidationError:
    return ValidationError(
        _("Choose a picture of at most %(size)s MB") % {"size": settings.MAX_UPLOAD_BYTES // 1_000_000}
    )


def _opened(source: BinaryIO) -> Image.Image:
    """The upright picture in sRGB on white, bounded before it is unpacked."""
    head = source.read(12)
    source.seek(0)
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        raise ValidationError(_("HEIC pictures can’t be read here. Save it as JPEG first, then choose that file."))
    try:
        image = Image.open(source, formats=_KINDS)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except Exception as error:
        raise ValidationError(_("Choose a picture in JPEG, PNG or WebP")) from error
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise _too_many_pixels()
    if image.format in {"JPEG", "MPO"}:
        image.draft(None, (PICTURE_WIDTHS[-1] * 2, PICTURE_WIDTHS[-1] * 2))
    profile = image.info.get("icc_profile")
    upright = _in_srgb(ImageOps.exif_transpose(image), profile)
    if upright.width < MIN_WIDTH or upright.height < MIN_HEIGHT:
        raise ValidationError(
            _("Choose a picture of at least %(width)s by %(height)s pixels")
            % {"width": MIN_WIDTH, "height": MIN_HEIGHT}
        )
    if max(upright.size) > _MAX_RATIO * min(upright.size):
        raise ValidationError(_("This picture is too narrow. Crop it to a photo’s shape and choose it again."))
    return upright


def _too_many_pixels() -> ValidationError:
    return ValidationError(
        _("Choose a picture of at most %(count)s million pixels") % {"count": MAX_PIXELS // 1_000_000}
    )


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        clear = image.convert("RGBA")
        image = Image.new("RGB", clear.size, "white")
        image.paste(clear, mask=clear.getchannel("A"))
    if profile and image.mode in {"RGB", "CMYK", "L"}:
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            turned = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode="RGB")
            image = turned or image
        except (ImageCms.PyCMSError, OSError):
            pass  # a broken profile costs a shade, not the picture
    return image.convert("RGB")


def _fitted(image: Image.Image, width: int) -> Image.Image:
    if image.width <= width:
        return image
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3)


def _webp(image: Image.Image) -> bytes:
    clean = Image.new("RGB", image.size)
    clean.paste(image)  # pixels only: no EXIF, XMP, comments or profile travel along
    made = io.BytesIO()
    clean.save(made, "WEBP", quality=_QUALITY, method=4)
    return made.getvalue()


# --- Actions ---------------------------------------------------------------------------------------


def add_picture(*, shop: Shop, source: BinaryIO, size: int, alt: str = "") -> ShopPicture:
    """Keep one more picture, as the last. Raises ValidationError with words, also when there are MAX_PICTURES."""
    _refuse_more_than(shop)
    drawn = draw(source, size)
    picture = ShopPicture(id=uuid4(), shop=shop, alt=alt.strip(), width=drawn.width, height=drawn.height)
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        for width, content in drawn.files:
            _write(folder / file_name(picture.pk, width), content)
        with transaction.atomic():
            Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
            _refuse_more_than(shop)
            last = shop.pictures.order_by("-position").values_list("position", flat=True).first()
            picture.position = 0 if last is None else last + 1
            picture.full_clean()
            picture.save(force_insert=True)
    except BaseException:
        _remove_files(picture.pk)
        raise
    return picture


def describe_picture(*, picture: ShopPicture, alt: str) -> ShopPicture:
    """Say what it shows, for those who don't see it."""
    picture.alt = alt.strip()
    picture.full_clean()
    picture.save(update_fields=["alt"])
    return picture


@transaction.atomic
def arrange_pictures(*, shop: Shop, ids: Sequence[UUID]) -> None:
    """Put the shop's pictures in this order; those not named follow as they were. The first is on the cards."""
    found = {picture.pk: picture for picture in shop.pictures.select_for_update().order_by("position", "created_at")}
    ordered = [found.pop(one) for one in ids if one in found] + list(found.values())
    for position, picture in enumerate(ordered):
        picture.position = position
    ShopPicture.objects.bulk_update(ordered, ["position"])


def remove_picture(*, picture: ShopPicture) -> None:
    """Delete it with its files, once the transaction around it has committed."""
    picture_id = picture.pk
    picture.delete()
    transaction.on_commit(lambda: _remove_files(picture_id))


def file_name(picture_id: UUID, width: int) -> str:
    return f"{picture_id}-{width}.webp"


def _refuse_more_than(shop: Shop) -> None:
    if shop.pictures.count() >= MAX_PICTURES:
        raise ValidationError(
            _("A salon shows at most %(count)s pictures. Remove one first.") % {"count": MAX_PICTURES}
        )


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "shops"


def _write(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)


def _remove_files(picture_id: UUID) -> None:
    for path in _folder().glob(f"{picture_id}-*.webp"):
        path.unlink(missing_ok=True)
