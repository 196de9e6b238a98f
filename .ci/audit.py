"""Looks the installed packages up in databases of known vulnerabilities, and says in one line how that went.

    .venv/bin/python .ci/audit.py [arguments for pip-audit]

Ends with 1 when something vulnerable is installed. Where the network doesn't answer (or answers, but doesn't know the
packages) it says that nothing was checked and ends with 0: a check that needs the network must not stop work without.
"""

import json
import subprocess
import sys

# Both know the same advisories; a network may let only one of them through.
SERVICES = (("-s", "pypi"), ("-s", "osv"))


def main(arguments: list[str]) -> int:
    whys = []
    for service in [()] if arguments else SERVICES:
        command = [sys.executable, "-m", "pip_audit", "--local", "--skip-editable", "--progress-spinner", "off"]
        try:
            ran = subprocess.run(
                [*command, "-f", "json", "--timeout", "10", *service, *arguments],
                capture_output=True,
                text=True,
                timeout=180,
            )
        except subprocess.TimeoutExpired:
            whys.append("no answer in time")
            continue
        try:
            found = json.loads(ran.stdout)["dependencies"]
        except (ValueError, KeyError):
            whys.append((ran.stderr.strip().splitlines() or ["no answer"])[-1].partition(": ")[0].rpartition(".")[2])
            continue
        known = [one for one in found if "skip_reason" not in one]
        wrong = [one for one in known if one.get("vulns")]
        for one in wrong:
            for hit in one["vulns"]:
                fixed = ", ".join(hit.get("fix_versions", [])) or "no version yet"
                print(f"audit: {one['name']} {one['version']}: {hit['id']}, mended in {fixed}")
        if wrong:
            print(f"audit: FAILED: {len(wrong)} of {len(known)} packages looked up are vulnerable")
            return 1
        if known:
            unknown = len(found) - len(known)
            more = f" ({unknown} not known there, so not checked)" if unknown else ""
            print(f"audit: looked up {len(known)} packages: no known vulnerability{more}")
            return 0
        whys.append("it answers, but knows none of the packages")
    print(f"audit: NOT CHECKED, the network does not allow it: {'; '.join(whys)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
