"""`make check` looks packages up: what it says when all is well, when one is vulnerable, and without a network."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

AUDIT = Path(__file__).resolve().parent.parent / ".ci" / "audit.py"


class _Advisories(BaseHTTPRequestHandler):
    """Answers as the public database does (OSV schema): one advisory about the package in `vulnerable`, if any."""

    vulnerable = ""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["package"]["name"]
        package = {"name": asked, "ecosystem": "PyPI"}
        ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.0"}]}]
        advisory = {"id": "TEST-2026-1", "summary": "A hole", "affected": [{"package": package, "ranges": ranges}]}
        body = json.dumps({"vulns": [advisory]} if asked == self.vulnerable else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def advisories() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Advisories)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v1/query"
    server.shutdown()
    server.server_close()


def _audit(url: str) -> tuple[int, str]:
    ran = subprocess.run(
        [sys.executable, AUDIT, "-s", "osv", "--osv-url", url], capture_output=True, text=True, timeout=120
    )
    return ran.returncode, ran.stdout


def test_nothing_known(advisories, monkeypatch):
    monkeypatch.setattr(_Advisories, "vulnerable", "")
    code, words = _audit(advisories)
    assert code == 0
    assert "no known vulnerability" in words and "NOT CHECKED" not in words


def test_something_known_fails(advisories, monkeypatch):
    monkeypatch.setattr(_Advisories, "vulnerable", "pillow")
    code, words = _audit(advisories)
    assert code == 1
    assert "pillow" in words and "TEST-2026-1, mended in 99.0" in words and "FAILED" in words


def test_without_a_network_it_says_so_and_goes_on():
    code, words = _audit("http://127.0.0.1:1/v1/query")
    assert code == 0
    assert words.startswith("audit: NOT CHECKED, the network does not allow it")
