"""Using a page by keyboard alone, and noticing when one can't see where one is."""

from playwright.sync_api import Locator, Page

# Where the focus is, and whether that can be seen: an outline on the element, on what wraps it (a slot's radio is
# invisible and fills its cell) or on a part of it (a person's mirror), inside the window, under nothing sticky.
_FOCUS = """() => {
  const focused = document.activeElement;
  // Inside a frame the frame's own ring shows where one is.
  if (!focused || focused === document.body || focused.tagName === "IFRAME") return {where: "frame", seen: true};
  const ringed = (element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  const wrappers = [focused];
  while (wrappers.length < 4 && wrappers.at(-1).parentElement) wrappers.push(wrappers.at(-1).parentElement);
  const ring = [...wrappers, ...focused.querySelectorAll("*")].some(ringed);
  const box = (focused.closest("label.slot, label.choice") || focused).getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1);
  const y = Math.min(Math.max(box.top + Math.min(box.height / 2, innerHeight / 2), 1), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const covered = Boolean(top) && !wrappers.slice(0, 2).some((one) => one.contains(top) || top.contains(one));
  const name = focused.tagName.toLowerCase() + (focused.id ? "#" + focused.id : "") + "." + focused.className;
  const words = (focused.innerText || focused.getAttribute("aria-label") || focused.name || "").trim().slice(0, 60);
  return {where: `${name} "${words}"`, seen: ring && inside && !covered, ring, inside, covered};
}"""


def tab_to(page: Page, target: Locator, *, key: str = "Tab", most: int = 90) -> None:
    """Press Tab until `target` has the focus; every stop on the way must be visible."""
    wanted = target.first
    way = []
    for _press in range(most):
        page.keyboard.press(key)
        focus = page.evaluate(_FOCUS)
        way.append(focus["where"])
        assert focus["seen"], f"{page.url}: the focus on {focus} can't be seen"
        if wanted.count() and wanted.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{page.url}: no way by {key} to {target}; it went\n  " + "\n  ".join(way))


def enter(page: Page, target: Locator) -> None:
    """Go to a link or button by Tab and press Enter; waits for the page that it leads to."""
    tab_to(page, target)
    with page.expect_navigation():
        page.keyboard.press("Enter")
