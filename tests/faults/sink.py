"""A mail server on loopback that keeps what it takes, and can be slow, busy, rude or away."""

import contextlib
import email
import email.policy
import re
import socket
import socketserver
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum
from typing import Any


class Answer(StrEnum):
    """What becomes of one mail."""

    TAKE = "take"
    BUSY = "451 at RCPT"
    FULL = "452 after DATA"
    HANG_UP = "connection dropped before DATA"
    VANISH = "taken, then the connection dropped before the 250"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A mail that the server took, at `at` (seconds since 1970); not acknowledged: nobody was told that it did."""

    at: float
    recipient: str
    mail: EmailMessage
    is_acknowledged: bool

    @property
    def message_id(self) -> str:
        return str(self.mail["Message-ID"])

    @property
    def text(self) -> str:
        body = self.mail.get_body(("plain",))
        assert body is not None
        return str(body.get_content())

    @property
    def calendar_sequence(self) -> int | None:
        """SEQUENCE of the .ics that came along."""
        for part in self.mail.iter_attachments():
            if part.get_content_type() == "text/calendar":
                content = part.get_content()
                words = content if isinstance(content, str) else content.decode()
                found = re.search(r"^SEQUENCE:(\d+)", words, re.MULTILINE)
                assert found, words
                return int(found[1])
        return None


class Sink:
    """Listens on 127.0.0.1:`port` from `up` to `down`. `answer` decides for each mail, by its recipient."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.connections = 0
        self.answer: Callable[[str], Answer] = lambda recipient: Answer.TAKE
        # Seconds: with the mail received and not yet taken; taken and the 250 not yet said.
        self.pauses: Callable[[], tuple[float, float]] = lambda: (0, 0)
        self.receiving = threading.Event()
        self.port = 0
        self._lock = threading.Lock()
        self._server: Any = None
        self._open: set[socket.socket] = set()

    def up(self) -> None:
        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            block_on_close = False
            request_queue_size = 64

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client that was killed."""

        sink = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                sink._serve(self)

        self._server = Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def down(self) -> None:
        """Nobody listens any more, and who was talking is cut off."""
        if self._server is None:
            return
        self._server.shutdown()
        self._server.server_close()
        self._server = None
        with self._lock:
            open_now = list(self._open)
        for one in open_now:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def of(self, recipient: str) -> list[Delivery]:
        with self._lock:
            return [one for one in self.deliveries if one.recipient == recipient]

    def taken(self) -> list[Delivery]:
        with self._lock:
            return list(self.deliveries)

    def _serve(self, handler: socketserver.StreamRequestHandler) -> None:
        with self._lock:
            self.connections += 1
            self._open.add(handler.connection)
        try:
            self._talk(handler)
        except OSError:
            return
        finally:
            with self._lock:
                self._open.discard(handler.connection)

    def _talk(self, handler: socketserver.StreamRequestHandler) -> None:
        def say(words: str) -> None:
            handler.wfile.write(words.encode() + b"\r\n")

        say("220 sink")
        recipient, answer = "", Answer.TAKE
        while line := handler.rfile.readline():
            verb = line[:4].upper().decode("ascii", "replace").strip()
            if verb == "RCPT":
                recipient = line.decode().partition("<")[2].partition(">")[0].lower()
                answer = self.answer(recipient)
                if answer == Answer.HANG_UP:
                    return
                say("451 busy" if answer == Answer.BUSY else "250 ok")
            elif verb == "DATA":
                say("354 go on")
                raw = _read_data(handler)
                if raw is None:
                    return
                if answer == Answer.FULL:
                    say("452 full")
                    continue
                before, after = self.pauses()
                self.receiving.set()
                time.sleep(before)
                if _is_gone(handler.connection):
                    return
                self._keep(raw, recipient, is_acknowledged=answer != Answer.VANISH)
                time.sleep(after)
                if answer == Answer.VANISH:
                    return
                say("250 taken")
            elif verb == "QUIT":
                say("221 bye")
                return
            else:  # EHLO, MAIL, RSET, NOOP
                say("250 8BITMIME" if verb == "EHLO" else "250 ok")

    def _keep(self, raw: bytes, recipient: str, *, is_acknowledged: bool) -> None:
        mail = email.message_from_bytes(raw, policy=email.policy.default)
        with self._lock:
            self.deliveries.append(Delivery(time.time(), recipient, mail, is_acknowledged))


def _read_data(handler: socketserver.StreamRequestHandler) -> bytes | None:
    """Everything up to the lone dot; None when the other side went away before it."""
    lines = []
    while line := handler.rfile.readline():
        if line == b".\r\n":
            return b"".join(lines)
        lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
    return None


def _is_gone(connection: socket.socket) -> bool:
    """The other side has hung up: it was killed while it waited."""
    connection.setblocking(False)
    try:
        return connection.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        connection.settimeout(None)
