"""Commands about the store itself: backup, restore, upgrade, working days, the other database."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL

from core.store import migrate
from core.store.engine import Store
from tests.scripts.conftest import AT, ON, Huifang


def test_calendar(huifang: Huifang, demo_store: Path) -> None:
    huifang("calendar", "set", "2027-02-08", "rest", "--note", "New Year")
    huifang("calendar", "set", "2026-11-28", "work", "--store", "S1")
    rows = huifang("calendar", "list", "--json").json
    assert rows == [
        {"day": "2026-11-28", "working": True, "store": "S1", "note": ""},
        {"day": "2027-02-08", "working": False, "store": None, "note": "New Year"},
    ]
    assert "New Year" in huifang("calendar", "list").out
    huifang("calendar", "set", "2027-02-08", "general")
    assert len(huifang("calendar", "list", "--json").json) == 1
    assert "S1" in huifang("calendar", "weekends", "S1", "work").out
    huifang("calendar", "set", "someday", "rest", code=2)
    huifang("calendar", "set", "2027-02-08", "rest", "--store", "X9", code=1)
    huifang("calendar", "set", "2027-02-08", "rest", "--as", "S101", code=1)


def test_backup_and_restore(huifang: Huifang, demo_store: Path, tmp_path: Path) -> None:
    target = tmp_path / "b.db"
    assert str(target) in huifang("backup", target).out
    huifang("backup", target, code=1)
    huifang("backup", target, "--replace")
    huifang("member", "edit", "10001", "--occupation", "gardener")
    assert "kept as" in huifang("restore", target).out
    assert huifang("member", "show", "10001", "--json").json["occupation"] != "gardener"
    huifang("restore", tmp_path / "none.db", code=1)
    assert "already" in huifang("upgrade").out


def test_an_older_store_is_saved_and_upgraded(
    huifang: Huifang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "older.db"
    monkeypatch.setenv("HUIFANG_DATABASE", str(file))
    file.touch()
    migrate._run(Store(f"sqlite:///{file}"), "0001")
    assert "huifang upgrade" in huifang("members", code=1).err
    said = huifang("upgrade").out
    saved = next(tmp_path.glob("older-0001-*.db"))
    assert str(saved) in said
    assert Store(f"sqlite:///{saved}").version() == "0001"
    assert "sound" in huifang("check").out


def test_the_same_commands_on_postgresql(huifang: Huifang, files: Path, postgresql_server: URL) -> None:
    name = f"c{uuid.uuid4().hex[:12]}"
    admin = sa.create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"create database {name}")
    url = postgresql_server.set(database=name, drivername="postgresql").render_as_string(hide_password=False)
    where = ("--store-url", url)
    try:
        assert "init" in huifang("members", *where, code=1).err
        huifang("init", *where)
        for kind in ("stores", "staff", "members", "purchases"):
            assert huifang("import", kind, files / f"{kind}.csv", "--json", *where).json["added"]
        assert any(huifang("plan", *ON, "--json", *where).json["planned"].values())
        assert huifang("worklist", "--all", *AT, "--json", *where).json
        assert huifang("check", *where).out
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"drop database {name} with (force)")
        admin.dispose()
