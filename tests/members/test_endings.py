"""Why something ended is said in words, never in the codes it is stored by (R4.9)."""

from __future__ import annotations

import pytest

from core.base.language import catalogue
from core.base.rulebook import load_rulebook
from core.members.endings import ended_words


@pytest.mark.parametrize(
    ("stored", "zh", "en"),
    [
        ("d756a407-dbee-4c11-8d52-6f4e4c1d2b10", "另一次通话已接通", "reached in another call"),
        ("cycle over", "已过期限", "its time is over"),
        ("attempts", "已多次未通", "tried often enough"),
        ("care", "近期已回访", "called not long ago"),
        ("no_answer", "无人接听", "no answer"),
        ("", "", ""),
        ("搬家了", "搬家了", "搬家了"),
    ],
)
def test_in_words(stored: str, zh: str, en: str) -> None:
    outcomes = load_rulebook().outcomes
    assert ended_words(stored, catalogue("zh"), outcomes) == zh
    assert ended_words(stored, catalogue("en"), outcomes) == en
