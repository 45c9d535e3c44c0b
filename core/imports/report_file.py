"""A report as a file: a page with pictures (HTML), a workbook with charts (XLSX), or plain rows (CSV) (R14.3)."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, datetime
from html import escape
from pathlib import Path
from typing import Any

from core.base.actor import Actor
from core.base.errors import BadInput
from core.base.language import N_, Catalogue
from core.base.outside import part_of
from core.base.report import Kind, Report, ReportColumn, Section, Value, cell_text
from core.base.text import clean, harmless, spreadsheet_safe
from core.calls.tables import Raised
from core.people.access import Right, reach
from core.store.engine import Store
from core.store.tables import Deed

_FORMATS = {
    Kind.SHARE: "0 %",
    Kind.SCORE: "0.00",
    Kind.NUMBER: "#,##0.0",
    Kind.COUNT: "#,##0",
    Kind.AMOUNT: "#,##0.00",
    Kind.DAY: "yyyy-mm-dd",
}


def write_report(
    store: Store, actor: Actor, report: Report, path: Path | str, words: Catalogue, *, purpose: str = ""
) -> Path:
    """Write a report to a file whose name ends in .html, .xlsx or .csv; on record, as every export (R15.5).

    Raises NotAllowed, BadInput for another ending or a file that can't be written.
    """
    reach(actor, Right.EXPORT)
    target = Path(path)
    writers: dict[str, Callable[[Report, Path, Catalogue], None]] = {
        ".html": _html_file,
        ".htm": _html_file,
        ".xlsx": _xlsx_file,
        ".csv": _csv_file,
    }
    writer = writers.get(target.suffix.lower())
    if writer is None:
        raise BadInput(
            "report.kind",
            N_("End the file's name in .html, .xlsx or .csv: {file}."),
            field="out",
            file=target.name,
        )
    with part_of(target) as part:
        writer(report, part, words)
        with store.write(actor, why=clean(purpose) or report.code) as tx:
            rows = sum(len(section.rows) for section in report.sections)
            tx.note(Deed.BULK, Raised, "*", field="export", new=f"{rows} rows of {report.code} to {target.name}")
        part.replace(target)
    return target


def heading(report: Report, words: Catalogue) -> str:
    """What the report is about: which days, which store."""
    said = words.say("{since} to {until}", since=report.since, until=report.until)
    return f"{said}, {report.scope or words.say('all stores')}"


# CSV: section after section


def _csv_file(report: Report, path: Path, words: Catalogue) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow([report.title, heading(report, words)])
        for section in report.sections:
            out.writerow([])
            out.writerow([section.title])
            out.writerow([column.title for column in section.columns])
            for row in section.rows:
                out.writerow([_plain(value, column) for value, column in zip(row, section.columns, strict=True)])


def _plain(value: Value, column: ReportColumn) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return spreadsheet_safe(value)
    if column.kind is Kind.AMOUNT and isinstance(value, int):
        return f"{value / 100:.2f}"
    return f"{value:.4f}" if isinstance(value, float) else str(value)


# XLSX: a sheet for each section, a chart beside it


def _xlsx_file(report: Report, path: Path, words: Catalogue) -> None:
    import xlsxwriter

    book: Any = xlsxwriter.Workbook(str(path))
    strong = book.add_format({"bold": True})
    formats = {kind: book.add_format({"num_format": text}) for kind, text in _FORMATS.items()}
    taken: set[str] = set()
    for section in report.sections:
        name = _sheet_name(section.title, taken)
        sheet = book.add_worksheet(name)
        sheet.write_string(0, 0, f"{report.title}: {section.title}", strong)
        sheet.write_string(1, 0, heading(report, words))
        for place, column in enumerate(section.columns):
            sheet.write_string(3, place, column.title, strong)
            sheet.set_column(place, place, 24 if place == 0 else 14)
        for number, row in enumerate(section.rows, 4):
            for place, (value, column) in enumerate(zip(row, section.columns, strict=True)):
                _xlsx_cell(sheet, number, place, value, column, formats)
        if section.note:
            sheet.write_string(5 + len(section.rows), 0, section.note)
        _xlsx_chart(book, sheet, name, section)
    book.close()


def _sheet_name(title: str, taken: set[str]) -> str:
    name = "".join(" " if mark in "[]:*?/\\'" else mark for mark in title)[:28].strip() or "-"
    while name.casefold() in taken:
        name = f"{name[:26]} {len(taken)}"
    taken.add(name.casefold())
    return name


def _xlsx_cell(
    sheet: Any, row: int, place: int, value: Value, column: ReportColumn, formats: dict[Kind, Any]
) -> None:
    if value is None:
        return
    if isinstance(value, str):
        sheet.write_string(row, place, value)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, datetime(value.year, value.month, value.day), formats[Kind.DAY])  # noqa: DTZ001
    else:
        number = value / 100 if column.kind is Kind.AMOUNT else value
        sheet.write_number(row, place, number, formats.get(column.kind))


def _xlsx_chart(book: Any, sheet: Any, name: str, section: Section) -> None:
    drawn = [place for place, column in enumerate(section.columns) if column.bar]
    if not section.rows or not drawn:
        return
    chart = book.add_chart({"type": "bar"})
    last = 3 + len(section.rows)
    for place in drawn:
        chart.add_series(
            {
                "name": [name, 3, place],
                "categories": [name, 4, 0, last, 0],
                "values": [name, 4, place, last, place],
            }
        )
    chart.set_title({"name": section.title})
    chart.set_y_axis({"reverse": True})
    chart.set_size({"height": max(220, 60 + 24 * len(section.rows)), "width": 560})
    sheet.insert_chart(3, len(section.columns) + 1, chart)


# HTML: one page with its pictures inside

_STYLE = """
body{font:15px/1.5 system-ui,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;margin:2rem auto;
max-width:62rem;padding:0 1rem;color:#1c2733}h1{font-size:1.5rem;margin:0}
h2{font-size:1.1rem;margin:2rem 0 .5rem}
p{margin:.3rem 0;color:#5a6875}table{border-collapse:collapse;margin-top:.6rem}
th,td{padding:.25rem .8rem .25rem 0;text-align:left;border-bottom:1px solid #e3e8ed}
th{font-weight:600;color:#5a6875}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}svg{display:block;margin:.6rem 0;max-width:100%}
@media print{body{margin:0;max-width:none}h2{break-after:avoid}svg,table{break-inside:avoid}}
"""
_BAR, _ROW, _LABELS, _DRAWN = 14, 24, 190, 480


def _html_file(report: Report, path: Path, words: Catalogue) -> None:
    parts = [
        f'<!doctype html><html lang="{escape(words.lang)}"><head><meta charset="utf-8">',
        f"<title>{_text(report.title)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{_text(report.title)}</h1><p>{_text(heading(report, words))}</p>",
    ]
    for section in report.sections:
        parts.append(f"<h2>{_text(section.title)}</h2>")
        if not section.rows:
            parts.append(f"<p>{_text(section.empty)}</p>")
            continue
        parts += [_picture(section), _table(section)]
        if section.note:
            parts.append(f"<p>{_text(section.note)}</p>")
    parts.append("</body></html>\n")
    path.write_text("\n".join(parts), encoding="utf-8")


def _text(value: str) -> str:
    return escape(harmless(value))


def _table(section: Section) -> str:
    marks = ["n" if column.right else "" for column in section.columns]
    head = "".join(
        f'<th class="{mark}">{_text(column.title)}</th>'
        for column, mark in zip(section.columns, marks, strict=True)
    )
    lines = []
    for row in section.rows:
        cells = zip(row, section.columns, marks, strict=True)
        shown = "".join(
            f'<td class="{mark}">{_text(cell_text(value, column.kind))}</td>' for value, column, mark in cells
        )
        lines.append(f"<tr>{shown}</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _picture(section: Section) -> str:
    """Bars of the section's first drawn column, as a picture that needs nothing from elsewhere."""
    place = next((n for n, column in enumerate(section.columns) if column.bar), None)
    if place is None:
        return ""
    column = section.columns[place]
    values = [row[place] for row in section.rows]
    numbers = [float(value) if isinstance(value, int | float) else 0.0 for value in values]
    top = {Kind.SHARE: 1.0, Kind.SCORE: 5.0}.get(column.kind) or max([*numbers, 0.0]) or 1.0
    height = _ROW * len(numbers) + 4
    parts = [
        f'<svg role="img" aria-label="{_text(section.title)}" viewBox="0 0 {_LABELS + _DRAWN + 80} {height}" '
        f'width="{_LABELS + _DRAWN + 80}" height="{height}" font-size="13">'
    ]
    for number, (row, value, length) in enumerate(zip(section.rows, values, numbers, strict=True)):
        y = number * _ROW + 4
        wide = max(0.0, length / top * _DRAWN)
        shown = _text(cell_text(value, column.kind))
        label = str(row[0] if row[0] is not None else "-")
        label = label if len(label) <= 22 else label[:20] + ".."
        parts.append(
            f'<text x="{_LABELS - 8}" y="{y + 12}" text-anchor="end" fill="#1c2733">{_text(label)}</text>'
            f'<rect x="{_LABELS}" y="{y}" width="{wide:.1f}" height="{_BAR}" fill="#2f6f8f"></rect>'
            f'<text x="{_LABELS + wide + 6:.1f}" y="{y + 12}" fill="#5a6875">{shown}</text>'
        )
    parts.append("</svg>")
    return "".join(parts)
