"""The catalogue says all that the code marks, and nothing else."""

from __future__ import annotations

import ast
import re

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from scripts.dev import languages


@pytest.fixture
def chinese() -> Catalog:
    with languages.PO.open("rb") as file:
        return read_po(file, locale="zh")


def test_the_catalogue_is_whole_and_nothing_in_it_is_left_over(chinese: Catalog) -> None:
    assert languages.faults(chinese) == []


def test_what_is_wrong_with_a_catalogue_is_named(chinese: Catalog) -> None:
    chinese.add("Nobody says this.", "没有人说。")
    chinese.delete("{holder} is on this member since {since}.")
    chinese.add("{count} members", "{count} 位会员")  # which the code marks as the form for many
    sound = chinese.get("The store {where} is sound.")
    assert sound is not None
    sound.string = "没有问题。"
    assert languages.faults(chinese) == [
        "no Chinese for: {holder} is on this member since {since}.",
        "nothing says: Nobody says this.",
        "nothing says: {count} members",
        "other fields in the Chinese of: The store {where} is sound.",
    ]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('N_("a")', {"a"}),
        ('words.say("a " "b", x=1)', {"a b"}),
        ('say(TICKS.get(tick, N_("a")))', {"a"}),
        ("f\"{name}: {words.say('a')}\"", {"a"}),
        ('words.say("a" if x == "c" else N_("b"))', {"a", "b"}),
        ('words.plural("a", "b", count)', {("a", "b")}),
        ('NN_("a", "b")', {("a", "b")}),
        ('say(text); show("a"); words.plural(one, many, count)', set()),
    ],
)
def test_every_mark_is_found(code: str, found: set[languages.Sentence]) -> None:
    assert {*languages.marked(ast.parse(code))} == found


ALWAYS_MANY = {
    "A workbook holds {count} rows at most: export to a .csv file.",
    "This is too long for the field: {count} characters, {longest} are kept. Shorten it.",
    "{count} characters are too many: at most {longest}",
    "expected in 90 days: {count} purchases",  # a figure such as 1.3
}
SEVERAL = re.compile(r"\{(count|rows|total|read|members|kept)[^}]*\} (\w+ )?(\w+s|people|have|are)\b")


def test_what_is_counted_has_a_form_for_one() -> None:
    single = {sentence for sentence in languages.extracted() if isinstance(sentence, str)}
    assert {sentence for sentence in single if SEVERAL.search(sentence)} == ALWAYS_MANY
