"""What a call says of something raised before: good now, not good, or only told to the member (R9.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.base.text import clean
from core.calls.consequences import Work
from core.calls.effects import MARKS, Effect, plain
from core.calls.matter_calls import PROBLEM_ANSWER, raised_of
from core.calls.matter_rules import A, S
from core.calls.matters import Said, locked, put_step, record
from core.calls.rules import finishes
from core.calls.tables import Raised, RaisedAct, RaisedKind
from core.store.transaction import Transaction

ANSWER = "problem_answer"
"""The key under which the script keeps what the member said to it."""

_MARK = "matter "
_JUDGED = (S.RESOLVED, S.DECLINED)


def give_verdicts(work: Work) -> bool:
    """Close, reopen or tell what the covered follow-ups are about; whether anything was reopened.

    Who a complaint is about does not close it with a call of theirs: then the member was only told.
    """
    reopened = False
    if not finishes(work.call.outcome):
        return False
    for task in work.covered:
        key = raised_of(task["cycle"]) if task["programme"] == PROBLEM_ANSWER else None
        if key is not None:
            reopened = _verdict(work, locked(work.tx, key)) or reopened
    return reopened


def _verdict(work: Work, row: dict[str, Any]) -> bool:
    act = _act(work, row)
    if act is None:
        return False
    call = work.call
    text = call.note or clean(str(call.form.answers.get(ANSWER, "")), lines=True)
    if act is A.REOPEN and call.raised:
        text = call.raised[0].matter
    given = [score for score in call.scores.values() if score is not None]
    score = round(sum(given) / len(given)) if given and act is not A.TELL else None
    after = record(work.tx, work.rulebook, row, act, Said(text=text, told=True, score=score))
    changed = [name for name in row if name != "version" and row[name] != after[name]]
    work.effects.list += [
        [Raised.__tablename__, row["id"], name, plain(row[name]), plain(after[name])] for name in changed
    ]
    work.effects.mark(f"{_MARK}{row['id']}")
    return act is A.REOPEN


def _act(work: Work, row: Mapping[str, Any]) -> RaisedAct | None:
    outcome = work.call.outcome
    about_themselves = row["about_id"] is not None and row["about_id"] == work.tx.actor.staff_id
    if row["state"] in _JUDGED:
        if row["kind"] == RaisedKind.SUGGESTION:
            return A.CLOSE
        if about_themselves:
            return A.TELL
        return A.REOPEN if outcome.satisfied is False else A.CLOSE
    return A.TELL if row["state"] in (S.OPEN, S.ANSWERED) and row["kind"] != RaisedKind.SUGGESTION else None


def undo_verdicts(tx: Transaction, effects: list[Effect]) -> None:
    """Say on the record of what a call judged that the call was taken back; its row is as before by now."""
    for table, _, name, _, _ in effects:
        if table == MARKS and name.startswith(_MARK):
            row = locked(tx, int(name.removeprefix(_MARK)))
            put_step(tx, row["id"], A.UNDO, row)
