"""Compile locale/*/LC_MESSAGES/*.po to .mo (pure Python, so that nobody needs gettext for it).

`--check` writes nothing and fails when a compiled file is missing or older than its source. The compiled
files are in the repository because a deployment has no step that would make them.
"""

import hashlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What was last found to be compiled: every start of the demo asks, and reading the sources takes half a second.
STAMP = ROOT / ".venv" / ".messages"


def main() -> None:
    is_check = "--check" in sys.argv
    if not is_check and STAMP.exists() and STAMP.read_text() == _as_it_is():
        return
    stale = _compile(is_check=is_check)
    if is_check and stale:
        sys.exit(f"Not compiled from their .po as it is now (run `make messages`): {', '.join(stale)}")
    for name in stale:
        print(f"compiled {name}")
    if STAMP.parent.is_dir():
        STAMP.write_text(_as_it_is())


def _compile(*, is_check: bool) -> list[str]:
    import polib

    stale = []
    for source in sorted(ROOT.glob("locale/*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        content = polib.pofile(str(source)).to_binary()
        if compiled.exists() and compiled.read_bytes() == content:
            continue
        stale.append(str(compiled.relative_to(ROOT)))
        if not is_check:
            compiled.write_bytes(content)
    return stale


def _as_it_is() -> str:
    """Of all sources and what was compiled from them."""
    digest = hashlib.sha256()
    for path in sorted(ROOT.glob("locale/*/LC_MESSAGES/*.?o")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
