"""Words for codes that core keeps: stages, fields of the profile, parts of satisfaction, kinds of trouble."""

from __future__ import annotations

from collections.abc import Mapping

from core.base.language import N_, Catalogue
from core.base.naming import STAGES, STATUSES

__all__ = ["FIELDS", "GENDERS", "RAISED", "SCORES", "STAGES", "STATUSES", "TICKS", "worded"]

FIELDS = {
    "name": N_("name"),
    "gender": N_("gender"),
    "phone": N_("phone"),
    "email": N_("e-mail"),
    "wechat": N_("WeChat"),
    "birthday": N_("birthday"),
    "age_band": N_("age band"),
    "occupation": N_("occupation"),
    "address": N_("address"),
    "store": N_("store"),
    "joined_on": N_("joined"),
    "source": N_("source"),
    "referrer": N_("referrer"),
    "card_number": N_("card number"),
    "owner": N_("owner"),
    "preferences": N_("preferences"),
    "body_size": N_("size"),
    "personality": N_("personality"),
    "interests": N_("interests"),
    "best_time": N_("best time to call"),
    "anniversaries": N_("anniversaries"),
    "consent_call": N_("consent to calls"),
    "consent_sms": N_("consent to SMS"),
    "consent_email": N_("consent to e-mail"),
    "evaluation": N_("remarks"),
}

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
