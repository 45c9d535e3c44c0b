"""The first 50 rows of a worklist: through core, and the same statements in plain sqlite3."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from core.followups.worklist import WorklistQuery, worklist
from scripts.dev.bench.figures import Figure, ms, taking_turns
from scripts.dev.bench.ground import Ground, assistant


def measure(ground: Ground) -> list[Figure]:
    """Core's reading of the list against its own statements run bare."""
    with ground.copy(ground.planned) as store:
        actor = assistant(store)
        query = WorklistQuery(limit=50)
        statements: list[tuple[str, Any]] = []

        def note(_c: Any, _cursor: Any, text: str, parameters: Any, _context: Any, _many: bool) -> None:
            statements.append((text, parameters))

        event.listen(store.engine, "before_cursor_execute", note)
        rows = len(worklist(store, actor, query).rows)
        event.remove(store.engine, "before_cursor_execute", note)
        with closing(sqlite3.connect(store.where, isolation_level=None)) as raw:
            raw.execute("PRAGMA cache_size=-16000")
            raw.execute("PRAGMA temp_store=MEMORY")

            def plain() -> None:
                for text, parameters in statements:
                    raw.execute(text, parameters).fetchall()
                raw.execute("ROLLBACK")

            core, bare = taking_turns(ground.rounds, lambda: worklist(store, actor, query), plain)
        with store.read() as connection:
            due = connection.execute(
                sa.text(
                    "select count(*) from follow_up where state = 'open' and assignee_id = :id and due_on <= :on"
                ),
                {"id": actor.staff_id, "on": "2026-11-23"},
            ).scalar_one()
    note_text = f"{rows} rows of a desk with {due} due"
    return [
        Figure("worklist", "first 50 rows through core", core * 1000, "ms", 2.0, note=note_text),
        Figure("worklist", "against plain sqlite3", core / bare, "x", note=ms(bare)),
    ]
