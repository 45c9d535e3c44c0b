"""Taking members, calls and purchases out, for a purpose that is on record (R6.8, R15.2, R15.5)."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import SQLModel

from core.base.actor import Actor, Role
from core.base.errors import BadInput, Cancelled
from core.base.language import N_, Catalogue, catalogue
from core.base.text import clean
from core.calls.tables import Call
from core.handover.tables import Handover
from core.imports.export_rows import Record, Selection, call_rows, member_rows, purchase_rows
from core.imports.handover_rows import handover_rows
from core.imports.outlets import outlet
from core.members.tables import Member
from core.people.access import Right, reach
from core.purchases.tables import Purchase
from core.store.again import retried
from core.store.engine import Store
from core.store.tables import Deed

OPEN_CONTACTS = frozenset({Role.MANAGER, Role.SERVICE_DESK, Role.ADMIN})
"""Roles whose exports show contact data; in others numbers are masked and addresses left out."""

TELL_EVERY = 1000
AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What was exported: rows below the headings, and whether contact data was left out."""

    rows: int
    file: Path
    masked: bool


Source = Callable[..., Selection]
_SOURCES: Mapping[str, tuple[type[SQLModel], Source]] = {
    "members": (Member, member_rows),
    "calls": (Call, call_rows),
    "purchases": (Purchase, purchase_rows),
    "handovers": (Handover, handover_rows),
}


@retried()
def export_file(
    store: Store,
    actor: Actor,
    kind: str,
    path: Path | str,
    *,
    purpose: str,
    progress: Callable[[int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    words: Catalogue | None = None,
) -> ExportResult:
    """Write what the actor may export to a CSV (UTF-8 with a mark) or XLSX file, in the language of `words`.

    Rows stream; the file is there once the audit trail names who, how many rows and what for. `progress` is
    told the rows done. Raises NotAllowed, BadInput for a missing purpose or an unwritable file, Cancelled.
    """
    reach(actor, Right.EXPORT)
    if kind not in _SOURCES:
        raise BadInput(
            "export.what",
            N_("There is no export of {kind}: name one of {kinds}."),
            field="kind",
            kind=kind,
            kinds=", ".join(_SOURCES),
        )
    reason = clean(purpose)
    if not reason:
        raise BadInput(
            "export.purpose", N_("Say what the export is for: the purpose is kept on record."), field="purpose"
        )
    words = words or catalogue("en")
    masked = actor.role not in OPEN_CONTACTS
    table, source = _SOURCES[kind]
    target = Path(path)
    selection = source(actor, store.rulebook, words, masked=masked)
    with outlet(target, selection.headings) as (out, keep), closing(_streamed(store, selection)) as records:
        count = 0
        for record in records:
            out.row(record)
            count += 1
            if count % TELL_EVERY == 0:
                _tell(count, progress, cancelled)
        with store.write(actor, why=reason) as tx:
            done = f"{count} {kind} to {target.name}{', contact data masked' if masked else ''}"
            tx.note(Deed.BULK, table, "*", field="export", new=done)
        keep()
    return ExportResult(count, target, masked)


def _streamed(store: Store, selection: Selection) -> Generator[Record, None, None]:
    with store.sweep() as connection:
        rows = connection.execution_options(yield_per=AT_ONCE).execute(selection.statement)
        with closing(rows):
            yield from selection.records(rows)


def _tell(count: int, progress: Callable[[int], None] | None, cancelled: Callable[[], bool] | None) -> None:
    if cancelled is not None and cancelled():
        raise Cancelled("export.cancelled", N_("The export was stopped; no file was written."))
    if progress is not None:
        progress(count)
