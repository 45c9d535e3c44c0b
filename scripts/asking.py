"""Asking for a PIN or password: from the file HUIFANG_SECRET_FILE or at a prompt without echo, never in argv."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from core.base.errors import Refused
from core.base.language import N_, Catalogue

FILE = "HUIFANG_SECRET_FILE"


class Answers:
    """Secrets in the order in which a command asks for them: one line of the file each, else typed."""

    def __init__(self) -> None:
        named = os.environ.get(FILE, "")
        self._lines = _lines(Path(named)) if named else None

    def ask(self, words: Catalogue, question: str) -> str:
        """The answer to a question already in words. Raises Refused where there is nobody and nothing to ask."""
        if self._lines is not None:
            if not self._lines:
                raise Refused(
                    "secret.file_short",
                    N_("The file of {setting} has too few lines: one for each PIN that is asked for, in order."),
                    setting=FILE,
                )
            return self._lines.pop(0)
        if not sys.stdin.isatty():
            raise Refused(
                "secret.no_terminal",
                N_("A PIN is asked for: run this in a terminal, or name a file only you can read in {setting}."),
                setting=FILE,
            )
        from getpass import getpass

        return getpass(f"{question} ")


def _lines(file: Path) -> list[str]:
    if os.name == "posix" and file.stat().st_mode & 0o077:
        raise Refused(
            "secret.file_open",
            N_("Others can read {file}: let only its owner (chmod 600), since it holds a PIN."),
            file=file,
        )
    return file.read_text(encoding="utf-8-sig").splitlines()
