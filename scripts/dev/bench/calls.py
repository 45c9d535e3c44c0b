"""Claim, log, next: through core with its audit trail, and the same writes replayed in plain sqlite3."""

from __future__ import annotations

import sqlite3
import statistics
import uuid
from contextlib import closing
from typing import Any

from sqlalchemy import event

from core.base.actor import SHELL
from core.calls.actions import CallForm, log_call
from core.followups.actions import claim_next
from core.followups.worklist import WorklistQuery
from core.people.tables import Staff
from core.store.engine import Store
from scripts.dev.bench.figures import Figure, at_share, elapsed, ms
from scripts.dev.bench.ground import Ground, assistant

OUTCOMES = ("no_answer", "reached", "no_answer", "busy")
Statement = tuple[str, Any, bool]
WRITES = ("insert", "update", "delete", "begin immediate", "commit")


def measure(ground: Ground) -> list[Figure]:
    """Cycles of a caller's work: log the call of the member held, then claim the next one."""
    cycles = ground.rounds + 5
    with ground.copy(ground.planned) as store:
        core, recorded = _through_core(store, cycles)
    with ground.copy(ground.planned) as store, closing(sqlite3.connect(store.where, isolation_level=None)) as raw:
        with store.write(SHELL) as tx:
            tx.update(Staff, assistant(store).staff_id, {"daily_target": 10_000})
        store.close()
        for pragma in ("foreign_keys=ON", "synchronous=FULL", "cache_size=-16000", "temp_store=MEMORY"):
            raw.execute(f"PRAGMA {pragma}")
        plain = [elapsed(lambda cycle=cycle: _replay(raw, cycle)) for cycle in recorded]  # type: ignore[misc]
    core, plain, recorded = core[5:], plain[5:], recorded[5:]  # the first ones compile statements
    median, bare = statistics.median(core), statistics.median(plain)
    writes = statistics.median(len(cycle) for cycle in recorded)
    return [
        Figure(
            "call",
            "claim + log + next through core",
            median * 1000,
            "ms",
            4.0,
            note=f"p95 {ms(at_share(core, 0.95))}",
        ),
        Figure(
            "call",
            "against the same writes in plain sqlite3",
            median / bare,
            "x",
            5.0,
            note=f"{ms(bare)}, {writes:.0f} statements",
        ),
    ]


def _through_core(store: Store, cycles: int) -> tuple[list[float], list[list[Statement]]]:
    with store.write(SHELL) as tx:
        tx.update(Staff, assistant(store).staff_id, {"daily_target": 10_000})
    actor = assistant(store)
    held = claim_next(store, actor, WorklistQuery(), "bench")
    recorded: list[list[Statement]] = []

    def note(_c: Any, _cursor: Any, text: str, parameters: Any, _context: Any, many: bool) -> None:
        if text.lstrip().lower().startswith(WRITES):
            recorded[-1].append((text, parameters, many))

    def commit(_c: Any) -> None:
        recorded[-1].append(("COMMIT", (), False))

    event.listen(store.engine, "before_cursor_execute", note)
    event.listen(store.engine, "commit", commit)
    times = []
    for number in range(cycles):
        if held is None:
            raise RuntimeError("the desk has too few members for so many rounds")
        recorded.append([])
        form = CallForm(
            call_id=str(uuid.uuid5(uuid.NAMESPACE_OID, str(number))),
            number=held.number,
            outcome=OUTCOMES[number % len(OUTCOMES)],
            note="bench",
            reasons=("busy",) if OUTCOMES[number % len(OUTCOMES)] == "reached" else (),
        )
        after: list[Any] = []

        def cycle(form: CallForm = form, after: list[Any] = after) -> None:
            log_call(store, actor, form)
            after.append(claim_next(store, actor, WorklistQuery(), "bench"))

        times.append(elapsed(cycle))
        held = after[0]
    return times, recorded


def _replay(raw: sqlite3.Connection, cycle: list[Statement]) -> None:
    for text, parameters, many in cycle:
        if many:
            raw.executemany(text, parameters)
        else:
            cursor = raw.execute(text, parameters)
            if "returning" in text.lower():
                cursor.fetchall()
