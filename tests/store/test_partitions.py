"""Purchases in parts by store, the trail in parts by number (data/deploy): all goes on as before."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from core.base.actor import SHELL
from core.base.clock import FixedClock
from core.base.language import catalogue
from core.base.report import Asked
from core.followups.planning import plan
from core.followups.tables import FollowUp, State
from core.imports.export import export_file
from core.imports.importing import import_file
from core.insight.proof import verify_all
from core.insight.reports import REPORTS, make_report
from core.members.tables import Member
from core.members.trail import TrailQuery, trail
from core.people.tables import Store as Shop
from core.purchases.tables import Purchase
from core.purchases.views import purchases_of
from core.store import migrate
from core.store.backup import backup, restore
from core.store.check import check
from core.store.engine import Store
from core.store.move import move
from core.store.roles import grant
from core.store.seals import seal
from core.store.tables import AuditEntry
from tests.imports.conftest import PURCHASES
from tests.scripts.conftest import NOW, Huifang, huifang  # noqa: F401
from tests.store.parts import TABLES, Ground, asked, belongings, parts, raw, rows, run
from tests.store.test_backup import server_programs

EN = catalogue("en")


def test_nothing_changes_but_the_parts(whole: Store, apart: Store) -> None:
    assert belongings(apart) == belongings(whole)
    for kind in (Purchase, AuditEntry):
        assert rows(apart, kind) == rows(whole, kind)
    assert len(parts(apart, "purchase")) == 16
    assert sum(bool(asked(apart, f"select 1 from {part} limit 1")) for part in parts(apart, "purchase")) > 1
    for name, refusal in (("partitions.sql", "in parts already"), ("next_part.sql", "still empty")):
        with pytest.raises(psycopg.errors.RaiseException, match=refusal):
            run(apart, name)
    with pytest.raises(psycopg.errors.RaiseException, match="comes first"):
        run(whole, "next_part.sql")
    assert check(apart).findings == ()


def sales_file(store: Store, folder: Path) -> Path:
    """Sales of members who had gone, new, changed, taken back and made void, as a cash desk exports them."""
    picked = asked(
        store,
        """select p.order_number, m.number, s.code, o.code, f.id is not null, p.amount from member m
        join purchase p on p.member_id = m.id and p.day = m.last_purchase_on join store s on s.id = p.store_id
        left join staff o on o.id = m.owner_id
        left join follow_up f on f.member_id = m.id and f.state = 'open' and f.programme like 'dormant%'
        order by f.id is null, m.number, p.order_number limit 60""",
    )
    assert any(gone for *_rest, gone, _amount in picked)
    lines: list[tuple[object, ...]] = []
    for place, (order, member, shop, keeper, _gone, amount) in enumerate(picked):
        lines.append((f"N{place}", member, "2026-11-23 09:00:00", shop, keeper or "", 199, 1))
        if place % 3 == 1:
            lines.append((f"N{place}-R", member, "2026-11-23 09:30:00", shop, keeper or "", -199, 1))
        if place % 3 == 2:
            lines.append((order, member, "2026-11-20 09:00:00", shop, keeper or "", amount // 100 + 1, 2))
        if place % 10 == 9:
            lines.append((order, member, "2026-11-20 09:00:00", shop, keeper or "", 0, 1))
    path = folder / "sales.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([PURCHASES, *lines])
    return path


def a_days_work(store: Store, sales: Path, clock: FixedClock) -> list[Any]:
    """What an import, its repetition, the day's plan, lists and reports answer."""
    said: list[Any] = []
    for _ in range(2):
        result = import_file(store, SHELL, "purchases", sales)
        said.append((result.added, result.updated, result.unchanged, result.rejected))
    said.append(plan(store, SHELL))
    for (number,) in asked(store, "select number from member order by number limit 40"):
        said.append(purchases_of(store, SHELL, number))
    today = clock.now().date()
    asking = Asked(today - timedelta(days=60), today)
    said.extend(make_report(store, SHELL, code, asking, EN) for code in REPORTS)
    export_file(store, SHELL, "purchases", sales.with_name("out.csv"), purpose="proof")
    said.append(sales.with_name("out.csv").read_bytes())
    said.append(
        [
            (line.table, line.field, line.old, line.new)
            for line in trail(store, SHELL, TrailQuery(oldest_first=True))
        ]
    )
    return said


def test_a_days_work_gives_the_same(
    whole: Store, apart: Store, till: Store, clock: FixedClock, tmp_path: Path
) -> None:
    sales = sales_file(whole, tmp_path)
    first, second = a_days_work(whole, sales, clock), a_days_work(till, sales, clock)
    assert first[:2] == second[:2]
    assert first[0][0] > 60
    assert first[0][1] > 0
    assert first[1] == (0, 0, first[0][0] + first[0][1] + first[0][2], 0)
    assert first == second
    for kind in (Purchase, Member, FollowUp, AuditEntry):
        assert rows(till, kind) == rows(whole, kind), kind
    with till.read() as c:
        returned = sa.select(sa.func.count()).select_from(FollowUp).where(FollowUp.state == State.RETURNED)  # type: ignore[arg-type]
        assert c.execute(returned).scalar_one() > 0
    clock.advance(days=1)
    assert seal(till, SHELL).number > 0
    assert verify_all(till).ok
    assert check(till).findings == ()


def test_a_terminal_has_no_hold_on_a_part(apart: Store, till: Store) -> None:
    with raw(till) as connection:
        for part in (*parts(apart, "audit_entry"), *parts(apart, "purchase")):
            for text in (
                f"select 1 from {part}",
                f"insert into {part} select * from {part}",
                f"update {part} set id = id",
                f"delete from {part}",
                f"truncate {part}",
                f"alter table {part} disable trigger all",
                f"drop table {part}",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(text)
        for text in (
            "update audit_entry set why = ''",
            "delete from audit_entry",
            "truncate audit_entry",
            "alter table audit_entry detach partition audit_entry_1",
            "create table mine partition of audit_entry for values from (-2) to (-1)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(text)


def test_not_even_the_owner_changes_a_part_by_mistake(apart: Store) -> None:
    with raw(apart) as connection:
        for table in ("audit_entry", *parts(apart, "audit_entry")):
            for text in (f"update {table} set why = ''", f"delete from {table}", f"truncate {table}"):
                with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
                    connection.execute(text)


def test_a_part_without_its_guard_is_found(apart: Store) -> None:
    for part in parts(apart, "audit_entry"):
        with raw(apart) as connection:
            connection.execute(f"alter table {part} disable trigger audit_entry_append_only")
            assert [finding.params["table"] for finding in check(apart).findings] == ["audit_entry"], part
            connection.execute(f"alter table {part} enable trigger audit_entry_append_only")
    assert check(apart).findings == ()


def test_what_is_changed_in_a_part_shows(apart: Store, clock: FixedClock) -> None:
    clock.advance(days=1)
    seal(apart, SHELL)
    assert verify_all(apart).ok
    with raw(apart) as connection:
        connection.execute("alter table audit_entry_1 disable trigger all")
        connection.execute("update audit_entry_1 set new = 'X' where id = (select min(id) from audit_entry_1)")
    assert {finding.kind.value for finding in verify_all(apart).findings} == {"altered", "unguarded"}


def add(store: Store, *codes: str) -> None:
    for code in codes:
        with store.write(SHELL) as tx:
            tx.insert(Shop, code=code, name="new")


def test_the_trail_goes_on_in_its_next_part(apart: Store, till: Store, clock: FixedClock) -> None:
    add(till, "X1")
    before = rows(apart, AuditEntry)
    run(apart, "next_part.sql")
    assert rows(apart, AuditEntry) == before
    add(till, "X2", "X3")
    with raw(apart) as connection:
        counts = [
            connection.execute(f"select count(*) from {part}").fetchall()[0][0]
            for part in parts(apart, "audit_entry")
        ]
        with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            connection.execute("delete from audit_entry_3")
    assert counts == [len(before) - 1, 1, 2]
    grant(apart, TABLES)  # as `huifang roles` does after every change: the parts stay out of reach
    with raw(till) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("select 1 from audit_entry_3")
    clock.advance(days=1)
    seal(till, SHELL)
    assert verify_all(till).ok
    assert check(till).findings == ()


def test_an_older_store_in_parts_is_upgraded(
    ground: Ground,
    clock: FixedClock,
    huifang: Huifang,  # noqa: F811
) -> None:
    with ground.database("template0", clock) as store:
        migrate._run(store, "0005")
        run(store, "partitions.sql")
        address = store.url.render_as_string(hide_password=False)
        huifang("upgrade", "--store-url", address)
        assert "sound" in huifang("check", "--store-url", address).out
        add(store, "S1")


def test_a_change_of_the_tables_reaches_the_parts(apart: Store) -> None:
    with apart.engine.connect() as connection, connection.begin():
        op = Operations(MigrationContext.configure(connection))
        for table in ("purchase", "audit_entry"):
            with op.batch_alter_table(table) as change:
                change.add_column(sa.Column("more", sa.String(), nullable=False, server_default=""))
                change.create_index(f"ix_{table}_more", ["more"])
            op.drop_index(f"ix_{table}_more", table)
    for table in ("purchase", "audit_entry"):
        for part in parts(apart, table):
            assert asked(apart, f"select count(more) = count(*) from {part}") == [(True,)]


def test_moved_to_a_file_and_back(ground: Ground, apart: Store, clock: FixedClock, tmp_path: Path) -> None:
    file = Store(f"sqlite:///{tmp_path / 'moved.db'}", clock)
    move(apart, file, TABLES, SHELL)
    assert rows(file, Purchase) == rows(apart, Purchase)
    with ground.database("template0", clock) as back:
        migrate.init(back)
        run(back, "partitions.sql")
        move(file, back, TABLES, SHELL)
        assert rows(back, Purchase) == rows(apart, Purchase)
        assert set(rows(apart, AuditEntry)) < set(rows(back, AuditEntry))
        add(back, "X1")  # with a number after those that were moved
        assert verify_all(back).ok
        assert check(back).findings == ()
    file.close()


def test_a_backup_comes_back_in_parts(
    ground: Ground, apart: Store, clock: FixedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{server_programs()}:/usr/bin:/bin")
    made = backup(apart, tmp_path / "b.dump")
    expected = rows(apart, Purchase)
    with ground.database("template0", clock) as back:
        restore(made.file, back.url.render_as_string(hide_password=False), SHELL)
        assert rows(back, Purchase) == expected
        assert parts(back, "audit_entry") == ["audit_entry_1", "audit_entry_2"]
        grant(back, TABLES)
        add(back, "X1")
        assert verify_all(back).ok
        assert check(back).findings == ()


def test_one_stores_purchases_are_looked_for_in_one_part(apart: Store) -> None:
    text = "select id from purchase where store_id = {} and order_number in ({})"
    with raw(apart) as connection:
        named = connection.execute(f"explain {text.format(1, repr('N1'))}").fetchall()
        assert sum(" on purchase_" in line for (line,) in named) == 1
        connection.execute("set plan_cache_mode = force_generic_plan")  # as terminals have it
        connection.execute(f"prepare looked (integer, text) as {text.format('$1', '$2')}")
        planned = "\n".join(line for (line,) in connection.execute("explain execute looked (1, 'N1')").fetchall())
    assert "Subplans Removed: 15" in planned
