"""Measures of a leaver: they keep them from leaving, and go with the members (R7.2, R7.3)."""

from __future__ import annotations

from core.handover import actions
from core.handover.clearance import clearance
from core.handover.forms import HandoverForm
from core.recovery.lists import measures
from core.recovery.measures import MeasureForm, take_measure
from core.store.engine import Store
from tests.handover.conftest import make_office


def test_measures_go_with_the_members(store: Store) -> None:
    office = make_office(store)
    office.members(4)
    office.members(1, "S103", first=50)
    numbers = [row[0] for row in office.rows("select number from member order by number")]
    for number, owner in ((numbers[0], ""), (numbers[-1], "S101")):
        take_measure(store, office["K01"], MeasureForm(number=number, code="visit", owner=owner))
    assert clearance(store, office["K01"], "S101").counts["measures"] == 2

    form = HandoverForm(giver="S101", kind="leaving", successors=("S102",), reason="离职")
    number = actions.submit(store, office["S101"], form).row.number
    actions.review(store, office["S1M"], number)
    actions.approve(store, office["K01"], number)
    assert {row.number: row.owner for row in measures(store, office["K01"])} == {
        numbers[0]: "S102",
        numbers[-1]: "S103",
    }
    assert clearance(store, office["K01"], "S101").counts["measures"] == 0
