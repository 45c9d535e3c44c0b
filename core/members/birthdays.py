"""Birthdays and days as people type them: solar or lunar (农历), with or without the year (R6.1). Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from core.base.errors import BadInput
from core.base.language import N_
from core.base.text import clean, half_width

_OLDEST_YEAR = 1900
_LEAP_YEAR = 2000

_LUNAR_WORDS = re.compile(r"农历|農曆|阴历|陰曆|旧历|舊曆|lunar", re.IGNORECASE)
_SOLAR_WORDS = re.compile(r"公历|公曆|阳历|陽曆|新历|solar", re.IGNORECASE)
_LUNAR_LOOK = re.compile(r"正月|腊月|臘月|冬月|闰|閏|初[一二三四五六七八九十\d]|廿|月[一二三]?十")
_NAMED_MONTHS = {"正": 1, "冬": 11, "腊": 12, "臘": 12}
_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "两": 2, "元": 1}
_NUMBER = r"[〇零○一二三四五六七八九十廿卅初元\d]+"
_CHINESE = re.compile(
    rf"(?:(?P<year>[〇零○一二三四五六七八九\d]{{4}})年)?"
    rf"闰?閏?(?:(?P<named>[正冬腊臘])|(?P<month>{_NUMBER}))月(?P<day>{_NUMBER})[日号號]?"
)
_FULL = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ T]0{1,2}:00(?::00(?:\.0+)?)?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SHORT = re.compile(r"(\d{1,2})[-/.](\d{1,2})|--(\d{2})-?(\d{2})")


@dataclass(frozen=True, slots=True)
class Birthday:
    """Month and day by the solar or lunar (`lunar`) calendar; the year may be unknown."""

    month: int
    day: int
    year: int | None = None
    lunar: bool = False

    @property
    def calendar(self) -> str:
        """`lunar` or `solar`."""
        return "lunar" if self.lunar else "solar"

    def text(self, lunar: str = "农历") -> str:
        """As people type it and `parse_birthday` reads it: 1988-05-06, 05-06, 农历 08-15 (or `lunar` 08-15)."""
        day = f"{self.month:02d}-{self.day:02d}"
        dated = f"{self.year:04d}-{day}" if self.year else day
        return f"{lunar} {dated}" if self.lunar else dated


def parse_birthday(text: str, today: date, *, lunar: bool = False) -> Birthday | None:
    """A birthday typed: 1988-05-06, 5月6日, 05-06, 农历八月十五; None for an empty text.

    `lunar` says so where the text does not. Raises BadInput for a day that no calendar has.
    """
    kept = half_width(clean(text))
    if not kept:
        return None
    plain = _SOLAR_WORDS.sub("", _LUNAR_WORDS.sub("", kept)).strip(" :()生日")
    by_moon = bool(_LUNAR_WORDS.search(kept)) or (
        not _SOLAR_WORDS.search(kept) and (lunar or bool(_LUNAR_LOOK.search(plain)))
    )
    parts = _parts(plain)
    if parts is None:
        raise _unclear("birthday")
    year, month, day = parts
    if not _exists(year, month, day, by_moon):
        raise _no_such_day("birthday", plain)
    if year is not None and (year < _OLDEST_YEAR or year > today.year or _is_future(parts, today, by_moon)):
        raise BadInput(
            "field.birth_year",
            N_("Nobody alive was born in that year: check the year, or leave it out (05-06)."),
            field="birthday",
        )
    return Birthday(month, day, year, by_moon)


def parse_day(text: str, today: date, *, field: str, future: bool = False) -> date:
    """A full date typed: 2026-11-23, 2026/11/23, 20261123, 2026年11月23日.

    Raises BadInput for another text, a day that does not exist, or (unless `future`) one after today.
    """
    plain = half_width(clean(text))
    parts = _parts(plain)
    year = parts[0] if parts else None
    if parts is None or year is None:
        raise _unclear(field)
    if not _exists(*parts, False):
        raise _no_such_day(field, plain)
    found = date(year, *parts[1:])
    if found > today and not future:
        raise BadInput("field.future", N_("This day is still to come: check the year."), field=field)
    return found


def _parts(plain: str) -> tuple[int | None, int, int] | None:
    if found := _FULL.fullmatch(plain) or _COMPACT.fullmatch(plain):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _SHORT.fullmatch(plain):
        return None, int(found[1] or found[3]), int(found[2] or found[4])
    if found := _CHINESE.fullmatch(plain.replace(" ", "")):
        year = int("".join(str(_digit(c)) for c in found["year"])) if found["year"] else None
        month = _NAMED_MONTHS[found["named"]] if found["named"] else _number(found["month"])
        return year, month, _number(found["day"])
    return None


def _digit(character: str) -> int:
    return int(character) if character.isdecimal() else _DIGITS[character]


def _number(text: str) -> int:
    """A count up to 39 in figures or Chinese: 15, 十五, 初五, 廿三, 二十."""
    if text.isdecimal():
        return int(text)
    text = text.removeprefix("初").replace("廿", "二十").replace("卅", "三十")
    tens, ten, units = text.partition("十")
    if not ten:
        return int("".join(str(_digit(c)) for c in tens) or 0)
    return (_digit(tens[-1]) if tens else 1) * 10 + (_digit(units[-1]) if units else 0)


def _exists(year: int | None, month: int, day: int, lunar: bool) -> bool:
    if not 1 <= month <= 12 or (year is not None and not 1 <= year <= 9999):
        return False
    return 1 <= day <= (30 if lunar else monthrange(year or _LEAP_YEAR, month)[1])


def _is_future(parts: tuple[int | None, int, int], today: date, lunar: bool) -> bool:
    return not lunar and (parts[0] or 0, parts[1], parts[2]) > (today.year, today.month, today.day)


def _unclear(field: str) -> BadInput:
    return BadInput(
        "field.date",
        N_("This is no date: type it like 1988-05-06; a birthday also like 05-06 or lunar 08-15."),
        field=field,
    )


def _no_such_day(field: str, typed: str) -> BadInput:
    return BadInput(
        "field.no_such_day",
        N_("There is no such day: {typed}. Type month and day like 05-06."),
        field=field,
        typed=typed,
    )
