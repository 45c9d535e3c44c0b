"""Proof that records are as they were written: sealed tables, and applications' own seals (R7.4, R15.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from core.handover.proof import Broken, broken
from core.store.again import retried
from core.store.engine import Store
from core.store.seal_check import verify
from core.store.seal_report import NAMED, AuditFinding, AuditReport, Tampering

_KINDS = {
    "altered": Tampering.ALTERED,
    "missing": Tampering.REMOVED,
    "state": Tampering.APPLICATION,
    "members": Tampering.APPLICATION_MEMBERS,
    "gone": Tampering.APPLICATION_REMOVED,
}


@retried()
def verify_all(store: Store, *, expect: str = "", progress: Callable[[int], None] | None = None) -> AuditReport:
    """As `core.store.seal_check.verify`, and every handover application against the seals of its steps."""
    report = verify(store, expect=expect, progress=progress)
    with store.sweep() as c:
        found = [_finding(one) for one in broken(c)]
    if not found:
        return report
    counts = Counter(report.counts) + Counter(one.kind for one in found)
    return replace(report, findings=(*report.findings, *found)[:NAMED], counts=dict(counts))


def _finding(one: Broken) -> AuditFinding:
    kind = _KINDS[one.what]
    whole = kind not in (Tampering.ALTERED, Tampering.REMOVED)
    table = "handover" if whole else "handover_step"
    return AuditFinding(kind, table, one.number if whole else f"{one.number}/{one.place}", one.day)
