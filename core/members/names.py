"""The spellings a member's name is found by: the name, its pinyin and its initials, all readings (R6.5)."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import product
from unicodedata import category, normalize

from core.base.errors import BadData
from core.base.language import N_
from core.base.resources import data_folder
from core.base.text import clean, half_width

MOST_READINGS = 24
"""Combinations of readings that are indexed for one name."""

_WORD = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]|[^\W_\u3400-\u9fff\U00020000-\U0003ffff]+")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_ONLY_LATIN = re.compile(r"[a-z0-9]*")


def search_key(words: str) -> str:
    """Words typed to find a name, as keys are stored: casefolded, without accents, blanks or marks."""
    if _ONLY_LATIN.fullmatch(words):
        key = words
    else:
        key = "".join(_WORD.findall(_plain(words)))
    return key[:1] + "v" + key[3:] if key.startswith(("lyu", "nyu")) else key


def name_keys(name: str) -> tuple[str, ...]:
    """Every key of a name, the name itself first; all are found by prefix."""
    parts = _WORD.findall(_plain(name))
    if not parts:
        return ()
    keys = {"".join(parts): None}
    han = [bool(_HAN.match(part)) for part in parts]
    if any(han):
        keys |= dict.fromkeys(_han_keys(parts, han))
    else:
        for start in range(1, len(parts)):
            keys["".join(parts[start:] + parts[:start])] = None
        if len(parts) > 1:
            keys["".join(part[0] for part in parts)] = None
    return tuple(keys)


def _plain(text: str) -> str:
    lowered = half_width(clean(text)).casefold()
    if lowered.isascii():
        return lowered
    lowered = lowered.replace("ü", "v")
    return "".join(c for c in normalize("NFKD", lowered) if category(c) != "Mn")


def _han_keys(parts: Sequence[str], han: Sequence[bool]) -> Iterable[str]:
    readings = [_readings(part) if is_han else (part,) for part, is_han in zip(parts, han, strict=True)]
    for length, spelt in _surnames().readings(parts):
        for place in range(length):
            readings[place] = tuple(dict.fromkeys([*spelt[place], *readings[place]]))
    spellings = _spellings(tuple(readings))
    yield from ("".join(spelling) for spelling in spellings)
    yield from ("".join(part[:1] for part in spelling) for spelling in spellings)


def _spellings(readings: tuple[tuple[str, ...], ...]) -> list[tuple[str, ...]]:
    """The likeliest combinations first: those that take few uncommon readings."""
    count = 1
    for options in readings:
        count *= len(options)
    if count == 1:
        return [tuple(options[0] for options in readings)]
    if count <= MOST_READINGS:
        return list(product(*readings))
    short = [options[:4] for options in readings[:8]]
    ranked = sorted(product(*map(range, map(len, short))), key=lambda ranks: (sum(ranks), ranks))
    rest = tuple(options[0] for options in readings[8:])
    return [
        tuple(options[rank] for options, rank in zip(short, ranks, strict=True)) + rest
        for ranks in ranked[:MOST_READINGS]
    ]


class _Surnames:
    """The readings of surnames, which dictionaries of characters get wrong: `data/surnames.toml`."""

    def __init__(self, single: dict[str, tuple[str, ...]], compound: dict[str, tuple[str, ...]]) -> None:
        self.single = single
        self.compound = compound

    def readings(self, parts: Sequence[str]) -> Iterable[tuple[int, tuple[tuple[str, ...], ...]]]:
        """(characters, readings of each) of the surnames a name may begin with; the likelier one last."""
        if found := self.single.get(parts[0]):
            yield 1, (found,)
        if len(parts) > 2 and (pair := self.compound.get(parts[0] + parts[1])):
            yield 2, tuple((reading,) for reading in pair)


@lru_cache(maxsize=1)
def _surnames() -> _Surnames:
    path = data_folder() / "surnames.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        single = {name: tuple(spelt.split()) for name, spelt in table["single"].items()}
        compound = {name: tuple(spelt.split()) for name, spelt in table["compound"].items()}
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise BadData(
            "data.surnames",
            N_("The file {file} is wrong: {reason}. Install the program again, or correct the file."),
            file=path,
            reason=str(error),
        ) from error
    return _Surnames(single, compound)


@lru_cache(maxsize=1)
def _dictionary() -> dict[int, str]:
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")  # phrases are 38 MB that names have no use for
    from pypinyin.constants import PINYIN_DICT

    table: dict[int, str] = PINYIN_DICT
    return table


@lru_cache(maxsize=16384)
def _readings(character: str) -> tuple[str, ...]:
    spelt = _dictionary().get(ord(character), "")
    plain = dict.fromkeys(_toneless(reading) for reading in spelt.split(",") if reading)
    return tuple(plain) or (character,)


def _toneless(reading: str) -> str:
    kept = [c for c in normalize("NFD", reading) if c == "\u0308" or category(c) != "Mn"]
    return "".join(kept).replace("u\u0308", "v").replace("\u0308", "")
