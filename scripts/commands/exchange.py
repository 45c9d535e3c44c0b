"""Bringing a shop's files in, and taking data out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from core.base.language import N_
from scripts.errand import Errand, command
from scripts.failures import complain
from scripts.progress import Line, stoppable
from scripts.show import json_answer, row_count, rows_written, say

if TYPE_CHECKING:
    from core.imports.result import ImportResult

FileKind = Literal["stores", "staff", "members", "purchases"]
ExportKind = Literal["members", "calls", "purchases", "handovers"]


@command("import", N_("Bring in stores, staff, members or purchases from a CSV or XLSX file."), json=True)
def import_file(
    errand: Errand,
    kind: Annotated[FileKind, typer.Argument(metavar="KIND", help=N_("What the file holds."))],
    file: Annotated[Path, typer.Argument(metavar="FILE", help=N_("A .csv, .txt or .xlsx file."))],
    dry_run: Annotated[bool, typer.Option("--dry-run", help=N_("Say what would happen; change nothing."))] = False,
    rejects: Annotated[
        Path | None,
        typer.Option(
            "--rejects", metavar="FILE", help=N_("Where rows that can't be used go, with the reason in each.")
        ),
    ] = None,
) -> None:
    """Import one file and say what came of its rows."""
    from core.imports.importing import import_file

    words, line = errand.words, Line()
    with stoppable() as asked:
        try:
            result = import_file(
                errand.store,
                errand.actor,
                kind,
                file,
                dry_run=dry_run,
                rejects=rejects,
                progress=lambda rows, share: line.tell(f"{share:4.0%} {row_count(rows, words)}"),
                cancelled=asked,
                words=words,
            )
        finally:
            line.wipe()
    for notice in result.warnings:
        complain(notice.text(words))
    _answer_import(errand, result, dry_run=dry_run)


def _answer_import(errand: Errand, result: ImportResult, *, dry_run: bool) -> None:
    """Say what came of an import's rows."""
    words = errand.words
    if errand.json:
        json_answer(
            {
                "read": result.read,
                "added": result.added,
                "updated": result.updated,
                "unchanged": result.unchanged,
                "anonymous": result.anonymous,
                "rejected": result.rejected,
                "rejects_file": str(result.rejects_file) if result.rejects_file else None,
            }
        )
        return
    if dry_run:
        say(words.say(N_("A dry run: nothing was changed. It would be:")))
    say(
        words.plural(
            "{count} row read: {added} added, {updated} updated, {unchanged} unchanged, {rejected} rejected.",
            "{count} rows read: {added} added, {updated} updated, {unchanged} unchanged, {rejected} rejected.",
            result.read,
            added=result.added,
            updated=result.updated,
            unchanged=result.unchanged,
            rejected=result.rejected,
        )
    )
    if result.anonymous:
        say(
            words.plural(
                "{count} sale without a member number (no error).",
                "{count} sales without a member number (no error).",
                result.anonymous,
            )
        )
    if result.rejects_file:
        say(words.say(N_("The rejected rows, each with its reason: {file}"), file=result.rejects_file))


@command("export", N_("Write members, calls, purchases or handovers to a CSV or XLSX file, on record."), json=True)
def export_file(
    errand: Errand,
    kind: Annotated[ExportKind, typer.Argument(metavar="KIND", help=N_("What to write."))],
    file: Annotated[Path, typer.Argument(metavar="FILE", help=N_("A .csv or .xlsx file."))],
    purpose: Annotated[
        str, typer.Option("--purpose", metavar="TEXT", help=N_("What it is for; this is kept on record."))
    ],
) -> None:
    """Export what the actor may see, and say how many rows."""
    from core.imports.export import export_file

    words, line = errand.words, Line()
    with stoppable() as asked:
        try:
            result = export_file(
                errand.store,
                errand.actor,
                kind,
                file,
                purpose=purpose,
                progress=lambda rows: line.tell(row_count(rows, words)),
                cancelled=asked,
                words=words,
            )
        finally:
            line.wipe()
    if errand.json:
        json_answer({"rows": result.rows, "file": str(result.file), "masked": result.masked})
        return
    say(rows_written(result.rows, result.file, words))
    if result.masked:
        say(words.say(N_("Phone numbers are masked and addresses left out: your role sees no more.")))
