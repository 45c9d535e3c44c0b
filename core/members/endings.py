"""Why a follow-up ended, and why a member rests, in words (R4.8, R4.9)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.base.language import N_, Catalogue
from core.base.rulebook import Outcome

_OF_A_CALL = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

_WHY = {
    "attempts": N_("tried often enough"),
    "consent": N_("wants no calls"),
    "cycle over": N_("its time is over"),
    "handed over again": N_("handed over again"),
    "put right before": N_("put right before the call"),
    "told": N_("the member was told"),
    "care": N_("called not long ago"),
    "refused": N_("asked to be left alone"),
    "dissatisfied": N_("reached, dissatisfied"),
}


def ended_words(why: str, words: Catalogue, outcomes: Mapping[str, Outcome] | None = None) -> str:
    """The reason kept with an ending or a rest: an outcome, a fixed word, a call, or what somebody wrote."""
    if outcomes and why in outcomes:
        return outcomes[why].name(words)
    if _OF_A_CALL.fullmatch(why):
        return words.say("reached in another call")
    return words.say(_WHY.get(why, why)) if why else ""
