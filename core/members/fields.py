"""What may be typed into the fields of a profile, and what is kept of it (R6.1, R6.2). Pure.

Forms, imports and scripts read a field through the same function here, so that all refuse and keep the same.
There is no field for health, faith or the like, and none may be added (R15.6).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from core.base.errors import BadInput
from core.base.language import N_
from core.base.text import clean, half_width, one_spaced
from core.members.birthdays import Birthday, parse_birthday, parse_day

CONTACT = frozenset({"phone", "email", "wechat", "address"})
"""Fields whose change needs a reason (R6.3)."""

GENDERS: Mapping[str, str] = {"female": N_("female"), "male": N_("male"), "": N_("not said")}

LABELS: Mapping[str, str] = {
    "name": N_("name"),
    "gender": N_("gender"),
    "phone": N_("phone"),
    "email": N_("e-mail"),
    "wechat": N_("WeChat"),
    "birthday": N_("birthday"),
    "age_band": N_("age band"),
    "occupation": N_("occupation"),
    "address": N_("address"),
    "joined_on": N_("joined"),
    "source": N_("source"),
    "referrer": N_("referrer"),
    "card_number": N_("card number"),
    "preferences": N_("preferences"),
    "body_size": N_("size"),
    "personality": N_("personality"),
    "interests": N_("interests"),
    "best_time": N_("best time to call"),
    "anniversaries": N_("anniversaries"),
    "consent_call": N_("consent to calls"),
    "consent_sms": N_("consent to SMS"),
    "consent_email": N_("consent to e-mail"),
    "social_reach": N_("brings others"),
    "evaluation": N_("remarks"),
    "status": N_("status"),
    "owner_id": N_("owner"),
    "typed": N_("phone"),
    "e164": N_("phone"),
    "bad_reason": N_("number marked"),
    "birth_year": N_("birthday"),
    "birth_month": N_("birthday"),
    "birth_day": N_("birthday"),
    "birth_calendar": N_("birthday"),
}
"""What people read for a field of the profile, as forms, histories and timelines name it."""

_GENDER_WORDS = {
    "female": ("女", "f", "female", "w", "woman", "女士", "女性", "小姐", "太太"),
    "male": ("男", "m", "male", "man", "先生", "男性", "男士"),
    "": ("", "未知", "保密", "不详", "unknown", "-"),
}
_GENDER = {word: code for code, words in _GENDER_WORDS.items() for word in words}
_YES = frozenset({"yes", "y", "1", "true", "on", "x", "是", "同意", "有", "√", "愿意", "允许"})
_NO = frozenset({"no", "n", "0", "false", "off", "否", "不同意", "无", "×", "不愿意", "拒绝", "不允许"})
_EMAIL = re.compile(r"[^\s@,;<>()\[\]\"]+@[^\s@,;<>()\[\]\"]+\.[^\s@.,;<>()\[\]\"]{2,}")
_LONGEST = {"name": 60, "number": 40, "card_number": 40, "email": 120, "wechat": 60}
_LONGEST_TEXT = 500


def parse_name(text: str) -> str:
    """A member's name. Raises BadInput for an empty one."""
    name = one_spaced(_text("name", text))
    if not name:
        raise BadInput("field.name", N_("A member needs a name: type at least a surname."), field="name")
    return name


def parse_gender(text: str) -> str:
    """female, male, or empty where it is not said. Raises BadInput for another word."""
    code = _GENDER.get(half_width(clean(text)).casefold())
    if code is None:
        raise BadInput("field.gender", N_("The gender is not understood: type f, m, or nothing."), field="gender")
    return code


def parse_email(text: str) -> str:
    """An e-mail address in its usual form, or empty. Raises BadInput for another."""
    address = half_width(_text("email", text)).removeprefix("mailto:")
    if address and not _EMAIL.fullmatch(address):
        raise BadInput(
            "field.email", N_("This is no e-mail address: type one like name@example.com."), field="email"
        )
    user, _, domain = address.rpartition("@")
    return f"{user}@{domain.lower()}" if address else ""


def parse_consent(text: str, field: str = "consent_call") -> bool:
    """Yes or no. Raises BadInput for another word."""
    word = half_width(clean(text)).casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise BadInput("field.yes_no", N_("Yes or no is wanted here: type y or n."), field=field)


def parse_text(field: str, text: str) -> str:
    """A free text of one line (several for notes), without unseen characters. Raises BadInput if too long."""
    return _text(field, text, lines=field in ("evaluation", "preferences", "personality", "interests"))


def _text(field: str, text: str, *, lines: bool = False) -> str:
    kept = clean(text, lines=lines)
    longest = _LONGEST.get(field, _LONGEST_TEXT)
    if len(kept) > longest:
        raise BadInput(
            "field.long",
            N_("This is too long for the field: {count} characters, {longest} are kept. Shorten it."),
            field=field,
            count=len(kept),
            longest=longest,
        )
    return kept


def birthday_columns(birthday: Birthday | None) -> dict[str, Any]:
    """The member's columns that keep a birthday."""
    return {
        "birth_year": birthday.year if birthday else None,
        "birth_month": birthday.month if birthday else None,
        "birth_day": birthday.day if birthday else None,
        "birth_calendar": birthday.calendar if birthday else "solar",
    }


def birthday_of(values: Mapping[str, Any]) -> Birthday | None:
    """The birthday that a member's columns keep."""
    month, day = values["birth_month"], values["birth_day"]
    if month is None or day is None:
        return None
    return Birthday(month, day, values["birth_year"], values["birth_calendar"] == "lunar")


Parser = Callable[[str, date], dict[str, Any]]


def _plain(field: str) -> Parser:
    return lambda text, _today: {field: parse_text(field, text)}


def _yes_no(field: str) -> Parser:
    return lambda text, _today: {field: parse_consent(text, field)}


_TEXTS = (
    "wechat age_band occupation address source referrer card_number"
    " preferences body_size personality interests best_time anniversaries evaluation"
)
_CHOICES = "consent_call consent_sms consent_email social_reach"

PARSERS: Mapping[str, Parser] = {
    "name": lambda text, _today: {"name": parse_name(text)},
    "gender": lambda text, _today: {"gender": parse_gender(text)},
    "birthday": lambda text, today: birthday_columns(parse_birthday(text, today)),
    "email": lambda text, _today: {"email": parse_email(text)},
    "joined_on": lambda text, today: {"joined_on": parse_day(text, today, field="joined_on")},
    **{field: _plain(field) for field in _TEXTS.split()},
    **{field: _yes_no(field) for field in _CHOICES.split()},
}
"""Every field of the profile but the phones, with what turns a typed text into the columns kept."""


def parse_field(field: str, text: str, today: date) -> dict[str, Any]:
    """The columns to keep for a field typed. Raises BadInput naming the field and what it takes."""
    parser = PARSERS.get(field)
    if parser is None:
        raise BadInput(
            "field.unknown",
            N_("A profile has no field {name}, or it is not changed here. Fields: {fields}."),
            field=field,
            name=field,
            fields=" ".join(["phone", *PARSERS]),
        )
    return parser(text, today)
