"""Applying for a handover: kinds, splits, and what a form may not say."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.base.errors import BadInput, Conflict, NotFound, Refused
from core.handover import actions
from core.handover.forms import HandoverForm
from core.handover.log import handover_log, handover_sheet, member_lines, preview
from core.handover.tables import HandoverState
from core.handover.views import HandoverFilter
from tests.handover.conftest import ON, Office
from tests.handover.test_handover import LEAVING, through


def test_a_stale_look_is_told(office: Office) -> None:
    office.members(4)
    sheet = actions.submit(office.store, office["S101"], LEAVING)
    actions.adjust(office.store, office["S1M"], sheet.row.number, {"00001": "S201"})
    with pytest.raises(Conflict):
        actions.review(office.store, office["S1M"], sheet.row.number, version=sheet.row.version)
    lines = member_lines(office.store, office["S1M"], sheet.row.number)
    assert {line.number: line.successor for line in lines}["00001"] == "S201"


def test_forms_are_checked_at_their_field(office: Office) -> None:
    office.members(6)
    office.members(2, "S102", first=11)
    base = {"giver": "S101", "successors": ("S102",), "reason": "x"}
    for field, values in (
        ("members", {"kind": "members"}),
        ("members", {"members": ("00011",)}),
        ("members", {"members": ("99999",)}),
        ("successors", {"members": ("00001",), "successors": ("S999",)}),
        ("successors", {"members": ("00001",), "successors": ("S101",)}),
        ("successors", {"members": ("00001",), "successors": ()}),
        ("reason", {"members": ("00001",), "reason": " \x1b[2J"}),
        ("kind", {"kind": "all"}),
        ("classes", {"classes": ("D",)}),
        ("to_store", {"kind": "moving", "to_store": "S1"}),
        ("by_hand", {"kind": "leaving", "split": "hand", "by_hand": {"00001": "S102"}}),
        ("by_hand", {"kind": "leaving", "by_hand": {"00011": "S103"}}),
    ):
        with pytest.raises(BadInput) as caught:
            actions.submit(office.store, office["S101"], HandoverForm(**{**base, **values}))  # type: ignore[arg-type]
        assert caught.value.field == field, values
    with pytest.raises(Refused):
        actions.submit(office.store, office["S102"], HandoverForm("S101", "leaving", ("S102",), "x"))
    assert handover_log(office.store, office["K01"]) == ()


def test_kinds_and_splits(office: Office) -> None:
    office.members(6)
    office.members(4, first=11, shop="S2")
    by_store = HandoverForm(
        "S101", "leaving", ("S102",), "x", split="store", by_store={"S2": ("S201",)}, by_hand={"00001": "S103"}
    )
    number = through(office, by_store)
    assert office.owners() == {"S102": 5, "S201": 4, "S103": 1}
    moving = HandoverForm("S201", "moving", reason="调店", to_store="S1")
    sheet = actions.submit(office.store, office["S201"], moving)
    assert (sheet.row.members, sheet.row.to_store) == (0, "S1")
    actions.review(office.store, office["S2M"], sheet.row.number)
    actions.approve(office.store, office["K01"], sheet.row.number)
    assert office.owners()["S201"] == 4
    assert office.rows("select store_id from staff where code = 'S201'") == [(office.shops["S1"],)]
    some = HandoverForm("S102", "members", ("S103",), "x", classes=("A", "B"))
    assert preview(office.store, office["K01"], some).cascade.classes["C"] == 0
    log = handover_log(office.store, office["K01"])
    assert [row.number for row in log] == ["2026-0002", "2026-0001"]
    for wanted, found in (
        (HandoverFilter(person="S201"), 2), (HandoverFilter(person="S103"), 1),
        (HandoverFilter(member="00001"), 1),
        (HandoverFilter(store="S2"), 1), (HandoverFilter(until=ON - timedelta(days=1)), 0),
        (HandoverFilter(since=ON, until=ON), 2), (HandoverFilter(state=HandoverState.FILED), 0),
    ):  # fmt: skip
        assert len(handover_log(office.store, office["K01"], wanted)) == found, wanted
    assert len(handover_log(office.store, office["F01"], HandoverFilter(waiting=True))) == 2
    assert len(handover_log(office.store, office["S103"])) == 1
    with pytest.raises(NotFound):
        handover_sheet(office.store, office["C01"], number)
