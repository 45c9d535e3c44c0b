"""What stands in a cell, as a value: codes, amounts, days, birthdays, phone numbers. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from unicodedata import normalize

from core.base.language import N_
from core.base.money import parse_amount
from core.base.text import clean
from core.members.birthdays import Birthday, parse_birthday

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


_WHOLE = re.compile(r"([+-]?\d{1,9})(?:\.0+)?")


def whole(text: str) -> int:
    """A whole number."""
    found = _WHOLE.fullmatch(text) or _WHOLE.fullmatch(normalize("NFKC", text).replace(",", ""))
    if found is None:
        raise Wrong(N_("this is no whole number"))
    return int(found[1])


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
_SERIAL = re.compile(r"[1-9]\d{4}(?:\.\d+)?")
_LATE = frozenset({"下午", "傍晚", "晚上", "pm"})
_EARLY = frozenset({"凌晨", "早上", "上午", "am"})

_UNREADABLE = N_("this is no day that can be read: write it like 2026-11-23, or 2026-11-23 15:20 with the time")


def moment(text: str, *, epoch_1904: bool = False) -> datetime:
    """A day, with the time on the wall where one is given, else midnight; aware only where it names its zone."""
    if len(text) in (10, 16, 19) and text[4:5] == "-" and text[7:8] == "-":
        try:
            value = datetime.fromisoformat(text)
        except ValueError:
            value = None
        if value is not None:
            return value if EARLIEST.year < value.year < LATEST.year else _sane(value)
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


def birthday(text: str, today: date, *, lunar: bool = False, epoch_1904: bool = False) -> Birthday | None:
    """A birthday as people type it, or as a spreadsheet's number of days. Raises BadInput (R6.1)."""
    if _SERIAL.fullmatch(text):
        text = _from_serial(float(text), epoch_1904).date().isoformat()
    return parse_birthday(text, today, lunar=lunar)


_BETWEEN_PHONES = re.compile(r"[/;；、,，\n|]|或")
_MOBILES = re.compile(r"1\d{10}(?:\s+1\d{10})+")


def phones_in(cell: str) -> tuple[str, ...]:
    """The numbers in one cell, each as typed; an area code parted from its number by a stroke stays with it."""
    text = clean(cell, lines=True)
    if not text:
        return ()
    found: list[str] = []
    area = ""
    for part in filter(None, (part.strip() for part in _BETWEEN_PHONES.split(text))):
        if "*" in part:  # masked in an export: it says nothing that can be dialled
            continue
        if sum(character.isdigit() for character in part) < 5:
            area = f"{area}-{part}" if area else part
            continue
        whole_part = f"{area}-{part}" if area else part
        area = ""
        found.extend(whole_part.split() if _MOBILES.fullmatch(whole_part) else [whole_part])
    if area:
        found.append(area)
    return tuple(dict.fromkeys(found))
