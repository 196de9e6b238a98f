"""What the project agreed on and no tool of ours or others' checks: read from the source itself."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = ROOT / "beautydrop"
TEMPLATES = ROOT / "templates"
STYLES = ROOT / "static" / "css"
SCRIPTS = ROOT / "static" / "js"


def _modules() -> list[Path]:
    return sorted(path for path in CODE.rglob("*.py") if "migrations" not in path.parts)


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _templates() -> list[Path]:
    return sorted(path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt"})


def _pages() -> list[Path]:
    """Templates of pages: mails are styled inline, as mail programs want it."""
    return [path for path in _templates() if path.suffix == ".html" and not {"emails", "email"} & set(path.parts)]


def _at(path: Path, line: int, what: str) -> str:
    return f"{path.relative_to(ROOT)}:{line}: {what}"


def _line(source: str, position: int) -> int:
    return source.count("\n", 0, position) + 1


def _none(found: list[str]) -> None:
    assert not found, "\n" + "\n".join(found)


# --- The apps and their order ----------------------------------------------------------------------


def _order() -> list[str]:
    """The apps as README's table lists them: each imports only from those before it."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `(\w+)/` \|", readme, re.MULTILINE)


def test_every_app_has_its_place_in_the_table():
    apps = {path.name for path in CODE.iterdir() if (path / "__init__.py").exists()} - {"settings"}
    assert sorted(_order()) == sorted(apps)


def _references(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, app) of everything of ours that a module names: imports anywhere in it, and dotted strings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:  # from its own folder
            names = []
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            names = [f"{base}.{alias.name}" for alias in node.names] if base == "beautydrop" else [base]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names = [node.value] if re.fullmatch(r"beautydrop(\.\w+)+", node.value) else []
        else:
            names = []
        for name in names:
            if name.startswith("beautydrop."):
                yield node.lineno, name.split(".")[1]


def test_apps_import_only_from_those_before_them():
    order = _order()
    found = []
    for path in _modules():
        app = path.relative_to(CODE).parts[0]
        if app not in order:  # settings, urls: they bring all together
            continue
        allowed = set(order[: order.index(app) + 1])
        for line, other in _references(_tree(path)):
            if other in order and other not in allowed:
                found.append(_at(path, line, f"{app} must not know {other}"))
    _none(found)


def test_models_are_named_by_import_and_never_by_app_label():
    """get_model("shops", "Shop") and "shops.Shop" would go round the order."""
    labels = "|".join(_order())
    found = []
    for path in _modules():
        own = path.relative_to(CODE).parts[0]
        if own == "settings":
            continue
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "get_model":
                label = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else ""
                if label != own:
                    found.append(_at(path, node.lineno, f"get_model({label!r})"))
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                match = re.fullmatch(rf"({labels})\.[A-Z]\w+", node.value)
                if match and match[1] != own:
                    found.append(_at(path, node.lineno, node.value))
    _none(found)


def test_files_stay_small_and_say_what_they_hold():
    found = []
    for path in _modules():
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > 400:
            found.append(_at(path, lines, "more than 400 lines"))
        is_role = path.parent.parent == CODE  # elsewhere "services" is what salons sell
        if path.stem in {"utils", "util", "helpers", "common", "misc"} or is_role and path.stem == "services":
            found.append(_at(path, 1, "says nothing about what it holds"))
    _none(found)


# --- Time and claims -------------------------------------------------------------------------------


def _called(node: ast.AST) -> str:
    """`datetime.now`, `TimeSlot.objects.filter.update`, … of a call; "" for anything else."""
    if not isinstance(node, ast.Call):
        return ""
    parts: list[str] = []
    target: ast.AST = node.func
    while True:
        if isinstance(target, ast.Attribute):
            parts.append(target.attr)
            target = target.value
        elif isinstance(target, ast.Call):
            target = target.func
        elif isinstance(target, ast.Name):
            return ".".join([target.id, *reversed(parts)])
        else:
            return ".".join(["…", *reversed(parts)])


def test_the_time_is_handed_in_or_asked_of_django():
    found = []
    for path in _modules():
        for node in ast.walk(_tree(path)):
            if re.search(r"(^|\.)(datetime\.(now|utcnow|today)|date\.today)$", _called(node)):
                found.append(_at(path, node.lineno, f"{_called(node)}(): use django.utils.timezone.now()"))
    _none(found)


_WRITES = r"(create|get_or_create|update_or_create|bulk_create|bulk_update|update|delete|save)"


def _writes_of(model: str, instance: str, related: str) -> Iterator[tuple[Path, int, str]]:
    """Where rows of `model` are made, changed or deleted: by its manager, by an instance, from the other side."""
    for path in _modules():
        for node in ast.walk(_tree(path)):
            called = _called(node)
            if (
                re.fullmatch(rf"{model}\.objects\..*\b{_WRITES}", called)
                or called == model
                or re.fullmatch(rf"(\w+\.)*{instance}\.(save|delete)", called)
                or re.search(rf"\.{related}\.(.*\.)?{_WRITES}$", called)
            ):
                yield path, getattr(node, "lineno", 0), f"{called}()"


def test_time_is_claimed_in_one_place():
    """See the rule in scheduling/claims.py."""
    home = CODE / "scheduling" / "claims.py"
    _none([_at(*one) for one in _writes_of("TimeSlot", "(time_)?slot", "time_slots") if one[0] != home])


def test_bookings_are_written_by_their_actions():

    def is_home(path: Path) -> bool:
        own = path.relative_to(CODE).parts
        is_action = own[0] == "bookings" and "actions" in {path.stem, path.parent.name}
        return is_action or own[:2] == ("marketplace", "bench")  # the bench fills its own database

    _none([_at(*one) for one in _writes_of("Booking", "booking", "bookings") if not is_home(one[0])])


def test_no_sql_of_ours_writes():
    """Whatever goes round the models goes round the rules. The benchmark fills its own database.

    The counts of the rate limits are no model: they need one atomic statement, which the ORM has no words for.
    """
    writing = re.compile(r"^\s*(INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|COPY\s+\w+)", re.IGNORECASE)
    found = []
    for path in _modules():
        if "bench" in path.parts or path == CODE / "web" / "counting.py":
            continue
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and writing.match(node.value):
                found.append(_at(path, node.lineno, node.value.split("\n")[0][:60]))
    _none(found)


# --- Pages -----------------------------------------------------------------------------------------

_FORBIDDEN_IN_PAGES = {
    "inline style": re.compile(r"\sstyle\s*=|<style\b", re.IGNORECASE),
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/ld\+json)[^>]*>", re.IGNORECASE),
    "inline handler": re.compile(r"\son[a-z]+\s*=|hx-on|javascript:", re.IGNORECASE),
    "evaluated by htmx": re.compile(r"""["'{]\s*js:|hx-vars|hx-trigger\s*=\s*(["'])[^"']*\["""),
    "unescaped": re.compile(r"\|\s*safe\b|\|\s*safeseq\b|\{%\s*autoescape\s+off"),
}


@pytest.mark.parametrize("what", _FORBIDDEN_IN_PAGES)
def test_the_policy_is_kept_by_every_page(what):
    """default-src 'self' without exceptions, and nothing unescaped."""
    found = []
    for path in _pages():
        source = path.read_text(encoding="utf-8")
        found += [
            _at(path, _line(source, hit.start()), f"{what}: {hit[0].strip()}")
            for hit in _FORBIDDEN_IN_PAGES[what].finditer(source)
        ]
    _none(found)


def test_scripts_evaluate_nothing_and_write_no_styles():
    forbidden = re.compile(r"\beval\(|new Function|document\.write|setAttribute\(.style|\.cssText")
    found = []
    for path in SCRIPTS.glob("*.js"):
        if path.name.endswith(".min.js"):
            continue
        source = path.read_text(encoding="utf-8")
        found += [_at(path, _line(source, hit.start()), hit[0]) for hit in forbidden.finditer(source)]
    _none(found)


def test_nothing_comes_from_other_hosts():
    """Addresses of others are names (XML namespaces) or links made in Python, never something a page loads."""
    names = ("http://www.w3.org/",)
    found = []
    for path in [*_templates(), *STYLES.rglob("*.css"), *SCRIPTS.glob("*.js"), *(ROOT / "static").glob("*.svg")]:
        if path.name.endswith(".min.js"):
            continue
        source = path.read_text(encoding="utf-8")
        for hit in re.finditer(r"(https?:)?//[a-z0-9-]+(\.[a-z0-9-]+)+/?", source, re.IGNORECASE):
            if not hit[0].startswith(names):
                found.append(_at(path, _line(source, hit.start()), hit[0]))
    _none(found)


# --- Words -----------------------------------------------------------------------------------------

_RUDE = re.compile(r"\b(please|sorry|oops|invalid|this field is required)\b", re.IGNORECASE)
_GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}


def _msgids_of_code() -> Iterator[tuple[Path, int, str]]:
    for path in _modules():
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in _GETTEXT:
                for argument in node.args:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield path, node.lineno, argument.value


def _words_of(path: Path) -> str:
    """What people may read of a template, each other character blanked so that line numbers hold."""

    def blank(hit: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", hit[0])

    source = path.read_text(encoding="utf-8")
    for pattern in (r"\{#.*?#\}", r"\{%\s*comment.*?endcomment\s*%\}", r"<!--.*?-->", r"\baria-invalid\b"):
        source = re.sub(pattern, blank, source, flags=re.DOTALL)
    return source


def test_nobody_is_told_off_or_begged():
    found = [_at(path, line, words) for path, line, words in _msgids_of_code() if _RUDE.search(words)]
    for path in _templates():
        source = _words_of(path)
        found += [_at(path, _line(source, hit.start()), hit[0]) for hit in _RUDE.finditer(source)]
    _none(found)


def test_the_translators_source_says_the_same():
    found = []
    for entry in polib.pofile(str(ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po")):
        if not entry.obsolete and _RUDE.search(f"{entry.msgid} {entry.msgstr}"):
            found.append(f"{entry.occurrences}: {entry.msgid}")
    _none(found)


@pytest.mark.parametrize("language", ["en", "de", "es", "fr"])
def test_the_catalogues_know_every_message(language):
    """What tests/test_translations.py holds complete is no use for a message that was never entered."""
    catalogue = polib.pofile(str(ROOT / "locale" / language / "LC_MESSAGES" / "django.po"))
    known = {words for entry in catalogue for words in (entry.msgid, entry.msgid_plural)}
    found = [_at(path, line, words) for path, line, words in _msgids_of_code() if words not in known]
    for path in _templates():
        source = path.read_text(encoding="utf-8")
        for hit in re.finditer(r'\{%\s*translate "([^"]+)"', source):
            if hit[1] not in known and path.name != "styleguide.html":
                found.append(_at(path, _line(source, hit.start()), hit[1]))
    _none(found)


def test_every_word_on_a_page_can_be_translated():
    """The style guide is for developers, and 500.html has nothing to translate with."""
    found = []
    for path in _pages():
        if path.name in {"styleguide.html", "500.html", "tone.html"} or "allauth" in path.parts:
            continue
        source = _words_of(path)
        for pattern in (
            r"\{%\s*blocktranslate.*?endblocktranslate\s*%\}",
            r"\{%\s*block (?:body_class|main_class)\b.*?endblock\s*%\}",
            r"<kbd.*?</kbd>",
            r"<svg.*?</svg>",
            r"<(?:script|template)\b.*?</(?:script|template)>",
            r"\{%.*?%\}",
            r"\{\{.*?\}\}",
        ):
            source = re.sub(pattern, lambda hit: re.sub(r"[^\n]", " ", hit[0]), source, flags=re.DOTALL)
        attributes = re.finditer(r'\b(?:aria-label|title|alt|placeholder)="([^"]*[A-Za-z][^"]*)"', source)
        found += [_at(path, _line(source, hit.start()), hit[1].strip()) for hit in attributes]
        text = re.sub(r"<[^>]*>", lambda hit: re.sub(r"[^\n]", " ", hit[0]), source)
        text = re.sub(r"&\w+;|\bBeautyDrop\b|\bUTC\b", " ", text)
        found += [_at(path, _line(text, hit.start()), hit[0].strip()) for hit in re.finditer(r"[A-Za-z][^\n]*", text)]
    _none(found)


# --- Settings --------------------------------------------------------------------------------------


def _names_that_settings_read() -> set[str]:
    names = set()
    for path in (CODE / "settings").glob("*.py"):
        for node in ast.walk(_tree(path)):
            if re.fullmatch(r"env\.\w+|switch|number", _called(node)) and isinstance(node.args[0], ast.Constant):
                names.add(node.args[0].value)
    return names


def test_every_setting_is_documented_and_nothing_else():
    names = _names_that_settings_read()
    assert len(names) > 15
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Settings")[2].partition("\n## ")[0]
    documented = {
        name for row in re.findall(r"^\| (`.*?`) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    }
    assert documented == names
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", example, re.MULTILINE)) == names


# --- Colours ---------------------------------------------------------------------------------------


def _colours() -> dict[str, tuple[str, str]]:
    """Token → (light, dark)."""
    source = (STYLES / "src" / "tokens.css").read_text(encoding="utf-8")
    return dict(
        (hit[1], (hit[2], hit[3])) for hit in re.finditer(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", source)
    )


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


GROUNDS = ["paper", "surface", "sunken"]
# Ink on ground, at least 4.5 : 1 (WCAG 2.2, 1.4.3).
TEXT = [
    *(
        (ink, ground)
        for ink in ("ink", "ink-2", "bottle", "bottle-hover", "rose", "brass", "error")
        for ground in GROUNDS
    ),
    *((ink, ground) for ink in ("ink", "ink-2", "bottle") for ground in ("powder", "bottle-tint")),
    ("on-bottle", "bottle"),
    ("on-bottle", "bottle-hover"),
    ("on-error", "error"),
    ("on-error", "error-hover"),
    ("free-ink", "free"),
    *((tone, f"{tone}-tint") for tone in ("error", "warn", "ok", "info")),
    *(("ink", f"{tone}-tint") for tone in ("error", "warn", "ok", "info")),
    ("on-wall", "wall"),
    ("on-wall-2", "wall"),
]
# Lines that mark a control, and the focus ring, at least 3 : 1 (1.4.11).
MARKS = [
    *(("line-strong", ground) for ground in GROUNDS),
    *(("focus", ground) for ground in [*GROUNDS, "powder", "bottle-tint", "free"]),
    *((mark, ground) for mark in ("bottle", "error") for ground in GROUNDS),
    ("on-wall", "wall"),
]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (MARKS, 3.0)], ids=["text", "marks"])
def test_colours_contrast(theme, pairs, least):
    colours = {name: pair[theme == "dark"] for name, pair in _colours().items()}
    found = []
    for one, other in pairs:
        ratio = _contrast(colours[one], colours[other])
        if ratio < least:
            found.append(f"{one} on {other}: {ratio:.2f}")
    _none(found)


def test_components_take_their_colours_from_the_tokens():
    found = []
    for path in (STYLES / "src").rglob("*.css"):
        if path.name in {"tokens.css", "art.css"}:  # pictures have tones of their own
            continue
        source = re.sub(
            r"/\*.*?\*/", lambda hit: re.sub(r"[^\n]", " ", hit[0]), path.read_text("utf-8"), flags=re.DOTALL
        )
        source = re.sub(r"#000\b", "    ", source)  # masks and print
        hits = re.finditer(r"#[0-9a-fA-F]{3,8}\b(?![^{};]*\{)|\b(rgba?|hsla?|oklch|oklab)\(", source)
        found += [_at(path, _line(source, hit.start()), hit[0]) for hit in hits]
    _none(found)


def test_the_contrast_is_computed_rightly():
    assert _contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert _contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
