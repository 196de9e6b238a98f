"""The stand-in's server: Frontend API, hosted pages and Backend API on one port of this machine."""

import base64
import hashlib
import secrets
import threading
import time
from http.server import ThreadingHTTPServer
from urllib.parse import urlsplit

from beautydrop.standins.clerk.answers import Handler
from beautydrop.standins.clerk.faults import Faults
from beautydrop.standins.clerk.hooks import Hooks
from beautydrop.standins.clerk.signing import SigningKeys, session_claims
from beautydrop.standins.clerk.state import Session, State


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    stand_in: "ClerkStandIn"


class ClerkStandIn:
    """One Clerk instance (of the development kind) for the site at `site`, an origin.

    `site` may be given later, before the first request. Use `start` and `stop`, or `serve_forever` in a process of
    its own.
    """

    def __init__(
        self,
        *,
        site: str = "",
        host: str = "127.0.0.1",
        port: int = 0,
        secret_key: str = "",
        webhook_secret: str = "",
        webhook_path: str = "/account/clerk/webhooks/",
        keys: SigningKeys | None = None,
    ) -> None:
        self.secret_key = secret_key or f"sk_test_{secrets.token_urlsafe(24)}"
        self.webhook_secret = webhook_secret or f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}"
        self.keys = keys or SigningKeys()
        self.faults = Faults()
        self.site = site.rstrip("/")
        self.hooks = Hooks(url=self.site + webhook_path, secret=self.webhook_secret, faults=self.faults)
        self.state = State(self.hooks.announce)
        # What was asked of it, newest last: (method, path without the query).
        self.asked: list[tuple[str, str]] = []
        self._server = _Server((host, port), Handler)
        self._server.stand_in = self
        self.host = f"{host}:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    @property
    def publishable_key(self) -> str:
        return f"pk_test_{base64.b64encode(f'{self.host}$'.encode()).decode()}"

    @property
    def cookie_suffix(self) -> str:
        digest = hashlib.sha1(self.publishable_key.encode(), usedforsecurity=False).digest()
        return base64.urlsafe_b64encode(digest)[:8].decode()

    def environment(self) -> dict[str, str]:
        """What the site has to be started with."""
        return {
            "CLERK_SECRET_KEY": self.secret_key,
            "CLERK_PUBLISHABLE_KEY": self.publishable_key,
            "CLERK_WEBHOOK_SECRET": self.webhook_secret,
            "CLERK_API_URL": self.url,
            "CLERK_AUTHORIZED_PARTIES": self.site,
        }

    def start(self) -> None:
        self.hooks.start()
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.hooks.stop()

    def serve_forever(self) -> None:
        self.hooks.start()
        try:
            self._server.serve_forever()
        finally:
            self._server.server_close()
            self.hooks.stop()

    def allows(self, redirect_url: str) -> bool:
        """Browsers are sent to the site only."""
        parts = urlsplit(redirect_url)
        return f"{parts.scheme}://{parts.netloc}" == self.site

    def session_token(self, session: Session) -> str:
        claims = session_claims(issuer=self.url, origin=self.site, user_id=session.user_id, sid=session.id)
        return self.keys.sign(claims, **self._faulty_header())

    def handshake_token(self, browser_id: str | None) -> str:
        """The cookies that the site should have now, signed."""
        browser = self.state.browser(browser_id)
        session = self.state.session_of(browser)
        year = f"Path=/; Max-Age={60 * 60 * 24 * 365}; SameSite=Lax"
        cookies = []
        for suffix in (f"_{self.cookie_suffix}", ""):
            cookies.append(f"__client_uat{suffix}={browser.uat if session else 0}; {year}")
            if session:
                cookies.append(f"__session{suffix}={self.session_token(session)}; {year}")
            else:
                cookies.append(f"__session{suffix}=; Path=/; Max-Age=0; SameSite=Lax")
            cookies.append(f"__clerk_db_jwt{suffix}=dvb_{browser.id}; {year}")
        # Like Clerk's, it names no issuer and no subject.
        now = int(time.time())
        return self.keys.sign({"handshake": cookies, "iat": now, "exp": now + 60}, **self._faulty_header())

    def _faulty_header(self) -> dict[str, str]:
        return {"kid": "ins_unknown"} if self.faults.wrong_kid else {}
