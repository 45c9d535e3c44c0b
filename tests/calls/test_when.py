"""Times in plain words (R5.5). It is Monday 23 November 2026, 09:42 in Shanghai."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.clock import at, zone
from core.base.errors import BadInput
from core.base.language import catalogue
from core.calls.when import FURTHEST, When, echo, parse_when, phrase

NOW = datetime(2026, 11, 23, 1, 42, 17, tzinfo=UTC)

PHRASES = """
明天下午3点            11-24 15:00
明天下午三点           11-24 15:00
明天 下午 3 点         11-24 15:00
明日15点               11-24 15:00
明早9点                11-24 09:00
明晚8点                11-24 20:00
明天                   11-24 10:00
明天中午               11-24 12:00
明天下午               11-24 15:00
后天上午10点半         11-25 10:30
后天早上               11-25 09:00
大后天                 11-26 10:00
下周三10点             12-02 10:00
下周三十点             12-02 10:00
下周三１０：３０       12-02 10:30
下个星期三上午十点     12-02 10:00
下礼拜天               12-06 10:00
下下周一               12-07 10:00
周五下午               11-27 15:00
这周五                 11-27 10:00
本周日晚上             11-29 19:00
周一10点               11-23 10:00
周一9点                11-30 09:00
星期三2点              11-25 14:00
周末                   11-28 10:00
三天后                 11-26 10:00
3天后下午3点           11-26 15:00
十天以后               12-03 10:00
一周后                 11-30 10:00
两个星期之后           12-07 10:00
一个月后               12-23 10:00
两小时后               11-23 11:42
2个小时后              11-23 11:42
一个半小时后           11-23 11:12
半小时后               11-23 10:12
半个钟头后             11-23 10:12
三十分钟后             11-23 10:12
三刻钟后               11-23 10:27
月底                   11-30 10:00
本月底下午             11-30 15:00
月初                   12-01 10:00
下月底                 12-31 10:00
下个月3号              12-03 10:00
11月25日14:30          11-25 14:30
11月25日 14时30分      11-25 14:30
十二月三日上午十点一刻 12-03 10:15
12月25                 12-25 10:00
25号下午2点            11-25 14:00
二十五号               11-25 10:00
20号                   12-20 10:00
31号                   12-31 10:00
12/3 10:00             12-03 10:00
12-3                   12-03 10:00
2026-12-01 9:30        12-01 09:30
2026/12/1              12-01 10:00
2026年12月1日9点半     12-01 09:30
二〇二六年十二月一日   12-01 10:00
今晚7点                11-23 19:00
今天下午三点二十       11-23 15:20
今天三点三刻           11-23 15:45
晚上8点半              11-23 20:30
傍晚                   11-23 18:00
中午                   11-23 12:00
中午1点                11-23 13:00
上午12点               11-23 12:00
下午12点半             11-23 12:30
2点                    11-23 14:00
8点                    11-23 20:00
10点                   11-23 10:00
明天8点                11-24 08:00
明天02:00              11-24 02:00
后天凌晨2点            11-25 02:00
下周三 12月2日 10:00   12-02 10:00
明天 11月24日 15:00    11-24 15:00
+3d                    11-26 09:42
+1w                    11-30 09:42
+3d 15:00              11-26 15:00
+2h                    11-23 11:42
+30m                   11-23 10:12
+1h30m                 11-23 11:12
＋２ｈ                 11-23 11:42
tomorrow 3pm           11-24 15:00
Tomorrow at 10         11-24 10:00
tomorrow 3:30 p.m.     11-24 15:30
tomorrow noon          11-24 12:00
day after tomorrow     11-25 10:00
next wed 10:00         12-02 10:00
next Wednesday         12-02 10:00
this friday afternoon  11-27 15:00
fri 9:30               11-27 09:30
thursday morning       11-26 10:00
in 3 days              11-26 10:00
in a week              11-30 10:00
in 2 hours             11-23 11:42
in half an hour        11-23 10:12
in an hour             11-23 10:42
end of month           11-30 10:00
end of the month 3pm   11-30 15:00
nov 25 14:30           11-25 14:30
25 november 14:30      11-25 14:30
Dec 3rd, 9:00          12-03 09:00
the 25th at 14:30      11-25 14:30
tonight                11-23 19:00
today 12am             -
周三 12月9日           12-09 10:00
Wed 9 Dec 10:00        12-09 10:00
""".strip().splitlines()


@pytest.mark.parametrize("line", PHRASES, ids=lambda line: line[:-11].strip())
def test_phrases(line: str) -> None:
    words, _, expected = line.strip().rpartition(" ")
    words, expected = (words, expected) if expected == "-" else (line.strip()[:-11], line.strip()[-11:])
    if expected.strip() == "-":
        with pytest.raises(BadInput):
            parse_when(words, NOW)
        return
    wall = datetime.strptime(f"2026-{expected.strip()}", "%Y-%m-%d %H:%M").replace(tzinfo=zone("Asia/Shanghai"))
    assert parse_when(words, NOW).wall == wall


@pytest.mark.parametrize(("words", "day"), [("1月5日", date(2027, 1, 5)), ("jan 5 2027", date(2027, 1, 5))])
def test_the_year_turns(words: str, day: date) -> None:
    assert parse_when(words, NOW).wall.date() == day


@pytest.mark.parametrize(
    "words",
    [
        *(
            "",
            " ",
            "国庆后",
            "过两天",
            "有空的时候",
            "下次",
            "下周",
            "晚一点",
            "晚点",
            "一会儿",
            "上午14点",
            "晚上1点",
        ),
        *("下午25点", "明天25:00", "10:75", "13月1日", "2月30日", "32号", "12/40", "周二 12月2日", "明天 后天"),
        *("3点 4点", "上周三", "两小时后下午", "tomorrow afternoon morning", "next week", "soon", "3", "10"),
        *("十二三点", "明天3点-4点", "[/foo]", "\x1b[31m", "NaN", "+3", "+3days", "+", "0点0分0秒", "下下下周三"),
        *("周一 周二", "wed thu 10:00", "明天 周三", "x" * 61),
    ],
)
def test_unclear_phrases_are_refused_with_an_example(words: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_when(words, NOW)
    assert caught.value.field == "callback"
    for lang in ("zh", "en"):
        assert "+2h" in catalogue(lang).error(caught.value) or "+3d" in catalogue(lang).error(caught.value)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("9点", "when.past"),
        ("今天上午9点", "when.past"),
        ("11月20日", "when.past"),
        ("2026-11-22", "when.past"),
        ("这周一9点", "when.past"),
        ("+0m", "when.past"),
        ("2031-01-01", "when.far"),
        ("+9999d", "when.far"),
    ],
)
def test_past_and_far_times_are_refused(words: str, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_when(words, NOW)
    assert caught.value.code == code


def test_the_months_last_day_is_over() -> None:
    with pytest.raises(BadInput):
        parse_when("月底", at(date(2026, 11, 30), time(10, 30)))


def test_summer_time() -> None:
    now = datetime(2027, 3, 27, 9, 0, tzinfo=UTC)
    with pytest.raises(BadInput):
        parse_when("明天02:30", now, "Europe/Berlin")
    assert parse_when("明天03:30", now, "Europe/Berlin").moment == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


@given(
    st.integers(1, FURTHEST // timedelta(minutes=1) - 1),
    st.sampled_from(["zh", "en"]),
    st.sampled_from(["Asia/Shanghai", "Asia/Urumqi", "UTC"]),
)
def test_a_canonical_phrase_means_its_moment(minutes: int, lang: str, zone_name: str) -> None:
    moment = NOW.replace(second=0) + timedelta(minutes=minutes)
    assert parse_when(phrase(moment, lang, zone_name), NOW, zone_name) == When(moment, zone_name)


@given(st.integers(1, 366 * 1440), st.sampled_from(["zh", "en"]))
def test_an_echo_is_understood_when_typed_again(minutes: int, lang: str) -> None:
    moment = NOW.replace(second=0) + timedelta(minutes=minutes)
    said = echo(When(moment), catalogue(lang), NOW).split(", ")[0]
    assert parse_when(said, NOW).moment == moment


WORDS = [
    *"周三十点半下上午月日号后天小时+3dh:/-年初底个一零 ",
    "明天",
    "tomorrow",
    "next",
    "wed",
    "pm",
    "at",
    "2026",
]


@given(
    st.one_of(
        st.text(), st.lists(st.sampled_from(WORDS)).map("".join), st.lists(st.sampled_from(WORDS)).map(" ".join)
    )
)
def test_no_text_breaks_the_grammar(text: str) -> None:
    try:
        found = parse_when(text, NOW)
    except BadInput:
        return
    assert NOW < found.moment <= NOW + FURTHEST


def test_the_echo_says_what_was_understood() -> None:
    zh, en = catalogue("zh"), catalogue("en")
    wed = parse_when("下周三10点", NOW)
    assert echo(wed, zh, NOW) == "下周三 12月2日 10:00, 营业时间内"
    assert echo(wed, en, NOW) == "next Wed 2 Dec 10:00, within opening hours"
    early = echo(parse_when("明天02:00", NOW), zh, NOW)
    assert early == "明天 11月24日 02:00, 不在营业时间 (09:00-21:00)"
    windows = ((time(9), time(12)), (time(13, 30), time(20)))
    assert echo(parse_when("中午", NOW), zh, NOW, windows=windows).endswith(
        "不在可拨打时段 (09:00-12:00 13:30-20:00)"
    )
    assert "按午后算" in echo(parse_when("2点", NOW), zh, NOW)
