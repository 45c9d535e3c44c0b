"""Words for codes that core keeps: stages, fields of the profile, parts of satisfaction, kinds of trouble."""

from __future__ import annotations

from collections.abc import Mapping

from core.base.language import N_, Catalogue
from core.base.naming import STAGES, STATUSES
from core.members.fields import LABELS

__all__ = ["FIELDS", "GENDERS", "RAISED", "SCORES", "STAGES", "STATUSES", "TICKS", "worded"]

FIELDS: Mapping[str, str] = {**LABELS, "store": N_("store"), "owner": N_("owner")}
"""The labels of core, and those of what a profile shows beside its own fields."""

SCORES = {
    "goods": N_("goods"),
    "place": N_("place"),
    "service": N_("service"),
    "price": N_("price"),
}

TICKS = {
    "interested": N_("interested"),
    "coming": N_("is coming"),
    "profile_confirmed": N_("confirmed"),
    "promise_confirmed": N_("confirmed"),
}
"""What a tick of the script says; of all others that it was said."""

GENDERS = {"female": N_("female"), "male": N_("male")}

RAISED = {
    "problem": N_("problem"),
    "complaint": N_("complaint"),
    "normal": N_("normal"),
    "urgent": N_("urgent"),
}


def worded(names: Mapping[str, str], code: str, words: Catalogue) -> str:
    """The words for a code; the code itself where it has none."""
    template = names.get(code, "")
    return words.say(template) if template else code
