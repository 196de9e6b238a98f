"""Compile locale/*/LC_MESSAGES/*.po to .mo (pure Python, so that nobody needs gettext for it).

`--check` writes nothing and fails when a compiled file is missing or older than its source. The compiled
files are in the repository because a deployment has no step that would make them.
"""

import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    stale = []
    for source in sorted(ROOT.glob("locale/*/LC_MESSAGES/*.po")):
        compiled = source.with_suffix(".mo")
        content = polib.pofile(str(source)).to_binary()
        if compiled.exists() and compiled.read_bytes() == content:
            continue
        stale.append(str(compiled.relative_to(ROOT)))
        if "--check" not in sys.argv:
            compiled.write_bytes(content)
    if stale and "--check" in sys.argv:
        sys.exit(f"Not compiled from their .po as it is now (run `make messages`): {', '.join(stale)}")
    for name in stale:
        print(f"compiled {name}")


if __name__ == "__main__":
    main()
