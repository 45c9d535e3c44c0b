"""What the operating system says where a file can't be used, in the user's language."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.base.errors import BadInput
from core.base.language import N_, Word

REASONS = (
    N_("No such file or directory"),
    N_("Permission denied"),
    N_("Is a directory"),
    N_("Not a directory"),
    N_("File exists"),
    N_("File name too long"),
    N_("No space left on device"),
    N_("Read-only file system"),
    N_("Disk quota exceeded"),
    N_("Input/output error"),
)
"""The reasons that have a translation; any other is told as the system words it."""


def reason_of(error: OSError) -> Word:
    """Why the system refused, as a word for a sentence."""
    return Word(os.strerror(error.errno) if error.errno else str(error))


@contextmanager
def written(file: Path) -> Iterator[None]:
    """Write a file that somebody asked for. Raises BadInput where the system does not let it be written."""
    try:
        yield
    except OSError as error:
        raise BadInput(
            "export.unwritable",
            N_("The file {file} can't be written: {reason}. Name another file."),
            field="file",
            file=file,
            reason=reason_of(error),
        ) from error


@contextmanager
def part_of(file: Path) -> Iterator[Path]:
    """A file beside it that only the owner may read, to be put in its place once it is whole; else it goes.

    Raises BadInput as `written` does.
    """
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    with written(file):
        try:
            os.close(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
            yield part
        finally:
            part.unlink(missing_ok=True)
