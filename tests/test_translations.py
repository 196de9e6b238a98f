"""German, Spanish and French are complete, and every placeholder survives in them."""

import re
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parent.parent
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]")


@pytest.mark.parametrize("language", ["de", "es", "fr"])
def test_every_message_is_translated(language):
    catalogue = polib.pofile(str(ROOT / "locale" / language / "LC_MESSAGES" / "django.po"))
    assert len(catalogue) > 700
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []


@pytest.mark.parametrize("language", ["de", "es", "fr"])
def test_placeholders_survive(language):
    catalogue = polib.pofile(str(ROOT / "locale" / language / "LC_MESSAGES" / "django.po"))
    for entry in catalogue:
        wanted = set(PLACEHOLDER.findall(entry.msgid + (entry.msgid_plural or "")))
        for text in [entry.msgstr] if entry.msgstr else entry.msgstr_plural.values():
            assert set(PLACEHOLDER.findall(text)) <= wanted, entry.msgid
        last = entry.msgstr or entry.msgstr_plural[max(entry.msgstr_plural)]
        assert set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid)) <= set(PLACEHOLDER.findall(last)), (
            entry.msgid
        )
