"""What is known of each member of an application, and whether execution would move them (R7.3, R7.6).

Preview and execution ask the same expression, `FATE`: what is shown is what happens.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import UTCDateTime

from core.base.policy import Policy
from core.calls.tables import NOT_OVER
from core.followups.cycles import CALLBACK, INTRODUCE
from core.handover.rules import OPEN
from core.handover.tables import MemberOutcome
from core.store.sql import statement

_OPEN_STATES = ", ".join(f"'{state}'" for state in sorted(OPEN))

HISTORY = f"""left join (select o.member_id,
        count(case when x.id <> :handover and x.state in ({_OPEN_STATES}) then 1 end) as elsewhere,
        count(case when o.outcome = 'moved' and x.executed_at > :lately then 1 end) as lately
    from handover x join handover_member o on o.handover_id = x.id
    where x.executed_at > :lately or (x.state in ({_OPEN_STATES}) and x.id <> :handover)
    group by o.member_id) v on v.member_id = m.id"""
"""Other applications of `member m`: grouped once and joined, since PostgreSQL without statistics would read
them anew for each of 20,000 members."""

FATE = """case
    when m.owner_id is distinct from :giver then 'owner_changed'
    when m.status = 'cancelled' then 'cancelled'
    when v.elsewhere > 0 then 'elsewhere'
    when :override = 0 and v.lately >= :times then 'limit'
    else 'moved' end"""
"""What execution does with `member m`, joined with `HISTORY`; see `MemberOutcome`."""

TASKS = "f.state = 'open' and coalesce(f.assignee_id, :giver) = :giver"
"""The open follow-ups `follow_up f` that go along: the giver's, and those that wait in the pool."""

MATTERS = f"r.owner_id = :giver and r.{NOT_OVER}"
"""The problems and complaints `raised r` that go along."""

MEASURES = "z.owner_id = :giver and z.state = 'open'"
"""The measures `measure z` that go along. Recovery and gifts stand beside: their tables are read by name."""

NOT_STAYING = """not exists (select 1 from member k where k.id = {row}.member_id and k.owner_id = :giver
    and k.status <> 'cancelled')"""
"""The condition that a row belongs to a member whom the giver does not keep any more."""

_FACTS = f"""
select m.id, m.number, m.name, m.value_class, m.joined_on, m.last_on, m.last_purchase_on, m.last_promise,
    m.amount_total, s.code as store, {FATE} as fate, coalesce(v.lately, 0) as lately,
    coalesce(t.follow_ups, 0) as follow_ups, coalesce(t.callbacks, 0) as callbacks,
    t.next_callback_at as next_callback_at,
    coalesce(u.problems, 0) as problems, coalesce(u.complaints, 0) as complaints,
    coalesce(w.measures, 0) as measures, coalesce(y.gifts, 0) as gifts
"""
_ALONG = f"""{HISTORY}
left join (select f.member_id, count(*) as follow_ups,
        count(case when f.programme = '{CALLBACK}' then 1 end) as callbacks,
        min(case when f.programme = '{CALLBACK}' then f.due_at end) as next_callback_at
    from follow_up f where f.state = 'open' and (f.assignee_id = :giver or f.assignee_id is null)
        and f.programme <> '{INTRODUCE}'
    group by f.member_id) t on t.member_id = m.id
left join (select r.member_id, count(case when r.kind = 'problem' then 1 end) as problems,
        count(case when r.kind = 'complaint' then 1 end) as complaints
    from raised r where {MATTERS} group by r.member_id) u on u.member_id = m.id
left join (select z.member_id, count(*) as measures from measure z where {MEASURES}
    group by z.member_id) w on w.member_id = m.id
left join (select g.member_id, count(*) as gifts from given g where g.state in ('reserved', 'sent')
    group by g.member_id) y on y.member_id = m.id"""
_FROM = f"from member m join store s on s.id = m.store_id {_ALONG}"
_OF_GIVER = f"{_FROM} where m.owner_id = :giver and m.status <> 'cancelled'"
_NAMED = f"{_FROM} where m.id in :members"
_OF_APPLICATION = f""", hm.successor_id, hm.outcome
from handover_member hm join member m on m.id = hm.member_id join store s on s.id = m.store_id {_ALONG}
where hm.handover_id = :handover"""

_LOOSE = f"""
select (select count(*) from follow_up f where f.state = 'open' and f.assignee_id = :giver
        and {NOT_STAYING.format(row="f")}) as follow_ups,
    (select count(*) from raised r where {MATTERS} and {NOT_STAYING.format(row="r")}) as raised,
    (select count(*) from measure z where {MEASURES} and {NOT_STAYING.format(row="z")}) as measures"""


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """A member with what goes along; `fate` is what execution would do now, `lately` how often it was done.

    `gifts` are those put aside or sent that the member does not have yet.
    """

    id: int
    number: str
    name: str
    value_class: str
    joined_on: date
    last_on: date
    last_purchase_on: date | None
    last_promise: str
    amount: int
    store: str
    fate: MemberOutcome
    lately: int
    follow_ups: int
    callbacks: int
    next_callback_at: datetime | None
    problems: int
    complaints: int
    measures: int
    gifts: int
    successor_id: int | None = None
    outcome: MemberOutcome = MemberOutcome.PENDING

    @property
    def moves(self) -> bool:
        """Whether execution would move this member."""
        return self.fate is MemberOutcome.MOVED


def limits(policy: Policy, now: datetime, override: bool) -> dict[str, Any]:
    """The parameters of `FATE` that the policy gives."""
    rule = policy.handover
    return {"lately": now - timedelta(days=rule.days), "times": rule.times, "override": int(override)}


def facts_of_giver(c: Connection, giver: int, policy: Policy, now: datetime) -> list[MemberFacts]:
    """Every member the giver keeps, by number."""
    given = {"giver": giver, "handover": 0, **limits(policy, now, False)}
    return _read(c, _facts(_OF_GIVER), given)


def facts_of_members(
    c: Connection, giver: int, members: Collection[int], policy: Policy, now: datetime
) -> list[MemberFacts]:
    """Some members, whoever keeps them, by number."""
    given = {"giver": giver, "handover": 0, "members": list(members), **limits(policy, now, False)}
    return _read(c, _facts(_NAMED), given) if members else []


def facts_of_application(
    c: Connection, handover: int, giver: int, policy: Policy, now: datetime, *, override: bool
) -> list[MemberFacts]:
    """The members of an application with their successors, by number."""
    given = {"giver": giver, "handover": handover, **limits(policy, now, override)}
    return _read(c, _facts(_OF_APPLICATION), given)


def loose_ends(c: Connection, giver: int) -> tuple[int, int, int]:
    """(open follow-ups, problems and complaints, measures) of the giver's that are of other people's members."""
    row = c.execute(statement(_LOOSE), {"giver": giver}).one()
    return row.follow_ups, row.raised, row.measures


@lru_cache(maxsize=4)
def _facts(source: str) -> sa.TextualSelect:
    clause = statement(f"{_FACTS} {source} order by m.number", moments=("lately",))
    if ":members" in source:
        clause = clause.bindparams(sa.bindparam("members", expanding=True))
    moment = UTCDateTime()
    return clause.columns(joined_on=sa.Date, last_on=sa.Date, last_purchase_on=sa.Date, next_callback_at=moment)


def _read(c: Connection, clause: sa.TextualSelect, given: dict[str, Any]) -> list[MemberFacts]:
    used = {name: given[name] for name in given if name in clause.compile().params}
    facts = []
    for row in c.execute(clause, used):
        values: list[Any] = list(row)
        values[_CLASS], values[_FATE] = values[_CLASS] or "", MemberOutcome(values[_FATE])
        if len(values) > _COLUMNS:
            values[-1] = MemberOutcome(values[-1])
        facts.append(MemberFacts(*values))
    return facts


_CLASS, _FATE, _COLUMNS = 3, 10, 19
"""Places in a row of facts, and how many there are without successor and outcome."""
