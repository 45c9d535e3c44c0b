"""Reports on the terminal, as JSON, and as files (R14.3)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.base.language import N_
from core.base.report import TITLES, Asked, Report, bar_lengths, cell_text
from scripts.errand import Errand, command, parse_day
from scripts.show import iso, json_answer, say, table

if TYPE_CHECKING:
    from core.base.report import Section

BAR = 24
"""Cells of the longest bar on the terminal."""


def _add(code: str) -> None:
    """The command `report CODE`."""

    @command(f"report {code}", TITLES[code], on=True, json=True)
    def run(
        errand: Errand,
        since: Annotated[
            date | None,
            typer.Option("--since", parser=parse_day, metavar="DATE", help=N_("From this day on; twelve months.")),
        ] = None,
        until: Annotated[
            date | None, typer.Option("--until", parser=parse_day, metavar="DATE", help=N_("Until this day."))
        ] = None,
        store: Annotated[str, typer.Option("--store", metavar="CODE", help=N_("This store only."))] = "",
        out: Annotated[
            Path | None,
            typer.Option("--out", metavar="FILE", help=N_("Write a file: .html with pictures, .xlsx or .csv.")),
        ] = None,
        purpose: Annotated[
            str, typer.Option("--purpose", metavar="TEXT", help=N_("What the file is for; it stays on record."))
        ] = "",
    ) -> None:
        from core.insight.reports import make_report, usual_days

        first, last = usual_days(errand.store)
        asked = Asked(since or first, until or last, store)
        report = make_report(errand.store, errand.actor, code, asked, errand.words)
        if out is not None:
            from core.imports.report_file import write_report

            made = write_report(errand.store, errand.actor, report, out, errand.words, purpose=purpose)
            say(errand.words.say(N_("Written: {file}"), file=made))
        elif errand.json:
            json_answer(as_json(report))
        else:
            _show(errand, report)


for name in TITLES:
    _add(name)


def as_json(report: Report) -> dict[str, Any]:
    """A report as `--json` prints it: shares of 1, amounts in fen, means unrounded."""
    return {
        "report": report.code,
        "since": iso(report.since),
        "until": iso(report.until),
        "scope": report.scope,
        "sections": {section.code: _rows(section) for section in report.sections},
    }


def _rows(section: Section) -> list[dict[str, Any]]:
    codes = [column.code for column in section.columns]
    return [
        {code: iso(value) if isinstance(value, date) else value for code, value in zip(codes, row, strict=True)}
        for row in section.rows
    ]


def _show(errand: Errand, report: Report) -> None:
    from core.imports.report_file import heading

    say(f"{report.title}  {heading(report, errand.words)}")
    for section in report.sections:
        print()
        say(section.title)
        if not section.rows:
            say(section.empty)
            continue
        drawn = next((place for place, column in enumerate(section.columns) if column.bar), None)
        headings = [column.title for column in section.columns]
        rows = [
            [cell_text(value, column.kind) for value, column in zip(row, section.columns, strict=True)]
            for row in section.rows
        ]
        if drawn is not None:
            values = [row[drawn] for row in section.rows]
            lengths = bar_lengths(values, section.columns[drawn].kind, BAR)
            headings.append("")
            rows = [[*row, "#" * length] for row, length in zip(rows, lengths, strict=True)]
        right = [place for place, column in enumerate(section.columns) if column.right]
        table(headings, rows, right=right)
        if section.note:
            say(section.note)
