"""Who sees which complaints, problems and suggestions, in which list."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from core.base.actor import SHELL
from core.base.errors import NotFound
from core.calls.actions import open_call
from core.complaints.views import MatterFilter, counts, late_of_mine, list_matters, matter_sheet
from tests.complaints.conftest import Desk


def test_an_open_complaint_comes_first_in_the_next_call(desk: Desk) -> None:
    key = desk.take("00003").row.id
    sheet = open_call(desk.store, desk["S101"], "00003", "t")
    assert sheet.steps[0].programme == "complaint"
    assert "袖口开线" in sheet.steps[0].zh
    assert not any(step.sales for step in sheet.steps)
    assert (sheet.raised[0].state, sheet.raised[0].owner) == ("open", "王芳")
    desk.act(key, "resolve", "S101", text="换了")
    desk.act(key, "close", "S101", score=5)
    sheet = open_call(desk.store, desk["S101"], "00003", "t")
    assert any(step.sales for step in sheet.steps)
    assert sheet.raised == ()


def test_who_sees_what(desk: Desk) -> None:
    one = desk.take("00001").row.id
    with desk.store.write(SHELL) as tx:
        tx.connection.execute(sa.text("update raised set store_id = :s"), {"s": desk.office.shops["S2"]})
    seen = {
        code: [row.id for row in list_matters(desk.store, desk[code], MatterFilter(view="all"))]
        for code in ("S101", "S102", "S103", "S1M", "S2M", "K01", "F01", "C01")
    }
    assert seen == {
        "S101": [one], "S102": [one], "S103": [], "S1M": [], "S2M": [one], "K01": [one], "F01": [one], "C01": [],
    }  # fmt: skip
    with pytest.raises(NotFound):
        matter_sheet(desk.store, desk["S103"], one)
    with pytest.raises(NotFound):
        desk.act(one, "progress", "S103", text="x")


def test_views_counts_and_the_archive(desk: Desk) -> None:
    first = desk.take("00001", demand="退货").row.id
    second = desk.take("00002", urgency="urgent", matter="100% 过敏_了").row.id
    third = desk.take("00003", matter="试衣间").row.id
    desk.act(third, "resolve", "S101", text="换了帘子")
    desk.act(third, "close", "S101", score=3)
    desk.clock.advance(hours=3)
    views = {
        view: [row.id for row in list_matters(desk.store, desk["S1M"], MatterFilter(view=view))]
        for view in ("mine", "store", "late", "open", "closed", "all")
    }
    assert views == {
        "mine": [],
        "store": [second, first],
        "late": [second],
        "open": [second, first],
        "closed": [third],
        "all": [first, second, third],
    }
    assert counts(desk.store, desk["S101"]) == {"mine": 2, "store": 2, "late": 1, "open": 2}
    assert late_of_mine(desk.store, desk["S101"]) == (1, 0)
    assert late_of_mine(desk.store, desk["S102"]) == (0, 0)
    sought = {"退货": [first], "帘子": [third], "100%": [second], "_了": [second], "%": [second]}
    for words, found in {**sought, "会员1": [first], "00002": [second]}.items():
        rows = list_matters(desk.store, desk["K01"], MatterFilter(view="all", find=words))
        assert [row.id for row in rows] == found, words
