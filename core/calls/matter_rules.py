"""What may become of a problem, a complaint and a suggestion: one table each, and what each act asks for.

Pure tables (R5.7, R9.2, R9.3); who may act stands in `core.complaints.rules`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.base.errors import Refused
from core.base.language import N_
from core.calls.tables import RaisedAct, RaisedKind, RaisedState

S, A = RaisedState, RaisedAct
Machine = Mapping[tuple[RaisedState, RaisedAct], RaisedState]


def _staying(acts: tuple[RaisedAct, ...], states: tuple[RaisedState, ...]) -> dict[Any, RaisedState]:
    """Acts that are put on record and leave the state as it is."""
    return {(state, act): state for state in states for act in acts}


COMPLAINT: Machine = {
    **_staying((A.PROMISE, A.PROGRESS, A.TELL, A.ASSIGN, A.ESCALATE), (S.OPEN, S.ANSWERED, S.RESOLVED)),
    (S.OPEN, A.ANSWER): S.ANSWERED,
    (S.OPEN, A.RESOLVE): S.RESOLVED,
    (S.ANSWERED, A.RESOLVE): S.RESOLVED,
    (S.RESOLVED, A.CLOSE): S.CLOSED,
    (S.RESOLVED, A.REOPEN): S.OPEN,
    (S.CLOSED, A.REOPEN): S.OPEN,
    (S.OPEN, A.WITHDRAW): S.WITHDRAWN,
    (S.ANSWERED, A.WITHDRAW): S.WITHDRAWN,
}
PROBLEM: Machine = {
    **_staying((A.PROMISE, A.PROGRESS, A.TELL, A.ASSIGN, A.ESCALATE), (S.OPEN, S.RESOLVED)),
    (S.OPEN, A.RESOLVE): S.RESOLVED,
    (S.RESOLVED, A.CLOSE): S.CLOSED,
    (S.RESOLVED, A.REOPEN): S.OPEN,
    (S.CLOSED, A.REOPEN): S.OPEN,
    (S.OPEN, A.WITHDRAW): S.WITHDRAWN,
}
SUGGESTION: Machine = {
    **_staying((A.PROGRESS,), (S.OPEN, S.ACCEPTED)),
    (S.OPEN, A.ACCEPT): S.ACCEPTED,
    (S.OPEN, A.DECLINE): S.DECLINED,
    (S.ACCEPTED, A.DECLINE): S.DECLINED,
    (S.ACCEPTED, A.RESOLVE): S.RESOLVED,
    (S.RESOLVED, A.CLOSE): S.CLOSED,
    (S.DECLINED, A.CLOSE): S.CLOSED,
    (S.DECLINED, A.REOPEN): S.OPEN,
    (S.OPEN, A.WITHDRAW): S.WITHDRAWN,
}
MACHINES: Mapping[RaisedKind, Machine] = {
    RaisedKind.COMPLAINT: COMPLAINT,
    RaisedKind.PROBLEM: PROBLEM,
    RaisedKind.SUGGESTION: SUGGESTION,
}
"""Which act leads where, by kind. A call that was taken back takes its verdict along: UNDO restores any state."""

BY_ITSELF = frozenset({A.TAKE, A.ESCALATE, A.UNDO})
"""Acts that nobody does by hand."""


def next_state(kind: RaisedKind, state: RaisedState, act: RaisedAct) -> RaisedState:
    """The state an act leads to. Raises Refused where it leads nowhere."""
    found = MACHINES[kind].get((state, act))
    if found is None:
        raise wrong_state()
    return found


def wrong_state() -> Refused:
    """The refusal for an act that the state does not know."""
    return Refused(
        "matter.state",
        N_("This can't be done as it stands now: see its steps for what comes next."),
    )


def due_at(row: Mapping[str, Any], told_by: datetime | None) -> datetime | None:
    """By when the next step of `row` is due; `told_by` is when a resolution must have been judged."""
    moment: datetime | None = None
    match row["state"]:
        case S.OPEN:
            moment = row["answer_due_at"] or row["resolve_due_at"]
        case S.ANSWERED:
            moment = row["resolve_due_at"]
        case S.RESOLVED if row["kind"] != RaisedKind.SUGGESTION:
            moment = told_by
    return moment
