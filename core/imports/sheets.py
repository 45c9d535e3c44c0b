"""A sheet of rows under headings, whatever file it comes from: CSV or a workbook (R6.8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.base.errors import BadInput
from core.base.language import N_, Catalogue
from core.base.outside import reason_of
from core.imports.columns import Column, Kind, Layout, columns, match, missing

HEADINGS_WITHIN = 200
"""So many rows from the top the headings are looked for: bills begin with a page of text."""

Row = tuple[int, list[str]]


@dataclass(slots=True)
class Sheet:
    """A file's rows below its headings; `rows` gives (row number as a spreadsheet shows it, cells).

    `fraction` tells how much of the file has been read, `epoch_1904` that numbers of days count from 1904.
    """

    headings: tuple[str, ...]
    layout: Layout
    rows: Iterator[Row]
    fraction: Callable[[], float]
    epoch_1904: bool = False


@dataclass(frozen=True, slots=True)
class Top:
    """Where the headings were found among the first rows of a table."""

    index: int
    headings: tuple[str, ...]
    layout: Layout


class HeadingsSought:
    """Looks for the row of headings among candidates, and remembers the one that came nearest."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.nearest: Top | None = None
        self.seen = False

    def offer(self, index: int, cells: Sequence[str]) -> Top | None:
        """The top of the table where this row has every needed heading."""
        if not any(cell.strip() for cell in cells):
            return None
        self.seen = True
        top = Top(index, tuple(cells), match(cells, self.kind))
        if self.nearest is None or len(top.layout.places) > len(self.nearest.layout.places):
            self.nearest = top
        return None if missing(top.layout, self.kind) else top

    def refusal(self, file: Path, words: Catalogue) -> BadInput:
        """Why the file can't be read, and which columns it should have."""
        kind_columns = columns(self.kind).values()
        needed = _names([c for c in kind_columns if c.needed], words)
        if not self.seen:
            return BadInput(
                "import.empty",
                N_("The file {file} is empty. Its first row should name the columns, at least: {needed}."),
                field="file",
                file=file.name,
                needed=needed,
            )
        if self.nearest is None or not self.nearest.layout.places:
            return BadInput(
                "import.no_headings",
                N_("The file {file} has no row that names its columns. Put one on top, with at least: {needed}."),
                field="file",
                file=file.name,
                needed=needed,
            )
        lacking = missing(self.nearest.layout, self.kind)
        return BadInput(
            "import.column_missing",
            N_(
                "The file {file} lacks a column for: {lacking}. It was looked for in row {row}; expected are at"
                " least: {needed}."
            ),
            field="file",
            file=file.name,
            lacking=_names(lacking, words),
            row=self.nearest.index + 1,
            needed=needed,
        )


def refuse_doubled(top: Top, kind: Kind, file: Path, words: Catalogue) -> None:
    """Raise BadInput where a needed column stands twice: nobody could say which one counts."""
    known = columns(kind)
    needed = [known[field] for field in top.layout.doubled if known[field].needed]
    if needed:
        raise BadInput(
            "import.column_twice",
            N_("The file {file} has two columns headed {heading}. Rename or remove one of them."),
            field="file",
            file=file.name,
            heading=_names(needed, words),
        )


def _names(wanted: Sequence[Column], words: Catalogue) -> str:
    return ", ".join(column.name(words) for column in wanted)


@contextmanager
def open_sheet(path: Path, kind: Kind, words: Catalogue) -> Iterator[Sheet]:
    """The rows of a file. Raises BadInput naming the file where it can't be read or has no such table."""
    from core.imports import delimited, workbooks

    try:
        if path.is_dir():
            raise BadInput(
                "import.folder",
                N_("{file} is a folder. Name the CSV or XLSX file in it."),
                field="file",
                file=path,
            )
        with path.open("rb") as file:
            start = file.read(8)
        reader = workbooks if workbooks.is_workbook(start) else delimited
        with reader.open_table(path, kind, words) as sheet:
            yield sheet
    except FileNotFoundError as error:
        raise BadInput(
            "import.no_file",
            N_("There is no file {file}. Check its name and folder."),
            field="file",
            file=error.filename or path,
        ) from error
    except OSError as error:
        reason = reason_of(error)
        raise BadInput(
            "import.unreadable",
            N_("The file {file} can't be read: {reason}."),
            field="file",
            file=error.filename or path,
            reason=reason,
        ) from error
