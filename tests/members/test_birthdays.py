"""Birthdays and days as people type them."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.base.errors import BadInput
from core.members.birthdays import Birthday, parse_birthday, parse_day

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("typed", "birthday"),
    [
        ("1988-05-06", Birthday(5, 6, 1988)),
        ("1988/5/6", Birthday(5, 6, 1988)),
        ("1988.5.6", Birthday(5, 6, 1988)),
        ("19880506", Birthday(5, 6, 1988)),
        ("1988年5月6日", Birthday(5, 6, 1988)),
        ("一九八八年五月六日", Birthday(5, 6, 1988)),
        ("1988-05-06 00:00:00", Birthday(5, 6, 1988)),
        ("05-06", Birthday(5, 6)),
        ("5月6号", Birthday(5, 6)),
        ("02-29", Birthday(2, 29)),
        ("２０００－０２－２９", Birthday(2, 29, 2000)),
        ("农历八月十五", Birthday(8, 15, None, True)),
        ("农历 08-15", Birthday(8, 15, None, True)),
        ("阴历1988-08-30", Birthday(8, 30, 1988, True)),
        ("正月初一", Birthday(1, 1, None, True)),
        ("腊月廿三", Birthday(12, 23, None, True)),
        ("农历1988年冬月二十", Birthday(11, 20, 1988, True)),
        ("lunar 8-15", Birthday(8, 15, None, True)),
        ("公历 8-15", Birthday(8, 15)),
        ("", None),
    ],
)
def test_birthdays(typed: str, birthday: Birthday | None) -> None:
    assert parse_birthday(typed, TODAY) == birthday


def test_a_flag_says_lunar_where_the_text_does_not() -> None:
    assert parse_birthday("08-15", TODAY, lunar=True) == Birthday(8, 15, None, True)
    assert parse_birthday("阳历08-15", TODAY, lunar=True) == Birthday(8, 15)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("soon", "field.date"),
        ("13-01", "field.no_such_day"),
        ("1987-02-29", "field.no_such_day"),
        ("02-30", "field.no_such_day"),
        ("农历 13-01", "field.no_such_day"),
        ("1899-12-31", "field.birth_year"),
        ("2026-11-24", "field.birth_year"),
        ("0000-01-01", "field.no_such_day"),
    ],
)
def test_days_no_calendar_has(typed: str, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_birthday(typed, TODAY)
    assert caught.value.code == code


@settings(deadline=None)
@given(st.integers(1, 12), st.integers(1, 28), st.none() | st.integers(1900, 2025), st.booleans())
def test_what_is_shown_is_read_again(month: int, day: int, year: int | None, lunar: bool) -> None:
    birthday = Birthday(month, day, year, lunar)
    assert parse_birthday(birthday.text(), TODAY) == birthday
    assert parse_birthday(birthday.text("lunar"), TODAY) == birthday


@settings(deadline=None)
@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read = parse_birthday(text, TODAY)
    except BadInput:
        return
    assert read is None or parse_birthday(read.text(), TODAY) == read


def test_days() -> None:
    assert parse_day("2026年11月23日", TODAY, field="joined_on") == TODAY
    assert parse_day("2027-01-01", TODAY, field="x", future=True) == date(2027, 1, 1)
    for typed in ("05-06", "2026-11-31", "2026-11-24", ""):
        with pytest.raises(BadInput):
            parse_day(typed, TODAY, field="joined_on")
