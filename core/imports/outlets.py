"""Where rows go out to: CSV or XLSX, written whole or not at all, and harmless in a spreadsheet (R15.4)."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from core.base.errors import BadInput
from core.base.language import N_
from core.base.outside import part_of
from core.base.text import spreadsheet_safe

XLSX_ROWS = 1_048_575
"""Rows below the headings that a sheet can hold."""

Cell = str | int | Decimal | date | datetime | None


class Outlet(Protocol):
    """Takes rows one by one."""

    def row(self, cells: Sequence[Cell]) -> None:
        """Write one row."""

    def close(self) -> None:
        """Write what is left; again does nothing."""


@contextmanager
def outlet(path: Path, headings: Sequence[str]) -> Iterator[tuple[Outlet, Callable[[], None]]]:
    """(outlet, keep): rows written are in `path` once `keep` was called, else nothing is left of them.

    The name's ending says the kind. Only the owner may read the file. Raises BadInput naming the file.
    """
    kinds: dict[str, type[_Csv] | type[_Xlsx]] = {".csv": _Csv, ".txt": _Csv, ".xlsx": _Xlsx}
    kind = kinds.get(path.suffix.lower())
    if kind is None:
        raise BadInput(
            "export.kind", N_("End the file's name in .csv or .xlsx: {file}."), field="file", file=path.name
        )
    with part_of(path) as part:
        out = kind(part, headings)

        def keep() -> None:
            out.close()
            part.replace(path)

        try:
            yield out, keep
        finally:
            out.close()


class _Csv:
    def __init__(self, path: Path, headings: Sequence[str]) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self.row(headings)

    def row(self, cells: Sequence[Cell]) -> None:
        self._writer.writerow([_as_text(cell) for cell in cells])

    def close(self) -> None:
        if not self._file.closed:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()


def _as_text(cell: Cell) -> str:
    if isinstance(cell, str):
        return spreadsheet_safe(cell)
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return "" if cell is None else str(cell)


class _Xlsx:
    def __init__(self, path: Path, headings: Sequence[str]) -> None:
        import xlsxwriter

        self._book: Any = xlsxwriter.Workbook(str(path), {"constant_memory": True})
        self._sheet: Any = self._book.add_worksheet()
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._time = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._money = self._book.add_format({"num_format": "0.00"})
        self._next = 0
        self._closed = False
        self._sheet.freeze_panes(1, 0)
        self.row(headings)

    def row(self, cells: Sequence[Cell]) -> None:
        if self._next > XLSX_ROWS:
            raise BadInput(
                "export.too_many",
                N_("A workbook holds {count} rows at most: export to a .csv file."),
                field="file",
                count=XLSX_ROWS,
            )
        for place, cell in enumerate(cells):
            if isinstance(cell, str):
                self._sheet.write_string(self._next, place, cell)
            elif isinstance(cell, datetime):
                self._sheet.write_datetime(self._next, place, cell, self._time)
            elif isinstance(cell, date):
                self._sheet.write_datetime(self._next, place, cell, self._day)
            elif isinstance(cell, Decimal):
                self._sheet.write_number(self._next, place, float(cell), self._money)
            elif cell is not None:
                self._sheet.write_number(self._next, place, cell)
        self._next += 1

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._book.close()
