"""The review of members gone three months: the record on one sheet, then the decision (dormant-review)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from core.base.actor import Actor
from core.base.choices import demand_one_of
from core.base.clock import business_day
from core.base.errors import BadInput, NotFound, Refused
from core.base.language import N_
from core.base.policy import Policy
from core.base.rulebook import MeasureKind, Rulebook
from core.base.text import clean
from core.calls.effects import write
from core.calls.facts import Row, member_row, open_rows, read_facts
from core.calls.opening import purpose_of
from core.calls.records import open_raised, past_calls, purchases
from core.calls.tables import RaisedKind
from core.calls.views import DuePurpose
from core.followups.claims import release_in, require_free
from core.followups.cycles import DORMANT, RECOVERY, REVIEW, recovery_cycle
from core.followups.plan_sql import held_out
from core.followups.tables import FollowUp, State
from core.members.rules import add_months
from core.members.views import read_card
from core.recovery.lists import measures_of
from core.recovery.measures import kind_of, store_measure
from core.recovery.tables import Origin
from core.recovery.views import Decided, ReviewSheet
from core.store.again import retried
from core.store.engine import Store
from core.store.sql import statement
from core.store.transaction import Transaction

CALL_ON = "call"
SHOWN = 10
ONE_DAY = timedelta(days=1)

_TRIED = statement(
    """select id, programme, cycle, due_on, due_at, closes_on, attempts, skips, promise, not_before,
            closed_why as source
        from follow_up where member_id = :member and programme in :programmes and state <> 'open'
        order by due_on desc, id desc limit :most"""
).bindparams(sa.bindparam("programmes", expanding=True))
_TRIED_ROWS = _TRIED.columns(due_on=sa.Date, closes_on=sa.Date)
_PLACE = sa.text(
    """select r.place, m.amount_total, exists (select 1 from recovery_place) as ranked
        from member m left join recovery_place r on r.member_id = m.id where m.id = :member"""
)
_EXPECTED = sa.text("select expected from recovery_place where member_id = :member")


def choices(rulebook: Rulebook) -> tuple[str, ...]:
    """What a review decides: a call on a day, or one of the measures that are taken without a call."""
    return (CALL_ON, *(code for code, kind in rulebook.measures.items() if kind.review))


def review_sheet(store: Store, actor: Actor, number: str) -> ReviewSheet:
    """All that the decision rests on. Raises NotFound where the member has no open review."""
    now = store.clock.now()
    with store.read() as connection:
        card = read_card(connection, actor, number, business_day(now), store.policy)
        today = business_day(now, card.time_zone)
        review = _open_review(open_rows(connection, card.id), number)
        raised = open_raised(connection, card.id)
        return ReviewSheet(
            follow_up_id=review["id"],
            number=number,
            member=card,
            due_on=review["due_on"],
            closes_on=review["closes_on"],
            away_days=(today - card.last_on).days,
            usual_gap_days=card.usual_gap_days,
            expected=connection.execute(_EXPECTED, {"member": card.id}).scalar(),
            held_out=_held_out(connection, card.id, store.policy),
            complaints=tuple(entry for entry in raised if entry.kind == RaisedKind.COMPLAINT),
            problems=tuple(entry for entry in raised if entry.kind == RaisedKind.PROBLEM),
            calls=past_calls(connection, card.id, SHOWN),
            purchases=purchases(connection, card.id, SHOWN),
            tried=_tried(connection, card.id),
            measures=measures_of(connection, card.id, today, SHOWN),
            choices=choices(store.rulebook),
            latest=_latest(card.last_on, store.policy),
        )


@retried()
def decide_review(
    store: Store,
    actor: Actor,
    number: str,
    decision: str,
    *,
    note: str = "",
    day: date | None = None,
    owner: str = "",
) -> Decided:
    """Close a review with its decision; `call` on a day plans the first recovery call, all others a measure.

    Raises BadInput for an unknown decision, a day that is past or after the review's time, or no word why
    the member is left alone; NotFound without an open review; Conflict where somebody else holds the member;
    Refused where the member is held out and would be approached.
    """
    said = clean(note, lines=True)
    kind = _demand_choice(store, decision, said)
    with store.write(actor, why=said) as tx:
        member = member_row(tx, clean(number))
        require_free(tx, member["id"])
        facts = read_facts(tx, member, store.rulebook)
        review = _open_review(facts.open, number)
        if (kind is None or not kind.ends) and _held_out(tx.connection, member["id"], store.policy):
            raise Refused(
                "review.held_out",
                N_("This member is in the hold-out group, by which recovery is measured: leave them alone."),
            )
        due_on = _call_day(tx, member, day, store.policy) if kind is None else None
        closing = {"state": State.DONE, "closed_at": tx.now, "closed_by": actor.staff_id}
        write(tx, FollowUp, review, {**closing, "closed_why": f"{decision}: {said}" if said else decision})
        measure = None
        if due_on is not None:
            _plan_recovery(tx, member, facts.open, due_on, store.policy)
        if kind is not None:
            key = str(review["id"])
            measure = store_measure(tx, member, kind, Origin.REVIEW, key, note=said, due_on=day, owner=owner)
        if actor.staff_id is not None:
            release_in(tx, member["id"])
        planned = (RECOVERY,) if due_on is not None else ()
        return Decided(number, decision, (REVIEW,), planned, due_on, measure)


def _demand_choice(store: Store, decision: str, said: str) -> MeasureKind | None:
    """The measure decided on, None for a call."""
    known = choices(store.rulebook)
    none = N_("There is no decision {code!r}: use one of {codes}.")
    demand_one_of(known, decision, none, error="review.decision", field="decision")
    return None if decision == CALL_ON else kind_of(decision, said, store.rulebook)


def _held_out(connection: Connection, member_id: int, policy: Policy) -> bool:
    rule = policy.recovery
    if not rule.holdout:
        return False
    text = f"select {held_out(rule.holdout_share)} from member m where m.id = :member"
    return bool(connection.execute(sa.text(text), {"member": member_id}).scalar_one())


def _open_review(rows: Sequence[Row], number: str) -> Row:
    for row in rows:
        if row["programme"] == REVIEW:
            return row
    raise NotFound(
        "review.none",
        N_("No review of member {number} is open: it was decided, or they came back."),
        number=number,
    )


def _tried(connection: Connection, member_id: int) -> tuple[DuePurpose, ...]:
    values = {"member": member_id, "programmes": list(DORMANT), "most": SHOWN}
    return tuple(purpose_of(dict(row), due=False) for row in connection.execute(_TRIED_ROWS, values).mappings())


def _latest(last_on: date, policy: Policy) -> date:
    return add_months(last_on, min(policy.recovery.months)) - ONE_DAY


def _call_day(tx: Transaction, member: Row, day: date | None, policy: Policy) -> date:
    latest = _latest(member["last_on"], policy)
    if day is None or not business_day(tx.now, member["time_zone"]) <= day <= latest:
        raise BadInput(
            "review.day",
            N_("Name the day of the call, from today to {latest}: after that recovery begins by itself."),
            field="day",
            latest=latest,
        )
    return day


def _plan_recovery(tx: Transaction, member: Row, rows: Sequence[Row], due_on: date, policy: Policy) -> None:
    """The first recovery cycle, earlier than by itself; one planned already only gets the day."""
    months = sorted(policy.recovery.months)
    following = months[1] if len(months) > 1 else policy.stages.lost_months
    cycle = recovery_cycle(member["last_on"], months=months[0])
    for row in rows:
        if (row["programme"], row["cycle"]) == (RECOVERY, cycle):
            write(tx, FollowUp, row, {"due_on": due_on})
            return
    ranking: Any = tx.connection.execute(_PLACE, {"member": member["id"]}).one()
    tx.insert(
        FollowUp,
        member_id=member["id"],
        programme=RECOVERY,
        cycle=cycle,
        store_id=member["store_id"],
        assignee_id=member["owner_id"],
        due_on=due_on,
        closes_on=add_months(member["last_on"], following) - ONE_DAY,
        place=(ranking.place or 0) if ranking.ranked else -ranking.amount_total,
        source=REVIEW,
        created_at=tx.now,
    )
