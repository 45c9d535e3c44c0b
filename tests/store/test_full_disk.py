"""A place that can't be written, and a disk that is full."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.store.check import check
from core.store.engine import Store
from tests.store.test_conditions import ROOT, codes

READ_ONLY = """
import os, sys
from core.base.actor import SHELL
from core.base.errors import HuifangError
from core.people.tables import Store as Shop
from core.store.engine import Store
store = Store(f"sqlite:///{sys.argv[1]}", patience=0.2)
import core.schema, sqlalchemy.dialects.sqlite.pysqlite
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
for _ in range(2):
    try:
        with store.write(SHELL) as tx:
            tx.insert(Shop, code="S9", name="none")
        print("written")
    except HuifangError as error:
        print(error.code)
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that a user without rights can reach, which pytest's own is not."""
    folder = Path(tempfile.mkdtemp(prefix="huifang-"))
    folder.chmod(0o755)
    yield folder
    for path in folder.rglob("*"):
        path.chmod(0o700)
    folder.chmod(0o700)
    shutil.rmtree(folder)


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_read_only_place(sqlite_template: Path, open_folder: Path, what: str) -> None:
    file = open_folder / "store.db"
    shutil.copy(sqlite_template, file)
    file.chmod(0o444 if what == "file" else 0o666)
    open_folder.chmod(0o555)
    done = run(READ_ONLY, str(file))
    assert set(done.split()) <= {"store.read_only", "store.unopened"}, done
    open_folder.chmod(0o755)
    file.chmod(0o644)
    store = Store(f"sqlite:///{file}")
    assert codes(store) == []
    assert check(store).ok
    store.close()


FILL = """
import sys
from core.base.actor import SHELL
from core.base.errors import HuifangError
from core.people.tables import Store as Shop
from core.store.engine import Store
store = Store(f"sqlite:///{sys.argv[1]}")
for number in range(2000):
    try:
        with store.write(SHELL) as tx:
            tx.insert(Shop, code=f"S{number:04}", name="x" * 3000)
            tx.insert(Shop, code=f"T{number:04}", name="x" * 3000)
    except HuifangError as error:
        print(error.code, flush=True)
        break
    print(number, flush=True)
"""


@pytest.mark.slow
def test_a_full_disk_loses_nothing_that_was_said_to_be_stored(sqlite_template: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    kept = tmp_path / "kept.db"
    script = (
        f"mount -t tmpfs -o size=2m none {disk} && cp {sqlite_template} {disk}/store.db"
        f' && {sys.executable} -c "$FILL" {disk}/store.db && cp {disk}/store.db* {tmp_path}'
    )
    done = subprocess.run(
        ["unshare", "--mount", "--user", "--map-root-user", "sh", "-c", script],
        env={**os.environ, "FILL": FILL, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode and not done.stdout:
        pytest.skip(f"no small disk can be mounted here: {done.stderr.strip()[:100]}")
    *stored, said = done.stdout.split()
    assert stored
    assert said == "store.full"
    (tmp_path / "store.db").rename(kept)
    for suffix in ("-wal", "-shm"):
        if (beside := tmp_path / f"store.db{suffix}").exists():
            beside.rename(f"{kept}{suffix}")
    store = Store(f"sqlite:///{kept}")
    assert codes(store) == sorted([f"S{int(n):04}" for n in stored] + [f"T{int(n):04}" for n in stored])
    assert check(store).ok
    store.close()


LIMITED = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (700_000, 700_000))\n" + FILL


def test_a_write_the_system_refuses_is_whole_or_nothing(lite: Store) -> None:
    *stored, said = run(LIMITED, lite.where).split()
    assert stored
    assert said in ("store.disk", "store.full")
    assert codes(lite) == sorted([f"S{int(n):04}" for n in stored] + [f"T{int(n):04}" for n in stored])
    assert check(lite).ok


def run(script: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
