"""Storing a call: one audited transaction for the record and everything it brings about (R5.1, R5.2, R5.6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.base.actor import Actor
from core.base.clock import business_day
from core.base.errors import BadInput, Conflict
from core.base.language import N_
from core.base.rulebook import Rulebook
from core.base.text import clean
from core.calls.checks import LONGEST_NOTE, CheckedCall, check
from core.calls.consequences import Work, apply
from core.calls.effects import Effects
from core.calls.facts import CallFacts, Row, look_beside, member_row, read_facts
from core.calls.forms import CallForm, RaisedForm
from core.calls.matters import Complainant, take
from core.calls.results import result, result_of
from core.calls.rules import asks_reason, finishes
from core.calls.tables import Call, CallPurpose, Draft, RaisedKind
from core.calls.verdicts import give_verdicts
from core.calls.views import CallResult
from core.calls.when import parse_when
from core.followups.claims import release_in, require_free
from core.followups.cycles import CALLBACK
from core.followups.plan_sql import order_key
from core.followups.tables import FollowUp
from core.members.actions import edit_in, understand_before
from core.store.again import retried
from core.store.direct import Direct
from core.store.engine import Store
from core.store.transaction import Transaction

PROFILE_WHY = "confirmed in a call"

SUGGESTION = "suggestion"
"""The key under which the scripts keep what the member would like to be different."""

NONE_MADE = frozenset({"", "-", "无", "没", "没有", "暂无", "没有建议", "no", "none", "nothing"})
"""What callers write where the member had nothing to suggest."""

_SAID = sa.text("select outcome, note, answers from call where id = :call")
_NO_DRAFT = Direct(sa.text("delete from draft where staff_id = :staff and member_id = :member"))


@retried(idempotent=True)
def log_call(store: Store, actor: Actor, form: CallForm) -> CallResult:
    """Store one attempt with all that follows from its outcome (R5.2); the same `call_id` again stores nothing.

    Raises BadInput naming the field, NotFound, NotAllowed, and Conflict where somebody else holds the member
    (unless the form comes from an open call screen) or the id belongs to another member's call.
    """
    number, call_id = clean(form.number), form.call_id.lower()
    try:
        form = _with_callback(form, store)
        call = check(form, store.rulebook, store.clock.now())
    except BadInput:
        if repeated := _stored(store, call_id, number):
            return repeated  # sent again after its callback's time: it was whole when it was stored
        raise
    understand_before(store, form.profile)
    with store.write(actor, why=clean(form.override_reason), cause=call_id) as tx:
        member = member_row(tx, number)
        beside = look_beside(tx, member, call_id)
        if beside.stored_for is not None:
            if beside.stored_for != member["id"]:
                raise _other_call()
            _require_same(tx, call, call_id)
            return result_of(tx.connection, call_id, number, repeated=True)
        if not form.opened and beside.held_by not in (None, actor.staff_id):
            require_free(tx, member["id"])
        if form.profile:
            member = _confirmed(store, tx, form, number)
        phones = None if form.profile else beside.phones  # those may just have been put right
        work = _work(tx, call, read_facts(tx, member, store.rulebook, phones), store.rulebook)
        apply(work)
        # what the member is still not happy with is why it is reopened, not taken down a second time
        reopened = give_verdicts(work)
        raised = _insert(work, call_id, call.raised[1:] if reopened else call.raised)
        _let_go(tx, member["id"])
        return result(
            call_id,
            number,
            call.outcome.code,
            form.callback_at,
            work.effects.list,
            programmes={row["id"]: row["programme"] for row in work.facts.open},
            raised=raised,
        )


def _confirmed(store: Store, tx: Transaction, form: CallForm, number: str) -> Row:
    """Keep the profile fields confirmed in the call, for a reason of their own; returns the member as of now."""
    why, tx.why = tx.why, form.profile_why.strip() or PROFILE_WHY
    edit_in(store, tx, number, form.profile, form.profile_version)
    tx.why = why
    return member_row(tx, number)


def _stored(store: Store, call_id: str, number: str) -> CallResult | None:
    with store.read() as connection:
        return result_of(connection, call_id, number, repeated=True, missing_ok=True)


def _with_callback(form: CallForm, store: Store) -> CallForm:
    """The form with its time in words understood, where the outcome has a callback and no moment was given."""
    outcome = store.rulebook.outcomes.get(form.outcome)
    if form.callback_at is not None or not form.callback_text.strip() or outcome is None or not outcome.reached:
        return form
    when = parse_when(form.callback_text, store.clock.now(), open_hours=store.policy.calls.open_hours)
    return replace(form, callback_at=when.moment)


def _other_call() -> Conflict:
    return Conflict("call.id_used", N_("That call id belongs to another member's call: make a new one."))


def _require_same(tx: Transaction, call: CheckedCall, call_id: str) -> None:
    """Raise Conflict "call.stored_otherwise" where another terminal stored this call, not as it stands here."""
    row = tx.connection.execute(_SAID, {"call": call_id}).one()
    if (row.outcome, row.note, row.answers) != (call.outcome.code, call.note, call.answers):
        raise Conflict(
            "call.stored_otherwise",
            N_(
                "This call was stored already, at another terminal and otherwise. What stands here is not in it: "
                "note it, Esc leaves, u takes a record back."
            ),
        )


def _work(tx: Transaction, call: CheckedCall, facts: CallFacts, rulebook: Rulebook) -> Work:
    covered = _covered(call, facts, rulebook)
    ids = {row["id"] for row in facts.due}
    attempted = (*facts.due, *(row for row in covered if row["id"] not in ids))
    wants_reason = [row for row in covered if _wants_reason(row["programme"], rulebook)]
    if wants_reason and asks_reason(call.outcome) and not call.reasons:
        raise BadInput(
            "call.reason_missing",
            N_("Why does the member stay away? Give at least one reason: {codes}."),
            field="reason",
            codes=", ".join(rulebook.reasons),
        )
    return Work(
        tx=tx,
        call=call,
        facts=facts,
        rulebook=rulebook,
        effects=Effects(tx),
        day=business_day(call.started_at, facts.zone),
        attempted=attempted,
        covered=covered,
        dialled=_dialled(call, facts),
    )


def _wants_reason(programme: str, rulebook: Rulebook) -> bool:
    entry = rulebook.programmes.get(programme)
    return entry is not None and entry.reasons


def _covered(call: CheckedCall, facts: CallFacts, rulebook: Rulebook) -> tuple[Row, ...]:
    """What the caller covered: the named follow-ups that are still open, else all due ones if spoken to."""
    named = call.form.covered
    if named is None:
        return facts.due if finishes(call.outcome) else ()
    if not (call.outcome.reached or finishes(call.outcome)):
        return ()
    desk = rulebook.desk_programmes  # those are decided from the record, a call covers none
    return tuple(row for row in facts.open if row["id"] in named and row["programme"] not in desk)


def _dialled(call: CheckedCall, facts: CallFacts) -> Row | None:
    """The number dialled: the one named, else the first usable one. Raises BadInput for a number not on file."""
    if call.channel != "phone":
        return None
    typed = clean(call.form.dialled)
    if call.form.phone_id is None and not typed:
        return next((row for row in facts.phones if row["e164"] and not row["bad_reason"]), None)
    for row in facts.phones:
        if row["id"] == call.form.phone_id or (typed and typed in (row["e164"], row["typed"])):
            return row
    raise BadInput(
        "call.number_unknown",
        N_("That number isn't on the member's file: add it to the profile, or leave it out."),
        field="dialled",
    )


def _insert(work: Work, call_id: str, raised: tuple[RaisedForm, ...]) -> tuple[int, ...]:
    """The record and what it creates; returns the numbers of problems and complaints."""
    call, member, tx = work.call, work.facts.member, work.tx
    dialled = work.dialled
    tx.insert(
        Call,
        id=call_id,
        member_id=member["id"],
        caller_id=tx.actor.staff_id,
        store_id=member["store_id"],
        dialled=(dialled["e164"] or dialled["typed"]) if dialled is not None else "",
        channel=call.channel,
        started_at=call.started_at,
        ended_at=call.ended_at,
        day=work.day,
        outcome=call.outcome.code,
        reached=call.outcome.reached,
        reasons=" ".join(call.reasons),
        **call.scores,
        note=call.note,
        promise=call.promise,
        callback_at=call.form.callback_at,
        answers=call.answers,
        effects=work.effects.text(),
        stored_at=tx.now,
    )
    covered = {row["id"] for row in work.covered}
    tx.insert_many(
        CallPurpose,
        [
            {"call_id": call_id, "follow_up_id": row["id"], "covered": row["id"] in covered}
            for row in work.attempted
        ],
        what="purposes",
    )
    if call.form.callback_at is not None:
        tx.insert(FollowUp, **_callback(work, call_id, call.form.callback_at))
    for entry in _suggested(work):
        _take(work, call_id, entry)
    return tuple(_take(work, call_id, entry) for entry in raised)


def _take(work: Work, call_id: str, entry: RaisedForm) -> int:
    member = work.facts.member
    who = Complainant(member["store_id"], member["id"], member["owner_id"])
    return take(work.tx, work.rulebook, who, entry, call_id=call_id)


def _suggested(work: Work) -> tuple[RaisedForm, ...]:
    """The suggestion that the member made in answer to the script, if any: a manager sees to it."""
    said = clean(str(work.call.form.answers.get(SUGGESTION, "")), lines=True)
    if not work.call.outcome.reached or not said or said.rstrip(".。 ").casefold() in NONE_MADE:
        return ()
    return (RaisedForm(said[:LONGEST_NOTE], RaisedKind.SUGGESTION),)


def _callback(work: Work, call_id: str, callback_at: datetime) -> dict[str, Any]:
    """The callback that was agreed: whoever promised it calls back (R4.11)."""
    member, call = work.facts.member, work.call
    caller = work.tx.actor.staff_id
    return {
        "member_id": member["id"],
        "programme": CALLBACK,
        "rank": work.rulebook.programmes[CALLBACK].rank,
        "order_key": order_key(member["value_class"], member["number"]),
        "cycle": call_id,
        "store_id": member["store_id"],
        "assignee_id": caller if caller is not None else member["owner_id"],
        "due_on": business_day(callback_at, work.facts.zone),
        "due_at": callback_at,
        "place": int(callback_at.timestamp() // 60),
        "promise": call.promise or call.note[:200],
        "source": " ".join(dict.fromkeys(row["programme"] for row in work.attempted)),
        "created_at": work.tx.now,
    }


def _let_go(tx: Transaction, member_id: int) -> None:
    if tx.actor.staff_id is not None:
        release_in(tx, member_id)
        given = {"staff": tx.actor.staff_id, "member": member_id}
        tx.later(Draft, member_id, _NO_DRAFT, given)
