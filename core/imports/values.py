"""What stands in a cell, as a value: codes, amounts, days, birthdays, phone numbers. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from unicodedata import normalize

from core.base.language import N_
from core.base.money import parse_amount
from core.base.text import clean

LONGEST_CODE = 64
LONGEST_NAME = 100
LONGEST_TEXT = 4000
EARLIEST = date(1900, 1, 1)
LATEST = date(2100, 12, 31)


class Wrong(Exception):
    """A cell holds something its column can't take; the sentence says what would be right."""

    def __init__(self, template: str, /, **params: object) -> None:
        super().__init__(template)
        self.template = template
        self.params = params


_EXCEL_ERROR = re.compile(r"#(N/A|DIV/0!|REF!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA|####*)\Z")


def plain(cell: str) -> str:
    """A cell's text cleaned; an apostrophe that an export put before a formula is taken off again.

    Raises Wrong for an error that a spreadsheet left there.
    """
    text = clean(cell)
    if not text:
        return text
    if text[0] == "#" and _EXCEL_ERROR.match(text):
        raise Wrong(N_("the spreadsheet left an error here ({error}): put the value itself"), error=text)
    if text[0] == "'" and len(text) > 1 and text[1] in "=+-@＝＋－＠":
        return text[1:]
    return text


def bounded(text: str, longest: int) -> str:
    """The text, where it is no longer than its field."""
    if len(text) > longest:
        raise Wrong(N_("{count} characters are too many: at most {longest}"), count=len(text), longest=longest)
    return text


@lru_cache(maxsize=4096)
def code(text: str) -> str:
    """A number or code of a store, person, member or order: text, its leading zeros kept, half-width."""
    if not text.isascii():
        text = normalize("NFKC", text).strip()
    return bounded(text, LONGEST_CODE)


_AMOUNT = re.compile(r"(-?)(\d{1,12})(?:\.(\d{1,2}))?")
_YUAN = re.compile(r"RMB|CNY|[¥￥元圆\s]", re.IGNORECASE)
_NOISE = Decimal("0.000001")


def amount(text: str) -> int:
    """Fen of an amount; negative with a sign before or after it, or in brackets.

    More decimals than two are refused, except what a spreadsheet's arithmetic leaves (12.340000000001).
    """
    if found := _AMOUNT.fullmatch(text):
        fen = int(found[2]) * 100 + (int(found[3].ljust(2, "0")) if found[3] else 0)
        return -fen if found[1] else fen
    shown = _YUAN.sub("", normalize("NFKC", text).replace("−", "-"))
    if shown.endswith("-"):
        shown = "-" + shown[:-1]
    try:
        fen = parse_amount(shown)
        exact = Decimal(re.sub(r"[,()\-+]", "", shown) if "e" not in shown.lower() else shown.replace(",", ""))
    except (ValueError, InvalidOperation) as error:
        raise Wrong(N_("this is no amount: write it like 1280.00 or -35.50")) from error
    if abs(abs(exact) * 100 - abs(fen)) > _NOISE:
        raise Wrong(N_("this amount has more than two decimals: write it to the fen, like 12.35"))
    return fen


def whole(text: str) -> int:
    """A whole number."""
    try:
        number = Decimal(normalize("NFKC", text).replace(",", ""))
        value = int(number)
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise Wrong(N_("this is no whole number")) from error
    if value != number or abs(value) > 10**9:
        raise Wrong(N_("this is no whole number"))
    return value


_DAY = r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?"
_PACKED = r"(\d{4})(\d{2})(\d{2})"
_WEEKDAY = r"(?:\s*\(?(?:星期|周|礼拜)[一二三四五六日天]\)?)?"
_HALF = r"(凌晨|早上|上午|中午|下午|傍晚|晚上|AM|PM)"
_CLOCK = (
    rf"{_HALF}?\s*(\d{{1,2}})\s*[:时点]\s*(?:(\d{{1,2}})\s*(?:[:分]\s*(\d{{1,2}})?(?:\.\d+)?\s*秒?)?)?\s*{_HALF}?"
)
_ZONE = r"\s*(Z|[+-]\d{2}:?\d{2})?"
_WRITTEN = re.compile(rf"{_DAY}{_WEEKDAY}(?:[\sT,]*{_CLOCK}{_ZONE})?", re.IGNORECASE)
_TOGETHER = re.compile(rf"{_PACKED}(?:[\sT]*(?:{_CLOCK}|(\d{{2}})(\d{{2}})(\d{{2}})?))?", re.IGNORECASE)
_SERIAL = re.compile(r"\d{4,5}(?:\.\d+)?")
_LATE = frozenset({"下午", "傍晚", "晚上", "pm"})
_EARLY = frozenset({"凌晨", "早上", "上午", "am"})

_UNREADABLE = N_("this is no day that can be read: write it like 2026-11-23, or 2026-11-23 15:20 with the time")


def moment(text: str, *, epoch_1904: bool = False) -> datetime:
    """A day, with the time on the wall where one is given, else midnight; aware only where it names its zone."""
    if len(text) in (10, 16, 19) and text[4:5] == "-" and text[7:8] == "-":
        try:
            return _sane(datetime.fromisoformat(text))
        except ValueError:
            pass
    shown = normalize("NFKC", text).strip()
    try:
        if found := _WRITTEN.fullmatch(shown):
            year, month, day, before, hour, minute, second, after, zone = found.groups()
            at = _clock(hour, minute, second, before or after)
            value = datetime.combine(date(int(year), int(month), int(day)), at)
            return _sane(datetime.fromisoformat(value.isoformat() + zone.upper()) if zone else value)
        if found := _TOGETHER.fullmatch(shown):
            year, month, day, before, hour, minute, second, after, h, m, s = found.groups()
            at = _clock(h or hour, m or minute, s or second, before or after)
            return _sane(datetime.combine(date(int(year), int(month), int(day)), at))
        if _SERIAL.fullmatch(shown):
            return _sane(_from_serial(float(shown), epoch_1904))
    except (ValueError, OverflowError) as error:
        raise Wrong(_UNREADABLE) from error
    raise Wrong(_UNREADABLE)


def day_of(text: str, *, epoch_1904: bool = False) -> date:
    """A day; a time beside it is left out."""
    return moment(text, epoch_1904=epoch_1904).date()


def _sane(value: datetime) -> datetime:
    if not EARLIEST <= value.date() <= LATEST:
        raise Wrong(
            N_("the year {year} can't be meant: days from {first} to {last} are taken"),
            year=value.year,
            first=EARLIEST.year,
            last=LATEST.year,
        )
    return value


def _clock(hour: str | None, minute: str | None, second: str | None, half: str | None) -> time:
    if hour is None:
        return time(0)
    hours = int(hour)
    word = (half or "").lower()
    if word in _LATE and hours < 12:
        hours += 12
    elif word in _EARLY and hours == 12:
        hours = 0
    return time(hours, int(minute or 0), int(second or 0))


def _from_serial(number: float, epoch_1904: bool) -> datetime:
    start = datetime(1904, 1, 1) if epoch_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - a wall clock's
    seconds = round(number * 86400)
    return start + timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Birthday:
    """A birthday: the year may be unknown, the calendar solar or lunar (R6.1)."""

    year: int | None
    month: int
    day: int
    calendar: str = "solar"


_LUNAR = re.compile(r"^(?:农历|阴历|旧历)\s*")
_YEARLESS = re.compile(r"(?:--)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_IN_WORDS = re.compile(r"(闰)?([正冬腊一二三四五六七八九十]{1,2})月(初?[一二三四五六七八九十廿卅]{1,3})日?")
_UNREADABLE_BIRTHDAY = N_("this is no birthday that can be read: write it like 1985-03-12, 03-12 or 农历八月十五")


def birthday(text: str, *, lunar: bool = False, latest: date = LATEST, epoch_1904: bool = False) -> Birthday:
    """A birthday with or without its year; `lunar` where another column says so."""
    shown = normalize("NFKC", text).strip()
    if without := _LUNAR.sub("", shown) if _LUNAR.match(shown) else "":
        shown, lunar = without, True
    calendar = "lunar" if lunar else "solar"
    if found := _YEARLESS.fullmatch(shown):
        return _checked(Birthday(None, int(found[1]), int(found[2]), calendar))
    if (found := _IN_WORDS.fullmatch(shown)) and not found[1]:
        return _checked(Birthday(None, _month_in_words(found[2]), _day_in_words(found[3]), calendar))
    if lunar and (found := re.fullmatch(_DAY, shown) or re.fullmatch(_PACKED, shown)):
        return _checked(Birthday(int(found[1]), int(found[2]), int(found[3]), calendar))
    try:
        day = day_of(shown, epoch_1904=epoch_1904)
    except Wrong as error:
        raise Wrong(_UNREADABLE_BIRTHDAY) from error
    if day > latest:
        raise Wrong(N_("a birthday can't lie ahead"))
    return Birthday(day.year, day.month, day.day, calendar)


def _checked(found: Birthday) -> Birthday:
    longest = (
        30
        if found.calendar == "lunar"
        else (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[(found.month - 1) % 12]
    )
    if not (1 <= found.month <= 12 and 1 <= found.day <= longest):
        raise Wrong(_UNREADABLE_BIRTHDAY)
    if found.year is not None and not EARLIEST.year <= found.year <= LATEST.year:
        raise Wrong(_UNREADABLE_BIRTHDAY)
    return found


_DIGITS = {word: number for number, word in enumerate("一二三四五六七八九十", start=1)}


def _month_in_words(words: str) -> int:
    special = {"正": 1, "冬": 11, "腊": 12, "十一": 11, "十二": 12}
    return special.get(words) or (_DIGITS.get(words, 0))


def _day_in_words(words: str) -> int:
    rest = words.removeprefix("初")
    rest = rest.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = rest.partition("十")
    if not ten:
        return _DIGITS.get(rest, 0)
    return (_DIGITS.get(tens, 1) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)


_BETWEEN_PHONES = re.compile(r"[/;；、,，\n|]|或")
_MOBILES = re.compile(r"1\d{10}(?:\s+1\d{10})+")


def phones_in(cell: str) -> Sequence[str]:
    """The numbers in one cell, each as typed."""
    text = clean(cell, lines=True)
    if not text:
        return ()
    parts = [part.strip() for part in _BETWEEN_PHONES.split(text) if part.strip()]
    if any(sum(c.isdigit() for c in part) < 5 for part in parts):
        parts = [clean(cell)]
    found: list[str] = []
    for part in parts:
        found.extend(part.split() if _MOBILES.fullmatch(part) else [part])
    return tuple(dict.fromkeys(found))
