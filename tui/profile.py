"""A member's profile as texts that can be typed: what a form shows, and what core understands again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.members.views import MemberCard

EDITABLE = (
    "name", "gender", "phone", "birthday", "wechat", "email", "address", "occupation", "age_band",
    "best_time", "preferences", "interests", "body_size", "personality", "anniversaries", "source",
    "evaluation", "consent_call", "consent_sms", "consent_email",
)  # fmt: skip
"""The fields of the edit form, those asked for most first. `phone` is empty: a number typed stands in for it."""

CONTACT = frozenset({"phone", "email", "wechat", "address"})
"""Fields whose change needs a reason (R6.3)."""


def values_of(card: MemberCard) -> dict[str, str]:
    """Every field that may be typed, as text."""
    values: dict[str, str] = {}
    for name in EDITABLE:
        match name:
            case "birthday":
                values[name] = card.birthday.text() if card.birthday else ""
            case "phone":
                values[name] = ""
            case "consent_call" | "consent_sms" | "consent_email":
                values[name] = "y" if getattr(card, name) else "n"
            case _:
                values[name] = str(getattr(card, name))
    return values
