"""The file in which bad rows come back, each with its row number and the reason (R6.8)."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from core.base.errors import BadInput
from core.base.language import N_, Catalogue
from core.base.outside import reason_of
from core.base.text import spreadsheet_safe


class Rejects:
    """Takes refused rows and leaves them in `path`, whole or not at all; without a path it only counts them.

    Where nothing was refused no file is made; one that an earlier run left there is emptied to its headings.
    """

    def __init__(self, path: Path | None, headings: Sequence[str], words: Catalogue) -> None:
        self.path = path
        self.count = 0
        self._headings = [words.say("row"), words.say("reason"), *headings]
        self._temporary = path.with_name(f".{path.name}.{os.getpid()}.part") if path else None
        self._file: IO[str] | None = None
        self._writer: Any = None

    def add(self, row: int, reason: str, cells: Sequence[str]) -> None:
        """One more refused row. Raises BadInput where the file can't be written."""
        self.count += 1
        if self.path is None:
            return
        try:
            self._opened().writerow([row, reason, *map(spreadsheet_safe, cells)])
        except OSError as error:
            raise self._unwritable(error) from error

    def finish(self) -> Path | None:
        """Put the file in its place; returns it, or None where nothing was refused."""
        if self.path is None or self._temporary is None or (not self.count and not self.path.exists()):
            return None
        try:
            self._opened()
            assert self._file is not None
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._temporary.replace(self.path)
        except OSError as error:
            raise self._unwritable(error) from error
        return self.path if self.count else None

    def discard(self) -> None:
        """Leave nothing behind of a file not finished."""
        if self._file is not None:
            self._file.close()
        if self._temporary is not None:
            self._temporary.unlink(missing_ok=True)

    def _opened(self) -> Any:
        if self._file is None:
            assert self._temporary is not None
            self._file = self._temporary.open("w", encoding="utf-8-sig", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow(map(spreadsheet_safe, self._headings))
        return self._writer

    def _unwritable(self, error: OSError) -> BadInput:
        return BadInput(
            "import.rejects_unwritable",
            N_("The refused rows can't be written to {file}: {reason}. Name another file with --rejects."),
            field="rejects",
            file=self.path,
            reason=reason_of(error),
        )
