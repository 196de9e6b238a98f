"""What of an error may be kept and shown: its kind and its first line, with what may name a person taken out."""

import re

_LONGEST = 300
_PERSONAL = [
    (re.compile(r"[^\s<>\"'(=]+@[^\s<>\"')]+"), "(e-mail)"),
    (re.compile(r"(?<![\w-])\+?\d[\d ()/.-]{6,}\d(?![\w-])"), "(number)"),
    # Links carry keys.
    (re.compile(r"https?://[^\s\"'>]+"), "(link)"),
]


def in_words(error: BaseException) -> str:
    """ "ValueError: …", one line. PostgreSQL names the row's values in the second line, which is left out."""
    first_line = (str(error).strip().splitlines() or [""])[0]
    for pattern, instead in _PERSONAL:
        first_line = pattern.sub(instead, first_line)
    kind = type(error).__name__
    return f"{kind}: {first_line}"[:_LONGEST] if first_line else kind
