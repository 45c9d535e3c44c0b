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
from core.store.seal_report import NAMED, AuditFinding, AuditReport, Tampering
from core.store.sealed_rows import (
    AUDIT,
    NOTHING,
    Days,
    Kept,
    Row,
    closed_by,
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
from core.store.seals import AT_ONCE, FIRST, NOTE, SEAL, SEALED, added_keys, own_digest
from core.store.sql import statement
from core.store.tables import APPEND_ONLY, Deed
from core.store.transaction import LATE, MOVED

_SEALS_AT_ONCE = 20


def verify(store: Store, *, expect: str = "", progress: Callable[[int], None] | None = None) -> AuditReport:
    """Prove that the sealed records are as they were written; `progress` is told the rows done.

    `expect` is the digest (or its beginning) of a seal that was noted elsewhere, which must still be in the chain.
    """
    with store.read() as c:
        return _Verification(c, progress).whole(expect.strip().lower())


@dataclass
class _Verification:
    """One verification: what was found, and how far the seals reach."""

    c: Connection
    progress: Callable[[int], None] | None
    found: list[AuditFinding] = field(default_factory=list)
    counts: Counter[Tampering] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    there: Counter[str] = field(default_factory=Counter)
    digests: dict[int, str] = field(default_factory=dict)
    doubted: set[int] = field(default_factory=set)
    notes: dict[int, str] = field(default_factory=dict)
    reached: dict[str, int | None] = field(default_factory=dict)
    days: Days = field(default_factory=Days)
    closed: datetime | None = None
    run_at: datetime | None = None
    marked: tuple[str, bool] = ("", False)
    moved: int = 0

    def whole(self, expect: str) -> AuditReport:
        """Everything in order: the tables, the seals with their rows, what is not yet sealed, and the anchors."""
        self.tables = kept_tables(self.c, SEALED)
        seals = kept_tables(self.c, ["seal"])
        for name in unguarded(self.c):
            self.tell(Tampering.UNGUARDED, name, "", None)
        for name in APPEND_ONLY:
            if name not in self.tables and name not in seals:
                self.tell(Tampering.TABLE_CHANGED, name, "-", None)
        if AUDIT not in self.tables or not seals:
            return self.report(0, expect)
        self.moved = self.moved_until()
        previous, number = FIRST, 0
        for seal in self.seals(seals["seal"]):
            previous, number = self.seal(seal, previous, number)
        unsealed = self.tail()
        self.anchors(number)
        self.strangers()
        return self.report(unsealed, expect)

    def tell(self, kind: Tampering, table: str, key: str, day: date | None) -> None:
        self.counts[kind] += 1
        if len(self.found) < NAMED:
            self.found.append(AuditFinding(kind, table, key, day if day != date.min else None))

    def report(self, unsealed: int, expect: str) -> AuditReport:
        number = max(self.digests, default=0)
        return AuditReport(
            findings=tuple(self.found),
            counts=dict(self.counts),
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
            self.tell(Tampering.SEAL_REMOVED, "seal", str(missing), None)
            self.doubted.add(missing)
        day = _day(seal["day"])
        if own != number + 1:
            self.reached = dict.fromkeys(self.tables)
        self.digests[own] = str(seal["digest"])
        if not _is_whole(seal) or (own == number + 1 and seal["previous"] != previous):
            self.tell(Tampering.SEAL_ALTERED, table, str(own), day)
            self.doubted.add(own)
            self.reached = dict.fromkeys(self.tables)
        elif table in self.tables:
            self.part(seal, self.tables[table], day or date.min)
        return str(seal["digest"]), own

    def part(self, seal: dict[str, Any], kept: Kept, day: date) -> None:
        """Work the rows of a seal out again and compare."""
        sealed_at = moment_of(seal["sealed_at"])
        if sealed_at != self.run_at:
            self.closed = closed_by(self.run_at) if self.run_at else None
            self.run_at = sealed_at
        columns = seal["column_names"].split(",")
        keys, marks = unpacked(seal["keys"]), seal["marks"]
        gone = [column for column in columns if column not in kept.columns]
        if gone:
            self.tell(Tampering.TABLE_CHANGED, kept.name, " ".join(gone), day)
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
                    self.tell(Tampering.INSERTED, kept.name, key, day)
        if digest_of(digests) != seal["rows_digest"] or NOTHING in digests:
            self.name(kept, keys, marks, found, day)
        if kept.name == AUDIT:
            self.entries([row for key in keys if (row := found.get(key))], columns, day)
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
        self.gaps(kept, before, keys, day)
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
                    self.tell(Tampering.REMOVED, kept.name, key, day)
            elif not is_marked(row.digest, mark_at(marks, place)):
                self.tell(Tampering.ALTERED, kept.name, key, day)

    def gaps(self, kept: Kept, before: int, keys: Sequence[str], day: date) -> None:
        """SQLite gives every number: one that is missing was removed before it could be sealed.

        What was moved here from a server had been sealed there, and a server leaves numbers out.
        """
        if self.c.dialect.name != "sqlite" or int(keys[-1]) - before == len(keys):
            return
        for key in keys:
            before = max(before, min(self.moved, int(key) - 1))
            for number in range(before + 1, min(int(key), before + 1 + NAMED)):
                self.tell(Tampering.REMOVED, kept.name, str(number), day)
            before = int(key)

    # the audit trail itself

    def entries(self, run: Sequence[Row], columns: Sequence[str], day: date | None) -> None:
        """Take down what entries say of seals, and see whether they came after their day was closed."""
        at, name, row_key, entry_field, new = (
            columns.index(column) for column in ("at", "table_name", "row_key", "field", "new")
        )
        for row in run:
            values = row.values
            if values[name] == "seal" and values[entry_field] == NOTE and str(values[row_key]).isdigit():
                self.notes[int(values[row_key])] = str(values[new])
        if self.closed is None or (day is not None and day >= self.closed_day):
            return
        for row in run:
            moment = moment_of(row.values[at])
            if moment is None or moment < self.closed:
                kind = Tampering.LATE if self.is_marked_late(str(row.values[at])) else Tampering.INSERTED
                self.tell(kind, AUDIT, row.key, self.days.of(row.values[at]))

    @property
    def closed_day(self) -> date:
        return self.days.of(f"{self.closed:%Y-%m-%d %H:%M:%S.%f}") if self.closed else date.min

    def is_marked_late(self, at: str) -> bool:
        """Whether the program itself noted that it wrote at that moment with the clock set back."""
        if self.marked[0] != at:
            query = statement(
                "select 1 from audit_entry where at = :at and table_name = 'audit_entry' and field = :late",
                moments=("at",),
            )
            moment = moment_of(at)
            found = moment is not None and self.c.execute(query, {"at": moment, "late": LATE}).first() is not None
            self.marked = (at, found)
        return self.marked[1]

    def moved_until(self) -> int:
        """The last number of the trail that came here from another database, 0 for a store that never moved."""
        query = sa.text("select new from audit_entry where table_name = 'audit_entry' and field = :moved")
        numbers = self.c.execute(query, {"moved": MOVED}).scalars()
        return max((int(number) for number in numbers if str(number).isdigit()), default=0)

    def tail(self) -> int:
        """What no seal covers yet: gaps, late rows, and rows that the entries say were added."""
        kept = self.tables[AUDIT]
        self.closed = closed_by(self.run_at) if self.run_at else None
        last = self.reached.get(AUDIT)
        if last is None and AUDIT in self.reached:
            return 0  # the newest seals are broken: where they ended is not known
        unsealed = 0
        while run := numbered(self.c, kept, kept.columns, after=last, limit=AT_ONCE):
            unsealed += len(run)
            day = self.days.of(run[0].values[kept.columns.index("at")])
            self.gaps(kept, last or 0, [row.key for row in run], day)
            self.entries(run, kept.columns, None)
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
                    self.tell(Tampering.REMOVED, kept.name, key, None)

    # what must agree

    def anchors(self, number: int) -> None:
        """The audit trail names the newest seal of every sealing: it must be there, and be that one."""
        for noted, digest in self.notes.items():
            if noted in self.doubted:
                continue
            if noted not in self.digests:
                self.tell(Tampering.SEAL_REMOVED, "seal", str(noted), None)
            elif self.digests[noted] != digest:
                self.tell(Tampering.SEAL_ALTERED, "seal", str(noted), None)
        if number and number not in self.notes and number not in self.doubted and not self.doubted:
            self.tell(Tampering.REMOVED, AUDIT, "-", None)

    def strangers(self) -> None:
        """Rows of the other tables of which the audit trail knows nothing."""
        if self.doubted:
            return
        for kept in self.tables.values():
            if not kept.numbered:
                total = self.c.execute(sa.select(sa.func.count()).select_from(sa.table(kept.name))).scalar_one()
                if total > self.there[kept.name] and not self.unknown(kept):
                    self.tell(Tampering.INSERTED, kept.name, "-", None)

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
            self.tell(Tampering.INSERTED, kept.name, "/".join(str(part) for part in row), None)
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
