"""Who there is at the stand-in: people, their sessions, and the browsers (clients) that hold them. All in memory."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


def _new(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(12)}"


def milliseconds() -> int:
    return int(time.time() * 1000)


@dataclass
class Person:
    id: str
    email: str
    first_name: str
    last_name: str
    is_verified: bool = True
    is_banned: bool = False
    unsafe_metadata: dict[str, Any] = field(default_factory=dict)
    created_at: int = field(default_factory=milliseconds)
    updated_at: int = field(default_factory=milliseconds)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "user",
            "username": None,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "primary_email_address_id": f"idn_{self.id}",
            "email_addresses": [
                {
                    "id": f"idn_{self.id}",
                    "object": "email_address",
                    "email_address": self.email,
                    "verification": {
                        "status": "verified" if self.is_verified else "unverified",
                        "strategy": "email_code",
                    },
                }
            ],
            "banned": self.is_banned,
            "locked": False,
            "public_metadata": {},
            "private_metadata": {},
            "unsafe_metadata": self.unsafe_metadata,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        }


@dataclass
class Session:
    id: str
    client_id: str
    user_id: str
    status: str = "active"
    created_at: int = field(default_factory=milliseconds)
    updated_at: int = field(default_factory=milliseconds)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "object": "session",
            "client_id": self.client_id,
            "user_id": self.user_id,
            "status": self.status,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        }


@dataclass
class Browser:
    """What Clerk calls a client. `uat`: when its sign-in changed last, in seconds."""

    id: str
    session_id: str | None = None
    uat: int = 0


class State:
    """Every change tells `announce(kind, data)`, as Clerk's webhooks do."""

    def __init__(self, announce: Callable[[str, dict[str, Any]], None]) -> None:
        self._announce = announce
        self._lock = threading.RLock()
        self.people: dict[str, Person] = {}
        self.sessions: dict[str, Session] = {}
        self.browsers: dict[str, Browser] = {}

    def add_person(
        self, email: str, first_name: str = "", last_name: str = "", *, is_verified: bool = True, user_id: str = ""
    ) -> Person:
        with self._lock:
            person = Person(user_id or _new("user"), email, first_name, last_name, is_verified)
            self.people[person.id] = person
        self._announce("user.created", person.as_json())
        return person

    def by_email(self, email: str) -> Person | None:
        wanted = email.strip().lower()
        return next((one for one in self.people.values() if one.email.lower() == wanted), None)

    def change_person(self, person: Person, **changes: Any) -> None:
        with self._lock:
            for name, value in changes.items():
                setattr(person, name, value)
            person.updated_at = max(milliseconds(), person.updated_at + 1)
        self._announce("user.updated", person.as_json())

    def delete_person(self, person: Person) -> None:
        for session in list(self.sessions.values()):
            if session.user_id == person.id:
                self.end_session(session, "removed")
        with self._lock:
            self.people.pop(person.id, None)
        self._announce("user.deleted", {"id": person.id, "object": "user", "deleted": True})

    def browser(self, browser_id: str | None) -> Browser:
        """The known one, or a new one."""
        with self._lock:
            if browser_id in self.browsers:
                return self.browsers[browser_id]
            browser = Browser(_new("client"))
            self.browsers[browser.id] = browser
            return browser

    def sign_in(self, person: Person, browser: Browser | None = None) -> Session:
        browser = browser or self.browser(None)
        with self._lock:
            session = Session(_new("sess"), browser.id, person.id)
            self.sessions[session.id] = session
            browser.session_id, browser.uat = session.id, int(time.time())
        self._announce("session.created", session.as_json())
        return session

    def session_of(self, browser: Browser) -> Session | None:
        """The active one."""
        session = self.sessions.get(browser.session_id or "")
        return session if session is not None and session.status == "active" else None

    def end_session(self, session: Session, status: str) -> None:
        """`ended` (ran out), `removed` (signed out) or `revoked` (from outside); once."""
        with self._lock:
            if session.status != "active":
                return
            session.status, session.updated_at = status, milliseconds()
            browser = self.browsers.get(session.client_id)
            if browser is not None and browser.session_id == session.id:
                browser.session_id, browser.uat = None, 0
        self._announce(f"session.{status}", session.as_json())
