"""Importing purchases: a CSV file through core, and plain executemany (on a server COPY too) of the same rows."""

from __future__ import annotations

import csv
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from core.base.actor import SHELL
from core.imports.importing import import_file
from core.store.engine import Store
from scripts.dev.bench.bare import bare
from scripts.dev.bench.figures import Figure, elapsed
from scripts.dev.bench.ground import Ground

MEMBERS = 20_000
BATCH = 5000
PAIRS = 3
TEXTS = ("goods", "category", "payment", "occasion")
COLUMNS = ("store_id", "order_number", "member_id", "bought_at", "day", "received_by", "amount", "items", *TEXTS)
INSERT = f"insert into purchase ({', '.join(COLUMNS)}) values (?, ?, ?, ?, ?, ?, ?, ?, '', '', '', '')"
COPY = f"copy purchase ({', '.join(COLUMNS)}) from stdin"


def measure(ground: Ground) -> list[Figure]:
    """New purchases for the members of a store of at most 20,000, in turn with the bare inserts."""
    small = ground.smaller(MEMBERS)
    rows = 1000 * small.rounds
    pairs = [_pair(small, rows) for _ in range(PAIRS)]
    core, plain, added = sorted(pairs, key=lambda pair: pair[1] / pair[0])[PAIRS // 2]
    rates = f"{rows / core:,.0f} rows a second against {rows / plain:,.0f}"
    note = f"median of {PAIRS}: {rates}; {added} of {rows} added"
    if ground.driver == "psycopg":
        note += f"; by COPY {rows / _copied(small, rows):,.0f}"
    return [Figure("import", "purchases through core against executemany", plain / core, "x", 0.3, "more", note)]


def _pair(small: Ground, rows: int) -> tuple[float, float, int]:
    """The seconds that the import and the bare inserts took, and how many sales were added."""
    with small.copy("generated") as store, TemporaryDirectory(dir=small.folder) as folder:
        lines = _lines(store, rows)
        file = Path(folder) / "purchases.csv"
        _write(file, lines)
        added = 0

        def bring_in() -> None:
            nonlocal added
            added = import_file(store, SHELL, "purchases", file).added

        core = elapsed(bring_in)
    with small.copy("generated") as store:
        return core, elapsed(lambda: _plain(store, _values(lines))), added


def _copied(small: Ground, rows: int) -> float:
    """The seconds that the server's own way takes for the same rows, as one transaction."""
    with small.copy("generated") as store, bare(store) as raw:
        lines = _lines(store, rows)

        def copy() -> None:
            with raw.raw.cursor().copy(COPY) as sink:
                for line in _values(lines):
                    sink.write_row((*line, *[""] * len(TEXTS)))

        return elapsed(copy)


def _lines(store: Store, rows: int) -> list[dict[str, Any]]:
    with bare(store) as raw:
        members = raw.run(
            "select m.id, m.number, s.id, s.code, m.owner_id, o.code from member m"
            " join store s on s.id = m.store_id join staff o on o.id = m.owner_id order by m.id"
        )
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


def _values(lines: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [
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


def _plain(store: Store, values: list[tuple[Any, ...]]) -> None:
    rows = iter(values)
    with bare(store) as raw:
        while batch := list(islice(rows, BATCH)):
            raw.run(raw.begin)
            raw.run(raw.spelt(INSERT), batch, many=True)
            raw.run("COMMIT")
