"""Importing a file: good rows go in, bad rows come back, and running it again changes nothing (R6.8)."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from core.base.actor import Actor
from core.base.errors import BadInput
from core.base.language import N_, Catalogue, catalogue
from core.imports.columns import Kind, columns
from core.imports.kinds import FileKind
from core.imports.rejects import Rejects
from core.imports.result import ImportResult, Notice
from core.imports.run import Run, stopped
from core.imports.sheets import Sheet, open_sheet
from core.people.access import Right, require
from core.store.engine import Store

DOUBLED = N_("Two columns are headed {heading}: the first one was used.")

Progress = Callable[[int, float], None]


def import_file(
    store: Store,
    actor: Actor,
    kind: str,
    path: Path | str,
    *,
    dry_run: bool = False,
    rejects: Path | str | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    words: Catalogue | None = None,
) -> ImportResult:
    """Bring a CSV or XLSX file of stores, staff, members or purchases into the store (R6.8).

    Each batch of rows is one transaction; stopped or killed, the same call completes it. A dry run counts
    exactly what a run would do and writes nothing but the rejects asked for. Without `rejects` a run leaves
    refused rows beside the file, as NAME.rejected.csv. `progress` is told the rows done and the part of the
    file read (0 to 1). Raises NotAllowed, BadInput naming the file, and Cancelled.
    """
    require(actor, Right.IMPORT)
    chosen = _kind(kind)
    words = words or catalogue("en")
    source = Path(path)
    target = _rejects_target(source, rejects, dry_run)
    with _unhurried_collector(), open_sheet(source, chosen, words) as sheet:
        refused = Rejects(target, sheet.headings, words)
        run = Run(store, actor, _reader(chosen, store, sheet), refused, words, f"import {source.name}", dry_run)
        try:
            while lines := list(islice(sheet.rows, run.size)):
                if cancelled is not None and cancelled():
                    raise stopped(run.read)
                run.take(lines)
                if progress is not None:
                    progress(run.read, sheet.fraction())
            run.settle(cancelled)
            rejects_file = refused.finish()
        finally:
            run.close()
            refused.discard()
    return run.result(rejects_file, _doubled(sheet, chosen, words))


def _kind(kind: str) -> Kind:
    try:
        return Kind(kind)
    except ValueError as error:
        raise BadInput(
            "import.kind",
            N_("There is no import of {kind}: name stores, staff, members or purchases."),
            field="kind",
            kind=kind,
        ) from error


def _rejects_target(source: Path, rejects: Path | str | None, dry_run: bool) -> Path | None:
    if rejects is None:
        return None if dry_run else source.with_name(f"{source.stem}.rejected.csv")
    if Path(rejects).resolve() == source.resolve():
        raise BadInput(
            "import.rejects_same",
            N_("The refused rows can't go into the file that is imported: name another one with --rejects."),
            field="rejects",
        )
    return Path(rejects)


def _reader(kind: Kind, store: Store, sheet: Sheet) -> FileKind[Any]:
    from core.imports.member_file import MembersFile
    from core.imports.people_files import StaffFile, StoresFile
    from core.imports.purchase_file import PurchasesFile

    kinds: dict[Kind, type[FileKind[Any]]] = {
        Kind.STORES: StoresFile,
        Kind.STAFF: StaffFile,
        Kind.MEMBERS: MembersFile,
        Kind.PURCHASES: PurchasesFile,
    }
    return kinds[kind](store, sheet)


def _doubled(sheet: Sheet, kind: Kind, words: Catalogue) -> list[Notice]:
    known = columns(kind)
    return [Notice(DOUBLED, {"heading": known[name].name(words)}) for name in sheet.layout.doubled]


@contextmanager
def _unhurried_collector() -> Iterator[None]:
    """Let Python look for cyclic garbage less often: batches make none, and it takes a quarter of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(max(usual[0], 100_000), *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
