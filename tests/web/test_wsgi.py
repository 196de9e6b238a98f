"""What the web server runs: nothing that a content type says is a fault of ours."""

import io

import pytest

from beautydrop.wsgi import application, without_charset

pytestmark = pytest.mark.django_db


def ask(path: str, content_type: str, query: str = "") -> str:
    """The status line of a GET."""
    answered: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_TYPE": content_type,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
    }
    application(environ, lambda status, headers, exc_info=None: answered.append(status))
    return answered[0]


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json; charset=zlib",
        "application/json; charset=hex",
        "application/json;CHARSET = idna",
        "application/json; charset=undefined",
        'application/json; charset="zlib"',
        "application/json; charset*=utf-8''zlib",
        "application/json; charset=\x00",
        "text/html; a=b; charset=zlib; c=d",
    ],
)
def test_a_charset_is_no_fault(content_type):
    assert ask("/robots.txt", content_type, "a=%FF&b=1") == "200 OK"
    assert ask("/api/v1/nothing/", content_type, "a=%FF&b=1") == "404 Not Found"


def test_too_many_fields_are_no_fault():
    """Read or not: whoever reads them answers that it is too much."""
    query = "&".join(f"a{number}=1" for number in range(2_000))
    for charset in ("", "; charset=utf-8"):
        assert ask("/robots.txt", f"application/json{charset}", query) == "200 OK"
        assert ask("/salons/", f"application/json{charset}", query) == "413 Content Too Large"


def test_the_rest_of_a_content_type_stays():
    environ = without_charset({"CONTENT_TYPE": "multipart/form-data; charset=utf-8; boundary=xyz"})
    assert environ["CONTENT_TYPE"] == "multipart/form-data; boundary=xyz"
    assert without_charset({}) == {}
