"""Amounts are whole fen inside."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.base.money import amount_short, amount_text, parse_amount


@settings(deadline=None)
@given(st.integers(-(10**14), 10**14))
def test_what_is_written_is_read_again(fen: int) -> None:
    assert parse_amount(amount_text(fen)) == fen
    assert parse_amount(amount_short(fen)) == fen


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("268", 26800),
        ("268.5", 26850),
        (".5", 50),
        ("1,268.00", 126800),
        ("￥268", 26800),
        ("¥ 1,268.10元", 126810),
        ("２６８．００", 26800),
        ("-12.5", -1250),
        ("(12.50)", -1250),
        ("−12", -1200),
        ("0.30000000000000004", 30),
        ("0.005", 1),
        ("1.2E3", 120000),
        ("+5", 500),
    ],
)
def test_amounts_as_people_write_them(text: str, fen: int) -> None:
    assert parse_amount(text) == fen


@pytest.mark.parametrize(
    "text", ["", ".", "-", "abc", "1,23", "1.2.3", "NaN", "inf", "1e99", "12 apples", "9" * 20, "#DIV/0!"]
)
def test_other_texts_are_no_amounts(text: str) -> None:
    with pytest.raises(ValueError):
        parse_amount(text)


def test_amounts_for_the_eye() -> None:
    assert amount_short(126800) == "1,268"
    assert amount_short(-1250) == "-12.50"
    assert amount_text(5) == "0.05"
