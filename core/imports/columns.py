"""How files head their columns and write codes: `data/import_columns.toml`, read and matched (R6.8)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from core.base.language import Catalogue
from core.base.resources import data_folder


class Kind(StrEnum):
    """What a file holds."""

    STORES = "stores"
    STAFF = "staff"
    MEMBERS = "members"
    PURCHASES = "purchases"


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a kind of file may have; `ranks` gives each way of heading it its place in the data file."""

    field: str
    needed: bool
    zh: str
    en: str
    ranks: Mapping[str, int]

    def name(self, words: Catalogue) -> str:
        """What the program calls the column in that language."""
        return words.pick({"zh": self.zh, "en": self.en})


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a file has each field; `doubled` are fields headed twice alike, of which the first is used."""

    places: Mapping[str, int]
    doubled: tuple[str, ...]


_NOISE = re.compile(r"[\s_\-.:：*#/\\'\"“”‘’、，,;；|\u200b-\u200f\u2060\ufeff]+")
_BRACKETS = re.compile(r"[(\[【<][^)\]】>]*[)\]】>]")


def heading(text: str) -> str:
    """A heading or code without what makes no difference: case, width, spaces, punctuation."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).casefold()


@lru_cache(maxsize=1)
def _data() -> dict[str, dict[str, dict[str, list[str]]]]:
    text = (data_folder() / "import_columns.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=8)
def columns(kind: Kind) -> Mapping[str, Column]:
    """The columns of a kind of file by field."""
    found = {}
    for field, entry in _data()[kind.value].items():
        ranks: dict[str, int] = {}
        for rank, name in enumerate([*_interleaved(entry["zh"], entry["en"]), field]):
            ranks.setdefault(heading(name), rank)
        found[field] = Column(field, bool(entry.get("needed")), entry["zh"][0], entry["en"][0], ranks)
    return found


def _interleaved(zh: Sequence[str], en: Sequence[str]) -> list[str]:
    longest = max(len(zh), len(en))
    return [names[i] for i in range(longest) for names in (zh, en) if i < len(names)]


@lru_cache(maxsize=16)
def codes(kind: str) -> Mapping[str, str]:
    """How files write the codes of a kind of value: written -> stored."""
    entries = _data()["values"][kind].items()
    return {heading(written): code for code, ways in entries for written in ways}


def code_of(kind: str, text: str) -> str | None:
    """The stored code for what a file says, or None where it is not known."""
    return codes(kind).get(heading(text))


def written(kind: str, stored: str, words: Catalogue) -> str:
    """How a stored code is written in that language, so that an import reads it again."""
    ways = _data()["values"][kind].get(stored, [stored])
    return next((way for way in ways if way.isascii() == (words.lang == "en")), stored)


def match(row: Sequence[str], kind: Kind) -> Layout:
    """Which fields a row of headings names; an earlier name of the data file wins over a later one."""
    places: dict[str, int] = {}
    doubled: list[str] = []
    keys = [(heading(text), heading(_BRACKETS.sub("", text))) if text else ("", "") for text in row]
    for field, column in columns(kind).items():
        best: tuple[int, int] | None = None
        for place, forms in enumerate(keys):
            rank = min((column.ranks[form] for form in forms if form in column.ranks), default=None)
            if rank is None:
                continue
            if best is None or rank < best[0]:
                if field in doubled:
                    doubled.remove(field)
                best = (rank, place)
            elif rank == best[0]:
                doubled.append(field)
        if best is not None:
            places[field] = best[1]
    return Layout(places, tuple(dict.fromkeys(doubled)))


def missing(layout: Layout, kind: Kind) -> tuple[Column, ...]:
    """The needed columns a layout has not."""
    return tuple(c for c in columns(kind).values() if c.needed and c.field not in layout.places)
