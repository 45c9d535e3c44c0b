"""What the database undid is asked for again, whole; what may have been stored is not, unless that is harmless."""

from __future__ import annotations

import ast
import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

import core
from core.base.actor import SHELL
from core.calls.actions import log_call
from core.store.again import FIRST, TIMES, pause, resumed, retried
from core.store.engine import Store
from core.store.troubles import Undone
from tests.calls.desk import form, open_desk
from tests.patience import PATIENCE, until
from tests.store.test_conditions import add, codes

WITHOUT = {
    # they write a file, whose entry is their last act: whoever hears of a trouble exports again
    "core/imports/handover_file.py:export_handovers",
    "core/imports/report_file.py:write_report",
    # the copy stands whether or not its entry could be written
    "core/store/backup.py:_record",
    # a context manager can't be run again: the actions that use it are
    "core/members/actions.py:_numbers",
}


@pytest.fixture
def server(store: Store) -> Store:
    """A store on PostgreSQL, whose deadlocks are found quickly."""
    if store.is_sqlite:
        pytest.skip("one writer at a time: a matter of PostgreSQL")
    with store.engine.connect() as connection:
        database = connection.engine.url.database
        connection.exec_driver_sql(f"alter database {database} set deadlock_timeout = '20ms'")
        connection.commit()
    store.engine.dispose()
    return store


def test_two_who_lock_each_other_are_both_served(server: Store) -> None:
    for code in ("A", "B"):
        add(server, code)
    meeting = threading.Barrier(2)
    tries: list[str] = []

    @retried()
    def rename(first: str, second: str) -> None:
        tries.append(first)
        with server.write(SHELL) as tx:
            for place, code in enumerate((first, second)):
                tx.connection.execute(
                    sa.text("update store set name = name || :by where code = :code"), {"by": first, "code": code}
                )
                if place == 0 and len(tries) <= 2:
                    meeting.wait(PATIENCE)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(rename, "AB", "BA"))
    assert len(tries) == 3
    with server.read() as connection:
        names = connection.exec_driver_sql("select name from store order by code").scalars().all()
    assert [sorted(name.removeprefix("shop")) for name in names] == [["A", "B"], ["A", "B"]]


BOTH = """do $$ begin
    perform 1 from follow_up where id = {work} for update;
    update member set occupation = '' where id = {member};
end $$"""
"""One statement: a deadlock is looked for a second after the wait began, and by then both have to wait."""


def test_a_call_that_falls_into_a_deadlock_is_stored_once(server: Store) -> None:
    desk = open_desk(server)
    member = desk.member("1")
    work = desk.follow_up(member, "monthly")
    rival = sa.create_engine(server.url, isolation_level="READ COMMITTED")
    call = form("1", "no_answer", profile={"occupation": "教师"})
    with rival.connect() as gate, rival.connect() as other, ThreadPoolExecutor(2) as pool:
        other.exec_driver_sql("set deadlock_timeout = '1h'")  # it is the call that gives way
        gate.exec_driver_sql(f"select 1 from follow_up where id = {work} for update")
        both = BOTH.format(work=work, member=member)
        crossed = pool.submit(other.exec_driver_sql, both)
        _until_waiting(server, 1)
        logged = pool.submit(log_call, server, desk.fang, call)
        _until_waiting(server, 2)
        gate.rollback()  # the rival goes first, and at once for the member, whom the call has
        crossed.result(PATIENCE)
        other.commit()
        assert logged.result(PATIENCE).outcome == "no_answer"
    rival.dispose()
    assert [row["id"] for row in desk.rows("call")] == [call.call_id]
    assert [row["attempts"] for row in desk.rows("follow_up")] == [1]
    assert [row["occupation"] for row in desk.rows("member")] == ["教师"]
    entries = [row for row in desk.rows("audit_entry") if row["table_name"] == "call"]
    assert len(entries) == 1


def _until_waiting(store: Store, sessions: int) -> None:
    waiting = sa.text(
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    )

    def waits() -> bool:
        with store.engine.connect() as connection:
            return connection.execute(waiting).scalar() == sessions

    until(waits, f"never were there {sessions} who wait")


def test_a_serialization_failure_is_asked_for_again(server: Store) -> None:
    add(server, "A")
    tries = []

    @retried()
    def rename() -> None:
        tries.append(1)
        with server.write(SHELL) as tx:
            tx.connection.exec_driver_sql("set transaction isolation level repeatable read")
            tx.connection.exec_driver_sql("select 1 from store")
            if len(tries) == 1:
                with server.write(SHELL) as other:
                    other.connection.exec_driver_sql("update store set name = 'theirs'")
            tx.connection.exec_driver_sql("update store set name = name || '+ours'")

    rename()
    assert len(tries) == 2
    with server.read() as connection:
        assert connection.exec_driver_sql("select name from store").scalar_one() == "theirs+ours"


def test_it_ends_after_so_many_times(server: Store) -> None:
    tries = []

    @retried(idempotent=True)
    def never() -> None:
        tries.append(1)
        raise Undone("store.busy", "busy")

    with pytest.raises(Undone):
        never()
    assert len(tries) == TIMES + 1


def test_pauses_differ_and_stay_short() -> None:
    longest = [FIRST * 2**number for number in range(TIMES)]
    assert sum(longest) < 2
    for number, most in enumerate(longest):
        pauses = [pause(number) for _ in range(50)]
        assert len(set(pauses)) > 40
        assert all(0 <= seconds <= most for seconds in pauses)


def test_a_refusal_is_not_repeated(store: Store) -> None:
    add(store, "A")
    tries = []

    @retried(idempotent=True)
    def again() -> None:
        tries.append(1)
        add(store, "A")

    with pytest.raises(Exception) as caught:
        again()
    assert getattr(caught.value, "code", "") == "store.conflict"
    assert len(tries) == 1
    assert codes(store) == ["A"]


def test_every_action_that_writes_is_retried() -> None:
    """The one place that decides about repeating is used by all; exceptions are named above with their reasons."""
    root = Path(core.__file__).parents[1]
    bare = set()
    for path in sorted((root / "core").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and _writes(node):
                decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
                if not any(text.startswith("retried(") for text in decorators):
                    bare.add(f"{path.relative_to(root)}:{node.name}")
    assert bare == WITHOUT


def _writes(node: ast.FunctionDef) -> bool:
    return any(
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "write"
        and ast.unparse(call.func.value) in ("store", "self.store")
        for call in ast.walk(node)
    )


@pytest.mark.parametrize(
    ("breaks", "given"),
    [
        ([1], [1, 2, 3]),
        ([2], [1, 2, 3]),
        ([1, 2, 3], [1, 2, 3]),
        ([3, 3], [1, 2]),
        ([1, 1], []),
        ([2, 3, 3], [1, 2]),
    ],
)
def test_a_stream_goes_on_behind_the_last_row_unless_it_breaks_off_twice_there(
    breaks: list[int], given: list[int]
) -> None:
    left, closed = [*breaks], []

    @resumed(lambda number: number)
    def stream(*, after: int | None = None) -> Generator[int, None, None]:
        try:
            for number in range((after or 0) + 1, 4):
                if left[:1] == [number]:
                    left.pop(0)
                    raise Undone("store.replica_left", "left")
                yield number
        finally:
            closed.append(True)

    got: list[int] = []
    with suppress(Undone):
        for number in stream():
            got.append(number)  # noqa: PERF402 - what came before a trouble counts
    assert got == given
    assert not left
    rows = stream()
    assert next(rows) == 1
    count = len(closed)
    rows.close()
    assert len(closed) == count + 1
