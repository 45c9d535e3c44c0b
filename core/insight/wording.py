"""What happened to a member, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.base.days import day_and_month
from core.base.language import Catalogue
from core.base.money import amount_short
from core.base.naming import STATES, named
from core.base.rulebook import Named, Rulebook
from core.complaints.wording import KINDS, step_words
from core.gifts.tables import GivenState
from core.gifts.wording import STATES as GIVEN_STATES
from core.members.endings import ended_words
from core.members.fields import LABELS
from core.recovery.tables import MeasureState
from core.recovery.wording import STATES as MEASURE_STATES


class EventKind(StrEnum):
    """What an event of a timeline is."""

    PURCHASE = "purchase"
    CALL = "call"
    OPENED = "opened"
    CLOSED = "closed"
    CHANGE = "change"
    PROBLEM = "problem"
    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    STEP = "step"
    HANDOVER = "handover"
    MEASURE = "measure"
    GIFT = "gift"
    COUPON = "coupon"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; `at` in UTC, `who` a name, `facts` the codes, amounts (fen) and texts of it."""

    at: datetime
    kind: EventKind
    who: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def said(self, words: Catalogue, rulebook: Rulebook | None = None) -> str:
        """The event as one line in that language; codes stand for themselves without a rulebook."""
        return event_words(self, words, rulebook)


def event_words(event: Event, words: Catalogue, rulebook: Rulebook | None = None) -> str:
    """The event as one line in that language."""
    facts = event.facts
    match event.kind:
        case EventKind.PURCHASE:
            return _purchase(facts, words)
        case EventKind.CALL:
            return _call(facts, words, rulebook)
        case EventKind.OPENED:
            programme = _named(rulebook.programmes if rulebook else {}, facts["programme"], words)
            return words.say(
                "{programme} due {day}",
                programme=programme,
                day=day_and_month(facts["due_on"], words, event.at.date()),
            )
        case EventKind.CLOSED:
            programme = _named(rulebook.programmes if rulebook else {}, facts["programme"], words)
            state = named(STATES, facts["state"], words)
            return _joined(
                words.say("{programme}: {state}", programme=programme, state=state),
                ended_words(facts["why"], words, rulebook.outcomes if rulebook else None),
            )
        case EventKind.CHANGE:
            label = words.say(LABELS.get(facts["field"], facts["field"]))
            old, new = facts["old"] or "-", facts["new"] or "-"
            return _joined(
                words.say("{field} changed: {old} -> {new}", field=label, old=old, new=new), facts["why"]
            )
        case EventKind.PROBLEM:
            return words.say("problem: {matter}", matter=facts["matter"])
        case EventKind.COMPLAINT:
            return words.say("complaint: {matter}", matter=facts["matter"])
        case EventKind.SUGGESTION:
            return words.say("suggestion: {matter}", matter=facts["matter"])
        case EventKind.STEP:
            kind = named(KINDS, facts["of"], words)
            return f"{kind} {facts['number']} {step_words(facts, words)}"
        case EventKind.HANDOVER:
            people = {name: facts[name] for name in ("giver", "taker", "number")}
            said = words.say("handed over from {giver} to {taker} ({number})", **people)
            return _joined(said, facts["reason"])
        case EventKind.MEASURE:
            return _measure(event, words, rulebook)
        case EventKind.GIFT:
            state = words.say(GIVEN_STATES[GivenState(facts["state"])])
            return words.say("gift: {gift}, {state}", gift=facts["gift"], state=state)
        case EventKind.COUPON:
            return words.say("coupon {number}: {offer}", number=facts["number"], offer=facts["offer"])


def _measure(event: Event, words: Catalogue, rulebook: Rulebook | None) -> str:
    facts = event.facts
    measure = _named(rulebook.measures if rulebook else {}, facts["measure"], words)
    if "due_on" in facts:
        due = day_and_month(facts["due_on"], words, event.at.date())
        said = words.say("measure: {measure}, by {day}", measure=measure, day=due)
    else:
        state = words.say(MEASURE_STATES[MeasureState(facts["state"])])
        said = words.say("measure {measure}: {state}", measure=measure, state=state)
    return _joined(said, facts["note"])


def _purchase(facts: Mapping[str, Any], words: Catalogue) -> str:
    amount = amount_short(facts["amount"])
    if facts["amount"] > 0:
        said = words.say("bought for {amount} at {store}", amount=amount, store=facts["store"])
    else:
        said = words.say("refund or exchange {amount} at {store}", amount=amount, store=facts["store"])
    return _joined(said, facts["goods"])


def _call(facts: Mapping[str, Any], words: Catalogue, rulebook: Rulebook | None) -> str:
    outcome = _named(rulebook.outcomes if rulebook else {}, facts["outcome"], words)
    programmes = [_named(rulebook.programmes if rulebook else {}, code, words) for code in facts["programmes"]]
    reasons = [_named(rulebook.reasons if rulebook else {}, code, words) for code in facts["reasons"]]
    said = words.say("call: {outcome}", outcome=outcome)
    return _joined(said, " + ".join(programmes), " ".join(reasons), facts["note"], facts["promise"])


def _named(entries: Mapping[str, Named], code: str, words: Catalogue) -> str:
    return entries[code].name(words) if code in entries else code


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
