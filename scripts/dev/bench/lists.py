"""The first 50 rows of a worklist: through core, and the same statements without it."""

from __future__ import annotations

from core.followups.worklist import WorklistQuery, worklist
from core.store.sql import statement
from scripts.dev.bench.bare import bare, noted
from scripts.dev.bench.figures import Figure, ms, taking_turns
from scripts.dev.bench.ground import Ground, assistant
from scripts.dev.generate import DEFAULT_DAY

DUE = "select count(*) from follow_up where state = 'open' and assignee_id = :id and due_on <= :day"


def measure(ground: Ground) -> list[Figure]:
    """Core's reading of the list against its own statements run bare."""
    with ground.copy("planned") as store:
        actor = assistant(store)
        query = WorklistQuery(limit=50)
        with noted(store) as statements:
            rows = len(worklist(store, actor, query).rows)
        with bare(store) as raw:
            core, plain = taking_turns(
                ground.rounds, lambda: worklist(store, actor, query), lambda: raw.replay(statements)
            )
        with store.read() as c:
            due = c.execute(statement(DUE, days=("day",)), {"id": actor.staff_id, "day": DEFAULT_DAY}).scalar_one()
    said = f"{rows} rows of a desk with {due} due"
    return [
        Figure("worklist", "first 50 rows through core", core * 1000, "ms", ground.goal(2.0), note=said),
        Figure("worklist", f"against plain {ground.driver}", core / plain, "x", note=ms(plain)),
    ]
