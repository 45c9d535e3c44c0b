"""A member's profile as texts that can be typed: what a form shows, and what core understands again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.members.fields import GENDERS

if TYPE_CHECKING:
    from core.base.language import Catalogue
    from core.members.views import MemberCard

EDITABLE = (
    "name", "gender", "phone", "birthday", "wechat", "email", "address", "occupation", "age_band",
    "best_time", "preferences", "interests", "body_size", "personality", "anniversaries", "source",
    "evaluation", "consent_call", "consent_sms", "consent_email",
)  # fmt: skip
"""The fields of the edit form, those asked for most first. Contact fields are empty: what is typed stands in."""

CONTACT = frozenset({"phone", "email", "wechat", "address"})
"""Fields whose change needs a reason (R6.3)."""


def values_of(card: MemberCard, words: Catalogue) -> dict[str, str]:
    """Every field that may be typed, as text in that language; core reads either language."""
    values: dict[str, str] = {}
    for name in EDITABLE:
        match name:
            case "birthday":
                values[name] = card.birthday.text(words.say("lunar")) if card.birthday else ""
            case "gender":
                values[name] = words.say(GENDERS.get(card.gender, card.gender)) if card.gender else ""
            case "phone" | "email" | "wechat" | "address":
                values[name] = ""  # masked: what is there stands behind the field
            case "consent_call" | "consent_sms" | "consent_email":
                values[name] = "y" if getattr(card, name) else "n"
            case _:
                values[name] = str(getattr(card, name))
    return values


def behind(card: MemberCard, name: str, words: Catalogue) -> str:
    """What stands in an empty contact field: what is on file, masked, and what typing does to it."""
    if name == "phone":
        numbers = ", ".join(phone.masked for phone in card.phones)
        return words.say("{numbers}; a new one takes the first's place", numbers=numbers or "-")
    known = getattr(card, name) if name in CONTACT else ""
    return words.say("{value}; type a new one, - removes it", value=known) if known else ""


def as_typed(name: str, text: str) -> str:
    """What a contact field's text stands for: a single - empties it."""
    return "" if name in CONTACT and name != "phone" and text.strip() == "-" else text
