"""The few SVG shapes everything is made of.

A shape's class is its tone behind the letter "a", which sets `color`; filled shapes take it as fill,
lines (class "al") as stroke. No shape carries a style, so the pictures pass a strict content security
policy.
"""

# A drop 26 wide and 40 high that rests on (0, 0).
DROP = "M0-40C-4-29-13-22-13-13a13 13 0 0 0 26 0C13-22 4-29 0-40z"


def num(value: float) -> str:
    """The number with at most one decimal and nothing to spare: 12.0 is "12", 0.5 is ".5"."""
    tenths = round(value * 10)
    whole, rest = divmod(abs(tenths), 10)
    sign = "-" if tenths < 0 else ""
    if not rest:
        return f"{sign}{whole}"
    return f"{sign}{whole or ''}.{rest}"


def _tight(path: str) -> str:
    """The path without the spaces that a minus sign makes needless."""
    return path.replace(" -", "-")


def fill(tone: str, path: str, transform: str = "") -> str:
    """A filled path."""
    placed = f' transform="{transform}"' if transform else ""
    return f'<path class="a{tone}" d="{_tight(path)}"{placed}/>'


def line(tone: str, width: float, path: str, dashes: str = "", *, has_flat_ends: bool = False) -> str:
    """A stroked path; `dashes` is a stroke-dasharray, and "0 n" with round ends gives a row of dots."""
    ends = " ab" if has_flat_ends else ""
    extra = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<path class="al{ends} a{tone}" stroke-width="{num(width)}" d="{_tight(path)}"{extra}/>'


def disc(tone: str, x: float, y: float, radius: float) -> str:
    """A filled circle."""
    return f'<circle class="a{tone}" cx="{num(x)}" cy="{num(y)}" r="{num(radius)}"/>'


def ring(tone: str, width: float, x: float, y: float, radius: float) -> str:
    """A stroked circle."""
    return f'<circle class="al a{tone}" stroke-width="{num(width)}" cx="{num(x)}" cy="{num(y)}" r="{num(radius)}"/>'


def arch(width: float, height: float, x: float = 0, base: float = 0) -> str:
    """The path of an arch standing on (x, base): straight sides under a half circle."""
    radius = num(width / 2)
    side = num(height - width / 2)
    return f"M{num(x - width / 2)} {num(base)}v-{side}a{radius} {radius} 0 0 1 {num(width)} 0v{side}z"


def drop(tone: str, x: float, base: float, height: float) -> str:
    """A drop with its small gleam, resting on (x, base)."""
    placed = f"translate({num(x)} {num(base)})scale({round(height / 40, 2)})"
    return (
        f'<g transform="{placed}"><path class="a{tone}" d="{DROP}"/>'
        '<path class="al ag" stroke-width="2.4" d="M-8-13a8 8 0 0 0 7 8"/></g>'
    )
