"""The handover log as a file, for a purpose that is on record (R7.4, R15.5)."""

from __future__ import annotations

from pathlib import Path

from core.base.actor import Actor
from core.base.clock import DEFAULT_ZONE, zone
from core.base.errors import BadInput
from core.base.language import N_, Catalogue
from core.base.naming import HANDOVER_STATES, named
from core.base.text import clean
from core.handover.log import handover_log
from core.handover.tables import Handover
from core.handover.views import HandoverFilter, HandoverRow
from core.handover.wording import KINDS
from core.imports.outlets import Cell, outlet
from core.people.access import Right, reach
from core.store.engine import Store
from core.store.tables import Deed

AT_ONCE = 500

HEADINGS = (
    N_("application"),
    N_("day"),
    N_("kind"),
    N_("gives"),
    N_("store"),
    N_("takes"),
    N_("members"),
    N_("of these moved"),
    N_("state"),
    N_("since"),
    N_("reason"),
)


def export_handovers(
    store: Store, actor: Actor, path: Path | str, *, wanted: HandoverFilter, purpose: str, words: Catalogue
) -> int:
    """Write the applications asked for to a CSV or XLSX file, newest first; returns how many.

    Raises NotAllowed, BadInput for a missing purpose or an unwritable file, NotFound for an unknown store.
    """
    reach(actor, Right.EXPORT)
    reason = clean(purpose)
    if not reason:
        raise BadInput(
            "export.purpose", N_("Say what the export is for: the purpose is kept on record."), field="purpose"
        )
    target = Path(path)
    count = 0
    with outlet(target, [words.say(text) for text in HEADINGS]) as (out, keep):
        while rows := handover_log(store, actor, wanted, limit=AT_ONCE, offset=count):
            for row in rows:
                out.row(_cells(row, words))
            count += len(rows)
        with store.write(actor, why=reason) as tx:
            tx.note(Deed.BULK, Handover, "*", field="export", new=f"{count} handovers to {target.name}")
        keep()
    return count


def _cells(row: HandoverRow, words: Catalogue) -> tuple[Cell, ...]:
    wall = zone(DEFAULT_ZONE)
    return (
        row.number,
        row.created_at.astimezone(wall).date(),
        named(KINDS, row.kind, words),
        f"{row.giver_name} ({row.giver})",
        row.store,
        ", ".join(f"{name} ({code}) {count}" for code, name, count in row.successors),
        row.members,
        row.moved,
        named(HANDOVER_STATES, row.state, words),
        row.state_since.astimezone(wall).date(),
        row.reason,
    )
