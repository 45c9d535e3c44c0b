"""CSV as shops have it: any of three encodings, any of three separators, text above the headings."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

from core.base.errors import BadInput
from core.base.language import N_, Catalogue
from core.imports.columns import Kind
from core.imports.sheets import HEADINGS_WITHIN, HeadingsSought, Row, Sheet, Top, refuse_doubled

SEPARATORS = (",", ";", "\t")
LONGEST_CELL = 1 << 17
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CHUNK = 1 << 20
_SURELY_UTF8 = 20


def encoding_of(path: Path) -> str:
    """The file's encoding: by its mark, else strict UTF-8, else GB18030. Raises BadInput for none of them."""
    with path.open("rb") as file:
        start = file.read(4)
    marked = next((name for mark, name in _BOMS if start.startswith(mark)), None)
    wide, fault = _decodes(path, marked or "utf-8")
    if fault is None:
        return marked or "utf-8"
    if marked is None and wide <= _SURELY_UTF8 and _decodes(path, "gb18030")[1] is None:
        return "gb18030"
    raise BadInput(
        "import.encoding",
        N_(
            "The file {file} is neither UTF-8 nor GB18030 text: it can't be read from byte {byte} on. Save it"
            " again as CSV UTF-8 or as XLSX."
        ),
        field="file",
        file=path.name,
        byte=fault,
    )


def _decodes(path: Path, encoding: str) -> tuple[int, int | None]:
    """How many characters beyond ASCII were read (while few), and the byte that is wrong, or None."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    wide = done = 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            done += len(chunk)
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                before = error.object[: error.start].decode(encoding, "ignore")
                return wide + _wide(before), done - len(error.object) + error.start
            if wide <= _SURELY_UTF8:
                wide += _wide(text)
            if not chunk:
                return wide, None


def _wide(text: str) -> int:
    return 0 if text.isascii() else len(text) - len(text.encode("ascii", "ignore"))


@contextmanager
def open_table(path: Path, kind: Kind, words: Catalogue) -> Iterator[Sheet]:
    """The rows of a CSV file, decoded as they are asked for."""
    encoding = encoding_of(path)
    size = max(path.stat().st_size, 1)
    with path.open("rb", buffering=0) as raw:
        text = io.TextIOWrapper(io.BufferedReader(raw, 1 << 17), encoding=encoding, newline="")
        first = [line for line in (text.readline(LONGEST_CELL) for _ in range(HEADINGS_WITHIN)) if line]
        top, separator = _headings(first, kind, path, words)
        refuse_doubled(top, kind, path, words)
        records = csv.reader(chain(first[top.index :], text), delimiter=separator)
        next(records)
        yield Sheet(
            top.headings, top.layout, _rows(records, top.index + 2, path), lambda: min(raw.tell() / size, 1.0)
        )


def _headings(lines: list[str], kind: Kind, path: Path, words: Catalogue) -> tuple[Top, str]:
    sought = HeadingsSought(kind)
    for index in range(len(lines)):
        for separator in SEPARATORS:
            try:
                cells = next(csv.reader(lines[index:], delimiter=separator), [])
            except csv.Error:
                continue
            if (top := sought.offer(index, cells)) is not None:
                return top, separator
    raise sought.refusal(path, words)


def _rows(records: Iterator[list[str]], number: int, path: Path) -> Iterator[Row]:
    while True:
        try:
            for cells in records:
                if any(map(str.strip, cells)):
                    yield number, cells
                number += 1
            return
        except csv.Error as error:
            raise BadInput(
                "import.row_broken",
                N_("Row {row} of the file {file} can't be read: a quotation mark is opened and never closed."),
                field="file",
                row=number,
                file=path.name,
            ) from error
