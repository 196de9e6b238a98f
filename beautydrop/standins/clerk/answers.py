"""What the stand-in answers, path by path."""

import hmac
import json
import re
import time
from collections.abc import Callable
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from beautydrop.standins.clerk import pages
from beautydrop.standins.clerk.state import Browser, Person

if TYPE_CHECKING:
    from beautydrop.standins.clerk.server import ClerkStandIn

_MOST_BYTES = 100_000
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Handler(BaseHTTPRequestHandler):
    """One request. `do_GET` and the like are the names that http.server looks for."""

    timeout = 15

    @property
    def stand_in(self) -> "ClerkStandIn":
        return self.server.stand_in  # type: ignore[attr-defined]

    def log_message(self, *args: Any) -> None:
        """Addresses carry tokens: nothing is logged."""

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_PATCH(self) -> None:
        self._answer("PATCH")

    def do_DELETE(self) -> None:
        self._answer("DELETE")

    def _answer(self, method: str) -> None:
        parts = urlsplit(self.path)
        self.query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        length = min(int(self.headers.get("Content-Length") or 0), _MOST_BYTES)
        self.body = self.rfile.read(length)
        self.stand_in.asked.append((method, parts.path))
        faults = self.stand_in.faults
        if not parts.path.startswith("/standin/"):
            if faults.slow and parts.path.startswith(faults.slow):
                time.sleep(faults.slow_seconds)
            if faults.down and parts.path.startswith(faults.down):
                self.close_connection = True
                return
            if faults.error and parts.path.startswith(faults.error):
                self._json({"errors": [{"code": "internal_clerk_error"}]}, HTTPStatus.INTERNAL_SERVER_ERROR)
                return
        for wanted, pattern, answer in _ROUTES:
            match = re.fullmatch(pattern, parts.path)
            if match and wanted == method:
                if pattern.startswith(("/v1/users", "/v1/sessions", "/standin/")) and not self._has_secret_key():
                    self._json({"errors": [{"code": "authentication_invalid"}]}, HTTPStatus.UNAUTHORIZED)
                else:
                    answer(self, *match.groups())
                return
        self._json({"errors": [{"code": "resource_not_found"}]}, HTTPStatus.NOT_FOUND)

    # --- Frontend API ------------------------------------------------------------------------------

    def jwks(self) -> None:
        self._json(self.stand_in.keys.jwks())

    def handshake(self) -> None:
        target = self.query.get("redirect_url", "")
        if not self.stand_in.allows(target):
            self._html(pages.refused("This address is none of the site’s."), HTTPStatus.BAD_REQUEST)
            return
        token = self.stand_in.handshake_token(self._browser_id())
        self._redirect(_with(target, "__clerk_handshake", token), HTTPStatus.TEMPORARY_REDIRECT)

    # --- Hosted pages ------------------------------------------------------------------------------

    def style(self) -> None:
        self._send(pages.STYLE.encode(), "text/css", HTTPStatus.OK)

    def home(self) -> None:
        session = self.stand_in.state.session_of(self._browser())
        self._html(pages.home(self.stand_in.state.people.get(session.user_id) if session else None))

    def sign_in_page(self) -> None:
        if (target := self._target(self.query)) is None:
            return
        browser = self._browser()
        if self.stand_in.state.session_of(browser):
            self._back(target, browser)
            return
        self._html(self._sign_in_html(target))

    def sign_in(self) -> None:
        form = self._form()
        if form is None or (target := self._target(form)) is None:
            return
        person = self.stand_in.state.by_email(form.get("email", ""))
        if person is None:
            words = "Nobody has this e-mail address here. Sign up first."
            html = self._sign_in_html(target, email=form.get("email", ""), error=words)
            self._html(html, HTTPStatus.UNPROCESSABLE_ENTITY)
            return
        self._begin(person, target)

    def sign_up_page(self) -> None:
        if (target := self._target(self.query)) is not None:
            self._html(pages.sign_up(target, {}, other_url=f"/sign-in?{urlencode({'redirect_url': target})}"))

    def sign_up(self) -> None:
        form = self._form()
        if form is None or (target := self._target(form)) is None:
            return
        email, error = form.get("email", "").strip(), ""
        if not _EMAIL.fullmatch(email):
            error = "Enter an e-mail address like name@example.com"
        elif self.stand_in.state.by_email(email):
            error = "Somebody has this e-mail address already. Sign in instead."
        if error:
            other = f"/sign-in?{urlencode({'redirect_url': target})}"
            html = pages.sign_up(target, form, other_url=other, error=error)
            self._html(html, HTTPStatus.UNPROCESSABLE_ENTITY)
            return
        names = (form.get("first_name", "").strip(), form.get("last_name", "").strip())
        self._begin(self.stand_in.state.add_person(email, *names), target)

    def sign_out(self) -> None:
        if self._form() is None:
            return
        session = self.stand_in.state.session_of(self._browser())
        if session:
            self.stand_in.state.end_session(session, "removed")
        self._redirect("/")

    def _sign_in_html(self, target: str, **more: str) -> str:
        other = f"/sign-up?{urlencode({'redirect_url': target})}"
        return pages.sign_in(list(self.stand_in.state.people.values())[:8], target, other_url=other, **more)

    def _begin(self, person: Person, target: str) -> None:
        browser = self._browser()
        self.stand_in.state.sign_in(person, browser)
        self._back(target, browser)

    def _back(self, target: str, browser: Browser) -> None:
        """To the site, which learns of the browser by the token that development instances use."""
        self._redirect(
            _with(target, "__clerk_db_jwt", f"dvb_{browser.id}"),
            cookie=f"__client={browser.id}; Path=/; HttpOnly; SameSite=Lax",
        )

    # --- Backend API -------------------------------------------------------------------------------

    def user(self, user_id: str) -> None:
        if person := self._person(user_id):
            self._json(person.as_json())

    def users(self) -> None:
        wanted = self.query.get("email_address", "")
        found = [one for one in self.stand_in.state.people.values() if wanted in {"", one.email}]
        self._json([one.as_json() for one in found])

    def change_user(self, user_id: str) -> None:
        if person := self._person(user_id):
            names = {"first_name", "last_name", "unsafe_metadata"}
            self.stand_in.state.change_person(person, **{k: v for k, v in self._sent().items() if k in names})
            self._json(person.as_json())

    def delete_user(self, user_id: str) -> None:
        if person := self._person(user_id):
            self.stand_in.state.delete_person(person)
            self._json({"id": user_id, "object": "user", "deleted": True})

    def begin_session(self) -> None:
        """As Clerk's, for test instances: signed in without the hosted pages."""
        if person := self._person(str(self._sent().get("user_id", ""))):
            self._json(self.stand_in.state.sign_in(person).as_json())

    def session(self, sid: str) -> None:
        session = self.stand_in.state.sessions.get(sid)
        self._json(session.as_json() if session else _NOT_FOUND, _status(session))

    def revoke(self, sid: str) -> None:
        session = self.stand_in.state.sessions.get(sid)
        if session:
            self.stand_in.state.end_session(session, "revoked")
        self._json(session.as_json() if session else _NOT_FOUND, _status(session))

    def token(self, sid: str) -> None:
        session = self.stand_in.state.sessions.get(sid)
        if session and session.status == "active":
            self._json({"object": "token", "jwt": self.stand_in.session_token(session)})
        else:
            self._json(_NOT_FOUND, HTTPStatus.NOT_FOUND)

    def set_faults(self) -> None:
        try:
            self.stand_in.faults.change(self._sent())
        except ValueError as error:
            self._json({"errors": [{"code": str(error)}]}, HTTPStatus.UNPROCESSABLE_ENTITY)
            return
        self._json({"ok": True})

    def rotate(self) -> None:
        self.stand_in.keys.rotate()
        self._json({"kid": self.stand_in.keys.kid})

    # --- Plumbing ----------------------------------------------------------------------------------

    def _has_secret_key(self) -> bool:
        given = self.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {self.stand_in.secret_key}".encode())

    def _person(self, user_id: str) -> Person | None:
        person = self.stand_in.state.people.get(user_id)
        if person is None:
            self._json(_NOT_FOUND, HTTPStatus.NOT_FOUND)
        return person

    def _browser_id(self) -> str | None:
        given = self.query.get("__clerk_db_jwt", "").removeprefix("dvb_")
        if given:
            return given
        try:
            cookies = SimpleCookie(self.headers.get("Cookie", ""))
        except CookieError:
            return None
        return cookies["__client"].value if "__client" in cookies else None

    def _browser(self) -> Browser:
        return self.stand_in.state.browser(self._browser_id())

    def _form(self) -> dict[str, str] | None:
        """What a form of ours sent; None (and answered) when it comes from elsewhere."""
        if self.headers.get("Origin", self.stand_in.url) != self.stand_in.url:
            self._html(pages.refused("This form was not sent from here."), HTTPStatus.FORBIDDEN)
            return None
        return dict(parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True))

    def _sent(self) -> dict[str, Any]:
        try:
            sent = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return sent if isinstance(sent, dict) else {}

    def _target(self, values: dict[str, str]) -> str | None:
        """Where to go back to; None (and answered) when that is not the site."""
        target = values.get("redirect_url") or self.stand_in.site + "/"
        if self.stand_in.allows(target):
            return target
        self._html(pages.refused("This address is none of the site’s."), HTTPStatus.BAD_REQUEST)
        return None

    def _json(self, found: Any, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._send(json.dumps(found).encode(), "application/json", status)

    def _html(self, html: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._send(html.encode(), "text/html; charset=utf-8", status)

    def _redirect(self, url: str, status: HTTPStatus = HTTPStatus.SEE_OTHER, cookie: str = "") -> None:
        headers = {"Location": url} | ({"Set-Cookie": cookie} if cookie else {})
        self._send(b"", "text/plain", status, headers)

    def _send(self, body: bytes, kind: str, status: HTTPStatus, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        # Browsers count a redirect after a form as its target: the site has to be named.
        policy = f"default-src 'none'; style-src 'self'; form-action 'self' {self.stand_in.site}; base-uri 'none'"
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "Content-Security-Policy": f"{policy}; frame-ancestors 'none'",
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


_NOT_FOUND = {"errors": [{"code": "resource_not_found", "message": "not found"}]}


def _status(found: object) -> HTTPStatus:
    return HTTPStatus.OK if found else HTTPStatus.NOT_FOUND


def _with(url: str, name: str, value: str) -> str:
    """The address with one more parameter, in place of one of that name."""
    parts = urlsplit(url)
    query = [(key, one) for key, one in parse_qsl(parts.query, keep_blank_values=True) if key != name]
    return parts._replace(query=urlencode([*query, (name, value)])).geturl()


_ROUTES: list[tuple[str, str, Callable[..., None]]] = [
    ("GET", r"/\.well-known/jwks\.json", Handler.jwks),
    ("GET", r"/v1/client/handshake", Handler.handshake),
    ("GET", r"/style\.css", Handler.style),
    ("GET", r"/", Handler.home),
    ("GET", r"/sign-in", Handler.sign_in_page),
    ("POST", r"/sign-in", Handler.sign_in),
    ("GET", r"/sign-up", Handler.sign_up_page),
    ("POST", r"/sign-up", Handler.sign_up),
    ("POST", r"/sign-out", Handler.sign_out),
    ("GET", r"/v1/users", Handler.users),
    ("GET", r"/v1/users/([\w-]+)", Handler.user),
    ("PATCH", r"/v1/users/([\w-]+)", Handler.change_user),
    ("DELETE", r"/v1/users/([\w-]+)", Handler.delete_user),
    ("POST", r"/v1/sessions", Handler.begin_session),
    ("GET", r"/v1/sessions/([\w-]+)", Handler.session),
    ("POST", r"/v1/sessions/([\w-]+)/revoke", Handler.revoke),
    ("POST", r"/v1/sessions/([\w-]+)/tokens", Handler.token),
    ("POST", r"/standin/faults", Handler.set_faults),
    ("POST", r"/standin/rotate", Handler.rotate),
]
