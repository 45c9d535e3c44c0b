"""Verifying the sealed records: every seal in order, its rows worked out again, the first wrong one named (R15.2).

One pass in constant memory. It reads tables as they are, trusts no trigger, and changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.store.engine import Store
from core.store.guards import unguarded
from core.store.seal_report import NAMED, AuditReport, Findings, Tampering
from core.store.sealed_rows import (
    AUDIT,
    NOTHING,
    Kept,
    Row,
    digest_of,
    expected_keys,
    is_marked,
    kept_tables,
    mark_at,
    moment_of,
    nothing_key,
    numbered,
    of_spine,
    unpacked,
)
from core.store.seals import AT_ONCE, FIRST, SEAL, SEALED, added_keys, own_digest
from core.store.tables import APPEND_ONLY, Deed
from core.store.trail_check import TrailCheck

_SEALS_AT_ONCE = 20


def verify(store: Store, *, expect: str = "", progress: Callable[[int], None] | None = None) -> AuditReport:
    """Prove that the sealed records are as they were written; `progress` is told the rows done.

    `expect` is the digest (or its beginning) of a seal that was noted elsewhere, which must still be in the chain.
    """
    with store.sweep() as c:
        return _Verification(c, progress).whole(expect.strip().lower())


@dataclass
class _Verification:
    """One verification: what was found, and how far the seals reach."""

    c: Connection
    progress: Callable[[int], None] | None
    found: Findings = field(default_factory=Findings)
    rows: Counter[str] = field(default_factory=Counter)
    there: Counter[str] = field(default_factory=Counter)
    digests: dict[int, str] = field(default_factory=dict)
    doubted: set[int] = field(default_factory=set)
    reached: dict[str, int | None] = field(default_factory=dict)
    run_at: datetime | None = None

    def __post_init__(self) -> None:
        self.trail = TrailCheck(self.c, self.found)

    def whole(self, expect: str) -> AuditReport:
        """Everything in order: the tables, the seals with their rows, what is not yet sealed, and the anchors."""
        self.tables = kept_tables(self.c, SEALED)
        seals = kept_tables(self.c, ["seal"])
        for name in unguarded(self.c):
            self.found.tell(Tampering.UNGUARDED, name, "", None)
        for name in APPEND_ONLY:
            if name not in self.tables and name not in seals:
                self.found.tell(Tampering.TABLE_CHANGED, name, "-", None)
        if AUDIT not in self.tables or not seals:
            return self.report(0, expect)
        self.trail.read_moved()
        previous, number = FIRST, 0
        for seal in self.seals(seals["seal"]):
            previous, number = self.seal(seal, previous, number)
        unsealed = self.tail()
        self.anchors(number)
        self.strangers()
        return self.report(unsealed, expect)

    def report(self, unsealed: int, expect: str) -> AuditReport:
        number = max(self.digests, default=0)
        return AuditReport(
            findings=tuple(self.found.named),
            counts=dict(self.found.counts),
            rows=dict(self.rows),
            seals=len(self.digests),
            unsealed=unsealed,
            number=number,
            digest=self.digests.get(number, ""),
            sealed_at=self.run_at,
            expected=any(d.startswith(expect) for d in self.digests.values()) if expect else None,
        )

    # the seals

    def seals(self, kept: Kept) -> Iterator[dict[str, Any]]:
        """Every seal in order, as text, a few at a time."""
        names = [column.name for column in SEAL.columns]
        last = None
        while True:
            query = kept.select(names).order_by(kept.first_key).limit(_SEALS_AT_ONCE)
            page = self.c.execute(query if last is None else query.where(kept.first_key > last)).all()
            for row in page:
                last = row[0]
                yield dict(zip(names, tuple(row)[1:], strict=True))
            if len(page) < _SEALS_AT_ONCE:
                return

    def seal(self, seal: dict[str, Any], previous: str, number: int) -> tuple[str, int]:
        """Check one seal's place in the chain and then its rows; returns what the next one must name."""
        own, table = int(seal["id"]), str(seal["table_name"])
        for missing in range(number + 1, min(own, number + 1 + NAMED)):
            self.found.tell(Tampering.SEAL_REMOVED, "seal", str(missing), None)
            self.doubted.add(missing)
        day = _day(seal["day"])
        if own != number + 1:
            self.reached = dict.fromkeys(self.tables)
        self.digests[own] = str(seal["digest"])
        if not _is_whole(seal) or (own == number + 1 and seal["previous"] != previous):
            self.found.tell(Tampering.SEAL_ALTERED, table, str(own), day)
            self.doubted.add(own)
            self.reached = dict.fromkeys(self.tables)
        elif table in self.tables:
            self.part(seal, self.tables[table], day or date.min)
        return str(seal["digest"]), own

    def part(self, seal: dict[str, Any], kept: Kept, day: date) -> None:
        """Work the rows of a seal out again and compare."""
        sealed_at = moment_of(seal["sealed_at"])
        if sealed_at != self.run_at:
            self.trail.close(self.run_at)
            self.run_at = sealed_at
        columns = seal["column_names"].split(",")
        keys, marks = unpacked(seal["keys"]), seal["marks"]
        gone = [column for column in columns if column not in kept.columns]
        if gone:
            self.found.tell(Tampering.TABLE_CHANGED, kept.name, " ".join(gone), day)
            return
        found = (
            self.sealed_numbers(kept, columns, keys, day)
            if kept.numbered
            else self.sealed_spine(kept, columns, keys)
        )
        self.there[kept.name] += len(found)
        self.rows[kept.name] += seal["row_count"]
        digests = [found[key].digest if key in found else NOTHING for key in keys]
        if len(found) > sum(key in found for key in keys):
            known = set(keys)
            for key in found:
                if key not in known:
                    self.found.tell(Tampering.INSERTED, kept.name, key, day)
        if digest_of(digests) != seal["rows_digest"] or NOTHING in digests:
            self.name(kept, keys, marks, found, day)
        if kept.name == AUDIT:
            self.trail.entries([row for key in keys if (row := found.get(key))], columns, day)
        if self.progress is not None:
            self.progress(sum(self.rows.values()))

    def sealed_numbers(self, kept: Kept, columns: Sequence[str], keys: Sequence[str], day: date) -> dict[str, Row]:
        """The rows between the part before and this one's last number: what was put in between shows."""
        first, last = int(keys[0]), int(keys[-1])
        known = kept.name in self.reached
        reached = self.reached.get(kept.name)
        before = reached if reached is not None else first - 1 if known else 0
        self.reached[kept.name] = last
        found = numbered(self.c, kept, columns, after=before if known else None, until=last)
        self.trail.gaps(kept, before, keys, day)
        return {row.key: row for row in found}

    def sealed_spine(self, kept: Kept, columns: Sequence[str], keys: Sequence[str]) -> dict[str, Row]:
        follows = kept.spine != kept.name
        return of_spine(self.c, kept, columns, [key.partition("/")[0] if follows else key for key in keys])

    def name(self, kept: Kept, keys: Sequence[str], marks: bytes, found: Mapping[str, Row], day: date) -> None:
        """Name the rows of a part that are no longer as they were sealed."""
        follows = kept.spine != kept.name
        for place, key in enumerate(keys):
            row = found.get(key)
            if row is None:
                if not (follows and key == nothing_key(key.partition("/")[0])):
                    self.found.tell(Tampering.REMOVED, kept.name, key, day)
            elif not is_marked(row.digest, mark_at(marks, place)):
                self.found.tell(Tampering.ALTERED, kept.name, key, day)

    # what no seal covers yet

    def tail(self) -> int:
        """What no seal covers yet: gaps, late rows, and rows that the entries say were added."""
        kept = self.tables[AUDIT]
        self.trail.close(self.run_at)
        last = self.reached.get(AUDIT)
        if last is None and AUDIT in self.reached:
            return 0  # the newest seals are broken: where they ended is not known
        unsealed = 0
        while run := numbered(self.c, kept, kept.columns, after=last, limit=AT_ONCE):
            unsealed += len(run)
            day = self.trail.days.of(run[0].values[kept.columns.index("at")])
            self.trail.gaps(kept, last or 0, [row.key for row in run], day)
            self.trail.entries(run, kept.columns, None)
            for other in self.tables.values():
                if not other.numbered:
                    self.unsealed_rows(other, added_keys(kept.columns, run, other.spine))
            last = int(run[-1].key)
        return unsealed

    def unsealed_rows(self, kept: Kept, spine_keys: list[str]) -> None:
        found = of_spine(self.c, kept, (), spine_keys)
        self.there[kept.name] += len(found)
        if kept.spine == kept.name:
            for key in expected_keys(kept, spine_keys, found):
                if key not in found:
                    self.found.tell(Tampering.REMOVED, kept.name, key, None)

    # what must agree

    def anchors(self, number: int) -> None:
        """The audit trail names the newest seal of every sealing: it must be there, and be that one."""
        for noted, digest in self.trail.notes.items():
            if noted in self.doubted:
                continue
            if noted not in self.digests:
                self.found.tell(Tampering.SEAL_REMOVED, "seal", str(noted), None)
            elif self.digests[noted] != digest:
                self.found.tell(Tampering.SEAL_ALTERED, "seal", str(noted), None)
        if number and number not in self.trail.notes and number not in self.doubted and not self.doubted:
            self.found.tell(Tampering.REMOVED, AUDIT, "-", None)

    def strangers(self) -> None:
        """Rows of the other tables of which the audit trail knows nothing."""
        if self.doubted:
            return
        for kept in self.tables.values():
            if not kept.numbered:
                total = self.c.execute(sa.select(sa.func.count()).select_from(sa.table(kept.name))).scalar_one()
                if total > self.there[kept.name] and not self.unknown(kept):
                    self.found.tell(Tampering.INSERTED, kept.name, "-", None)

    def unknown(self, kept: Kept) -> int:
        """Name the rows that no audit entry says were added."""
        entry = sa.table(AUDIT, sa.column("table_name"), sa.column("row_key"), sa.column("deed"))
        own = sa.cast(sa.literal_column(f'"{kept.name}"."{kept.key[0]}"'), sa.String())
        known = (
            sa.select(sa.literal(1))
            .select_from(entry)
            .where(
                entry.c.table_name == kept.spine,
                entry.c.row_key == own,
                entry.c.deed == Deed.INSERT.value,
            )
        )
        query = kept.select(()).where(~known.exists()).order_by(kept.first_key).limit(NAMED)
        rows = self.c.execute(query).all()
        for row in rows:
            self.found.tell(Tampering.INSERTED, kept.name, "/".join(str(part) for part in row), None)
        return len(rows)


def _is_whole(seal: Mapping[str, Any]) -> bool:
    try:
        return bool(own_digest(seal) == seal["digest"])
    except (TypeError, ValueError):  # a value of another kind was put in its place
        return False


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None
