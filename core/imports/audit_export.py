"""The audit trail as a file, for a purpose that is on record itself (R15.2, R15.5)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from core.base.actor import Actor
from core.base.clock import DEFAULT_ZONE, zone
from core.base.errors import BadInput, Cancelled
from core.base.language import N_, Catalogue
from core.base.text import clean
from core.imports.outlets import Cell, outlet
from core.members.trail import TrailQuery, trail
from core.members.trail_words import DEEDS, TABLES, AuditLine, field_words
from core.people.access import Right, reach
from core.store.again import retried
from core.store.engine import Store
from core.store.tables import AuditEntry, Deed

TELL_EVERY = 1000


@retried()
def export_trail(
    store: Store,
    actor: Actor,
    path: Path | str,
    query: TrailQuery,
    *,
    purpose: str,
    words: Catalogue,
    progress: Callable[[int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> int:
    """Write the entries that the actor may see to a CSV or XLSX file; returns how many.

    Times are the default time zone's. Raises NotAllowed, BadInput for a missing purpose or an unwritable file,
    Cancelled (no file then).
    """
    reach(actor, Right.EXPORT)
    reach(actor, Right.SEE_AUDIT)
    reason = clean(purpose)
    if not reason:
        raise BadInput(
            "export.purpose", N_("Say what the export is for: the purpose is kept on record."), field="purpose"
        )
    target, count = Path(path), 0
    lines = trail(store, actor, query)
    with closing(lines), outlet(target, _headings(words)) as (out, keep):
        for line in lines:
            out.row(_record(line, words))
            count += 1
            if count % TELL_EVERY == 0:
                if cancelled is not None and cancelled():
                    raise Cancelled("export.cancelled", N_("The export was stopped; no file was written."))
                if progress is not None:
                    progress(count)
        with store.write(actor, why=reason) as tx:
            tx.note(Deed.READ, AuditEntry, "*", field="export", new=f"{count} entries to {target.name}")
        keep()
    return count


def _headings(words: Catalogue) -> list[str]:
    return [
        words.say("entry"),
        words.say("time"),
        words.say("staff code"),
        words.say("name"),
        words.say("what was done"),
        words.say("record"),
        words.say("key"),
        words.say("field"),
        words.say("before"),
        words.say("after"),
        words.say("reason"),
        words.say("came from"),
    ]


def _record(line: AuditLine, words: Catalogue) -> list[Cell]:
    return [
        line.id,
        line.at.astimezone(zone(DEFAULT_ZONE)).replace(tzinfo=None),
        line.who_code,
        line.who,
        words.say(DEEDS[line.deed]),
        words.say(TABLES[line.table]) if line.table in TABLES else line.table,
        line.row_key,
        field_words(line.field, words),
        line.old,
        line.new,
        line.why,
        line.cause,
    ]
