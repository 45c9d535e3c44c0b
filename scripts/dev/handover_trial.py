"""A leaver's members handed over: `python -m scripts.dev.handover_trial --members 20000`, or `--shop FOLDER`.

Split among three successors, refused once, resubmitted, reviewed, approved, executed and filed: through the
screens in a real pseudo-terminal, and again through the commands on a copy of the same store. The counts of
members before and after must agree to the member. FOLDER holds stores, staff, members and purchases, each .csv.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from core.base.actor import SHELL, Role
from core.base.clock import DEFAULT_ZONE, FixedClock, business_day
from core.followups.planning import plan
from core.imports.importing import import_file
from core.people.actions import StaffForm, add_staff
from core.store import migrate
from core.store.engine import Store
from tests.terminal.leaver import REASON, REFUSED, Cast, Leaver

LEAVER_OF_SHOP = 1500
LEAVER = "LEAVER"
Owners = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Ground:
    """A planned store with a leaver in it: its file, the day, who does what, and how many members move."""

    file: Path
    on: date
    cast: Cast
    names: Mapping[str, str]
    members: int


def generated(folder: Path, members: int) -> Ground:
    """A generated store, with as many members of one person."""
    from scripts.dev.generate import DEFAULT_DAY, generate

    file = folder / "store.db"
    generate(file, round(members * 1.5), 5, DEFAULT_DAY)
    return _cast(file, DEFAULT_DAY, members)


def imported(folder: Path, shop: Path) -> Ground:
    """A shop's own files, the first members' owner rewritten to one person; as of the day of the last sale."""
    file = folder / "store.db"
    with (shop / "purchases.csv").open(encoding="utf-8-sig", newline="") as lines:
        last = max(line["消费时间"] for line in csv.DictReader(lines))
    on = date.fromisoformat(last[:10])
    store = Store(f"sqlite:///{file}", FixedClock(_morning(on)))
    migrate.init(store)
    for kind in ("stores", "staff"):
        import_file(store, SHELL, kind, shop / f"{kind}.csv")
    first = _first(file, "select code from store order by code")
    add_staff(store, SHELL, StaffForm(LEAVER, "离职人", Role.ASSISTANT, first))
    import_file(store, SHELL, "members", _rewritten(shop / "members.csv", folder / "members.csv"))
    import_file(store, SHELL, "purchases", shop / "purchases.csv")
    store.close()
    return _cast(file, on, LEAVER_OF_SHOP)


def _rewritten(source: Path, target: Path) -> Path:
    with (
        source.open(encoding="utf-8-sig", newline="") as lines,
        target.open("w", encoding="utf-8-sig", newline="") as out,
    ):
        rows = csv.DictReader(lines)
        writer = csv.DictWriter(out, list(rows.fieldnames or ()))
        writer.writeheader()
        for place, row in enumerate(rows):
            writer.writerow({**row, "维护人工号": LEAVER} if place < LEAVER_OF_SHOP else row)
    return target


def _first(file: Path, query: str, *given: object) -> str:
    with closing(sqlite3.connect(file)) as raw:
        return str(raw.execute(query, given).fetchone()[0])


def _morning(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 1, 42, tzinfo=UTC)


def _cast(file: Path, on: date, members: int) -> Ground:
    """Name everybody who acts, give the leaver so many members, plan the day."""
    store = Store(f"sqlite:///{file}", FixedClock(_morning(on)))
    shop = _first(file, "select code from store order by code")
    for code, name, role in (
        (LEAVER, "离职人", Role.ASSISTANT),
        *((f"T{place}", f"接任{place}", Role.ASSISTANT) for place in range(1, 5)),
        ("KEEPER", "店长甲", Role.STORE_MANAGER),
        ("BOSS", "经理甲", Role.MANAGER),
        ("DESK", "客服甲", Role.SERVICE_DESK),
    ):
        with closing(sqlite3.connect(file)) as raw:
            there = raw.execute("select 1 from staff where code = ?", (code,)).fetchone()
        if there is None:
            add_staff(store, SHELL, StaffForm(code, name, role, shop))
    with closing(sqlite3.connect(file)) as raw:
        if not raw.execute(
            "select 1 from member m join staff s on s.id = m.owner_id where s.code = ?", (LEAVER,)
        ).fetchone():
            raw.execute(
                "update member set owner_id = (select id from staff where code = ?) where id in"
                " (select id from member where status = 'active' order by id limit ?)",
                (LEAVER, members),
            )
            raw.commit()
        names = dict(raw.execute("select code, name from staff"))
    begun = time.perf_counter()
    plan(store, SHELL, on)
    store.close()
    print(f"{members} members of one person, planned in {time.perf_counter() - begun:.1f} s")
    cast = Cast(LEAVER, "KEEPER", "BOSS", "DESK", ("T1", "T2", "T3"), "T4")
    return Ground(file, on, cast, names, members)


def owners(file: Path) -> Owners:
    """How many members everybody keeps."""
    with closing(sqlite3.connect(file)) as raw:
        rows = raw.execute(
            "select s.code, count(*) from member m join staff s on s.id = m.owner_id group by s.code"
        )
        return dict(rows.fetchall())


@contextmanager
def copy_of(ground: Ground) -> Iterator[Path]:
    """The store in a folder of its own, thrown away afterwards."""
    with tempfile.TemporaryDirectory(prefix="handover-trial-") as folder:
        yield Path(shutil.copy(ground.file, Path(folder) / "huifang.db"))


def agree(ground: Ground, before: Owners, after: Owners, shares: Mapping[str, int]) -> None:
    """Every member of the leaver has one of the successors, and nobody else's moved. Raises AssertionError."""
    expected = {code: before.get(code, 0) + shares.get(code, 0) for code in {*before, *shares}}
    del expected[ground.cast.leaver]
    assert dict(after) == expected, (expected, after)
    assert sum(after.values()) == sum(before.values())


def _introductions(file: Path) -> int:
    return int(_first(file, "select count(*) from follow_up where programme = 'introduce' and state = 'open'"))


def by_screens(ground: Ground) -> None:
    """Through the screens, in Chinese at 80x24."""
    with copy_of(ground) as file:
        url, before = f"sqlite:///{file}", owners(file)
        leaver = Leaver(file.parent, url, ground.cast, ground.names, ground.members, ground.on)
        leaver.number = f"{business_day(_morning(ground.on), DEFAULT_ZONE).year}-0001"
        steps: dict[str, Owners] = {}
        begun = time.perf_counter()
        leaver.whole(lambda step: steps.update({step: owners(file)}))
        took = time.perf_counter() - begun
        assert all(steps[name] == before for name in ("submit", "refuse", "submit again", "review"))
        agree(ground, before, steps["file"], leaver.shared(ground.cast.second))
        assert _introductions(file) == ground.members
        print(f"by the screens: agrees to the member, {took:.1f} s in all")
        for what, seconds in leaver.seconds.items():
            print(f"  {what:<20} {seconds:6.2f} s")
        print(f"  keys: {', '.join(f'{who} {count}' for who, count in leaver.keys.items())}")


def by_commands(ground: Ground) -> None:
    """Through the commands, each a process of its own."""
    cast = ground.cast
    with copy_of(ground) as file:
        before = owners(file)
        run = _runner(file, ground.on)
        taken = ("--to", ",".join(cast.takers))
        leaving = ("submit", "--from", cast.leaver, "--kind", "leaving")
        (row,) = run("submit", cast.leaver, *leaving, *taken, "--reason", REASON)
        number = row["id"]
        run("refuse", cast.keeper, "refuse", number, "--reason", REFUSED)
        assert owners(file) == before
        again = (*leaving, "--id", number, "--to", ",".join(cast.second), "--reason", REASON)
        (row,) = run("submit again", cast.leaver, *again)
        run("review", cast.keeper, "review", number)
        assert owners(file) == before
        (done,) = run("approve and execute", cast.manager, "approve", number)
        run("file", cast.desk, "file", number)
        agree(ground, before, owners(file), row["shares"])
        assert done["moved"] == ground.members == sum(row["shares"].values())
        assert max(row["shares"].values()) - min(row["shares"].values()) <= 1
        assert _introductions(file) == ground.members
        (shown,) = run("show with all members", cast.desk, "show", number, "--members")
        assert len(shown["member_list"]) == ground.members
        print("by the commands: agrees to the member")


def _runner(file: Path, on: date) -> Callable[..., list[dict[str, Any]]]:
    environ = {**os.environ, "HUIFANG_HOME": str(file.parent), "HUIFANG_LANG": "zh"}
    environ.pop("HUIFANG_DATABASE", None)

    def run(what: str, who: str, act: str, *words: str) -> list[dict[str, Any]]:
        command = [sys.executable, "-c", "import sys; from scripts.entry import main; sys.exit(main())"]
        begun = time.perf_counter()
        done = subprocess.run(
            [*command, "handover", act, *words, "--as", who, "--on", str(on), "--json"],
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        print(f"  {what:<20} {time.perf_counter() - begun:6.2f} s")
        rows: list[dict[str, Any]] = json.loads(done.stdout)
        return rows

    return run


def main() -> int:
    """Run the trial; exit code 0 where every count agrees."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--members", type=int, default=20_000, help="of the leaver, in a generated store")
    parser.add_argument("--shop", type=Path, help="a folder of import files instead")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="handover-trial-") as folder:
        place = Path(folder)
        ground = imported(place, given.shop) if given.shop else generated(place, given.members)
        by_screens(ground)
        by_commands(ground)
    return 0


if __name__ == "__main__":
    sys.exit(main())
