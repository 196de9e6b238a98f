"""A person at the site, without a browser: reads pages and mails, follows links, fills in forms as they stand.

What a request commits is done before it returns (jobs run at once, see conftest.py), so mails are there.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.http import HttpResponse
from django.test import Client, TestCase

from beautydrop.accounts.models import User

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_SILENT = {"script", "style", "template"}


@dataclass
class Form:
    """A form as it would be sent without touching it; a button's own value is not among `values`."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    words: str = ""
    is_in_shell: bool = False


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []
        self.headings: list[str] = []
        self.titles: list[str] = []
        self.links: dict[str, str] = {}
        self.forms: list[Form] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self._form: Form | None = None
        self._link: str | None = None
        self._select: str | None = None
        self._textarea: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        self.elements.append((tag, got))
        if tag not in _VOID:
            self.open.append(tag)
        if tag == "h1":
            self.headings.append("")
        elif tag == "title" and "svg" not in self.open:
            self.titles.append("")
        elif tag == "a" and "href" in got:
            self._link = got["href"]
            self.links.setdefault(self._link, "")
        elif tag == "form":
            self._form = Form(got.get("action", ""), got.get("method", "get").lower())
            self._form.is_in_shell = got.get("class") == "shell-find"
            self.forms.append(self._form)
        elif self._form is not None:
            self._control(tag, got)

    def _control(self, tag: str, got: dict[str, str]) -> None:
        assert self._form is not None
        name = got.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            self._form.choices.setdefault(self._select, []).append(got.get("value", ""))
            if "selected" in got or self._select not in self._form.values:
                self._form.values[self._select] = [got.get("value", "")]
        elif tag == "textarea":
            self._textarea = name
            self._form.values[name] = [""]
        elif tag == "input" and name and got.get("type") in {"radio", "checkbox"}:
            self._form.choices.setdefault(name, []).append(got.get("value", "on"))
            if "checked" in got:
                self._form.values.setdefault(name, []).append(got.get("value", "on"))
        elif tag == "input" and name:
            self._form.values.setdefault(name, []).append(got.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass
        if tag == "a":
            self._link = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            if self._form and self._textarea is not None:  # a browser drops the first line break
                self._form.values[self._textarea][0] = self._form.values[self._textarea][0].removeprefix("\n")
            self._textarea = None
        elif tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        if "title" in self.open and "svg" not in self.open:
            self.titles[-1] += data
            return
        if self._textarea is not None and self._form:
            self._form.values[self._textarea][0] += data
        if _SILENT & set(self.open) or "head" in self.open:
            return
        self.text.append(data)
        if "h1" in self.open and self.headings:
            self.headings[-1] += data
        if self._link is not None:
            self.links[self._link] += data
        if self._form is not None:
            self._form.words += data


def _squeezed(text: str) -> str:
    return " ".join(text.split())


class Page:
    """An answer, read."""

    def __init__(self, response: HttpResponse, url: str) -> None:
        self.response = response
        self.status = response.status_code
        self.url = url
        self.html = "" if response.streaming else response.content.decode()
        self._reader = _Reader()
        if response.headers.get("Content-Type", "").startswith("text/html"):
            self._reader.feed(self.html)

    @property
    def text(self) -> str:
        return _squeezed(" ".join(self._reader.text))

    @property
    def h1(self) -> str:
        assert len(self._reader.headings) == 1, f"{self.url} has {len(self._reader.headings)} h1"
        return _squeezed(self._reader.headings[0])

    @property
    def title(self) -> str:
        return _squeezed(self._reader.titles[0]) if self._reader.titles else ""

    @property
    def links(self) -> dict[str, str]:
        """Address → words."""
        return {href: _squeezed(words) for href, words in self._reader.links.items()}

    @property
    def elements(self) -> list[tuple[str, dict[str, str]]]:
        """Every tag with its attributes, in order."""
        return self._reader.elements

    @property
    def location(self) -> str:
        """Where a redirect leads, without the host."""
        parts = urlsplit(self.response.headers["Location"])
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def link(self, part: str) -> str:
        """The first address that contains `part`, or whose words do."""
        found = [href for href, words in self.links.items() if part in href or part in words]
        assert found, f"no link {part!r} on {self.url}: {self.links}"
        return found[0]

    def has_link(self, part: str) -> bool:
        return any(part in href or part in words for href, words in self.links.items())

    def form(self, part: str = "") -> Form:
        """The form whose action or words contain `part`; without it, the first but the footer's."""
        own = [one for one in self._reader.forms if "/preferences/" not in one.action and not one.is_in_shell]
        found = [one for one in own if part in one.action or part in _squeezed(one.words)] if part else own
        assert found, f"no form {part!r} on {self.url}: {[(one.action, _squeezed(one.words)[:80]) for one in own]}"
        return found[0]

    def has_form(self, part: str) -> bool:
        return any(part in one.action or part in _squeezed(one.words) for one in self._reader.forms)


class Visitor:
    """Somebody with a browser of their own; signed in as `user` when given."""

    def __init__(self, user: User | None = None, **options: Any) -> None:
        self.client = Client(**options)
        if user is not None:
            self.client.force_login(user)

    def get(self, url: str, data: Any = None, *, region: str = "", **headers: str) -> Page:
        """`region`: as htmx asks for a part of the page."""
        if region:
            headers["HX-Request"] = "true"
            data = {**(data or {}), "region": region}
        return self._send("get", url, data, headers)

    def post(self, url: str, data: Any = None, **headers: str) -> Page:
        return self._send("post", url, data or {}, headers)

    def follow(self, page: Page) -> Page:
        """To where it redirects, as far as it goes."""
        for _step in range(5):
            if page.status not in {301, 302, 303}:
                return page
            page = self.get(page.location)
        raise AssertionError(f"{page.url} redirects without end")

    def submit(self, page: Page, part: str = "", *, follow: bool = True, **changes: Any) -> Page:
        """Send a form of the page (see Page.form) with what stands in it, changed; None leaves a field out."""
        form = page.form(part)
        values: dict[str, Any] = {**form.values, **changes}
        values = {name: value for name, value in values.items() if value is not None}
        sent = self._send(form.method, form.action or page.url, values, {})
        return self.follow(sent) if follow else sent

    def _send(self, method: str, url: str, data: Any, headers: dict[str, str]) -> Page:
        with TestCase.captureOnCommitCallbacks(execute=True):
            response = getattr(self.client, method)(url, data, headers=headers)
        request = response.wsgi_request
        return Page(response, request.get_full_path())


def mails(recipient: str) -> list[EmailMultiAlternatives]:
    """What was sent there, oldest first."""
    return [message for message in mail.outbox if recipient in message.to]


def mailed_link(recipient: str, part: str = "") -> str:
    """The path of the first link that contains `part`, in the newest mail there."""
    arrived = mails(recipient)
    assert arrived, f"no mail for {recipient}"
    for url in re.findall(r"https?://\S+", arrived[-1].body):
        if part in url:
            return urlsplit(url).path
    raise AssertionError(f"no link with {part!r} in: {arrived[-1].body}")
