"""Importing purchases: a CSV file through core, and plain executemany of the same rows."""

from __future__ import annotations

import csv
import sqlite3
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from core.base.actor import SHELL
from core.imports.importing import import_file
from scripts.dev.bench.figures import Figure, elapsed
from scripts.dev.bench.ground import Ground

MEMBERS = 20_000
BATCH = 5000
PAIRS = 3
INSERT = (
    "insert into purchase (store_id, order_number, member_id, bought_at, day, received_by, amount, items, goods,"
    " category, payment, occasion) values (?, ?, ?, ?, ?, ?, ?, ?, '', '', '', '')"
)


def measure(ground: Ground) -> list[Figure]:
    """New purchases for the members of a store of at most 20,000, in turn with the bare inserts."""
    small = Ground(min(ground.members, MEMBERS), ground.purchases, ground.folder, ground.rounds)
    pairs = [_pair(small, 1000 * small.rounds) for _ in range(PAIRS)]
    core, bare, added = sorted(pairs, key=lambda pair: pair[1] / pair[0])[PAIRS // 2]
    rows = 1000 * small.rounds
    rates = f"{rows / core:,.0f} rows a second against {rows / bare:,.0f}"
    note = f"median of {PAIRS}: {rates}; {added} of {rows} added"
    return [Figure("import", "purchases through core against executemany", bare / core, "x", 0.3, "more", note)]


def _pair(small: Ground, rows: int) -> tuple[float, float, int]:
    """The seconds that the import and the bare inserts took, and how many sales were added."""
    with small.copy(small.pristine) as store:
        lines = _lines(store.where, rows)
        file = Path(store.where).with_name("purchases.csv")
        _write(file, lines)
        added = 0

        def bring_in() -> None:
            nonlocal added
            added = import_file(store, SHELL, "purchases", file).added

        core = elapsed(bring_in)
    with small.copy(small.pristine) as store:
        return core, elapsed(lambda: _plain(store.where, lines)), added


def _lines(where: str, rows: int) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(where)) as connection:
        members = connection.execute(
            "select m.id, m.number, s.id, s.code, m.owner_id, o.code from member m"
            " join store s on s.id = m.store_id join staff o on o.id = m.owner_id order by m.id"
        ).fetchall()
    names = ("member_id", "member", "store_id", "store", "staff_id", "staff")
    return [
        {
            **dict(zip(names, members[number * 7 % len(members)], strict=True)),
            "order": f"N{number:09}",
            "day": f"2026-11-{1 + number % 22:02}",
            "minute": f"{number % 60:02}",
            "amount": 1000 + number * 37 % 90_000,
            "items": 1 + number % 3,
        }
        for number in range(rows)
    ]


def _write(file: Path, lines: list[dict[str, Any]]) -> None:
    with file.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["单号", "会员编号", "消费时间", "门店编号", "接待人工号", "金额", "件数"])
        for line in lines:
            amount = f"{line['amount'] // 100}.{line['amount'] % 100:02}"
            writer.writerow(
                (
                    line["order"],
                    line["member"],
                    f"{line['day']} 11:{line['minute']}",
                    line["store"],
                    line["staff"],
                    amount,
                    line["items"],
                )
            )


def _plain(where: str, lines: list[dict[str, Any]]) -> None:
    rows = iter(
        [
            (
                line["store_id"],
                line["order"],
                line["member_id"],
                f"{line['day']} 03:{line['minute']}:00.000000",
                line["day"],
                line["staff_id"],
                line["amount"],
                line["items"],
            )
            for line in lines
        ]
    )
    with closing(sqlite3.connect(where, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=FULL")
        while batch := list(islice(rows, BATCH)):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(INSERT, batch)
            connection.execute("COMMIT")
