#!/bin/sh
# Makes .venv with a Python of at least 3.12 and installs requirements-dev.txt into it.
# Does nothing (in milliseconds) when that was done for the requirements as they are now.
# PYTHON=/path/to/python make setup   chooses the Python.
set -eu
cd "$(dirname "$0")/.."

stamp=.venv/.requirements
wanted=$(cat requirements.txt requirements-dev.txt | cksum)

if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi

# Run it rather than look for it: a name on the PATH may be a shim that only says "command not found",
# and a Python without ensurepip cannot make a working .venv.
fits() {
    "$1" -c 'import ensurepip, ssl, sys, venv; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

if ! { [ -x .venv/bin/python ] && .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 12))'; } 2>/dev/null
then
    rm -rf .venv
    if [ -n "${PYTHON:-}" ] && ! fits "$PYTHON"; then
        echo "setup: PYTHON=$PYTHON is no Python 3.12 or newer with venv and ensurepip; looking for another." >&2
    fi
    for candidate in "${PYTHON:-}" python3.13 python3.14 python3.12 python3 \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13*/bin/python \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python \
        /usr/local/bin/python3 /opt/homebrew/bin/python3
    do
        if [ -n "$candidate" ] && fits "$candidate"; then
            echo "setup: making .venv with $("$candidate" --version) ($(command -v "$candidate"))"
            "$candidate" -m venv .venv
            break
        fi
    done
fi

uv=
for candidate in uv "$HOME/.local/bin/uv" "$HOME/.cargo/bin/uv"; do
    if "$candidate" --version >/dev/null 2>&1; then uv=$candidate; break; fi
done

if [ ! -x .venv/bin/python ] && [ -n "$uv" ]; then
    echo "setup: making .venv with uv, which may download a Python 3.13"
    "$uv" venv --python 3.13 .venv
fi
if [ ! -x .venv/bin/python ]; then
    echo "setup: found no Python 3.12 or newer. Install one (Debian, Ubuntu: apt install python3.13 python3.13-venv;" >&2
    echo "macOS: brew install python@3.13; anywhere: uv), or name it: PYTHON=/path/to/python make setup" >&2
    exit 1
fi

echo "setup: installing requirements-dev.txt"
if .venv/bin/python -m pip --version >/dev/null 2>&1; then
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
else
    "${uv:-uv}" pip install --quiet --python .venv/bin/python -r requirements-dev.txt
fi
printf '%s\n' "$wanted" > "$stamp"
echo "setup: done"
