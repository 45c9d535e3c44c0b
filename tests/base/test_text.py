"""Text from outside is cleaned, shown harmlessly, and measured as Textual measures it."""

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from core.base.text import cells, clean, fit, half_width, harmless, spreadsheet_safe


def hidden(text: str) -> set[str]:
    """Characters that control a terminal or hide themselves; emoji joiners are looked at elsewhere."""
    return {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")} - {"\u200d"}


@settings(deadline=None)
@given(st.text())
def test_nothing_hidden_survives(text: str) -> None:
    assert not hidden(clean(text))
    assert not hidden(clean(text, lines=True)) - {"\n"}
    assert not hidden(harmless(text)) | ({"\u200d"} & set(harmless(text)))
    assert clean(clean(text)) == clean(text)
    assert harmless(harmless(text)) == harmless(text)


@settings(deadline=None)
@given(st.text(), st.integers(0, 40), st.sampled_from(["left", "right"]))
def test_a_fitted_text_is_exactly_as_wide_as_asked(text: str, width: int, align: str) -> None:
    fitted = fit(text, width, align=align)  # type: ignore[arg-type]
    assert cell_len(fitted) == cells(fitted) == width


def test_hostile_texts_become_harmless(realdata: Path) -> None:
    sequences = json.loads((realdata / "hostile" / "terminal_escapes_dev.json").read_text(encoding="utf-8"))
    texts = json.loads((realdata / "hostile" / "blns.json").read_text(encoding="utf-8"))
    for case in sequences:
        raw = bytes.fromhex(case["hex"])
        texts += [raw.decode("utf-8", "replace"), raw.decode("latin-1"), raw.decode("utf-8", "surrogateescape")]
    assert len(texts) > 700
    for text in texts:
        assert not hidden(clean(text)), ascii(text)
        assert not hidden(harmless(text)), ascii(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("张三", "张三"),
        ("José Ñandú", "José Ñandú"),
        ("Jose\u0301 Ａ１", "José Ａ１"),
        ("欧阳　明月", "欧阳　明月"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("❤\ufe0f", "❤\ufe0f"),
        ("a\u200db", "ab"),
        ("[/foo] [bold]x", "[/foo] [bold]x"),
        ("  x\ty\r\nz\u00a0w ", "x y z w"),
        ("red\x1b[31m!\x1b[0m", "red!"),
        ("\x1b]0;title\x07ok", "ok"),
        ("\x1b]8;;http://x\x1b\\ok\x1b]8;;\x1b\\", "ok"),
        ("\x9b31mok", "ok"),
        ("\x1bPq#0\x9cok", "ok"),
        ("\x1b\x1b[m[31mok", "[31mok"),
        ("\u202eevil\u2066", "evil"),
        ("张\u200b三\ufeff", "张三"),
        ("\ud800x\ue000", "x"),
    ],
)
def test_what_clean_keeps(text: str, kept: str) -> None:
    assert clean(text) == kept


def test_lines_are_kept_where_asked() -> None:
    assert clean("a\r\nb\x0bc\u2028d\x1b[1m", lines=True) == "a\nb\nc\nd"
    assert harmless("a\nb\tc") == "a b c"


def test_emoji_are_as_wide_as_every_terminal_draws_them() -> None:
    assert harmless("👨\u200d👩\u200d👧❤\ufe0f") == "👨👩👧❤"
    assert fit("单小飞", 5) == "单.. "[:5]
    assert fit("单小飞", 8, align="right") == "  单小飞"
    assert fit("abc", 2) == ".."


def test_half_width() -> None:
    assert half_width("ＡＢ１２：　（）") == "AB12: ()"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1+1", "@x", "\t1", "\r1", "\n=1", "＝1", "－1", " =1", "\u200b=1"]
)
def test_formulas_are_disarmed(text: str) -> None:
    assert spreadsheet_safe(text) == "'" + text


@pytest.mark.parametrize("text", ["", "abc", "-12.50", "12=3", "张三", "a-b", "2026-11-23"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert spreadsheet_safe(text) == text


def test_known_injections_are_disarmed(realdata: Path) -> None:
    for case in json.loads((realdata / "hostile" / "csv_injection_dev.json").read_text(encoding="utf-8")):
        payload = case["payload"]
        safe = spreadsheet_safe(payload)
        assert safe == "'" + payload or payload[0] not in "=+-@\t\r\n", payload
