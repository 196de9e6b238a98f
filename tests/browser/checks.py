"""Assertions about a page in the browser."""

from pathlib import Path

from playwright.sync_api import Page

_AXE = Path(__file__).with_name("axe.min.js")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def axe(page: Page, within: str | None = None) -> None:
    """Fail when axe finds an accessibility violation on `page` (inside selector `within`, when given)."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(_AXE.read_text())
    found = page.evaluate(
        """([within, rules]) => axe.run(within || document, {runOnly: rules, resultTypes: ["violations"]})""",
        [within, _RULES],
    )
    lines = [f"axe found on {page.url}:"]
    for violation in found["violations"]:
        lines.append(f"- {violation['id']} ({violation['impact']}): {violation['help']}")
        for node in violation["nodes"]:
            lines.append(f"    at {' '.join(map(str, node['target']))}: {node['html'][:160]}")
            lines += [f"      {line.strip()}" for line in node["failureSummary"].splitlines()[1:]]
    assert not found["violations"], "\n".join(lines)


def no_sideways_scrolling(page: Page) -> None:
    """Fail when the page is wider than its window."""
    widths = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert widths[0] <= widths[1], f"{page.url} is {widths[0]} px wide in a window of {widths[1]} px"
