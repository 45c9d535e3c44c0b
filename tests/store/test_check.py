"""What `check` finds: each rule broken by hand, on both databases."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from core.base.actor import SHELL
from core.store.check import check
from core.store.engine import Store
from tests.followups.conftest import fill
from tests.followups.reference import Person

PEOPLE = [
    Person(
        "0001", date(2026, 1, 5), "A1", [(date(2026, 1, 5), 100), (date(2026, 3, 1), -40), (date(2026, 5, 2), 9)]
    ),
    Person("0002", date(2026, 2, 5), "A1", []),
]
FOLLOW_UP = """insert into follow_up (id, member_id, programme, cycle, store_id, due_on, place, state, attempts,
    tried_parts, skips, promise, source, closed_why, created_at, version, closed_at)
    values (1, 1, '{programme}', '{cycle}', 1, '2026-11-02', 0, '{state}', 0, '', 0, '', '', '{why}',
    '2026-11-01 00:00:00', 1, {closed_at})"""
CALL = """insert into call (id, member_id, store_id, dialled, channel, started_at, ended_at, day, outcome, reached,
    reasons, note, promise, answers, effects, correction_why, stored_at) values ('c1', {member}, 1, '', 'phone',
    '2026-11-02 00:00:00', '2026-11-02 00:00:00', '2026-11-02', 'well', true, '', '', '', '{{}}', '[]', '',
    '2026-11-02 00:00:00')"""
OPEN = FOLLOW_UP.format(programme="monthly", cycle="2026-11", state="open", why="", closed_at="null")
COVERED = "insert into call_purpose (call_id, follow_up_id, covered) values ('c1', 1, true)"
KNOWN = """insert into audit_entry (at, actor_code, deed, table_name, row_key, field, why, cause)
    values ('2026-11-02 00:00:00', 'x', 'insert', 'call', 'c1', '', '', '')"""


def findings(store: Store, *deeds: str) -> list[tuple[str, object]]:
    with store.write(SHELL) as tx:
        for deed in deeds:
            tx.connection.execute(sa.text(deed.replace(":00", r"\:00")))
    report = check(store)
    assert report.ok == (not report.findings)
    for finding in report.findings:
        assert finding.template.format(**finding.params)
    return [(finding.code, finding.params.get("example")) for finding in report.findings]


@pytest.mark.parametrize(
    ("deeds", "found"),
    [
        (["update member set amount_total = 70 where number = '0001'"], [("check.sums", "0001")]),
        (["update member set purchase_count = 3 where number = '0001'"], [("check.sums", "0001")]),
        (["update member set first_purchase_on = null where number = '0001'"], [("check.sums", "0001")]),
        (["update member set last_on = '2026-02-06' where number = '0002'"], [("check.sums", "0002")]),
        (["update member set last_purchase_on = '2026-02-05' where number = '0002'"], [("check.sums", "0002")]),
        (["delete from purchase"], [("check.sums", "0001")]),
        ([OPEN], []),
        (
            [
                FOLLOW_UP.format(
                    programme="dormant-review", cycle="2026-01-05", state="open", why="", closed_at="null"
                )
            ],
            [("check.returned", "0001")],
        ),
        (
            [
                FOLLOW_UP.format(
                    programme="dormant-review", cycle="2026-05-02", state="open", why="", closed_at="null"
                )
            ],
            [],
        ),
        (
            [
                FOLLOW_UP.format(
                    programme="monthly", cycle="1", state="done", why="", closed_at="'2026-11-02 00:00:00'"
                )
            ],
            [("check.closed", "0001")],
        ),
        ([OPEN, CALL.format(member=1), KNOWN, COVERED], [("check.covered", "0001")]),
        (
            [OPEN, CALL.format(member=2), KNOWN, COVERED.replace("true", "false")],
            [("check.strangers", "0001")],
        ),
        ([CALL.format(member=2)], [("check.unrecorded", "c1")]),
    ],
)
def test_each_rule_finds_what_breaks_it(store: Store, deeds: list[str], found: list[tuple[str, object]]) -> None:
    fill(store, PEOPLE)
    assert findings(store) == []
    assert findings(store, *deeds) == found


def test_a_lost_guard_is_found(store: Store) -> None:
    drop = "drop trigger call_no_update" if store.is_sqlite else "drop trigger call_append_only on call"
    assert findings(store, drop) == [("check.unguarded", None)]


def test_a_disabled_guard_is_found(store: Store) -> None:
    if store.is_sqlite:
        pytest.skip("SQLite's triggers can't be disabled")
    assert findings(store, "alter table call disable trigger all") == [("check.unguarded", None)]


def test_leftovers_are_harmless(lite: Store) -> None:
    assert lite.file is not None
    lite.file.with_name("store.db.restoring").touch()
    report = check(lite)
    assert [finding.code for finding in report.findings] == ["check.left_over"]
    assert report.ok


def test_orphans_are_found(lite: Store) -> None:
    with lite.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("pragma foreign_keys=off")
        raw.execute("insert into draft values (99, 99, 'x', '{}', '2026-01-01', '2026-01-01')")
        raw.execute("pragma foreign_keys=on")
    report = check(lite)
    assert [finding.code for finding in report.findings] == ["check.damaged"]


def test_every_step_is_told(store: Store) -> None:
    told: list[str] = []
    report = check(store, told.append)
    assert {"sums", "covered"} <= set(told)
    assert report.rows["member"] == 0
