"""Tables and JSON: in line and harmless, whatever the data holds."""

from __future__ import annotations

import contextlib
import io
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.text import cells
from scripts.show import facts, json_rows, json_text, table

HOSTILE = ["[/foo]", "\x1b[31m红\x1b]0;x\x07", "‮abc", "a\nb", "=1+1", "👩‍👩‍👧", "张" * 30, "\x9b31m", "\ud800"]
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def printed(*rows: list[str]) -> str:
    """What a table of these rows prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        table(["name", "n"], rows, right=(1,))
    return out.getvalue()


@given(st.lists(st.tuples(st.text() | st.sampled_from(HOSTILE), st.text(max_size=5)), min_size=1, max_size=6))
def test_a_table_stays_in_line(rows: list[tuple[str, str]]) -> None:
    lines = printed(*map(list, rows)).split("\n")
    assert len(lines) == len(rows) + 3
    assert not any(UNSEEN.search(line) for line in lines)
    rule = lines[1]
    assert all(cells(line) <= cells(rule) for line in lines)


def test_numbers_stand_at_the_right() -> None:
    assert printed(["张", "5"], ["a", "50"]).splitlines()[2:] == ["张     5", "a     50"]


@pytest.mark.parametrize("name", HOSTILE)
def test_json_keeps_the_text_and_shows_it_harmlessly(name: str) -> None:
    text = json_text({"name": name})
    assert json.loads(text) == {"name": name}
    assert not UNSEEN.search(text)


def test_json_rows_is_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    json_rows(iter([{"a": 1}, {"a": 2}]))
    assert json.loads(capsys.readouterr().out) == [{"a": 1}, {"a": 2}]
    json_rows(iter([]))
    assert json.loads(capsys.readouterr().out) == []


def test_facts_leave_empty_values_out(capsys: pytest.CaptureFixture[str]) -> None:
    facts([("姓名", "张伟"), ("e-mail", ""), ("phone", "138****8000")])
    assert capsys.readouterr().out == "姓名   张伟\nphone  138****8000\n"
