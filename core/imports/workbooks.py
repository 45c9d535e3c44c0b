"""Workbooks (XLSX, and what else calamine reads): every cell as the text a person would type for it."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from core.base.errors import BadInput
from core.base.language import N_, Catalogue
from core.imports.columns import Kind
from core.imports.sheets import HEADINGS_WITHIN, HeadingsSought, Row, Sheet, Top, refuse_doubled

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_workbook(start: bytes) -> bool:
    """Whether a file that begins so is a workbook, whatever its name says."""
    return start.startswith((_ZIP, _OLE))


@contextmanager
def open_table(path: Path, kind: Kind, words: Catalogue) -> Iterator[Sheet]:
    """The rows of the first sheet that has the needed headings."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    sought = HeadingsSought(kind)
    try:
        with CalamineWorkbook.from_path(path) as book:
            for name in book.sheet_names:
                sheet = book.get_sheet_by_name(name)
                if (top := _headings(sheet.iter_rows(), sought)) is None:
                    continue
                refuse_doubled(top, kind, path, words)
                marks = _Marks.of(path, name, sheet.start[1] if sheet.start else 0)
                progress = _Progress(max(sheet.total_height, 1))
                rows = _rows(sheet.iter_rows(), top.index, marks.errors, progress)
                yield Sheet(top.headings, top.layout, rows, progress.fraction, marks.epoch_1904)
                return
    except PasswordError as error:
        raise BadInput(
            "import.password",
            N_("The file {file} is protected by a password. Save it without one."),
            field="file",
            file=path.name,
        ) from error
    except (CalamineError, zipfile.BadZipFile) as error:
        raise BadInput(
            "import.workbook_broken",
            N_("The file {file} is no readable workbook ({reason}). Save it again as XLSX or as CSV UTF-8."),
            field="file",
            file=path.name,
            reason=str(error)[:80],
        ) from error
    raise sought.refusal(path, words)


class _Progress:
    """How far the rows of a sheet have been read."""

    def __init__(self, height: int) -> None:
        self.height = height
        self.row = 0

    def fraction(self) -> float:
        """The part that has been read."""
        return min(self.row / self.height, 1.0)


def _headings(rows: Iterator[list[Any]], sought: HeadingsSought) -> Top | None:
    for index, values in zip(range(HEADINGS_WITHIN), rows, strict=False):
        if (top := sought.offer(index, [cell_text(value) for value in values])) is not None:
            return top
    return None


def _rows(
    rows: Iterator[list[Any]], top: int, errors: Mapping[int, Sequence[tuple[int, str]]], progress: _Progress
) -> Iterator[Row]:
    for index, values in enumerate(rows):
        if index <= top:
            continue
        progress.row = index
        cells = [cell_text(value) for value in values]
        for place, mark in errors.get(index, ()):
            if place < len(cells):
                cells[place] = mark
        if any(map(str.strip, cells)):
            yield index + 1, cells
    progress.row += 1


def cell_text(value: object) -> str:
    """A cell as a person would type it: whole numbers without decimals, ISO dates and times."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e17 else repr(value)
    if isinstance(value, datetime):
        rounded = (value + timedelta(microseconds=500_000)).replace(microsecond=0)
        return rounded.isoformat(" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return "" if value is None else str(value)


class _Marks:
    """What calamine leaves out of an XLSX: the cells with errors such as #N/A, and the 1904 date system."""

    def __init__(self, errors: Mapping[int, Sequence[tuple[int, str]]], epoch_1904: bool) -> None:
        self.errors = errors
        self.epoch_1904 = epoch_1904

    @classmethod
    def of(cls, path: Path, sheet: str, first_column: int) -> _Marks:
        """Read them from the file, nothing where it is another kind of workbook."""
        if not zipfile.is_zipfile(path):
            return cls({}, False)
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" not in names:
                return cls({}, False)
            book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
            part = _part(archive, names, book, sheet)
            errors: dict[int, list[tuple[int, str]]] = {}
            for row, column, mark in _error_cells(archive, part) if part else ():
                errors.setdefault(row, []).append((column - first_column, mark))
            return cls(errors, bool(re.search(r"<(?:\w+:)?workbookPr\b[^>]*\bdate1904=\"(?:1|true)\"", book)))


def _part(archive: zipfile.ZipFile, names: set[str], book: str, sheet: str) -> str | None:
    """The part of the archive that holds the sheet of that name."""
    relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {}
    for tag in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", relations):
        attributes = dict(re.findall(r"(\w+)=\"([^\"]*)\"", tag))
        targets[attributes.get("Id", "")] = attributes.get("Target", "")
    for tag in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", book):
        attributes = dict(re.findall(r"([\w:]+)=\"([^\"]*)\"", tag))
        if html.unescape(attributes.get("name", "")) == sheet:
            target = targets.get(attributes.get("r:id", ""), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            return part if part in names else None
    return None


_ERROR = re.compile(
    rb"<(?:\w+:)?c\b(?=[^>]*\bt=\"e\")[^>]*\br=\"([A-Z]{1,3})(\d+)\"[^>]*>"
    rb"(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)</",
    re.DOTALL,
)


def _error_cells(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[int, int, str]]:
    """(row, column, mark) from 0 of every cell that holds an error."""
    tail = b""
    with archive.open(part) as stream:
        while chunk := stream.read(1 << 20):
            text = tail + chunk
            end = text.rfind(b"</row>") + 1 or len(text)
            for found in _ERROR.finditer(text, 0, end):
                column = 0
                for letter in found[1]:
                    column = column * 26 + letter - 64
                yield int(found[2]) - 1, column - 1, html.unescape(found[3].decode("utf-8", "replace"))
            tail = text[end:] if end < len(text) else b""
