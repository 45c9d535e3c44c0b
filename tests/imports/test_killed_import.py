"""An import killed at any moment leaves a sound store, and running it again completes it."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import URL

from core.store.engine import Store
from tests.imports.conftest import MEMBERS, PURCHASES, WriteFile, everything, rows

ROOT = Path(__file__).resolve().parents[2]
BATCH = "150"


def child(store: Store, folder: Path, batch: str = BATCH) -> subprocess.Popen[str]:
    url = store.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.imports.child", url, str(folder), batch]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ})


def finished(store: Store, folder: Path, batch: str = BATCH) -> list[str]:
    with child(store, folder, batch) as process:
        assert process.stdout is not None
        lines = process.stdout.read().splitlines()
    assert process.returncode == 0
    return lines


@pytest.fixture
def files(ready: Store, written: WriteFile, tmp_path: Path) -> Path:
    """900 members and 3,000 sales, some twice and otherwise, some refunds."""
    dice = random.Random(3)
    members = [
        (f"{n % 880:04}", f"王{'芳伟娜敏'[n % 4]}", f"138{n % 880:08}", "1980-01-02", "2026-01-02", "S1", "A1")
        for n in range(900)
    ]
    sales = [
        (
            f"P{dice.randrange(2800)}",
            f"{dice.randrange(880):04}",
            f"2026-{dice.randint(2, 9):02}-{dice.randint(1, 28):02} 10:00",
            dice.choice(("S1", "S2")),
            "A1",
            dice.randint(-20, 300),
            1,
        )
        for _ in range(3000)
    ]
    written("members.csv", MEMBERS, *members)
    written("purchases.csv", PURCHASES, *sales)
    return tmp_path


@pytest.fixture
def undisturbed(files: Path, ready: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """What a run that nobody disturbs leaves, in another store."""
    if not ready.is_sqlite:
        yield None
        return
    folder = tmp_path_factory.mktemp("twin")
    assert ready.file is not None
    with ready.engine.connect() as connection:
        connection.exec_driver_sql("rollback")
        connection.exec_driver_sql(f"vacuum into '{folder / 'twin.db'}'")
    twin = Store(f"sqlite:///{folder / 'twin.db'}")
    finished(twin, files)
    yield everything(twin)
    twin.close()


@pytest.mark.slow
def test_killed_and_run_again_it_is_as_if_never_disturbed(
    ready: Store, files: Path, undisturbed: object, postgresql_server: URL
) -> None:
    dice = random.Random(str(ready.url.get_backend_name()))
    for _ in range(5):
        with child(ready, files) as process:
            assert process.stdout is not None
            for _, line in zip(range(dice.randint(1, 12)), process.stdout, strict=False):
                assert line
            process.kill()
        if ready.is_sqlite:
            assert rows(ready, "pragma integrity_check") == [("ok",)]
        check_sums(ready)
    finished(ready, files)
    found = everything(ready)
    if undisturbed is not None:
        assert found == undisturbed
    again = [line.split() for line in finished(ready, files) if not line.startswith("batch")]
    assert [line[1:3] for line in again[:2]] == [["0", "0"], ["0", "0"]]
    assert everything(ready) == found


def check_sums(store: Store) -> None:
    """Every member's sums are those of the rows that are there."""
    wrong = rows(
        store,
        "select m.number from member m left join (select member_id, sum(amount) as amount,"
        " sum(case when amount > 0 then 1 else 0 end) as number, max(case when amount > 0 then day end) as last_on"
        " from purchase group by member_id) p on p.member_id = m.id"
        " where m.amount_total <> coalesce(p.amount, 0) or m.purchase_count <> coalesce(p.number, 0)"
        " or m.last_on <> coalesce(p.last_on, m.joined_on)",
    )
    assert wrong == []


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(ready_lite: Store, written: WriteFile, tmp_path: Path) -> None:
    written("members.csv", MEMBERS, *[(f"{n:04}", "王芳", "", "", "2026-01-02", "S1", "") for n in range(2000)])
    resident = []
    for count in (40_000, 240_000):
        lines = (
            (
                f"P{n}",
                f"{n % 2000:04}",
                f"2026-{1 + n % 9:02}-{1 + n % 28:02} 10:00",
                "S1",
                "A1",
                f"{n % 999}.50",
                1,
            )
            for n in range(count)
        )
        written("purchases.csv", PURCHASES, *lines)
        told = dict(line.split(maxsplit=1) for line in finished(ready_lite, tmp_path, "0"))
        resident.append(int(told["resident"]) / 1024)
    assert resident[1] < resident[0] + 30, resident
