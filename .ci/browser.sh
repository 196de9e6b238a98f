#!/bin/sh
# Prints the path of a Chromium (or Chrome) for the browser tests, installing one where none is found.
#   .ci/browser.sh          find or install
#   .ci/browser.sh --find   only find
# BROWSER_PATH=/path/to/chromium   chooses the browser.
set -eu
cd "$(dirname "$0")/.."

# Run it rather than look for it: some systems have a script of that name that only tells to install it.
runs() { timeout 30 "$1" --version >/dev/null 2>&1; }

if ! command -v timeout >/dev/null 2>&1; then
    timeout() { shift; "$@"; }
fi

of_playwright() {
    .venv/bin/python - <<'PY' 2>/dev/null
from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
PY
}

find_browser() {
    for candidate in "${BROWSER_PATH:-}" chromium chromium-browser google-chrome google-chrome-stable \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
        "/Applications/Chromium.app/Contents/MacOS/Chromium" \
        "$(of_playwright || true)"
    do
        if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 && runs "$candidate"; then
            command -v "$candidate"
            exit 0
        fi
    done
}

find_browser
if [ "${1:-}" != --find ]; then
    echo "browser: found no Chromium or Chrome; trying playwright install chromium" >&2
    timeout 300 .venv/bin/python -m playwright install chromium >&2 || true
    find_browser
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "browser: trying apt-get install chromium" >&2
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium; } >&2 || true
        find_browser
    fi
fi
echo "browser: the browser tests need Chromium or Chrome, and none was found. Install one (Debian: apt install" >&2
echo "chromium; anywhere: .venv/bin/python -m playwright install --with-deps chromium), or name yours:" >&2
echo "BROWSER_PATH=/path/to/chrome make test. Without a browser: make test-fast" >&2
exit 1
