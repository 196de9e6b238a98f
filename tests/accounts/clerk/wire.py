"""A browser as far as HTTP goes: cookies by host (as browsers do, whatever the port), redirects one at a time."""

import http.client
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from tests.pages import Form, _Reader, _squeezed

DOCUMENT = {"Accept": "text/html,application/xhtml+xml", "Sec-Fetch-Dest": "document"}


@dataclass
class Answer:
    url: str
    status: int
    headers: dict[str, str]
    body: str
    set_cookies: list[str]
    _reader: _Reader = field(default_factory=_Reader)

    def __post_init__(self) -> None:
        if self.headers.get("content-type", "").startswith("text/html"):
            self._reader.feed(self.body)

    @property
    def location(self) -> str:
        return urljoin(self.url, self.headers["location"])

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def h1(self) -> str:
        return _squeezed("".join(self._reader.headings))

    @property
    def text(self) -> str:
        return _squeezed(" ".join(self._reader.text))

    def link(self, words: str) -> str:
        found = [href for href, text in self._reader.links.items() if words in _squeezed(text)]
        assert found, f"no link {words!r} on {self.url}: {self._reader.links}"
        return urljoin(self.url, found[0])

    def has_link(self, words: str) -> bool:
        return any(words in _squeezed(text) for text in self._reader.links.values())

    def form(self, part: str) -> Form:
        found = [one for one in self._reader.forms if part in one.action or part in _squeezed(one.words)]
        assert found, f"no form {part!r} on {self.url}"
        return found[0]


class Browser:
    """`get` asks for a document, as somebody does who types an address or follows a link."""

    def __init__(self, site: str) -> None:
        self.site = site
        self.cookies: dict[str, dict[str, str]] = {}

    @property
    def own(self) -> dict[str, str]:
        """The site's cookies."""
        return self.cookies.setdefault(urlsplit(self.site).hostname or "", {})

    def get(self, url: str, *, follow: bool = True, **headers: str) -> Answer:
        answer = self.send("GET", url, headers={**DOCUMENT, **headers})
        return self.follow(answer) if follow else answer

    def follow(self, answer: Answer) -> Answer:
        for _step in range(12):
            if answer.status not in {301, 302, 303, 307}:
                return answer
            answer = self.send("GET", answer.location, headers=DOCUMENT)
        raise AssertionError(f"{answer.url} redirects without end")

    def post(self, url: str, data: dict[str, Any], *, follow: bool = True, **headers: str) -> Answer:
        target = urljoin(self.site, url)
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(target))
        sent = {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin, **DOCUMENT, **headers}
        answer = self.send("POST", target, headers=sent, body=urlencode(data, doseq=True))
        return self.follow(answer) if follow else answer

    def submit(self, answer: Answer, part: str, *, follow: bool = True, **changes: Any) -> Answer:
        form = answer.form(part)
        return self.post(urljoin(answer.url, form.action), {**form.values, **changes}, follow=follow)

    def send(self, method: str, url: str, *, headers: dict[str, str] | None = None, body: str = "") -> Answer:
        target = urljoin(self.site, url)
        parts = urlsplit(target)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
        jar = self.cookies.setdefault(parts.hostname or "", {})
        sent = dict(headers or {})
        if jar:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, body=body.encode() or None, headers=sent)
        response = connection.getresponse()
        text = response.read().decode(errors="replace")
        set_cookies = response.headers.get_all("Set-Cookie") or []
        for line in set_cookies:
            for morsel in SimpleCookie(line).values():
                if morsel["max-age"] == "0" or "1970" in morsel["expires"]:
                    jar.pop(morsel.key, None)
                else:
                    jar[morsel.key] = morsel.value
        connection.close()
        found = {name.lower(): value for name, value in response.headers.items()}
        return Answer(target, response.status, found, text, set_cookies)
