"""A draft is its author's alone until it is submitted: in lists, counts, files, by its number (R15.2, R7.1)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.base.actor import SHELL, Actor
from core.base.errors import NotAllowed, NotFound
from core.base.language import catalogue
from core.handover import actions
from core.handover.clearance import clearance
from core.handover.forms import HandoverForm
from core.handover.log import handover_log, handover_sheet, member_lines
from core.handover.sheet import sheet_text
from core.handover.tables import Act, HandoverState
from core.handover.trace import audit_of_application
from core.handover.views import HandoverFilter
from core.handover.wording import next_words
from core.imports.export import export_file
from core.imports.handover_file import export_handovers
from core.store.engine import Store
from tests.handover.conftest import PEOPLE, Office

FORM = HandoverForm("S101", "members", ("S102",), "调班", members=("00001", "00002"))
ALL = [code for code, *_ in PEOPLE]
DEEDS: tuple[Callable[[Store, Actor, str], object], ...] = (
    handover_sheet,
    member_lines,
    audit_of_application,
    lambda store, actor, number: sheet_text(store, actor, number, catalogue("en")),
    actions.withdraw,
    lambda store, actor, number: actions.submit(store, actor, number=number),
)


def seen(office: Office, actor: Actor, **wanted: Any) -> list[str]:
    return [row.number for row in handover_log(office.store, actor, HandoverFilter(**wanted))]


@pytest.fixture
def drafted(office: Office) -> str:
    """S1M's draft about S101's members."""
    office.members(4)
    return actions.submit(office.store, office["S1M"], FORM, draft=True).row.number


def test_its_author_sees_a_draft_and_nobody_else(office: Office, drafted: str) -> None:
    assert seen(office, office["S1M"]) == [drafted]
    sheet = handover_sheet(office.store, office["S1M"], drafted)
    assert Act.SUBMIT in sheet.acts
    assert [person.code for person in sheet.row.next_actors] == ["S1M"]  # not whose members they are
    for actor in [*(office[code] for code in ALL if code != "S1M"), SHELL]:
        assert seen(office, actor) == []
        assert seen(office, actor, state=HandoverState.DRAFT) == []
        assert seen(office, actor, waiting=True) == []
        for deed in DEEDS:
            with pytest.raises((NotFound, NotAllowed)):
                deed(office.store, actor, drafted)


def test_no_file_holds_a_draft_of_somebody_else(office: Office, drafted: str, tmp_path: Path) -> None:
    path, words = tmp_path / "log.csv", catalogue("en")
    assert (
        export_handovers(office.store, office["K01"], path, wanted=HandoverFilter(), purpose="审计", words=words)
        == 0
    )
    export_file(office.store, office["K01"], "handovers", tmp_path / "all.csv", purpose="审计", words=words)
    assert drafted not in (tmp_path / "all.csv").read_text(encoding="utf-8-sig")
    export_file(office.store, office["S1M"], "handovers", tmp_path / "own.csv", purpose="审计", words=words)
    assert drafted in (tmp_path / "own.csv").read_text(encoding="utf-8-sig")


def test_submitted_it_is_seen_and_sent_back_it_stays_in_the_log(office: Office, drafted: str) -> None:
    actions.submit(office.store, office["S1M"], number=drafted)
    assert seen(office, office["K01"]) == seen(office, office["S101"]) == [drafted]
    actions.refuse(office.store, office["K01"], drafted, reason="缺说明")
    actions.submit(office.store, office["S1M"], FORM, number=drafted, draft=True)
    assert seen(office, office["K01"], state=HandoverState.DRAFT) == [drafted]
    assert Act.SUBMIT in handover_sheet(office.store, office["S101"], drafted).acts


def test_the_shells_own_draft_is_the_shells(office: Office) -> None:
    office.members(2)
    row = actions.submit(office.store, SHELL, FORM, draft=True).row
    assert seen(office, SHELL) == [row.number]
    assert next_words(row, catalogue("en")) == ""  # it waits for nobody who works here
    assert seen(office, office["K01"]) == []


def test_a_draft_about_somebody_keeps_nobody(office: Office) -> None:
    office.members(1)
    leaving = HandoverForm("S101", "leaving", ("S102",), "不再合适")
    actions.submit(office.store, office["K01"], leaving, draft=True)
    assert clearance(office.store, office["S1M"], "S101").counts["applications"] == 0


def test_taken_back_unsubmitted_it_stays_its_authors(office: Office, drafted: str) -> None:
    actions.withdraw(office.store, office["S1M"], drafted)
    assert seen(office, office["S1M"]) == [drafted]
    assert seen(office, office["K01"]) == []
