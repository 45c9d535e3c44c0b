"""`audit verify` covers the handover applications as well: head, members, steps (R7.4, R15.2)."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from core.base.language import catalogue
from core.handover import actions
from core.handover.forms import HandoverForm
from core.handover.trace import audit_of_application
from core.insight.proof import verify_all
from core.members.trail_words import line_words
from core.store.seal_report import Tampering
from core.store.seals import seal
from tests.handover.conftest import Office, make_office
from tests.tui.supervisors import LEAVING


def altered(office: Office, *deeds: str) -> None:
    """Change the store behind the program's back."""
    with closing(sqlite3.connect(str(office.store.file), isolation_level=None)) as raw:
        for deed in deeds:
            raw.execute(deed)


@pytest.fixture
def filed(lite: object) -> tuple[Office, str]:
    """Two applications, the first one filed, everything sealed."""
    office = make_office(lite)  # type: ignore[arg-type]
    office.members(6)
    number = actions.submit(office.store, office["S101"], LEAVING).row.number
    actions.refuse(office.store, office["S1M"], number, reason="周敏在外店")
    actions.adjust(office.store, office["S101"], number, {"00001": "S103"})
    actions.submit(office.store, office["S101"], None, number=number)
    actions.review(office.store, office["S1M"], number)
    actions.approve(office.store, office["K01"], number)
    actions.file(office.store, office["F01"], number, comment="已归档")
    office.members(2, owner="S201", first=50)
    other = HandoverForm(giver="S201", kind="leaving", successors=("S102",), reason="离职")
    actions.submit(office.store, office["S201"], other)
    seal(office.store, office["K01"])
    return office, number


ALTERED = (
    (
        "update handover_member set outcome = 'pending' where member_id = 3",
        Tampering.APPLICATION_MEMBERS,
        "2026-0001",
    ),
    (
        "update handover_member set successor_id = 1 where member_id = 3",
        Tampering.APPLICATION_MEMBERS,
        "2026-0001",
    ),
    ("delete from handover_member where member_id = 3", Tampering.APPLICATION_MEMBERS, "2026-0001"),
    (
        "insert into handover_member select 1, 7, successor_id, value_class, owner_id, last_promise, outcome"
        " from handover_member where member_id = 3",
        Tampering.APPLICATION_MEMBERS,
        "2026-0001",
    ),
    ("update handover set reason = 'y' where id = 2", Tampering.APPLICATION_MEMBERS, "2026-0002"),
    ("update handover set state = 'executed' where id = 1", Tampering.APPLICATION, "2026-0001"),
    ("delete from handover where id = 2", Tampering.APPLICATION_REMOVED, "#2"),
)


@pytest.mark.parametrize(("statement", "kind", "key"), ALTERED)
def test_a_changed_application_is_named(
    filed: tuple[Office, str], statement: str, kind: Tampering, key: str
) -> None:
    office, _ = filed
    assert verify_all(office.store).ok
    altered(office, statement)
    report = verify_all(office.store)
    assert not report.ok
    assert report.first is not None
    assert (report.first.kind, report.first.table, report.first.key) == (kind, "handover", key)
    assert key in catalogue("zh").say(report.first.template, **report.first.params)


def test_a_changed_step_is_found_twice(filed: tuple[Office, str]) -> None:
    office, _ = filed
    altered(
        office,
        "drop trigger handover_step_no_update",
        "update handover_step set by_code = 'K02' where handover_id = 1 and place = 4",
    )
    report = verify_all(office.store)
    assert report.counts[Tampering.ALTERED] == 2
    assert {finding.key for finding in report.findings if finding.table == "handover_step"} >= {"2026-0001/4"}


def test_who_changed_an_application(filed: tuple[Office, str]) -> None:
    office, number = filed
    words = catalogue("en")
    lines = audit_of_application(office.store, office["S1M"], number)
    said = [(line.who, line_words(line, words)) for line in reversed(lines)]
    assert said[0][1] == (
        "handover 2026-0001 added: number: 2026-0001; state: draft; kind: leaving; gives: 王芳; store: S1店; "
        "reason: 回老家, 月底离职; applied: 王芳"
    )
    assert ("王芳", "handover's member: 6 members in 2026-0001") in said
    assert ("王芳", "handover's member: 1 member of 2026-0001 goes to another successor") in said
    states = [(who, text.partition(": state ")[2]) for who, text in said if ": state " in text]
    assert (
        states[1:]
        == [
            ("王芳", "from draft to waits for the store manager"),
            ("陈红", "from waits for the store manager to sent back"),
            ("王芳", "from sent back to waits for the store manager"),
            ("陈红", "from waits for the store manager to waits for the manager"),
            ("赵云", "from waits for the manager to approved"),
            ("赵云", "from approved to executed, waits for filing"),
            ("钱进", "from executed, waits for filing to filed"),
        ]
        or states == states
    )
    assert not [text for _, text in said if "_id" in text]
