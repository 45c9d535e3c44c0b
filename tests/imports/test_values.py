"""Cells as values: amounts to the fen, days in every way of writing, numbers apart."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.imports.values import (
    EARLIEST,
    LATEST,
    Wrong,
    amount,
    birthday,
    code,
    day_of,
    moment,
    phones_in,
    plain,
    whole,
)

FULL_WIDTH = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")
FEN = st.integers(-(10**12), 10**12)


@given(
    FEN, st.sampled_from(["", "¥", "￥", "RMB "]), st.sampled_from(["", "元", " 元"]), st.booleans(), st.booleans()
)
def test_an_amount_in_any_dress_is_the_same_fen(
    fen: int, before: str, after: str, grouped: bool, wide: bool
) -> None:
    yuan, rest = divmod(abs(fen), 100)
    digits = f"{yuan:,}" if grouped else str(yuan)
    bare = f"{before}{digits}.{rest:02d}{after}"
    for text in [f"-{bare}", f"({bare})", f"{bare}-"] if fen < 0 else [bare]:
        assert amount(text.translate(FULL_WIDTH) if wide else text) == fen


@given(st.integers(0, 10**9))
def test_what_a_spreadsheet_adds_up_is_still_exact(fen: int) -> None:
    assert amount(repr(fen / 100)) == fen
    assert amount(repr(fen / 100 * 1.0000000000000002)) == fen


@pytest.mark.parametrize("text", ["12.345", "0.001", "1,23", "abc", "--3", "5-5", "¥", "1e99", "12..5", "无"])
def test_what_is_no_amount_to_the_fen_is_refused(text: str) -> None:
    with pytest.raises(Wrong):
        amount(text)


@given(st.text(max_size=12))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    with suppress(Wrong):
        assert isinstance(amount(text), int)


DAYS = st.dates(EARLIEST, LATEST)
WAYS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d", "%Y-%m-%d 星期三"]


@given(DAYS, st.sampled_from(WAYS), st.booleans())
def test_a_day_in_any_way_of_writing(day: date, way: str, wide: bool) -> None:
    text = day.strftime(way)
    assert day_of(text.translate(FULL_WIDTH) if wide else text) == day
    assert day_of(f"{day.year}/{day.month}/{day.day}") == day


@given(
    st.datetimes(datetime.fromisoformat("1900-01-01"), datetime.fromisoformat("2100-12-31")).map(
        lambda at: at.replace(microsecond=0)
    ),
    st.sampled_from(
        [
            "%Y-%m-%d %H:%M:%S",
            "%Y/%m/%d %H:%M:%S",
            "%Y年%m月%d日 %H时%M分%S秒",
            "%Y-%m-%dT%H:%M:%S",
            "%Y%m%d%H%M%S",
        ]
    ),
)
def test_a_time_in_any_way_of_writing(at: datetime, way: str) -> None:
    assert moment(at.strftime(way)) == at


@given(DAYS.filter(lambda day: day.year > 1931), st.integers(0, 24 * 60 - 1))
def test_a_number_of_days_as_excel_counts_them(day: date, minute: int) -> None:
    serial = (day - date(1899, 12, 30)).days
    assert day_of(str(serial)) == day
    assert moment(repr(serial + minute / 1440)) == datetime.combine(day, datetime.min.time()) + timedelta(
        minutes=minute
    )
    assert day_of(str(serial - 1462), epoch_1904=True) == day


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2011/12/9 下午3:20", "2011-12-09 15:20:00"),
        ("2011-12-9 上午 12:05", "2011-12-09 00:05:00"),
        ("2011-12-09 12:30 PM", "2011-12-09 12:30:00"),
        ("2011年12月9日 3点", "2011-12-09 03:00:00"),
        ("2011-12-09 08:30:15.123", "2011-12-09 08:30:15"),
    ],
)
def test_halves_of_the_day(text: str, expected: str) -> None:
    assert moment(text).replace(microsecond=0) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    "text",
    ["09/12/2011", "2011-02-30", "2011-13-01", "1001", "yesterday", "0211-12-09", "99999999", "2011-12-09 25:00"],
)
def test_what_is_no_day_or_could_be_two_is_refused(text: str) -> None:
    with pytest.raises(Wrong):
        moment(text)


@given(st.text(max_size=20))
def test_any_text_is_a_time_or_refused(text: str) -> None:
    with suppress(Wrong):
        assert EARLIEST <= moment(text).date() <= LATEST


def test_birthdays_also_come_as_numbers_of_days() -> None:
    found = birthday("31000", date(2026, 11, 23))
    assert found is not None
    assert (found.year, found.month, found.day, found.lunar) == (1984, 11, 14, False)
    lunar = birthday("08-15", date(2026, 11, 23), lunar=True)
    assert lunar is not None
    assert lunar.lunar


def test_codes_keep_their_zeros_and_lose_their_width() -> None:
    assert code("００1０２") == "00102"
    assert whole("１，２００") == 1200
    with pytest.raises(Wrong):
        code("9" * 65)


def test_spreadsheet_errors_are_refused_and_apostrophes_of_exports_taken_off() -> None:
    with pytest.raises(Wrong):
        plain("#N/A")
    assert plain("'=1+1") == "=1+1"
    assert plain("'tis") == "'tis"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("13800138000/13900139000", ("13800138000", "13900139000")),
        ("13800138000、010/88881234", ("13800138000", "010-88881234")),
        ("13800138000 13900139000", ("13800138000", "13900139000")),
        ("13800138000；13800138000", ("13800138000",)),
        ("010-8888 1234 转 12", ("010-8888 1234 转 12",)),
        ("138****8000", ()),
        ("无", ("无",)),
        ("", ()),
    ],
)
def test_several_numbers_in_a_cell(cell: str, expected: tuple[str, ...]) -> None:
    assert phones_in(cell) == expected
