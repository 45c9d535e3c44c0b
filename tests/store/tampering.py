"""What somebody with the database's own tools may do to sealed records, and what must be found of it."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg

from core.store.engine import Store

TABLES = ("audit_entry", "call", "call_purpose", "handover_step", "raised_step", "seal")
KEYS = {
    "audit_entry": ("id",),
    "call": ("id",),
    "call_purpose": ("call_id", "follow_up_id"),
    "handover_step": ("id",),
    "raised_step": ("id",),
    "seal": ("id",),
}


class Tools:
    """sqlite3 or psql at hand: the raw driver, guards and foreign keys out of the way."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.sqlite = store.is_sqlite
        self.mark = "?" if self.sqlite else "%s"
        if self.sqlite:
            assert store.file is not None
            self.raw: Any = sqlite3.connect(store.file, isolation_level=None)
            self.raw.execute("pragma foreign_keys=off")
            self.raw.execute("pragma ignore_check_constraints=on")
            self.raw.execute("pragma synchronous=off")
        else:
            url = store.url.set(drivername="postgresql")
            self.raw = psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)
            self.raw.execute("set session_replication_role = replica")

    def close(self) -> None:
        self.raw.close()

    def run(self, statement: str, values: Sequence[object] = ()) -> None:
        self.raw.execute(statement.replace("?", self.mark), values)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """Every row, by key."""
        order = ", ".join(KEYS[table])
        cursor = self.raw.execute(f'select * from "{table}" order by {order}')
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def drop_guards(self) -> None:
        for table in TABLES:
            if self.sqlite:
                self.run(f"drop trigger {table}_no_update")
                self.run(f"drop trigger {table}_no_delete")
            else:
                self.run(f'drop trigger {table}_append_only on "{table}"')

    def change(self, table: str, row: dict[str, Any], changes: dict[str, Any]) -> None:
        where = " and ".join(f"{key} = ?" for key in KEYS[table])
        names = ", ".join(f'"{name}" = ?' for name in changes)
        self.run(f'update "{table}" set {names} where {where}', [*changes.values(), *self.key(table, row)])

    def remove(self, table: str, row: dict[str, Any]) -> None:
        where = " and ".join(f"{key} = ?" for key in KEYS[table])
        self.run(f'delete from "{table}" where {where}', self.key(table, row))

    def add(self, table: str, row: dict[str, Any]) -> None:
        names = ", ".join(f'"{name}"' for name in row)
        self.run(f'insert into "{table}" ({names}) values ({", ".join("?" * len(row))})', list(row.values()))

    @staticmethod
    def key(table: str, row: dict[str, Any]) -> list[Any]:
        return [row[name] for name in KEYS[table]]

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Put every sealed table back as it was, afterwards."""
        before = {table: self.rows(table) for table in TABLES}
        try:
            yield
        finally:
            self.raw.execute("begin")
            for table, rows in before.items():
                if self.rows(table) != rows:
                    self.run(f'delete from "{table}"')
                    for row in rows:
                        self.add(table, row)
            self.raw.execute("commit")


@dataclass(frozen=True, slots=True)
class Edit:
    """What was done, and the kinds, table and key (empty: not to be known) that a check must name."""

    what: str
    table: str
    key: str
    kinds: tuple[str, ...]


def random_edit(tools: Tools, chance: random.Random, sealed_until: dict[str, Any]) -> Edit:
    """Do one thing to the sealed records behind the program's back."""
    deed = chance.choice(["alter", "alter", "alter", "remove", "insert", "swap", "seal"])
    if deed == "seal":
        return _edit_seal(tools, chance)
    table = chance.choice(TABLES[:-1])
    rows = [row for row in tools.rows(table) if table != "audit_entry" or row["id"] <= sealed_until["audit_entry"]]
    row = chance.choice(rows)
    key = "/".join(str(part) for part in tools.key(table, row))
    if deed == "alter":
        name = chance.choice(list(row))
        tools.change(table, row, {name: _other(chance, row[name], table, name, rows)})
        kinds = ("removed", "inserted") if name in KEYS[table] else ("altered",)
        return Edit(f"{deed} {table}.{name}", table, key, kinds)
    if deed == "remove":
        tools.remove(table, row)
        return Edit(f"{deed} {table}", table, key, ("removed",))
    if deed == "insert":
        fresh = _another(chance, tools, table, row)
        tools.add(table, fresh)
        return Edit(f"{deed} {table}", table, "/".join(map(str, tools.key(table, fresh))), ("inserted",))
    other = chance.choice([r for r in rows if r is not row])
    names = [name for name in row if name not in KEYS[table]]
    if table in ("handover_step", "raised_step"):
        names.remove("place")
    mine, theirs = {n: row[n] for n in names}, {n: other[n] for n in names}
    if mine == theirs:
        tools.remove(table, row)
        return Edit(f"remove {table}", table, key, ("removed",))
    tools.change(table, row, theirs | ({"corrects": None} if "corrects" in theirs else {}))
    tools.change(table, other, mine)
    return Edit(f"{deed} {table}", table, "", ("altered",))


def _edit_seal(tools: Tools, chance: random.Random) -> Edit:
    rows = tools.rows("seal")
    row = chance.choice([*rows, rows[-1]])
    if chance.random() < 0.4:
        tools.remove("seal", row)
        return Edit("remove seal", "", "", ("seal removed",))
    if chance.random() < 0.2:
        for gone in rows[rows.index(row) :]:
            tools.remove("seal", gone)
        return Edit("remove seals from there on", "", "", ("seal removed",))
    name = chance.choice(list(row))
    tools.change("seal", row, {name: _other(chance, row[name], "seal", name, rows)})
    return Edit(f"alter seal.{name}", "", "", ("seal altered", "seal removed"))


def _another(chance: random.Random, tools: Tools, table: str, row: dict[str, Any]) -> dict[str, Any]:
    fresh = dict(row)
    match table:
        case "audit_entry":
            last = max(r["id"] for r in tools.rows(table))
            fresh["id"] = chance.choice([last + 1, -5, 0])
        case "handover_step" | "raised_step":
            fresh |= {"id": max(r["id"] for r in tools.rows(table)) + 1, "place": 99}
        case "call":
            fresh["id"] = f"{chance.getrandbits(64):032x}"
        case _:
            fresh["follow_up_id"] = 10_000 + chance.randrange(100)
    return fresh


def _other(chance: random.Random, value: Any, table: str, name: str, rows: list[dict[str, Any]]) -> Any:
    """Another value that the column takes."""
    from datetime import datetime, timedelta

    if name == "deed":
        return chance.choice([d for d in ("insert", "update", "delete", "bulk") if d != value])
    if name == "act":
        return "review" if table == "handover_step" else "accept"
    if name == "state":
        return "draft" if table == "handover_step" else "closed"
    if name == "corrects":
        return next(row["id"] for row in rows if row["corrects"] is None)
    if isinstance(value, bool):
        return not value
    if name in ("covered", "reached", "told"):
        return 1 - value
    if name == "score" or (name in ("goods", "place", "service", "price") and table == "call"):
        return chance.randint(1, 5)
    if isinstance(value, int):
        return value + chance.choice([1000, 5000])
    if isinstance(value, datetime):
        return value + timedelta(microseconds=chance.choice([1, 86_400_000_000]))
    if isinstance(value, date):
        return value + timedelta(days=1)
    if isinstance(value, bytes):
        return value[:-1] + bytes([value[-1] ^ 1])
    if name in ("at", "stored_at", "started_at", "ended_at", "sealed_at"):
        return str(value).replace("2026", "2025")
    if name == "day":
        return "2025-01-01"
    if value is None and name.endswith("_id"):
        return 77
    if value is None and name in ("callback_at", "promised_at"):
        return "2026-01-01 00:00:00.000000"
    return f"{value or ''}x"
