"""A store's own programmes: what would upset the order of its lists is refused with file and key (R4.5)."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.base.errors import HuifangError
from core.base.resources import data_folder
from core.base.rulebook import load_rulebook

SHIPPED = (data_folder() / "programmes.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('[welcome]\nrank = 40\norder = "due"', '[welcome]\nrank = 40\norder = "class"', "welcome.order"),
        ('[introduce]\nrank = 30\norder = "class"', '[introduce]\nrank = 30\norder = "due"', "introduce.order"),
        ("[callback]\nrank = 10", "[callback]\nrank = 80", "callback.rank"),
        ("[monthly]", "[each-month]", "monthly"),
    ],
)
def test_an_order_that_lists_cannot_keep_is_refused(old: str, new: str, key: str, tmp_path: Path) -> None:
    assert old in SHIPPED
    (tmp_path / "programmes.toml").write_text(SHIPPED.replace(old, new), encoding="utf-8")
    with pytest.raises(HuifangError) as caught:
        load_rulebook(tmp_path)
    said = str(caught.value)
    assert "programmes.toml" in said
    assert key in said


def test_other_ranks_are_a_stores_own(tmp_path: Path) -> None:
    text = SHIPPED.replace("[welcome]\nrank = 40", "[welcome]\nrank = 35")
    (tmp_path / "programmes.toml").write_text(text, encoding="utf-8")
    assert load_rulebook(tmp_path).programmes["welcome"].rank == 35
