"""Phone numbers: understood, told apart, shown and hidden (R6.2, R5.9).

`phonenumbers` is imported only when a number needs more than the eye: it costs 35 ms and 28 us a number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from core.base.errors import BadInput
from core.base.language import N_
from core.base.text import clean, half_width

Kind = Literal["mobile", "fixed", "other", "unknown"]

PROBLEMS: Mapping[str, str] = {
    "phone.empty": N_("No phone number was given: type one like 138 0013 8000 or 010-8888 1234."),
    "phone.unclear": N_(
        "This is no complete phone number: type a mobile like 138 0013 8000, or a fixed line with its area"
        " code like 010-8888 1234."
    ),
    "phone.digits": N_("A mobile number has 11 digits, this has another count: compare 138 0013 8000."),
    "phone.unassigned": N_("No operator gives out numbers that begin like this one: check the first digits."),
    "phone.area_code": N_("A fixed line needs its area code: type it like 010-8888 1234."),
    "phone.business": N_(
        "This is a company's or service number (400, 800, 95..., 10086, 106...), never a member's own:"
        " type one like 138 0013 8000."
    ),
    "phone.several": N_("There is more than one number in this field: type one, and add the other by itself."),
}
"""What is wrong with a number, by code: the sentence for the field."""


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number as typed and as understood; `problem` is a code of PROBLEMS, empty where it can be dialled.

    A business number keeps its `e164`, with the problem `phone.business`.
    """

    typed: str
    e164: str | None
    extension: str
    kind: Kind
    last4: str
    problem: str

    @property
    def usable(self) -> bool:
        """Whether it is a valid number that may be a member's."""
        return not self.problem


_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_NO_DIGITS = re.compile(r"[^0-9]+")
_MOBILE_PREFIXES: dict[str, bool] = {}
_BUSINESS = re.compile(r"(?:86)?(?:[48]00[0-9]{4,7}|9[56][0-9]{3,8}|100[0-9]{2,5}|106[0-9]{2,}|1[12][0-9]{1,4})")
_LOCAL_EXTENSION = re.compile(r"(\(?0(?:10|2[0-9]|[3-9][0-9]{2})\)?[- ]?[0-9]{3,4}[- ]?[0-9]{4})[- ]+([0-9]{1,6})")
_REMARK = re.compile(r"[\s(\[]*[^\W0-9a-zA-Z_]+[)\]\s]*\Z")
_EXTENSION_WORDS = re.compile(r"\s*(?:分机号?|內線|内线|转|轉)[:：\s]*")
_SEVERAL = re.compile(r"[0-9]{7}\D*[/、,;|\n或]\D*[0-9]{7}")
_FLOAT = re.compile(r"(\+?[0-9]{7,})\.0+")
_TWO_DIGIT_COUNTRY = re.compile(
    r"2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]"  # ITU-T E.164: the rest but 1 and 7 have three
)


def understand(typed: str, region: str = "CN") -> PhoneNumber:
    """What a typed number is, by the default region of `policy.phones.region`; never raises (R6.2)."""
    if region == "CN" and len(typed) == 11 and _MOBILE.fullmatch(typed):
        prefix = typed[:5]  # a test proves that these digits decide, against the phonenumbers installed
        valid = _MOBILE_PREFIXES.get(prefix)
        if valid is None:
            valid = _MOBILE_PREFIXES[prefix] = not _parsed(typed, region)[3]
        if valid:
            return PhoneNumber(typed, "+86" + typed, "", "mobile", typed[7:], "")
        return PhoneNumber(typed, None, "", "unknown", typed[7:], "phone.unassigned")
    kept = clean(typed)
    e164, extension, kind, problem = _understood(kept, region)
    digits = _digits(kept if e164 is None else e164)
    return PhoneNumber(kept, e164, extension, kind, digits[-4:] if len(digits) >= 4 else "", problem)


def demand(typed: str, region: str = "CN", *, field: str = "phone") -> PhoneNumber:
    """The number, where it may be a member's. Raises BadInput that says at the field what is wrong."""
    number = understand(typed, region)
    if number.problem:
        raise BadInput(number.problem, PROBLEMS[number.problem], field=field)
    return number


def _tidy(kept: str) -> str:
    text = half_width(kept)
    if whole := _FLOAT.fullmatch(text):
        return whole[1]
    return _EXTENSION_WORDS.sub(" ext. ", text)


def _understood(kept: str, region: str) -> tuple[str | None, str, Kind, str]:
    text = _tidy(kept)
    found = _parsed(text, region)
    if found[0] is not None or region != "CN":
        return found
    if local := _LOCAL_EXTENSION.fullmatch(text):
        again = _parsed(f"{local[1]} ext. {local[2]}", region)
    elif without := _REMARK.sub("", text):  # "13800138000 (mother's)", in Chinese
        again = _parsed(without, region) if without != text else found
    else:
        return found
    return again if again[0] is not None else found


def _parsed(text: str, region: str) -> tuple[str | None, str, Kind, str]:
    import phonenumbers
    from phonenumbers import PhoneNumberType as T

    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        return None, "", "unknown", _problem(text, region)
    if not phonenumbers.is_valid_number(number):
        return None, "", "unknown", _problem(text, region)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    extension = number.extension or ""
    match phonenumbers.number_type(number):
        case T.MOBILE:
            return e164, extension, "mobile", ""
        case T.FIXED_LINE:
            return e164, extension, "fixed", ""
        case T.TOLL_FREE | T.SHARED_COST | T.PREMIUM_RATE | T.UAN:
            return e164, extension, "other", "phone.business"
        case _:
            return e164, extension, "other", ""


def _problem(text: str, region: str) -> str:
    digits = _digits(text)
    if not text:
        return "phone.empty"
    if _SEVERAL.search(text):
        return "phone.several"
    if region != "CN":
        return "phone.unclear"
    if _BUSINESS.fullmatch(digits):
        return "phone.business"
    local = digits.removeprefix("0086").removeprefix("86") if len(digits) > 11 else digits
    if _MOBILE.fullmatch(local):
        return "phone.unassigned"
    if re.fullmatch(r"1[3-9][0-9]{6,8}|1[3-9][0-9]{10,11}", local):
        return "phone.digits"
    return "phone.area_code" if re.fullmatch(r"[2-9][0-9]{6,7}", digits) else "phone.unclear"


def _digits(text: str) -> str:
    if text.isascii():
        return _NO_DIGITS.sub("", text)
    return "".join([c if c.isascii() else str(int(c)) for c in text if c.isdecimal()])


@lru_cache(maxsize=4096)
def national(e164: str) -> str:
    """The number as people read it: 138 0013 8000, 010 1234 5678, abroad +64 3 331 6005."""
    if e164.startswith("+861") and _MOBILE.fullmatch(e164, 3):
        return f"{e164[3:6]} {e164[6:10]} {e164[10:]}"
    import phonenumbers

    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, form.NATIONAL if number.country_code == 86 else form.INTERNATIONAL)


def masked(text: str) -> str:
    """A number with at most seven of its digits: 138****8000, 010****1234, +64****6005.

    What was never understood shows a third of its digits, four at most; a short one none.
    """
    if text.startswith("+86") and _MOBILE.fullmatch(text, 3):  # most numbers: lists mask hundreds at once
        return f"{text[3:6]}****{text[10:]}"
    digits = _digits(text)
    if text.startswith("+86") and len(digits) > 8:
        local = digits[2:]
        if _MOBILE.fullmatch(local):
            return f"{local[:3]}****{local[7:]}"
        area = 2 if local[0] in "12" else 3
        return f"0{local[:area]}****{local[-(6 - area) :]}"
    if text.startswith("+") and len(digits) > 8:
        code = 1 if digits[0] in "17" else 2 if _TWO_DIGIT_COUNTRY.match(digits) else 3
        return f"+{digits[:code]}****{digits[-4:]}"
    if _MOBILE.fullmatch(digits):
        return f"{digits[:3]}****{digits[7:]}"
    shown = min(4, len(digits) // 3)
    return "****" + (digits[-shown:] if shown else "")


def tel_link(e164: str, extension: str = "") -> str:
    """The link that a softphone takes (RFC 3966)."""
    return f"tel:{e164};ext={extension}" if extension else f"tel:{e164}"
