"""Pictures of a salon: only what decodes as one comes in, nothing but pixels stays, and they are shown."""

import io
import struct
import zlib
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from beautydrop.shops import actions as shops
from beautydrop.shops import pictures
from beautydrop.shops.models import ShopPicture
from tests.factories import NOW, World, a_person, a_shop, a_world, an_owner
from tests.pages import Page, Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_place(time_machine, settings, tmp_path):
    time_machine.move_to(NOW, tick=False)
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def files(tmp_path):
    """What lies in the folder."""
    return lambda: sorted(path.name for path in (tmp_path / "shops").glob("*"))


def _image(width: int = 1600, height: int = 1000, colour: str = "teal") -> Image.Image:
    return Image.new("RGB", (width, height), colour)


def _bytes(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    made = io.BytesIO()
    image.save(made, kind, **options)
    return made.getvalue()


def _draw(data: bytes) -> pictures.Drawn:
    return pictures.draw(io.BytesIO(data), len(data))


def _add(shop, image: Image.Image | None = None, **fields: str) -> ShopPicture:
    data = _bytes(image or _image())
    return pictures.add_picture(shop=shop, source=io.BytesIO(data), size=len(data), **fields)


def _bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


# --- What comes in -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_three_kinds_become_webp_in_three_widths(kind):
    drawn = _draw(_bytes(_image(), kind))
    assert (drawn.width, drawn.height) == (1280, 800)
    assert [width for width, _content in drawn.files] == [320, 640, 1280]
    for width, content in drawn.files:
        with Image.open(io.BytesIO(content)) as image:
            assert (image.format, image.width) == ("WEBP", width)


def test_a_smaller_picture_is_not_blown_up():
    assert [width for width, _content in _draw(_bytes(_image(500, 400))).files] == [320, 500]
    assert [width for width, _content in _draw(_bytes(_image(320, 400))).files] == [320]


def test_the_kind_is_what_is_in_it_whatever_it_is_called():
    world = a_world()
    page = _upload(world, _bytes(_image(), "PNG"), name="holiday.gif", content_type="text/html")
    assert page.status == 302


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "JPEG, PNG or WebP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "JPEG, PNG or WebP"),
        (b"%PDF-1.7", "JPEG, PNG or WebP"),
        (_bytes(_image(400, 400), "GIF"), "JPEG, PNG or WebP"),
        (_bytes(_image(400, 400), "TIFF"), "JPEG, PNG or WebP"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100, "HEIC"),
        (_bytes(_image())[:3000], "damaged"),
        (_bytes(_image(100, 100)), "at least 320"),
        (_bytes(_image(3000, 400)), "too narrow"),
        (_bomb(20_000, 20_000), "40 million"),
        (_bomb(2**31 - 1, 2**31 - 1), "million pixels"),
        (_bomb(8_000, 5_001), "40 million"),
        (_bomb(5_000, 5_000), "damaged"),
    ],
)
def test_anything_else_is_refused_in_words(data, words):
    with pytest.raises(ValidationError, match=words):
        _draw(data)


def test_ten_megabytes_at_most():
    data = _bytes(_image()) + b"\0" * 10_000_000
    with pytest.raises(ValidationError, match="at most 10 MB"):
        _draw(data)


def test_upright_and_without_what_the_camera_wrote():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned
    exif[0x010E] = "Nora's kitchen"
    exif.get_ifd(0x8825)[1] = "N"
    sideways = Image.new("RGB", (1600, 1000), "red")
    sideways.paste("blue", (0, 0, 800, 1000))
    drawn = _draw(_bytes(sideways, exif=exif.tobytes(), comment=b"secret", quality=95))
    assert (drawn.width, drawn.height) == (1000, 1600)
    for _width, content in drawn.files:
        with Image.open(io.BytesIO(content)) as image:
            assert not image.getexif() and "exif" not in image.info and "icc_profile" not in image.info
            top = image.convert("RGB").getpixel((image.width // 2, 10))
            assert top[2] > 200 > top[0], "what was left is above"
        assert b"kitchen" not in content and b"secret" not in content


def test_what_is_clear_becomes_white():
    clear = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    with Image.open(io.BytesIO(_draw(_bytes(clear, "PNG")).files[0][1])) as image:
        assert min(image.convert("RGB").getpixel((5, 5))) > 250


# --- Keeping ----------------------------------------------------------------------------------------


def test_files_are_kept_and_go_with_their_picture(files, django_capture_on_commit_callbacks):
    world = a_world()
    picture = _add(world.shop, alt=" By the window ")
    assert files() == sorted(f"{picture.pk}-{width}.webp" for width in (320, 640, 1280))
    assert (picture.alt, picture.position, picture.widths) == ("By the window", 0, [320, 640, 1280])
    with django_capture_on_commit_callbacks(execute=True):
        pictures.remove_picture(picture=picture)
    assert files() == []


def test_eight_at_most_and_no_file_is_left_of_the_ninth(files):
    world = a_world()
    for _n in range(8):
        _add(world.shop, _image(320, 200))
    with pytest.raises(ValidationError, match="at most 8"):
        _add(world.shop, _image(320, 200))
    assert len(files()) == 8


def test_a_file_is_served_for_ever_and_nothing_else_is():
    picture = _add(a_world().shop)
    visitor = Visitor()
    found = visitor.client.get(picture.url(640), headers={"Accept-Encoding": "gzip"})
    assert (found.status_code, found["Content-Type"]) == (200, "image/webp")
    assert found["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Content-Encoding" not in found
    assert visitor.client.head(picture.url(640)).status_code == 200
    assert visitor.client.post(picture.url(640)).status_code == 405
    for url in (
        picture.url(641),
        reverse("shops:picture", args=[uuid4(), 640]),
        "/media/shops/../../manage.py",
        "/media/shops/%2e%2e%2f%2e%2e%2fmanage.py",
        f"/media/shops/{picture.pk}-640.webp/../x",
        "/media/",
    ):
        assert visitor.client.get(url).status_code == 404, url


# --- The owner's page ----------------------------------------------------------------------------------


def _url(world: World, name: str = "pictures", *args: object) -> str:
    return reverse(f"manage:{name}", args=[world.shop.slug, *args])


def _upload(
    world: World, data: bytes, *, name: str = "room.jpg", content_type: str = "image/jpeg", alt: str = "The room"
) -> Page:
    file = SimpleUploadedFile(name, data, content_type)
    return Visitor(world.client.user).post(_url(world), {"picture": file, "alt": alt})


def test_a_picture_is_added_and_shown_on_the_page():
    world = a_world()
    visitor = Visitor(world.client.user)
    assert visitor.get(_url(world)).status == 200
    assert _upload(world, _bytes(_image())).status == 302
    picture = world.shop.pictures.get()
    assert picture.alt == "The room"
    page = visitor.get(_url(world))
    (shown,) = [got for tag, got in page.elements if tag == "img"]
    assert (shown["alt"], shown["width"], shown["height"]) == ("The room", "1280", "800")


@pytest.mark.parametrize(
    ("data", "words"), [(b"GIF89a", "Choose a picture in JPEG"), (b"", "empty"), (_bomb(20_000, 20_000), "million")]
)
def test_a_refusal_stands_beside_the_field(data, words, files):
    world = a_world()
    page = _upload(world, data)
    assert page.status == 422 and page.title.startswith("Error:") and words in page.text
    assert page.form("Add the picture").values["alt"] == ["The room"]
    assert files() == []


def test_without_a_file():
    world = a_world()
    page = Visitor(world.client.user).post(_url(world), {"alt": "x", "picture": "not a file"})
    assert page.status == 422 and "Choose a picture" in page.text


def test_a_request_that_is_far_too_large_is_dropped_unread(settings):
    settings.MAX_UPLOAD_BYTES = 2_000
    world = a_world()
    page = _upload(world, b"x" * 600_000)
    assert page.status == 422 and "at most 0 MB" in page.text
    assert not world.shop.pictures.exists()


def test_order_words_and_removal(files):
    world = a_world()
    first, second = _add(world.shop, alt="First"), _add(world.shop, alt="Second")
    visitor = Visitor(world.client.user)
    visitor.post(_url(world, "picture_move", second.pk), {"to": "up"})
    assert list(world.shop.pictures.all()) == [second, first]
    visitor.post(_url(world, "picture_describe", first.pk), {"alt": "The front"})
    visitor.post(_url(world, "picture_describe", second.pk), {"alt": "x" * 300})
    assert [one.alt for one in world.shop.pictures.all()] == ["Second", "The front"]
    page = visitor.get(_url(world, "picture_remove", second.pk))
    assert page.h1 == "Remove this picture?"
    visitor.submit(page, "Remove the picture")
    assert list(world.shop.pictures.all()) == [first]
    assert len(files()) == 3


def test_for_whom():
    world = a_world()
    picture = _add(world.shop)
    manager = a_person("manager@example.com")
    shops.update_staff_member(staff_member=world.mina, user=manager, is_manager=True)
    other = an_owner("other@example.com")
    foreign = _add(a_shop(other, "Other"))
    names = ("picture_describe", "picture_move", "picture_remove")
    for url in [_url(world), *(_url(world, name, picture.pk) for name in names)]:
        assert Visitor().post(url).location.startswith("/account/login/"), url
        assert Visitor(world.customer.user).post(url).status == 404, url
        assert Visitor(other.user).post(url).status == 404, url
        assert Visitor(manager).post(url).status == 403, url
    for name in names:
        assert Visitor(world.client.user).post(_url(world, name, foreign.pk), {"to": "up", "alt": "x"}).status == 404
    for name in ("picture_describe", "picture_move"):
        assert Visitor(world.client.user).get(_url(world, name, picture.pk)).status == 405
    foreign.refresh_from_db()
    assert foreign.alt == ""


@pytest.mark.parametrize("size", [1, 3])
def test_the_page_takes_as_many_queries_for_one_and_three(size, django_assert_num_queries):
    world = a_world()
    for _n in range(size):
        _add(world.shop, _image(320, 200))
    visitor = Visitor(world.client.user)
    with django_assert_num_queries(6):
        visitor.get(_url(world))


# --- Where customers see them --------------------------------------------------------------------------


def _photos(page: Page) -> list[dict[str, str]]:
    return [got for tag, got in page.elements if tag == "img" and got.get("class") == "photo"]


def test_the_salons_page_shows_all_of_them_instead_of_the_art():
    world = a_world()
    url = reverse("marketplace:shop", args=[world.shop.slug])
    assert not _photos(Visitor().get(url))
    _add(world.shop, alt="First")
    _add(world.shop, _image(600, 900), alt="<b>Second</b>")
    page = Visitor().get(url)
    first, second = _photos(page)
    assert (first["alt"], second["alt"]) == ("First", "<b>Second</b>")
    assert "loading" not in first and second["loading"] == "lazy"
    assert first["srcset"].endswith("1280w") and second["srcset"].endswith("600w")
    assert (second["width"], second["height"]) == ("600", "900")
    assert "shop-front" not in page.html and "/media/shops/" in page.html.split("ld+json")[1].split("</script>")[0]


def test_cards_show_the_first_and_salons_without_keep_the_art():
    world = a_world()
    plain = a_shop(world.client, "Plain")
    jo = shops.create_staff_member(shop=plain, name="Jo")
    service = shops.create_service(shop=plain, name="Gel", price=40, duration_minutes=50, category="nails")
    shops.assign(staff_member=jo, service=service)
    second = _add(world.shop)
    first = _add(world.shop)
    pictures.arrange_pictures(shop=world.shop, ids=[first.pk, second.pk])
    for url in (reverse("marketplace:search") + "?where=Berlin", reverse("marketplace:home")):
        page = Visitor().get(url)
        (photo,) = _photos(page)
        assert str(first.pk) in photo["src"] and photo["alt"] == "", url
        assert page.html.count('class="picture"') == 2, url
