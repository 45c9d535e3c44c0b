"""What a profile's columns add up to: phone rows, dialable, completeness, keys. Pure; imports and forms use it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from core.base.phones import PhoneNumber
from core.members.names import name_keys
from core.members.rules import completeness, missing_fields
from core.members.tables import PhoneKind

WEIGHED = (
    "name",
    "birth_month",
    "gender",
    "wechat",
    "email",
    "address",
    "occupation",
    "source",
    "preferences",
    "interests",
    "best_time",
)
"""The member's columns that completeness looks at, besides whether there is a number to dial."""


def phone_values(number: PhoneNumber, position: int = 0) -> dict[str, Any]:
    """The columns of a `member_phone` row for a number; one that is not usable keeps only what was typed."""
    return {
        "position": position,
        "typed": number.typed,
        "e164": number.e164 if number.usable else None,
        "extension": number.extension if number.usable else "",
        "kind": PhoneKind(number.kind) if number.usable else PhoneKind.UNKNOWN,
        "last4": number.last4,
    }


def is_dialable(phones: Iterable[tuple[str | None, str]]) -> bool:
    """Whether one of the numbers, as (e164, bad_reason), can be dialled."""
    return any(e164 is not None and not bad for e164, bad in phones)


def filled_fields(values: Mapping[str, Any], *, dialable: bool) -> frozenset[str]:
    """The fields of `policy.completeness` that a member's columns fill; a missing key counts as empty."""
    filled = {("birthday" if name == "birth_month" else name) for name in WEIGHED if values.get(name)}
    return frozenset(filled | {"phone"}) if dialable else frozenset(filled)


def completeness_of(values: Mapping[str, Any], weights: Mapping[str, int], *, dialable: bool) -> int:
    """Percent of the profile that is filled (R6.4)."""
    return completeness(filled_fields(values, dialable=dialable), weights)


def missing_of(values: Mapping[str, Any], weights: Mapping[str, int], *, dialable: bool) -> tuple[str, ...]:
    """The fields still to be asked for, heaviest first."""
    return missing_fields(filled_fields(values, dialable=dialable), weights)


def key_rows(member_id: int, name: str) -> list[dict[str, Any]]:
    """The rows of `member_name_key` for a member's name."""
    return [{"key": key, "member_id": member_id} for key in name_keys(name)]


def changed_keys(old: Collection[str], name: str) -> tuple[list[str], list[str]]:
    """(keys to add, keys to remove) when a member takes another name."""
    new = name_keys(name)
    return [key for key in new if key not in old], [key for key in old if key not in new]
