"""What an outcome does, by its flags only (R5.2, R5.10): no outcome is named here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.base.clock import zone
from core.base.rulebook import Rulebook
from core.calls.checks import CheckedCall
from core.calls.effects import Effects
from core.calls.facts import CallFacts, Row
from core.calls.rules import calls_back, counts_as_attempt, finishes, next_try, part_of_day
from core.followups.cycles import CALLBACK, MONTHLY, month_name
from core.followups.tables import FollowUp, State
from core.members.profile import WEIGHED, completeness_of, is_dialable
from core.members.tables import Member, MemberPhone, ProfileFix
from core.store.sql import statement
from core.store.transaction import Transaction

CARE, REFUSED = "care", "refused"
ATTEMPTS, CONSENT = "attempts", "consent"
OTHER_NUMBER, WAITS = "other_number", "waits"

_FIX_OPEN = sa.text(
    "select 1 from profile_fix where member_id = :member and field = 'phone' and closed_at is null"
)
_WEIGHED = statement(f"select {', '.join(WEIGHED)} from member where id = :member")


@dataclass(frozen=True, slots=True)
class Work:
    """A call on its way into the store: the checked form, what was found, and what it changes."""

    tx: Transaction
    call: CheckedCall
    facts: CallFacts
    rulebook: Rulebook
    effects: Effects
    day: date
    attempted: tuple[Row, ...]
    covered: tuple[Row, ...]
    dialled: Row | None

    def covers(self, row: Row) -> bool:
        """Whether the caller covered that follow-up."""
        return any(row is covered for covered in self.covered)


def apply(work: Work) -> None:
    """Change follow-ups, numbers and the member as the outcome's flags say; callbacks come later."""
    outcome = work.call.outcome
    member: dict[str, Any] = {"last_call_at": _later(work.facts.member["last_call_at"], work.call.ended_at)}
    if work.call.promise:
        member["last_promise"] = work.call.promise
    if outcome.reached:
        member["last_reached_on"] = max(work.day, work.facts.member["last_reached_on"] or work.day)
    if finishes(outcome):
        _close(work, work.covered, State.DONE, outcome.code)
        _cover_month(work)
        member |= _rest(work)
    elif calls_back(outcome):
        _put_off(work)
    elif counts_as_attempt(outcome):
        _count_attempt(work)
    if outcome.number_bad:
        member |= _mark_number(work)
    if outcome.withdraws_consent:
        member["consent_call"] = False
        rest = [row for row in work.facts.open if not (work.covers(row) or _covers_month(work, row))]
        _close(work, rest, State.WITHDRAWN, CONSENT)
    work.effects.change(Member, work.facts.member, member)


def _close(work: Work, rows: Iterable[Row], state: State, why: str) -> None:
    closing = _closing(work, state, why)
    for row in rows:
        work.effects.change(FollowUp, row, closing)


def _closing(work: Work, state: State, why: str) -> dict[str, Any]:
    """The columns that say who closed a follow-up, when and why (R4.9)."""
    actor = work.tx.actor.staff_id
    return {"state": state, "closed_at": work.tx.now, "closed_by": actor, "closed_why": why}


def _covers_month(work: Work, row: Row) -> bool:
    """Whether this month's follow-up needs no call any more, the member having been reached (R4.3)."""
    if row["programme"] != MONTHLY or row["cycle"] != month_name(work.day) or work.covers(row):
        return False
    return work.call.outcome.reached and bool(work.covered or not work.attempted)


def _cover_month(work: Work) -> None:
    rows = [row for row in work.facts.open if _covers_month(work, row)]
    _close(work, rows, State.COVERED, work.call.form.call_id)


def _rest(work: Work) -> dict[str, Any]:
    """The member's rest from care calls; a longer one stays (R4.8)."""
    rule, outcome = work.rulebook.policy.contact, work.call.outcome
    if outcome.refused:
        days, reason = rule.refusal_rest_days, REFUSED
    elif outcome.reached and _was_care(work):
        days, reason = rule.care_rest_days, CARE
    else:
        return {}
    until = work.call.ended_at + timedelta(days=days)
    before = work.facts.member["rest_until"]
    return {} if before is not None and before >= until else {"rest_until": until, "rest_reason": reason}


def _was_care(work: Work) -> bool:
    """Whether this was a care call: one for a care programme, or one that no programme asked for."""
    codes = {row["programme"] for row in work.covered}
    return not codes or bool(codes & work.rulebook.care_programmes)


def _put_off(work: Work) -> None:
    """The member named another time: what was covered is done, callbacks are replaced, the rest waits for it."""
    for row in work.attempted:
        if work.covers(row) or row["programme"] == CALLBACK:
            _close(work, [row], State.DONE, work.call.outcome.code)
        else:
            work.effects.change(FollowUp, row, {"not_before": work.call.form.callback_at})


def _count_attempt(work: Work) -> None:
    """One attempt more for what was due; what waits for its time only waits as long (R5.2, R4.12)."""
    waiting = [row for row in work.attempted if row["not_before"] is not None and row["not_before"] > work.tx.now]
    if len(waiting) == len(work.attempted):
        waiting = []
    again = _try_again(work, "") if waiting else None
    for row in work.attempted:
        if not any(row is other for other in waiting):
            _attempted(work, row)
        elif again is not None:
            work.effects.change(FollowUp, row, {"not_before": max(again, row["not_before"])})


def _try_again(work: Work, tried: str) -> datetime | None:
    return next_try(work.call.ended_at, work.call.outcome, tried, work.rulebook.policy, work.facts.zone)


def _attempted(work: Work, row: Row) -> None:
    retries = work.rulebook.policy.retries
    part = part_of_day(work.call.started_at.astimezone(zone(work.facts.zone)).time(), retries)
    attempts = row["attempts"] + 1
    tried = "".join(sorted({*row["tried_parts"], part}))
    used_up = attempts >= retries.attempts
    then = _closing(work, State.EXPIRED, ATTEMPTS) if used_up else {"not_before": _try_again(work, tried)}
    work.effects.change(FollowUp, row, {"attempts": attempts, "tried_parts": tried, **then})


def _mark_number(work: Work) -> dict[str, Any]:
    """The number is bad, the person is not: another one is offered, else the shop gets a profile fix."""
    dialled, outcome, member = work.dialled, work.call.outcome, work.facts.member
    if dialled is not None and not dialled["bad_reason"]:
        work.effects.change(MemberPhone, dialled, {"bad_reason": outcome.code, "bad_at": work.tx.now})
    left = [
        (row["e164"], row["bad_reason"])
        for row in work.facts.phones
        if dialled is None or row["id"] != dialled["id"]
    ]
    if is_dialable(left):
        work.effects.mark(OTHER_NUMBER)
        return {}
    work.effects.mark(WAITS)
    if work.tx.connection.execute(_FIX_OPEN, {"member": member["id"]}).first() is None:
        typed = dialled["typed"] if dialled is not None else ""
        work.effects.add(
            ProfileFix,
            member_id=member["id"],
            field="phone",
            typed=typed,
            problem=outcome.code,
            opened_at=work.tx.now,
        )
    weights = work.rulebook.policy.completeness
    values = work.tx.connection.execute(_WEIGHED, {"member": member["id"]}).mappings().one()
    return {"dialable": False, "completeness": completeness_of(dict(values), weights, dialable=False)}


def _later(before: datetime | None, moment: datetime) -> datetime:
    return moment if before is None else max(before, moment)
