"""Sealing the append-only records, so that tampering shows without slowing a write (R15.2, R7.4).

Rows are written as they come; a seal is made for many at a time, when a day is planned or when asked for. Each
names the one before it, and the newest is named in the audit trail too, so that it can't vanish unseen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.actor import Actor
from core.base.errors import StoreTrouble
from core.base.language import N_
from core.store.again import retried
from core.store.engine import Store
from core.store.sealed_rows import (
    AUDIT,
    NOTHING,
    Days,
    Kept,
    Row,
    digest_of,
    expected_keys,
    kept_tables,
    marks_of,
    moment_text,
    numbered,
    of_spine,
    packed,
)
from core.store.tables import APPEND_ONLY, Deed, Seal

SEAL: sa.Table = Seal.__table__  # type: ignore[attr-defined]
SEALED = tuple(name for name in APPEND_ONLY if name != "seal")
"""The tables that are sealed; the seals themselves are held together by their chain."""

FIRST = "0" * 64
"""What the first seal names as the one before it."""

AT_ONCE = 10_000
"""Rows of a seal at most: what a check holds in memory."""

NOTE = "digest"
"""The field of the audit entry that names the newest seal."""

_BATCHES = 10
_LOCK = 0x48554948  # the advisory lock on PostgreSQL under which one terminal seals
_WAIT = "1s"  # a seal can wait for another day: it must not keep callers waiting


@dataclass(frozen=True, slots=True)
class SealResult:
    """How many rows were sealed now, by table, and the newest seal: its number, digest and moment."""

    rows: dict[str, int]
    number: int
    digest: str
    sealed_at: datetime | None


@retried(idempotent=True)
def seal(store: Store, actor: Actor, progress: Callable[[int], None] | None = None) -> SealResult:
    """Seal every row written so far that is not yet sealed; `progress` is told the rows done.

    Call it outside of other transactions. Raises StoreTrouble "store.busy" where others write for longer than
    a second (PostgreSQL), and "seal.broken" where the newest seals were tampered with.
    """
    sealed_at = store.clock.now()
    horizon = _horizon(store, actor)
    counts: dict[str, int] = {}
    while batch := _batch(store, actor, horizon, sealed_at):
        with store.write(actor, why="seal") as tx:
            if not store.is_sqlite:
                tx.connection.execute(sa.text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            if _newest(tx.connection)[0] != batch[0]["id"] - 1:
                break  # another terminal sealed the same rows meanwhile
            tx.connection.execute(sa.insert(SEAL), batch)
            tx.note(Deed.INSERT, Seal, str(batch[-1]["id"]), field=NOTE, new=batch[-1]["digest"])
        for part in batch:
            counts[part["table_name"]] = counts.get(part["table_name"], 0) + part["row_count"]
        if progress is not None:
            progress(sum(counts.values()))
    store.closed_until = None
    with store.read() as c:
        number, digest, at = _newest(c)
    return SealResult(counts, number, digest, at)


@retried()
def _horizon(store: Store, actor: Actor) -> int:
    """The last number of the trail below which nobody can still add an entry.

    Entries are written just before their commit, so that nobody waits long. No other table is locked: a writer
    that holds one and wants the next would be in a deadlock.
    """
    if store.is_sqlite:
        with store.read() as c:
            return int(c.execute(sa.text("select coalesce(max(id), 0) from audit_entry")).scalar_one())
    with store.write(actor, why="seal") as tx:
        tx.connection.execute(sa.text(f"set local lock_timeout = '{_WAIT}'"))
        return int(tx.connection.execute(sa.text("select huifang_audit_horizon()")).scalar_one())


def _newest(c: Connection) -> tuple[int, str, datetime | None]:
    row = c.execute(
        sa.select(SEAL.c.id, SEAL.c.digest, SEAL.c.sealed_at).order_by(SEAL.c.id.desc()).limit(1)
    ).first()
    return (row.id, row.digest, row.sealed_at) if row else (0, FIRST, None)


def last_sealed(c: Connection) -> int:
    """The last number of the trail that a seal covers, 0 for none. Raises StoreTrouble "seal.broken"."""
    last = c.execute(
        sa.select(SEAL.c.last_key).where(SEAL.c.table_name == AUDIT).order_by(SEAL.c.id.desc()).limit(1)
    ).scalar()
    try:
        return int(last or 0)
    except ValueError:
        raise StoreTrouble(
            "seal.broken", N_("The seals of the records were tampered with: run `huifang audit verify`.")
        ) from None


def _batch(store: Store, actor: Actor, horizon: int, sealed_at: datetime) -> list[dict[str, Any]]:
    """The next seals, as rows of their table; empty where there is nothing left to seal."""
    with store.read() as c:
        tables = kept_tables(c, SEALED)
        number, previous, _ = _newest(c)
        if not _something_new(c, horizon):
            return []
        batch: list[dict[str, Any]] = []
        for part in _parts(c, tables, horizon):
            number += 1
            batch.append(_sealed(part, number, previous, actor, sealed_at))
            previous = batch[-1]["digest"]
        return batch


def _something_new(c: Connection, horizon: int) -> bool:
    """Whether there is more to seal than the entries that earlier seals made themselves."""
    fresh = sa.text(
        "select 1 from audit_entry where id > :last and id <= :horizon and table_name <> 'seal' limit 1"
    )
    last = last_sealed(c)
    return c.execute(fresh, {"last": last, "horizon": horizon}).first() is not None


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one day and one table, to be sealed together."""

    kept: Kept
    day: date
    keys: list[str]
    digests: list[bytes]


def _parts(c: Connection, tables: Mapping[str, Kept], horizon: int) -> Iterator[Part]:
    days, kept, last = Days(), tables[AUDIT], last_sealed(c)
    where = kept.columns.index("at")
    for _ in range(_BATCHES):
        found = numbered(c, kept, kept.columns, after=last, until=horizon, limit=AT_ONCE)
        if not found:
            return
        last = int(found[-1].key)
        for day, group in groupby(found, partial(_day, days, where)):
            run = list(group)
            yield Part(kept, day, [row.key for row in run], [row.digest for row in run])
            yield from _followers(c, tables, day, run)


def _day(days: Days, where: int, row: Row) -> date:
    return days.of(row.values[where])


def _followers(c: Connection, tables: Mapping[str, Kept], day: date, run: Sequence[Row]) -> Iterator[Part]:
    """The rows of other tables that these audit entries say were added."""
    for kept in tables.values():
        spine_keys = [] if kept.numbered else added_keys(tables[AUDIT].columns, run, kept.spine)
        for start in range(0, len(spine_keys), AT_ONCE // 2):
            some = spine_keys[start : start + AT_ONCE // 2]
            found = of_spine(c, kept, kept.columns, some)
            keys = expected_keys(kept, some, found)
            yield Part(kept, day, keys, [found[key].digest if key in found else NOTHING for key in keys])


def added_keys(columns: Sequence[str], entries: Iterable[Row], table: str) -> list[str]:
    """The keys of the rows that audit entries (with those columns) say were added to a table."""
    deed, name, key, field = (columns.index(column) for column in ("deed", "table_name", "row_key", "field"))
    return list(
        dict.fromkeys(
            str(row.values[key])
            for row in entries
            if row.values[name] == table and row.values[deed] == Deed.INSERT.value and row.values[field] == ""
        )
    )


def _sealed(part: Part, number: int, previous: str, actor: Actor, sealed_at: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {
        "id": number,
        "sealed_at": sealed_at,
        "sealed_by": actor.code,
        "table_name": part.kept.name,
        "day": part.day,
        "first_key": part.keys[0],
        "last_key": part.keys[-1],
        "row_count": sum(digest != NOTHING for digest in part.digests),
        "column_names": ",".join(part.kept.columns),
        "rows_digest": digest_of(part.digests),
        "previous": previous,
        "keys": packed(part.keys),
        "marks": marks_of(part.digests),
    }
    shown = {**values, "sealed_at": moment_text(sealed_at), "day": part.day.isoformat()}
    return {**values, "digest": own_digest(shown)}


def own_digest(values: Mapping[str, Any]) -> str:
    """The digest of a seal over its other columns, with days and moments as text."""
    names = [column.name for column in SEAL.columns if column.name not in ("digest", "keys", "marks")]
    blobs = [hashlib.sha256(bytes(values[name])).hexdigest() for name in ("keys", "marks")]
    return hashlib.sha256(json.dumps([*(values[name] for name in names), *blobs]).encode()).hexdigest()
