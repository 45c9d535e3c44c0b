"""Sealing and verifying: what was tampered with is found and named, what was not is never suspected."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.base.actor import SHELL
from core.base.clock import FixedClock
from core.people.tables import Store as Shop
from core.store.backup import backup, restore
from core.store.engine import Store
from core.store.seal_check import verify
from core.store.seal_report import Tampering
from core.store.seals import seal
from tests.store.sealed_shop import one_call, work
from tests.store.tampering import Tools, random_edit

EDITS = int(os.environ.get("HUIFANG_EDITS", "200"))


@pytest.fixture
def sealed(store: Store, clock: FixedClock) -> Iterator[tuple[Store, Tools]]:
    """A store with three sealed days, and raw tools."""
    work(store, clock)
    tools = Tools(store)
    yield store, tools
    tools.close()


def reasons(store: Store) -> list[tuple[str, str, str]]:
    """(kind, table, key) of each finding; every one can be said."""
    report = verify(store)
    for finding in report.findings:
        assert finding.template.format(**finding.params)
    assert report.ok == (not [f for f in report.findings if not f.harmless])
    return [(f.kind.value, f.table, f.key) for f in report.findings]


def test_an_untouched_store_is_clean(sealed: tuple[Store, Tools]) -> None:
    store, _ = sealed
    report = verify(store)
    assert report.findings == ()
    assert report.ok
    with store.read() as c:
        for table, count in report.rows.items():
            total = c.execute(sa.text(f'select count(*) from "{table}"')).scalar_one()
            assert count == total - (report.unsealed if table == "audit_entry" else 0), table
    assert report.unsealed == 1  # the entry that names the newest seal


@pytest.mark.slow
def test_many_edits_are_all_found(sealed: tuple[Store, Tools]) -> None:
    store, tools = sealed
    tools.drop_guards()
    with store.read() as c:
        last = c.execute(sa.text("select max(id) from audit_entry")).scalar_one() - 1
    chance = random.Random(20261123)
    done: Counter[str] = Counter()
    for nth in range(EDITS):
        with tools.undone():
            edit = random_edit(tools, chance, {"audit_entry": last})
            report = verify(store)
            found = [f for f in report.findings if f.kind is not Tampering.UNGUARDED]
            assert not report.ok
            assert found, f"{nth}: {edit} was not found"
            kinds = {f.kind.value for f in found}
            assert kinds & set(edit.kinds), f"{nth}: {edit} was found as {found[:3]}"
            if edit.key:
                named = {(f.table, f.key) for f in found if f.kind.value in edit.kinds}
                assert (edit.table, edit.key) in named, f"{nth}: {edit} was named {found[:3]}"
            if edit.kinds == ("altered",):
                assert report.first is not None
                assert report.first.kind.value == "altered", f"{nth}: {edit} was found as {found[:3]}"
                if edit.key:
                    assert len(found) == 1
            done[edit.what.split(".")[0]] += 1
    assert {kind for kind, _, _ in reasons(store)} == {"unguarded"}
    assert len(done) > 12
    print(dict(done))


def test_the_first_of_many_is_named_and_all_are_counted(sealed: tuple[Store, Tools]) -> None:
    store, tools = sealed
    tools.drop_guards()
    tools.run("update audit_entry set why = 'x' where id between 20 and 25")
    report = verify(store)
    assert report.first is not None
    assert (report.first.table, report.first.key, report.first.kind) == ("audit_entry", "20", Tampering.ALTERED)
    assert report.counts[Tampering.ALTERED] == 6


def test_a_dropped_or_emptied_trigger_is_told(sealed: tuple[Store, Tools]) -> None:
    store, tools = sealed
    if tools.sqlite:
        tools.run("drop trigger call_no_update")
        tools.run('create trigger call_no_update before update on "call" begin select 1; end')
    else:
        tools.run("alter table call disable trigger all")
    assert reasons(store) == [("unguarded", "call", "")]


def test_records_that_no_entry_knows_are_strangers(sealed: tuple[Store, Tools]) -> None:
    store, tools = sealed
    row = tools.rows("call")[0]
    tools.add("call", row | {"id": "ffffffff"})
    assert reasons(store) == [("inserted", "call", "ffffffff")]
    step = tools.rows("handover_step")[0]
    tools.add("handover_step", step | {"id": 50, "place": 50})
    assert ("inserted", "handover_step", "50") in reasons(store)


def test_a_new_call_that_vanishes_before_it_is_sealed(sealed: tuple[Store, Tools]) -> None:
    store, tools = sealed
    one_call(store, "99999999", 1, purposes=0)
    assert reasons(store) == []
    tools.drop_guards()
    tools.run("delete from call where id = '99999999'")
    assert ("removed", "call", "99999999") in reasons(store)
    seal(store, SHELL)
    assert ("removed", "call", "99999999") in reasons(store)


def test_an_unsealed_entry_that_vanishes_leaves_a_gap(lite: Store, clock: FixedClock) -> None:
    work(lite, clock, 1)
    for nth in range(3):
        one_call(lite, f"{nth:08}", 1, purposes=0)
    tools = Tools(lite)
    tools.drop_guards()
    last = tools.rows("audit_entry")[-1]["id"]
    tools.run("delete from audit_entry where id = ?", [last - 1])
    assert ("removed", "audit_entry", str(last - 1)) in reasons(lite)
    seal(lite, SHELL)
    assert ("removed", "audit_entry", str(last - 1)) in reasons(lite)
    tools.close()


def test_a_seal_noted_elsewhere_must_still_be_there(sealed: tuple[Store, Tools]) -> None:
    store, tools = sealed
    noted = verify(store).digest
    assert verify(store, expect=noted[:16].upper()).ok
    with store.write(SHELL) as tx:
        tx.update(Shop, 1, {"city": "later"})
    seal(store, SHELL)
    assert verify(store, expect=noted).ok
    tools.drop_guards()
    # whoever removes the newest seals with all that speaks of them leaves a sound store, but not that seal
    number = next(row["id"] for row in tools.rows("seal") if row["digest"] == noted)
    first = tools.rows("seal")[number - 1]["sealed_at"]
    tools.run("delete from seal where sealed_at >= ?", [first])
    kept = max(int(r["last_key"]) for r in tools.rows("seal") if r["table_name"] == "audit_entry")
    tools.run("delete from audit_entry where id > ?", [kept + 1])
    report = verify(store, expect=noted)
    assert report.expected is False
    assert not report.ok


def test_a_clock_set_back_is_told_and_is_no_tampering(sealed: tuple[Store, Tools], clock: FixedClock) -> None:
    store, tools = sealed
    clock.advance(days=-2)
    one_call(store, "aaaaaaaa", 1)
    with store.write(SHELL) as tx:
        tx.update(Shop, 1, {"city": "set back"})
    clock.advance(days=2)
    assert {kind for kind, _, _ in reasons(store)} == {"late"}
    assert verify(store).ok
    seal(store, SHELL)
    assert verify(store).ok
    fake = next(row for row in tools.rows("audit_entry") if row["table_name"] == "store")
    tools.add("audit_entry", fake | {"id": tools.rows("audit_entry")[-1]["id"] + 1})
    assert "inserted" in {kind for kind, _, _ in reasons(store)}
    if not tools.sqlite:
        tools.run("select setval(pg_get_serial_sequence('audit_entry', 'id'), (select max(id) from audit_entry))")
    clock.advance(minutes=1)
    with store.write(SHELL) as tx:
        tx.update(Shop, 1, {"city": "and on"})
    seal(store, SHELL)
    assert "inserted" in {kind for kind, _, _ in reasons(store)}, "sealing must not launder it"


def test_bytes_that_are_no_text_are_no_crash(lite: Store, clock: FixedClock) -> None:
    work(lite, clock, 1)
    tools = Tools(lite)
    tools.drop_guards()
    tools.run("update audit_entry set why = cast(x'ff00fe' as text) where id = 9")
    tools.run("update call set note = x'00ff' where rowid = 2")
    kinds = {(kind, table) for kind, table, _ in reasons(lite) if kind != "unguarded"}
    assert kinds == {("altered", "audit_entry"), ("altered", "call")}
    tools.close()


def test_both_databases_seal_alike(store: Store, clock: FixedClock) -> None:
    work(store, clock, 2)
    with store.read() as c:
        digests = c.execute(sa.text("select rows_digest from seal order by id")).scalars().all()
    _DIGESTS.setdefault("one", list(digests))
    assert digests == _DIGESTS["one"]


_DIGESTS: dict[str, list[str]] = {}


def test_a_copy_and_a_rebuilt_file_are_clean(lite: Store, clock: FixedClock, tmp_path: Path) -> None:
    work(lite, clock)
    before = verify(lite)
    backup(lite, tmp_path / "copy.db")
    lite.close()
    restore(tmp_path / "copy.db", lite.url.render_as_string(), SHELL, clock=clock)
    tools = Tools(lite)
    tools.run("vacuum")
    tools.run("reindex")
    tools.close()
    again = Store(lite.url.render_as_string(), clock)
    report = verify(again)
    assert report.ok
    assert report.findings == ()
    assert report.digest == before.digest
    assert report.unsealed == before.unsealed + 1  # that it was restored, and nothing of the later backup entry
    again.close()


def test_a_copied_database_is_clean(store: Store, clock: FixedClock) -> None:
    work(store, clock)
    if not store.is_sqlite:
        with Tools(store).raw as raw:
            raw.execute("vacuum full audit_entry")
            raw.execute("reindex table call")
    assert verify(store).findings == ()


def test_many_terminals_seal_at_once(store: Store, clock: FixedClock) -> None:
    work(store, clock, 1)
    one_call(store, "bbbbbbbb", 1)
    url = store.url.render_as_string(hide_password=False)
    others = [Store(url, clock) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda other: seal(other, SHELL), others))
    for other in others:
        other.close()
    report = verify(store)
    assert report.findings == ()
    assert report.unsealed == 1


def test_sealing_while_others_write_misses_nothing(store: Store, clock: FixedClock) -> None:
    work(store, clock, 1)
    url = store.url.render_as_string(hide_password=False)

    def write(caller: int) -> None:
        own = Store(url, clock)
        for nth in range(40):
            one_call(own, f"{caller:08x}-{nth:08x}", 1 + caller, purposes=2)
        own.close()

    with ThreadPoolExecutor(3) as pool:
        writers = [pool.submit(write, caller) for caller in range(3)]
        while not all(writer.done() for writer in writers):
            seal(store, SHELL)
            assert verify(store).findings == ()
    assert all(writer.exception() is None for writer in writers)
    seal(store, SHELL)
    report = verify(store)
    assert report.findings == ()
    assert (report.rows["call"], report.unsealed) == (6 + 120, 1)


def test_sealing_again_adds_nothing(sealed: tuple[Store, Tools]) -> None:
    store, _ = sealed
    before = verify(store)
    assert seal(store, SHELL).rows == {}
    assert verify(store) == before


def test_nothing_is_let_go_for_three_years(store: Store, clock: FixedClock) -> None:
    work(store, clock, 1)
    with store.read() as c:
        oldest = c.execute(sa.text("select count(*) from audit_entry")).scalar_one()
    for _ in range(4):
        clock.moment += timedelta(days=365)
        with store.write(SHELL) as tx:
            tx.update(Shop, 1, {"city": str(clock.moment)})
        seal(store, SHELL)
    report = verify(store)
    assert report.ok
    assert report.rows["audit_entry"] + report.unsealed == oldest + 4 + 4
