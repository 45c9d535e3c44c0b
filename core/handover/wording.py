"""The names that people read for the codes of handovers, and sentences about them."""

from __future__ import annotations

from core.base.language import N_, Catalogue
from core.base.naming import HANDOVER_KINDS, HANDOVER_STATES, named
from core.handover.views import Cascade, Caution, HandoverRow

KINDS = HANDOVER_KINDS
ACTS = {
    "draft": N_("drafted"),
    "submit": N_("submitted"),
    "adjust": N_("distribution changed"),
    "review": N_("reviewed"),
    "approve": N_("approved"),
    "execute": N_("executed"),
    "file": N_("filed"),
    "refuse": N_("sent back"),
    "withdraw": N_("taken back"),
}
OUTCOMES = {
    "pending": N_("waits"),
    "moved": N_("moved"),
    "owner_changed": N_("another owner by now"),
    "cancelled": N_("membership cancelled"),
    "elsewhere": N_("in another application"),
    "limit": N_("changed hands too often"),
}


def caution_words(caution: Caution, words: Catalogue) -> str:
    """A caution as one sentence, with the first members named."""
    listed = words.say(", ").join(caution.members) or "-"
    more = " .." if caution.count > len(caution.members) else ""
    return words.say(caution.template, count=caution.count, members=listed + more)


def cascade_words(cascade: Cascade, words: Catalogue) -> str:
    """What will happen, in one sentence, to be confirmed."""
    takers = words.say(", ").join(f"{share.name} {share.members}" for share in cascade.shares)
    return words.say(
        "{members} members, {follow_ups} follow-ups, {callbacks} callbacks, {problems} problems and "
        "{complaints} complaints go to {takers}.",
        members=cascade.members,
        follow_ups=cascade.follow_ups,
        callbacks=cascade.callbacks,
        problems=cascade.problems,
        complaints=cascade.complaints,
        takers=takers or "-",
    )


def next_words(row: HandoverRow, words: Catalogue) -> str:
    """Who may take it further; says so where nobody may."""
    if row.next_act is None:
        return ""
    if not row.next_actors:
        return words.say("Nobody may take the next step: the manager must name somebody for it.")
    names = words.say(", ").join(f"{person.name} ({person.code})" for person in row.next_actors)
    return words.say("Next: {names}", names=names)


def state_words(row: HandoverRow, words: Catalogue) -> str:
    """Where it stands."""
    return named(HANDOVER_STATES, row.state, words)
