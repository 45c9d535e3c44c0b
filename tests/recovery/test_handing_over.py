"""Measures of a leaver: they keep them from leaving, and go with the members (R7.2, R7.3)."""

from __future__ import annotations

from core.base.language import catalogue
from core.gifts.actions import GiveForm, give_gift
from core.gifts.forms import GiftForm
from core.gifts.stock import keep_gift, receive_gifts
from core.handover import actions
from core.handover.clearance import clearance
from core.handover.forms import HandoverForm
from core.handover.log import handover_sheet, preview
from core.handover.wording import cascade_words, loose_words
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

    take_measure(store, office["K01"], MeasureForm(number=numbers[1], code="visit", owner="S103"))  # not theirs
    form = HandoverForm(giver="S101", kind="leaving", successors=("S102",), reason="离职")
    keep_gift(store, office["K01"], GiftForm(code="TEA", name="茶", value=2_000))
    receive_gifts(store, office["K01"], "TEA", "S1", 3)
    for member in (numbers[1], numbers[-1]):  # the second is kept by S103
        give_gift(store, office["K01"], GiveForm(number=member, gift="TEA", occasion="recovery"))
    seen = preview(store, office["S101"], form).cascade
    assert (seen.measures, seen.loose_measures, seen.gifts) == (1, 1, 1)
    assert [(share.code, share.measures) for share in seen.shares] == [("S102", 1)]
    assert "1 measure, 1 gift to collect." in cascade_words(seen, catalogue("en"))
    assert "1 份未领礼品将转给" in cascade_words(seen, catalogue("zh"))
    assert "0 " not in cascade_words(seen, catalogue("zh"))
    assert loose_words(seen, catalogue("en")) == "Of colleagues' members go back to their owners: 1 measure."
    number = actions.submit(store, office["S101"], form).row.number
    actions.review(store, office["S1M"], number)
    assert handover_sheet(store, office["K01"], number).cascade == seen
    actions.approve(store, office["K01"], number)
    moved = handover_sheet(store, office["K01"], number).steps[-1].moved
    assert (moved["measures"], moved["loose_measures"]) == (1, 1)
    assert {row.number: row.owner for row in measures(store, office["K01"])} == {
        numbers[0]: "S102",
        numbers[1]: "S103",
        numbers[-1]: "S103",
    }
    assert clearance(store, office["K01"], "S101").counts["measures"] == 0
