"""Is a call's form whole? Checked against the rulebook before anything is stored (R5.2, R5.3, R5.10)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from core.base.choices import demand_one_of
from core.base.errors import BadInput
from core.base.language import N_
from core.base.rulebook import Outcome, Rulebook
from core.base.text import clean
from core.calls.forms import CallForm, RaisedForm
from core.calls.rules import calls_back
from core.calls.tables import RaisedKind, Urgency

CHANNELS = ("phone", "shop", "wechat", "sms", "email", "other")
SCORES = ("goods", "place", "service", "price")
LONGEST_NOTE = 4000
LONGEST_ANSWERS = 20_000
CLOCK_SLACK = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class CheckedCall:
    """A form that may be stored: its texts cleaned, its codes known, its times in UTC order."""

    form: CallForm
    outcome: Outcome
    reasons: tuple[str, ...]
    scores: Mapping[str, int | None]
    note: str
    promise: str
    channel: str
    answers: str
    raised: tuple[RaisedForm, ...]
    started_at: datetime
    ended_at: datetime


def check(form: CallForm, rulebook: Rulebook, now: datetime) -> CheckedCall:
    """The form, checked. Raises BadInput naming the field and what is wanted."""
    outcome = _outcome(form.outcome, rulebook)
    note = clean(form.note, lines=True)
    started, ended = _times(form, now)
    checked = CheckedCall(
        form=form,
        outcome=outcome,
        reasons=_reasons(form, outcome, rulebook, note),
        scores=_scores(form.scores),
        note=note,
        promise=clean(form.promise),
        channel=_channel(form.channel, outcome, note),
        answers=_answers(form.answers),
        raised=_raised(form, outcome, note),
        started_at=started,
        ended_at=ended,
    )
    _identity(form.call_id)
    _callback(form.callback_at, outcome, now)
    if outcome.needs_note and not note:
        raise BadInput(
            "call.note", N_("This outcome needs a note: say in a few words what happened."), field="note"
        )
    if len(note) > LONGEST_NOTE or len(checked.promise) > LONGEST_NOTE:
        raise BadInput(
            "call.note_long",
            N_("The note is longer than {most} characters: shorten it."),
            field="note",
            most=LONGEST_NOTE,
        )
    return checked


def _outcome(code: str, rulebook: Rulebook) -> Outcome:
    none = N_("There is no outcome {code!r}: use one of {codes}.")
    demand_one_of(rulebook.outcomes, code, none, error="call.outcome", field="outcome")
    return rulebook.outcomes[code]


def _identity(call_id: str) -> None:
    try:
        valid = str(uuid.UUID(call_id)) == call_id.lower()
    except (ValueError, AttributeError):
        valid = False
    if not valid:
        raise BadInput(
            "call.id", N_("A call's id is a UUID such as {example}."), field="id", example=uuid.UUID(int=0)
        )


def _reasons(form: CallForm, outcome: Outcome, rulebook: Rulebook, note: str) -> tuple[str, ...]:
    reasons = tuple(dict.fromkeys(form.reasons))
    for code in reasons:
        none = N_("There is no reason {code!r}: use one of {codes}.")
        demand_one_of(rulebook.reasons, code, none, error="call.reason", field="reason")
    if reasons and not outcome.reached:
        raise BadInput(
            "call.reason_unasked",
            N_("A reason is what the member said, but this outcome did not reach them: leave the reason out."),
            field="reason",
        )
    if any(rulebook.reasons[code].needs_note for code in reasons) and not note:
        raise BadInput("call.reason_note", N_("This reason needs a note: say what the member said."), field="note")
    return reasons


def _scores(scores: Mapping[str, int]) -> dict[str, int | None]:
    for name, value in scores.items():
        if name not in SCORES or isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 5:
            raise BadInput(
                "call.score",
                N_("Satisfaction is a number from 1 to 5 for {names}, such as goods=5."),
                field="satisfaction",
                names=", ".join(SCORES),
            )
    return {name: scores.get(name) for name in SCORES}


def _channel(channel: str, outcome: Outcome, note: str) -> str:
    if channel:
        none = N_("There is no channel {code!r}: use one of {codes}.")
        demand_one_of(CHANNELS, channel, none, error="call.channel", field="channel")
    if not outcome.asks_channel:
        return channel or "phone"
    if channel in ("", "phone") and not note:
        raise BadInput(
            "call.channel_missing",
            N_("Over which channel was the member reached? Name one of {codes}, or say it in the note."),
            field="channel",
            codes=", ".join(CHANNELS[1:]),
        )
    return channel if channel not in ("", "phone") else "other"


def _answers(answers: Mapping[str, Any]) -> str:
    kept = {
        clean(str(key)): clean(value, lines=True) if isinstance(value, str) else bool(value)
        for key, value in answers.items()
        if value not in (None, "", False)
    }
    text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    if len(text) > LONGEST_ANSWERS:
        raise BadInput(
            "call.note_long",
            N_("The note is longer than {most} characters: shorten it."),
            field="answers",
            most=LONGEST_ANSWERS,
        )
    return text


def _raised(form: CallForm, outcome: Outcome, note: str) -> tuple[RaisedForm, ...]:
    raised = tuple(one_raised(entry) for entry in form.raised)
    if outcome.opens_problem and not raised:
        if not note:
            raise BadInput(
                "call.matter",
                N_("What was the member not happy with? Take the problem down, or say it in the note."),
                field="matter",
            )
        raised = (RaisedForm(matter=note),)
    if raised and not outcome.reached:
        raise BadInput(
            "call.matter_unasked",
            N_("A problem comes from what the member said, but this outcome did not reach them."),
            field="matter",
        )
    return raised


def one_raised(entry: RaisedForm) -> RaisedForm:
    """A problem or complaint as it may be taken down. Raises BadInput."""
    matter = clean(entry.matter, lines=True)
    kinds, urgencies = [RaisedKind.PROBLEM.value, RaisedKind.COMPLAINT.value], [u.value for u in Urgency]
    if not matter or len(matter) > LONGEST_NOTE:
        raise BadInput("call.matter", N_("Say in a few words what is wrong."), field="matter")
    if entry.kind not in kinds or entry.urgency not in urgencies:
        raise BadInput(
            "call.raised",
            N_("Something raised is one of {kinds}, and {urgencies}."),
            field="matter",
            kinds=", ".join(kinds),
            urgencies=", ".join(urgencies),
        )
    return replace(
        entry,
        matter=matter,
        category=clean(entry.category)[:60],
        demand=clean(entry.demand, lines=True)[:LONGEST_NOTE],
        evidence=clean(entry.evidence, lines=True)[:LONGEST_NOTE],
        product=clean(entry.product)[:200],
        about=clean(entry.about),
    )


def _callback(callback_at: datetime | None, outcome: Outcome, now: datetime) -> None:
    if callback_at is None:
        if calls_back(outcome):
            raise BadInput(
                "call.callback_missing",
                N_("When shall the member be called? Write for example next wed 10:00, tomorrow 3pm or +2h."),
                field="callback",
            )
        return
    if not outcome.reached or outcome.withdraws_consent:
        raise BadInput(
            "call.callback_unasked",
            N_("A callback is agreed with the member, but with this outcome nothing was: leave the time out."),
            field="callback",
        )
    if callback_at.utcoffset() is None or callback_at <= now:
        raise BadInput(
            "call.callback_past",
            N_("The callback's time is already past: name a later one, for example +2h."),
            field="callback",
        )


def _times(form: CallForm, now: datetime) -> tuple[datetime, datetime]:
    ended = form.ended_at or now
    started = form.started_at or ended
    aware = started.utcoffset() is not None and ended.utcoffset() is not None
    if not aware or started > ended or ended > now + CLOCK_SLACK:
        raise BadInput(
            "call.times",
            N_("A call begins before it ends, and not in the future: correct its times."),
            field="started_at",
        )
    return started, min(ended, now) if started <= now else started
