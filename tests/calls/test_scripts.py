"""Scripts: whole for every programme, merged for several purposes, safe against what members are called (R5.4)."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.language import catalogue
from core.base.rulebook import load_rulebook
from core.calls.scripts import COMPLAINT, PLACE, Person, fill, heading_words, merged_script, script_values, surname
from core.members.fields import PARSERS

RULEBOOK = load_rulebook()
PERSON = Person("李雷", "female", "南京路店", "王芳", date(2026, 11, 15), "换货到店后通知", date(2026, 11, 23))
CALLED = sorted(set(RULEBOOK.programmes) - RULEBOOK.desk_programmes)


@pytest.mark.parametrize("code", sorted(RULEBOOK.programmes))
def test_every_programme_has_its_script(code: str) -> None:
    known = set(script_values(PERSON, "zh"))
    for step in RULEBOOK.scripts[code].steps:
        assert re.fullmatch("[\u4e00-\u9fff]{2}", step.title_zh)
        assert 0 < len(step.title_en) <= 10
        for text in (step.zh, step.en):
            assert set(PLACE.findall(text)) <= known
            assert len(text) > 8
        assert set(step.profile) <= {*PARSERS, "phone"}


def test_no_script_without_a_programme() -> None:
    assert set(RULEBOOK.scripts) == {*RULEBOOK.programmes, COMPLAINT}


@pytest.mark.parametrize("code", CALLED)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_script_reads_well(code: str, lang: str) -> None:
    for step in merged_script([code], RULEBOOK, PERSON, complaint_open=False):
        said = step.says(catalogue(lang))
        assert not PLACE.search(said)
        assert step.heading == ""
    greeting = merged_script([code], RULEBOOK, PERSON, complaint_open=False)[0].zh
    assert "李女士" in greeting
    assert "南京路店" in greeting


def test_purposes_merge_into_one_script() -> None:
    steps = merged_script(["monthly", "dormant-recovery", "welcome"], RULEBOOK, PERSON, complaint_open=False)
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))
    headings = [step.heading for step in steps if step.heading]
    assert headings == [code for code in ("welcome", "dormant-recovery", "monthly") if code in headings]
    assert [step.title_zh for step in steps].count("问候") == 1
    fields = [name for step in steps for name in (*step.profile, *step.scores, step.answer, step.tick) if name]
    assert len(fields) == len(set(fields))
    assert {"goods", "birthday", "suggestion", "reason_words"} <= set(fields)
    assert heading_words(steps[0], catalogue("zh"), RULEBOOK) == RULEBOOK.programmes["welcome"].zh


@given(st.lists(st.sampled_from(CALLED), min_size=1))
def test_nothing_is_asked_twice_and_nothing_is_lost(codes: list[str]) -> None:
    steps = merged_script(codes, RULEBOOK, PERSON, complaint_open=False)
    asked = [name for step in steps for name in (*step.profile, *step.scores, step.answer, step.tick) if name]
    wanted = {
        name
        for code in codes
        for step in RULEBOOK.scripts[code].steps
        for name in (*step.profile, *step.scores, step.answer, step.tick)
        if name
    }
    assert sorted(asked) == sorted(wanted)


def test_with_a_complaint_nothing_is_sold() -> None:
    steps = merged_script(["welcome", "monthly"], RULEBOOK, PERSON, complaint_open=True)
    assert steps
    assert not any(step.sales for step in steps)
    assert any(step.sales for step in merged_script(["welcome"], RULEBOOK, PERSON, complaint_open=False))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("李雷", "李"),
        ("欧阳明月", "欧阳"),
        ("欧阳", "欧"),
        ("司马光", "司马"),
        ("John Smith", "Smith"),
        ("", ""),
        ("李", "李"),
    ],
)
def test_surnames(name: str, expected: str) -> None:
    assert surname(name) == expected


@given(st.text(), st.text())
def test_hostile_names_stay_text(name: str, promise: str) -> None:
    person = Person(name, "x", "{store}", "{0.__class__}", None, promise, date(2026, 11, 23))
    for step in merged_script(["welcome", "callback"], RULEBOOK, person, complaint_open=False):
        for text in (step.zh, step.en):
            assert "\x1b" not in text
            assert "{store}" in text or "{0.__class__}" in text or step.title_zh != "问候"


def test_fill_knows_only_its_names() -> None:
    assert fill("{a} {b} {{a}} {a.b} {0}", {"a": "{b}"}) == "{b} {b} {{b}} {a.b} {0}"
