"""The words callers use for a time, Chinese and English, and what each of them says.

A phrase is read from the left; every word adds to `Said`. What is left over makes the phrase unclear.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from core.calls.when_grammar import (
    MONTHS_EN,
    WEEKDAYS_EN,
    Said,
    Unclear,
    calendar_day,
    days_later,
    half_width,
    month_day,
    month_end,
    months_later,
    number_of_month,
    weekday,
)

LONGEST = 60
"""Characters of a phrase; nobody says a time in more."""

Handler = Callable[[Said, re.Match[str]], None]
Rule = tuple[re.Pattern[str], Handler]


def _zh_week(said: Said, m: re.Match[str]) -> None:
    which = {"": None, "这": 0, "本": 0, "下": 1, "下下": 2}[m["which"] or ""]
    weekday(said, 5 if m["day"] == "末" else int(m["day"]) - 1, which)


def _zh_day(said: Said, m: re.Match[str]) -> None:
    days_later(said, {"今": 0, "明": 1, "后": 2, "大后": 3}[m[1]])


def _zh_month_edge(said: Said, m: re.Match[str]) -> None:
    months = 1 if m[1] else 0
    if m[2] == "初":
        end = month_end(said.today, 1)  # this month's beginning is past, so both mean next month's
        said.add_day(end.replace(day=1))
    else:
        said.add_day(month_end(said.today, months))


def _zh_next_month(said: Said, m: re.Match[str]) -> None:
    end = month_end(said.today, 1)
    said.add_day(calendar_day(end.year, end.month, int(m[1])))


def _zh_clock(said: Said, m: re.Match[str]) -> None:
    minute = {"半": 30, "1刻": 15, "3刻": 45}.get(m["frac"] or "", int(m["min"] or 0))
    said.add_clock(int(m["hour"]), minute)


def _zh_hours(said: Said, m: re.Match[str]) -> None:
    said.add_offset(timedelta(hours=int(m[1] or 0), minutes=30 if m[2] else 0))


def _clock(said: Said, m: re.Match[str]) -> None:
    literal = len(m[1]) == 2 and m[1][0] == "0"
    said.add_clock(int(m[1]), int(m[2]), literal=literal)
    if m[3]:
        said.literal = False
        said.add_part(m[3][0] + "m")


def _hour_meridian(said: Said, m: re.Match[str]) -> None:
    said.add_clock(int(m[1]), 0)
    said.add_part(m[2][0] + "m")


def _plus(said: Said, m: re.Match[str]) -> None:
    for number, unit in re.findall(r"(\d{1,4})([a-z])", m[0]):
        if unit in "dw":
            days_later(said, int(number) * (7 if unit == "w" else 1))
            said.same_time = True
        else:
            said.add_offset(timedelta(**{"hours" if unit == "h" else "minutes": int(number)}))


def _en_in(said: Said, m: re.Match[str]) -> None:
    number = 1 if m[1] in ("a", "an") else int(m[1])
    match m[2][:2]:
        case "da":
            days_later(said, number)
        case "we":
            days_later(said, number * 7)
        case "mo":
            months_later(said, number)
        case "ho" | "hr":
            said.add_offset(timedelta(hours=number))
        case _:
            said.add_offset(timedelta(minutes=number))


def _en_week(said: Said, m: re.Match[str]) -> None:
    weeks = 1 if (m[1] or "").startswith("next") else None
    weekday(said, WEEKDAYS_EN.index(m[2]), weeks)


def _en_month(name: str) -> int:
    return MONTHS_EN.index(name[:3]) + 1


_YEAR = r"(?:,?\s*(20\d\d)(?![\d:点时]))?"
_MONTH = r"(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|ust|ember|ober)?\b\.?"
_WEEKDAY_EN = r"(mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs?|ur|urs)?(?:day)?\b\.?"
_LATER = r"\s*(?:之后|以后|后)"
_N = r"(\d{1,4})"

_ZH_PARTS = {
    "凌晨": "night",
    "早上|早晨|清晨|早": "early",
    "上午": "morning",
    "中午|正午": "noon",
    "下午|午后": "afternoon",
    "傍晚": "dusk",
    "晚上|晚间|晚": "evening",
}
_EN_PARTS = {
    r"(?:in the )?morning\b": "morning",
    r"(?:at )?(?:noon|midday)\b": "noon",
    r"(?:in the )?afternoon\b": "afternoon",
    r"(?:in the )?evening\b": "evening",
}


def _part_rules() -> Sequence[tuple[str, Handler]]:
    def rule(part: str) -> Handler:
        return lambda said, _match: said.add_part(part)

    return [(pattern, rule(part)) for pattern, part in (_ZH_PARTS | _EN_PARTS).items()]


def _tonight(said: Said, _match: re.Match[str]) -> None:
    days_later(said, 0)
    said.add_part("evening")


_TABLE: Sequence[tuple[str, Handler]] = (
    (r"at\s+(\d{1,2})(?!\d|:|\s*[ap]\.?m)", lambda said, m: said.add_clock(int(m[1]), 0)),
    (r"[\s,。、的]+|(?:at|on|the)\b", lambda said, m: None),
    (r"\+(?:\s*\d{1,4}[wdhm](?![a-z]))+", _plus),
    (
        r"(20\d\d)(?:\s*年\s*|-|/)(\d{1,2})(?:\s*月\s*|-|/)(\d{1,2})(?!\d)\s*[日号]?",
        lambda said, m: month_day(said, int(m[2]), int(m[3]), int(m[1])),
    ),
    (
        r"(\d{1,2})\s*月\s*(?:份\s*)?(\d{1,2})(?!\d)(?:\s*[日号]|(?!\s*[:点时]))",
        lambda said, m: month_day(said, int(m[1]), int(m[2])),
    ),
    (r"(\d{1,2})[/-](\d{1,2})(?![\d:/-])", lambda said, m: month_day(said, int(m[1]), int(m[2]))),
    (rf"{_N}\s*[天日]{_LATER}", lambda said, m: days_later(said, int(m[1]))),
    (rf"{_N}\s*个?\s*(?:周|星期|礼拜){_LATER}", lambda said, m: days_later(said, 7 * int(m[1]))),
    (rf"(\d{{1,2}})\s*个月{_LATER}", lambda said, m: months_later(said, int(m[1]))),
    (rf"{_N}\s*个?\s*(半)?\s*(?:小时|钟头){_LATER}", _zh_hours),
    (rf"()(半)\s*个?\s*(?:小时|钟头){_LATER}", _zh_hours),
    (rf"{_N}\s*分钟?{_LATER}", lambda said, m: said.add_offset(timedelta(minutes=int(m[1])))),
    (rf"(\d{{1,2}})\s*刻钟{_LATER}", lambda said, m: said.add_offset(timedelta(minutes=15 * int(m[1])))),
    (r"(大后|今|明|后)(?:[天日]|(?=早|晚|上午|中午|下午))", _zh_day),
    (r"(?P<which>这|本|下下|下)?个?\s*周(?P<day>[1-7]|末)(?!\d)", _zh_week),
    (r"下个?月\s*(\d{1,2})\s*[日号]", _zh_next_month),
    (r"(下)个?月(底|末|初)", _zh_month_edge),
    (r"(?:这个?|本)?()月(底|末|初)", _zh_month_edge),
    (r"(\d{1,2})\s*[日号]", lambda said, m: number_of_month(said, int(m[1]))),
    (
        r"(?P<hour>\d{1,2})\s*[点时](?:\s*(?:钟|整)|\s*(?P<frac>半|[13]刻)|\s*(?P<min>\d{1,2})(?![\d日号月/-])\s*分?)?",
        _zh_clock,
    ),
    (r"(\d{1,2}):(\d\d)(?!\d|:)\s*([ap]\.?m\b\.?)?", _clock),
    (r"(\d{1,2})\s*([ap]\.?m\b\.?)", _hour_meridian),
    (r"(\d{1,2})\s*o'?clock\b", lambda said, m: said.add_clock(int(m[1]), 0)),
    *_part_rules(),
    (r"tonight\b", _tonight),
    (r"today\b", lambda said, m: days_later(said, 0)),
    (r"day after tomorrow\b", lambda said, m: days_later(said, 2)),
    (r"(?:tomorrow|tmrw?)\b", lambda said, m: days_later(said, 1)),
    (rf"(next\s+|this\s+)?{_WEEKDAY_EN}", _en_week),
    (r"in\s+()half an hour\b", lambda said, m: said.add_offset(timedelta(minutes=30))),
    (r"in\s+(\d{1,4}|an?)\s*(days?|weeks?|months?|hours?|hrs?|minutes?|mins?)\b", _en_in),
    (r"(?:end of (?:the )?month|month end)\b", lambda said, m: said.add_day(month_end(said.today))),
    (
        rf"{_MONTH}\s*(\d{{1,2}})(?!\d|:)(?:st|nd|rd|th)?{_YEAR}",
        lambda said, m: month_day(said, _en_month(m[1]), int(m[2]), int(m[3]) if m[3] else None),
    ),
    (
        rf"(\d{{1,2}})(?:st|nd|rd|th)?\s*(?:of\s+)?{_MONTH}{_YEAR}",
        lambda said, m: month_day(said, _en_month(m[2]), int(m[1]), int(m[3]) if m[3] else None),
    ),
    (r"(\d{1,2})(?:st|nd|rd|th)\b", lambda said, m: number_of_month(said, int(m[1]))),
)
RULES: tuple[Rule, ...] = tuple((re.compile(pattern), handler) for pattern, handler in _TABLE)


def read_phrase(text: str, today: date) -> Said:
    """What the phrase says, on that day. Raises Unclear."""
    phrase = half_width(text)
    if not phrase or len(phrase) > LONGEST:
        raise Unclear
    said = Said(today)
    position = 0
    while position < len(phrase):
        for pattern, handler in RULES:
            found = pattern.match(phrase, position)
            if found and found.end() > position:
                handler(said, found)
                position = found.end()
                break
        else:
            raise Unclear
    return said
