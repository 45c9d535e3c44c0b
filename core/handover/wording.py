"""The names that people read for the codes of handovers, and sentences about them."""

from __future__ import annotations

from core.base.language import N_, Catalogue
from core.base.naming import HANDOVER_KINDS, HANDOVER_STATES, named
from core.handover.views import Cascade, Caution, HandoverRow, Share

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


def along_words(cascade: Cascade | Share, words: Catalogue) -> list[str]:
    """What moves, each kind with its number; what there is none of is left out."""
    counted = (
        (cascade.members, words.plural("{count} member", "{count} members", cascade.members)),
        (cascade.follow_ups, words.plural("{count} follow-up", "{count} follow-ups", cascade.follow_ups)),
        (cascade.callbacks, words.plural("{count} callback", "{count} callbacks", cascade.callbacks)),
        (cascade.problems, words.plural("{count} problem", "{count} problems", cascade.problems)),
        (cascade.complaints, words.plural("{count} complaint", "{count} complaints", cascade.complaints)),
        (cascade.measures, words.plural("{count} measure", "{count} measures", cascade.measures)),
        (cascade.gifts, words.plural("{count} gift to collect", "{count} gifts to collect", cascade.gifts)),
    )
    return [said for place, (count, said) in enumerate(counted) if count or not place]


def cascade_words(cascade: Cascade, words: Catalogue) -> str:
    """What will happen, in one sentence, to be confirmed."""
    comma = words.say(", ")
    takers = comma.join(f"{share.name} {share.members}" for share in cascade.shares)
    parts = comma.join(along_words(cascade, words))
    return words.say("To {takers}: {parts}.", takers=takers or "-", parts=parts)


def loose_words(cascade: Cascade, words: Catalogue) -> str:
    """What a leaver has in hand of colleagues' members, where there is any."""
    counted = (
        (cascade.loose_follow_ups, "{count} follow-up", "{count} follow-ups"),
        (cascade.loose_raised, "{count} problem", "{count} problems"),
        (cascade.loose_measures, "{count} measure", "{count} measures"),
    )
    parts = words.say(", ").join(words.plural(one, many, count) for count, one, many in counted if count)
    return words.say("Of colleagues' members go back to their owners: {parts}.", parts=parts) if parts else ""


def next_words(row: HandoverRow, words: Catalogue) -> str:
    """Who may take it further; says so where nobody may, unless it waits for the shell that reads it."""
    if row.next_act is None:
        return ""
    if not row.next_actors:
        if row.waits_for_me:
            return ""
        return words.say("Nobody may take the next step: the manager must name somebody for it.")
    names = words.say(", ").join(f"{person.name} ({person.code})" for person in row.next_actors)
    return words.say("Next: {names}", names=names)


def state_words(row: HandoverRow, words: Catalogue) -> str:
    """Where it stands."""
    return named(HANDOVER_STATES, row.state, words)
