"""Phone numbers are understood as libphonenumber understands them, told apart, shown and hidden."""

import csv
import re
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.base.errors import BadInput
from core.base.phones import PROBLEMS, demand, masked, national, tel_link, understand


def test_every_settled_case_comes_out(realdata: Path) -> None:
    with (realdata / "phone_cases_dev.csv").open(encoding="utf-8") as file:
        cases = [row for row in csv.DictReader(file) if row["status"] == "settled"]
    assert len(cases) > 100
    for case in cases:
        number = understand(case["input"], case["region"])
        if case["expected_e164"] == "invalid":
            assert (number.e164, number.kind, bool(number.problem)) == (None, "unknown", True), case["id"]
            continue
        kind = case["type"] if case["type"] in ("mobile", "fixed") else "other"
        assert (number.e164, number.extension, number.kind) == (
            case["expected_e164"],
            case["expected_ext"],
            kind,
        ), case["id"]
        business = case["type"] in ("toll_free", "premium", "shared_cost")
        assert number.problem == ("phone.business" if business else ""), case["id"]


def test_five_digits_decide_about_a_mobile() -> None:
    """The short cut for mainland mobiles gives the library's own answer for every beginning."""
    for prefix in range(13000, 20000):
        for rest in ("000000", "999999", f"{prefix * 7919 % 1000000:06d}"):
            typed = f"{prefix}{rest}"
            assert understand(typed).e164 == by_the_library(typed), typed


def by_the_library(typed: str) -> str | None:
    """E.164 of a number as libphonenumber has it, None where it is not valid."""
    try:
        number = phonenumbers.parse(typed, "CN")
    except phonenumbers.NumberParseException:
        return None
    form = phonenumbers.PhoneNumberFormat.E164
    return phonenumbers.format_number(number, form) if phonenumbers.is_valid_number(number) else None


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 138 0013 8000",
        "+8613800138000",
        "8613800138000",
        "008613800138000",
        "0086-138 0013 8000",
        "１３８００１３８０００",
        "13800138000.0",
        "tel:13800138000",
        "电话：13800138000",
        "\u200b138\u202d0013 8000\u202c",
        "13800138000(妈妈)",
        "013800138000",
    ],
)
def test_one_mobile_typed_in_many_ways(typed: str) -> None:
    number = understand(typed)
    assert (number.e164, number.kind, number.last4, number.problem) == ("+8613800138000", "mobile", "8000", "")


@pytest.mark.parametrize(
    ("typed", "e164", "extension"),
    [
        ("021-62345678转8001", "+862162345678", "8001"),
        ("021-62345678 分机 12", "+862162345678", "12"),
        ("(021)62345678-8", "+862162345678", "8"),
        ("0531-8888-1234", "+8653188881234", ""),
        ("+85291234567", "+85291234567", ""),
    ],
)
def test_lines_keep_area_code_and_extension(typed: str, e164: str, extension: str) -> None:
    number = understand(typed)
    assert (number.e164, number.extension) == (e164, extension)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "phone.empty"),
        ("无", "phone.unclear"),
        ("138001380", "phone.digits"),
        ("138001380001", "phone.digits"),
        ("14000138000", "phone.unassigned"),
        ("62345678", "phone.area_code"),
        ("4008208820", "phone.business"),
        ("95588", "phone.business"),
        ("10086", "phone.business"),
        ("1069012345678", "phone.business"),
        ("12315", "phone.business"),
        ("85291234567", "phone.unclear"),
        ("13800138000/13900139000", "phone.several"),
    ],
)
def test_what_is_wrong_with_a_number(typed: str, problem: str) -> None:
    assert understand(typed).problem == problem
    with pytest.raises(BadInput) as caught:
        demand(typed, field="phone")
    assert (caught.value.code, caught.value.field, caught.value.template) == (problem, "phone", PROBLEMS[problem])


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+8613800138000", "138****8000"),
        ("13800138000", "138****8000"),
        ("+861088881234", "010****1234"),
        ("+8653188881234", "0531****234"),
        ("+6433316005", "+64****6005"),
        ("+85291234567", "+852****4567"),
        ("+14155552671", "+1****2671"),
        ("62345678", "****78"),
        ("王小姐", "****"),
        ("", "****"),
    ],
)
def test_masks(number: str, shown: str) -> None:
    assert masked(number) == shown


@settings(deadline=None)
@given(st.text(alphabet="0123456789+- 转abc", max_size=24))
def test_a_mask_never_shows_more_than_seven_digits(text: str) -> None:
    digits = re.sub(r"\D", "", text)
    shown = re.sub(r"\D", "", masked(text))
    assert len(shown) <= 7
    assert not digits or len(shown) < len(digits) + text.startswith("+86")


def test_a_number_for_the_eye_and_the_softphone() -> None:
    assert national("+8613800138000") == "138 0013 8000"
    assert national("+861088881234") == "010 8888 1234"
    assert national("+6433316005") == "+64 3 331 6005"
    assert national("nonsense") == "nonsense"
    assert tel_link("+8613800138000") == "tel:+8613800138000"
    assert tel_link("+862162345678", "8001") == "tel:+862162345678;ext=8001"
