"""Putting a call on record without the screens."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from core.base.clock import DEFAULT_ZONE, zone
from core.base.errors import BadInput
from core.base.language import N_
from scripts.errand import Errand, command
from scripts.show import iso, json_answer, say

if TYPE_CHECKING:
    from core.calls.views import CallResult


def parse_scores(typed: str) -> Mapping[str, int]:
    """Satisfaction typed as goods=5,place=4."""
    scores = {}
    for part in filter(None, (piece.strip() for piece in typed.split(","))):
        name, _, value = part.partition("=")
        if name.strip() not in ("goods", "place", "service", "price") or value.strip() not in "12345" or not value:
            raise typer.BadParameter(
                N_("write satisfaction as goods=5,place=4,service=5,price=4, each from 1 to 5")
            )
        scores[name.strip()] = int(value)
    return scores


Member = Annotated[str, typer.Option("--member", metavar="NUMBER", help=N_("The member called."))]
Outcome = Annotated[
    str, typer.Option("--outcome", metavar="CODE", help=N_("What came of it (data/outcomes.toml)."))
]
Reasons = Annotated[
    list[str] | None,
    typer.Option("--reason", metavar="CODE", help=N_("Why the member stays away; may be given several times.")),
]
Note = Annotated[str, typer.Option("--note", metavar="TEXT", help=N_("What the member said."))]
Promise = Annotated[str, typer.Option("--promise", metavar="TEXT", help=N_("What was promised."))]
Callback = Annotated[
    str | None,
    typer.Option(
        "--callback", metavar="WHEN", help=N_("When to call again: tomorrow 3pm, +2h, 2026-11-25 14:30.")
    ),
]
Scores = Annotated[
    Mapping[str, int] | None,
    typer.Option("--satisfaction", parser=parse_scores, metavar="SCORES", help=N_("goods=5,place=4,service=5")),
]
Problem = Annotated[str | None, typer.Option("--problem", metavar="TEXT", help=N_("A problem the member raised."))]
Complaint = Annotated[
    str | None, typer.Option("--complaint", metavar="TEXT", help=N_("A complaint the member made."))
]
Channel = Annotated[
    str, typer.Option("--channel", metavar="TEXT", help=N_("How the member was reached, where not by phone."))
]
Override = Annotated[
    str, typer.Option("--override", metavar="TEXT", help=N_("Why it is called although contact rests."))
]
CallId = Annotated[
    uuid.UUID | None, typer.Option("--id", metavar="UUID", help=N_("The call's own id: sent twice, stored once."))
]


@command("call log", N_("Put one call on record, as the call screen does."), on=True, at=True, json=True)
def call_log(
    errand: Errand,
    member: Member,
    outcome: Outcome,
    reason: Reasons = None,
    note: Note = "",
    promise: Promise = "",
    callback: Callback = None,
    satisfaction: Scores = None,
    problem: Problem = None,
    complaint: Complaint = None,
    channel: Channel = "",
    override: Override = "",
    call_id: CallId = None,
) -> None:
    """Store one call and say what it closed and planned."""
    from core.calls.actions import log_call
    from core.calls.forms import CallForm, RaisedForm

    raised = tuple(
        RaisedForm(matter=matter, kind=kind)
        for kind, matter in (("problem", problem), ("complaint", complaint))
        if matter
    )
    form = CallForm(
        call_id=str(call_id or uuid.uuid4()),
        number=member,
        outcome=outcome,
        reasons=tuple(part for typed in reason or () for part in typed.split(",") if part),
        scores=satisfaction or {},
        note=note,
        promise=promise,
        callback_at=_moment(errand, callback) if callback else None,
        callback_text=callback or "",
        channel=channel,
        raised=raised,
        override_reason=override,
    )
    _answer(errand, log_call(errand.store, errand.actor, form))


def _answer(errand: Errand, result: CallResult) -> None:
    """Say what a stored call closed and planned, and when it is called again."""
    if errand.json:
        json_answer(
            {
                "call": result.call,
                "outcome": result.outcome,
                "closed": list(result.closed),
                "planned": list(result.planned),
                "callback_at": iso(result.callback_at),
                "retry_at": iso(result.retry_at),
                "repeated": result.repeated,
            }
        )
        return
    words, book = errand.words, errand.store.rulebook
    name = book.outcomes[result.outcome].name(words)
    say(words.say(N_("Stored: {number}, {outcome}."), number=result.number, outcome=name))
    for text, codes in (
        (N_("Closed: {programmes}."), result.closed),
        (N_("Planned: {programmes}."), result.planned),
    ):
        if codes:
            say(words.say(text, programmes=", ".join(book.programmes[code].name(words) for code in codes)))
    for text, moment in (
        (N_("Callback at {time}."), result.callback_at),
        (N_("Again from {time} on."), result.retry_at),
    ):
        if moment is not None:
            say(words.say(text, time=f"{moment.astimezone(zone(DEFAULT_ZONE)):%Y-%m-%d %H:%M}"))


def _moment(errand: Errand, typed: str) -> datetime:
    from core.calls.when import parse_when

    now = errand.clock.now()
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        return parse_when(typed, now, DEFAULT_ZONE, errand.store.policy.calls.open_hours).moment
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone(DEFAULT_ZONE))
    if moment <= now:
        raise BadInput(
            "callback.past",
            N_("The callback {typed} is in the past: name a later time, for example +2h."),
            field="callback",
            typed=typed,
        )
    return moment
