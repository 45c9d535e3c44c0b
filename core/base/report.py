"""A report as plain values: sections of rows that a screen, a table, a spreadsheet and a page draw alike (R14.3).

Texts are worded by who makes the report. A column with `bar` is drawn as bars too, against the greatest of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.base.language import N_
from core.base.money import amount_text

TITLES: Mapping[str, str] = {
    "satisfaction": N_("Satisfaction"),
    "complaints": N_("Complaints and problems"),
    "reasons": N_("Reasons for staying away"),
    "recovery": N_("Recovery"),
    "gifts": N_("Gifts and offers"),
}
"""The reports there are, by code: the command `report CODE`, and the entries of the screen."""

Value = str | int | float | date | None


class Kind(StrEnum):
    """What the values of a column are: `share` of 1, `score` from 1 to 5, `amount` in fen."""

    TEXT = "text"
    COUNT = "count"
    SHARE = "share"
    SCORE = "score"
    NUMBER = "number"
    AMOUNT = "amount"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """A column: its heading, what its values are, the code `--json` uses, and whether it is drawn as bars."""

    title: str
    code: str
    kind: Kind = Kind.TEXT
    bar: bool = False

    @property
    def right(self) -> bool:
        """Whether values stand at the right: numbers do."""
        return self.kind not in (Kind.TEXT, Kind.DAY)


@dataclass(frozen=True, slots=True)
class Section:
    """A table of a report; `empty` says why it has no rows, `note` what to know when reading it."""

    title: str
    code: str
    columns: tuple[ReportColumn, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: str = ""
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A report over the days `since` to `until`, both included; `scope` names the stores it is about."""

    code: str
    title: str
    since: date
    until: date
    scope: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is asked for: days, both included, and a store's code (empty: all one may see)."""

    since: date
    until: date
    store: str = ""


def cell_text(value: Value, kind: Kind) -> str:
    """A value as people read it; nothing known is a dash."""
    if value is None or value == "":
        return "-"
    match kind:
        case Kind.SHARE if isinstance(value, int | float):
            return f"{value * 100:.0f} %"
        case Kind.SCORE if isinstance(value, int | float):
            return f"{value:.2f}"
        case Kind.NUMBER if isinstance(value, int | float):
            return f"{value:,.1f}"
        case Kind.COUNT if isinstance(value, int):
            return f"{value:,}"
        case Kind.AMOUNT if isinstance(value, int):
            return amount_text(value)
    return str(value)


def bar_lengths(values: Sequence[Value], kind: Kind, width: int) -> list[int]:
    """How long each bar is in `width` cells: shares against 1, scores against 5, all else against the greatest."""
    numbers = [float(value) if isinstance(value, int | float) else 0.0 for value in values]
    top = {Kind.SHARE: 1.0, Kind.SCORE: 5.0}.get(kind) or max([*numbers, 0.0])
    if top <= 0:
        return [0] * len(numbers)
    return [max(0, min(width, max(1, round(number / top * width)) if number > 0 else 0)) for number in numbers]
