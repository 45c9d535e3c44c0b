"""Claim, log, next: through core with its audit trail, and the same locks and writes replayed without it."""

from __future__ import annotations

import statistics
import uuid
from typing import Any

from core.base.actor import SHELL
from core.calls.actions import CallForm, log_call
from core.followups.actions import claim_next
from core.followups.worklist import WorklistQuery
from core.people.tables import Staff
from core.store.engine import Store
from scripts.dev.bench.bare import Statement, bare, noted, writing
from scripts.dev.bench.figures import Figure, at_share, elapsed, ms
from scripts.dev.bench.ground import Ground, assistant

OUTCOMES = ("no_answer", "reached", "no_answer", "busy")
FIRST = 5
"""Cycles that don't count: they compile statements, and a server settles on its plans."""


def measure(ground: Ground) -> list[Figure]:
    """Cycles of a caller's work: log the call of the member held, then claim the next one."""
    with ground.copy("planned") as store:
        core, recorded = _through_core(store, ground.rounds + FIRST)
    with ground.copy("planned") as store:
        _without_target(store)
        store.close()
        with bare(store) as raw:
            plain = [elapsed(lambda cycle=cycle: raw.replay(cycle)) for cycle in recorded]  # type: ignore[misc]
    core, plain, recorded = core[FIRST:], plain[FIRST:], recorded[FIRST:]
    median, least = statistics.median(core), statistics.median(plain)
    writes = statistics.median(len(cycle) for cycle in recorded)
    return [
        Figure(
            "call",
            "claim + log + next through core",
            median * 1000,
            "ms",
            ground.goal(4.0),
            note=f"p95 {ms(at_share(core, 0.95))}",
        ),
        Figure(
            "call",
            f"against the same writes in plain {ground.driver}",
            median / least,
            "x",
            5.0,
            note=f"{ms(least)}, p95 {ms(at_share(plain, 0.95))}, {writes:.0f} statements",
        ),
    ]


def _without_target(store: Store) -> None:
    with store.write(SHELL) as tx:
        tx.update(Staff, assistant(store).staff_id, {"daily_target": 10_000})


def _through_core(store: Store, cycles: int) -> tuple[list[float], list[list[Statement]]]:
    _without_target(store)
    actor = assistant(store)
    held = claim_next(store, actor, WorklistQuery(), "bench")
    recorded: list[list[Statement]] = []
    times = []
    with noted(store) as statements:
        for number in range(cycles):
            if held is None:
                raise RuntimeError("the desk has too few members for so many rounds")
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
            recorded.append(writing(statements))
            statements.clear()
            held = after[0]
    return times, recorded
