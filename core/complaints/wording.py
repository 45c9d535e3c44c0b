"""The words for kinds, states, acts and channels of what members say, and a step as one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.base.days import day_and_month
from core.base.language import N_, Catalogue
from core.base.naming import named

KINDS = {
    "problem": N_("problem"),
    "complaint": N_("complaint"),
    "suggestion": N_("suggestion"),
}
STATES = {
    "open": N_("waiting"),
    "answered": N_("answered"),
    "accepted": N_("accepted"),
    "resolved": N_("put right"),
    "declined": N_("declined"),
    "closed": N_("case closed"),
    "withdrawn": N_("withdrawn"),
}
ACTS = {
    "take": N_("taken on record"),
    "assign": N_("given to"),
    "promise": N_("promise given"),
    "answer": N_("first answer"),
    "progress": N_("progress"),
    "accept": N_("accepted"),
    "decline": N_("declined"),
    "resolve": N_("put right"),
    "tell": N_("told the member"),
    "close": N_("case closed"),
    "reopen": N_("reopened"),
    "escalate": N_("late, goes up"),
    "withdraw": N_("withdrawn"),
    "undo": N_("verdict taken back"),
}
CHANNELS = {
    "call": N_("call"),
    "hotline": N_("hotline"),
    "shop": N_("in the shop"),
    "online": N_("online"),
    "email": N_("e-mail"),
    "social": N_("social media"),
}
URGENCIES = {"normal": N_("normal"), "urgent": N_("urgent")}
CATEGORIES = {
    "quality": N_("quality"),
    "service": N_("service"),
    "place": N_("shop and surroundings"),
    "price": N_("price"),
    "goods": N_("goods choice"),
    "other": N_("other"),
}


def category_words(code: str, words: Catalogue) -> str:
    """A category by name; what is no category stands for itself."""
    return named(CATEGORIES, code, words) if code in CATEGORIES else code or "-"


def step_words(facts: Mapping[str, Any], words: Catalogue) -> str:
    """A step as one sentence: what was done, to whom it went, what was promised, told and judged."""
    said = named(ACTS, str(facts["act"]), words)
    parts = [said]
    if facts.get("to") and facts["act"] in ("assign", "escalate", "take"):
        parts.append(words.say("to {name}", name=facts["to"]))
    if facts.get("promised_at"):
        parts.append(words.say("by {day}", day=day_and_month(facts["promised_at"].date(), words)))
    if facts.get("score"):
        parts.append(words.say("score {score}", score=facts["score"]))
    if facts.get("told") and facts["act"] != "tell":
        parts.append(words.say("member told"))
    head = ", ".join(parts)
    return f"{head}: {facts['text']}" if facts.get("text") else head
