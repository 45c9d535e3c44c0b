"""How one reaches a member besides the telephone, and what of it is shown without a reveal (R15.2, R15.5)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.base.phones import masked

WRITTEN = ("email", "wechat", "address")
"""The contact fields of a profile that are no phone numbers."""

PHONES = ("phone", "typed", "e164", "dialled", "contact")
"""The names under which numbers stand in records; `contact` is whatever a complainant left."""

_NUMBER = re.compile(r"\+?[0-9 -]{7,}")
_MOST = 6


def hidden(field: str, value: str) -> str:
    """The value of a contact field with most of it left out: zh****@example.com, hf****, 南京西路****.

    A WeChat name that is a phone number is masked as one; other fields' values stay as they are.
    """
    if not value or (field not in WRITTEN and field not in PHONES):
        return value
    free = field in ("wechat", "contact")
    if (field in PHONES and not free) or (free and _NUMBER.fullmatch(value)):
        return masked(value)
    user, at, domain = value.rpartition("@") if field == "email" else (value, "", "")
    shown = min(2 if field == "email" else _MOST, len(user) // 3)
    return f"{user[:shown]}****{at}{domain}"


def hidden_values(values: Mapping[str, str]) -> dict[str, str]:
    """Every contact field with most of it left out."""
    return {field: hidden(field, values[field]) for field in WRITTEN}
