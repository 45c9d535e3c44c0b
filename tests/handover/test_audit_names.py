"""What a handover moves stands in the trail under its own name, in each language (R15.2, R7.3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.base.language import catalogue
from core.handover import actions
from core.handover.forms import HandoverForm
from core.members.trail import TrailQuery, audit_of, trail
from core.members.trail_words import TABLES, line_words
from core.recovery.tables import Measure, MeasureState, Origin
from core.schema import METADATA
from core.store.tables import Deed
from tests.handover.conftest import ON, Office

SILENT = {"member_name_key", "profile_view"}
"""Tables that no entry is ever about."""


def measure(office: Office, number: str, owner: str) -> None:
    """An open measure of a member's, in somebody's hands."""
    with office.store.write(office[owner], why="test") as tx:
        tx.insert(
            Measure, member_id=office.ids[number], store_id=office.shops["S1"], code="visit", origin=Origin.HAND,
            source_key=number, owner_id=office[owner].staff_id, due_on=ON + timedelta(days=7), made_on=ON,
            made_at=tx.now, state=MeasureState.OPEN,
        )  # fmt: skip


@pytest.fixture
def handed(office: Office) -> Office:
    """S101 has left: two members with a measure each, and a measure of a member of S102's."""
    office.members(2)
    office.members(1, owner="S102", first=50)
    for number in ("00001", "00002", "00050"):
        measure(office, number, "S101")
    form = HandoverForm("S101", "leaving", ("S102",), "离职")
    number = actions.submit(office.store, office["S101"], form).row.number
    actions.review(office.store, office["S1M"], number)
    actions.approve(office.store, office["K01"], number)
    return office


def test_measures_that_move_are_measures_in_the_trail(handed: Office) -> None:
    assert handed.rows(
        "select new from audit_entry where table_name = 'measure' and deed = 'bulk' order by id"
    ) == [
        ("2 recovery measures moved by handover 2026-0001",),
        ("1 recovery measures returned to owners by handover 2026-0001",),
    ]
    assert handed.rows("select new from audit_entry where table_name = 'member' and new like '%measures%'") == []


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", ["挽回措施：随 2026-0001 归还会员维护人: 1 项", "挽回措施：随 2026-0001 移交: 2 项"]),
        (
            "en",
            [
                "recovery measure: given back to the members' owners by 2026-0001: 1",
                "recovery measure: moved by 2026-0001: 2",
            ],
        ),
    ],
)
@pytest.mark.parametrize("before", [False, True])
def test_they_are_said_so_and_so_are_those_of_before(
    handed: Office, lang: str, said: list[str], before: bool
) -> None:
    store, words = handed.store, catalogue(lang)
    if before:  # as handovers once wrote it; the entries themselves are never changed
        with store.write(handed["K01"], why="离职") as tx:
            tx.note(Deed.BULK, "member", "*", new="2 recovery measures moved by handover 2026-0001")
            tx.note(Deed.BULK, "member", "*", new="1 recovery measures returned to owners by handover 2026-0001")
    query = TrailQuery(table="member" if before else "measure", row="*")
    lines = [line for line in trail(store, handed["K01"], query) if "measures" in line.new]
    assert [line_words(line, words) for line in lines] == said


def test_a_measure_belongs_to_its_member(handed: Office) -> None:
    (key,) = handed.rows("select id from measure where source_key = '00001'")[0]
    (line,) = audit_of(handed.store, handed["S102"], "measure", str(key))
    assert line.about == "会员1 (00001)"
    found = trail(handed.store, handed["K01"], TrailQuery(member="00001"))
    assert [one.row_key for one in found if one.table == "measure"] == [str(key)]


def test_every_kind_of_record_has_a_word_in_each_language() -> None:
    kinds = set(METADATA.tables) - SILENT
    assert kinds - set(TABLES) == set()
    words = catalogue("zh")
    assert [name for name in sorted(TABLES) if words.say(TABLES[name]) == TABLES[name]] == []
