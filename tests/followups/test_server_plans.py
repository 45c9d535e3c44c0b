"""On PostgreSQL there is an index for all that a caller waits for: no large table has to be read whole.

A few thousand rows are read whole sooner than by an index, so the server is told to avoid that: what it still
reads whole then has no index at any size.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL

from core.base.actor import SHELL, Actor
from core.calls.actions import CallForm, log_call, open_call
from core.followups.actions import claim_next
from core.followups.planning import plan
from core.followups.worklist import WorklistQuery, worklist
from core.insight.members import find_members
from core.schema import METADATA
from core.store.engine import Store
from scripts.dev.soak.ground import DAY, SwiftClock, actors, morning, prepare


def _is_partial(index: sa.Index) -> bool:
    return index.dialect_options["postgresql"]["where"] is not None


LARGE = {"member", "member_phone", "member_name_key", "purchase", "follow_up", "call", "call_purpose"}
MEMBERS = 2_000
PARTIAL = {index.name for table in METADATA.tables.values() for index in table.indexes if _is_partial(index)}
Plan = tuple[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def chain(postgresql_server: URL) -> Iterator[Store]:
    """Two thousand members on a server that has looked at its tables."""
    name = f"x{uuid.uuid4().hex[:12]}"
    admin = sa.create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"create database {name} template template")
    store = Store(postgresql_server.set(database=name).render_as_string(hide_password=False), morning(1))
    prepare(store, 40, MEMBERS)
    _some_calls(store)
    yield store
    store.close()
    with admin.connect() as connection:
        connection.exec_driver_sql(f"drop database {name} with (force)")
    admin.dispose()


def _some_calls(store: Store) -> None:
    """Where nobody has called yet the server takes any index of calls for as good as another."""
    people = actors(store)
    for code in ("C0004", "A0003", "C0006", "A0005"):
        for _ in range(10):
            held = claim_next(store, people[code], WorklistQuery(), "terminal")
            assert held is not None
            form = CallForm(call_id=str(uuid.uuid4()), number=held.number, outcome="no_answer")
            log_call(store, people[code], form)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("analyze")
        connection.commit()


def plans(store: Store, work: Callable[[], object]) -> list[Plan]:
    """The server's plan for every statement of some work: (statement, nodes)."""
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, text: str, parameters: Any, _context: Any, many: bool) -> None:
        if text.lstrip().lower().startswith(("select", "with", "update", "delete", "insert")):
            asked.append((text, parameters[0] if many else parameters))

    with listening(store, note):
        work()
    found = []
    with store.read() as c:
        c.exec_driver_sql("set local enable_seqscan = off")
        for text, parameters in asked:
            if "plan_ranking" not in text:
                told = c.exec_driver_sql(f"explain (format json) {text}", parameters).scalar_one()
                whole = json.loads(told) if isinstance(told, str) else told
                found.append((text, list(nodes(whole[0]["Plan"]))))
    return found


@contextmanager
def listening(store: Store, note: Callable[..., None]) -> Iterator[None]:
    event.listen(store.engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(store.engine, "before_cursor_execute", note)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def scanned_whole(found: list[Plan]) -> list[tuple[str, ...]]:
    return [
        (node["Relation Name"], node.get("Index Name", ""), node.get("Filter", ""), text[:80])
        for text, steps in found
        for node in steps
        if node.get("Relation Name") in LARGE and not _by_index(node) and not _of_the_desk(node, text)
    ]


def _of_the_desk(node: dict[str, Any], text: str) -> bool:
    """A list below its top is all that is due on the desk, here nearly every follow-up there is."""
    return node["Relation Name"] == "follow_up" and "with due as" in text


def _by_index(node: dict[str, Any]) -> bool:
    if node["Node Type"] in ("Index Scan", "Index Only Scan"):
        return "Index Cond" in node or node["Index Name"] in PARTIAL
    return node["Node Type"] in ("Bitmap Heap Scan", "ModifyTable", "LockRows")


@pytest.fixture(params=["C0002", "A0001"])
def who(request: pytest.FixtureRequest, chain: Store) -> Actor:
    """Somebody of the pool, and somebody with members of their own."""
    return actors(chain)[request.param]


def test_a_call_reads_no_table_whole(chain: Store, who: Actor) -> None:
    def cycle() -> None:
        held = claim_next(chain, who, WorklistQuery(), "terminal")
        assert held is not None
        open_call(chain, who, held.number, "terminal")
        log_call(chain, who, CallForm(call_id=str(uuid.uuid4()), number=held.number, outcome="no_answer"))

    found = plans(chain, cycle)
    assert len(found) > 10
    assert scanned_whole(found) == []


def test_the_first_page_of_the_list_reads_no_table_whole(chain: Store, who: Actor) -> None:
    found = plans(chain, lambda: worklist(chain, who, WorklistQuery(limit=20)))
    assert found
    assert scanned_whole(found) == []


@pytest.mark.parametrize("words", ["001711", "M1711", "0171"])
def test_finding_a_member_reads_no_table_whole(chain: Store, who: Actor, words: str) -> None:
    found = plans(chain, lambda: find_members(chain, who, words, DAY))
    assert found
    assert scanned_whole(found) == []


def test_a_days_plan_finds_its_cycles_by_index(chain: Store) -> None:
    assert isinstance(chain.clock, SwiftClock)
    plan(chain, SHELL, DAY)
    found = plans(chain, lambda: plan(chain, SHELL, DAY + timedelta(days=1)))
    dated = [(text, steps) for text, steps in found if "insert into follow_up" in text]
    assert len(dated) >= 3
    assert [entry for entry in scanned_whole(dated) if entry[0] in ("member", "purchase")] == []
