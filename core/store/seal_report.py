"""What a verification of the sealed records found, and how it is said (R15.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from core.base.language import N_

NAMED = 50
"""Findings that are named; all are counted."""


class Tampering(StrEnum):
    """What was found."""

    ALTERED = "altered"
    REMOVED = "removed"
    INSERTED = "inserted"
    SEAL_ALTERED = "seal altered"
    SEAL_REMOVED = "seal removed"
    TABLE_CHANGED = "table changed"
    UNGUARDED = "unguarded"
    APPLICATION = "application altered"
    APPLICATION_MEMBERS = "application's members altered"
    APPLICATION_REMOVED = "application removed"
    LATE = "late"


_SENTENCES = {
    Tampering.ALTERED: N_("{table} {key} of {day} was altered after it was written."),
    Tampering.REMOVED: N_("{table} {key} of {day} was removed."),
    Tampering.INSERTED: N_("{table} {key} of {day} was put in behind the program's back."),
    Tampering.SEAL_ALTERED: N_("Seal {key} of {day} was altered: what it sealed of {table} can't be vouched for."),
    Tampering.SEAL_REMOVED: N_("Seal {key} was removed: what it sealed can't be vouched for."),
    Tampering.TABLE_CHANGED: N_("The table {table} is not as it was when its rows were sealed: {key}."),
    Tampering.UNGUARDED: N_("The records in {table} are not protected against change: a trigger is missing."),
    Tampering.APPLICATION: N_(
        "The handover application {key} does not stand where its last step of {day} left it."
    ),
    Tampering.APPLICATION_MEMBERS: N_(
        "The handover application {key} or its members are not as its last step of {day} sealed them."
    ),
    Tampering.APPLICATION_REMOVED: N_("The handover application {key} was removed; steps of it are still there."),
    Tampering.LATE: N_(
        "{table} {key} is dated {day}, a day sealed before: the clock stood back when it was written."
    ),
}


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """One thing found; worded by `words.say(f.template, **f.params)`. A `harmless` one is no tampering."""

    kind: Tampering
    table: str
    key: str
    day: date | None

    @property
    def harmless(self) -> bool:
        """Whether this is only worth knowing."""
        return self.kind is Tampering.LATE

    @property
    def template(self) -> str:
        """The sentence that says it."""
        return _SENTENCES[self.kind]

    @property
    def params(self) -> dict[str, object]:
        """What stands in the sentence."""
        return {"table": self.table, "key": self.key, "day": self.day or "?"}


@dataclass
class Findings:
    """Findings as they come: the first `NAMED` of them, and how many of each kind."""

    named: list[AuditFinding] = field(default_factory=list)
    counts: Counter[Tampering] = field(default_factory=Counter)

    def tell(self, kind: Tampering, table: str, key: str, day: date | None) -> None:
        """Take one down; `date.min` stands for a day that is not known."""
        self.counts[kind] += 1
        if len(self.named) < NAMED:
            self.named.append(AuditFinding(kind, table, key, day if day != date.min else None))


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What a verification found: the first `NAMED` findings in the order of the records, and all counted.

    `rows` counts the sealed rows by table, `unsealed` the entries that no seal covers yet; `number`, `digest`
    and `sealed_at` (UTC) are the newest seal's.
    """

    findings: tuple[AuditFinding, ...]
    counts: Mapping[Tampering, int]
    rows: Mapping[str, int]
    seals: int
    unsealed: int
    number: int
    digest: str
    sealed_at: datetime | None
    expected: bool | None

    @property
    def ok(self) -> bool:
        """Whether nothing was tampered with, and the expected seal, where one was named, is there."""
        return self.expected is not False and not set(self.counts) - {Tampering.LATE}

    @property
    def first(self) -> AuditFinding | None:
        """The first altered, removed or inserted row or seal; without one, what else is wrong."""
        rows = [f for f in self.findings if f.kind not in (Tampering.UNGUARDED, Tampering.LATE)]
        wrong = [f for f in self.findings if not f.harmless]
        return next(iter(rows or wrong), None)
