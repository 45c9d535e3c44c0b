"""The audit trail itself while records are verified: gaps, late entries, what it says of seals (R15.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.store.seal_report import NAMED, Findings, Tampering
from core.store.sealed_rows import AUDIT, Days, Kept, Row, closed_by, moment_of
from core.store.seals import NOTE
from core.store.sql import statement
from core.store.transaction import LATE, MOVED


@dataclass
class TrailCheck:
    """What is known of the trail so far: its `notes` of seals by number, and until when the days are `closed`."""

    c: Connection
    found: Findings
    notes: dict[int, str] = field(default_factory=dict)
    days: Days = field(default_factory=Days)
    closed: datetime | None = None
    marked: tuple[str, bool] = ("", False)
    moved: int = 0

    def close(self, sealed_at: datetime | None) -> None:
        """A seal made at that moment closed the days before it; None for no seal."""
        self.closed = closed_by(sealed_at) if sealed_at else None

    def gaps(self, kept: Kept, before: int, keys: Sequence[str], day: date) -> None:
        """SQLite gives every number: one that is missing was removed before it could be sealed.

        What was moved here from a server had been sealed there, and a server leaves numbers out.
        """
        if self.c.dialect.name != "sqlite" or int(keys[-1]) - before == len(keys):
            return
        for key in keys:
            before = max(before, min(self.moved, int(key) - 1))
            for number in range(before + 1, min(int(key), before + 1 + NAMED)):
                self.found.tell(Tampering.REMOVED, kept.name, str(number), day)
            before = int(key)

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
                self.found.tell(kind, AUDIT, row.key, self.days.of(row.values[at]))

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

    def read_moved(self) -> None:
        """Find the last number of the trail that came here from another database, 0 where it never moved."""
        query = sa.text("select new from audit_entry where table_name = 'audit_entry' and field = :moved")
        numbers = self.c.execute(query, {"moved": MOVED}).scalars()
        self.moved = max((int(number) for number in numbers if str(number).isdigit()), default=0)
