"""What came of an import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.base.language import Catalogue


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the person who imports should know, though no row was refused for it."""

    template: str
    params: Mapping[str, object] = field(default_factory=dict)

    def text(self, words: Catalogue) -> str:
        """The notice in that language."""
        return words.say(self.template, **self.params)


@dataclass(frozen=True, slots=True)
class ImportResult:
    """Rows of the file by what became of them: read = added + updated + unchanged + anonymous + rejected.

    `anonymous` are sales without a member number, which are no error and are not stored.
    """

    read: int
    added: int
    updated: int
    unchanged: int
    anonymous: int
    rejected: int
    rejects_file: Path | None
    warnings: tuple[Notice, ...] = ()
