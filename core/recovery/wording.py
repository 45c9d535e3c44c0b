"""What recovery calls things, for screens, commands and reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.base.language import N_, Catalogue
from core.base.rulebook import Rulebook
from core.recovery.tables import Chosen, MeasureState

if TYPE_CHECKING:
    from core.recovery.ranking import RankingRow
    from core.recovery.rules import Uplift

STATES = {
    MeasureState.OPEN: N_("to do"),
    MeasureState.DONE: N_("done"),
    MeasureState.DROPPED: N_("dropped"),
}

ORDERS = {
    Chosen.EXPECTED: N_("expected purchases"),
    Chosen.SPEND: N_("past spend"),
    Chosen.RECENCY: N_("last purchase"),
}

STEPS = {
    "dormant": N_("dormant"),
    "reviewed": N_("review decided"),
    "called": N_("dialled"),
    "reached": N_("reached"),
    "reason": N_("reason given"),
    "measure": N_("measure taken"),
    "done": N_("measure done"),
    "recovered": N_("recovered"),
}
"""The steps of the funnel, in order."""


def measure_words(code: str, rulebook: Rulebook, words: Catalogue) -> str:
    """What a measure is called; calls without one are "no measure"."""
    kind = rulebook.measures.get(code)
    return kind.name(words) if kind is not None else code or words.say("no measure")


def uplift_words(uplift: Uplift | None) -> tuple[str, str]:
    """A difference in points of percent, with a question mark where it may be chance, and its interval."""
    if uplift is None:
        return "", ""
    value = f"{uplift.value * 100:+.1f}{'' if uplift.sure else ' ?'}"
    return value, f"{uplift.low * 100:+.1f} .. {uplift.high * 100:+.1f}"


def judged_words(row: RankingRow, words: Catalogue) -> str:
    """Whom a ranking was judged on."""
    return words.plural(
        "{count} member away then, of whom {back} came back",
        "{count} members away then, of whom {back} came back",
        row.judged,
        back=row.returned,
    )


def ranking_words(row: RankingRow | None, words: Catalogue) -> str:
    """What recovery is ranked by, and why."""
    if row is None:
        return words.say("Recovery is ranked by past spend: no ranking was judged yet (huifang ranking fit).")
    if row.auc_spend is None:
        return words.say(
            "Recovery is ranked by past spend: only {count} came back in the days held back, too few to judge by.",
            count=row.returned,
        )
    return words.say(
        "Recovery is ranked by {order}, the best on the {days} days held back before {day}.",
        order=words.say(ORDERS[row.chosen]),
        days=row.held_days,
        day=row.ranked_on,
    )
