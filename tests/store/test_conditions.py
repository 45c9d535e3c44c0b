"""Bad conditions on real files: said plainly, and nothing lost."""

from __future__ import annotations

import os
import sqlite3
import stat
from pathlib import Path

import pytest

from core.base.actor import SHELL
from core.base.errors import StoreTrouble
from core.people.tables import Store as Shop
from core.store import migrate
from core.store.check import check
from core.store.engine import SCHEMA_VERSION, Store
from core.store.turns import turn

ROOT = Path(__file__).resolve().parents[2]


def add(store: Store, code: str, name: str = "shop") -> None:
    with store.write(SHELL) as tx:
        tx.insert(Shop, code=code, name=name)


def codes(store: Store) -> list[str]:
    with store.read() as connection:
        return [row[0] for row in connection.exec_driver_sql("select code from store order by code")]


def trouble(store: Store) -> StoreTrouble:
    with pytest.raises(StoreTrouble) as caught:
        store.verify()
    return caught.value


def test_a_missing_store_is_said_and_not_made(tmp_path: Path) -> None:
    file = tmp_path / "none.db"
    store = Store(f"sqlite:///{file}")
    assert trouble(store).code == "store.missing"
    with pytest.raises(StoreTrouble), store.read() as connection:
        connection.exec_driver_sql("select 1")
    assert not file.exists()


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}")
    assert trouble(store).code == "store.folder_named"
    with pytest.raises(StoreTrouble) as caught:
        migrate.init(store)
    assert caught.value.code == "store.folder_named"


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_text("会员 " * 2000, encoding="utf-8")
    for act in (Store.verify, migrate.init, migrate.upgrade):
        with pytest.raises(StoreTrouble) as caught:
            act(Store(f"sqlite:///{file}"))
        assert caught.value.code == "store.damaged"


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    with sqlite3.connect(file) as connection:
        connection.execute("create table diary (line text)")
    connection.close()
    with pytest.raises(StoreTrouble) as caught:
        migrate.init(Store(f"sqlite:///{file}"))
    assert caught.value.code == "store.foreign"


def test_overwritten_bytes_are_found(lite: Store) -> None:
    with lite.write(SHELL) as tx:
        tx.insert_many(Shop, [{"code": f"S{n}", "name": "x" * 200} for n in range(500)], what="shops")
    lite.verify()
    file = lite.file
    assert file is not None
    lite.close()
    with file.open("r+b") as handle:
        for page in range(60, file.stat().st_size // 4096, 3):
            handle.seek(page * 4096)
            handle.write(os.urandom(4096))
    report = check(lite)
    assert not report.ok
    assert report.findings[0].code in ("check.damaged", "store.damaged")


@pytest.mark.parametrize(("version", "code"), [("9999", "store.newer"), ("0000", "store.older")])
def test_other_versions_are_named(store: Store, version: str, code: str) -> None:
    with store.write(SHELL) as tx:
        tx.connection.exec_driver_sql(f"update alembic_version set version_num = '{version}'")
    found = trouble(store)
    assert found.code == code
    assert version in str(found)
    assert [finding.code for finding in check(store).findings] == [code]


def test_a_newer_store_is_not_upgraded(store: Store) -> None:
    with store.write(SHELL) as tx:
        tx.connection.exec_driver_sql("update alembic_version set version_num = '9999'")
    with pytest.raises(StoreTrouble) as caught:
        migrate.upgrade(store)
    assert caught.value.code == "store.newer"


def test_a_store_locked_by_another_program_is_busy_in_words(lite: Store) -> None:
    hasty = Store(lite.url.render_as_string(), patience=0.05)
    holder = sqlite3.connect(lite.where, isolation_level=None)
    holder.execute("begin immediate")
    with pytest.raises(StoreTrouble) as caught:
        add(hasty, "S1")
    assert caught.value.code == "store.busy"
    holder.execute("rollback")
    holder.close()
    add(hasty, "S1")
    assert codes(lite) == ["S1"]
    hasty.close()


def test_a_stopped_terminal_does_not_stop_the_others_for_ever(lite: Store) -> None:
    hasty = Store(lite.url.render_as_string(), patience=0.05)
    with turn(lite.file):
        with pytest.raises(StoreTrouble) as caught:
            add(hasty, "S1")
        assert caught.value.code == "store.busy"
    add(hasty, "S1")  # and whoever gave up waiting holds nothing
    add(lite, "S2")
    assert codes(lite) == ["S1", "S2"]
    hasty.close()


def test_rows_locked_on_a_server_are_busy_in_words(store: Store) -> None:
    if store.is_sqlite:
        pytest.skip("a matter of PostgreSQL")
    add(store, "S1")
    hasty = Store(store.url.render_as_string(hide_password=False), patience=0.05)
    with store.write(SHELL) as tx:
        tx.connection.exec_driver_sql("update store set name = 'held'")
        with pytest.raises(StoreTrouble) as caught, hasty.write(SHELL) as other:
            other.connection.exec_driver_sql("update store set name = 'mine'")
        assert caught.value.code == "store.busy"
    hasty.close()


def test_a_reader_sees_one_state(store: Store) -> None:
    add(store, "S1")
    with store.read() as connection:
        before = connection.exec_driver_sql("select count(*) from store").scalar()
        add(store, "S2")
        assert connection.exec_driver_sql("select count(*) from store").scalar() == before
    assert codes(store) == ["S1", "S2"]


def test_a_server_that_is_not_there() -> None:
    store = Store("postgresql+psycopg://nobody:secret@127.0.0.1:1/none?connect_timeout=2")
    found = trouble(store)
    assert found.code == "store.unreachable"
    assert "secret" not in str(found)


def test_the_schema_version_is_the_newest_migration() -> None:
    versions = Path(migrate.__file__).with_name("migrations") / "versions"
    assert max(path.stem.removeprefix("v") for path in versions.glob("v*.py")) == SCHEMA_VERSION


def test_a_new_file_follows_the_users_mask(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'new' / 'store.db'}")
    assert migrate.init(store)
    assert not migrate.init(store)
    assert store.file is not None
    assert stat.S_ISREG(store.file.stat().st_mode)
    store.verify()
    store.close()
