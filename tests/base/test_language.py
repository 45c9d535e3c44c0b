"""Sentences that count, and words inside of sentences."""

from __future__ import annotations

import pytest

from core.base.actor import Actor, Role
from core.base.errors import Refused
from core.base.language import N_, NN_, Word, catalogue
from core.base.naming import ROLES
from core.people.access import Right, refusal

ROWS = NN_("{count:,} row written to {file}.", "{count:,} rows written to {file}.")


@pytest.mark.parametrize(
    ("count", "english"),
    [
        (0, "0 rows written to x.csv."),
        (1, "1 row written to x.csv."),
        (2, "2 rows written to x.csv."),
        (21001, "21,001 rows written to x.csv."),
    ],
)
def test_a_sentence_that_counts_knows_one_from_many(count: int, english: str) -> None:
    assert catalogue("en").say(ROWS, count=count, file="x.csv") == english
    assert catalogue("zh").say(ROWS, count=count, file="x.csv") == f"{count:,} 行已写入 x.csv。"
    error = Refused("some.code", ROWS, count=count, file="x.csv")
    assert str(error) == catalogue("en").error(error) == english


def test_a_word_in_a_sentence_is_said_in_its_language() -> None:
    error = Refused("some.code", N_("This coupon is {state} already."), state=Word(N_("withdrawn")))
    assert catalogue("en").error(error) == "This coupon is withdrawn already."
    assert "撤回" in catalogue("zh").error(error)


@pytest.mark.parametrize("role", Role)
def test_a_refusal_names_the_role_as_people_do(role: Role) -> None:
    error = refusal(Actor("S1", "王芳", role), Right.EXPORT)
    for lang in ("en", "zh"):
        said = catalogue(lang).error(error)
        assert catalogue(lang).say(ROLES[role]) in said
        assert "_" not in said
