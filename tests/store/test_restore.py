"""Restoring a backup: over what is there, over nothing, never a bad one, never half."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.base.actor import SHELL
from core.base.clock import FixedClock
from core.base.errors import BadInput, StoreTrouble
from core.people.tables import Store as Shop
from core.store.backup import backup, restore
from core.store.check import check
from core.store.engine import Store
from tests.store.test_backup import beside, url_of
from tests.store.test_conditions import ROOT, add, codes


def test_a_restore_puts_the_store_back_and_keeps_the_other(lite: Store, tmp_path: Path, clock: FixedClock) -> None:
    add(lite, "S1")
    made = backup(lite, tmp_path / "b.bak")
    add(lite, "S2")
    lite.close()
    for turn in ("before-restore", "before-restore-2"):
        done = restore(made.file, url_of(lite), SHELL, clock=clock)
        assert done.kept_aside == tmp_path / f"store.db.{turn}"
        assert not done.needs_upgrade
        assert codes(lite) == ["S1"]
        assert check(lite).findings == ()
        lite.close()
    aside = Store(f"sqlite:///{tmp_path / 'store.db.before-restore'}")
    assert codes(aside) == ["S1", "S2"]
    aside.close()
    with lite.read() as c:
        assert "restored from" in str(c.execute(sa.text("select new from audit_entry order by id desc")).scalar())
        assert c.exec_driver_sql("pragma journal_mode").scalar() == "wal"


def test_a_restore_to_where_nothing_was(lite: Store, tmp_path: Path) -> None:
    add(lite, "S1")
    made = backup(lite, tmp_path / "b.bak")
    place = tmp_path / "elsewhere" / "huifang.db"
    assert restore(made.file, f"sqlite:///{place}", SHELL).kept_aside is None
    store = Store(f"sqlite:///{place}")
    store.verify()
    assert codes(store) == ["S1"]
    store.close()


def test_a_restore_over_a_killed_terminals_log_files(lite: Store, tmp_path: Path) -> None:
    """The -wal of another store beside a file makes it "malformed" (pitfall 20)."""
    add(lite, "S1")
    made = backup(lite, tmp_path / "b.bak")
    for number in range(50):
        add(lite, f"T{number}", "x" * 3000)
    killed = tmp_path / "killed"
    killed.mkdir()
    for path in tmp_path.glob("store.db*"):
        shutil.copy(path, killed)  # as a kill -9 leaves them: the log not yet in the file
    assert (killed / "store.db-wal").stat().st_size > 100_000
    done = restore(made.file, f"sqlite:///{killed / 'store.db'}", SHELL)
    store = Store(f"sqlite:///{killed / 'store.db'}")
    assert codes(store) == ["S1"]
    assert check(store).ok
    store.close()
    assert done.kept_aside is not None
    aside = Store(f"sqlite:///{done.kept_aside}")
    assert len(codes(aside)) == 51
    aside.close()


def test_a_restore_over_a_destroyed_store(lite: Store, tmp_path: Path) -> None:
    add(lite, "S1")
    made = backup(lite, tmp_path / "b.bak")
    lite.close()
    assert lite.file is not None
    lite.file.write_bytes(b"\x07" * 50_000)
    lite.file.with_name("store.db-wal").write_bytes(b"rest of a log")
    done = restore(made.file, url_of(lite), SHELL)
    assert codes(lite) == ["S1"]
    assert check(lite).ok
    assert done.kept_aside is not None
    assert done.kept_aside.read_bytes() == b"\x07" * 50_000


@pytest.mark.parametrize("state", ["idle", "writing"])
def test_a_restore_waits_for_no_open_terminal(lite: Store, tmp_path: Path, state: str) -> None:
    add(lite, "S1")
    made = backup(lite, tmp_path / "b.bak")
    other = sqlite3.connect(lite.where, isolation_level=None)
    lite.close()
    other.execute("begin immediate" if state == "writing" else "select * from store").fetchall()
    with pytest.raises(StoreTrouble) as caught:
        restore(made.file, url_of(lite), SHELL, patience=0.05)
    assert caught.value.code == "restore.in_use"
    other.close()
    assert lite.file is not None
    assert codes(lite) == ["S1"]
    lite.close()
    assert not [name for name in beside(lite.file) if "restor" in name]
    restore(made.file, url_of(lite), SHELL, patience=0.05)


def test_a_terminal_opened_before_a_restore_works_in_the_new_store(lite: Store, tmp_path: Path) -> None:
    """Whoever holds a connection to the file that was put aside gets a new one."""
    add(lite, "S1")
    made = backup(lite, tmp_path / "b.bak")
    add(lite, "S2")
    assert lite.file is not None
    shutil.copy(made.file, tmp_path / "fresh")
    (tmp_path / "fresh").replace(lite.file)
    for suffix in ("-wal", "-shm"):
        lite.file.with_name("store.db" + suffix).unlink(missing_ok=True)
    assert codes(lite) == ["S1"]


def foreign(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("create table diary (line text)")
    connection.close()


def newer(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("update alembic_version set version_num = '9999'")
    connection.commit()
    connection.close()


def damaged(path: Path) -> None:
    with path.open("r+b") as handle:
        for page in range(10, 40):
            handle.seek(page * 4096)
            handle.write(b"\xff" * 4096)


def orphans(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("insert into draft values (99, 99, 'x', '{}', '2026-01-01', '2026-01-01')")
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (foreign, "backup.foreign"),
        (lambda path: path.write_text("notes"), "backup.foreign"),
        (lambda path: path.write_bytes(b""), "backup.foreign"),
        (Path.unlink, "restore.unreadable"),
        (newer, "backup.newer"),
        (damaged, "backup.unsound"),
        (orphans, "backup.unsound"),
        (lambda path: path.write_bytes(b"PGDMP" + b"0" * 50), "restore.other_kind"),
    ],
)
def test_a_bad_backup_replaces_nothing(lite: Store, tmp_path: Path, spoil: object, code: str) -> None:
    add(lite, "S1")
    bad = tmp_path / "b.bak"
    if spoil is not foreign:
        backup(lite, bad)
    assert callable(spoil)
    spoil(bad)
    lite.close()
    with pytest.raises(BadInput) as caught:
        restore(bad, url_of(lite), SHELL)
    assert caught.value.code == code
    assert codes(lite) == ["S1"]
    assert lite.file is not None
    assert not [name for name in beside(lite.file) if "restor" in name]


RESTORE = """
import sys
from pathlib import Path
from core.base.actor import SHELL
from core.store.backup import restore
import core.schema
print("ready", flush=True)
sys.stdin.readline()
restore(Path(sys.argv[1]), sys.argv[2], SHELL)
"""


@pytest.mark.slow
def test_a_restore_killed_anywhere_leaves_the_old_store_or_the_new(lite: Store, tmp_path: Path) -> None:
    add(lite, "OLD")
    with lite.write(SHELL) as tx:
        tx.insert_many(Shop, [{"code": f"X{n}", "name": "x" * 1000} for n in range(1000)], what="shops")
    made = backup(lite, tmp_path / "b.bak")
    add(lite, "NEW")
    lite.close()
    current = codes(lite)
    lite.close()
    chance = random.Random(7)
    seen = set()
    began = time.monotonic()
    while time.monotonic() - began < 12 and len(seen) < 2:
        child = subprocess.Popen(
            [sys.executable, "-c", RESTORE, str(made.file), url_of(lite)],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert child.stdout is not None
        assert child.stdin is not None
        child.stdout.readline()
        child.stdin.write(b"go\n")
        child.stdin.flush()
        time.sleep(chance.uniform(0, 0.12))
        child.send_signal(signal.SIGKILL)
        child.communicate()
        lite.verify()
        found = codes(lite)
        assert found in (current, [code for code in current if code != "NEW"])
        assert check(lite).ok
        seen.add(tuple(found))
        lite.close()
    restore(made.file, url_of(lite), SHELL)
    assert check(lite).findings == ()
